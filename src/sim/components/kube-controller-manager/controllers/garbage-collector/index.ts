import { type ApiObject, deepFreeze, type OwnerReference } from "../../../../api/object.ts";
import type {
  ControllerDefinition,
  Hands,
  Plan,
  PlannedWrite,
  View,
} from "../../../../machinery/controller-runtime.ts";
import { type EventToRecord, referenceTo } from "../../../../machinery/event-recorder.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { type CallResult, deleteRequest, getRequest, patchRequest } from "../../../../machinery/requests.ts";
import { CUSTOM_RESOURCE_DEFINITIONS, type Resource } from "../../../../machinery/resources.ts";
import {
  ALL_INFORMERS,
  customInformers,
  dependentsOf,
  FOREGROUND_FINALIZER,
  hasFinalizer,
  isCustom,
  isDeleting,
  isDeletingDependents,
  itemKey,
  kindOfReference,
  ORPHAN_FINALIZER,
  resourceOfInformer,
  splitItemKey,
} from "./graph.ts";

type Memo = { readonly stage: "owners"; readonly asked: readonly OwnerReference[] } | { readonly stage: "orphaned" };

type OwnerState = "solid" | "dangling" | "waiting";

/** pkg/controller/garbagecollector. Keys: `informer|namespace/name`. */
export const garbageCollector: ControllerDefinition<null> = {
  name: "garbage-collector-controller",
  workers: 20,
  informers: ALL_INFORMERS,
  follows: { informer: CUSTOM_RESOURCE_DEFINITIONS.resource, informers: customInformers },
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (delta.type === "deleted") objectGone(delta, hands);
    else objectChanged(informer, delta, hands);
  },
  reconcile(view, key) {
    const { informer, objectKey } = splitItemKey(key);
    if (resourceOfInformer(informer, view.store) === undefined) return {};
    const object = view.store(informer).objects.get(objectKey);
    if (object === undefined) return {};
    if (isDeleting(object) && hasFinalizer(object, ORPHAN_FINALIZER)) return orphanDependents(view, informer, object);
    if (isDeletingDependents(object)) return waitForDependents(view, informer, object);
    if (isDeleting(object)) return {};
    return attemptToDelete(view, informer, object);
  },
  resume(view, key, memo, results) {
    const { informer, objectKey } = splitItemKey(key);
    if (resourceOfInformer(informer, view.store) === undefined) return {};
    const object = view.store(informer).objects.get(objectKey);
    if (object === undefined) return {};
    const step = memo as Memo;
    const failure = results.find((result) => !result.ok && result.reason !== "NotFound");
    if (failure !== undefined && !failure.ok) return { error: failure.text };
    if (step.stage === "orphaned") return { writes: [withoutFinalizer(view, informer, object, ORPHAN_FINALIZER)] };
    return decide(view, informer, object, (owner) => asked(owner, step.asked, results));
  },
};

function objectGone(delta: Delta, hands: Hands<null>): void {
  for (const { informer, object } of dependentsOf(hands.store, delta.object)) {
    hands.add(itemKey(informer, object), delta.trace);
  }
  for (const owner of delta.object.metadata?.ownerReferences ?? []) enqueueOwner(owner, delta, hands);
}

function objectChanged(informer: string, delta: Delta, hands: Hands<null>): void {
  const { object, old } = delta;
  const owners = object.metadata?.ownerReferences ?? NO_OWNERS;
  const before = old?.metadata?.ownerReferences ?? NO_OWNERS;
  if (old === null || !sameOwners(owners, before)) {
    const key = itemKey(informer, object);
    const isSuspect = owners.some((owner) => {
      const found = findOwner(hands, object, owner);
      return found === undefined || isDeletingDependents(found);
    });
    if (isSuspect) hands.add(key, delta.trace);
    for (const owner of before) if (!blocks(owner, owners)) enqueueOwner(owner, delta, hands);
  }
  if (!isDeleting(object)) return;
  const began =
    old === null || !isDeleting(old) || old.metadata?.finalizers?.length !== object.metadata?.finalizers?.length;
  if (!began) return;
  if (hasFinalizer(object, ORPHAN_FINALIZER)) hands.add(itemKey(informer, object), delta.trace);
  else if (hasFinalizer(object, FOREGROUND_FINALIZER)) {
    for (const dependent of dependentsOf(hands.store, object)) {
      hands.add(itemKey(dependent.informer, dependent.object), delta.trace);
    }
    hands.add(itemKey(informer, object), delta.trace);
  }
}

/** Whether the owner still has to wait, after a change of the references. */
function blocks({ uid, blockOwnerDeletion }: OwnerReference, owners: readonly OwnerReference[]): boolean {
  const kept = owners.find((owner) => owner.uid === uid);
  return kept !== undefined && (kept.blockOwnerDeletion === true || blockOwnerDeletion !== true);
}

