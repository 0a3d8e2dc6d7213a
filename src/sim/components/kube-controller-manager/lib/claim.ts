import { type LabelSelectorObject, matchesObjectSelector } from "../../../api/labels.ts";
import { type ApiObject, deepFreeze } from "../../../api/object.ts";
import type { PlannedWrite } from "../../../machinery/controller-runtime.ts";
import { patchRequest } from "../../../machinery/requests.ts";
import type { Resource } from "../../../machinery/resources.ts";
import { objectsByIndex, type Store } from "../../../machinery/store.ts";
import { controllerOf, controllerReference } from "./pods.ts";

/** Index of what has no controller, by namespace: whom a controller may adopt. */
export const ORPHAN_INDEX = "orphan";

export function orphanIndex(object: ApiObject): readonly string[] {
  return controllerOf(object) === undefined ? [object.metadata?.namespace ?? ""] : [];
}

export interface Claimed<T extends ApiObject> {
  readonly owned: T[];
  /** Adoptions and releases. Whoever plans them waits for the change to be seen. */
  readonly writes: PlannedWrite[];
}

export interface ClaimOptions<T extends ApiObject> {
  /** What is adopted gets this finalizer too. */
  readonly finalizer?: string;
  /** What else than the labels must be right. */
  readonly accepts?: (object: T) => boolean;
}

/** ControllerRefManager: what `owner` owns and still selects, and what it should adopt or release. */
export function claim<T extends ApiObject>(
  store: Store,
  resource: Resource,
  ownerResource: Resource,
  owner: ApiObject,
  selector: LabelSelectorObject | undefined,
  { finalizer, accepts = () => true }: ClaimOptions<T> = {},
): Claimed<T> {
  const namespace = owner.metadata?.namespace ?? "";
  const owned: T[] = [];
  const writes: PlannedWrite[] = [];
  for (const object of objectsByIndex<T>(store, "controllerUid", owner.metadata?.uid ?? "")) {
    if (matchesObjectSelector(selector, object.metadata?.labels) && accepts(object)) owned.push(object);
    else writes.push(release(resource, object, owner));
  }
  if (owner.metadata?.deletionTimestamp === undefined) {
    for (const object of objectsByIndex<T>(store, ORPHAN_INDEX, namespace)) {
      if (object.metadata?.deletionTimestamp !== undefined) continue;
      if (!matchesObjectSelector(selector, object.metadata?.labels) || !accepts(object)) continue;
      writes.push(adopt(resource, object, ownerResource, owner, finalizer));
    }
  }
  return { owned, writes };
}

function adopt(
  resource: Resource,
  object: ApiObject,
  ownerResource: Resource,
  owner: ApiObject,
  finalizer: string | undefined,
): PlannedWrite {
  const { namespace = "", name = "", uid } = object.metadata ?? {};
  const ownerReferences = [controllerReference(ownerResource, owner)];
  const finalizers = finalizer === undefined ? {} : { finalizers: [finalizer] };
  const body = deepFreeze({ metadata: { ownerReferences, uid, ...finalizers } });
  return { request: patchRequest(resource, namespace, name, "strategic", body) };
}

function release(resource: Resource, object: ApiObject, owner: ApiObject): PlannedWrite {
  const { namespace = "", name = "", uid } = object.metadata ?? {};
  const ownerReferences = [{ $patch: "delete", uid: owner.metadata?.uid }];
  const body = deepFreeze({ metadata: { ownerReferences, uid } });
  return { request: patchRequest(resource, namespace, name, "strategic", body), ignore: ["NotFound", "Invalid"] };
}
