import type { ApiObject } from "../api/object.ts";
import { endOfPrefix, Table } from "../kernel/table.ts";

/**
 * client-go's thread-safe store: objects by `namespace/name`, with indexes. An index is a table of
 * `value NUL objectKey`, so everything here is a persistent table and a checkpoint costs nothing. Index functions live in
 * static tables (`IndexFunctions`), never in state.
 */
export interface Store {
  objects: Table<ApiObject>;
  readonly indexes: Map<string, Table<true>>;
}

/** The values under which an object is found in one index. */
export type IndexFunction = (object: ApiObject) => readonly string[];

export type IndexFunctions = Readonly<Record<string, IndexFunction>>;

/** Indexes that every informer may name without supplying a function. */
export const COMMON_INDEXES: IndexFunctions = Object.freeze({
  namespace: (object: ApiObject) => [object.metadata?.namespace ?? ""],
  /** Uid of the owner that controls the object. */
  controllerUid: (object: ApiObject) => {
    for (const owner of object.metadata?.ownerReferences ?? []) if (owner.controller) return [owner.uid];
    return [];
  },
  /** Uids of all owners. */
  ownerUid: (object: ApiObject) => (object.metadata?.ownerReferences ?? []).map((owner) => owner.uid),
  uid: (object: ApiObject) => (object.metadata?.uid === undefined ? [] : [object.metadata.uid]),
  nodeName: (object: ApiObject) => {
    const spec = object.spec as { readonly nodeName?: string } | undefined;
    return spec?.nodeName ? [spec.nodeName] : [];
  },
});

const SEPARATOR = "\u0000";

export function createStore(indexNames: readonly string[]): Store {
  return { objects: new Table(), indexes: new Map(indexNames.map((name) => [name, new Table<true>()])) };
}

/** `namespace/name`, or `name` for cluster-scoped objects: client-go's MetaNamespaceKeyFunc. */
export function keyOf(object: ApiObject): string {
  const namespace = object.metadata?.namespace;
  const name = object.metadata?.name ?? "";
  return namespace ? `${namespace}/${name}` : name;
}

/** Puts `object` in; answers what was there before. */
export function putObject(
  store: Store,
  key: string,
  object: ApiObject,
  functions: IndexFunctions,
): ApiObject | undefined {
  const old = store.objects.get(key);
  store.objects.set(key, object);
  for (const [name, table] of store.indexes) reindex(table, indexFunction(name, functions), key, old, object);
  return old;
}

export function removeObject(store: Store, key: string, functions: IndexFunctions): ApiObject | undefined {
  const old = store.objects.get(key);
  if (old === undefined) return undefined;
  store.objects.delete(key);
  for (const [name, table] of store.indexes) reindex(table, indexFunction(name, functions), key, old, undefined);
  return old;
}

/** Objects of `index` under `value`, in key order. */
export function objectsByIndex<T extends ApiObject = ApiObject>(store: Store, index: string, value: string): T[] {
  const found: T[] = [];
  forEachByIndex<T>(store, index, value, (object) => {
    found.push(object);
    return true;
  });
  return found;
}

/** `visit` may return false to stop. */
export function forEachByIndex<T extends ApiObject = ApiObject>(
  store: Store,
  index: string,
  value: string,
  visit: (object: T) => boolean | undefined,
): void {
  const table = store.indexes.get(index);
  if (table === undefined) throw new Error(`no index ${index}`);
  const prefix = value + SEPARATOR;
  table.range(prefix, endOfPrefix(prefix), (entry) => visit(store.objects.get(entry.slice(prefix.length)) as T));
}

export function countByIndex(store: Store, index: string, value: string): number {
  let count = 0;
  forEachByIndex(store, index, value, () => {
    count += 1;
    return true;
  });
  return count;
}

function indexFunction(name: string, functions: IndexFunctions): IndexFunction {
  const found = functions[name] ?? COMMON_INDEXES[name];
  if (found === undefined) throw new Error(`no index function ${name}`);
  return found;
}

/** Most updates change no index value: then nothing is written. */
function reindex(
  table: Table<true>,
  valuesOf: IndexFunction,
  key: string,
  old: ApiObject | undefined,
  object: ApiObject | undefined,
): void {
  const before = old === undefined ? NOTHING : valuesOf(old);
  const after = object === undefined ? NOTHING : valuesOf(object);
  for (const value of before) if (!after.includes(value)) table.delete(value + SEPARATOR + key);
  for (const value of after) if (!before.includes(value)) table.set(value + SEPARATOR + key, true);
}

const NOTHING: readonly string[] = Object.freeze([]);
