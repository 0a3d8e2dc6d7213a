import type { EtcdState } from "../sim/components/etcd/state.ts";
import type { ControllerManagerState } from "../sim/components/kube-controller-manager/index.ts";
import type { SchedulerState } from "../sim/components/kube-scheduler/state.ts";
import type { Machine, Process } from "../sim/kernel/state.ts";
import type { World } from "../sim/kernel/world.ts";

export interface ComponentStatus {
  /** `kube-apiserver@control-plane-1`. */
  readonly id: string;
  readonly component: string;
  readonly machine: string;
  readonly state: "running" | "starting" | "stopped" | "crashed" | "hung" | "slow" | "no power";
  readonly sinceUs: number;
  readonly role: string;
  readonly process: Process | null;
}

const CONTROL_PLANE = ["kube-apiserver", "etcd", "kube-scheduler", "kube-controller-manager"] as const;
const NODE = ["kubelet", "containerd", "kube-proxy"] as const;

/** A row per component that this cluster should have, in the order of the stage. */
export function componentStatuses(world: World): ComponentStatus[] {
  const statuses: ComponentStatus[] = [];
  for (const machine of world.state.machines.values()) {
    for (const component of componentsOf(machine)) statuses.push(statusOf(world, machine, component));
  }
  return statuses;
}

function componentsOf(machine: Machine): readonly string[] {
  switch (machine.info.role) {
    case "load-balancer":
      return ["load-balancer"];
    case "registry":
      return ["image-registry"];
    case "worker":
      return NODE;
    case "control-plane": {
      const hasEtcd = machine.disk.files.has("/etc/kubernetes/pki/etcd/server.crt") && runsEtcd(machine);
      return [...CONTROL_PLANE.filter((component) => component !== "etcd" || hasEtcd), ...NODE];
    }
    default:
      return [];
  }
}

function runsEtcd(machine: Machine): boolean {
  return (
    machine.disk.files.has("/etc/kubernetes/manifests/etcd.yaml") || machine.logBounds.has(`etcd@${machine.info.name}`)
  );
}

function statusOf(world: World, machine: Machine, component: string): ComponentStatus {
  const id = `${component}@${machine.info.name}`;
  const base = { id, component, machine: machine.info.name, role: "", process: null };
  if (!machine.powered) return { ...base, state: "no power", sinceUs: powerLostAtUs(world, machine) };
  const pid = world.state.names.get(id);
  const process = pid === undefined ? undefined : world.state.processes.get(pid);
  if (process === undefined) {
    const exited = machine.exited.get(id);
    const fault = [...world.state.faults.values()].find((record) => record.target === id);
    const state = world.state.barred.has(id) ? "stopped" : machine.logBounds.has(id) ? "crashed" : "starting";
    return { ...base, state, sinceUs: fault?.sinceUs ?? exited?.exit.atUs ?? machine.bootedAtUs };
  }
  const state = process.hung ? "hung" : world.state.slow.has(id) ? "slow" : process.started ? "running" : "starting";
  return { ...base, state, sinceUs: process.startedAtUs, role: process.started ? roleOf(process) : "", process };
}

function powerLostAtUs(world: World, machine: Machine): number {
  return world.state.faults.get(`power-off ${machine.info.name}`)?.sinceUs ?? machine.bootedAtUs;
}

/** `leader, term 4`, `follower`, `standby`; "" for those without a role. */
export function roleOf(process: Process): string {
  switch (process.kind) {
    case "etcd": {
      const { raft, phase } = process.state as EtcdState;
      if (phase !== "running") return phase;
      return raft.role === "leader" ? `leader, term ${raft.term}` : raft.role;
    }
    case "kube-scheduler":
      return (process.state as SchedulerState).leading ? "leader" : "standby";
    case "kube-controller-manager":
      return (process.state as ControllerManagerState | null)?.role ?? "";
    default:
      return "";
  }
}
