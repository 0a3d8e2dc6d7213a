import { isPodActive, isPodReady } from "../../../../api/pod/status.ts";
import { formatTime, parseTime } from "../../../../api/time.ts";
import type { Job, JobCondition, JobSpec, JobStatus } from "../../lib/batch-types.ts";
import type { Pod } from "../../lib/types.ts";
import { type BackOffRecord, finishTimeOf, recordEnds, remainingBackOffUs } from "./back-off.ts";
import {
  completionIndexOf,
  firstPendingIndexes,
  hasIndex,
  type Intervals,
  isIndexed,
  mergeIntervals,
  parseIndexes,
  totalOf,
  withIndexes,
} from "./indexes.ts";
import { indexFailuresOf, isPodFailed, isTerminating, isTracked, podsToRemove, replacesFailedOnly } from "./pods.ts";
import { judgeFailedPod, matchSuccessPolicy } from "./policies.ts";

/** As many pods are created or deleted in one sync at most. */
const CHANGES_MAX = 500;

export const BACKOFF_LIMIT_EXCEEDED = "Job has reached the specified backoff limit";

/** What a sync of a job has found and decided so far: plain data, handed from one step to the next. */
export interface JobSync {
  /** Its status grows from step to step. */
  readonly job: Job;
  /** The status that it began with. */
  readonly stored: JobStatus;
  readonly pods: readonly Pod[];
  /** Uids of pods whose finalizer was removed, which the informer has not seen yet. */
  readonly finalizersGone: readonly string[];
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly succeeded: number;
  /** Indexes done as the status says, and with the pods' ends; of an indexed job. */
  readonly countedIndexes: Intervals;
  readonly succeededIndexes: Intervals;
  /** Null: no back-off limit per index. */
  readonly failedIndexes: Intervals | null;
  /** By index: the failed pod whose finalizer stays until its successor, which carries its count, is there. */
  readonly delayed: ReadonlyMap<number, Pod>;
  readonly backOff: BackOffRecord;
  /** The condition with which the job ends, or null. */
  readonly ending: JobCondition | null;
  readonly action: JobAction;
  /** Whether pods were managed: expectations were met, and the job is not being deleted. */
  readonly managed: boolean;
  /** Look again then, whatever else happens. */
  readonly againAfterUs: number | null;
  readonly nowWallUs: number;
}

export type JobAction =
  | { readonly type: "none" }
  /** The job ends: its active pods go, their finalizers stay. */
  | { readonly type: "end"; readonly pods: readonly Pod[] }
  /** Too many pods: their finalizers go first, so that they do not count as failed. */
  | { readonly type: "remove"; readonly pods: readonly Pod[] }
  /** `indexes` of an indexed job. */
  | { readonly type: "create"; readonly count: number; readonly indexes: readonly number[] | null }
  | { readonly type: "wait" };

export interface SyncFacts {
  readonly expectationsMet: boolean;
  readonly finalizersGone: readonly string[];
  readonly backOff: BackOffRecord;
  readonly nowWallUs: number;
}

/** The first half of syncJob: counts pods, and says what should be done about them. */
export function beginSync(given: Job, pods: readonly Pod[], facts: SyncFacts): JobSync {
  const { nowWallUs } = facts;
  const startTime = given.status?.startTime ?? (given.spec?.suspend ? undefined : formatTime(nowWallUs));
  const job: Job = { ...given, status: { ...given.status, ...(startTime === undefined ? {} : { startTime }) } };
  const { spec = {}, status = {} } = job;
  const active = pods.filter(isPodActive);
  const ended = newlyEnded(job, pods, facts.finalizersGone);
  const uncounted = status.uncountedTerminatedPods;
  const judged = ended.failed.filter((pod) => judgeFailedPod(spec.podFailurePolicy, pod).countsAsFailed);
  const failed = (status.failed ?? 0) + judged.length + (uncounted?.failed?.length ?? 0);
  const counted = (status.succeeded ?? 0) + ended.succeeded.length + (uncounted?.succeeded?.length ?? 0);
  const countedIndexes = isIndexed(spec) ? parseIndexes(status.completedIndexes ?? "", spec.completions ?? 0) : [];
  const succeededIndexes = isIndexed(spec) ? withIndexes(countedIndexes, indexesDone(job, pods)) : [];
  const failedIndexes = isIndexed(spec) && spec.backoffLimitPerIndex !== undefined ? failedIndexesOf(job, pods) : null;
  const sync: JobSync = {
    job,
    stored: given.status ?? {},
    pods,
    finalizersGone: facts.finalizersGone,
    active: active.length,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isTerminating).length,
    succeeded: isIndexed(spec) ? totalOf(succeededIndexes) : counted,
    countedIndexes,
    succeededIndexes,
    failedIndexes,
    delayed:
      failedIndexes === null
        ? new Map()
        : delayedPods(job, pods, facts.finalizersGone, succeededIndexes, failedIndexes),
    backOff: recordEnds(facts.backOff, ended.succeeded, ended.failed),
    ending: null,
    action: { type: "none" },
    managed: false,
    againAfterUs: null,
    nowWallUs,
  };
  const ending = endingOf(sync, failed);
  if (ending !== null) return { ...sync, ending, action: { type: "end", pods: active } };
  const deadlineUs = untilDeadlineUs(job, nowWallUs);
  const open = { ...sync, againAfterUs: deadlineUs };
  if (!facts.expectationsMet || job.metadata?.deletionTimestamp !== undefined) return open;
  return managePods({ ...open, managed: true }, active);
}

