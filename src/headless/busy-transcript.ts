import { worldHash } from "../sim/kernel/checkpoint.ts";
import { createHeadlessShell, type HeadlessShell } from "./run-transcript.ts";

/** A bit of everything that moves a world: workloads, faults, machines' consoles, time travel. */
export const BUSY_LINES: readonly string[] = [
  "lab topology basic --seed 11",
  "kubectl create deployment web --image=nginx:1.27 --replicas=5",
  "kubectl expose deploy web --port=80",
  "lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'",
  "kubectl create configmap odd --from-literal='key=ärger → 🚢'",
  "lab mark up",
  "lab fail crash kube-apiserver@control-plane-1; lab wait 7s",
  "lab fail power-off worker-2; lab wait 90s",
  "kubectl get pods -A -o wide | sort",
  "kubectl run sad --image=busybox:1.36 --restart=Always -- sh -c 'exit 3'; lab wait 45s",
  "ssh control-plane-1 etcdctl put /odd one",
  "kubectl delete pod -l app=web --wait=false; lab wait 5s",
  "lab rewind to up",
  "lab fail stop kube-scheduler@control-plane-1",
  "kubectl scale deploy/web --replicas=7; lab wait 20s",
  "lab heal",
  "lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'",
  "kubectl set image deploy/web nginx=nginx:1.28; lab wait 30s",
  "sleep 2; kubectl get events | wc -l",
  "kubectl drain worker-1 --ignore-daemonsets --force --timeout=60s",
];

export interface BusyStep {
  readonly line: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly hash: string;
}

/** Runs the lines in a fresh world and shell, and says after each what the world is. */
export async function runBusyTranscript(
  breathe: () => Promise<void>,
): Promise<{ readonly steps: readonly BusyStep[]; readonly shell: HeadlessShell }> {
  const shell = createHeadlessShell(breathe);
  const steps: BusyStep[] = [];
  for (const line of BUSY_LINES) {
    const result = await shell.run(`${line}\n`);
    steps.push({ line, ...result, hash: worldHash(shell.host.session.world) });
  }
  return { steps, shell };
}
