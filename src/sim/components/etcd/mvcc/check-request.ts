import { ERRORS } from "../errors.ts";
import type { EtcdError, PutRequest, TxnOperation, TxnRequest } from "../messages.ts";

const OPERATIONS_MAX = 128;

/** What etcd refuses before anything is proposed or read: it depends on the request alone. */
export function checkRequest(request: TxnOperation): EtcdError | null {
  if (request.op !== "txn") return checkSimple(request);
  return checkTxn(request, OPERATIONS_MAX) ?? intervalProblem(request.success) ?? intervalProblem(request.failure);
}

/** True when applying it cannot change anything: it may then be read locally once the member has caught up. */
export function isReadOnly(request: TxnOperation): boolean {
  if (request.op === "range") return true;
  return request.op === "txn" && request.success.every(isReadOnly) && request.failure.every(isReadOnly);
}

function checkSimple(request: Exclude<TxnOperation, TxnRequest>): EtcdError | null {
  if (request.key === "") return ERRORS.emptyKey;
  return request.op === "put" ? checkPut(request) : null;
}

function checkPut(request: PutRequest): EtcdError | null {
  if (request.ignoreValue === true && request.value.sizeBytes > 0) return ERRORS.valueProvided;
  return request.ignoreLease === true && (request.lease ?? 0) !== 0 ? ERRORS.leaseProvided : null;
}

function checkTxn(request: TxnRequest, allowed: number): EtcdError | null {
  const operations = Math.max(request.compare.length, request.success.length, request.failure.length);
  if (operations > allowed) return ERRORS.tooManyOps;
  if (request.compare.some((compare) => compare.key === "")) return ERRORS.emptyKey;
  for (const operation of [...request.success, ...request.failure]) {
    const refused = operation.op === "txn" ? checkTxn(operation, allowed - operations) : checkSimple(operation);
    if (refused !== null) return refused;
  }
  return null;
}

interface Intervals {
  readonly puts: Set<string>;
  readonly deletes: { readonly from: string; readonly to: string }[];
}

function intervalProblem(operations: readonly TxnOperation[]): EtcdError | null {
  if (operations.length < 2 && operations[0]?.op !== "txn") return null;
  return intervalsOf(operations) === null ? ERRORS.duplicateKey : null;
}

/** Keys that the operations put and ranges that they delete; null when a put meets another put or a delete. */
function intervalsOf(operations: readonly TxnOperation[]): Intervals | null {
  const all: Intervals = { puts: new Set(), deletes: [] };
  for (const operation of operations) {
    if (operation.op !== "deleteRange") continue;
    const { key, rangeEnd = "" } = operation;
    // As upstream, where "to the end" is not understood here: such a delete gets in nobody's way.
    all.deletes.push({ from: key, to: rangeEnd === "" ? `${key}\0` : rangeEnd });
  }
  for (const operation of operations) {
    if (operation.op === "txn" && !addNested(all, operation)) return null;
  }
  for (const operation of operations) {
    if (operation.op !== "put") continue;
    if (all.puts.has(operation.key) || isDeleted(all, operation.key)) return null;
    all.puts.add(operation.key);
  }
  return all;
}

/** The two branches of a nested transaction exclude each other, so they may put the same key. */
function addNested(all: Intervals, request: TxnRequest): boolean {
  const success = intervalsOf(request.success);
  const failure = intervalsOf(request.failure);
  if (success === null || failure === null) return false;
  for (const key of success.puts) {
    if (all.puts.has(key) || isDeleted(all, key)) return false;
  }
  for (const key of failure.puts) {
    if ((all.puts.has(key) && !success.puts.has(key)) || isDeleted(all, key)) return false;
  }
  for (const key of [...success.puts, ...failure.puts]) all.puts.add(key);
  all.deletes.push(...success.deletes, ...failure.deletes);
  return true;
}

function isDeleted(all: Intervals, key: string): boolean {
  return all.deletes.some(({ from, to }) => key >= from && key < to);
}
