import type { EtcdEvent } from "../messages.ts";
import { endOf } from "./range.ts";
import { type Store, versionAt, versionBefore } from "./store.ts";
import { type Version, visitVersions } from "./version-log.ts";

export interface Watcher {
  readonly id: number;
  readonly key: string;
  /** As in etcd: "" just the key, "\0" to the end. */
  readonly rangeEnd: string;
  readonly prevKv: boolean;
  readonly progressNotify: boolean;
  /** Cancelled when the member has had no leader for three election time-outs. */
  readonly requireLeader: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  /** Events before this revision were sent, or not asked for. */
  nextRevision: number;
}

/**
 * Who watches what. Most watchers want one resource's keys (`/registry/pods/...`), so they are found by the first two
 * segments of a key, not by asking each.
 */
export interface WatchHub {
  readonly watchers: Map<number, Watcher>;
  readonly byKey: Map<string, readonly number[]>;
  readonly bySegment: Map<string, readonly number[]>;
  wide: readonly number[];
}

export function createWatchHub(): WatchHub {
  return { watchers: new Map(), byKey: new Map(), bySegment: new Map(), wide: NONE };
}

const NONE: readonly number[] = Object.freeze([]);

export function addWatcher(hub: WatchHub, watcher: Watcher): void {
  hub.watchers.set(watcher.id, watcher);
  change(hub, watcher, (ids) => Object.freeze([...ids, watcher.id]));
}

export function removeWatcher(hub: WatchHub, id: number): void {
  const watcher = hub.watchers.get(id);
  if (watcher === undefined) return;
  hub.watchers.delete(id);
  change(hub, watcher, (ids) => Object.freeze(ids.filter((each) => each !== id)));
}

function change(hub: WatchHub, watcher: Watcher, how: (ids: readonly number[]) => readonly number[]): void {
  const segment = segmentOf(watcher.key);
  if (watcher.rangeEnd === "") {
    changeEntry(hub.byKey, watcher.key, how);
  } else if (segment !== "" && watcher.rangeEnd !== "\0" && watcher.rangeEnd <= `${segment.slice(0, -1)}0`) {
    changeEntry(hub.bySegment, segment, how);
  } else {
    hub.wide = how(hub.wide);
  }
}

function changeEntry(
  map: Map<string, readonly number[]>,
  key: string,
  how: (ids: readonly number[]) => readonly number[],
): void {
  const ids = how(map.get(key) ?? NONE);
  if (ids.length === 0) map.delete(key);
  else map.set(key, ids);
}

/** `/registry/pods/` of `/registry/pods/default/web`; "" of a key that has no two segments. */
function segmentOf(key: string): string {
  if (key.charCodeAt(0) !== 47) return "";
  const second = key.indexOf("/", 1);
  if (second < 0) return "";
  const third = key.indexOf("/", second + 1);
  return third < 0 ? "" : key.slice(0, third + 1);
}

/** Such a watch is made and cancelled in one. */
export function isEmptyRange(key: string, rangeEnd: string): boolean {
  return rangeEnd !== "" && rangeEnd !== "\0" && key >= rangeEnd;
}

/** Calls `send` for each watcher that wants any of these events, which all are of the same, newest revision. */
export function notify(
  hub: WatchHub,
  events: readonly EtcdEvent[],
  send: (watcher: Watcher, events: readonly EtcdEvent[]) => void,
): void {
  if (hub.watchers.size === 0) return;
  if (events.length === 1) {
    notifyOf(hub, events[0] as EtcdEvent, send);
    return;
  }
  const due = new Map<number, EtcdEvent[]>();
  for (const event of events) {
    offer(hub, hub.byKey.get(event.kv.key), event, due);
    offer(hub, hub.bySegment.get(segmentOf(event.kv.key)), event, due);
    offer(hub, hub.wide, event, due);
  }
  for (const [id, wanted] of due) {
    const watcher = hub.watchers.get(id) as Watcher;
    send(watcher, Object.freeze(wanted));
  }
}

/** One event, as most changes are. Nobody is on two of the lists. */
function notifyOf(
  hub: WatchHub,
  event: EtcdEvent,
  send: (watcher: Watcher, events: readonly EtcdEvent[]) => void,
): void {
  const { key } = event.kv;
  sendTo(hub, hub.byKey.get(key), event, send);
  sendTo(hub, hub.bySegment.get(segmentOf(key)), event, send);
  sendTo(hub, hub.wide, event, send);
}

function sendTo(
  hub: WatchHub,
  ids: readonly number[] | undefined,
  event: EtcdEvent,
  send: (watcher: Watcher, events: readonly EtcdEvent[]) => void,
): void {
  if (ids === undefined) return;
  // By index: an iterator over a frozen list costs more than all that is done with it.
  for (let index = 0; index < ids.length; index += 1) {
    const watcher = hub.watchers.get(ids[index] as number) as Watcher;
    if (wants(watcher, event)) send(watcher, Object.freeze([asWanted(watcher, event)]));
  }
}

function offer(
  hub: WatchHub,
  ids: readonly number[] | undefined,
  event: EtcdEvent,
  due: Map<number, EtcdEvent[]>,
): void {
  if (ids === undefined) return;
  for (const id of ids) {
    const watcher = hub.watchers.get(id) as Watcher;
    if (!wants(watcher, event)) continue;
    const list = due.get(id);
    if (list === undefined) due.set(id, [asWanted(watcher, event)]);
    else list.push(asWanted(watcher, event));
  }
}

function wants(watcher: Watcher, event: EtcdEvent): boolean {
  const { key, modRevision } = event.kv;
  if (modRevision < watcher.nextRevision) return false;
  if (event.type === "PUT" ? watcher.noPut : watcher.noDelete) return false;
  if (watcher.rangeEnd === "") return key === watcher.key;
  return key >= watcher.key && (watcher.rangeEnd === "\0" || key < watcher.rangeEnd);
}

function asWanted(watcher: Watcher, event: EtcdEvent): EtcdEvent {
  if (watcher.prevKv || event.prevKv === undefined) return event;
  return Object.freeze({ type: event.type, kv: event.kv });
}

/**
 * What a watcher that starts in the past has missed, oldest first. "compacted": its revision is gone, it must be
 * cancelled with the store's compact revision.
 */
export function missedEvents(store: Store, watcher: Watcher): readonly EtcdEvent[] | "compacted" {
  if (watcher.nextRevision > store.revision) return [];
  if (watcher.nextRevision < store.compactRevision) return "compacted";
  const events: EtcdEvent[] = [];
  const until = watcher.rangeEnd === "" ? `${watcher.key}\0` : endOf(watcher.rangeEnd);
  visitVersions(store.history, watcher.nextRevision, store.revision, (version) => {
    const { key } = version.kv;
    if (key < watcher.key || (until !== undefined && key >= until) || !wants(watcher, version)) return;
    events.push(watcher.prevKv ? withPrevious(store, version) : version);
  });
  return events;
}

function withPrevious(store: Store, version: Version): EtcdEvent {
  const before = versionAt(store, versionBefore(store, version), version.kv.modRevision - 1);
  return before === undefined ? version : Object.freeze({ type: version.type, kv: version.kv, prevKv: before.kv });
}
