import type { Context } from "../../../kernel/types.ts";
import type { EtcdWatchFrame, EtcdWatchRequest } from "../../etcd/messages.ts";
import { askEtcd, type EtcdAnswer, rangeOf, type Tag } from "../registry/etcd-client.ts";
import { prefixEnd } from "../registry/keys.ts";
import type { ApiServerState } from "../state.ts";
import { applyEvent, replaceObjects, type WatchCache } from "./cache.ts";
import type { CachedEvent } from "./history.ts";

/**
 * What fills a watch cache: a list of its prefix, then a watch from there. A watch that breaks goes on where it was;
 * one whose revision is compacted begins with a new list, and whoever watches the cache has to do the same.
 */
const LIST_TIMEOUT_US = 10_000_000;
const RETRY_US = 1_000_000;

export interface FeedTimer {
  readonly type: "feed";
  readonly resource: string;
  readonly epoch: number;
  readonly next: "list" | "watch";
}

/** What happened to a cache that others must hear of. */
export type FeedResult =
  | { readonly type: "nothing" }
  | { readonly type: "events"; readonly events: readonly CachedEvent[] }
  /** The cache was filled (again). */
  | { readonly type: "listed" }
  | { readonly type: "progress" };

const NOTHING: FeedResult = { type: "nothing" };

export function startFeed(state: ApiServerState, context: Context, cache: WatchCache): void {
  cache.epoch += 1;
  cache.phase = "listing";
  askEtcd(
    state,
    context,
    { op: "range", key: cache.prefix, rangeEnd: prefixEnd(cache.prefix) },
    tagOf(cache),
    LIST_TIMEOUT_US,
  );
}

export function stopFeed(context: Context, cache: WatchCache): void {
  cache.epoch += 1;
  cache.phase = "idle";
  if (cache.stream !== null) context.closeStream(cache.stream);
  cache.stream = null;
  cache.revision = 0;
  cache.objects.clear();
}

function tagOf(cache: WatchCache): Tag {
  return { use: "cache", resource: cache.resource, epoch: cache.epoch };
}

export function feedListed(state: ApiServerState, context: Context, cache: WatchCache, answer: EtcdAnswer): FeedResult {
  if (!answer.ok) {
    retry(context, cache, "list");
    return NOTHING;
  }
  const { kvs, header } = rangeOf(answer.body);
  replaceObjects(cache, kvs, header.revision);
  openFeed(state, context, cache);
  return { type: "listed" };
}

function openFeed(state: ApiServerState, context: Context, cache: WatchCache): void {
  cache.phase = "watching";
  const body: EtcdWatchRequest = {
    op: "watch",
    key: cache.prefix,
    rangeEnd: prefixEnd(cache.prefix),
    startRevision: cache.revision + 1,
  };
  cache.stream = context.openStream({
    to: state.etcd.address,
    body,
    tag: tagOf(cache),
    certificate: state.etcd.certificate,
    label: `Watch ${cache.prefix}`,
  });
}

export function feedFrame(
  state: ApiServerState,
  context: Context,
  cache: WatchCache,
  frame: EtcdWatchFrame,
): FeedResult {
  switch (frame.type) {
    case "events": {
      const events: CachedEvent[] = [];
      for (const event of frame.events) {
        const applied = applyEvent(cache, event, context.nowUs);
        if (applied !== null) events.push(applied);
        if (event.kv.modRevision > cache.revision) cache.revision = event.kv.modRevision;
      }
      return { type: "events", events };
    }
    case "created":
    case "progress":
      if (frame.header.revision > cache.revision && frame.type === "progress") {
        cache.revision = frame.header.revision;
        return { type: "progress" };
      }
      return NOTHING;
    case "cancelled": {
      const compacted = frame.compactRevision > 0;
      if (cache.stream !== null) context.closeStream(cache.stream);
      cache.stream = null;
      if (compacted) startFeed(state, context, cache);
      else retry(context, cache, "watch");
      return NOTHING;
    }
  }
}

export function feedClosed(context: Context, cache: WatchCache): void {
  cache.stream = null;
  retry(context, cache, "watch");
}

function retry(context: Context, cache: WatchCache, next: "list" | "watch"): void {
  cache.epoch += 1;
  const timer: FeedTimer = { type: "feed", resource: cache.resource, epoch: cache.epoch, next };
  context.setTimer(RETRY_US, timer);
}

export function feedRetried(state: ApiServerState, context: Context, cache: WatchCache, timer: FeedTimer): void {
  if (timer.epoch !== cache.epoch) return;
  if (timer.next === "list") startFeed(state, context, cache);
  else {
    cache.epoch += 1;
    openFeed(state, context, cache);
  }
}
