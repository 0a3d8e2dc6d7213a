import { Twins } from "../../kernel/twins.ts";
import type { Disk, DiskError } from "../../kernel/types.ts";
import type { Member } from "./messages.ts";
import { defragmentedBytes, type Store } from "./mvcc/store.ts";
import { compact as compactLog, push } from "./raft/log.ts";
import type { Entry, HardState, Log, Snapshot } from "./raft/types.ts";

/**
 * The data directory: one file per entry of the write-ahead log, one for the hard state, one for the latest snapshot.
 *
 *     member/wal/metadata            who this member is, and the cluster that it was born into
 *     member/wal/hardstate           term, vote, commit
 *     member/wal/000000000042        the entry of that index
 *     member/snap/0000000000000002-0000000000002710.snap
 *     member/snap/db                 how large the database file was last, and when it was last defragmented
 */
export interface Metadata {
  readonly id: string;
  readonly clusterId: string;
  /** Voters before the first entry of the log; none for a member that joined later. */
  readonly members: readonly Member[];
  /** Where the others were when this member was born. */
  readonly peers: readonly Member[];
}

export interface Stored {
  readonly metadata: Metadata;
  readonly hardState: HardState;
  readonly snapshot: Snapshot | null;
  /** From the snapshot's next on (some before it, for followers that lag), without gaps. */
  readonly entries: readonly Entry[];
}

/** Stands for `member/snap/db`: the store itself is rebuilt from the snapshot and the log. */
export interface DatabaseFile {
  readonly type: "etcdDatabase";
  readonly sizeBytes: number;
  /** What a defragmentation would leave of it. */
  readonly usedBytes: number;
  /** The entry after which it was last defragmented; 0: never. */
  readonly defragmentedAt: number;
}

export function isDatabaseFile(value: object): value is DatabaseFile {
  return (value as { readonly type?: unknown }).type === "etcdDatabase";
}

export function isRaftSnapshot(value: object): value is Snapshot {
  return "membership" in value && "index" in value && "data" in value;
}

export function databaseFile(sizeBytes: number, usedBytes: number, defragmentedAt: number): DatabaseFile {
  return Object.freeze({ type: "etcdDatabase", sizeBytes, usedBytes, defragmentedAt });
}

export function writeDatabaseFile(disk: Disk, dataDir: string, store: Store, defragmentedAt: number): void {
  const file = databaseFile(store.fileBytes, defragmentedBytes(store), defragmentedAt);
  disk.write(databasePath(dataDir), file);
}

/** The entry after which the database was last defragmented; 0: never. */
export function readDefragmentedAt(disk: Disk, dataDir: string): number {
  const file = disk.read(databasePath(dataDir)) as object | undefined;
  return file !== undefined && isDatabaseFile(file) ? file.defragmentedAt : 0;
}

function snapshotsIn(disk: Disk, dataDir: string): string[] {
  return disk.list(snapshotPrefix(dataDir)).filter((path) => path.endsWith(".snap"));
}

export const metadataPath = (dataDir: string) => `${dataDir}/member/wal/metadata`;
export const hardStatePath = (dataDir: string) => `${dataDir}/member/wal/hardstate`;
export const databasePath = (dataDir: string) => `${dataDir}/member/snap/db`;
const snapshotPrefix = (dataDir: string) => `${dataDir}/member/snap/`;
const entryPrefix = (dataDir: string) => `${dataDir}/member/wal/0`;

/** All members name the same entry alike, and keep its name for as long as the entry. */
const entryPaths = new Twins<string>(256);

export function entryPath(dataDir: string, index: number): string {
  return entryPaths.share(index, `${dataDir}/member/wal/${String(index).padStart(12, "0")}`);
}

export function snapshotPath(dataDir: string, { term, index }: Snapshot): string {
  return `${snapshotPrefix(dataDir)}${hex16(term)}-${hex16(index)}.snap`;
}

function hex16(value: number): string {
  return value.toString(16).padStart(16, "0");
}

/** Null: an empty data directory. A text: what is there cannot be used, and why. */
export function load(disk: Disk, dataDir: string): Stored | null | string {
  const metadata = disk.read(metadataPath(dataDir)) as Metadata | undefined;
  const hardState = disk.read(hardStatePath(dataDir)) as HardState | undefined;
  if (metadata === undefined) {
    return disk.list(`${dataDir}/member/wal/`).length > 0 ? "wal: file not found" : null;
  }
  if (hardState === undefined) return "wal: crc mismatch";
  const snapshots = snapshotsIn(disk, dataDir);
  const newest = snapshots.at(-1);
  const snapshot = newest === undefined ? null : (disk.read(newest) as Snapshot);
  const entries: Entry[] = [];
  for (const path of disk.list(entryPrefix(dataDir))) {
    const entry = disk.read(path) as Entry;
    const last = entries.at(-1);
    if (last !== undefined && entry.index !== last.index + 1) entries.length = 0;
    entries.push(entry);
  }
  const first = entries[0];
  if (first !== undefined && first.index > (snapshot?.index ?? 0) + 1) return "wal: slice bounds out of range";
  return { metadata, hardState, snapshot, entries };
}

/** Puts what was stored into a log that `createRaft` made from the snapshot. */
export function fillLog(log: Log, stored: Stored): void {
  const { snapshot, hardState } = stored;
  const base = snapshot?.index ?? 0;
  const usable = stored.entries.filter((entry) => entry.index > base);
  for (const entry of usable) push(log, entry);
  log.stable = log.last;
  log.handed = log.last;
  log.commit = Math.max(base, Math.min(hardState.commit, log.last));
}

export function writeMetadata(disk: Disk, dataDir: string, metadata: Metadata): DiskError | null {
  return disk.write(metadataPath(dataDir), Object.freeze(metadata));
}

export function writeHardState(disk: Disk, dataDir: string, hardState: HardState): DiskError | null {
  return disk.write(hardStatePath(dataDir), hardState);
}

export function writeEntry(disk: Disk, dataDir: string, entry: Entry): DiskError | null {
  return disk.write(entryPath(dataDir, entry.index), entry);
}

export function removeEntries(disk: Disk, dataDir: string, from: number, to: number): void {
  for (let index = from; index <= to; index += 1) disk.remove(entryPath(dataDir, index));
}

/** Writes the snapshot, and drops older ones. */
export function writeSnapshot(disk: Disk, dataDir: string, snapshot: Snapshot): DiskError | null {
  const path = snapshotPath(dataDir, snapshot);
  const failed = disk.write(path, snapshot);
  if (failed !== null) return failed;
  for (const old of snapshotsIn(disk, dataDir)) if (old !== path) disk.remove(old);
  return null;
}

/** Forgets entries up to `index` in the log and on the disk. */
export function compactStorage(disk: Disk, dataDir: string, log: Log, index: number): void {
  const { first } = log;
  compactLog(log, index);
  removeEntries(disk, dataDir, first, log.first - 1);
}
