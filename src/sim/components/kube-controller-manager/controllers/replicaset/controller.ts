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
import { PODS } from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { claim, ORPHAN_INDEX } from "../../lib/claim.ts";
import { controllerOf, controllerReference, podFromTemplate } from "../../lib/pods.ts";
import type { Pod, ReplicaSet } from "../../lib/types.ts";
import type { ReplicaKind } from "./kind.ts";
import { pickForDeletion } from "./ranking.ts";
import { calculateStatus, countPods, type PodCounts } from "./status.ts";
import { createTally, notePod, recount, type Tally } from "./tally.ts";

const BURST_REPLICAS = 500;

interface Memo {
  readonly counts: PodCounts;
}

/**
 * pkg/controller/replicaset: the controller of ReplicaSets, and of what is like them. `kind` says whose pods it keeps.
 */
export function replicaController(name: string, kind: ReplicaKind): ControllerDefinition<Tally> {
  const informer = kind.resource.resource;
  return {
    name,
    workers: 5,
    informers: [
      { resource: kind.resource, indexes: ["namespace", "controllerUid"] },
      { resource: PODS, indexes: ["controllerUid", ORPHAN_INDEX] },
    ],
    createMemory: createTally,
    onDelta(changed, delta, hands) {
      if (changed === informer) setChanged(kind, delta, hands);
      else podChanged(kind, delta, hands);
    },
    reconcile(view, key) {
      const set = setAt(kind, view, key);
      if (set === undefined) {
        deleteExpectations(view.expectations, key);
        return {};
      }
      return sync(kind, view, key, set);
    },
    resume(view, key, memo, results) {
      const set = setAt(kind, view, key);
      if (set === undefined) return {};
      const failure = results.find((result) => !result.ok && result.reason !== "NotFound");
      const isEnding = failure !== undefined && isNamespaceTerminating(failure);
      const error = failure === undefined || failure.ok || isEnding ? "" : failure.text;
      return statusPlan(kind, view, set, (memo as Memo).counts, error);
    },
    logError(key, error) {
      return {
        severity: "E",
        source: "replica_set.go:560",
        text: `"Unhandled Error" err=${quote(`sync ${quote(key)} failed with ${error}`)} logger="UnhandledError"`,
      };
    },
  };
}

function setAt(kind: ReplicaKind, view: Pick<View<Tally>, "store">, key: string): ReplicaSet | undefined {
  const object = view.store(kind.resource.resource).objects.get(key);
  return object === undefined ? undefined : kind.asReplicaSet(object);
}

function setChanged(kind: ReplicaKind, delta: Delta, hands: Hands<Tally>): void {
  const set = kind.asReplicaSet(delta.object);
  if (delta.type === "deleted") hands.memory.sets.delete(set.metadata?.uid ?? "");
  else if (delta.old === null || !semanticEqual(templateLabels(delta.old), templateLabels(set))) {
    recount(hands.memory, kind, set, hands.store);
  }
  hands.add(keyOf(set), delta.trace);
}

function templateLabels(set: ReplicaSet): unknown {
  return set.spec?.template?.metadata?.labels;
}

function podChanged(kind: ReplicaKind, delta: Delta, hands: Hands<Tally>): void {
  const pod = delta.object as Pod;
  const owner = controllerOf(pod);
  const before = delta.old === null ? undefined : controllerOf(delta.old);
  const isOurs = owner?.kind === kind.resource.kind || before?.kind === kind.resource.kind;
  const changed = isOurs && notePod(hands.memory, kind, hands.store, delta);
  if (before?.kind === kind.resource.kind && before.uid !== owner?.uid) enqueueOwner(kind, before, delta, hands);
  if (owner === undefined) {
    if (delta.type !== "deleted") enqueueMatching(kind, pod, delta, hands);
    return;
  }
  if (owner.kind !== kind.resource.kind) return;
  const key = `${pod.metadata?.namespace}/${owner.name}`;
  const isLeaving = delta.type === "deleted" || pod.metadata?.deletionTimestamp !== undefined;
  if (isLeaving) deletionObserved(hands.expectations, key, keyOf(pod));
  else if (delta.type === "added") creationObserved(hands.expectations, key);
  if (!changed && delta.type === "updated") return;
  enqueueOwner(kind, owner, delta, hands);
  const minReadySeconds = setAt(kind, hands, key)?.spec?.minReadySeconds ?? 0;
  if (minReadySeconds > 0 && isPodReady(pod) && (delta.old === null || !isPodReady(delta.old as Pod))) {
    hands.addAfter(key, (minReadySeconds + 1) * 1_000_000, delta.trace);
  }
}

