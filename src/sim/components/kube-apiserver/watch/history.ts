import type { ApiObject } from "../../../api/object.ts";
import type { TraceRef } from "../../../kernel/types.ts";

/** One change as the watch cache keeps it. Frozen. */
export interface CachedEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly object: ApiObject;
  /** The object before; null for ADDED. */
  readonly previous: ApiObject | null;
  readonly trace: TraceRef | null;
}

interface Block {
  readonly events: readonly CachedEvent[];
  /** When its last event came. */
  readonly lastAtUs: number;
}

/**
 * The ring of the newest events, in frozen blocks so that a checkpoint shares what is full. Upstream's bounds: at least
 * 100 events, at most 102,400, and between them whatever happened in the last 75 s.
 */
export interface History {
  blocks: Block[];
  tail: CachedEvent[];
  /** Events up to and including this revision are not here any more. */
  oldestRevision: number;
}

const BLOCK = 64;
const MIN_EVENTS = 100;
const MAX_EVENTS = 102_400;
const KEPT_US = 75_000_000;

export function createHistory(revision: number): History {
  return { blocks: [], tail: [], oldestRevision: revision };
}

export function remember(history: History, event: CachedEvent, nowUs: number): void {
  history.tail.push(event);
  if (history.tail.length < BLOCK) return;
  // A copy has no room to spare, which what was pushed to has.
  history.blocks.push(Object.freeze({ events: Object.freeze(history.tail.slice()), lastAtUs: nowUs }));
  history.tail = [];
  while (history.blocks.length * BLOCK > MIN_EVENTS + BLOCK) {
    const { events, lastAtUs } = history.blocks[0]!;
    if (nowUs - lastAtUs < KEPT_US && history.blocks.length * BLOCK <= MAX_EVENTS) return;
    history.blocks.shift();
    history.oldestRevision = events[BLOCK - 1]!.revision;
  }
}

/** Events after `revision`, oldest first. */
export function eventsAfter(history: History, revision: number): CachedEvent[] {
  const found: CachedEvent[] = [];
  for (const { events } of history.blocks) {
    if (events[BLOCK - 1]!.revision > revision) addAfter(found, events, revision);
  }
  addAfter(found, history.tail, revision);
  return found;
}

function addAfter(found: CachedEvent[], events: readonly CachedEvent[], revision: number): void {
  for (const event of events) if (event.revision > revision) found.push(event);
}

export function historyLength(history: History): number {
  return history.blocks.length * BLOCK + history.tail.length;
}