/** Tracked pods that have ended and are not in the status yet, nor being counted. */
function newlyEnded(
  job: Job,
  pods: readonly Pod[],
  finalizersGone: readonly string[],
): { readonly succeeded: readonly Pod[]; readonly failed: readonly Pod[] } {
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
  const valid = pods.filter((pod) => isValid(job, pod, finalizersGone));
  return {
    succeeded: valid.filter((pod) => pod.status?.phase === "Succeeded" && !succeeded.includes(uidOf(pod))),
    failed: valid.filter((pod) => isPodFailed(pod, job.spec) && !failed.includes(uidOf(pod))),
  };
}

function isValid(job: Job, pod: Pod, finalizersGone: readonly string[]): boolean {
  if (!isTracked(pod) || finalizersGone.includes(uidOf(pod))) return false;
  if (!isIndexed(job.spec)) return true;
  const index = completionIndexOf(pod);
  return index !== null && index < (job.spec?.completions ?? 0);
}

export function uidOf(pod: Pod): string {
  return pod.metadata?.uid ?? "";
}

/** Indexes at which a tracked pod has succeeded. */
export function indexesDone(job: Job, pods: readonly Pod[]): number[] {
  const done: number[] = [];
  for (const pod of pods) {
    const index = completionIndexOf(pod);
    if (index === null || index >= (job.spec?.completions ?? 0)) continue;
    if (pod.status?.phase === "Succeeded" && isTracked(pod)) done.push(index);
  }
  return done;
}

/** Indexes that have used up their back-off limit, or failed by policy. */
export function failedIndexesOf(job: Job, pods: readonly Pod[]): Intervals {
  const { spec = {}, status } = job;
  const before = parseIndexes(status?.failedIndexes ?? "", spec.completions ?? 0);
  const failed: number[] = [];
  for (const pod of pods) {
    const index = completionIndexOf(pod);
    if (index === null || index >= (spec.completions ?? 0) || !isTracked(pod)) continue;
    if (!hasIndex(before, index) && hasFailedForGood(spec, pod)) failed.push(index);
  }
  return withIndexes(before, failed);
}

function hasFailedForGood(spec: JobSpec, pod: Pod): boolean {
  if (!isPodFailed(pod, spec)) return false;
  const { action, countsAsFailed } = judgeFailedPod(spec.podFailurePolicy, pod);
  if (action === "FailIndex") return true;
  return countsAsFailed && indexFailuresOf(pod).count >= (spec.backoffLimitPerIndex ?? 0);
}

function delayedPods(
  job: Job,
  pods: readonly Pod[],
  finalizersGone: readonly string[],
  succeeded: Intervals,
  failed: Intervals,
): ReadonlyMap<number, Pod> {
  const running = new Set(pods.filter(isPodActive).map(completionIndexOf));
  const delayed = new Map<number, Pod>();
  for (const pod of pods) {
    const index = completionIndexOf(pod);
    if (index === null || running.has(index) || !isValid(job, pod, finalizersGone)) continue;
    if (!isPodFailed(pod, job.spec) || hasIndex(succeeded, index) || hasIndex(failed, index)) continue;
    const held = delayed.get(index);
    const isLater =
      held === undefined || (allFailures(held) <= allFailures(pod) && finishTimeOf(held) <= finishTimeOf(pod));
    if (isLater) delayed.set(index, pod);
  }
  return delayed;
}

