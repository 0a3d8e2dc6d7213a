import { methodNotSupported, notFound, storageError } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import { answer, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { beginWatch, resumeWatch } from "../watch/serve.ts";
import { beginDeleteCollection, resumeDeleteCollection } from "./collection.ts";
import { componentStatuses } from "./component-status.ts";
import { beginConnect } from "./connect.ts";
import { beginCreate, resumeCreate } from "./create.ts";
import type { EtcdAnswer } from "./etcd-client.ts";
import { beginGet, beginList, resumeFromCache, resumeGet, resumeList } from "./read.ts";
import { review } from "./reviews.ts";
import { issueToken } from "./token-request.ts";
import { beginUpdate, resumeUpdate } from "./update.ts";

/** Begins what an authorized request asks for. */
export function begin(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { kind, request } = exchange;
  const { verb, subresource } = request;
  if (subresource !== "") {
    const served = kind.subresources.find(({ name }) => name === subresource);
    if (served === undefined) return refuse(state, exchange, context, notFoundPath(exchange));
    if (!served.verbs.includes(verb) && !(verb === "create" && subresource === "exec")) {
      return refuse(state, exchange, context, methodNotSupported(kind, verb));
    }
    return beginSubresource(state, exchange, context);
  }
  if (!kind.verbs.includes(verb)) return refuse(state, exchange, context, methodNotSupported(kind, verb));
  if (kind.storagePrefix === "") {
    if (kind.kind === "ComponentStatus") return componentStatuses(state, exchange, context);
    if (kind.kind === "Binding") return refuse(state, exchange, context, methodNotSupported(kind, verb));
    return answer(state, exchange, context, 201, review(state, exchange, context));
  }
  switch (verb) {
    case "get":
      return beginGet(state, exchange, context);
    case "list":
      return beginList(state, exchange, context);
    case "watch":
      return beginWatch(state, exchange, context);
    case "create":
      return beginCreate(state, exchange, context);
    case "deletecollection":
      return beginDeleteCollection(state, exchange, context);
    default:
      return beginUpdate(state, exchange, context);
  }
}

function notFoundPath({ kind, request }: Exchange) {
  return notFound({ group: kind.group, resource: `${kind.resource}/${request.subresource}` }, request.name);
}

function beginSubresource(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { request } = exchange;
  switch (request.subresource) {
    case "log":
    case "exec":
    case "attach":
    case "portforward":
    case "proxy":
      return beginConnect(state, exchange, context);
    case "token":
      return issueToken(state, exchange, context);
    default:
      return request.verb === "get" ? beginGet(state, exchange, context) : beginUpdate(state, exchange, context);
  }
}

/** etcd has answered. */
export function resume(state: ApiServerState, exchange: Exchange, context: Context, from: EtcdAnswer): void {
  const { request } = exchange;
  if (exchange.phase === "lease" && !from.ok) return refuse(state, exchange, context, storageError(from.text));
  switch (request.verb) {
    case "get":
      return resumeGet(state, exchange, context, from);
    case "list":
      return resumeList(state, exchange, context, from);
    case "create":
      return request.subresource === ""
        ? resumeCreate(state, exchange, context, from)
        : resumeUpdate(state, exchange, context, from);
    case "deletecollection":
      return resumeDeleteCollection(state, exchange, context, from);
    default:
      return exchange.creates
        ? resumeCreate(state, exchange, context, from)
        : resumeUpdate(state, exchange, context, from);
  }
}

/** The watch cache has what the exchange waited for. */
export function resumeCached(state: ApiServerState, exchange: Exchange, context: Context): void {
  if (exchange.request.verb === "watch") resumeWatch(state, exchange, context);
  else resumeFromCache(state, exchange, context);
}