const NO_OWNERS: readonly OwnerReference[] = Object.freeze([]);

function sameOwners(a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every(
    (owner, index) => owner.uid === b[index]?.uid && owner.blockOwnerDeletion === b[index]?.blockOwnerDeletion,
  );
}

/** An owner that waits for its dependents may go on. */
function enqueueOwner(owner: OwnerReference, delta: Delta, hands: Hands<null>): void {
  const kind = kindOfReference(owner, hands.store);
  const found = findOwner(hands, delta.object, owner);
  if (kind?.informer && found !== undefined && isDeletingDependents(found)) {
    hands.add(itemKey(kind.informer, found), delta.trace);
  }
}

/** The owner in the stores, if it is there with the same uid. */
function findOwner(view: Pick<View<null>, "store">, object: ApiObject, owner: OwnerReference): ApiObject | undefined {
  const kind = kindOfReference(owner, view.store);
  if (kind === null || kind.informer === null) return undefined;
  const namespace = object.metadata?.namespace ?? "";
  const key = kind.resource.namespaced ? `${namespace}/${owner.name}` : owner.name;
  const found = view.store(kind.informer).objects.get(key);
  return found?.metadata?.uid === owner.uid ? found : undefined;
}

/** Owners that the stores do not know are asked for, since a store may lag behind. Of an unknown kind nothing can be said: later, perhaps. */
function attemptToDelete(view: View<null>, informer: string, object: ApiObject): Plan {
  const owners = object.metadata?.ownerReferences ?? [];
  if (owners.length === 0) return {};
  for (const owner of owners) {
    const kind = kindOfReference(owner, view.store);
    if (kind === null) return { error: `no matches for kind "${owner.kind}" in version "${owner.apiVersion}"` };
    // No object of a namespace can own one of the cluster, so nothing can be looked up, today or later.
    if (kind.resource.namespaced && object.metadata?.namespace === undefined) return {};
  }
  const unknown = owners.filter((owner) => findOwner(view, object, owner) === undefined);
  if (unknown.length === 0) return decide(view, informer, object, () => "solid");
  const writes = unknown.map((owner): PlannedWrite => {
    const { resource } = kindOfReference(owner, view.store)!;
    const namespace = resource.namespaced ? (object.metadata?.namespace ?? "") : "";
    return { request: getRequest(resource, namespace, owner.name), ignore: ["NotFound"] };
  });
  const memo: Memo = { stage: "owners", asked: unknown };
  return { writes, order: "parallel", memo };
}

/** What the API server said of an owner. One that was not asked for was in the stores then. */
function asked(owner: OwnerReference, owners: readonly OwnerReference[], results: readonly CallResult[]): OwnerState {
  const index = owners.indexOf(owner);
  const result = index < 0 ? undefined : results[index];
  if (result === undefined) return "solid";
  if (!result.ok || result.object.metadata?.uid !== owner.uid) return "dangling";
  return isDeletingDependents(result.object) ? "waiting" : "solid";
}

/** attemptToDeleteItem, once it is known which owners there are. */
function decide(
  view: View<null>,
  informer: string,
  object: ApiObject,
  unknownState: (owner: OwnerReference) => OwnerState,
): Plan {
  const byState: Record<OwnerState, OwnerReference[]> = { solid: [], dangling: [], waiting: [] };
  for (const owner of object.metadata?.ownerReferences ?? []) {
    const found = findOwner(view, object, owner);
    const state = found === undefined ? unknownState(owner) : isDeletingDependents(found) ? "waiting" : "solid";
    byState[state].push(owner);
  }
  const events = byState.dangling.flatMap((owner) => foreignOwner(view, informer, object, owner));
  const { namespace = "", name = "", uid = "" } = object.metadata ?? {};
  const resource = resourceOfInformer(informer, view.store)!;
  if (byState.solid.length > 0) {
    const superfluous = [...byState.dangling, ...byState.waiting];
    if (superfluous.length === 0) return { events };
    return {
      events,
      writes: [withoutOwners(informer, resource, object, new Set(superfluous.map((owner) => owner.uid)))],
    };
  }
  const dependents = byState.waiting.length > 0 ? dependentsOf(view.store, object) : [];
  const propagationPolicy =
    dependents.length > 0
      ? "Foreground"
      : hasFinalizer(object, ORPHAN_FINALIZER)
        ? "Orphan"
        : hasFinalizer(object, FOREGROUND_FINALIZER)
          ? "Foreground"
          : "Background";
  const options = { propagationPolicy, preconditions: { uid } } as const;
  const deletion: PlannedWrite = {
    request: deleteRequest(resource, namespace, name, options),
    ignore: ["NotFound", "Conflict"],
  };
  // Who waits for its dependents and is one itself would wait for ever.
  const isCycle = dependents.some((dependent) => isDeletingDependents(dependent.object));
  const unblocking = isCycle ? unblockOwners(informer, resource, object) : [];
  return { events, writes: [...unblocking, deletion] };
}