function allFailures(pod: Pod): number {
  const { count, ignored } = indexFailuresOf(pod);
  return count + ignored;
}

/** Whether and how the job ends now: the first reason that applies. */
function endingOf(sync: JobSync, failed: number): JobCondition | null {
  const { job, pods, nowWallUs } = sync;
  const { spec = {}, status = {} } = job;
  const held = (type: string): JobCondition | undefined =>
    status.conditions?.find((condition) => condition.type === type && condition.status === "True");
  const met = held("SuccessCriteriaMet");
  if (met !== undefined) return met;
  const target = held("FailureTarget");
  if (target !== undefined) return condition("Failed", target.reason ?? "", target.message ?? "", nowWallUs);
  const fails = (reason: string, message: string): JobCondition =>
    condition("FailureTarget", reason, message, nowWallUs);
  for (const pod of pods) {
    if (!isPodFailed(pod, spec)) continue;
    const { failureMessage } = judgeFailedPod(spec.podFailurePolicy, pod);
    if (failureMessage !== null) return fails("PodFailurePolicy", failureMessage);
  }
  if (failed > (spec.backoffLimit ?? 6) || restartsExceedLimit(spec, pods)) {
    return fails("BackoffLimitExceeded", BACKOFF_LIMIT_EXCEEDED);
  }
  const leftUs = untilDeadlineUs(job, nowWallUs);
  if (leftUs !== null && leftUs <= 0) return fails("DeadlineExceeded", "Job was active longer than specified deadline");
  if (!isIndexed(spec)) return null;
  const lost = sync.failedIndexes === null ? 0 : totalOf(sync.failedIndexes);
  if (spec.maxFailedIndexes !== undefined && lost > spec.maxFailedIndexes) {
    return fails("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
  }
  if (lost > 0 && lost + totalOf(sync.succeededIndexes) >= (spec.completions ?? 0)) {
    return fails("FailedIndexes", "Job has failed indexes");
  }
  const rule = matchSuccessPolicy(spec.successPolicy, spec.completions ?? 0, sync.succeededIndexes);
  return rule === null ? null : condition("SuccessCriteriaMet", "SuccessPolicy", rule, nowWallUs);
}

export function condition(type: string, reason: string, message: string, nowWallUs: number): JobCondition {
  const now = formatTime(nowWallUs);
  return { type, status: "True", lastProbeTime: now, lastTransitionTime: now, reason, message };
}

/** With restartPolicy OnFailure, the restarts of containers count. */
function restartsExceedLimit(spec: JobSpec, pods: readonly Pod[]): boolean {
  if (spec.template?.spec?.restartPolicy !== "OnFailure") return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== "Running" && status?.phase !== "Pending") continue;
    for (const each of status.initContainerStatuses ?? []) restarts += each.restartCount ?? 0;
    for (const each of status.containerStatuses ?? []) restarts += each.restartCount ?? 0;
  }
  const limit = spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Null: no deadline, or it does not run. */
function untilDeadlineUs({ spec, status }: Job, nowWallUs: number): number | null {
  const started = status?.startTime === undefined ? null : parseTime(status.startTime);
  if (spec?.activeDeadlineSeconds === undefined || started === null || spec.suspend) return null;
  return started + spec.activeDeadlineSeconds * 1_000_000 - nowWallUs;
}

/** manageJob: how many pods there should be. */
function managePods(sync: JobSync, active: readonly Pod[]): JobSync {
  const { job, succeeded, failedIndexes } = sync;
  const { spec = {} } = job;
  if (spec.suspend) return { ...sync, action: { type: "remove", pods: podsToRemove(spec, active, active.length) } };
  const parallelism = spec.parallelism ?? 1;
  const failed = failedIndexes === null ? 0 : totalOf(failedIndexes);
  const wanted =
    spec.completions === undefined
      ? succeeded > 0
        ? active.length
        : parallelism
      : Math.max(0, Math.min(parallelism, spec.completions - succeeded - failed));
  const surplus = podsToRemove(spec, active, Math.max(0, active.length - wanted)).slice(0, CHANGES_MAX);
  if (surplus.length > 0) return { ...sync, action: { type: "remove", pods: surplus } };
  const terminating = replacesFailedOnly(spec) ? sync.terminating : 0;
  const missing = Math.min(CHANGES_MAX, wanted - terminating - active.length);
  return missing <= 0 ? sync : createPods(sync, active, missing);
}

