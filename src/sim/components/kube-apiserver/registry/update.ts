import { equalJson, sharing } from "../../../api/equal.ts";
import type { ApiObject } from "../../../api/object.ts";
import { deepFreeze } from "../../../api/object.ts";
import { conflict, notFound, storageError, success } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import type { TxnOperation } from "../../etcd/messages.ts";
import { decodeObjectOf } from "../http/decode.ts";
import { answer, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { decorate, objectOf, revisionOf, undecorate } from "../watch/decorate.ts";
import { budgetsOf, budgetsPrefix } from "./budgets.ts";
import { changeOf } from "./change.ts";
import { toServed } from "./conversion.ts";
import { create } from "./create.ts";
import { isDefinition, lastState, RETURNED_WHEN_DELETED } from "./deletion.ts";
import { askFor, type EtcdAnswer, modEquals, rangeOf, txnOf } from "./etcd-client.ts";
import { isDryRun, isStatus } from "./exchange.ts";
import { prefixEnd } from "./keys.ts";
import { cacheOf, keyOf } from "./lookup.ts";
import type { Outcome } from "./outcome.ts";
import { applied, creationDenied } from "./ownership.ts";
import { undecodablePatch } from "./patch.ts";
import { waitsForCharge } from "./quota.ts";
import { scaleOf } from "./scale.ts";
import { companionsOfRemoval, companionsOfUpdate, rangeWritten, rememberRange } from "./service-allocation.ts";
import { estimateSize } from "./size.ts";

/** A PATCH without resourceVersion is tried this often against what others write meanwhile; so is everything else. */
const ATTEMPTS_MAX = 16;

/**
 * Upstream's GuaranteedUpdate: the change is worked out on the cached object and written only if etcd still has that
 * revision; otherwise again, on what etcd has. A refusal or a "nothing differs" that rests on the cache is checked
 * against etcd first.
 */
export function beginUpdate(state: ApiServerState, exchange: Exchange, context: Context): void {
  const cached = cacheOf(state, exchange.kind)?.objects.get(keyOf(exchange));
  if (cached === undefined) readLive(state, exchange, context);
  else attempt(state, exchange, context, cached, false);
}

/** An eviction looks at the disruption budgets first, as etcd has them. */
export function beginEviction(state: ApiServerState, exchange: Exchange, context: Context): void {
  exchange.phase = "budgets";
  askFor(state, exchange, context, rangeOfBudgets(exchange));
}

function rangeOfBudgets({ request }: Exchange): {
  readonly op: "range";
  readonly key: string;
  readonly rangeEnd: string;
} {
  const key = budgetsPrefix(request.namespace);
  return { op: "range", key, rangeEnd: prefixEnd(key) };
}

function readLive(state: ApiServerState, exchange: Exchange, context: Context): void {
  exchange.phase = "read";
  askFor(state, exchange, context, { op: "range", key: keyOf(exchange) });
}

export function resumeUpdate(state: ApiServerState, exchange: Exchange, context: Context, from: EtcdAnswer): void {
  if (!from.ok) {
    refuse(state, exchange, context, storageError(from.text));
    return;
  }
  if (exchange.phase === "read") {
    const pair = rangeOf(from.body).kvs[0];
    const object = pair === undefined ? null : objectOf(pair);
    if (object === null) missing(state, exchange, context);
    else attempt(state, exchange, context, object, true);
    return;
  }
  if (exchange.phase === "budgets") {
    exchange.budgets = budgetsOf(rangeOf(from.body));
    beginUpdate(state, exchange, context);
    return;
  }
  const txn = txnOf(from.body);
  if (txn.succeeded) {
    written(state, exchange, context, txn.header.revision);
    return;
  }
  const first = txn.responses[0];
  const budgets = exchange.budgets === null ? undefined : txn.responses[1];
  if (budgets?.op === "range") exchange.budgets = budgetsOf(budgets);
  rememberRange(state, txn);
  const pair = first?.op === "range" ? first.kvs[0] : undefined;
  const object = pair === undefined ? null : objectOf(pair);
  if (object === null) {
    missing(state, exchange, context);
    return;
  }
  if (exchange.attempts >= ATTEMPTS_MAX) {
    refuse(state, exchange, context, conflict(exchange.kind, exchange.name));
    return;
  }
  attempt(state, exchange, context, object, true);
}

function missing(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { kind, request } = exchange;
  const upserts =
    (request.verb === "update" && kind.createOnUpdate && request.subresource === "") ||
    (request.verb === "patch" && request.patchType === "apply" && request.subresource === "");
  if (!upserts) {
    refuse(state, exchange, context, notFound(kind, exchange.name));
    return;
  }
  if (request.verb === "patch") {
    createByApply(state, exchange, context);
    return;
  }
  const { uid } = (request.body as ApiObject).metadata ?? {};
  if (uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: `;
    refuse(state, exchange, context, conflict(kind, exchange.name, why));
    return;
  }
  exchange.creates = true;
  create(state, exchange, context);
}

function createByApply(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { kind, request } = exchange;
  const first = applied(exchange, null, context);
  const refusal = isStatus(first) ? first : creationDenied(state, exchange);
  if (refusal !== null) {
    refuse(state, exchange, context, refusal);
    return;
  }
  const decoded = decodeObjectOf(kind, request);
  if ("problem" in decoded) {
    refuse(state, exchange, context, undecodablePatch(request, request.body, decoded.problem));
    return;
  }
  exchange.creates = true;
  create(state, exchange, context, decoded.body as ApiObject);
}

function attempt(state: ApiServerState, exchange: Exchange, context: Context, current: ApiObject, live: boolean): void {
  exchange.live = live;
  exchange.draft = null;
  const outcome = changeOf(state, exchange, context, current);
  switch (outcome.do) {
    case "refuse":
      if (!live) {
        readLive(state, exchange, context);
        return;
      }
      refuse(state, exchange, context, outcome.status);
      return;
    case "keep":
      if (!live && !isDryRun(exchange)) {
        readLive(state, exchange, context);
        return;
      }
      answer(state, exchange, context, codeOf(exchange), bodyOf(exchange, outcome.object));
      return;
    case "put":
      put(state, exchange, context, current, outcome);
      return;
    case "remove":
      remove(state, exchange, context, current, outcome);
      return;
  }
}

function put(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  current: ApiObject,
  outcome: Outcome & { do: "put" },
): void {
  const stored = undecorate(outcome.object);
  exchange.draft = stored;
  const companions = outcome.companions ?? companionsOfUpdate(state, exchange, context, current);
  if (companions !== null && "refusal" in companions) {
    if (!exchange.live) {
      readLive(state, exchange, context);
      return;
    }
    refuse(state, exchange, context, companions.refusal);
    return;
  }
  const before = undecorate(current);
  const draft = sharing(exchange.draft, before);
  if (draft === before || equalJson(draft, before)) {
    if (!exchange.live && !isDryRun(exchange)) {
      readLive(state, exchange, context);
      return;
    }
    answer(state, exchange, context, codeOf(exchange), bodyOf(exchange, current));
    return;
  }
  exchange.draft = deepFreeze(draft);
  exchange.removes = false;
  if (exchange.charge?.done !== true && waitsForCharge(state, exchange, context, exchange.draft, current)) return;
  if (isDryRun(exchange)) {
    answer(state, exchange, context, codeOf(exchange), bodyOf(exchange, decorate(draft, revisionOf(current))));
    return;
  }
  const key = keyOf(exchange);
  const value = { data: exchange.draft, sizeBytes: estimateSize(exchange.draft) };
  transact(state, exchange, context, current, { op: "put", key, value, ...leaseOf(state, exchange) }, companions);
}

/** Its namespace's quotas are charged: the change is worked out once more, on what is there now. */
export function updateCharged(state: ApiServerState, exchange: Exchange, context: Context): void {
  readLive(state, exchange, context);
}

/** An event that is written again hangs on a lease again. */
function leaseOf(state: ApiServerState, exchange: Exchange): { readonly lease?: number } {
  return exchange.kind.resource === "events" && state.eventLease !== null ? { lease: state.eventLease.id } : {};
}

function remove(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  current: ApiObject,
  { object: last, companions }: Outcome & { do: "remove" },
): void {
  exchange.draft = last;
  exchange.removes = true;
  if (isDryRun(exchange)) {
    answer(state, exchange, context, 200, removalBody(exchange, last));
    return;
  }
  const operation: TxnOperation = { op: "deleteRange", key: keyOf(exchange) };
  transact(state, exchange, context, current, operation, companions ?? companionsOfRemoval(state, exchange, current));
}

function transact(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  current: ApiObject,
  operation: TxnOperation,
  companions: ReturnType<typeof companionsOfRemoval>,
): void {
  const key = keyOf(exchange);
  exchange.phase = "write";
  exchange.attempts += 1;
  askFor(state, exchange, context, {
    op: "txn",
    compare: [modEquals(key, revisionOf(current)), ...(companions?.compare ?? [])],
    success: [operation, ...(companions?.success ?? [])],
    failure: [
      { op: "range", key },
      ...(exchange.budgets === null ? [] : [rangeOfBudgets(exchange)]),
      ...(companions?.failure ?? []),
    ],
  });
}

function written(state: ApiServerState, exchange: Exchange, context: Context, revision: number): void {
  if (context.observed) context.note("etcd", { revision });
  rangeWritten(state, exchange, revision);
  const draft = exchange.draft!;
  if (exchange.removes) {
    const { verb } = exchange.request;
    const gone = lastState(draft, revision);
    if (verb === "update" || verb === "patch") {
      answer(state, exchange, context, 200, bodyOf(exchange, gone));
      return;
    }
    answer(state, exchange, context, codeOf(exchange), removalBody(exchange, gone));
    return;
  }
  answer(state, exchange, context, codeOf(exchange), bodyOf(exchange, decorate(draft, revision)));
}

function codeOf({ request }: Exchange): number {
  return request.verb === "create" ? 201 : 200;
}

function bodyOf(exchange: Exchange, object: ApiObject): ApiObject {
  const { kind, request } = exchange;
  if (request.verb === "create") return success();
  if (request.subresource === "scale") return scaleOf(kind, toServed(kind, object));
  return toServed(kind, object);
}

function removalBody(exchange: Exchange, object: ApiObject): ApiObject {
  const { kind, request } = exchange;
  if (request.verb === "create") return success();
  if (isDefinition(kind)) return object;
  if (kind.group === "" && RETURNED_WHEN_DELETED.has(kind.resource)) return object;
  const group = kind.group === "" ? {} : { group: kind.group };
  return success({ name: object.metadata!.name!, ...group, kind: kind.resource, uid: object.metadata!.uid! });
}
