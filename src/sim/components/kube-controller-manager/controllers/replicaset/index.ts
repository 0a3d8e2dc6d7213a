import { semanticEqual } from "../../../../api/equal.ts";
import { matchesObjectSelector } from "../../../../api/labels.ts";
import { deepFreeze } from "../../../../api/object.ts";
import { isPodActive, isPodReady } from "../../../../api/pod/status.ts";
import type {
  ControllerDefinition,
  Hands,
  Plan,
  PlannedWrite,
  View,
} from "../../../../machinery/controller-runtime.ts";
import { referenceTo } from "../../../../machinery/event-recorder.ts";
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
  createRequest,
  deleteRequest,
  isNamespaceTerminating,
  updateStatusRequest,
} from "../../../../machinery/requests.ts";
import { PODS, REPLICA_SETS } from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { claim, ORPHAN_INDEX } from "../../lib/claim.ts";
import { controllerOf, controllerReference, podFromTemplate } from "../../lib/pods.ts";
import type { Pod, ReplicaSet } from "../../lib/types.ts";
import { pickForDeletion } from "./ranking.ts";
import { calculateStatus, countPods, type PodCounts } from "./status.ts";
import { createTally, notePod, recount, type Tally } from "./tally.ts";

const BURST_REPLICAS = 500;

interface Memo {
  readonly counts: PodCounts;
}

/** pkg/controller/replicaset. */
export const replicaSetController: ControllerDefinition<Tally> = {
  name: "replicaset-controller",
  workers: 5,
  informers: [
    { resource: REPLICA_SETS, indexes: ["namespace", "controllerUid"] },
    { resource: PODS, indexes: ["controllerUid", ORPHAN_INDEX] },
  ],
  createMemory: createTally,
  onDelta(informer, delta, hands) {
    if (informer === "replicasets") setChanged(delta, hands);
    else podChanged(delta, hands);
  },
  reconcile(view, key) {
    const set = view.store("replicasets").objects.get(key) as ReplicaSet | undefined;
    if (set === undefined) {
      deleteExpectations(view.expectations, key);
      return {};
    }
    return sync(view, key, set);
  },
  resume(view, key, memo, results) {
    const set = view.store("replicasets").objects.get(key) as ReplicaSet | undefined;
    if (set === undefined) return {};
    const failure = results.find((result) => !result.ok && result.reason !== "NotFound");
    const isEnding = failure !== undefined && isNamespaceTerminating(failure);
    const error = failure === undefined || failure.ok || isEnding ? "" : failure.text;
    return statusPlan(view, set, (memo as Memo).counts, error);
  },
  logError(key, error) {
    return {
      severity: "E",
      source: "replica_set.go:560",
      text: `"Unhandled Error" err=${quote(`sync ${quote(key)} failed with ${error}`)} logger="UnhandledError"`,
    };
  },
};

function setChanged(delta: Delta, hands: Hands<Tally>): void {
  const set = delta.object as ReplicaSet;
  if (delta.type === "deleted") hands.memory.sets.delete(set.metadata?.uid ?? "");
  else if (delta.old === null || !semanticEqual(templateLabels(delta.old), templateLabels(set))) {
    recount(hands.memory, set, hands.store("replicasets"), hands.store("pods"));
  }
  hands.add(keyOf(set), delta.trace);
}

function templateLabels(set: ReplicaSet): unknown {
  return set.spec?.template?.metadata?.labels;
}

function podChanged(delta: Delta, hands: Hands<Tally>): void {
  const pod = delta.object as Pod;
  const changed = notePod(hands.memory, hands.store("replicasets"), delta);
  const owner = controllerOf(pod);
  const before = delta.old === null ? undefined : controllerOf(delta.old);
  if (before?.kind === "ReplicaSet" && before.uid !== owner?.uid) enqueueOwner(before, delta, hands);
  if (owner === undefined) {
    if (delta.type !== "deleted") enqueueMatching(pod, delta, hands);
    return;
  }
  if (owner.kind !== "ReplicaSet") return;
  const key = `${pod.metadata?.namespace}/${owner.name}`;
  const isLeaving = delta.type === "deleted" || pod.metadata?.deletionTimestamp !== undefined;
  if (isLeaving) deletionObserved(hands.expectations, key, keyOf(pod));
  else if (delta.type === "added") creationObserved(hands.expectations, key);
  if (!changed && delta.type === "updated") return;
  enqueueOwner(owner, delta, hands);
  const set = hands.store("replicasets").objects.get(key) as ReplicaSet | undefined;
  const minReadySeconds = set?.spec?.minReadySeconds ?? 0;
  if (minReadySeconds > 0 && isPodReady(pod) && (delta.old === null || !isPodReady(delta.old as Pod))) {
    hands.addAfter(key, (minReadySeconds + 1) * 1_000_000, delta.trace);
  }
}

function enqueueOwner(owner: { readonly name: string; readonly uid: string }, delta: Delta, hands: Hands<Tally>): void {
  const key = `${delta.object.metadata?.namespace}/${owner.name}`;
  if (hands.store("replicasets").objects.get(key)?.metadata?.uid === owner.uid) hands.add(key, delta.trace);
}

/** An orphan: whoever selects it may adopt it. */
function enqueueMatching(pod: Pod, delta: Delta, hands: Hands<Tally>): void {
  const namespace = pod.metadata?.namespace ?? "";
  forEachByIndex<ReplicaSet>(hands.store("replicasets"), "namespace", namespace, (set) => {
    if (matchesObjectSelector(set.spec?.selector, pod.metadata?.labels)) hands.add(keyOf(set), delta.trace);
    return true;
  });
}

