import { semanticEqual } from "../../../../api/equal.ts";
import { matchesObjectSelector } from "../../../../api/labels.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import type {
  ControllerDefinition,
  Hands,
  Plan,
  PlannedWrite,
  View,
} from "../../../../machinery/controller-runtime.ts";
import { referenceTo } from "../../../../machinery/event-recorder.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { quote } from "../../../../machinery/klog.ts";
import {
  type CallResult,
  createRequest,
  deleteRequest,
  updateRequest,
  updateStatusRequest,
} from "../../../../machinery/requests.ts";
import { DEPLOYMENTS, PODS, REPLICA_SETS } from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { claim, ORPHAN_INDEX } from "../../lib/claim.ts";
import { withCondition } from "../../lib/conditions.ts";
import { conditionOf, controllerOf, controllerUid } from "../../lib/pods.ts";
import type { Condition, Deployment, DeploymentStatus, Pod, ReplicaSet } from "../../lib/types.ts";
import { buildNewSet, replicaAnnotations, updatedNewSet } from "./new-replica-set.ts";
import {
  activeSets,
  byRevision,
  findNewSet,
  findOldSets,
  REVISION,
  specReplicas,
  sumStatus,
  templatesEqual,
} from "./replica-sets.ts";
import {
  isScalingEvent,
  maxSurgeOf,
  reconcileNewSet,
  reconcileOldSets,
  replicaAnnotationsStale,
  type Scaling,
  scaleProportionally,
} from "./rolling.ts";
import {
  calculateStatus,
  deadlineCheckAfterUs,
  hasProgressDeadline,
  isComplete,
  newCondition,
  rolloutStatus,
} from "./status.ts";

type Memo =
  | { readonly stage: "created"; readonly set: ReplicaSet }
  | { readonly stage: "status"; readonly rollout: boolean };

/** pkg/controller/deployment: one step of the rollout a sync, then the status. */
export const deploymentController: ControllerDefinition<null> = {
  name: "deployment-controller",
  workers: 5,
  maxRetries: 15,
  informers: [
    { resource: DEPLOYMENTS, indexes: ["namespace"] },
    { resource: REPLICA_SETS, indexes: ["controllerUid", ORPHAN_INDEX] },
    { resource: PODS, indexes: ["controllerUid"] },
  ],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer === "deployments") hands.add(keyOf(delta.object), delta.trace);
    else if (informer === "replicasets") replicaSetChanged(delta, hands);
    else if (informer === "pods" && delta.type === "deleted") podDeleted(delta.object as Pod, delta, hands);
  },
  reconcile(view, key) {
    const deployment = view.store("deployments").objects.get(key) as Deployment | undefined;
    return deployment === undefined ? {} : sync(view, deployment);
  },
  resume(view, key, memo, results) {
    const deployment = view.store("deployments").objects.get(key) as Deployment | undefined;
    return deployment === undefined ? {} : goOn(view, deployment, memo as Memo, results);
  },
  logError(key, error, dropped) {
    const text = dropped ? "Dropping deployment out of the queue" : "Error syncing deployment";
    return {
      severity: "I",
      source: dropped ? "deployment_controller.go:524" : "deployment_controller.go:517",
      text: `${quote(text)} deployment=${quote(key)} err=${quote(error)}`,
    };
  },
};

function replicaSetChanged(delta: Delta, hands: Hands<null>): void {
  const uids = new Set([controllerUid(delta.object), controllerUid(delta.old)]);
  const namespace = delta.object.metadata?.namespace ?? "";
  for (const object of [delta.object, delta.old]) {
    const owner = object === null ? undefined : controllerOf(object);
    if (owner?.kind !== "Deployment" || !uids.delete(owner.uid)) continue;
    const key = `${namespace}/${owner.name}`;
    if (hands.store("deployments").objects.get(key)?.metadata?.uid === owner.uid) hands.add(key, delta.trace);
  }
  if (controllerOf(delta.object) !== undefined || delta.type === "deleted") return;
  forEachByIndex<Deployment>(hands.store("deployments"), "namespace", namespace, (deployment) => {
    if (matchesObjectSelector(deployment.spec?.selector, delta.object.metadata?.labels)) {
      hands.add(keyOf(deployment), delta.trace);
    }
    return true;
  });
}

