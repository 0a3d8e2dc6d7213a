import { semanticEqual } from "../../../../api/equal.ts";
import { matchesObjectSelector } from "../../../../api/labels.ts";
import { deepFreeze } from "../../../../api/object.ts";
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
  setExpectations,
} from "../../../../machinery/expectations.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { quote } from "../../../../machinery/klog.ts";
import {
  type CallResult,
  createRequest,
  deleteRequest,
  updateRequest,
  updateStatusRequest,
} from "../../../../machinery/requests.ts";
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { claim, ORPHAN_INDEX } from "../../lib/claim.ts";
import {
  forgetRevision,
  newestRevision,
  newRevision,
  revisionOfTemplate,
  revisionsToForget,
} from "../../lib/history.ts";
import { controllerOf, controllerReference, podFromTemplate } from "../../lib/pods.ts";
import type { ControllerRevision, DaemonSet, Node, Pod } from "../../lib/types.ts";
import { type Memory, managePods, rollingStep, type Work } from "./manage.ts";
import { nodeShouldRun, pinnedSpec } from "./nodes.ts";
import { hashOf, REVISION_LABEL } from "./revisions.ts";
import { calculateStatus } from "./status.ts";

const BURST_REPLICAS = 250;

/** What a plan notes whose only write is a new revision. */
const REVISION_ASKED = "revision";

/** pkg/controller/daemon. */
export const daemonSetController: ControllerDefinition<Memory> = {
  name: "daemonset-controller",
  workers: 2,
  informers: [
    { resource: DAEMON_SETS, indexes: ["namespace"] },
    { resource: CONTROLLER_REVISIONS, indexes: ["controllerUid", ORPHAN_INDEX] },
    { resource: PODS, indexes: ["controllerUid", ORPHAN_INDEX] },
    { resource: NODES },
  ],
  createMemory: () => ({ failed: new Map() }),
  onDelta(informer, delta, hands) {
    if (informer === "daemonsets") hands.add(keyOf(delta.object), delta.trace);
    else if (informer === "nodes") nodeChanged(delta, hands);
    else ownedChanged(informer, delta, hands);
  },
  reconcile(view, key) {
    const set = view.store("daemonsets").objects.get(key) as DaemonSet | undefined;
    if (set === undefined) {
      deleteExpectations(view.expectations, key);
      return {};
    }
    return sync(view, key, set);
  },
  resume(view, key, memo, results) {
    const set = view.store("daemonsets").objects.get(key) as DaemonSet | undefined;
    if (set === undefined) return {};
    if (memo === REVISION_ASKED) return revisionAnswered(view, set, results[0]);
    const failure = results.find((result) => !result.ok && result.reason !== "NotFound");
    const plan = statusPlan(view, set);
    return failure === undefined || failure.ok ? plan : { ...plan, error: failure.text };
  },
  logError(key, error) {
    const text = `"Unhandled Error" err=${quote(`${key} failed with : ${error}`)} logger="UnhandledError"`;
    return { severity: "E", source: "daemon_controller.go:329", text };
  },
};

/** Only what decides whether a daemon pod runs there: labels, taints, and that the node is there. */
function nodeChanged(delta: Delta, hands: Hands<Memory>): void {
  const node = delta.object as Node;
  const old = delta.old as Node | null;
  if (delta.type === "updated" && old !== null) {
    const isSame =
      semanticEqual(old.metadata?.labels, node.metadata?.labels) && semanticEqual(old.spec?.taints, node.spec?.taints);
    if (isSame) return;
  }
  hands.store("daemonsets").objects.forEach((object) => {
    const set = object as DaemonSet;
    const after = nodeShouldRun(node, set);
    if (delta.type === "updated" && old !== null && semanticEqual(nodeShouldRun(old, set), after)) return;
    if (delta.type === "added" && !after.shouldRun) return;
    hands.add(keyOf(set), delta.trace);
  });
}

function ownedChanged(informer: string, delta: Delta, hands: Hands<Memory>): void {
  const { object } = delta;
  const namespace = object.metadata?.namespace ?? "";
  const owner = controllerOf(object);
  if (owner === undefined) {
    if (delta.type === "deleted" || informer !== "pods") return;
    forEachByIndex<DaemonSet>(hands.store("daemonsets"), "namespace", namespace, (set) => {
      if (matchesObjectSelector(set.spec?.selector, object.metadata?.labels)) hands.add(keyOf(set), delta.trace);
      return true;
    });
    return;
  }
  if (owner.kind !== "DaemonSet") return;
  const key = `${namespace}/${owner.name}`;
  if (informer === "pods") {
    const isLeaving = delta.type === "deleted" || object.metadata?.deletionTimestamp !== undefined;
    if (isLeaving) deletionObserved(hands.expectations, key, keyOf(object));
    else if (delta.type === "added") creationObserved(hands.expectations, key);
  }
  const set = hands.store("daemonsets").objects.get(key) as DaemonSet | undefined;
  if (set?.metadata?.uid !== owner.uid) return;
  hands.add(key, delta.trace);
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  if (minReadySeconds > 0 && informer === "pods") hands.addAfter(key, (minReadySeconds + 1) * 1_000_000, delta.trace);
}

