import { fnv32a } from "../../../api/hash.ts";
import { Table } from "../../../kernel/table.ts";
import type { TraceRef } from "../../../kernel/types.ts";
import type { EtcdEvent, KeyValue, StoredValue } from "../messages.ts";

/**
 * One change of one key, as history keeps it. It is an `EtcdEvent` too, so that watchers are sent history as it is.
 * `previous` is the history key of the change of the same key before this one, "" when there is none: a chain by name
 * and not by reference, so that compaction cuts it by forgetting what it names.
 */
export interface Version extends EtcdEvent {
  /** Its own history key. */
  readonly at: string;
  readonly previous: string;
  readonly sizeBytes: number;
}

/**
 * etcd's multi-version store. Two tables say all: the newest version of every key (tombstones too, until they are
 * compacted away), and every version by revision. Both are copied in constant time by checkpoints and snapshots.
 */
export interface Store {
  revision: number;
  /** -1: never compacted. */
  compactRevision: number;
  newest: Table<Version>;
  /** By `historyKey`. */
  history: Table<Version>;
  /** Pages of the database file that hold something; the others are on its free-list and are used before it grows. */
  inUseBytes: number;
  /** Size of the database file: it grows with use and shrinks only by defragmentation. */
  fileBytes: number;
  /** What versions that share their page with others take. */
  sharedBytes: number;
  /** Holes that compaction left in such pages: in use, though nothing is there. */
  holeBytes: number;
  leases: Table<Lease>;
  /** By `attachmentKey`: which keys hang on which lease. */
  attachments: Table<true>;
}

export interface Lease {
  readonly id: number;
  readonly ttlSeconds: number;
}

const PAGE_BYTES = 4096;
/** An empty member's file: meta, root and free-list pages. */
const EMPTY_FILE_BYTES = 5 * PAGE_BYTES;
/** Revision, flags and page share of one stored version, beside key and value. */
const VERSION_OVERHEAD_BYTES = 64;

const WIDE = 1_000_000_000_000;
const WIDE_SUB = 10_000_000;

export function createStore(): Store {
  return {
    revision: 1,
    compactRevision: -1,
    newest: new Table(),
    history: new Table(),
    inUseBytes: EMPTY_FILE_BYTES,
    fileBytes: EMPTY_FILE_BYTES,
    sharedBytes: 0,
    holeBytes: 0,
    leases: new Table(),
    attachments: new Table(),
  };
}

/** Constant time; what a raft snapshot holds. */
export function copyStore(store: Store): Store {
  return {
    ...store,
    newest: store.newest.copy(),
    history: store.history.copy(),
    leases: store.leases.copy(),
    attachments: store.attachments.copy(),
  };
}

/** Fixed width, so that code-unit order is the order of revisions: `1000000000042`, then `1000000000042.10000001`. */
export function historyKey(revision: number, sub: number): string {
  return sub === 0 ? String(WIDE + revision) : `${WIDE + revision}.${WIDE_SUB + sub}`;
}

/** A number as a key of fixed width. */
export function numberKey(value: number): string {
  return String(value).padStart(16, "0");
}

export function attachmentKey(lease: number, key: string): string {
  return `${numberKey(lease)}/${key}`;
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
  const kv: KeyValue = Object.freeze({
    key,
    createRevision: old === undefined ? revision : old.createRevision,
    modRevision: revision,
    version: old === undefined ? 1 : old.version + 1,
    lease,
    value,
    trace: writing.trace,
  });
  remember(writing, "PUT", kv, before, old);
  const oldLease = old === undefined ? 0 : old.lease;
  if (oldLease !== lease) {
    if (oldLease !== 0) store.attachments.delete(attachmentKey(oldLease, key));
    if (lease !== 0) store.attachments.set(attachmentKey(lease, key), true);
  }
  return old;
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
  if (old.lease !== 0) store.attachments.delete(attachmentKey(old.lease, key));
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
  const at = historyKey(kv.modRevision, changes.length);
  const sizeBytes = VERSION_OVERHEAD_BYTES + kv.key.length + kv.value.sizeBytes;
  const previous = before === undefined ? "" : before.at;
  const version: Version = Object.freeze({ type, kv, at, previous, sizeBytes });
  store.newest.set(kv.key, version);
  store.history.set(at, version);
  store.inUseBytes += sizeBytes;
  if (sizeBytes < PAGE_BYTES) store.sharedBytes += sizeBytes;
  if (store.inUseBytes > store.fileBytes) store.fileBytes = pagesOf(store.inUseBytes);
  // What a transaction itself had put there was never seen by anybody.
  const seen =
    old === undefined || old.modRevision < kv.modRevision ? old : versionAt(store, before, kv.modRevision - 1)?.kv;
  changes.push(seen === undefined ? version : Object.freeze({ type, kv, prevKv: seen }));
}

/** How the key was at `revision`: undefined when it did not exist. */
export function versionAt(store: Store, newest: Version | undefined, revision: number): Version | undefined {
  let version = newest;
  while (version !== undefined && version.kv.modRevision > revision) {
    version = version.previous === "" ? undefined : store.history.get(version.previous);
  }
  return version === undefined || version.type === "DELETE" ? undefined : version;
}

/**
 * Forgets every version that a newer one, not newer than `revision`, replaced. Costs what was written between the last
 * compaction and this one, not what is stored.
 */
export function compactStore(store: Store, revision: number): void {
  const from = historyKey(Math.max(0, store.compactRevision + 1), 0);
  const to = historyKey(revision + 1, 0);
  const dead: string[] = [];
  const tombstones: Version[] = [];
  store.history.range(from, to, (_at, version) => {
    if (version.previous !== "") dead.push(version.previous);
    if (version.type === "DELETE") tombstones.push(version);
  });
  for (const at of dead) forget(store, at);
  for (const tombstone of tombstones) {
    forget(store, tombstone.at);
    if (store.newest.get(tombstone.kv.key) === tombstone) store.newest.delete(tombstone.kv.key);
  }
  mergePages(store);
  store.compactRevision = revision;
}

/** A large version's pages are free at once; a small one leaves a hole among its neighbours. */
function forget(store: Store, at: string): void {
  const version = store.history.get(at);
  if (version === undefined) return;
  const { sizeBytes } = version;
  if (sizeBytes < PAGE_BYTES) {
    store.sharedBytes -= sizeBytes;
    store.holeBytes += sizeBytes;
  } else {
    store.inUseBytes -= sizeBytes;
  }
  store.history.delete(at);
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
  store.history.range("", historyKey(revision + 1, 0), (at, { kv, type }) => {
    const { data, sizeBytes } = kv.value;
    hash = fnv32a(`${at}${type}${kv.key}\0${typeof data === "string" ? data : sizeBytes}`, hash);
  });
  return hash;
}

/** Keys on a lease, in key order. */
export function keysOfLease(store: Store, lease: number): string[] {
  const prefix = `${numberKey(lease)}/`;
  const keys: string[] = [];
  store.attachments.range(prefix, `${numberKey(lease)}0`, (attachment) => {
    keys.push(attachment.slice(prefix.length));
  });
  return keys;
}
