import { semanticEqual } from "../../../../api/equal.ts";
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
import type { Delta } from "../../../../machinery/informer.ts";
import { quote } from "../../../../machinery/klog.ts";
import {
  type CallResult,
  createRequest,
  deleteRequest,
  getRequest,
  updateRequest,
  updateStatusRequest,
} from "../../../../machinery/requests.ts";
import {
  CONTROLLER_REVISIONS,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  STATEFUL_SETS,
} from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf } from "../../../../machinery/store.ts";
import { claim, ORPHAN_INDEX } from "../../lib/claim.ts";
import {
  forgetRevision,
  newestRevision,
  newRevision,
  revisionOfTemplate,
  revisionsToForget,
  templateOfRevision,
} from "../../lib/history.ts";
import { controllerOf } from "../../lib/pods.ts";
import type {
  ControllerRevision,
  PersistentVolumeClaim,
  Pod,
  StatefulSet,
  StatefulSetStatus,
} from "../../lib/types.ts";
import { isMemberOf, revisionOf } from "./identity.ts";
import { finalStatus, type Operation, passOverSet, type SetPass } from "./plan.ts";

const HASH_LABEL = "controller.kubernetes.io/hash";

/** A sync under way. */
interface Sync {
  readonly set: StatefulSet;
  readonly pods: readonly Pod[];
  readonly revisions: readonly ControllerRevision[];
  readonly collisionCount: number;
}

type Memo =
  | { readonly stage: "revision"; readonly sync: Sync }
  | { readonly stage: "collision"; readonly sync: Sync; readonly wanted: ControllerRevision }
  | {
      readonly stage: "phase";
      readonly sync: Sync;
      readonly pass: SetPass;
      readonly phase: number;
      readonly forget: readonly ControllerRevision[];
    }
  | { readonly stage: "written"; readonly sync: Sync; readonly available: number; readonly error: string };

/** pkg/controller/statefulset. */
export const statefulSetController: ControllerDefinition<null> = {
  name: "statefulset-controller",
  workers: 5,
  informers: [
    { resource: STATEFUL_SETS, indexes: ["namespace"] },
    { resource: PODS, indexes: ["controllerUid", ORPHAN_INDEX] },
    { resource: CONTROLLER_REVISIONS, indexes: ["controllerUid", ORPHAN_INDEX] },
    { resource: PERSISTENT_VOLUME_CLAIMS },
  ],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer === "statefulsets") hands.add(keyOf(delta.object), delta.trace);
    else if (informer === "pods") podChanged(delta, hands);
  },
  reconcile(view, key) {
    const set = view.store("statefulsets").objects.get(key) as StatefulSet | undefined;
    if (set === undefined) return {};
    const { selector } = set.spec ?? {};
    const revisions = claim<ControllerRevision>(
      view.store("controllerrevisions"),
      CONTROLLER_REVISIONS,
      STATEFUL_SETS,
      set,
      selector,
    );
    const accepts = (pod: Pod): boolean => isMemberOf(set, pod);
    const pods = claim<Pod>(view.store("pods"), PODS, STATEFUL_SETS, set, selector, { accepts });
    const writes = [...revisions.writes, ...pods.writes];
    if (writes.length > 0) return { writes };
    const collisionCount = set.status?.collisionCount ?? 0;
    return findRevision(view, { set, pods: pods.owned, revisions: revisions.owned, collisionCount });
  },
  resume(view, _key, memo, results) {
    const step = memo as Memo;
    const [result] = results;
    switch (step.stage) {
      case "revision":
        return revisionWritten(view, step.sync, result as CallResult);
      case "collision":
        return collided(view, step.sync, step.wanted, result as CallResult);
      case "phase":
        return phaseDone(step, results);
      case "written": {
        const failure = result === undefined || result.ok ? step.error : result.text;
        return failure === "" ? later(step.sync.set, step.available) : { error: failure };
      }
    }
  },
  logError(key, error) {
    return {
      severity: "E",
      source: "stateful_set.go:466",
      text: `"Unhandled Error" err=${quote(`error syncing StatefulSet ${key}, requeuing: ${error}`)} logger="UnhandledError"`,
    };
  },
};

