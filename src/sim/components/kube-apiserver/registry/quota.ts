/**
 * The ResourceQuota admission plugin: what a write takes is added to the used of the namespace's quotas before the write
 * itself. As upstream, the writes of a namespace that wait together are charged together, one transaction after the
 * other; who loses against somebody else's change of a quota counts again on what etcd has.
 */
import { qualifiedResource } from "../../../api/kinds.ts";
import { type ApiObject, deepFreeze } from "../../../api/object.ts";
import { checkQuotas, evaluatorOf } from "../../../api/quota/quota.ts";
import type { ResourceQuota } from "../../../api/quota/scopes.ts";
import { conflict, forbidden, storageError } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import type { TxnOperation, TxnResponse } from "../../etcd/messages.ts";
import { isEnabled } from "../admission/admission.ts";
import { refuse } from "../respond.ts";
import type { ApiServerState, Exchange, QuotaBook } from "../state.ts";
import { decorate, objectOf, revisionOf, undecorate } from "../watch/decorate.ts";
import { askEtcd, type EtcdAnswer, modEquals, txnOf } from "./etcd-client.ts";
import { isDryRun } from "./exchange.ts";
import { objectsIn } from "./lookup.ts";
import { estimateSize } from "./size.ts";

const PLUGIN = { name: "ResourceQuota", enabledByDefault: true };
const QUOTAS = { group: "", resource: "resourcequotas" };
const TRIES_MAX = 8;
const TIMEOUT_US = 10_000_000;

/** Kinds of which an update may take more than what is there takes already. */
const CHARGED_AT_UPDATE: readonly string[] = ["services", "persistentvolumeclaims", "pods"];

/**
 * True: the exchange has been refused, or waits until it is charged: `quotaAnswered` gives it back then. `old` is null
 * for a create.
 */
export function waitsForCharge(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  object: ApiObject,
  old: ApiObject | null,
): boolean {
  const { kind, request } = exchange;
  if (!kind.namespaced || exchange.charge?.done === true) return false;
  if (old !== null && !CHARGED_AT_UPDATE.includes(qualifiedResource(kind.group, kind.resource))) return false;
  if (objectsIn(state, "resourcequotas", request.namespace).length === 0 || !isEnabled(PLUGIN, state.flags))
    return false;
  const subresource = old === null ? "" : request.subresource;
  const evaluator = evaluatorOf(kind);
  if (evaluator === null || !evaluator.handles(old === null ? "CREATE" : "UPDATE", subresource)) return false;
  exchange.charge = { object, old, subresource, done: false };
  exchange.phase = "quota";
  const book = bookOf(state, request.namespace);
  book.waiting.push(exchange.id);
  if (book.busy) return true;
  return !settle(state, context, request.namespace, book).includes(exchange);
}

function bookOf(state: ApiServerState, namespace: string): QuotaBook {
  const known = state.quotaBooks.get(namespace);
  if (known !== undefined) return known;
  const book: QuotaBook = { busy: false, waiting: [], charging: [], drafts: [], written: new Map(), tries: 0 };
  state.quotaBooks.set(namespace, book);
  return book;
}

/** The namespace's quotas, by name: as the cache has them, or as they were read or written later. */
function currentQuotas(state: ApiServerState, namespace: string, book: QuotaBook): Map<string, ResourceQuota> {
  const quotas = new Map<string, ResourceQuota>();
  for (const cached of objectsIn(state, QUOTAS.resource, namespace)) {
    const name = cached.metadata!.name!;
    const later = book.written.get(name);
    if (later !== undefined && later !== null && revisionOf(later) <= revisionOf(cached)) book.written.delete(name);
    const newest = book.written.get(name);
    if (newest !== null) quotas.set(name, newest ?? cached);
  }
  for (const name of book.written.keys()) if (!quotas.has(name)) book.written.delete(name);
  return quotas;
}

/** Charges all that waits, and gives those that need not wait for etcd. */
function settle(state: ApiServerState, context: Context, namespace: string, book: QuotaBook): Exchange[] {
  const before = currentQuotas(state, namespace, book);
  const after = new Map(before);
  const waiting = book.waiting;
  book.waiting = [];
  const free: Exchange[] = [];
  for (const id of waiting) {
    const exchange = state.exchanges.get(id);
    if (exchange === undefined) continue;
    context.actFor(exchange.trace);
    const charged = chargeOne(state, exchange, context, after);
    if (charged === "charged") book.charging.push(id);
    else if (charged === "free") free.push(settled(exchange));
  }
  if (book.charging.length > 0) writeQuotas(state, context, namespace, book, before, after);
  return free;
}