function createPods(sync: JobSync, active: readonly Pod[], missing: number): JobSync {
  const { spec = {} } = sync.job;
  const isPerIndex = spec.backoffLimitPerIndex !== undefined;
  const waitUs = isPerIndex ? 0 : remainingBackOffUs(sync.backOff, sync.nowWallUs);
  if (waitUs > 0) return waiting(sync, waitUs);
  if (!isIndexed(spec)) return { ...sync, action: { type: "create", count: missing, indexes: null } };
  const busy = replacesFailedOnly(spec) ? [...active, ...sync.pods.filter(isTerminating)] : active;
  const held = withIndexes(
    sync.succeededIndexes,
    busy.map(completionIndexOf).filter((index) => index !== null),
  );
  const taken = mergeIntervals(held, sync.failedIndexes ?? []);
  const pending = firstPendingIndexes(taken, missing, spec.completions ?? 0);
  if (!isPerIndex) return { ...sync, action: { type: "create", count: pending.length, indexes: pending } };
  const waits = pending.map((index) => {
    const last = sync.delayed.get(index);
    if (last === undefined) return 0;
    const record = { failures: allFailures(last) + 1, lastFailureUs: finishTimeOf(last) };
    return remainingBackOffUs(record, sync.nowWallUs);
  });
  const now = pending.filter((_index, position) => waits[position] === 0);
  if (now.length === 0 && waits.length > 0) return waiting(sync, Math.min(...waits));
  return { ...sync, action: { type: "create", count: now.length, indexes: now } };
}

function waiting(sync: JobSync, waitUs: number): JobSync {
  const againAfterUs = sync.againAfterUs === null ? waitUs : Math.min(waitUs, sync.againAfterUs);
  return { ...sync, action: { type: "wait" }, againAfterUs };
}

/** What came of the action's writes. */
export interface ActionResult {
  /** Created, or deleted (or gone already). */
  readonly done: number;
  readonly doneReady: number;
}

/** What syncJob does after its pods were managed: the new counts, and whether the job is complete or suspended. */
export function afterAction(sync: JobSync, { done, doneReady }: ActionResult, expectationsMet: boolean): JobSync {
  const { action } = sync;
  const removes = action.type === "end" || action.type === "remove";
  const counts = {
    active: removes ? sync.active - done : action.type === "create" ? sync.active + done : sync.active,
    ready: removes ? sync.ready - doneReady : sync.ready,
    terminating: removes ? sync.terminating + done : sync.terminating,
  };
  const next = { ...sync, ...counts };
  if (action.type === "end") return counts.active > 0 || !expectationsMet ? { ...next, ending: null } : next;
  const { spec = {} } = sync.job;
  const enough = spec.completions === undefined ? sync.succeeded > 0 : sync.succeeded >= spec.completions;
  if (enough && counts.active === 0) {
    const message = "Reached expected number of succeeded pods";
    return { ...next, ending: condition("SuccessCriteriaMet", "CompletionsReached", message, sync.nowWallUs) };
  }
  return sync.managed ? withSuspension(next) : next;
}

function withSuspension(sync: JobSync): JobSync {
  const { job, nowWallUs } = sync;
  const held = job.status?.conditions ?? [];
  const suspended = held.find(({ type }) => type === "Suspended");
  const wanted = job.spec?.suspend === true;
  if (wanted === (suspended?.status === "True")) return sync;
  const next = wanted
    ? condition("Suspended", "JobSuspended", "Job suspended", nowWallUs)
    : { ...condition("Suspended", "JobResumed", "Job resumed", nowWallUs), status: "False" };
  const conditions = suspended === undefined ? [...held, next] : held.map((each) => (each === suspended ? next : each));
  const startTime = wanted ? {} : { startTime: formatTime(nowWallUs) };
  return { ...sync, job: { ...job, status: { ...job.status, conditions, ...startTime } as JobStatus } };
}