/** No owner waits for this object any more. */
function unblockOwners(informer: string, resource: Resource, object: ApiObject): PlannedWrite[] {
  const { namespace = "", name = "", uid, resourceVersion, ownerReferences = [] } = object.metadata ?? {};
  if (!ownerReferences.some((owner) => owner.blockOwnerDeletion)) return [];
  const custom = isCustom(informer);
  const unblocked = ownerReferences.map((owner) => ({ ...owner, blockOwnerDeletion: false }));
  const changed = custom ? unblocked : unblocked.map((owner) => ({ uid: owner.uid, blockOwnerDeletion: false }));
  const body = deepFreeze({
    metadata: { ownerReferences: changed, uid, ...(custom ? { resourceVersion } : {}) },
  });
  return [
    {
      request: patchRequest(resource, namespace, name, custom ? "merge" : "strategic", body),
      ignore: ["NotFound"],
    },
  ];
}

/** An owner of that uid exists, but in another namespace. */
function foreignOwner(view: View<null>, informer: string, object: ApiObject, owner: OwnerReference): EventToRecord[] {
  const kind = kindOfReference(owner, view.store);
  if (kind === null || kind.informer === null) return [];
  let isElsewhere = false;
  view.store(kind.informer).objects.forEach((other) => {
    if (other.metadata?.uid === owner.uid) isElsewhere = true;
  });
  if (!isElsewhere) return [];
  const { apiVersion, kind: ownerKind, name, uid } = owner;
  const reference = `[${apiVersion}/${ownerKind}, namespace: ${object.metadata?.namespace ?? ""}, name: ${name}, uid: ${uid}]`;
  const message = `ownerRef ${reference} does not exist in namespace "${object.metadata?.namespace ?? ""}"`;
  const about = referenceTo(resourceOfInformer(informer, view.store)!, object);
  return [{ object: about, type: "Warning", reason: "OwnerRefInvalidNamespace", message }];
}

function orphanDependents(view: View<null>, informer: string, owner: ApiObject): Plan {
  const uids = new Set([owner.metadata?.uid ?? ""]);
  const writes = dependentsOf(view.store, owner).map(({ informer: other, object }) =>
    withoutOwners(other, resourceOfInformer(other, view.store)!, object, uids),
  );
  if (writes.length === 0) return { writes: [withoutFinalizer(view, informer, owner, ORPHAN_FINALIZER)] };
  const memo: Memo = { stage: "orphaned" };
  return { writes, order: "parallel", memo };
}

/** Takes references to some owners away. A custom resource cannot be patched strategically: its whole list is sent. */
function withoutOwners(
  informer: string,
  resource: Resource,
  object: ApiObject,
  uids: ReadonlySet<string>,
): PlannedWrite {
  const { namespace = "", name = "", uid, resourceVersion, ownerReferences = [] } = object.metadata ?? {};
  const custom = isCustom(informer);
  const body = deepFreeze({
    metadata: custom
      ? { ownerReferences: ownerReferences.filter((owner) => !uids.has(owner.uid)), resourceVersion, uid }
      : { ownerReferences: [...uids].map((each) => ({ $patch: "delete", uid: each })), uid },
  });
  return {
    request: patchRequest(resource, namespace, name, custom ? "merge" : "strategic", body),
    ignore: ["NotFound"],
  };
}

function waitForDependents(view: View<null>, informer: string, object: ApiObject): Plan {
  const blocking = dependentsOf(view.store, object).filter(({ reference }) => reference.blockOwnerDeletion);
  if (blocking.length === 0) return { writes: [withoutFinalizer(view, informer, object, FOREGROUND_FINALIZER)] };
  const enqueue = blocking
    .filter((dependent) => !isDeletingDependents(dependent.object))
    .map((dependent) => itemKey(dependent.informer, dependent.object));
  return { enqueue };
}

function withoutFinalizer(view: View<null>, informer: string, object: ApiObject, finalizer: string): PlannedWrite {
  const { namespace = "", name = "", resourceVersion, finalizers = [] } = object.metadata ?? {};
  const kept = finalizers.filter((each) => each !== finalizer);
  const body = deepFreeze({ metadata: { resourceVersion, finalizers: kept } });
  return {
    request: patchRequest(resourceOfInformer(informer, view.store)!, namespace, name, "merge", body),
    ignore: ["NotFound"],
  };
}
