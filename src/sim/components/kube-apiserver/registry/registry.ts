import type { ApiObject } from "../../../api/object.ts";
import {
  methodNotOnResource,
  methodNotSupported,
  notFound,
  pathNotFound,
  storageError,
  timeout,
} from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import { answer, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { beginWatch, resumeStreamingList, resumeWatch } from "../watch/serve.ts";
import { beginDeleteCollection, resumeDeleteCollection } from "./collection.ts";
import { componentStatuses } from "./component-status.ts";
import { beginConnect } from "./connect.ts";
import { beginCreate, resumeCreate, storeCharged } from "./create.ts";
import type { EtcdAnswer } from "./etcd-client.ts";
import { quotaAnswered } from "./quota.ts";
import { beginGet, beginList, resumeFromCache, resumeGet, resumeList } from "./read.ts";
import { wrongWithReview } from "./review-checks.ts";
import { review } from "./reviews.ts";
import { beginTokenRequest, resumeTokenRequest } from "./token-request.ts";
import { beginEviction, beginUpdate, resumeUpdate, updateCharged } from "./update.ts";

/** Begins what an authorized request asks for. */
export function begin(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { kind, request } = exchange;
  const { verb, subresource } = request;
  if (subresource !== "") {
    const served = kind.subresources.find(({ name }) => name === subresource);
    if (served === undefined) {
      refuse(state, exchange, context, kind.custom === null ? pathNotFound() : notFound(kind, request.name));
      return;
    }
    if (!served.verbs.includes(verb) && !(verb === "create" && subresource === "exec")) {
      refuse(state, exchange, context, notWithThis(exchange));
      return;
    }
    beginSubresource(state, exchange, context);
    return;
  }
  if (!kind.verbs.includes(verb)) {
    refuse(state, exchange, context, notWithThis(exchange));
    return;
  }
  if (kind.storagePrefix === "") {
    if (kind.kind === "ComponentStatus") {
      componentStatuses(state, exchange, context);
      return;
    }
    const wrong = wrongWithReview(kind, (request.body ?? {}) as ApiObject, request.namespace);
    if (wrong !== null) refuse(state, exchange, context, wrong);
    else answer(state, exchange, context, 201, review(state, exchange, context));
    return;
  }
  switch (verb) {
    case "get":
      beginGet(state, exchange, context);
      return;
    case "list":
      beginList(state, exchange, context);
      return;
    case "watch":
      beginWatch(state, exchange, context);
      return;
    case "create":
      beginCreate(state, exchange, context);
      return;
    case "deletecollection":
      beginDeleteCollection(state, exchange, context);
      return;
    default:
      beginUpdate(state, exchange, context);
      return;
  }
}

function notWithThis({ kind, request }: Exchange) {
  return kind.custom === null ? methodNotOnResource() : methodNotSupported(kind, request.verb);
}

function beginSubresource(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { request } = exchange;
  switch (request.subresource) {
    case "log":
    case "exec":
    case "attach":
    case "portforward":
    case "proxy":
      beginConnect(state, exchange, context);
      return;
    case "eviction":
      beginEviction(state, exchange, context);
      return;
    case "token":
      beginTokenRequest(state, exchange, context);
      return;
    default:
      if (request.verb === "get") beginGet(state, exchange, context);
      else beginUpdate(state, exchange, context);
      return;
  }
}

/** etcd has answered. */
export function resume(state: ApiServerState, exchange: Exchange, context: Context, from: EtcdAnswer): void {
  const { request } = exchange;
  if (!from.ok && context.nowUs >= exchange.deadlineAtUs) {
    refuse(state, exchange, context, timeout("request did not complete within the allotted timeout"));
    return;
  }
  if (exchange.phase === "lease" && !from.ok) {
    refuse(state, exchange, context, storageError(from.text));
    return;
  }
  if (request.subresource === "token") {
    resumeTokenRequest(state, exchange, context, from);
    return;
  }
  switch (request.verb) {
    case "get":
      resumeGet(state, exchange, context, from);
      return;
    case "list":
      resumeList(state, exchange, context, from);
      return;
    case "create":
      if (request.subresource === "") resumeCreate(state, exchange, context, from);
      else resumeUpdate(state, exchange, context, from);
      return;
    case "watch":
      resumeStreamingList(state, exchange, context, from);
      return;
    case "deletecollection":
      resumeDeleteCollection(state, exchange, context, from);
      return;
    default:
      if (exchange.creates) resumeCreate(state, exchange, context, from);
      else resumeUpdate(state, exchange, context, from);
      return;
  }
}

/** The quotas of a namespace are charged, or were not to be. */
export function resumeCharged(state: ApiServerState, context: Context, namespace: string, from: EtcdAnswer): void {
  for (const exchange of quotaAnswered(state, context, namespace, from)) {
    context.actFor(exchange.trace);
    if (exchange.creates || (exchange.request.verb === "create" && exchange.request.subresource === ""))
      storeCharged(state, exchange, context);
    else updateCharged(state, exchange, context);
  }
}

/** The watch cache has what the exchange waited for. */
export function resumeCached(state: ApiServerState, exchange: Exchange, context: Context): void {
  if (exchange.request.verb === "watch") resumeWatch(state, exchange, context);
  else resumeFromCache(state, exchange, context);
}
