import { isStaticPod } from "../../api/pod/status.ts";
import { type Container, type ContainerStatus, isRestartableInit, type Pod } from "./types.ts";

/**
 * kubelet_pods.go getPhase. `podIsTerminal`: the pod is being torn down for good. `initialized`: its init containers
 * have been done once in this sandbox.
 */
export function podPhase(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  podIsTerminal: boolean,
  initialized: boolean,
): string {
  const inits = pod.spec.initContainers ?? [];
  let pendingInit = 0;
  let failedInit = 0;
  let pendingSidecars = 0;
  const count = { unknown: 0, running: 0, waiting: 0, stopped: 0, succeeded: 0 };

  for (const container of inits) {
    const status = statuses.find(({ name }) => name === container.name);
    if (isRestartableInit(container)) {
      pendingSidecars += countSidecar(status, count);
      continue;
    }
    const ended = status?.state?.terminated ?? (status?.state?.waiting ? status.lastState?.terminated : undefined);
    if (ended === undefined) pendingInit += 1;
    else if (ended.exitCode !== 0) failedInit += 1;
  }
  for (const container of pod.spec.containers ?? []) countContainer(container, statuses, count);

  const policy = pod.spec.restartPolicy;
  if (failedInit > 0 && policy === "Never") return "Failed";
  if (pendingInit > 0 || (pendingSidecars > 0 && !initialized) || count.waiting > 0) return "Pending";
  if (count.unknown > 0) return "Pending";
  if (count.running > 0) return "Running";
  if (count.stopped === 0) return "Pending";
  const allSucceeded = count.stopped === count.succeeded;
  if (podIsTerminal && !isStaticPod(pod)) return allSucceeded ? "Succeeded" : "Failed";
  if (policy === "Always") return "Running";
  if (allSucceeded) return "Succeeded";
  return policy === "Never" ? "Failed" : "Running";
}

interface Counters {
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
}

/** Gives 1 if the pod still waits for this sidecar. Ended sidecars do not count. */
function countSidecar(status: ContainerStatus | undefined, count: Counters): number {
  const state = status?.state;
  if (state?.running) {
    count.running += 1;
    return status?.started === true ? 0 : 1;
  }
  if (state?.terminated) return 0;
  if (state?.waiting) {
    if (status?.lastState?.terminated) return 0;
    count.waiting += 1;
    return 1;
  }
  count.unknown += 1;
  return status === undefined ? 0 : 1;
}

function countContainer(container: Container, statuses: readonly ContainerStatus[], count: Counters): void {
  const status = statuses.find(({ name }) => name === container.name);
  const state = status?.state;
  if (state?.running) {
    count.running += 1;
  } else if (state?.terminated) {
    count.stopped += 1;
    if (state.terminated.exitCode === 0) count.succeeded += 1;
  } else if (state?.waiting) {
    if (status?.lastState?.terminated) count.stopped += 1;
    else count.waiting += 1;
  } else {
    count.unknown += 1;
  }
}
