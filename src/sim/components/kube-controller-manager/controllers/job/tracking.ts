import { semanticEqual } from "../../../../api/equal.ts";
import type { Job, JobCondition, JobStatus } from "../../lib/batch-types.ts";
import type { Pod } from "../../lib/types.ts";
import { completionIndexOf, formatIndexes, hasIndex, isIndexed, totalOf, withIndexes } from "./indexes.ts";
import { byCompletionIndex, isPodFailed, isTracked } from "./pods.ts";
import { judgeFailedPod } from "./policies.ts";
import { condition, type JobSync, uidOf } from "./sync.ts";

/** So many ended pods are noted in the status at a time. */
const UNCOUNTED_MAX = 500;

/** The second half of a sync: pods that ended are noted in the status, lose their finalizer, and are counted then. */
export interface Tracking {
  /** With the status to be written before finalizers go. */
  readonly job: Job;
  readonly needsFlush: boolean;
  readonly release: readonly Pod[];
  readonly ending: JobCondition | null;
  readonly terminating: number;
  /** More pods ended than fit: not finished yet. */
  readonly isFull: boolean;
  /** Uids of pods that have their finalizer. */
  readonly tracked: readonly string[];
}

/** trackJobStatusAndRemoveFinalizers up to its first write. */
export function trackPods(sync: JobSync): Tracking {
  const { job, stored } = sync;
  const isGone = new Set(sync.finalizersGone);
  const tracked = sync.pods.filter((pod) => isTracked(pod) && !isGone.has(uidOf(pod)));
  const counted = countReleased(job.status ?? {}, new Set(tracked.map(uidOf)));
  const uncounted = { succeeded: [...counted.succeeded], failed: [...counted.failed] };
  const before = job.status?.uncountedTerminatedPods ?? {};
  const known = { succeeded: new Set(before.succeeded), failed: new Set(before.failed) };
  const indexes: number[] = [];
  const release: Pod[] = [];
  let isFull = false;
  for (const pod of isIndexed(job.spec) ? [...tracked].sort(byCompletionIndex) : tracked) {
    const failed = isPodFailed(pod, job.spec);
    if (!mayRelease(sync, pod, failed)) continue;
    release.push(pod);
    noteEnd(sync, pod, failed, known, uncounted, indexes);
    isFull = indexes.length + uncounted.succeeded.length + uncounted.failed.length >= UNCOUNTED_MAX;
    if (isFull) break;
  }
  const interim = interimCondition(sync);
  const status: JobStatus = {
    ...job.status,
    ...counted.counters,
    ...(isIndexed(job.spec) ? indexFields(sync, indexes) : {}),
    ...(interim === null ? {} : { conditions: [...(job.status?.conditions ?? []), interim] }),
    uncountedTerminatedPods: uncountedField(uncounted),
    active: sync.active,
    ready: sync.ready,
    terminating: sync.terminating,
  };
  return {
    job: { ...job, status: tidy(status) },
    needsFlush: !semanticEqual(withoutStartTime(stored), withoutStartTime(tidy(status))),
    release,
    ending: finalCondition(sync.ending, sync.nowWallUs),
    terminating: sync.terminating,
    isFull,
    tracked: tracked.map(uidOf),
  };
}

/** What is new beside the time of the start: a start alone is written with the next change, as upstream. */
function withoutStartTime(status: JobStatus): unknown {
  const { startTime: _, uncountedTerminatedPods, ...rest } = status;
  return { ...rest, uncountedTerminatedPods: uncountedTerminatedPods ?? {} };
}

function mayRelease(sync: JobSync, pod: Pod, failed: boolean): boolean {
  if (sync.job.metadata?.deletionTimestamp !== undefined || sync.ending !== null) return true;
  if (pod.status?.phase === "Succeeded") return true;
  if (!failed) return false;
  const index = completionIndexOf(pod);
  return index === null || sync.delayed.get(index)?.metadata?.uid !== uidOf(pod);
}

function noteEnd(
  sync: JobSync,
  pod: Pod,
  failed: boolean,
  known: { readonly succeeded: ReadonlySet<string>; readonly failed: ReadonlySet<string> },
  uncounted: { readonly succeeded: string[]; readonly failed: string[] },
  indexes: number[],
): void {
  const { spec } = sync.job;
  const uid = uidOf(pod);
  const index = completionIndexOf(pod);
  const inRange = index !== null && index < (spec?.completions ?? 0);
  if (pod.status?.phase === "Succeeded" && !known.failed.has(uid)) {
    if (isIndexed(spec)) {
      if (inRange && !hasIndex(sync.countedIndexes, index)) indexes.push(index);
    } else if (!known.succeeded.has(uid)) uncounted.succeeded.push(uid);
    return;
  }
  const endsBadly = sync.ending !== null && sync.ending.type !== "SuccessCriteriaMet";
  if (!failed && !endsBadly) return;
  if (known.failed.has(uid) || (isIndexed(spec) && !inRange)) return;
  if (judgeFailedPod(spec?.podFailurePolicy, pod).countsAsFailed) uncounted.failed.push(uid);
}