/** Recreate waits for the last old pod to go. */
function podDeleted(pod: Pod, delta: Delta, hands: Hands<null>): void {
  const owner = controllerOf(pod);
  if (owner?.kind !== "ReplicaSet") return;
  const namespace = pod.metadata?.namespace ?? "";
  const set = hands.store("replicasets").objects.get(`${namespace}/${owner.name}`);
  const above = set === undefined ? undefined : controllerOf(set);
  if (above === undefined) return;
  const deployment = hands.store("deployments").objects.get(`${namespace}/${above.name}`) as Deployment | undefined;
  if (deployment?.spec?.strategy?.type === "Recreate") hands.add(keyOf(deployment), delta.trace);
}

function sync(view: View<null>, deployment: Deployment): Plan {
  const selector = deployment.spec?.selector;
  if (semanticEqual(selector?.matchLabels ?? {}, {}) && (selector?.matchExpressions ?? []).length === 0) {
    return selectsAll(deployment);
  }
  const { owned, writes } = claim<ReplicaSet>(
    view.store("replicasets"),
    REPLICA_SETS,
    DEPLOYMENTS,
    deployment,
    selector,
  );
  if (writes.length > 0) return { writes };
  const newSet = findNewSet(deployment, owned);
  const oldSets = findOldSets(deployment, owned).all;
  if (deployment.metadata?.deletionTimestamp !== undefined) return statusPlan(view, deployment, newSet, oldSets, false);
  const paused = pausedCondition(view, deployment);
  if (paused !== null) return { writes: [paused] };
  if (newSet !== null) {
    const updated = updatedNewSet(deployment, newSet, oldSets);
    if (updated !== newSet) return { writes: [{ request: updateRequest(REPLICA_SETS, updated) }] };
  }
  if (deployment.spec?.paused || isScalingEvent(deployment, [newSet, ...oldSets])) {
    const scalings = writesOf(deployment, scaleProportionally(deployment, newSet, oldSets));
    const cleanup = deployment.spec?.paused ? historyCleanup(deployment, oldSets) : [];
    return thenStatus(view, deployment, newSet, oldSets, [...scalings, ...cleanup], false);
  }
  return deployment.spec?.strategy?.type === "Recreate"
    ? recreate(view, deployment, newSet, oldSets)
    : roll(view, deployment, newSet, oldSets);
}

function roll(view: View<null>, deployment: Deployment, newSet: ReplicaSet | null, oldSets: ReplicaSet[]): Plan {
  if (newSet === null) return createPlan(deployment, oldSets);
  const all = [...oldSets, newSet];
  const up = reconcileNewSet(deployment, all, newSet);
  const scalings = up === null ? reconcileOldSets(deployment, all, oldSets, newSet) : [up];
  const writes = writesOf(deployment, scalings);
  if (writes.length > 0) return thenStatus(view, deployment, newSet, oldSets, writes, true);
  return thenStatus(view, deployment, newSet, oldSets, cleanupWhenComplete(deployment, oldSets), true);
}

function recreate(view: View<null>, deployment: Deployment, newSet: ReplicaSet | null, oldSets: ReplicaSet[]): Plan {
  const down = activeSets(oldSets).map((set) => ({ set, replicas: 0 }));
  if (down.length > 0) return thenStatus(view, deployment, newSet, oldSets, writesOf(deployment, down), true);
  const pods = new Map(
    oldSets.map((set) => [
      set.metadata?.uid ?? "",
      objectsByIndex<Pod>(view.store("pods"), "controllerUid", set.metadata?.uid ?? ""),
    ]),
  );
  if (oldPodsRunning(newSet, oldSets, pods)) return statusPlan(view, deployment, newSet, oldSets, true);
  if (newSet === null) return createPlan(deployment, oldSets);
  const desired = specReplicas(deployment);
  if (specReplicas(newSet) !== desired) {
    const up = writesOf(deployment, [{ set: newSet, replicas: desired }]);
    return thenStatus(view, deployment, newSet, oldSets, up, true);
  }
  return thenStatus(view, deployment, newSet, oldSets, cleanupWhenComplete(deployment, oldSets), true);
}

