/** Questions about a pod's state that several components ask (pkg/api/v1/pod). */
import { parseTime } from "../time.ts";
import type { ContainerStatus, Pod, PodCondition } from "./types.ts";

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, "Ready")?.status === "True";
}

/** Ready for at least `minReadySeconds`. `nowWallUs` is calendar time. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowWallUs: number): boolean {
  const ready = podCondition(pod, "Ready");
  if (ready?.status !== "True") return false;
  if (minReadySeconds === 0) return true;
  const since = ready.lastTransitionTime ? parseTime(ready.lastTransitionTime) : null;
  return since !== null && since + minReadySeconds * 1_000_000 <= nowWallUs;
}

/** Phase Succeeded or Failed: it will not run again. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** Neither finished nor being deleted: what ReplicaSets count. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata?.deletionTimestamp === undefined;
}

export function containerStatus(pod: Pod, name: string): ContainerStatus | undefined {
  return (
    pod.status?.containerStatuses?.find((status) => status.name === name) ??
    pod.status?.initContainerStatuses?.find((status) => status.name === name)
  );
}

/** Static, or mirrors a static one, or of one of the two highest system priorities (`IsCriticalPod`). */
export function isCriticalPod(pod: Pod): boolean {
  return isStaticPod(pod) || isMirrorPod(pod) || (pod.spec?.priority ?? 0) >= SYSTEM_CRITICAL_PRIORITY;
}

export const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

export function isMirrorPod(pod: Pod): boolean {
  return pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;
}

export function isStaticPod(pod: Pod): boolean {
  const source = pod.metadata?.annotations?.["kubernetes.io/config.source"];
  return source !== undefined && source !== "api";
}

/** Conditions with `condition` set: the transition time is kept while the status stays. Itself when nothing differs. */
export function withCondition(
  conditions: readonly PodCondition[] | undefined,
  condition: PodCondition,
): readonly PodCondition[] {
  const known = conditions ?? [];
  const at = known.findIndex(({ type }) => type === condition.type);
  if (at < 0) return [...known, condition];
  const old = known[at]!;
  if (old.status === condition.status && old.reason === condition.reason && old.message === condition.message)
    return known;
  const transitioned =
    old.status === condition.status && old.lastTransitionTime
      ? { ...condition, lastTransitionTime: old.lastTransitionTime }
      : condition;
  return known.map((one, index) => (index === at ? transitioned : one));
}
