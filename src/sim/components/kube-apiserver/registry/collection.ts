import { apiVersionOf } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import { storageError } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import { answer, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { objectOf } from "../watch/decorate.ts";
import { matchesSelection } from "../watch/selection.ts";
import { toServed } from "./conversion.ts";
import { askFor, type EtcdAnswer, rangeOf } from "./etcd-client.ts";
import { isStatus, openExchange } from "./exchange.ts";
import { prefixEnd } from "./keys.ts";
import { selectionOfRequest } from "./selection-of-request.ts";
import { beginUpdate } from "./update.ts";

/** DELETE of a collection: a list from etcd, then a delete of each item by the same rules as a delete by name. */
export function beginDeleteCollection(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { kind, request } = exchange;
  const selection = selectionOfRequest(kind, request);
  if (isStatus(selection)) {
    refuse(state, exchange, context, selection);
    return;
  }
  const prefix = request.namespace === "" ? `${kind.storagePrefix}/` : `${kind.storagePrefix}/${request.namespace}/`;
  exchange.phase = "list";
  askFor(state, exchange, context, { op: "range", key: prefix, rangeEnd: prefixEnd(prefix) });
}

export function resumeDeleteCollection(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  from: EtcdAnswer,
): void {
  if (!from.ok) {
    refuse(state, exchange, context, storageError(from.text));
    return;
  }
  const { kind, request } = exchange;
  const selection = selectionOfRequest(kind, request);
  if (isStatus(selection)) {
    refuse(state, exchange, context, selection);
    return;
  }
  const chosen: ApiObject[] = [];
  const range = rangeOf(from.body);
  for (const pair of range.kvs) {
    const object = objectOf(pair);
    if (object !== null && matchesSelection(selection, object)) chosen.push(object);
  }
  exchange.phase = "children";
  exchange.pending = chosen.length;
  exchange.collected = chosen;
  if (chosen.length === 0) {
    finish(state, exchange, context);
    return;
  }
  for (const object of chosen) {
    const { name, namespace = "" } = object.metadata!;
    const child = openExchange(state, context, {
      replyTo: { via: "exchange", id: exchange.id },
      request: Object.freeze({ ...request, verb: "delete", name: name!, namespace }),
      kind,
      form: null,
      user: exchange.user,
      deadlineAtUs: exchange.deadlineAtUs,
    });
    beginUpdate(state, child, context);
  }
}

/** A part of the exchange is done. What somebody else deleted meanwhile is no failure. */
export function childAnswered(
  state: ApiServerState,
  parent: number,
  context: Context,
  code: number,
  object: ApiObject,
): void {
  const exchange = state.exchanges.get(parent);
  if (exchange === undefined) return;
  if (code >= 400 && code !== 404 && exchange.refusal === null)
    exchange.refusal = object as NonNullable<Exchange["refusal"]>;
  exchange.pending -= 1;
  if (exchange.pending === 0) finish(state, exchange, context);
}

function finish(state: ApiServerState, exchange: Exchange, context: Context): void {
  if (exchange.refusal !== null) {
    refuse(state, exchange, context, exchange.refusal);
    return;
  }
  const { kind } = exchange;
  answer(
    state,
    exchange,
    context,
    200,
    Object.freeze({
      kind: kind.listKind,
      apiVersion: apiVersionOf(kind),
      metadata: Object.freeze({}),
      items: Object.freeze(exchange.collected.map((object) => toServed(kind, object))),
    }),
  );
}
