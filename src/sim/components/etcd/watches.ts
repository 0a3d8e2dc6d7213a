import type { Context, StreamId } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { isLearner } from "./membership.ts";
import type { EtcdEvent, EtcdWatchFrame, EtcdWatchRequest } from "./messages.ts";
import { addWatcher, isEmptyRange, missedEvents, notify, removeWatcher, type Watcher } from "./mvcc/watch.ts";
import { NOBODY } from "./raft/types.ts";
import { type EtcdState, headerOf } from "./state.ts";

/** Events per frame, when a watcher catches up with history. */
const CATCH_UP_EVENTS = 1_000;

/** A watch is a stream of its own: created, what was missed, then events as they are applied. */
export function openWatch(state: EtcdState, context: Context, id: StreamId, request: EtcdWatchRequest): void {
  const watcher: Watcher = {
    id,
    key: request.key,
    rangeEnd: request.rangeEnd ?? "",
    prevKv: request.prevKv === true,
    progressNotify: request.progressNotify === true,
    requireLeader: request.requireLeader !== false,
    noPut: request.filters?.includes("NOPUT") === true,
    noDelete: request.filters?.includes("NODELETE") === true,
    nextRevision: request.startRevision > 0 ? request.startRevision : state.store.revision + 1,
  };
  if (isLearner(state)) {
    cancel(state, context, id, 0, ERRORS.notSupportedForLearner.text);
    return;
  }
  if (watcher.requireLeader && state.raft.leader === NOBODY) {
    cancel(state, context, id, 0, ERRORS.noLeader.text);
    return;
  }
  if (isEmptyRange(watcher.key, watcher.rangeEnd)) {
    cancel(state, context, id, 0, "mvcc: watcher range is empty");
    return;
  }
  sendWatchFrame(context, id, { type: "created", header: headerOf(state) });
  if (!catchUp(state, context, watcher)) return;
  addWatcher(state.hub, watcher);
  if (watcher.progressNotify) armProgressTimer(state, context);
}

/** False: its past is compacted, and it was cancelled. */
function catchUp(state: EtcdState, context: Context, watcher: Watcher): boolean {
  const missed = missedEvents(state.store, watcher);
  if (missed === "compacted") {
    cancel(state, context, watcher.id, state.store.compactRevision, ERRORS.compacted.text);
    return false;
  }
  for (let at = 0; at < missed.length; at += CATCH_UP_EVENTS) {
    sendEvents(state, context, watcher, Object.freeze(missed.slice(at, at + CATCH_UP_EVENTS)));
  }
  watcher.nextRevision = Math.max(watcher.nextRevision, state.store.revision + 1);
  return true;
}

/** Sends the changes of the store's newest revision to all who watch them. */
export function publishEvents(state: EtcdState, context: Context, events: readonly EtcdEvent[]): void {
  notify(state.hub, events, (watcher, wanted) => sendEvents(state, context, watcher, wanted));
}

function sendEvents(state: EtcdState, context: Context, watcher: Watcher, events: readonly EtcdEvent[]): void {
  watcher.nextRevision = (events.at(-1) as EtcdEvent).kv.modRevision + 1;
  if (watcher.progressNotify) state.busyWatchers.add(watcher.id);
  let sizeBytes = 60;
  for (let index = 0; index < events.length; index += 1) {
    const { kv } = events[index] as EtcdEvent;
    sizeBytes += kv.key.length + kv.value.sizeBytes + 40;
  }
  const frame: EtcdWatchFrame = Object.freeze({ type: "events", header: headerOf(state), events });
  const first = events[0] as EtcdEvent;
  context.sendFrame(watcher.id, frame, {
    label: events.length === 1 ? `${first.type} ${first.kv.key}` : `${events.length} events`,
    sizeBytes,
  });
}

function sendWatchFrame(context: Context, id: StreamId, frame: EtcdWatchFrame): void {
  context.sendFrame(id, Object.freeze(frame), { label: `watch ${frame.type}` });
}

function cancel(state: EtcdState, context: Context, id: StreamId, compactRevision: number, reason: string): void {
  sendWatchFrame(context, id, { type: "cancelled", header: headerOf(state), compactRevision, reason });
  context.closeStream(id);
}

export function closeWatch(state: EtcdState, id: StreamId): void {
  removeWatcher(state.hub, id);
  state.busyWatchers.delete(id);
}

export function cancelLeaderless(state: EtcdState, context: Context): void {
  for (const watcher of [...state.hub.watchers.values()]) {
    if (!watcher.requireLeader) continue;
    closeWatch(state, watcher.id);
    cancel(state, context, watcher.id, 0, ERRORS.noLeader.text);
  }
}

/** The store was replaced by a snapshot: every watcher catches up from where it was. */
export function resyncWatchers(state: EtcdState, context: Context): void {
  for (const watcher of [...state.hub.watchers.values()]) {
    if (!catchUp(state, context, watcher)) closeWatch(state, watcher.id);
  }
}

function armProgressTimer(state: EtcdState, context: Context): void {
  if (state.progressTimerArmed) return;
  state.progressTimerArmed = true;
  context.setTimer(state.config.progressNotifyMs * 1000, { type: "progressTimer" });
}

/** A client asked: it has been sent everything up to this member's revision. */
export function reportProgress(state: EtcdState, context: Context, id: StreamId): void {
  sendWatchFrame(context, id, { type: "progress", header: headerOf(state) });
}

/** Who had no event for a while is told the revision that it has seen everything up to. */
export function progressTimer(state: EtcdState, context: Context): void {
  state.progressTimerArmed = false;
  let any = false;
  for (const watcher of state.hub.watchers.values()) {
    if (!watcher.progressNotify) continue;
    any = true;
    if (!state.busyWatchers.has(watcher.id) && watcher.nextRevision <= state.store.revision + 1) {
      sendWatchFrame(context, watcher.id, { type: "progress", header: headerOf(state) });
    }
  }
  state.busyWatchers.clear();
  if (any) armProgressTimer(state, context);
}
