import { isPodReady } from "../../../../api/pod/status.ts";
import { parseTime } from "../../../../api/time.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Pod } from "../../lib/types.ts";

export const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

/** A pod with how many active pods of related ReplicaSets are on its node. */
export interface RankedPod {
  readonly pod: Pod;
  readonly rank: number;
}

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * ActivePodsWithRanks: negative when `a` is deleted before `b`, 0 when neither. Ages count by powers of two.
 * Without a time, ActivePods: ages count to the second, and no annotation counts.
 */
export function compareForDeletion(a: RankedPod, b: RankedPod, nowWallUs: number | null): number {
  const nodeA = a.pod.spec?.nodeName ?? "";
  const nodeB = b.pod.spec?.nodeName ?? "";
  if (nodeA !== nodeB && (nodeA === "" || nodeB === "")) return nodeA === "" ? -1 : 1;
  const phase = phaseOrder(a.pod) - phaseOrder(b.pod);
  if (phase !== 0) return phase;
  const readyA = isPodReady(a.pod);
  const readyB = isPodReady(b.pod);
  if (readyA !== readyB) return readyA ? 1 : -1;
  const cost = nowWallUs === null ? 0 : deletionCost(a.pod) - deletionCost(b.pod);
  if (cost !== 0) return cost;
  if (a.rank !== b.rank) return b.rank - a.rank;
  if (readyA && readyB) {
    const byReady = compareTimes(readySince(a.pod), readySince(b.pod), a.pod, b.pod, nowWallUs);
    if (byReady !== null) return byReady;
  }
  const restarts = compareRestarts(a.pod, b.pod);
  if (restarts !== 0) return restarts;
  const created = compareTimes(createdAt(a.pod), createdAt(b.pod), a.pod, b.pod, nowWallUs);
  return created ?? 0;
}

/** The `count` pods to delete, by rank when not all go; ties by name. */
export function pickForDeletion(
  pods: readonly Pod[],
  related: readonly Pod[],
  count: number,
  nowWallUs: number,
): Pod[] {
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec?.nodeName ?? "";
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const ranked = pods.map((pod) => ({ pod, rank: onNode.get(pod.spec?.nodeName ?? "") ?? 0 }));
  ranked.sort((a, b) => compareForDeletion(a, b, nowWallUs) || compareText(a.pod.metadata?.name, b.pod.metadata?.name));
  return ranked.slice(0, count).map(({ pod }) => pod);
}

/** 0 where the annotation is absent or no number. */
export function deletionCost(pod: Pod): number {
  const text = pod.metadata?.annotations?.[DELETION_COST];
  return text !== undefined && /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0;
}

function phaseOrder(pod: Pod): number {
  return PHASE_ORDER[pod.status?.phase ?? ""] ?? 0;
}

/** Null: equal, so the next criterion decides. */
function compareTimes(
  left: number | null,
  right: number | null,
  a: Pod,
  b: Pod,
  nowWallUs: number | null,
): number | null {
  if (left === right) return null;
  if (nowWallUs === null || left === null || right === null) {
    if (left === null || right === null) return left === null ? -1 : 1;
    return left > right ? -1 : 1;
  }
  const difference = magnitude(nowWallUs - left) - magnitude(nowWallUs - right);
  return difference === 0 ? compareText(a.metadata?.uid, b.metadata?.uid) : difference;
}

/** Whole part of the binary logarithm of an age in nanoseconds; -1 for the future. */
function magnitude(ageUs: number): number {
  if (ageUs <= 0) return -1;
  let rest = ageUs * 1000;
  let power = 0;
  while (rest >= 2) {
    rest /= 2;
    power += 1;
  }
  return power;
}

function readySince(pod: Pod): number | null {
  const at = conditionOf(pod.status?.conditions, "Ready")?.lastTransitionTime;
  return at ? parseTime(at) : null;
}

function createdAt(pod: Pod): number | null {
  const at = pod.metadata?.creationTimestamp;
  return at ? parseTime(at) : null;
}

/** More restarts of regular containers go first, then of sidecars. */
function compareRestarts(a: Pod, b: Pod): number {
  const left = maxRestarts(a);
  const right = maxRestarts(b);
  return right.regular - left.regular || right.sidecar - left.sidecar;
}

function maxRestarts(pod: Pod): { readonly regular: number; readonly sidecar: number } {
  let regular = 0;
  let sidecar = 0;
  for (const status of pod.status?.containerStatuses ?? []) regular = Math.max(regular, status.restartCount ?? 0);
  const sidecars = (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  for (const status of pod.status?.initContainerStatuses ?? []) {
    if (sidecars.some((container) => container.name === status.name))
      sidecar = Math.max(sidecar, status.restartCount ?? 0);
  }
  return { regular, sidecar };
}

function compareText(a = "", b = ""): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