function sync(view: View<Tally>, key: string, set: ReplicaSet): Plan {
  const settled = expectationsSatisfied(view.expectations, key, view.nowUs);
  const known = knownCounts(view, set);
  const replicas = set.spec?.replicas ?? 0;
  const isDeleting = set.metadata?.deletionTimestamp !== undefined;
  if (known !== null && (!settled || isDeleting || known.active === replicas)) return statusPlan(view, set, known, "");
  if (known !== null && known.active < replicas) return createPods(view, key, set, known);
  const { owned, writes } = claim<Pod>(view.store("pods"), PODS, REPLICA_SETS, set, set.spec?.selector);
  const changes = writes.filter((write) => isChangeOfActive(view, write));
  if (changes.length > 0) return { writes: changes };
  const active = owned.filter(isPodActive);
  const entry = view.memory.sets.get(set.metadata?.uid ?? "");
  if (entry !== undefined) entry.suspect = false;
  const counts = countPods(set, active, view.wallUs);
  if (!settled || isDeleting || counts.active === replicas) return statusPlan(view, set, counts, "");
  if (counts.active < replicas) return createPods(view, key, set, counts);
  return deletePods(view, key, set, active, counts);
}

/** Finished pods are neither adopted nor released. */
function isChangeOfActive(view: View<Tally>, write: PlannedWrite): boolean {
  const { namespace, name } = write.request;
  const pod = view.store("pods").objects.get(`${namespace}/${name}`) as Pod | undefined;
  return pod !== undefined && isPodActive(pod);
}

/** The counts kept while pods changed, or null where every pod must be looked at. */
function knownCounts(view: View<Tally>, set: ReplicaSet): PodCounts | null {
  const entry = view.memory.sets.get(set.metadata?.uid ?? "");
  if ((set.spec?.minReadySeconds ?? 0) > 0 || entry?.suspect) return null;
  if (mayAdopt(view, set)) return null;
  const { active = 0, labelled = 0, ready = 0 } = entry ?? {};
  return { active, labelled, ready, available: ready };
}

function mayAdopt(view: View<Tally>, set: ReplicaSet): boolean {
  let found = false;
  forEachByIndex<Pod>(view.store("pods"), ORPHAN_INDEX, set.metadata?.namespace ?? "", (pod) => {
    found = matchesObjectSelector(set.spec?.selector, pod.metadata?.labels);
    return !found;
  });
  return found;
}

function createPods(view: View<Tally>, key: string, set: ReplicaSet, counts: PodCounts): Plan {
  const count = Math.min(BURST_REPLICAS, (set.spec?.replicas ?? 0) - counts.active);
  const object = referenceTo(REPLICA_SETS, set);
  const pod = deepFreeze(podFromTemplate(set.spec?.template, set, controllerReference(REPLICA_SETS, set)));
  const write: PlannedWrite = {
    request: createRequest(PODS, pod),
    onSuccess: { object, type: "Normal", reason: "SuccessfulCreate", message: "Created pod: {name}" },
    onFailure: { object, type: "Warning", reason: "FailedCreate", message: "Error creating: {error}" },
    expects: { key },
  };
  expectCreations(view.expectations, key, count, view.nowUs);
  const memo: Memo = { counts };
  return { writes: new Array<PlannedWrite>(count).fill(write), order: "slowStart", memo };
}

function deletePods(view: View<Tally>, key: string, set: ReplicaSet, active: readonly Pod[], counts: PodCounts): Plan {
  const count = Math.min(BURST_REPLICAS, counts.active - (set.spec?.replicas ?? 0));
  const chosen = pickForDeletion(active, relatedPods(view, set), count, view.wallUs);
  const object = referenceTo(REPLICA_SETS, set);
  expectDeletions(view.expectations, key, chosen.map(keyOf), view.nowUs);
  const writes = chosen.map((pod): PlannedWrite => {
    const { namespace = "", name = "" } = pod.metadata ?? {};
    return {
      request: deleteRequest(PODS, namespace, name),
      ignore: ["NotFound"],
      onSuccess: { object, type: "Normal", reason: "SuccessfulDelete", message: `Deleted pod: ${name}` },
      onFailure: { object, type: "Warning", reason: "FailedDelete", message: "Error deleting: {error}" },
      expects: { key, deletion: keyOf(pod) },
    };
  });
  const memo: Memo = { counts };
  return { writes, order: "parallel", memo };
}

/** Active pods of all sets with the same controller (getIndirectlyRelatedPods), its own included. */
function relatedPods(view: View<Tally>, set: ReplicaSet): Pod[] {
  const owner = controllerOf(set);
  const sets =
    owner === undefined ? [set] : objectsByIndex<ReplicaSet>(view.store("replicasets"), "controllerUid", owner.uid);
  return sets.flatMap((related) =>
    objectsByIndex<Pod>(view.store("pods"), "controllerUid", related.metadata?.uid ?? "").filter(isPodActive),
  );
}

function statusPlan(view: View<Tally>, set: ReplicaSet, counts: PodCounts, error: string): Plan {
  const status = calculateStatus(set, counts, error, view.wallUs);
  const failed = error === "" ? {} : { error };
  const { minReadySeconds = 0, replicas = 0 } = set.spec ?? {};
  const ripens = error === "" && minReadySeconds > 0 && counts.ready === replicas && counts.available !== replicas;
  const later = ripens ? { requeueAfterUs: minReadySeconds * 1_000_000 } : {};
  if (semanticEqual({ replicas: 0, ...set.status }, status)) return { ...failed, ...later };
  const request = updateStatusRequest(REPLICA_SETS, deepFreeze({ ...set, status }));
  return { writes: [{ request }], ...failed, ...later };
}
