import type { Entry, Log, Snapshot } from "./types.ts";

const CHUNK = 256;

/** An empty log that continues after `snapshot`. */
export function createLog(snapshot: Snapshot | null): Log {
  const index = snapshot?.index ?? 0;
  return {
    snapshot,
    first: index + 1,
    termBeforeFirst: snapshot?.term ?? 0,
    last: index,
    commit: index,
    applied: index,
    stable: index,
    handed: index,
    chunks: new Map(),
  };
}

export function entryAt(log: Log, index: number): Entry | undefined {
  if (index < log.first || index > log.last) return undefined;
  return log.chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK];
}

/** Undefined: compacted, or not there yet. */
export function termAt(log: Log, index: number): number | undefined {
  if (index === log.first - 1) return log.termBeforeFirst;
  return entryAt(log, index)?.term;
}

export function lastTerm(log: Log): number {
  return termAt(log, log.last) as number;
}

/** Entries from `from` on, as many as fit into `bytesMax`, at least one if there are any. */
export function entriesFrom(log: Log, from: number, to: number, bytesMax: number): Entry[] {
  const entries: Entry[] = [];
  let bytes = 0;
  for (let index = from; index <= to; index += 1) {
    const entry = entryAt(log, index) as Entry;
    bytes += entry.sizeBytes;
    if (bytes > bytesMax && entries.length > 0) break;
    entries.push(entry);
  }
  return entries;
}

/** Appends at the end; the entry's index must be the next. */
export function push(log: Log, entry: Entry): void {
  const number = Math.floor(entry.index / CHUNK);
  const offset = entry.index % CHUNK;
  let chunk = log.chunks.get(number);
  if (chunk === undefined) {
    // A log need not begin at a chunk's edge; what lies before is never asked for.
    chunk = new Array<Entry>(offset).fill(entry);
    log.chunks.set(number, chunk);
  }
  chunk[offset] = entry;
  log.last = entry.index;
  if (offset === CHUNK - 1) Object.freeze(chunk);
}

/** Drops every entry after `index`: they conflict with the leader's. */
export function truncate(log: Log, index: number): void {
  const number = Math.floor(index / CHUNK);
  for (const each of [...log.chunks.keys()]) if (each > number) log.chunks.delete(each);
  const chunk = log.chunks.get(number);
  if (chunk !== undefined) log.chunks.set(number, chunk.slice(0, (index % CHUNK) + 1));
  log.last = index;
  log.stable = Math.min(log.stable, index);
  log.handed = Math.min(log.handed, index);
}

/** Forgets entries up to `index`, which must be applied and in a snapshot. */
export function compact(log: Log, index: number): void {
  if (index < log.first) return;
  log.termBeforeFirst = termAt(log, index) as number;
  const from = Math.floor(log.first / CHUNK);
  log.first = index + 1;
  for (let number = from; number < Math.floor(log.first / CHUNK); number += 1) log.chunks.delete(number);
}

/** Everything here is replaced by what the snapshot says. */
export function restoreLog(log: Log, snapshot: Snapshot): void {
  log.chunks.clear();
  log.snapshot = snapshot;
  log.first = snapshot.index + 1;
  log.termBeforeFirst = snapshot.term;
  log.last = snapshot.index;
  log.commit = snapshot.index;
  log.stable = snapshot.index;
  log.handed = snapshot.index;
}

/** Whether a log that ends so may lead this one. */
export function isUpToDate(log: Log, index: number, term: number): boolean {
  const own = lastTerm(log);
  return term > own || (term === own && index >= log.last);
}

/** The largest index <= `index` whose term is <= `term`: where the other log may agree with this one. */
export function conflictAt(log: Log, index: number, term: number): { readonly index: number; readonly term: number } {
  for (let at = Math.min(index, log.last); at > 0; at -= 1) {
    const own = termAt(log, at);
    if (own === undefined) return { index: at, term: 0 };
    if (own <= term) return { index: at, term: own };
  }
  return { index: 0, term: 0 };
}
