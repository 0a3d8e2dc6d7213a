import { matchesObjectSelector } from "../../../../api/labels.ts";
import { deepFreeze } from "../../../../api/object.ts";
import { isPodReady } from "../../../../api/pod/status.ts";
import type {
  ControllerDefinition,
  Hands,
  Plan,
  PlannedWrite,
  View,
} from "../../../../machinery/controller-runtime.ts";
import { type EventToRecord, referenceTo } from "../../../../machinery/event-recorder.ts";
import {
  creationObserved,
  deleteExpectations,
  deletionObserved,
  expectationsSatisfied,
  expectCreations,
  expectDeletions,
} from "../../../../machinery/expectations.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { quote } from "../../../../machinery/klog.ts";
import {
  type CallResult,
  createRequest,
  deleteRequest,
  isNamespaceTerminating,
  patchRequest,
  updateStatusRequest,
} from "../../../../machinery/requests.ts";
import { JOBS, PODS } from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { finishedConditionOf, type Job, type JobCondition } from "../../lib/batch-types.ts";
import { claim, ORPHAN_INDEX } from "../../lib/claim.ts";
import { controllerOf } from "../../lib/pods.ts";
import type { Pod } from "../../lib/types.ts";
import { type BackOffRecord, NO_FAILURES } from "./back-off.ts";
import { isTracked, newIndexedPod, newPod, TRACKING_FINALIZER } from "./pods.ts";
import { type ActionResult, afterAction, beginSync, type JobSync, uidOf } from "./sync.ts";
import { finishTracking, type Tracking, trackPods } from "./tracking.ts";

/** Changes of pods are gathered for so long before their job is looked at. */
const BATCH_PERIOD_US = 1_000_000;
const ORPHAN_PREFIX = "orphan|";
const JOB_CONTROLLER_NAME = "kubernetes.io/job-controller";

interface Memory {
  /** By key of the job. */
  readonly backOffs: Map<string, BackOffRecord>;
  /** Uids of pods whose finalizer was removed and still is in the informer's store, by key of the job. */
  readonly finalizersGone: Map<string, readonly string[]>;
}

type Memo =
  | { readonly stage: "untracked"; readonly sync: JobSync }
  | { readonly stage: "managed"; readonly sync: JobSync; readonly pods: readonly Pod[] | null }
  | { readonly stage: "flushed"; readonly sync: JobSync; readonly tracking: Tracking; readonly error: string }
  | {
      readonly stage: "released";
      readonly sync: JobSync;
      readonly tracking: Tracking;
      readonly job: Job;
      readonly error: string;
    }
  | {
      readonly stage: "finished";
      readonly sync: JobSync;
      readonly finished: JobCondition | null;
      readonly error: string;
    };

/** pkg/controller/job. Keys: a job's, or `orphan|` and that of a pod whose job is gone or over. */
export const jobController: ControllerDefinition<Memory> = {
  name: "job-controller",
  workers: 5,
  backOff: { baseUs: 1_000_000, maxUs: 60_000_000 },
  informers: [
    { resource: JOBS, indexes: ["namespace"] },
    { resource: PODS, indexes: ["controllerUid", ORPHAN_INDEX] },
  ],
  createMemory: () => ({ backOffs: new Map(), finalizersGone: new Map() }),
  onDelta(informer, delta, hands) {
    if (informer === "jobs") jobChanged(delta, hands);
    else podChanged(delta, hands);
  },
  reconcile(view, key) {
    if (key.startsWith(ORPHAN_PREFIX)) return freeOrphan(view, key.slice(ORPHAN_PREFIX.length));
    const job = view.store("jobs").objects.get(key) as Job | undefined;
    if (job === undefined) {
      deleteExpectations(view.expectations, key);
      view.memory.finalizersGone.delete(key);
    }
    if (job === undefined || finishedConditionOf(job) !== null) {
      view.memory.backOffs.delete(key);
      return {};
    }
    return isManagedElsewhere(job) ? {} : syncJob(view, key, job);
  },
  resume(view, key, memo, results) {
    const step = memo as Memo;
    switch (step.stage) {
      case "untracked":
        return deleteUntracked(key, step.sync, results);
      case "managed":
        return podsManaged(view, key, step.sync, step.pods, results);
      case "flushed":
        return flushed(view, key, step.sync, step.tracking, results, step.error);
      case "released":
        return released(view, key, step, results);
      case "finished":
        return finished(step.sync, step.finished, step.error, results);
    }
  },
  logError(key, error) {
    return {
      severity: "E",
      source: "job_controller.go:612",
      text: `"Unhandled Error" err=${quote(`syncing job: ${error}`)} logger="UnhandledError" key=${quote(key)}`,
    };
  },
};