function podChanged(delta: Delta, hands: Hands<null>): void {
  const pod = delta.object as Pod;
  const namespace = pod.metadata?.namespace ?? "";
  const owner = controllerOf(pod);
  const before = delta.old === null ? undefined : controllerOf(delta.old);
  if (before?.kind === "StatefulSet" && before.uid !== owner?.uid) {
    hands.add(`${namespace}/${before.name}`, delta.trace);
  }
  if (owner === undefined) {
    if (delta.type === "deleted") return;
    forEachByIndex<StatefulSet>(hands.store("statefulsets"), "namespace", namespace, (set) => {
      if (matchesObjectSelector(set.spec?.selector, pod.metadata?.labels)) hands.add(keyOf(set), delta.trace);
      return true;
    });
    return;
  }
  if (owner.kind !== "StatefulSet") return;
  const key = `${namespace}/${owner.name}`;
  const set = hands.store("statefulsets").objects.get(key) as StatefulSet | undefined;
  if (set?.metadata?.uid !== owner.uid) return;
  hands.add(key, delta.trace);
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  if (minReadySeconds > 0 && isPodReady(pod) && (delta.old === null || !isPodReady(delta.old as Pod))) {
    hands.addAfter(key, (minReadySeconds + 1) * 1_000_000, delta.trace);
  }
}

/** getStatefulSetRevisions: the present template's revision is found, made the newest again, or created. */
function findRevision(view: View<null>, sync: Sync): Plan {
  const { set, revisions, collisionCount } = sync;
  const held = revisionOfTemplate(set, revisions);
  if (held === null) {
    const revision = newRevision(STATEFUL_SETS, set, revisions, HASH_LABEL, collisionCount);
    const memo: Memo = { stage: "revision", sync };
    return { writes: [{ request: createRequest(CONTROLLER_REVISIONS, revision) }], memo };
  }
  const newest = newestRevision(revisions);
  if ((held.revision ?? 0) === newest) return begin(view, sync, held);
  const again = deepFreeze({ ...held, revision: newest + 1 });
  const memo: Memo = { stage: "revision", sync };
  return { writes: [{ request: updateRequest(CONTROLLER_REVISIONS, again) }], memo };
}

function revisionWritten(view: View<null>, sync: Sync, result: CallResult): Plan {
  if (result.ok) return begin(view, sync, result.object as ControllerRevision);
  if (result.reason !== "AlreadyExists") return { error: result.text };
  const wanted = newRevision(STATEFUL_SETS, sync.set, sync.revisions, HASH_LABEL, sync.collisionCount);
  const { namespace = "", name = "" } = wanted.metadata ?? {};
  const memo: Memo = { stage: "collision", sync, wanted };
  return { writes: [{ request: getRequest(CONTROLLER_REVISIONS, namespace, name) }], memo };
}

/** A revision of that name is there: it is the wanted one, or another hash is tried. */
function collided(view: View<null>, sync: Sync, wanted: ControllerRevision, result: CallResult): Plan {
  if (!result.ok) return { error: result.text };
  const found = result.object as ControllerRevision;
  if (semanticEqual(found.data, wanted.data)) return begin(view, sync, found);
  return findRevision(view, { ...sync, collisionCount: sync.collisionCount + 1 });
}

function begin(view: View<null>, sync: Sync, update: ControllerRevision): Plan {
  const { set, pods, revisions, collisionCount } = sync;
  const updateName = update.metadata?.name ?? "";
  const current = revisions.find(({ metadata }) => metadata?.name === set.status?.currentRevision) ?? update;
  const currentName = current.metadata?.name ?? "";
  const names = {
    currentSet: withTemplate(set, current),
    updateSet: withTemplate(set, update),
    current: currentName,
    update: updateName,
    collisionCount,
  };
  const claims = view.store("persistentvolumeclaims").objects;
  const find = (wanted: PersistentVolumeClaim): PersistentVolumeClaim | undefined => claims.get(keyOf(wanted));
  const pass = passOverSet(set, names, pods, find, view.wallUs);
  const live = new Set([currentName, updateName, ...pods.map(revisionOf)]);
  const forget = revisionsToForget(
    revisions,
    ({ metadata }) => live.has(metadata?.name ?? ""),
    set.spec?.revisionHistoryLimit ?? 10,
  );
  return runPhase({ stage: "phase", sync, pass, phase: 0, forget });
}

/** ApplyRevision. */
function withTemplate(set: StatefulSet, revision: ControllerRevision): StatefulSet {
  const template = templateOfRevision(revision);
  return template === undefined ? set : { ...set, spec: { ...set.spec, template } };
}

type PhaseStep = Extract<Memo, { stage: "phase" }>;

function runPhase(step: PhaseStep, events: readonly EventToRecord[] = []): Plan {
  const { sync, pass, phase } = step;
  const operations = pass.phases[phase];
  if (operations === undefined) return { ...save(step, finalStatus(sync.set, pass.status, false), ""), events };
  const order = sync.set.spec?.podManagementPolicy === "Parallel" ? "slowStart" : "sequence";
  return { events, writes: operations.map(writeOf), order, memo: step };
}

