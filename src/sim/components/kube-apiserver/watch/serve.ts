import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import { type ApiObject, deepFreeze } from "../../../api/object.ts";
import { badRequest, expired, invalid, storageError, tooLargeResourceVersion } from "../../../api/status-errors.ts";
import type { Context, StreamId } from "../../../kernel/types.ts";
import { checkListOptions } from "../http/options.ts";
import { renderWatchFrame, WATCH_HEADERS } from "../http/watch-frames.ts";
import type { HttpResponse, WatchFrame } from "../messages.ts";
import { toServed } from "../registry/conversion.ts";
import { askFor, type EtcdAnswer, rangeOf } from "../registry/etcd-client.ts";
import { isStatus } from "../registry/exchange.ts";
import { prefixEnd } from "../registry/keys.ts";
import { cacheOf } from "../registry/lookup.ts";
import { resourceVersionError } from "../registry/resource-version.ts";
import { selectionOfRequest } from "../registry/selection-of-request.ts";
import { cachedAlways } from "../resources.ts";
import { recordRequest, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { selectObjects, type WatchCache } from "./cache.ts";
import { objectOf } from "./decorate.ts";
import { startFeed, stopFeed } from "./feed.ts";
import { type CachedEvent, eventsAfter } from "./history.ts";
import { bucketOf, matchesSelection, type Selection } from "./selection.ts";
import { addWatcher, dispatchEvent, frameFor, removeWatcher, type Watcher } from "./watchers.ts";

const MIN_TIMEOUT_SECONDS = 1_800;
const BOOKMARK_US = 60_000_000;
/** So long before its end a watch gets its last bookmark. */
const LAST_BOOKMARK_US = 2_000_000;
const INITIAL_EVENTS_END = Object.freeze({ "k8s.io/initial-events-end": "true" });

export interface WatchTimer {
  readonly type: "watchTimeout";
  readonly resource: string;
  readonly stream: StreamId;
  /** It is nearly over: a last bookmark first. */
  readonly bookmark: boolean;
}

/** A watch begins: from the cache's history, or with all that there is. */
export function beginWatch(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { request, kind, replyTo } = exchange;
  if (replyTo.via !== "stream") {
    refuse(state, exchange, context, badRequest("a watch must be opened as a stream"));
    return;
  }
  const wrong = checkListOptions(true, request.options, state.flags.featureGates.includes("WatchList"));
  if (wrong !== null) {
    refuse(state, exchange, context, wrong);
    return;
  }
  const selection = selectionOfRequest(kind, request);
  if (isStatus(selection)) {
    refuse(state, exchange, context, selection);
    return;
  }
  const cache = cacheOf(state, kind);
  if (cache === undefined) {
    refuse(state, exchange, context, badRequest("the resource cannot be watched"));
    return;
  }
  if (cache.phase === "idle") startFeed(state, context, cache);
  const version = request.options.resourceVersion ?? "";
  const unreadable = resourceVersionError(version);
  if (unreadable !== null) {
    // Upstream's watch names the resource where others name the kind.
    refuse(state, exchange, context, invalid({ group: kind.group, kind: kind.resource }, "", [unreadable]));
    return;
  }
  if (cache.phase === "listing" && cache.revision === 0) {
    exchange.phase = "cache";
    state.streams.set(replyTo.id, Object.freeze({ use: "exchange", exchange: exchange.id }));
    cache.waiting.push(Object.freeze({ exchange: exchange.id, revision: 1 }));
    return;
  }
  if (request.options.sendInitialEvents === true) {
    // What there is comes from etcd itself, so that nothing is missing that the client may know of.
    exchange.phase = "list";
    state.streams.set(replyTo.id, Object.freeze({ use: "exchange", exchange: exchange.id }));
    askFor(state, exchange, context, { op: "range", key: cache.prefix, rangeEnd: prefixEnd(cache.prefix) });
    return;
  }
  start(state, exchange, context, cache, selection, replyTo.id);
}

/** A streaming list: etcd has told what there is. The watch goes on from that revision. */
export function resumeStreamingList(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  from: EtcdAnswer,
): void {
  const { kind, request, replyTo } = exchange;
  if (replyTo.via !== "stream") return;
  if (!from.ok) {
    refuse(state, exchange, context, storageError(from.text));
    return;
  }
  const { kvs, header } = rangeOf(from.body);
  const wanted = Number(request.options.resourceVersion ?? "0");
  if (wanted > header.revision) {
    refuse(state, exchange, context, tooLargeResourceVersion(wanted, header.revision));
    return;
  }
  const selection = selectionOfRequest(kind, request) as Selection;
  const objects: ApiObject[] = [];
  for (const pair of kvs) {
    const object = objectOf(pair);
    if (object !== null && matchesSelection(selection, object)) objects.push(object);
  }
  start(state, exchange, context, cacheOf(state, kind)!, selection, replyTo.id, { objects, revision: header.revision });
}

export function resumeWatch(state: ApiServerState, exchange: Exchange, context: Context): void {
  if (exchange.replyTo.via !== "stream") return;
  const cache = cacheOf(state, exchange.kind)!;
  const selection = selectionOfRequest(exchange.kind, exchange.request) as Selection;
  start(state, exchange, context, cache, selection, exchange.replyTo.id);
}

/** What a streaming list begins with. */
interface InitialState {
  readonly objects: readonly ApiObject[];
  readonly revision: number;
}

function start(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  cache: WatchCache,
  selection: Selection,
  stream: StreamId,
  initial: InitialState | null = null,
): void {
  const { request, form } = exchange;
  state.exchanges.delete(exchange.id);
  exchange.phase = "done";
  recordRequest(state, exchange, context, 200);
  const version = initial?.revision ?? Number(request.options.resourceVersion ?? "0");
  const watcher: Watcher = {
    stream,
    kind: exchange.kind,
    user: exchange.user.name,
    userAgent: request.userAgent,
    selection,
    bucket: bucketOf(selection),
    form,
    bookmarks: request.options.allowWatchBookmarks === true,
    afterRevision: version === 0 ? cache.revision : version,
    sentEvents: 0,
    timer: 0,
  };
  if (form !== null) {
    const head: HttpResponse = { type: "http", status: 200, headers: { ...WATCH_HEADERS, ...form.headers }, body: "" };
    context.sendFrame(stream, head, { label: "200" });
  }
  for (const object of initial?.objects ?? []) send(context, watcher, Object.freeze({ type: "ADDED", object }));
  if (initial !== null && watcher.bookmarks)
    sendBookmark(context, watcher, bookmark(watcher.kind, version, INITIAL_EVENTS_END));
  if (version > 0 && version < cache.history.oldestRevision && initial === null) {
    const status = expired(`too old resource version: ${version} (${cache.history.oldestRevision})`);
    send(context, watcher, Object.freeze({ type: "ERROR", object: status }));
    context.closeStream(stream);
    return;
  }
  if (version === 0 && request.options.sendInitialEvents !== false) {
    for (const object of selectObjects(cache, selection))
      send(context, watcher, Object.freeze({ type: "ADDED", object }));
  } else if (version > 0) {
    for (const event of eventsAfter(cache.history, version)) {
      const frame = frameFor(watcher, { event, frames: {} });
      if (frame !== null) send(context, watcher, frame);
    }
  }
  // What the cache has told by now; later events are newer.
  watcher.afterRevision = Math.max(watcher.afterRevision, cache.revision);
  const seconds = request.options.timeoutSeconds ?? MIN_TIMEOUT_SECONDS + context.random.int(MIN_TIMEOUT_SECONDS);
  const early = watcher.bookmarks && seconds * 1_000_000 > LAST_BOOKMARK_US;
  const timer: WatchTimer = { type: "watchTimeout", resource: cache.resource, stream, bookmark: early };
  watcher.timer = context.setTimer(seconds * 1_000_000 - (early ? LAST_BOOKMARK_US : 0), timer);
  addWatcher(cache.watchers, watcher);
  state.streams.set(stream, Object.freeze({ use: "watch", resource: cache.resource }));
  if (watcher.bookmarks && !state.bookmarkTimer) {
    state.bookmarkTimer = true;
    context.setTimer(BOOKMARK_US, { type: "bookmarks" });
  }
}

/** Gives new events of a cache to its watchers, each on behalf of whoever wrote it. */
export function dispatchEvents(context: Context, cache: WatchCache, events: readonly CachedEvent[]): void {
  const { watchers } = cache;
  for (const event of events) {
    if (watchers.byStream.size === 0) return;
    if (event.trace !== null) context.actFor(event.trace);
    dispatchEvent(watchers, event, (watcher, frame) => {
      send(context, watcher, frame);
    });
  }
}

function send(context: Context, watcher: Watcher, frame: WatchFrame): void {
  watcher.sentEvents += 1;
  if (watcher.form === null) {
    context.sendFrame(watcher.stream, servedFrame(watcher.kind, frame));
    return;
  }
  context.sendFrame(watcher.stream, renderWatchFrame(watcher, servedFrame(watcher.kind, frame), context.wallUs()));
}

function servedFrame(kind: Kind, frame: WatchFrame): WatchFrame {
  if ((kind.group !== "events.k8s.io" && kind.custom === null) || frame.type === "refused" || isStatus(frame.object))
    return frame;
  const object = toServed(kind, frame.object);
  return object === frame.object ? frame : { ...frame, object };
}

export function watchTimedOut(state: ApiServerState, context: Context, message: WatchTimer): void {
  const cache = state.caches.get(message.resource);
  const watcher = cache?.watchers.byStream.get(message.stream);
  if (cache === undefined || watcher === undefined) return;
  if (message.bookmark) {
    sendBookmark(context, watcher, bookmark(watcher.kind, Math.max(cache.revision, watcher.afterRevision)));
    watcher.timer = context.setTimer(LAST_BOOKMARK_US, { ...message, bookmark: false });
    return;
  }
  context.closeStream(message.stream);
  endWatch(state, context, message.resource, message.stream);
}

/** Forgets a watcher; a cache that is filled only for its watchers goes with the last one. */
export function endWatch(state: ApiServerState, context: Context, resource: string, stream: StreamId): void {
  state.streams.delete(stream);
  const cache = state.caches.get(resource);
  if (cache === undefined) return;
  const watcher = removeWatcher(cache.watchers, stream);
  if (watcher === null) return;
  context.clearTimer(watcher.timer);
  if (cache.watchers.byStream.size === 0 && !cachedAlways(watcher.kind)) stopFeed(context, cache);
}

/** The cache was listed anew: its watchers cannot know what they missed, so they are closed. */
export function closeWatchers(state: ApiServerState, context: Context, cache: WatchCache): void {
  for (const stream of [...cache.watchers.byStream.keys()]) {
    context.closeStream(stream);
    state.streams.delete(stream);
    const watcher = removeWatcher(cache.watchers, stream);
    if (watcher !== null) context.clearTimer(watcher.timer);
  }
}

/** Once a minute, to those who asked for them: "you have seen everything up to here". One timer serves all. */
export function sendBookmarks(state: ApiServerState, context: Context): void {
  let wanted = false;
  for (const cache of state.caches.values()) {
    if (cache.watchers.byStream.size === 0) continue;
    let frame: WatchFrame | null = null;
    for (const watcher of cache.watchers.byStream.values()) {
      if (!watcher.bookmarks) continue;
      wanted = true;
      frame ??= bookmark(watcher.kind, cache.revision);
      sendBookmark(context, watcher, frame);
    }
  }
  state.bookmarkTimer = wanted;
  if (wanted) context.setTimer(BOOKMARK_US, { type: "bookmarks" });
}

function sendBookmark(context: Context, watcher: Watcher, frame: WatchFrame): void {
  context.sendFrame(watcher.stream, watcher.form === null ? frame : renderWatchFrame(watcher, frame, context.wallUs()));
}

function bookmark(kind: Kind, revision: number, annotations?: Readonly<Record<string, string>>): WatchFrame {
  const object: ApiObject = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: { resourceVersion: String(revision), ...(annotations === undefined ? {} : { annotations }) },
  };
  return deepFreeze({ type: "BOOKMARK", object });
}