/** Another controller looks after it. */
export function isManagedElsewhere(job: Job): boolean {
  return job.spec?.managedBy !== undefined && job.spec.managedBy !== JOB_CONTROLLER_NAME;
}

function jobChanged(delta: Delta, hands: Hands<Memory>): void {
  const job = delta.object as Job;
  const key = keyOf(job);
  if (delta.type === "deleted" || finishedConditionOf(job) !== null) {
    forEachByIndex<Pod>(hands.store("pods"), "controllerUid", job.metadata?.uid ?? "", (pod) => {
      if (isTracked(pod)) hands.add(ORPHAN_PREFIX + keyOf(pod), delta.trace);
      return true;
    });
  }
  const changesSpec = delta.old === null || delta.old.metadata?.generation !== job.metadata?.generation;
  if (delta.type === "deleted" || changesSpec) hands.add(key, delta.trace);
  else hands.addAfter(key, BATCH_PERIOD_US, delta.trace);
}

function podChanged(delta: Delta, hands: Hands<Memory>): void {
  const pod = delta.object as Pod;
  const owner = controllerOf(pod);
  const before = delta.old === null ? undefined : controllerOf(delta.old);
  if (before?.kind === "Job" && before.uid !== owner?.uid) {
    const job = jobOf(hands, pod.metadata?.namespace, before);
    if (job !== undefined) hands.addAfter(keyOf(job), BATCH_PERIOD_US, delta.trace);
  }
  if (owner === undefined) {
    if (isTracked(pod) && delta.type !== "deleted") hands.add(ORPHAN_PREFIX + keyOf(pod), delta.trace);
    else if (delta.type !== "deleted") enqueueMatching(pod, delta, hands);
    return;
  }
  if (owner.kind !== "Job") return;
  const job = jobOf(hands, pod.metadata?.namespace, owner);
  if (job === undefined || finishedConditionOf(job) !== null) {
    if (isTracked(pod) && delta.type !== "deleted") hands.add(ORPHAN_PREFIX + keyOf(pod), delta.trace);
    return;
  }
  const key = keyOf(job);
  const isLeaving = delta.type === "deleted" || pod.metadata?.deletionTimestamp !== undefined;
  if (isLeaving) deletionObserved(hands.expectations, key, keyOf(pod));
  else if (delta.type === "added") creationObserved(hands.expectations, key);
  if (delta.type === "deleted" || !isTracked(pod)) finalizerGoneSeen(hands.memory, key, uidOf(pod));
  hands.addAfter(key, BATCH_PERIOD_US, delta.trace);
}

function jobOf(
  view: Pick<View<Memory>, "store">,
  namespace: string | undefined,
  owner: { readonly name: string; readonly uid: string },
): Job | undefined {
  const job = view.store("jobs").objects.get(`${namespace}/${owner.name}`) as Job | undefined;
  return job?.metadata?.uid === owner.uid ? job : undefined;
}

/** An orphan: the job that selects it may adopt it. */
function enqueueMatching(pod: Pod, delta: Delta, hands: Hands<Memory>): void {
  forEachByIndex<Job>(hands.store("jobs"), "namespace", pod.metadata?.namespace ?? "", (job) => {
    if (matchesObjectSelector(job.spec?.selector, pod.metadata?.labels)) {
      hands.addAfter(keyOf(job), BATCH_PERIOD_US, delta.trace);
    }
    return true;
  });
}

function finalizerGoneSeen(memory: Memory, key: string, uid: string): void {
  const held = memory.finalizersGone.get(key);
  if (held === undefined || !held.includes(uid)) return;
  const left = held.filter((each) => each !== uid);
  if (left.length === 0) memory.finalizersGone.delete(key);
  else memory.finalizersGone.set(key, left);
}

/** A pod without a job that counts it must not be held by the finalizer. */
function freeOrphan(view: View<Memory>, podKey: string): Plan {
  const pod = view.store("pods").objects.get(podKey) as Pod | undefined;
  if (pod === undefined || !isTracked(pod)) return {};
  const owner = controllerOf(pod);
  if (owner !== undefined && owner.kind !== "Job") return {};
  const job = owner === undefined ? undefined : jobOf(view, pod.metadata?.namespace, owner);
  if (job !== undefined && (isManagedElsewhere(job) || finishedConditionOf(job) === null)) return {};
  return { writes: [withoutFinalizer(pod)] };
}

const FINALIZER_PATCH = deepFreeze({ metadata: { "$deleteFromPrimitiveList/finalizers": [TRACKING_FINALIZER] } });

