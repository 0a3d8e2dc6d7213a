import { errorLine } from "../../../api/field-errors.ts";
import { apiVersionOf } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import {
  badRequest,
  expired,
  notFound,
  storageError,
  tooLargeResourceVersion,
  tooManyRequests,
} from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import type { KeyValue, RangeResponse } from "../../etcd/messages.ts";
import { checkListOptions } from "../http/options.ts";
import { answer, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { objectAt, selectObjects, type WatchCache } from "../watch/cache.ts";
import { matchesSelection, type Selection, selectsAll } from "../watch/selection.ts";
import { type ContinueToken, decodeContinue, encodeContinue } from "./continue-token.ts";
import { toServed } from "./conversion.ts";
import { askFor, type EtcdAnswer, rangeOf } from "./etcd-client.ts";
import { isStatus } from "./exchange.ts";
import { prefixEnd } from "./keys.ts";
import { cacheOf, keyOf } from "./lookup.ts";
import { resourceVersionError } from "./resource-version.ts";
import { scaleOf } from "./scale.ts";
import { selectionOfRequest } from "./selection-of-request.ts";

/** How long a read waits for the cache to reach a revision. */
const FRESH_US = 3_000_000;

const COMPACTED = "required revision has been compacted";
const EXPIRED_LIST = "The resourceVersion for the provided list is too old.";
const EXPIRED_CONTINUE =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/** Without resourceVersion: what etcd has. "0": what the cache has. N: the cache, once it has got that far. */
export function beginGet(state: ApiServerState, exchange: Exchange, context: Context): void {
  const version = exchange.request.options.resourceVersion ?? "";
  const unreadable = resourceVersionError(version);
  if (unreadable !== null) {
    refuse(state, exchange, context, storageError(errorLine(unreadable)));
    return;
  }
  const cache = cacheOf(state, exchange.kind);
  if (version !== "" && cache?.phase === "watching") {
    if (waitForRevision(state, exchange, context, cache, version)) return;
    getFromCache(state, exchange, context, cache);
    return;
  }
  exchange.phase = "read";
  askFor(state, exchange, context, { op: "range", key: keyOf(exchange) });
}

function getFromCache(state: ApiServerState, exchange: Exchange, context: Context, cache: WatchCache): void {
  respondWith(state, exchange, context, cache.objects.get(keyOf(exchange)) ?? null);
}

export function resumeGet(state: ApiServerState, exchange: Exchange, context: Context, from: EtcdAnswer): void {
  if (!from.ok) {
    refuse(state, exchange, context, storageError(from.text));
    return;
  }
  const pair = rangeOf(from.body).kvs[0];
  const object = pair === undefined ? null : objectAt(cacheOf(state, exchange.kind), pair);
  respondWith(state, exchange, context, object);
}

function respondWith(state: ApiServerState, exchange: Exchange, context: Context, object: ApiObject | null): void {
  const { kind, request } = exchange;
  if (object === null) {
    // A built-in kind's scale is missed under its own name.
    const { group, resource } = kind;
    const isScale = request.subresource === "scale" && kind.custom === null;
    const missed = { group, resource: isScale ? `${resource}/scale` : resource };
    refuse(state, exchange, context, notFound(missed, exchange.name));
    return;
  }
  const shown = request.subresource === "scale" ? scaleOf(kind, toServed(kind, object)) : toServed(kind, object);
  if (isStatus(shown)) refuse(state, exchange, context, shown);
  else answer(state, exchange, context, 200, shown);
}

export function beginList(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { kind, request } = exchange;
  const { options } = request;
  const wrong = checkListOptions(false, options, false);
  if (wrong !== null) {
    refuse(state, exchange, context, wrong);
    return;
  }
  const selection = selectionOfRequest(kind, request);
  if (isStatus(selection)) {
    refuse(state, exchange, context, selection);
    return;
  }
  const unreadable = resourceVersionError(options.resourceVersion ?? "");
  if (unreadable !== null) {
    refuse(state, exchange, context, badRequest(`invalid resource version: ${errorLine(unreadable)}`));
    return;
  }
  if (options.continue) {
    beginListFromEtcd(state, exchange, context, selection);
    return;
  }
  const version = options.resourceVersion ?? "";
  const cache = cacheOf(state, kind);
  const paged = (options.limit ?? 0) > 0 && version !== "0" && options.resourceVersionMatch === undefined;
  const fromCache = version !== "" && options.resourceVersionMatch !== "Exact" && !paged && cache !== undefined;
  // A cache that is not filled yet leaves it to etcd, where any version will do.
  const unfilled = cache !== undefined && cache.phase !== "watching" && cache.revision === 0;
  if (!fromCache || cache.phase === "idle" || (unfilled && version === "0")) {
    beginListFromEtcd(state, exchange, context, selection);
    return;
  }
  if (unfilled) {
    refuse(state, exchange, context, tooManyRequests("storage is (re)initializing", 1));
    return;
  }
  if (!waitForRevision(state, exchange, context, cache, version))
    listFromCache(state, exchange, context, cache, selection);
}

function listFromCache(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  cache: WatchCache,
  selection: Selection,
): void {
  const items = selectObjects(cache, selection).map((object) => toServed(exchange.kind, object));
  answer(state, exchange, context, 200, listOf(exchange, items, cache.revision));
}

function listOf(
  exchange: Exchange,
  items: readonly ApiObject[],
  revision: number,
  rest: { continue?: string; remainingItemCount?: number } = {},
): ApiObject {
  const { kind } = exchange;
  return Object.freeze({
    kind: kind.listKind,
    apiVersion: apiVersionOf(kind),
    metadata: Object.freeze(Object.assign({ resourceVersion: String(revision) }, rest)),
    items: Object.freeze(items),
  });
}

/** True: the exchange waits now. */
function waitForRevision(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  cache: WatchCache,
  version: string,
): boolean {
  const revision = Number(version);
  if (revision <= cache.revision) return false;
  exchange.phase = "cache";
  cache.waiting.push(Object.freeze({ exchange: exchange.id, revision }));
  context.setTimer(FRESH_US, { type: "freshness", exchange: exchange.id, resource: cache.resource, revision } as {
    readonly type: string;
  });
  return true;
}

/** The cache has moved on: whoever waited for that goes on. */
export function wakeWaiting(
  state: ApiServerState,
  context: Context,
  cache: WatchCache,
  resume: (exchange: Exchange) => void,
): void {
  if (cache.waiting.length === 0) return;
  const ready = cache.waiting.filter(({ revision }) => revision <= cache.revision);
  if (ready.length === 0) return;
  cache.waiting = cache.waiting.filter(({ revision }) => revision > cache.revision);
  for (const { exchange: id } of ready) {
    const exchange = state.exchanges.get(id);
    if (exchange === undefined || exchange.phase !== "cache") continue;
    context.actFor(exchange.trace);
    resume(exchange);
  }
}

export function resumeFromCache(state: ApiServerState, exchange: Exchange, context: Context): void {
  const cache = cacheOf(state, exchange.kind)!;
  if (exchange.request.verb === "get") {
    getFromCache(state, exchange, context, cache);
    return;
  }
  listFromCache(state, exchange, context, cache, selectionOfRequest(exchange.kind, exchange.request) as Selection);
}

export function freshnessTimedOut(
  state: ApiServerState,
  context: Context,
  message: { readonly exchange: number; readonly resource: string; readonly revision: number },
): void {
  const exchange = state.exchanges.get(message.exchange);
  const cache = state.caches.get(message.resource);
  if (exchange === undefined || cache === undefined || exchange.phase !== "cache") return;
  cache.waiting = cache.waiting.filter(({ exchange: id }) => id !== message.exchange);
  refuse(state, exchange, context, tooLargeResourceVersion(message.revision, cache.revision));
}

interface Page {
  readonly prefix: string;
  readonly from: string;
  readonly to: string;
  readonly revision: number;
  readonly limit: number;
  readonly inconsistent: boolean;
}

function beginListFromEtcd(state: ApiServerState, exchange: Exchange, context: Context, selection: Selection): void {
  const page = pageOf(exchange, selection);
  if (typeof page === "string") {
    refuse(state, exchange, context, badRequest(page));
    return;
  }
  exchange.phase = "list";
  const named = selection.name !== "" && (selection.namespace !== "" || !exchange.kind.namespaced);
  if (named) {
    const key = page.prefix + selection.name;
    const at = page.revision > 0 ? { revision: page.revision } : {};
    askFor(state, exchange, context, { op: "range", key, ...at });
    return;
  }
  const limited = page.limit > 0 && selectsAll(selection);
  askFor(state, exchange, context, {
    op: "range",
    key: page.from,
    rangeEnd: page.to,
    ...(page.revision > 0 ? { revision: page.revision } : {}),
    ...(limited ? { limit: page.limit } : {}),
  });
}

function pageOf(exchange: Exchange, selection: Selection): Page | string {
  const { kind, request } = exchange;
  const prefix =
    selection.namespace === "" ? `${kind.storagePrefix}/` : `${kind.storagePrefix}/${selection.namespace}/`;
  const { options } = request;
  const limit = options.limit ?? 0;
  const base = { prefix, from: prefix, to: prefixEnd(prefix), limit, inconsistent: false };
  if (options.continue) {
    const token: ContinueToken | string = decodeContinue(options.continue);
    if (typeof token === "string") return token;
    if (options.resourceVersion !== undefined && options.resourceVersion !== "" && options.resourceVersion !== "0") {
      return "specifying resource version is not allowed when using continue";
    }
    return {
      ...base,
      from: prefix + token.start,
      revision: Math.max(0, token.revision),
      inconsistent: token.revision < 0,
    };
  }
  const exact =
    options.resourceVersion !== undefined && options.resourceVersionMatch !== "NotOlderThan"
      ? Number(options.resourceVersion)
      : 0;
  return { ...base, revision: Number.isInteger(exact) ? exact : 0 };
}

export function resumeList(state: ApiServerState, exchange: Exchange, context: Context, from: EtcdAnswer): void {
  if (!from.ok) {
    if (!from.text.includes(COMPACTED)) {
      refuse(state, exchange, context, storageError(from.text));
      return;
    }
    const status = expired(exchange.request.options.continue ? EXPIRED_CONTINUE : EXPIRED_LIST);
    if (!exchange.request.options.continue) {
      refuse(state, exchange, context, status);
      return;
    }
    const { start } = decodeContinue(exchange.request.options.continue) as ContinueToken;
    refuse(state, exchange, context, {
      ...status,
      metadata: { continue: encodeContinue({ revision: -1, start }) } as object,
    });
    return;
  }
  const selection = selectionOfRequest(exchange.kind, exchange.request) as Selection;
  const page = pageOf(exchange, selection) as Page;
  finishPage(state, exchange, context, rangeOf(from.body), selection, page);
}

function finishPage(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  range: RangeResponse,
  selection: Selection,
  page: Page,
): void {
  const items: ApiObject[] = [];
  const everything = selectsAll(selection);
  let last: KeyValue | null = null;
  let more = false;
  const cache = cacheOf(state, exchange.kind);
  for (const pair of range.kvs) {
    const object = objectAt(cache, pair);
    if (object === null || (!everything && !matchesSelection(selection, object))) continue;
    if (page.limit > 0 && items.length === page.limit) {
      more = true;
      break;
    }
    items.push(toServed(exchange.kind, object));
    last = pair;
  }
  if (range.more) more = true;
  const revision = page.revision > 0 ? page.revision : range.header.revision;
  if (!more || last === null) {
    answer(state, exchange, context, 200, listOf(exchange, items, revision));
    return;
  }
  const token = encodeContinue({ revision, start: `${last.key.slice(page.prefix.length)}\u0000` });
  const remaining = everything ? { remainingItemCount: Math.max(0, range.count - items.length) } : {};
  answer(state, exchange, context, 200, listOf(exchange, items, revision, { continue: token, ...remaining }));
}
