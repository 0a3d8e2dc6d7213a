import { semanticEqual } from "../../../../api/equal.ts";
import { scaledValue } from "../../../../api/intstr.ts";
import { matchesObjectSelector } from "../../../../api/labels.ts";
import { deepFreeze } from "../../../../api/object.ts";
import { isPodAvailable, isPodReady } from "../../../../api/pod/status.ts";
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
  setExpectations,
} from "../../../../machinery/expectations.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { quote } from "../../../../machinery/klog.ts";
import { createRequest, deleteRequest, updateRequest, updateStatusRequest } from "../../../../machinery/requests.ts";
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
import type { ControllerRevision, DaemonSet, DaemonSetStatus, Node, Pod } from "../../lib/types.ts";
import { nodeShouldRun, pinnedSpec, targetNode } from "./nodes.ts";
import { hashOf, isUpdated, REVISION_LABEL } from "./revisions.ts";

const BURST_REPLICAS = 250;
const FAILED_BACK_OFF_US = 1_000_000;
const FAILED_BACK_OFF_MAX_US = 900_000_000;

interface Memory {
  /** `uid/node` -> back-off of failed pods there. */
  readonly failed: Map<string, { readonly delayUs: number; readonly lastUs: number }>;
}

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
  resume(view, key, _memo, results) {
    const set = view.store("daemonsets").objects.get(key) as DaemonSet | undefined;
    if (set === undefined) return {};
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
    return { writes: [{ request: createRequest(CONTROLLER_REVISIONS, revision) }] };
  }
  const newest = newestRevision(revisions.owned);
  if ((current.revision ?? 0) < newest) {
    return {
      writes: [{ request: updateRequest(CONTROLLER_REVISIONS, deepFreeze({ ...current, revision: newest + 1 })) }],
    };
  }
  if (!expectationsSatisfied(view.expectations, key, view.nowUs)) return statusPlan(view, set);
  const hash = hashOf(current);
  const manage = managePods(view, set, pods.owned);
  const old =
    manage.create.length === 0 && manage.remove.length === 0 ? podsToReplace(view, set, pods.owned, hash) : [];
  const limit = set.spec?.revisionHistoryLimit ?? 10;
  const forget = revisionsToForget(revisions.owned, isLive(current, pods.owned), limit);
  return act(view, key, set, hash, { ...manage, remove: [...manage.remove, ...old] }, forget);
}

/** Revisions that are in use: the present one, and those of pods. */
function isLive(current: ControllerRevision, pods: readonly Pod[]): (revision: ControllerRevision) => boolean {
  const hashes = new Set(pods.map((pod) => pod.metadata?.labels?.[REVISION_LABEL]));
  return (each) => each.metadata?.uid === current.metadata?.uid || hashes.has(hashOf(each));
}

interface Work {
  /** Names of nodes. */
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
  readonly events: readonly EventToRecord[];
  readonly againAfterUs: number | null;
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

export function podsByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = targetNode(pod);
    if (node === "") continue;
    const list = byNode.get(node);
    if (list === undefined) byNode.set(node, [pod]);
    else list.push(pod);
  }
  return byNode;
}

/** podsShouldBeOnNode for all nodes. */
function managePods(view: View<Memory>, set: DaemonSet, pods: readonly Pod[]): Work {
  const byNode = podsByNode(pods);
  const create: string[] = [];
  const remove: Pod[] = [];
  const events: EventToRecord[] = [];
  let againAfterUs: number | null = null;
  view.store("nodes").objects.forEach((object) => {
    const name = object.metadata?.name ?? "";
    const here = byNode.get(name) ?? [];
    byNode.delete(name);
    const { shouldRun, shouldContinueRunning } = nodeShouldRun(object as Node, set);
    if (shouldRun && here.length === 0) create.push(name);
    else if (!shouldContinueRunning)
      remove.push(...here.filter((pod) => pod.metadata?.deletionTimestamp === undefined));
    else {
      const finished = finishedPods(view, set, name, here);
      remove.push(...finished.remove, ...surplus(here));
      events.push(...finished.events);
      againAfterUs = finished.againAfterUs ?? againAfterUs;
    }
  });
  for (const orphans of byNode.values()) {
    remove.push(...orphans.filter((pod) => !pod.spec?.nodeName && pod.metadata?.deletionTimestamp === undefined));
  }
  return { create, remove, events, againAfterUs };
}

