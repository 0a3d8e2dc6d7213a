import type { ApiObject } from "../../api/object.ts";
import { createStore, keyOf, putObject, type Store } from "../../machinery/store.ts";
import { addNode, addPod, createCache, refreshOrder, type SchedulerCache } from "./cache/cache.ts";
import { type ClusterObjects, INDEXES, indexesOf, objectsOf, READ_KINDS, type ReadKind } from "./cluster-objects.ts";
import type { Node, Pod } from "./objects.ts";

/** A cluster as the scheduler sees it, made of objects (frozen) rather than of watches. */
export interface ClusterSnapshot {
  readonly cache: SchedulerCache;
  readonly objects: ClusterObjects;
}

const KINDS: ReadonlyMap<string, ReadKind> = new Map(
  Object.entries(READ_KINDS).map(([plural, { kind }]) => [kind, plural as ReadKind]),
);

/** Pods count where their `spec.nodeName` says, unless they are over; kinds that the scheduler does not read are ignored. */
export function snapshotOf(objects: Iterable<ApiObject>): ClusterSnapshot {
  const cache = createCache();
  const stores = new Map<ReadKind, Store>();
  for (const object of objects) {
    if (object.kind === "Node") addNode(cache, object as Node);
    else if (object.kind === "Pod") addPlaced(cache, object as Pod);
    else put(stores, object);
  }
  refreshOrder(cache);
  return { cache, objects: objectsOf((kind) => stores.get(kind)) };
}

function addPlaced(cache: SchedulerCache, pod: Pod): void {
  const phase = pod.status?.phase;
  if (pod.spec.nodeName && phase !== "Succeeded" && phase !== "Failed") addPod(cache, pod);
}

function put(stores: Map<ReadKind, Store>, object: ApiObject): void {
  const kind = KINDS.get(object.kind ?? "");
  if (kind === undefined) return;
  let store = stores.get(kind);
  if (store === undefined) {
    store = createStore(indexesOf(kind));
    stores.set(kind, store);
  }
  putObject(store, keyOf(object), object, INDEXES);
}