function sync(view: View<Memory>, key: string, set: DaemonSet): Plan {
  const { selector } = set.spec ?? {};
  if (semanticEqual(selector, {})) {
    const message = "This daemon set is selecting all pods. A non-empty selector is required.";
    return { events: [{ object: referenceTo(DAEMON_SETS, set), type: "Warning", reason: "SelectingAll", message }] };
  }
  if (set.metadata?.deletionTimestamp !== undefined) return {};
  const revisions = claim<ControllerRevision>(
    view.store("controllerrevisions"),
    CONTROLLER_REVISIONS,
    DAEMON_SETS,
    set,
    selector,
  );
  const pods = claim<Pod>(view.store("pods"), PODS, DAEMON_SETS, set, selector);
  const claims = [...revisions.writes, ...pods.writes];
  if (claims.length > 0) return { writes: claims };
  const current = revisionOfTemplate(set, revisions.owned);
  if (current === null) {
    const revision = newRevision(DAEMON_SETS, set, revisions.owned, REVISION_LABEL);
    return { writes: [{ request: createRequest(CONTROLLER_REVISIONS, revision) }], memo: REVISION_ASKED };
  }
  const newest = newestRevision(revisions.owned);
  if ((current.revision ?? 0) < newest) {
    return {
      writes: [{ request: updateRequest(CONTROLLER_REVISIONS, deepFreeze({ ...current, revision: newest + 1 })) }],
    };
  }
  if (!expectationsSatisfied(view.expectations, key, view.nowUs)) return statusPlan(view, set);
  const hash = hashOf(current);
  const manage = managePods(view, set, pods.owned, hash);
  const isIdle = manage.create.length === 0 && manage.remove.length === 0;
  const work = isIdle ? { ...manage, ...rollingStep(view, set, pods.owned, hash) } : manage;
  const limit = set.spec?.revisionHistoryLimit ?? 10;
  const forget = revisionsToForget(revisions.owned, isLive(current, pods.owned), limit);
  return act(view, key, set, hash, work, forget);
}

/** Another template has the same hash: with a collision more, the next hash is another. */
function revisionAnswered(view: View<Memory>, set: DaemonSet, result: CallResult | undefined): Plan {
  if (result === undefined || result.ok) return {};
  const isThere = objectsByIndex<ControllerRevision>(
    view.store("controllerrevisions"),
    "controllerUid",
    set.metadata?.uid ?? "",
  );
  if (result.reason !== "AlreadyExists" || revisionOfTemplate(set, isThere) !== null) return { error: result.text };
  const status = { ...set.status, collisionCount: (set.status?.collisionCount ?? 0) + 1 };
  return { writes: [{ request: updateStatusRequest(DAEMON_SETS, deepFreeze({ ...set, status })) }] };
}

/** Revisions that are in use: the present one, and those of pods. */
function isLive(current: ControllerRevision, pods: readonly Pod[]): (revision: ControllerRevision) => boolean {
  const hashes = new Set(pods.map((pod) => pod.metadata?.labels?.[REVISION_LABEL]));
  return (each) => each.metadata?.uid === current.metadata?.uid || hashes.has(hashOf(each));
}

function act(
  view: View<Memory>,
  key: string,
  set: DaemonSet,
  hash: string,
  work: Work,
  forget: readonly ControllerRevision[],
): Plan {
  const object = referenceTo(DAEMON_SETS, set);
  const create = work.create.slice(0, BURST_REPLICAS);
  const remove = work.remove.slice(0, BURST_REPLICAS);
  const reference = controllerReference(DAEMON_SETS, set);
  const { template } = set.spec ?? {};
  const labels = { [REVISION_LABEL]: hash, "pod-template-generation": templateGeneration(set) };
  const creates = create.map((node): PlannedWrite => {
    const pod = podFromTemplate(template, set, reference, { labels, spec: pinnedSpec(template?.spec, node) });
    return {
      request: createRequest(PODS, deepFreeze(pod)),
      onSuccess: { object, type: "Normal", reason: "SuccessfulCreate", message: "Created pod: {name}" },
      onFailure: { object, type: "Warning", reason: "FailedCreate", message: "Error creating: {error}" },
      expects: { key },
    };
  });
  const removes = remove.map((pod): PlannedWrite => {
    const { namespace = "", name = "" } = pod.metadata ?? {};
    return {
      request: deleteRequest(PODS, namespace, name),
      ignore: ["NotFound"],
      onSuccess: { object, type: "Normal", reason: "SuccessfulDelete", message: `Deleted pod: ${name}` },
      onFailure: { object, type: "Warning", reason: "FailedDelete", message: "Error deleting: {error}" },
      expects: { key, deletion: keyOf(pod) },
    };
  });
  const forgets = forget.map(forgetRevision);
  const later = work.againAfterUs === null ? {} : { requeueAfterUs: work.againAfterUs };
  const writes = [...removes, ...forgets, ...creates];
  if (writes.length === 0) return { ...statusPlan(view, set), events: work.events, ...later };
  setExpectations(view.expectations, key, creates.length, remove.map(keyOf), view.nowUs);
  return { writes, order: removes.length > 0 ? "parallel" : "slowStart", events: work.events, memo: {}, ...later };
}

function templateGeneration(set: DaemonSet): string {
  return (
    set.metadata?.annotations?.["deprecated.daemonset.template.generation"] ?? String(set.metadata?.generation ?? 1)
  );
}

function statusPlan(view: View<Memory>, set: DaemonSet): Plan {
  const uid = set.metadata?.uid ?? "";
  const pods = objectsByIndex<Pod>(view.store("pods"), "controllerUid", uid);
  const revisions = objectsByIndex<ControllerRevision>(view.store("controllerrevisions"), "controllerUid", uid);
  const hash = hashOf(revisionOfTemplate(set, revisions));
  const status = calculateStatus(set, view.store("nodes"), pods, hash, view.wallUs);
  const { minReadySeconds = 0 } = set.spec ?? {};
  const ripens = minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0);
  const later = ripens ? { requeueAfterUs: minReadySeconds * 1_000_000 } : {};
  if (semanticEqual(set.status, status)) return later;
  return { writes: [{ request: updateStatusRequest(DAEMON_SETS, deepFreeze({ ...set, status })) }], ...later };
}
