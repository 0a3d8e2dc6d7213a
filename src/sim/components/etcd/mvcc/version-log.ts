import type { EtcdEvent } from "../messages.ts";

/**
 * One change of one key, as history keeps it. It is an `EtcdEvent` too, so that watchers are sent history as it is. The
 * change of the same key before this one is named and not referred to, so that compaction cuts the chain by forgetting.
 */
export interface Version extends EtcdEvent {
  /** Its place among the changes of its revision. */
  readonly sub: number;
  /** Place of the version before; revision 0: there is none. */
  readonly previousRevision: number;
  readonly previousSub: number;
  readonly sizeBytes: number;
}

/**
 * All versions by revision, in chunks; checkpoints and snapshots share the full ones, which are frozen. So a revision
 * takes one place in an array.
 */
export interface VersionLog {
  /** By revision / CHUNK, in order; what is not there is forgotten. */
  readonly chunks: Map<number, Slot[]>;
  /** How many versions there are. */
  size: number;
}

/** What one revision changed: nearly always one key. */
type Slot = Version | (Version | null)[] | null;

const CHUNK = 256;

export function createVersionLog(): VersionLog {
  return { chunks: new Map(), size: 0 };
}

/** Either may go on alone; a frozen chunk is copied before it is changed. */
export function copyVersionLog({ chunks, size }: VersionLog): VersionLog {
  for (const chunk of chunks.values()) freezeChunk(chunk);
  return { chunks: new Map(chunks), size };
}

function freezeChunk(chunk: Slot[]): void {
  if (Object.isFrozen(chunk)) return;
  for (const slot of chunk) if (slot !== null) Object.freeze(slot);
  Object.freeze(chunk);
}

/** A chunk to be changed. */
function ownChunk({ chunks }: VersionLog, number: number, chunk: Slot[]): Slot[] {
  if (!Object.isFrozen(chunk)) return chunk;
  const own = chunk.slice();
  chunks.set(number, own);
  return own;
}

export function versionOf(log: VersionLog, revision: number, sub: number): Version | undefined {
  const slot = log.chunks.get(Math.floor(revision / CHUNK))?.[revision % CHUNK];
  if (slot === undefined || slot === null) return undefined;
  if ("kv" in slot) return slot.sub === sub ? slot : undefined;
  return slot[sub] ?? undefined;
}

/** Revisions and their changes come in order. */
export function addVersion(log: VersionLog, version: Version): void {
  const { modRevision } = version.kv;
  const number = Math.floor(modRevision / CHUNK);
  let chunk = log.chunks.get(number);
  if (chunk === undefined) {
    const last = log.chunks.get(number - 1);
    if (last !== undefined) freezeChunk(last);
    chunk = new Array<Slot>(CHUNK).fill(null);
    log.chunks.set(number, chunk);
  }
  chunk = ownChunk(log, number, chunk);
  chunk[modRevision % CHUNK] = withVersion(chunk[modRevision % CHUNK] as Slot, version);
  log.size += 1;
}

function withVersion(slot: Slot, version: Version): Slot {
  if (version.sub === 0) return version;
  if (slot === null || "kv" in slot) return [slot, version];
  if (Object.isFrozen(slot)) return slot.concat(version);
  slot.push(version);
  return slot;
}

/** Forgets versions, if they are there, and gives them. */
export function forgetVersions(
  log: VersionLog,
  places: readonly { readonly revision: number; readonly sub: number }[],
): Version[] {
  const gone: Version[] = [];
  for (const { revision, sub } of places) {
    const version = versionOf(log, revision, sub);
    if (version === undefined) continue;
    const number = Math.floor(revision / CHUNK);
    const chunk = ownChunk(log, number, log.chunks.get(number) as Slot[]);
    chunk[revision % CHUNK] = withoutVersion(chunk[revision % CHUNK] as Slot, sub);
    gone.push(version);
  }
  log.size -= gone.length;
  const last = [...log.chunks.keys()].at(-1);
  for (const number of new Set(places.map(({ revision }) => Math.floor(revision / CHUNK)))) {
    const chunk = log.chunks.get(number);
    if (number === last || chunk === undefined) continue;
    const left = withoutEmptySlots(log, number, chunk);
    if (left.every((slot) => slot === null)) log.chunks.delete(number);
    else freezeChunk(left);
  }
  return gone;
}

/** While a chunk is the last one they stay, and it may have been shared since. */
function withoutEmptySlots(log: VersionLog, number: number, chunk: Slot[]): Slot[] {
  if (!chunk.some(isEmpty)) return chunk;
  const own = ownChunk(log, number, chunk);
  for (let place = 0; place < CHUNK; place += 1) if (isEmpty(own[place] as Slot)) own[place] = null;
  return own;
}

function isEmpty(slot: Slot): boolean {
  return Array.isArray(slot) && slot.every((each) => each === null);
}

function withoutVersion(slot: Slot, sub: number): Slot {
  if (slot === null || "kv" in slot) return null;
  const left = Object.isFrozen(slot) ? slot.slice() : slot;
  left[sub] = null;
  return left;
}

/** Versions of the revisions `from` to `to`, both included, in order. Give false to stop. */
export function visitVersions(log: VersionLog, from: number, to: number, visit: (version: Version) => unknown): void {
  for (const [number, chunk] of log.chunks) {
    if ((number + 1) * CHUNK <= from) continue;
    if (number * CHUNK > to) return;
    for (const slot of chunk) {
      if (slot === null) continue;
      for (const version of "kv" in slot ? [slot] : slot) {
        if (version === null || version.kv.modRevision < from) continue;
        if (version.kv.modRevision > to || visit(version) === false) return;
      }
    }
  }
}
