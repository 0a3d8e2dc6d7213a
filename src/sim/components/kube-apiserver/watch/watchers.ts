import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import type { StreamId, TimerId } from "../../../kernel/types.ts";
import type { ResponseForm } from "../http/form.ts";
import type { WatchFrame } from "../messages.ts";
import { withResourceVersion } from "./decorate.ts";
import type { CachedEvent } from "./history.ts";
import { matchesSelection, type Selection, selectsAll } from "./selection.ts";

export interface Watcher {
  readonly stream: StreamId;
  readonly kind: Kind;
  readonly user: string;
  readonly userAgent: string;
  readonly selection: Selection;
  /** Key of `Watchers.buckets`. */
  readonly bucket: string;
  /** Null: a component, which gets the frames as they are. */
  readonly form: ResponseForm | null;
  readonly bookmarks: boolean;
  /** Only later events are sent. */
  afterRevision: number;
  sentEvents: number;
  timer: TimerId;
}

export interface Watchers {
  readonly byStream: Map<StreamId, Watcher>;
  /** `""` (everything), `namespace x`, `name x`, `node x`: an event is tried only on those whom it can concern. */
  readonly buckets: Map<string, Set<StreamId>>;
}

export function addWatcher(watchers: Watchers, watcher: Watcher): void {
  watchers.byStream.set(watcher.stream, watcher);
  const bucket = watchers.buckets.get(watcher.bucket);
  if (bucket === undefined) watchers.buckets.set(watcher.bucket, new Set([watcher.stream]));
  else bucket.add(watcher.stream);
}

export function removeWatcher(watchers: Watchers, stream: StreamId): Watcher | null {
  const watcher = watchers.byStream.get(stream);
  if (watcher === undefined) return null;
  watchers.byStream.delete(stream);
  const bucket = watchers.buckets.get(watcher.bucket);
  bucket?.delete(stream);
  if (bucket?.size === 0) watchers.buckets.delete(watcher.bucket);
  return watcher;
}

/** The frames of one event: made when first needed, then shared by all watchers. */
export interface EventFrames {
  readonly event: CachedEvent;
  readonly frames: { ADDED?: WatchFrame; MODIFIED?: WatchFrame; DELETED?: WatchFrame };
}

export type Deliver = (watcher: Watcher, frame: WatchFrame) => void;

/** Gives the event to every watcher whom it concerns, as the change that it is for that watcher. */
export function dispatchEvent(watchers: Watchers, event: CachedEvent, deliver: Deliver): void {
  if (watchers.byStream.size === 0) return;
  const shared: EventFrames = { event, frames: {} };
  const { buckets } = watchers;
  const metadata = event.object.metadata!;
  dispatchTo(watchers, buckets.get(""), shared, deliver);
  if (buckets.size > 1 || !buckets.has("")) {
    if (metadata.namespace !== undefined)
      dispatchTo(watchers, buckets.get(`namespace ${metadata.namespace}`), shared, deliver);
    dispatchTo(watchers, buckets.get(`name ${metadata.name}`), shared, deliver);
    const node = nodeOf(event.object);
    if (node === undefined) return;
    dispatchTo(watchers, buckets.get(`node ${node}`), shared, deliver);
    const before = event.previous === null ? node : nodeOf(event.previous);
    if (before !== node) dispatchTo(watchers, buckets.get(`node ${before}`), shared, deliver);
  }
}

/** "" for an unbound pod; undefined for what is no pod. */
function nodeOf(object: ApiObject): string | undefined {
  return object.kind === "Pod" ? ((object.spec as { nodeName?: string } | undefined)?.nodeName ?? "") : undefined;
}

function dispatchTo(
  watchers: Watchers,
  bucket: Set<StreamId> | undefined,
  shared: EventFrames,
  deliver: Deliver,
): void {
  if (bucket === undefined) return;
  for (const stream of bucket) {
    const watcher = watchers.byStream.get(stream)!;
    const frame = frameFor(watcher, shared);
    if (frame !== null) deliver(watcher, frame);
  }
}

/** Null: nothing that this watcher sees. An object that comes to match is ADDED, one that ceases to is DELETED. */
export function frameFor(watcher: Watcher, shared: EventFrames): WatchFrame | null {
  const { event } = shared;
  if (event.revision <= watcher.afterRevision) return null;
  if (watcher.bucket === "" && selectsAll(watcher.selection)) return sharedFrame(shared, event.type);
  const matches = event.type !== "DELETED" && matchesSelection(watcher.selection, event.object);
  const matched = event.previous !== null && matchesSelection(watcher.selection, event.previous);
  if (matches) return sharedFrame(shared, matched ? "MODIFIED" : "ADDED");
  return matched ? sharedFrame(shared, "DELETED") : null;
}

function sharedFrame(shared: EventFrames, type: "ADDED" | "MODIFIED" | "DELETED"): WatchFrame {
  const known = shared.frames[type];
  if (known !== undefined) return known;
  const { event } = shared;
  const ceased = type === "DELETED" && event.type !== "DELETED";
  const object = ceased ? withResourceVersion(event.previous!, String(event.revision)) : event.object;
  const frame: WatchFrame = Object.freeze(
    event.trace === null ? { type, object } : { type, object, trace: event.trace },
  );
  shared.frames[type] = frame;
  return frame;
}