function settled(exchange: Exchange): Exchange {
  exchange.charge = { ...exchange.charge!, done: true };
  return exchange;
}

function chargeOne(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  quotas: Map<string, ResourceQuota>,
): "charged" | "free" | "refused" {
  const { kind, charge } = exchange;
  const { object, old, subresource } = charge!;
  const verdict = checkQuotas(quotas.values(), {
    evaluator: evaluatorOf(kind)!,
    operation: old === null ? "CREATE" : "UPDATE",
    subresource,
    object,
    old,
    nowWallUs: context.wallUs(),
  });
  if ("refusal" in verdict) {
    const status = forbidden(kind, exchange.name, verdict.refusal);
    if (context.observed) context.note("admission", { plugin: PLUGIN.name, effect: status.message });
    refuse(state, exchange, context, status);
    return "refused";
  }
  if (verdict.used.size === 0 || isDryRun(exchange)) return "free";
  if (context.observed) {
    context.note("admission", { plugin: PLUGIN.name, effect: `charged ${[...verdict.used.keys()].join(", ")}` });
  }
  for (const [name, used] of verdict.used) {
    const quota = quotas.get(name)!;
    quotas.set(name, { ...quota, status: { ...quota.status, used } });
  }
  return "charged";
}

function writeQuotas(
  state: ApiServerState,
  context: Context,
  namespace: string,
  book: QuotaBook,
  before: ReadonlyMap<string, ResourceQuota>,
  after: ReadonlyMap<string, ResourceQuota>,
): void {
  const changed = [...after].filter(([name, quota]) => before.get(name) !== quota);
  const keyOf = (name: string): string => `/registry/${QUOTAS.resource}/${namespace}/${name}`;
  book.busy = true;
  book.drafts = changed.map(([name, quota]) => [name, deepFreeze(undecorate(quota))] as const);
  askEtcd(
    state,
    context,
    {
      op: "txn",
      compare: changed.map(([name]) => modEquals(keyOf(name), revisionOf(before.get(name)!))),
      success: book.drafts.map(
        ([name, data]): TxnOperation => ({
          op: "put",
          key: keyOf(name),
          value: { data, sizeBytes: estimateSize(data) },
        }),
      ),
      failure: changed.map(([name]) => ({ op: "range", key: keyOf(name) })),
    },
    { use: "quota", namespace },
    TIMEOUT_US,
  );
}

/** etcd has written the quotas, or has newer ones. Gives the exchanges that go on now. */
export function quotaAnswered(
  state: ApiServerState,
  context: Context,
  namespace: string,
  answer: EtcdAnswer,
): readonly Exchange[] {
  const book = bookOf(state, namespace);
  const { charging, drafts } = book;
  book.busy = false;
  book.charging = [];
  const going: Exchange[] = [];
  if (!answer.ok) refuseAll(state, context, charging, storageError(answer.text));
  else {
    const txn = txnOf(answer.body);
    if (txn.succeeded) {
      book.tries = 0;
      for (const [name, draft] of drafts) book.written.set(name, decorate(draft, txn.header.revision));
      for (const id of charging) {
        const exchange = state.exchanges.get(id);
        if (exchange !== undefined) going.push(settled(exchange));
      }
    } else {
      remember(book, txn.responses);
      book.tries += 1;
      if (book.tries <= TRIES_MAX) book.waiting = [...charging, ...book.waiting];
      else {
        book.tries = 0;
        refuseAll(state, context, charging, conflict(QUOTAS, drafts[0]?.[0] ?? ""));
      }
    }
  }
  if (book.waiting.length > 0) going.push(...settle(state, context, namespace, book));
  if (!book.busy && book.written.size === 0) state.quotaBooks.delete(namespace);
  return going;
}

/** What etcd had instead; null: the quota is gone. */
function remember({ written, drafts }: QuotaBook, responses: TxnResponse["responses"]): void {
  responses.forEach((response, index) => {
    const pair = response.op === "range" ? response.kvs[0] : undefined;
    written.set(drafts[index]![0], pair === undefined ? null : objectOf(pair));
  });
}

function refuseAll(
  state: ApiServerState,
  context: Context,
  ids: readonly number[],
  status: Parameters<typeof refuse>[3],
): void {
  for (const id of ids) {
    const exchange = state.exchanges.get(id);
    if (exchange === undefined) continue;
    context.actFor(exchange.trace);
    refuse(state, exchange, context, status);
  }
}