function enqueueOwner(
  kind: ReplicaKind,
  owner: { readonly name: string; readonly uid: string },
  delta: Delta,
  hands: Hands<Tally>,
): void {
  const key = `${delta.object.metadata?.namespace}/${owner.name}`;
  if (hands.store(kind.resource.resource).objects.get(key)?.metadata?.uid === owner.uid) hands.add(key, delta.trace);
}

/** An orphan: whoever selects it may adopt it. */
function enqueueMatching(kind: ReplicaKind, pod: Pod, delta: Delta, hands: Hands<Tally>): void {
  const namespace = pod.metadata?.namespace ?? "";
  forEachByIndex(hands.store(kind.resource.resource), "namespace", namespace, (object) => {
    const set = kind.asReplicaSet(object);
    if (matchesObjectSelector(set.spec?.selector, pod.metadata?.labels)) hands.add(keyOf(set), delta.trace);
    return true;
  });
}

function sync(kind: ReplicaKind, view: View<Tally>, key: string, set: ReplicaSet): Plan {
  const settled = expectationsSatisfied(view.expectations, key, view.nowUs);
  const known = knownCounts(view, set);
  const replicas = set.spec?.replicas ?? 0;
  const isDeleting = set.metadata?.deletionTimestamp !== undefined;
  if (known !== null && (!settled || isDeleting || known.active === replicas))
    return statusPlan(kind, view, set, known, "");
  if (known !== null && known.active < replicas) return createPods(kind, view, key, set, known);
  const { owned, writes } = claim<Pod>(view.store("pods"), PODS, kind.resource, set, set.spec?.selector);
  const changes = writes.filter((write) => isChangeOfActive(view, write));
  if (changes.length > 0) return { writes: changes };
  const active = owned.filter(isPodActive);
  const entry = view.memory.sets.get(set.metadata?.uid ?? "");
  if (entry !== undefined) entry.suspect = false;
  const counts = countPods(set, active, view.wallUs);
  if (!settled || isDeleting || counts.active === replicas) return statusPlan(kind, view, set, counts, "");
  if (counts.active < replicas) return createPods(kind, view, key, set, counts);
  return deletePods(kind, view, key, set, active, counts);
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

function createPods(kind: ReplicaKind, view: View<Tally>, key: string, set: ReplicaSet, counts: PodCounts): Plan {
  const count = Math.min(BURST_REPLICAS, (set.spec?.replicas ?? 0) - counts.active);
  const object = referenceTo(kind.resource, set);
  const pod = deepFreeze(podFromTemplate(set.spec?.template, set, controllerReference(kind.resource, set)));
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

function deletePods(
  kind: ReplicaKind,
  view: View<Tally>,
  key: string,
  set: ReplicaSet,
  active: readonly Pod[],
  counts: PodCounts,
): Plan {
  const count = Math.min(BURST_REPLICAS, counts.active - (set.spec?.replicas ?? 0));
  const chosen = pickForDeletion(active, relatedPods(kind, view, set), count, view.wallUs);
  const object = referenceTo(kind.resource, set);
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
function relatedPods(kind: ReplicaKind, view: View<Tally>, set: ReplicaSet): Pod[] {
  const owner = controllerOf(set);
  const sets =
    owner === undefined ? [set] : objectsByIndex(view.store(kind.resource.resource), "controllerUid", owner.uid);
  return sets.flatMap((related) =>
    objectsByIndex<Pod>(view.store("pods"), "controllerUid", related.metadata?.uid ?? "").filter(isPodActive),
  );
}

function statusPlan(kind: ReplicaKind, view: View<Tally>, set: ReplicaSet, counts: PodCounts, error: string): Plan {
  const status = calculateStatus(set, counts, error, view.wallUs);
  const failed = error === "" ? {} : { error };
  const { minReadySeconds = 0, replicas = 0 } = set.spec ?? {};
  const ripens = error === "" && minReadySeconds > 0 && counts.ready === replicas && counts.available !== replicas;
  const later = ripens ? { requeueAfterUs: minReadySeconds * 1_000_000 } : {};
  if (semanticEqual({ replicas: 0, ...set.status }, status)) return { ...failed, ...later };
  const { namespace, name } = set.metadata ?? {};
  const object = view.store(kind.resource.resource).objects.get(`${namespace}/${name}`);
  const request = updateStatusRequest(kind.resource, deepFreeze({ ...object, status }));
  return { writes: [{ request }], ...failed, ...later };
}