/** A pod of an old set that may still run; a Terminating one counts. */
export function oldPodsRunning(
  newSet: ReplicaSet | null,
  oldSets: readonly ReplicaSet[],
  podsBySet: ReadonlyMap<string, readonly Pod[]>,
): boolean {
  if (sumStatus(oldSets, "replicas") > 0) return true;
  for (const [uid, pods] of podsBySet) {
    if (newSet !== null && newSet.metadata?.uid === uid) continue;
    if (pods.some((pod) => pod.status?.phase !== "Failed" && pod.status?.phase !== "Succeeded")) return true;
  }
  return false;
}

function createPlan(deployment: Deployment, oldSets: readonly ReplicaSet[]): Plan {
  const set = buildNewSet(deployment, oldSets);
  const memo: Memo = { stage: "created", set };
  return { writes: [{ request: createRequest(REPLICA_SETS, set) }], memo };
}

function goOn(view: View<null>, deployment: Deployment, memo: Memo, results: readonly CallResult[]): Plan {
  const failure = results.find((result) => !result.ok);
  if (memo.stage === "created") return created(view, deployment, memo.set, results);
  if (failure !== undefined && !failure.ok) return { error: failure.text };
  const sets = currentSets(view, deployment, results);
  return statusPlan(view, deployment, sets.newSet, sets.oldSets, memo.rollout);
}

/** Sets as the store has them, or newer where a write's answer says so. */
function currentSets(
  view: View<null>,
  deployment: Deployment,
  results: readonly CallResult[],
): { newSet: ReplicaSet | null; oldSets: ReplicaSet[] } {
  const byUid = new Map<string, ReplicaSet>();
  const owned = objectsByIndex<ReplicaSet>(view.store("replicasets"), "controllerUid", deployment.metadata?.uid ?? "");
  for (const set of owned) byUid.set(set.metadata?.uid ?? "", set);
  for (const result of results) {
    if (result.ok && result.object.kind === "ReplicaSet") {
      byUid.set(result.object.metadata?.uid ?? "", result.object as ReplicaSet);
    }
  }
  const all = [...byUid.values()];
  return { newSet: findNewSet(deployment, all), oldSets: findOldSets(deployment, all).all };
}

function created(view: View<null>, deployment: Deployment, asked: ReplicaSet, results: readonly CallResult[]): Plan {
  const result = results[0];
  if (result === undefined) return {};
  if (!result.ok) return createFailed(view, deployment, asked, result);
  const set = result.object as ReplicaSet;
  const { oldSets } = currentSets(view, deployment, results);
  const replicas = specReplicas(set);
  const event = scalingEvent(deployment, set, 0, replicas);
  const message = `Created new replica set "${set.metadata?.name}"`;
  const condition = newCondition("Progressing", "True", "NewReplicaSetCreated", message, view.wallUs);
  const plan = statusPlan(view, deployment, set, oldSets, true, condition);
  return replicas > 0 ? { ...plan, events: [event] } : plan;
}

