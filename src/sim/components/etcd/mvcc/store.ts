import { fnv32a } from "../../../api/hash.ts";
import { Table } from "../../../kernel/table.ts";
import { Twins } from "../../../kernel/twins.ts";
import type { TraceRef } from "../../../kernel/types.ts";
import type { EtcdEvent, KeyValue, StoredValue } from "../messages.ts";
import {
  addVersion,
  copyVersionLog,
  createVersionLog,
  forgetVersions,
  type Version,
  type VersionLog,
  versionOf,
  visitVersions,
} from "./version-log.ts";

/**
 * etcd's multi-version store. Two things say all: a table of the newest version of every key (tombstones too, until
 * they are compacted away), and every version by revision. Checkpoints and snapshots share nearly all of both.
 */
export interface Store {
  revision: number;
  /** -1: never compacted. */
  compactRevision: number;
  newest: Table<Version>;
  history: VersionLog;
  /** Pages of the database file that hold something; the others are on its free-list and are used before it grows. */
  inUseBytes: number;
  /** Size of the database file: it grows with use and shrinks only by defragmentation. */
  fileBytes: number;
  /** What versions that share their page with others take. */
  sharedBytes: number;
  /** Holes that compaction left in such pages: in use, though nothing is there. */
  holeBytes: number;
  leases: Table<Lease>;
}

export interface Lease {
  readonly id: number;
  readonly ttlSeconds: number;
  /** The revisions in which keys were hung on it; 0: none yet. What hangs on it now was written by one of them. */
  readonly firstRevision: number;
  readonly lastRevision: number;
}

const PAGE_BYTES = 4096;
/** An empty member's file: meta, root and free-list pages. */
const EMPTY_FILE_BYTES = 5 * PAGE_BYTES;
/** Revision, flags and page share of one stored version, beside key and value. */
const VERSION_OVERHEAD_BYTES = 64;

export function createStore(): Store {
  return {
    revision: 1,
    compactRevision: -1,
    newest: new Table(),
    history: createVersionLog(),
    inUseBytes: EMPTY_FILE_BYTES,
    fileBytes: EMPTY_FILE_BYTES,
    sharedBytes: 0,
    holeBytes: 0,
    leases: new Table(),
  };
}

/** What a raft snapshot holds; it and the store may go on alone. */
export function copyStore(store: Store): Store {
  return {
    ...store,
    newest: store.newest.copy(),
    history: copyVersionLog(store.history),
    leases: store.leases.copy(),
  };
}

/** A number as a key of fixed width. */
export function numberKey(value: number): string {
  return String(value).padStart(16, "0");
}

/** A transaction that writes: all its changes share one new revision. */
export interface Writing {
  readonly store: Store;
  readonly trace: TraceRef | null;
  readonly changes: EtcdEvent[];
}

export function beginWrite(store: Store, trace: TraceRef | null): Writing {
  return { store, trace, changes: [] };
}

/** Ends a transaction; gives its changes in order, with what each key held before. The revision moves only if there are any. */
export function endWrite(writing: Writing): readonly EtcdEvent[] {
  if (writing.changes.length > 0) writing.store.revision += 1;
  return writing.changes;
}

/** The revision that a read inside the transaction sees, and that its answer's header says. */
export function revisionSeen(writing: Writing): number {
  return writing.changes.length > 0 ? writing.store.revision + 1 : writing.store.revision;
}

/** Gives what the key held before. */
export function putKey(writing: Writing, key: string, value: StoredValue, lease: number): KeyValue | undefined {
  const { store } = writing;
  const before = store.newest.get(key);
  const old = before !== undefined && before.type === "PUT" ? before.kv : undefined;
  const revision = store.revision + 1;
  const createRevision = old === undefined ? revision : old.createRevision;
  const version = old === undefined ? 1 : old.version + 1;
  const twin = twins.at(revision + writing.changes.length);
  const kv = twin?.kv;
  const { trace } = writing;
  const isTwin =
    kv !== undefined &&
    kv.key === key &&
    kv.createRevision === createRevision &&
    kv.modRevision === revision &&
    kv.version === version &&
    kv.lease === lease &&
    kv.value === value &&
    kv.trace === trace;
  remember(
    writing,
    "PUT",
    isTwin ? kv : Object.freeze({ key, createRevision, modRevision: revision, version, lease, value, trace }),
    before,
    old,
  );
  if (lease !== 0) hang(store, lease, revision);
  return old;
}

/** What the other members of the cluster made of the same command. */
const twins = new Twins<Version>(1024);

function hang(store: Store, id: number, revision: number): void {
  const key = numberKey(id);
  const lease = store.leases.get(key);
  if (lease === undefined || lease.lastRevision === revision) return;
  const firstRevision = lease.firstRevision === 0 ? revision : lease.firstRevision;
  store.leases.set(key, Object.freeze({ id, ttlSeconds: lease.ttlSeconds, firstRevision, lastRevision: revision }));
}

/** The key must exist. */
export function deleteKey(writing: Writing, key: string): void {
  const { store } = writing;
  const before = store.newest.get(key) as Version;
  const old = before.kv;
  const kv: KeyValue = Object.freeze({
    key,
    createRevision: 0,
    modRevision: store.revision + 1,
    version: 0,
    lease: 0,
    value: NO_VALUE,
    trace: writing.trace,
  });
  remember(writing, "DELETE", kv, before, old);
}