function indexFields(sync: JobSync, indexes: readonly number[]): Partial<JobStatus> {
  const done = withIndexes(sync.succeededIndexes, indexes);
  const failed = sync.failedIndexes === null ? {} : { failedIndexes: formatIndexes(sync.failedIndexes) };
  return { succeeded: totalOf(done), completedIndexes: formatIndexes(done), ...failed };
}

/** FailureTarget and SuccessCriteriaMet are told before the pods are let go. */
function interimCondition({ ending, job }: JobSync): JobCondition | null {
  if (ending === null || (ending.type !== "FailureTarget" && ending.type !== "SuccessCriteriaMet")) return null;
  const isHeld = job.status?.conditions?.some(({ type, status }) => type === ending.type && status === "True");
  return isHeld ? null : ending;
}

function finalCondition(ending: JobCondition | null, nowWallUs: number): JobCondition | null {
  if (ending === null) return null;
  const { reason = "", message = "" } = ending;
  return condition(ending.type === "SuccessCriteriaMet" ? "Complete" : "Failed", reason, message, nowWallUs);
}

interface Counted {
  readonly counters: Pick<JobStatus, "succeeded" | "failed">;
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
}

/** Noted pods that have lost their finalizer are counted for good. */
function countReleased(status: JobStatus, tracked: ReadonlySet<string>): Counted {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const left = {
    succeeded: succeeded.filter((uid) => tracked.has(uid)),
    failed: failed.filter((uid) => tracked.has(uid)),
  };
  return {
    counters: {
      succeeded: (status.succeeded ?? 0) + succeeded.length - left.succeeded.length,
      failed: (status.failed ?? 0) + failed.length - left.failed.length,
    },
    ...left,
  };
}

function uncountedField({
  succeeded,
  failed,
}: Pick<Counted, "succeeded" | "failed">): JobStatus["uncountedTerminatedPods"] {
  return { ...(succeeded.length > 0 ? { succeeded } : {}), ...(failed.length > 0 ? { failed } : {}) };
}

/** Zero counters and empty texts are left out, as Go writes them; `ready` and `terminating` are pointers, so they stay. */
function tidy(status: JobStatus): JobStatus {
  const kept: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(status)) {
    const isZero = (value === 0 && field !== "ready" && field !== "terminating") || value === undefined;
    if (!isZero && !(value === "" && field === "completedIndexes")) kept[field] = value;
  }
  return kept as JobStatus;
}

export interface Finish {
  readonly job: Job;
  readonly needsUpdate: boolean;
  /** Set when the job ends with this sync. */
  readonly finished: JobCondition | null;
}

/** The rest, when finalizers are gone (`released`: from these pods). `job` has what the first write gave back. */
export function finishTracking(tracking: Tracking, job: Job, released: readonly string[]): Finish {
  const gone = new Set(released);
  const left = new Set(tracking.tracked.filter((uid) => !gone.has(uid)));
  const counted = countReleased(job.status ?? {}, left);
  const uncounted = uncountedField(counted);
  const status: JobStatus = { ...job.status, ...counted.counters, uncountedTerminatedPods: uncounted };
  const changes = !semanticEqual(job.status?.uncountedTerminatedPods ?? {}, uncounted);
  const { ending } = tracking;
  const isOver =
    ending !== null &&
    !tracking.isFull &&
    tracking.terminating === 0 &&
    counted.succeeded.length + counted.failed.length === 0;
  if (!isOver) return { job: { ...job, status: tidy(status) }, needsUpdate: changes, finished: null };
  const held = status.conditions ?? [];
  const isHeld = held.some(({ type }) => type === ending.type);
  const conditions = isHeld ? held.map((each) => (each.type === ending.type ? ending : each)) : [...held, ending];
  const completionTime = ending.type === "Complete" ? { completionTime: ending.lastTransitionTime } : {};
  const over = tidy({ ...status, conditions, ...completionTime } as JobStatus);
  return { job: { ...job, status: over }, needsUpdate: true, finished: ending };
}
