import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import { endOfPrefix, Table } from "../../../kernel/table.ts";
import { Twins } from "../../../kernel/twins.ts";
import type { StreamId } from "../../../kernel/types.ts";
import type { EtcdEvent, KeyValue } from "../../etcd/messages.ts";
import { objectOf, revisionOf, withResourceVersion } from "./decorate.ts";
import { type CachedEvent, createHistory, type History, remember } from "./history.ts";
import { matchesSelection, type Selection, selectsAll } from "./selection.ts";
import type { Watchers } from "./watchers.ts";

/** What the API server keeps of one resource: its objects as of `revision`, the newest events, and who watches. */
export interface WatchCache {
  /** `pods`, `deployments.apps`. */
  readonly resource: string;
  /** `/registry/pods/`. */
  readonly prefix: string;
  phase: "idle" | "listing" | "watching";
  /** Counts (re-)lists, so that answers of an earlier one are told apart. */
  epoch: number;
  /** The etcd watch that feeds it. */
  stream: StreamId | null;
  /** Everything up to here is in `objects`. */
  revision: number;
  /** By etcd key. */
  readonly objects: Table<ApiObject>;
  /** Pods only: `node NUL key`. */
  readonly byNode: Table<ApiObject> | null;
  history: History;
  readonly watchers: Watchers;
  /** Exchanges that wait until the cache has a revision. */
  waiting: { readonly exchange: number; readonly revision: number }[];
}

export function createWatchCache(kind: Kind, resource: string): WatchCache {
  return {
    resource,
    prefix: `${kind.storagePrefix}/`,
    phase: "idle",
    epoch: 0,
    stream: null,
    revision: 0,
    objects: new Table<ApiObject>(),
    byNode: resource === "pods" ? new Table<ApiObject>() : null,
    history: createHistory(0),
    watchers: { byStream: new Map(), buckets: new Map() },
    waiting: [],
  };
}

/** Fills the cache anew from a list of etcd at `revision`. Earlier events are forgotten: who watches must list again. */
export function replaceObjects(cache: WatchCache, pairs: readonly KeyValue[], revision: number): void {
  cache.objects.clear();
  cache.byNode?.clear();
  for (const pair of pairs) {
    const object = objectOf(pair);
    if (object !== null) put(cache, pair.key, object);
  }
  cache.history = createHistory(revision);
  cache.revision = revision;
}

/** Takes in one event of etcd; null when it says nothing new. */
export function applyEvent(cache: WatchCache, event: EtcdEvent, nowUs: number): CachedEvent | null {
  const { key, modRevision, trace } = event.kv;
  const previous = cache.objects.get(key) ?? null;
  if (previous !== null && revisionOf(previous) >= modRevision) return null;
  if (event.type === "PUT") {
    const object = objectOf(event.kv);
    if (object === null) return null;
    if (previous !== null && nodeOf(previous) !== nodeOf(object)) unindex(cache, key, previous);
    put(cache, key, object);
    const type = previous === null ? "ADDED" : "MODIFIED";
    return keep(cache, { type, revision: modRevision, object, previous, trace }, nowUs);
  }
  if (previous === null) return null;
  cache.objects.delete(key);
  unindex(cache, key, previous);
  const object = withResourceVersion(previous, String(modRevision));
  return keep(cache, { type: "DELETED", revision: modRevision, object, previous, trace }, nowUs);
}

/** What the other API servers' caches have made of the same changes, and how they name pods of a node. */
const recentEvents = new Twins<CachedEvent>(1024);
const nodeKeys = new Twins<string>(1024);

function keep(cache: WatchCache, made: CachedEvent, nowUs: number): CachedEvent {
  const { revision } = made;
  const twin = recentEvents.at(revision);
  const event = twin !== undefined && sameEvent(twin, made) ? twin : recentEvents.keep(revision, Object.freeze(made));
  remember(cache.history, event, nowUs);
  if (revision > cache.revision) cache.revision = revision;
  return event;
}

function sameEvent(a: CachedEvent, b: CachedEvent): boolean {
  return (
    a.object === b.object &&
    a.previous === b.previous &&
    a.type === b.type &&
    a.revision === b.revision &&
    a.trace === b.trace
  );
}

function nodeOf(object: ApiObject): string {
  return (object.spec as { nodeName?: string } | undefined)?.nodeName ?? "";
}

function put(cache: WatchCache, key: string, object: ApiObject): void {
  cache.objects.set(key, object);
  cache.byNode?.set(nodeKeys.share(revisionOf(object), `${nodeOf(object)}\u0000${key}`), object);
}

function unindex(cache: WatchCache, key: string, object: ApiObject): void {
  cache.byNode?.delete(`${nodeOf(object)}\u0000${key}`);
}

/** The object of a key as etcd has it; the cache's own where that is the same. Null: it is none. */
export function objectAt(cache: WatchCache | undefined, pair: KeyValue): ApiObject | null {
  const cached = cache?.objects.get(pair.key);
  return cached !== undefined && revisionOf(cached) === pair.modRevision ? cached : objectOf(pair);
}

/** Objects in key order that the selection asks for. */
export function selectObjects(cache: WatchCache, selection: Selection): ApiObject[] {
  const found: ApiObject[] = [];
  const all = selectsAll(selection);
  const visit = (_: string, object: ApiObject): void => {
    if (all || matchesSelection(selection, object)) found.push(object);
  };
  if (selection.node !== null && cache.byNode !== null) {
    const prefix = `${selection.node}\u0000${namespacePrefix(cache, selection.namespace)}`;
    cache.byNode.range(prefix, endOfPrefix(prefix), visit);
    return found;
  }
  const prefix = namespacePrefix(cache, selection.namespace);
  cache.objects.range(prefix, endOfPrefix(prefix), visit);
  return found;
}

function namespacePrefix(cache: WatchCache, namespace: string): string {
  return namespace === "" ? cache.prefix : `${cache.prefix}${namespace}/`;
}

/** Pods of a node, from the index. */
export function podsOfNode(cache: WatchCache, node: string): ApiObject[] {
  const found: ApiObject[] = [];
  const prefix = `${node}\u0000`;
  cache.byNode?.range(prefix, endOfPrefix(prefix), (_, pod) => {
    found.push(pod);
  });
  return found;
}