function withoutFinalizer(pod: Pod): PlannedWrite {
  const { namespace = "", name = "" } = pod.metadata ?? {};
  return { request: patchRequest(PODS, namespace, name, "strategic", FINALIZER_PATCH), ignore: ["NotFound"] };
}

function syncJob(view: View<Memory>, key: string, job: Job): Plan {
  const { owned, writes } = claim<Pod>(view.store("pods"), PODS, JOBS, job, job.spec?.selector, {
    finalizer: TRACKING_FINALIZER,
  });
  if (writes.length > 0) return { writes };
  const sync = beginSync(job, owned, {
    expectationsMet: expectationsSatisfied(view.expectations, key, view.nowUs),
    finalizersGone: view.memory.finalizersGone.get(key) ?? [],
    backOff: view.memory.backOffs.get(key) ?? NO_FAILURES,
    nowWallUs: view.wallUs,
  });
  const { action } = sync;
  switch (action.type) {
    case "end":
      return deletePods(sync, action.pods, null);
    case "remove": {
      if (action.pods.length === 0) break;
      expectDeletions(view.expectations, key, action.pods.map(keyOf), view.nowUs);
      const tracked = action.pods.map(
        (pod): PlannedWrite => ({ ...withoutFinalizer(pod), expects: { key, deletion: keyOf(pod) } }),
      );
      return { writes: tracked, order: "parallel", memo: { stage: "untracked", sync } };
    }
    case "create":
      if (action.count > 0) return createPods(view, key, sync, action.count, action.indexes);
      break;
    default:
  }
  return podsManaged(view, key, sync, null, []);
}

/** Events are written about the job as it was read: what is added to its status is nobody else's concern. */
function eventOn(sync: JobSync, type: "Normal" | "Warning", reason: string, message: string): EventToRecord {
  return { object: referenceTo(JOBS, sync.job), type, reason, message };
}

function createPods(
  view: View<Memory>,
  key: string,
  sync: JobSync,
  count: number,
  indexes: readonly number[] | null,
): Plan {
  const { job } = sync;
  const rest = {
    onSuccess: eventOn(sync, "Normal", "SuccessfulCreate", "Created pod: {name}"),
    onFailure: eventOn(sync, "Warning", "FailedCreate", "Error creating: {error}"),
    expects: { key },
  };
  expectCreations(view.expectations, key, count, view.nowUs);
  const writes: PlannedWrite[] =
    indexes === null
      ? new Array<PlannedWrite>(count).fill({ request: createRequest(PODS, newPod(job)), ...rest })
      : indexes.map((index) => ({
          request: createRequest(PODS, newIndexedPod(job, index, sync.delayed.get(index))),
          ...rest,
        }));
  const memo: Memo = { stage: "managed", sync, pods: null };
  return { writes, order: "slowStart", memo };
}

/** The pods whose finalizer is gone are deleted. */
function deleteUntracked(key: string, sync: JobSync, results: readonly CallResult[]): Plan {
  const pods = sync.action.type === "remove" ? sync.action.pods : [];
  return deletePods(
    sync,
    pods.filter((_pod, position) => isDone(results[position])),
    key,
  );
}

function isDone(result: CallResult | undefined): boolean {
  return result !== undefined && (result.ok || result.reason === "NotFound");
}