function writeOf(operation: Operation): PlannedWrite {
  switch (operation.type) {
    case "createClaim":
      return { request: createRequest(PERSISTENT_VOLUME_CLAIMS, operation.claim), ignore: ["AlreadyExists"] };
    case "updateClaim":
      return { request: updateRequest(PERSISTENT_VOLUME_CLAIMS, operation.claim) };
    case "createPod":
      return { request: createRequest(PODS, operation.pod) };
    case "updatePod":
      return { request: updateRequest(PODS, operation.pod) };
    case "deletePod": {
      const { namespace = "", name = "" } = operation.pod.metadata ?? {};
      return { request: deleteRequest(PODS, namespace, name), ignore: ["NotFound"] };
    }
  }
}

function phaseDone(step: PhaseStep, results: readonly CallResult[]): Plan {
  const { sync, pass } = step;
  const operations = pass.phases[step.phase] ?? [];
  const events: EventToRecord[] = [];
  let error = "";
  let outdatedGone = false;
  for (const [index, result] of results.entries()) {
    const operation = operations[index] as Operation;
    events.push(...eventsOf(sync.set, operation, result));
    if (operation.type === "deletePod" && operation.update && result.ok) outdatedGone = true;
    if (error === "" && !result.ok && !isHarmless(operation, result.reason)) error = result.text;
  }
  if (error === "" && !outdatedGone) return runPhase({ ...step, phase: step.phase + 1 }, events);
  return { ...save(step, finalStatus(sync.set, pass.status, outdatedGone), error), events };
}

function isHarmless(operation: Operation, reason: string): boolean {
  if (operation.type === "createClaim") return reason === "AlreadyExists";
  return operation.type === "deletePod" && reason === "NotFound";
}

/** The pod control's events: `create Pod web-0 in StatefulSet web successful`. */
function eventsOf(set: StatefulSet, operation: Operation, result: CallResult): EventToRecord[] {
  if (operation.type === "updateClaim" || (!result.ok && result.reason === "AlreadyExists")) return [];
  const verb = operation.type === "createClaim" || operation.type === "createPod" ? "create" : verbOf(operation);
  const pod = `Pod ${operation.pod.metadata?.name}`;
  const where = `in StatefulSet ${set.metadata?.name}`;
  const event = (ok: boolean, message: string): EventToRecord => ({
    object: referenceTo(STATEFUL_SETS, set),
    type: ok ? "Normal" : "Warning",
    reason: `${ok ? "Successful" : "Failed"}${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}`,
    message,
  });
  const failure = result.ok ? "" : `failed error: ${result.text}`;
  if (operation.type !== "createClaim") {
    return [event(result.ok, `${verb} ${pod} ${where} ${result.ok ? "successful" : failure}`)];
  }
  const name = operation.claim.metadata?.name;
  if (result.ok) return [event(true, `create Claim ${name} ${pod} ${where} success`)];
  return [
    event(false, `create Claim ${name} for ${pod} ${where} ${failure}`),
    event(false, `create ${pod} ${where} failed error: failed to create PVC ${name}: ${result.text}`),
  ];
}

function verbOf(operation: Operation): string {
  return operation.type === "deletePod" ? "delete" : "update";
}

const COMPARED: readonly (keyof StatefulSetStatus)[] = [
  "observedGeneration",
  "replicas",
  "readyReplicas",
  "availableReplicas",
  "currentReplicas",
  "updatedReplicas",
  "currentRevision",
  "updateRevision",
];

function save(step: PhaseStep, status: StatefulSetStatus, error: string): Plan {
  const { set } = step.sync;
  const changed = COMPARED.some((field) => (set.status?.[field] ?? 0) !== (status[field] ?? 0));
  const available = status.availableReplicas ?? 0;
  const forget = error === "" ? step.forget.map(forgetRevision) : [];
  const writes: PlannedWrite[] = [
    ...(changed ? [{ request: updateStatusRequest(STATEFUL_SETS, deepFreeze({ ...set, status })) }] : []),
    ...forget,
  ];
  if (writes.length === 0) return error === "" ? later(set, available) : { error };
  const memo: Memo = { stage: "written", sync: step.sync, available, error };
  return { writes, memo };
}

/** Pods become available by time alone. */
function later(set: StatefulSet, available: number): Plan {
  const { minReadySeconds = 0, replicas = 1 } = set.spec ?? {};
  return minReadySeconds > 0 && available !== replicas ? { requeueAfterUs: minReadySeconds * 1_000_000 } : {};
}