function createFailed(
  view: View<null>,
  deployment: Deployment,
  asked: ReplicaSet,
  result: Extract<CallResult, { ok: false }>,
): Plan {
  if (result.reason === "AlreadyExists") {
    const held = view.store("replicasets").objects.get(keyOf(asked)) as ReplicaSet | undefined;
    if (held === undefined) return { error: result.text };
    const isOurs = controllerUid(held) === deployment.metadata?.uid;
    if (isOurs && templatesEqual(held.spec?.template, deployment.spec?.template)) return sync(view, deployment);
    const status = { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 };
    return { writes: [statusWrite(deployment, status)], memo: { stage: "status", rollout: false } satisfies Memo };
  }
  const text = `Failed to create new replica set "${asked.metadata?.name}": ${result.text}`;
  if (result.network !== null) return { error: result.text };
  const event = {
    object: referenceTo(DEPLOYMENTS, deployment),
    type: "Warning",
    reason: "ReplicaSetCreateError",
    message: text,
  } as const;
  if (!hasProgressDeadline(deployment)) return { events: [event], error: result.text };
  const condition = newCondition("Progressing", "False", "ReplicaSetCreateError", text, view.wallUs);
  const status = { ...deployment.status, conditions: withCondition(deployment.status?.conditions, condition) };
  if (semanticEqual(status, deployment.status)) return { events: [event], error: result.text };
  return { events: [event], writes: [statusWrite(deployment, status)] };
}

function thenStatus(
  view: View<null>,
  deployment: Deployment,
  newSet: ReplicaSet | null,
  oldSets: readonly ReplicaSet[],
  writes: readonly PlannedWrite[],
  rollout: boolean,
): Plan {
  if (writes.length === 0) return statusPlan(view, deployment, newSet, oldSets, rollout);
  const memo: Memo = { stage: "status", rollout };
  return { writes, memo };
}

/** `rollout` false: only counters and availability (paused, scaled or being deleted). */
function statusPlan(
  view: View<null>,
  deployment: Deployment,
  newSet: ReplicaSet | null,
  oldSets: readonly ReplicaSet[],
  rollout: boolean,
  progress: Condition | null = null,
): Plan {
  const extra = progress ?? foundCondition(view, deployment, newSet);
  const base =
    extra === null || !hasProgressDeadline(deployment)
      ? deployment
      : {
          ...deployment,
          status: { ...deployment.status, conditions: withCondition(deployment.status?.conditions, extra) },
        };
  const all = newSet === null ? oldSets : [...oldSets, newSet];
  const status = rollout
    ? rolloutStatus(base, all, newSet, view.wallUs)
    : calculateStatus(base, all, newSet, view.wallUs);
  const revision = newSet?.metadata?.annotations?.[REVISION];
  const isRevisionSame = revision === undefined || deployment.metadata?.annotations?.[REVISION] === revision;
  if (isRevisionSame && semanticEqual(status, deployment.status)) {
    const afterUs = deadlineCheckAfterUs(deployment, status, view.wallUs);
    return rollout && afterUs !== null ? { requeueAfterUs: afterUs, periodic: true } : {};
  }
  return { writes: [statusWrite(deployment, status, revision)] };
}

function statusWrite(deployment: Deployment, status: DeploymentStatus, revision?: string): PlannedWrite {
  const annotations =
    revision === undefined
      ? deployment.metadata?.annotations
      : { ...deployment.metadata?.annotations, [REVISION]: revision };
  const metadata = { ...deployment.metadata, ...(annotations === undefined ? {} : { annotations }) };
  return { request: updateStatusRequest(DEPLOYMENTS, deepFreeze({ ...deployment, metadata, status })) };
}

function foundCondition(view: View<null>, deployment: Deployment, newSet: ReplicaSet | null): Condition | null {
  if (newSet === null || !hasProgressDeadline(deployment)) return null;
  if (conditionOf(deployment.status?.conditions, "Progressing") !== undefined) return null;
  const message = `Found new replica set "${newSet.metadata?.name}"`;
  return newCondition("Progressing", "True", "FoundNewReplicaSet", message, view.wallUs);
}