function deletePods(sync: JobSync, pods: readonly Pod[], key: string | null): Plan {
  const writes = pods.map((pod): PlannedWrite => {
    const { namespace = "", name = "" } = pod.metadata ?? {};
    return {
      request: deleteRequest(PODS, namespace, name),
      ignore: ["NotFound"],
      onSuccess: eventOn(sync, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`),
      onFailure: eventOn(sync, "Warning", "FailedDelete", "Error deleting: {error}"),
      ...(key === null ? {} : { expects: { key, deletion: keyOf(pod) } }),
    };
  });
  const memo: Memo = { stage: "managed", sync, pods };
  return { writes, order: "parallel", memo };
}

/** `pods`: those that were deleted, null where pods were created or nothing was done. */
function podsManaged(
  view: View<Memory>,
  key: string,
  sync: JobSync,
  pods: readonly Pod[] | null,
  results: readonly CallResult[],
): Plan {
  const result: ActionResult =
    pods === null
      ? { done: results.filter(({ ok }) => ok).length, doneReady: 0 }
      : {
          done: pods.filter((_pod, position) => isDone(results[position])).length,
          doneReady: pods.filter((pod, position) => isDone(results[position]) && isPodReady(pod)).length,
        };
  const failure = results.find((each) => !isDone(each) && !isNamespaceTerminating(each));
  const error = failure === undefined || failure.ok ? "" : failure.text;
  const next = afterAction(sync, result, expectationsSatisfied(view.expectations, key, view.nowUs) || !sync.managed);
  const tracking = trackPods(next);
  const events = suspensionEvents(sync, next);
  if (!tracking.needsFlush) {
    const plan = flushed(view, key, { ...next, job: tracking.job }, tracking, [], error);
    return events.length === 0 ? plan : { ...plan, events: [...events, ...(plan.events ?? [])] };
  }
  const memo: Memo = { stage: "flushed", sync: next, tracking, error };
  return { events, writes: [{ request: updateStatusRequest(JOBS, deepFreeze(tracking.job)) }], memo };
}

function suspensionEvents(before: JobSync, after: JobSync): EventToRecord[] {
  if (before.job.status?.conditions === after.job.status?.conditions) return [];
  return after.job.spec?.suspend
    ? [eventOn(after, "Normal", "Suspended", "Job suspended")]
    : [eventOn(after, "Normal", "Resumed", "Job resumed")];
}

/** The status says which pods are being counted: now they may lose their finalizers. */
function flushed(
  view: View<Memory>,
  key: string,
  sync: JobSync,
  tracking: Tracking,
  results: readonly CallResult[],
  error: string,
): Plan {
  const [result] = results;
  if (result !== undefined && !result.ok) return { error: `adding uncounted pods to status: ${result.text}` };
  if (result !== undefined) view.memory.backOffs.set(key, sync.backOff);
  const job = result === undefined ? tracking.job : (result.object as Job);
  const memo: Memo = { stage: "released", sync, tracking, job, error };
  if (tracking.release.length === 0) return released(view, key, memo, []);
  const held = view.memory.finalizersGone.get(key) ?? [];
  view.memory.finalizersGone.set(key, [...held, ...tracking.release.map(uidOf)]);
  return { writes: tracking.release.map(withoutFinalizer), order: "parallel", memo };
}

function released(
  view: View<Memory>,
  key: string,
  step: Extract<Memo, { stage: "released" }>,
  results: readonly CallResult[],
): Plan {
  const { tracking, sync } = step;
  const gone: string[] = [];
  let error = step.error;
  for (const [position, pod] of tracking.release.entries()) {
    const result = results[position] as CallResult;
    if (isDone(result)) gone.push(uidOf(pod));
    else {
      finalizerGoneSeen(view.memory, key, uidOf(pod));
      if (!result.ok) error = `removing tracking finalizer: ${result.text}`;
    }
  }
  forgetSeen(view, key);
  const finish = finishTracking(tracking, step.job, gone);
  if (!finish.needsUpdate) return finished(sync, null, error, []);
  const ends = error === "" ? finish.finished : null;
  const memo: Memo = { stage: "finished", sync, finished: ends, error };
  return { writes: [{ request: updateStatusRequest(JOBS, deepFreeze(finish.job)) }], memo };
}

/** The informer may have seen finalizers go before their removal was answered. */
function forgetSeen(view: View<Memory>, key: string): void {
  const held = view.memory.finalizersGone.get(key);
  const job = view.store("jobs").objects.get(key);
  if (held === undefined || job === undefined) return;
  const tracked = new Set<string>();
  for (const pod of objectsByIndex<Pod>(view.store("pods"), "controllerUid", job.metadata?.uid ?? "")) {
    if (isTracked(pod)) tracked.add(uidOf(pod));
  }
  const left = held.filter((uid) => tracked.has(uid));
  if (left.length === 0) view.memory.finalizersGone.delete(key);
  else view.memory.finalizersGone.set(key, left);
}

function finished(sync: JobSync, how: JobCondition | null, error: string, results: readonly CallResult[]): Plan {
  const [result] = results;
  if (result !== undefined && !result.ok) return { error: `updating job status: ${result.text}` };
  const events = how === null ? [] : endEvents(sync, how, result);
  if (error !== "") return { events, error };
  return { events, ...(sync.againAfterUs === null ? {} : { requeueAfterUs: sync.againAfterUs }) };
}

function endEvents(sync: JobSync, how: JobCondition, result: CallResult | undefined): EventToRecord[] {
  if (how.type === "Failed") return [eventOn(sync, "Warning", how.reason ?? "", how.message ?? "")];
  const job = result?.ok ? (result.object as Job) : sync.job;
  const { completions } = sync.job.spec ?? {};
  const tooMany = completions !== undefined && (job.status?.succeeded ?? 0) > completions;
  const message = "Too many succeeded pods running after completion count reached";
  return [
    ...(tooMany ? [eventOn(sync, "Warning", "TooManySucceededPods", message)] : []),
    eventOn(sync, "Normal", "Completed", "Job completed"),
  ];
}
