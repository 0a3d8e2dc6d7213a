import { goDuration, parseGoDuration } from "../../../sim/api/duration.ts";
import { isPodActive, isPodReady } from "../../../sim/api/pod/status.ts";
import { parseTime } from "../../../sim/api/time.ts";
import {
  finishTimeOf,
  NO_FAILURES,
  remainingBackOffUs,
} from "../../../sim/components/kube-controller-manager/controllers/job/back-off.ts";
import { isManagedElsewhere } from "../../../sim/components/kube-controller-manager/controllers/job/index.ts";
import {
  completionIndexOf,
  firstPendingIndexes,
  type Intervals,
  mergeIntervals,
  parseIndexes,
  withIndexes,
} from "../../../sim/components/kube-controller-manager/controllers/job/indexes.ts";
import { indexFailuresAfter } from "../../../sim/components/kube-controller-manager/controllers/job/pods.ts";
import {
  judgeFailedPod,
  matchSuccessPolicy,
} from "../../../sim/components/kube-controller-manager/controllers/job/policies.ts";
import {
  afterAction,
  beginSync,
  failedIndexesOf,
  indexesDone,
} from "../../../sim/components/kube-controller-manager/controllers/job/sync.ts";
import { finishTracking, trackPods } from "../../../sim/components/kube-controller-manager/controllers/job/tracking.ts";
import {
  finishedConditionOf,
  type Job,
  type JobStatus,
  type PodFailurePolicy,
  type SuccessPolicy,
} from "../../../sim/components/kube-controller-manager/lib/batch-types.ts";
import type { Pod } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { allOf, expectSame, expectSameSet, PASS, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly podFailurePolicy: PodFailurePolicy;
  readonly pod: Pod;
  readonly completions: number;
  readonly succeededIndexes?: Intervals;
  readonly failedIndexes?: Intervals;
  readonly successPolicy?: SuccessPolicy;
  readonly job: Job;
  readonly pods?: readonly Pod[];
  readonly text: string;
  readonly count: number;
  readonly activePods: readonly { readonly Index: string }[];
  readonly failuresAfterLastSuccess: number;
  readonly lastFailureTime?: string;
  readonly now: string;
  readonly base: string;
  readonly max: string;
  readonly replacedPod?: Pod;
}

/** One pass over a job, in which every write succeeds. */
interface Pass {
  readonly created: number;
  readonly createdIndexes: readonly number[];
  readonly deleted: readonly Pod[];
  readonly statusUpdated: boolean;
  readonly status: JobStatus;
}

function syncOnce(job: Job, pods: readonly Pod[], nowWallUs: number): Pass {
  const idle = { created: 0, createdIndexes: [], deleted: [], statusUpdated: false, status: job.status ?? {} };
  if (finishedConditionOf(job) !== null || isManagedElsewhere(job)) return idle;
  const facts = { expectationsMet: true, finalizersGone: [], backOff: NO_FAILURES, nowWallUs };
  const sync = beginSync(job, pods, facts);
  const { action } = sync;
  const deleted = action.type === "end" || action.type === "remove" ? action.pods : [];
  const created = action.type === "create" ? action.count : 0;
  const result = { done: deleted.length + created, doneReady: deleted.filter(isPodReady).length };
  const tracking = trackPods(afterAction(sync, result, true));
  const released = tracking.release.map((pod) => pod.metadata?.uid ?? "");
  const finish = finishTracking(tracking, tracking.job, released);
  return {
    created,
    createdIndexes: action.type === "create" ? (action.indexes ?? []) : [],
    deleted,
    statusUpdated: tracking.needsFlush || finish.needsUpdate,
    status: finish.job.status ?? {},
  };
}

const COUNTERS = [
  "active",
  "ready",
  "succeeded",
  "failed",
  "terminating",
  "completedIndexes",
  "failedIndexes",
] as const;

function comparable(status: JobStatus): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const field of COUNTERS) if (status[field] !== undefined) found[field] = status[field];
  found.conditions = (status.conditions ?? []).map(({ type, status: value, reason, message }) => ({
    type,
    status: value,
    reason,
    message,
  }));
  return found;
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "pod-failure-policy": ({ podFailurePolicy, pod }, expected) =>
    expectSame(judgeFailedPod(podFailurePolicy, pod), expected),
  "success-policy": ({ successPolicy, completions, succeededIndexes = [] }, { met, message }) => {
    const rule = matchSuccessPolicy(successPolicy, completions, succeededIndexes);
    return expectSame({ met: rule !== null, message: rule ?? "" }, { met, message });
  },
  "succeeded-indexes": ({ job, pods = [] }, { fromStatus, all }) => {
    const counted = parseIndexes(job.status?.completedIndexes ?? "", job.spec?.completions ?? 0);
    return expectSame({ fromStatus: counted, all: withIndexes(counted, indexesDone(job, pods)) }, { fromStatus, all });
  },
  "failed-indexes": ({ job, pods = [] }, { failed }) => expectSame(failedIndexesOf(job, pods), failed),
  "parse-indexes": ({ text, completions }, { intervals }) => expectSame(parseIndexes(text, completions), intervals),
  "first-pending-indexes": ({ count, completions, activePods, succeededIndexes, failedIndexes }, { indexes }) => {
    const annotation = "batch.kubernetes.io/job-completion-index";
    const active = activePods
      .map(({ Index }) => completionIndexOf({ metadata: { annotations: { [annotation]: Index } } }))
      .filter((index) => index !== null);
    const taken = mergeIntervals(withIndexes(succeededIndexes ?? [], active), failedIndexes ?? []);
    return expectSame(firstPendingIndexes(taken, count, completions), indexes);
  },
  "backoff-remaining": ({ failuresAfterLastSuccess, lastFailureTime, now, base, max }, { remaining }) => {
    const record = {
      failures: failuresAfterLastSuccess,
      lastFailureUs: lastFailureTime === undefined ? null : parseTime(lastFailureTime),
    };
    const leftUs = remainingBackOffUs(record, parseTime(now) ?? 0, microseconds(base), microseconds(max));
    return expectSame(goDuration(leftUs), remaining);
  },
  "pod-finish-time": ({ pod }, { finishedAt }) => expectSame(finishTimeOf(pod), parseTime(String(finishedAt))),
  "index-failure-count": ({ job, replacedPod }, expected) =>
    expectSame(indexFailuresAfter(job.spec, replacedPod), expected),
  sync: ({ job, pods = [], now }, expected) => {
    const pass = syncOnce(job, pods, parseTime(now) ?? 0);
    const active = pods.filter(isPodActive);
    const names = pass.deleted.map((pod) => pod.metadata?.name);
    return allOf(
      expectSame(pass.created, expected.created),
      expected.createdIndexes === undefined
        ? PASS
        : expectSameSet(pass.createdIndexes, expected.createdIndexes as readonly number[]),
      expected.deletedCount === undefined ? PASS : expectSame(names.length, expected.deletedCount),
      expected.deleted === undefined ? PASS : expectSameSet(names, expected.deleted as readonly string[]),
      expectSame(
        names.every((name) => active.some((pod) => pod.metadata?.name === name)),
        true,
      ),
      expectSame(pass.statusUpdated, expected.statusUpdated),
      expected.status === undefined ? PASS : expectSame(comparable(pass.status), expected.status),
    );
  },
};

function microseconds(text: string): number {
  const parsed = parseGoDuration(text);
  if (parsed === null) throw new Error(`no duration: ${text}`);
  return parsed;
}

/** What one pass over a Job does, and the questions that it consists of. */
export const job: Suite = { name: "job", run: (recorded) => ask(ANSWERS, recorded) };
