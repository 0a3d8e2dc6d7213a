/** Questions about a pod's state that several components ask (pkg/api/v1/pod), each with a type of its own for pods. */
import type { ObjectMeta } from "../object.ts";
import { parseTime } from "../time.ts";

interface ConditionLike {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
}

interface PodLike<C extends ConditionLike = ConditionLike> {
  readonly metadata?: ObjectMeta;
  readonly status?: { readonly phase?: string; readonly conditions?: readonly C[] };
}

export function podCondition<C extends ConditionLike>(pod: PodLike<C>, type: string): C | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: PodLike): boolean {
  return podCondition(pod, "Ready")?.status === "True";
}

/** Ready for longer than `minReadySeconds`. `nowWallUs` is calendar time. */
export function isPodAvailable(pod: PodLike, minReadySeconds: number, nowWallUs: number): boolean {
  const ready = podCondition(pod, "Ready");
  if (ready?.status !== "True") return false;
  if (minReadySeconds === 0) return true;
  const since = ready.lastTransitionTime ? parseTime(ready.lastTransitionTime) : null;
  return since !== null && since + minReadySeconds * 1_000_000 < nowWallUs;
}

/** Phase Succeeded or Failed: it will not run again. */
export function isPodTerminal(pod: PodLike): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** Neither finished nor being deleted: what ReplicaSets count. */
export function isPodActive(pod: PodLike): boolean {
  return !isPodTerminal(pod) && pod.metadata?.deletionTimestamp === undefined;
}

const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

/** Static, or mirrors a static one, or of one of the two highest system priorities (`IsCriticalPod`). */
export function isCriticalPod(pod: PodLike & { readonly spec?: { readonly priority?: number } }): boolean {
  return isStaticPod(pod) || isMirrorPod(pod) || (pod.spec?.priority ?? 0) >= SYSTEM_CRITICAL_PRIORITY;
}

export const CONFIG_SOURCE = "kubernetes.io/config.source";
export const CONFIG_MIRROR = "kubernetes.io/config.mirror";

/** What the API shows of a static pod. */
export function isMirrorPod(pod: PodLike): boolean {
  return pod.metadata?.annotations?.[CONFIG_MIRROR] !== undefined;
}

/** From a file or URL rather than the API. */
export function isStaticPod(pod: PodLike): boolean {
  const source = pod.metadata?.annotations?.[CONFIG_SOURCE];
  return source !== undefined && source !== "api";
}