/** checkPausedConditions. */
function pausedCondition(view: View<null>, deployment: Deployment): PlannedWrite | null {
  if (!hasProgressDeadline(deployment)) return null;
  const current = conditionOf(deployment.status?.conditions, "Progressing");
  if (current?.reason === "ProgressDeadlineExceeded") return null;
  const isNoted = current?.reason === "DeploymentPaused";
  const isPaused = deployment.spec?.paused ?? false;
  if (isPaused === isNoted) return null;
  const condition = isPaused
    ? newCondition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", view.wallUs)
    : newCondition("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed", view.wallUs);
  const conditions = withCondition(deployment.status?.conditions, condition);
  return statusWrite(deployment, { ...deployment.status, conditions });
}

function selectsAll(deployment: Deployment): Plan {
  const event = {
    object: referenceTo(DEPLOYMENTS, deployment),
    type: "Warning",
    reason: "SelectingAll",
    message: "This deployment is selecting all pods. A non-empty selector is required.",
  } as const;
  const generation = deployment.metadata?.generation ?? 0;
  if ((deployment.status?.observedGeneration ?? 0) >= generation) return { events: [event] };
  return {
    events: [event],
    writes: [statusWrite(deployment, { ...deployment.status, observedGeneration: generation })],
  };
}

/** Sizes and annotations in one write a set, an event for each change of size. */
function writesOf(deployment: Deployment, scalings: readonly Scaling[]): PlannedWrite[] {
  const final = new Map<ReplicaSet, number>();
  for (const { set, replicas } of scalings) {
    final.set(scalings.find((other) => other.set.metadata?.uid === set.metadata?.uid)?.set ?? set, replicas);
  }
  const writes: PlannedWrite[] = [];
  const most = specReplicas(deployment) + maxSurgeOf(deployment);
  for (const [set, replicas] of final) {
    const before = specReplicas(set);
    if (before === replicas && !replicaAnnotationsStale(set, specReplicas(deployment), most)) continue;
    const annotations = { ...set.metadata?.annotations, ...replicaAnnotations(deployment) };
    const scaled: ApiObject = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas } };
    const request = updateRequest(REPLICA_SETS, deepFreeze(scaled));
    writes.push(
      before === replicas ? { request } : { request, onSuccess: scalingEvent(deployment, set, before, replicas) },
    );
  }
  return writes;
}

function scalingEvent(
  deployment: Deployment,
  set: ReplicaSet,
  from: number,
  to: number,
): {
  readonly object: ReturnType<typeof referenceTo>;
  readonly type: "Normal";
  readonly reason: string;
  readonly message: string;
} {
  return {
    object: referenceTo(DEPLOYMENTS, deployment),
    type: "Normal",
    reason: "ScalingReplicaSet",
    message: `Scaled ${to > from ? "up" : "down"} replica set ${set.metadata?.name} from ${from} to ${to}`,
  };
}

function cleanupWhenComplete(deployment: Deployment, oldSets: readonly ReplicaSet[]): PlannedWrite[] {
  return isComplete(deployment, deployment.status ?? {}) ? historyCleanup(deployment, oldSets) : [];
}

function historyCleanup(deployment: Deployment, oldSets: readonly ReplicaSet[]): PlannedWrite[] {
  const limit = deployment.spec?.revisionHistoryLimit;
  if (limit === undefined || limit === NO_LIMIT) return [];
  return setsToForget(oldSets, limit).map((set) => ({
    request: deleteRequest(REPLICA_SETS, set.metadata?.namespace ?? "", set.metadata?.name ?? ""),
    ignore: ["NotFound"],
  }));
}

const NO_LIMIT = 2_147_483_647;

/** Old sets beyond the limit, lowest revision first, as far as they are empty and settled. */
export function setsToForget(oldSets: readonly ReplicaSet[], limit: number): ReplicaSet[] {
  const alive = oldSets.filter((set) => set.metadata?.deletionTimestamp === undefined).sort(byRevision);
  return alive
    .slice(0, Math.max(0, alive.length - limit))
    .filter(
      (set) =>
        (set.status?.replicas ?? 0) === 0 &&
        specReplicas(set) === 0 &&
        (set.metadata?.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
    );
}