export const NO_VALUE: StoredValue = Object.freeze({ data: "", sizeBytes: 0 });

function remember(
  writing: Writing,
  type: "PUT" | "DELETE",
  kv: KeyValue,
  before: Version | undefined,
  old: KeyValue | undefined,
): void {
  const { store, changes } = writing;
  const sub = changes.length;
  const sizeBytes = VERSION_OVERHEAD_BYTES + kv.key.length + kv.value.sizeBytes;
  const previousRevision = before === undefined ? 0 : before.kv.modRevision;
  const previousSub = before === undefined ? 0 : before.sub;
  const place = kv.modRevision + sub;
  const twin = twins.at(place);
  const isTwin =
    twin !== undefined &&
    twin.kv === kv &&
    twin.type === type &&
    twin.sub === sub &&
    twin.previousRevision === previousRevision &&
    twin.previousSub === previousSub;
  const version: Version = isTwin
    ? twin
    : twins.keep(place, Object.freeze({ type, kv, sub, previousRevision, previousSub, sizeBytes }));
  store.newest.set(kv.key, version);
  addVersion(store.history, version);
  store.inUseBytes += sizeBytes;
  if (sizeBytes < PAGE_BYTES) store.sharedBytes += sizeBytes;
  if (store.inUseBytes > store.fileBytes) store.fileBytes = pagesOf(store.inUseBytes);
  // What a transaction itself had put there was never seen by anybody.
  const seen =
    old === undefined || old.modRevision < kv.modRevision ? old : versionAt(store, before, kv.modRevision - 1)?.kv;
  changes.push(seen === undefined ? version : Object.freeze({ type, kv, prevKv: seen }));
}

/** The change of the same key before; undefined: there was none, or it has been compacted away. */
export function versionBefore(store: Store, { previousRevision, previousSub }: Version): Version | undefined {
  return previousRevision === 0 ? undefined : versionOf(store.history, previousRevision, previousSub);
}

/** How the key was at `revision`: undefined when it did not exist. */
export function versionAt(store: Store, newest: Version | undefined, revision: number): Version | undefined {
  let version = newest;
  while (version !== undefined && version.kv.modRevision > revision) {
    version = versionBefore(store, version);
  }
  return version === undefined || version.type === "DELETE" ? undefined : version;
}

/**
 * Forgets every version that a newer one, not newer than `revision`, replaced. Costs what was written between the last
 * compaction and this one, not what is stored.
 */
export function compactStore(store: Store, revision: number): void {
  const dead: { readonly revision: number; readonly sub: number }[] = [];
  const tombstones: Version[] = [];
  visitVersions(store.history, store.compactRevision + 1, revision, (version) => {
    if (version.previousRevision !== 0) dead.push({ revision: version.previousRevision, sub: version.previousSub });
    if (version.type === "DELETE") tombstones.push(version);
  });
  for (const tombstone of tombstones) {
    dead.push({ revision: tombstone.kv.modRevision, sub: tombstone.sub });
    if (store.newest.get(tombstone.kv.key) === tombstone) store.newest.delete(tombstone.kv.key);
  }
  for (const version of forgetVersions(store.history, dead)) forget(store, version);
  mergePages(store);
  store.compactRevision = revision;
}

/** A large version's pages are free at once; a small one leaves a hole among its neighbours. */
function forget(store: Store, { sizeBytes }: Version): void {
  if (sizeBytes < PAGE_BYTES) {
    store.sharedBytes -= sizeBytes;
    store.holeBytes += sizeBytes;
  } else {
    store.inUseBytes -= sizeBytes;
  }
}

/** Pages that became empty are free, and those that are less than a quarter full are merged (bbolt's rebalance): half full at the least, taken together. */
function mergePages(store: Store): void {
  const holes = Math.min(store.holeBytes, store.sharedBytes);
  store.inUseBytes -= store.holeBytes - holes;
  store.holeBytes = holes;
}

/** Whole pages. */
export function pagesOf(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** Writes the file anew, without holes and free pages. */
export function defragment(store: Store): void {
  store.fileBytes = defragmentedBytes(store);
  store.inUseBytes -= store.holeBytes;
  store.holeBytes = 0;
}

/** How large the file is after that. */
export function defragmentedBytes({ inUseBytes, holeBytes }: Store): number {
  return pagesOf(inUseBytes - holeBytes);
}

/** One number for all that is stored up to a revision: which keys, in which order, how much. */
export function hashStore(store: Store, revision: number): number {
  let hash = fnv32a(String(store.compactRevision));
  visitVersions(store.history, 0, revision, ({ kv, type, sub }) => {
    const { data, sizeBytes } = kv.value;
    const at = `${kv.modRevision}.${sub}`;
    hash = fnv32a(`${at}${type}${kv.key}\0${typeof data === "string" ? data : sizeBytes}`, hash);
  });
  return hash;
}

/** Keys on a lease, in key order. */
export function keysOfLease(store: Store, id: number): string[] {
  const lease = store.leases.get(numberKey(id));
  if (lease === undefined || lease.firstRevision === 0) return [];
  const keys: string[] = [];
  visitVersions(store.history, lease.firstRevision, lease.lastRevision, (version) => {
    const { kv } = version;
    if (kv.lease === id && store.newest.get(kv.key) === version) keys.push(kv.key);
  });
  return keys.sort();
}