/** Failed pods are deleted with a back-off per node, succeeded ones at once. */
function finishedPods(view: View<Memory>, set: DaemonSet, node: string, pods: readonly Pod[]): Work {
  const remove: Pod[] = [];
  const events: EventToRecord[] = [];
  let againAfterUs: number | null = null;
  const object = referenceTo(DAEMON_SETS, set);
  for (const pod of pods) {
    if (pod.metadata?.deletionTimestamp !== undefined) continue;
    const phase = pod.status?.phase;
    if (phase === "Failed") {
      const backOffKey = `${set.metadata?.uid}/${node}`;
      const held = view.memory.failed.get(backOffKey);
      const waitUs = held === undefined ? 0 : held.lastUs + held.delayUs - view.nowUs;
      if (waitUs > 0) {
        againAfterUs = waitUs;
        continue;
      }
      const isCalm = held === undefined || view.nowUs - held.lastUs > 2 * FAILED_BACK_OFF_MAX_US;
      const delayUs = isCalm ? FAILED_BACK_OFF_US : Math.min(FAILED_BACK_OFF_MAX_US, held.delayUs * 2);
      view.memory.failed.set(backOffKey, { delayUs, lastUs: view.nowUs });
      const message = `Found failed daemon pod ${keyOf(pod)} on node ${node}, will try to kill it`;
      events.push({ object, type: "Warning", reason: "FailedDaemonPod", message });
      remove.push(pod);
    } else if (phase === "Succeeded") {
      const message = `Found succeeded daemon pod ${keyOf(pod)} on node ${node}, will try to delete it`;
      events.push({ object, type: "Normal", reason: "SucceededDaemonPod", message });
      remove.push(pod);
    }
  }
  return { create: [], remove, events, againAfterUs };
}

/** All but the oldest running pod of a node. */
function surplus(pods: readonly Pod[]): Pod[] {
  const running = pods.filter(
    (pod) =>
      pod.metadata?.deletionTimestamp === undefined &&
      pod.status?.phase !== "Failed" &&
      pod.status?.phase !== "Succeeded",
  );
  return running.length <= 1 ? [] : [...running].sort(byCreation).slice(1);
}

function byCreation(a: Pod, b: Pod): number {
  const left = `${a.metadata?.creationTimestamp}/${a.metadata?.name}`;
  const right = `${b.metadata?.creationTimestamp}/${b.metadata?.name}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** rollingUpdate without surge: unavailable old pods at once, then as many available ones as may be missing. */
function podsToReplace(view: View<Memory>, set: DaemonSet, pods: readonly Pod[], hash: string): Pod[] {
  if ((set.spec?.updateStrategy?.type ?? "RollingUpdate") !== "RollingUpdate") return [];
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const byNode = podsByNode(pods);
  let desired = 0;
  let unavailable = 0;
  const atOnce: Pod[] = [];
  const candidates: Pod[] = [];
  view.store("nodes").objects.forEach((object) => {
    if (!nodeShouldRun(object as Node, set).shouldRun) return;
    desired += 1;
    const alive = (byNode.get(object.metadata?.name ?? "") ?? []).filter(
      (pod) => pod.metadata?.deletionTimestamp === undefined,
    );
    const old = alive.filter((pod) => !isUpdated(pod, hash));
    const updated = alive.filter((pod) => isUpdated(pod, hash));
    const [oldPod] = old;
    if (old.length + updated.length !== 1) unavailable += 1;
    else if (oldPod === undefined) {
      if (!isPodAvailable(updated[0] as Pod, minReadySeconds, view.wallUs)) unavailable += 1;
    } else if (isPodAvailable(oldPod, minReadySeconds, view.wallUs)) candidates.push(oldPod);
    else atOnce.push(oldPod);
  });
  const most = scaledValue(set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired, true);
  return [...atOnce, ...candidates.slice(0, Math.max(0, most - unavailable))];
}

function statusPlan(view: View<Memory>, set: DaemonSet): Plan {
  const status = calculateStatus(view, set);
  if (semanticEqual(set.status, status)) return {};
  return { writes: [{ request: updateStatusRequest(DAEMON_SETS, deepFreeze({ ...set, status })) }] };
}

function calculateStatus(view: View<Memory>, set: DaemonSet): DaemonSetStatus {
  const uid = set.metadata?.uid ?? "";
  const byNode = podsByNode(objectsByIndex<Pod>(view.store("pods"), "controllerUid", uid));
  const revisions = objectsByIndex<ControllerRevision>(view.store("controllerrevisions"), "controllerUid", uid);
  const hash = hashOf(revisionOfTemplate(set, revisions));
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
  view.store("nodes").objects.forEach((object) => {
    const { shouldRun } = nodeShouldRun(object as Node, set);
    const [pod] = [...(byNode.get(object.metadata?.name ?? "") ?? [])].sort(byCreation);
    if (!shouldRun) {
      if (pod !== undefined) counts.misscheduled += 1;
      return;
    }
    counts.desired += 1;
    if (pod === undefined) return;
    counts.current += 1;
    if (isPodReady(pod)) {
      counts.ready += 1;
      if (isPodAvailable(pod, minReadySeconds, view.wallUs)) counts.available += 1;
    }
    if (isUpdated(pod, hash)) counts.updated += 1;
  });
  const { collisionCount, conditions } = set.status ?? {};
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    observedGeneration: set.metadata?.generation ?? 0,
    ...(counts.updated > 0 ? { updatedNumberScheduled: counts.updated } : {}),
    ...(counts.available > 0 ? { numberAvailable: counts.available } : {}),
    ...(counts.desired > counts.available ? { numberUnavailable: counts.desired - counts.available } : {}),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}
