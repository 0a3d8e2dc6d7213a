import type { TraceRef } from "../../../kernel/types.ts";
import { ERRORS } from "../errors.ts";
import type {
  Compare,
  DeleteRangeRequest,
  DeleteRangeResponse,
  EtcdError,
  EtcdEvent,
  KeyValue,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  StoredValue,
  TxnOperation,
  TxnRequest,
  TxnResponse,
} from "../messages.ts";
import { endOf, range, textOf } from "./range.ts";
import { beginWrite, deleteKey, endWrite, numberKey, putKey, revisionSeen, type Store, type Writing } from "./store.ts";
import type { Version } from "./version-log.ts";

export type OperationResponse = RangeResponse | PutResponse | DeleteRangeResponse | TxnResponse;

export interface Applied {
  readonly response: OperationResponse | EtcdError;
  /** What changed, in order, with what was before; empty when nothing did. All of one revision: the store's new one. */
  readonly events: readonly EtcdEvent[];
}

/** Makes a header for a revision: who answers, in which term. */
export type HeaderAt = (revision: number) => ResponseHeader;

const NOTHING: readonly EtcdEvent[] = Object.freeze([]);

/**
 * Applies a range, put, deleteRange or txn. Arguments were checked by `checkRequest`; what depends on the store (leases,
 * missing keys, compacted revisions) is checked here, before anything is written.
 */
export function applyOperation(store: Store, request: TxnOperation, header: HeaderAt, trace: TraceRef | null): Applied {
  const path = request.op === "txn" ? evaluate(store, request) : NO_PATH;
  const refused = check(store, request, path);
  if (refused !== null) return { response: refused, events: NOTHING };
  const writing = beginWrite(store, trace);
  const response = perform(writing, request, path, header);
  return { response, events: endWrite(writing) };
}

/** Which branch every transaction takes, nested ones in the order in which they stand. All compares see the store as it was. */
interface Path {
  readonly succeeded: boolean;
  readonly nested: readonly Path[];
}

const NO_PATH: Path = { succeeded: false, nested: [] };

function evaluate(store: Store, request: TxnRequest): Path {
  const succeeded = request.compare.every((compare) => holds(store, compare));
  const nested: Path[] = [];
  for (const operation of succeeded ? request.success : request.failure) {
    if (operation.op === "txn") nested.push(evaluate(store, operation));
  }
  return { succeeded, nested };
}

function holds(store: Store, compare: Compare): boolean {
  if (compare.rangeEnd === undefined || compare.rangeEnd === "") {
    const version = store.newest.get(compare.key);
    return holdsFor(compare, version === undefined || version.type === "DELETE" ? undefined : version.kv);
  }
  let any = false;
  let all = true;
  store.newest.range(compare.key, endOf(compare.rangeEnd), (_key, version) => {
    if (version.type === "DELETE") return true;
    any = true;
    all = holdsFor(compare, version.kv);
    return all;
  });
  return any ? all : holdsFor(compare, undefined);
}

function holdsFor(compare: Compare, kv: KeyValue | undefined): boolean {
  const { operand } = compare;
  if (compare.target === "VALUE") {
    if (kv === undefined) return false;
    const text = textOf(kv);
    return resultHolds(compare.result, text < operand ? -1 : text > operand ? 1 : 0);
  }
  return resultHolds(compare.result, numberOf(compare.target, kv) - Number(operand));
}

function numberOf(target: Exclude<Compare["target"], "VALUE">, kv: KeyValue | undefined): number {
  if (kv === undefined) return 0;
  switch (target) {
    case "VERSION":
      return kv.version;
    case "CREATE":
      return kv.createRevision;
    case "MOD":
      return kv.modRevision;
    case "LEASE":
      return kv.lease;
  }
}

function resultHolds(result: Compare["result"], order: number): boolean {
  switch (result) {
    case "EQUAL":
      return order === 0;
    case "NOT_EQUAL":
      return order !== 0;
    case "GREATER":
      return order > 0;
    case "LESS":
      return order < 0;
  }
}

/** In a txn first all puts, then all ranges, as etcd does. */
function check(store: Store, request: TxnOperation, path: Path): EtcdError | null {
  // A put that stands alone asks for its lease before its key.
  if (request.op === "put") return checkLease(store, request) ?? checkPut(store, request);
  // A range that stands alone takes every revision below 1 for the newest.
  if (request.op === "range" && (request.revision ?? 0) < 0) return null;
  return (
    visit(request, path, (operation) => (operation.op === "put" ? checkPut(store, operation) : null)) ??
    visit(request, path, (operation) => (operation.op === "range" ? checkRange(store, operation) : null))
  );
}

function visit(
  request: TxnOperation,
  path: Path,
  one: (operation: TxnOperation) => EtcdError | null,
): EtcdError | null {
  if (request.op !== "txn") return one(request);
  let nested = 0;
  for (const operation of path.succeeded ? request.success : request.failure) {
    const inner = operation.op === "txn" ? (path.nested[nested++] as Path) : NO_PATH;
    const refused = visit(operation, inner, one);
    if (refused !== null) return refused;
  }
  return null;
}

function checkPut(store: Store, request: PutRequest): EtcdError | null {
  if (request.ignoreValue === true || request.ignoreLease === true) {
    if (live(store, request.key) === undefined) return ERRORS.keyNotFound;
  }
  return checkLease(store, request);
}

function checkLease(store: Store, { lease = 0 }: PutRequest): EtcdError | null {
  return lease !== 0 && !store.leases.has(numberKey(lease)) ? ERRORS.leaseNotFound : null;
}

function checkRange(store: Store, request: RangeRequest): EtcdError | null {
  const { revision = 0 } = request;
  if (revision === 0) return null;
  if (revision > store.revision) return ERRORS.futureRevision;
  return revision < store.compactRevision ? ERRORS.compacted : null;
}

function live(store: Store, key: string): Version | undefined {
  const version = store.newest.get(key);
  return version === undefined || version.type === "DELETE" ? undefined : version;
}

function perform(writing: Writing, request: TxnOperation, path: Path, header: HeaderAt): OperationResponse {
  switch (request.op) {
    case "range":
      return performRange(writing, request, header);
    case "put":
      return performPut(writing, request, header);
    case "deleteRange":
      return performDelete(writing, request, header);
    case "txn":
      return performTxn(writing, request, path, header);
  }
}

function performRange(writing: Writing, request: RangeRequest, header: HeaderAt): RangeResponse {
  const current = revisionSeen(writing);
  const result = range(writing.store, request, current);
  if ("op" in result) throw new Error("A checked range was refused.");
  return Object.freeze({
    op: "range",
    header: header(current),
    kvs: Object.freeze(result.kvs),
    more: result.more,
    count: result.count,
  });
}

function performPut(writing: Writing, request: PutRequest, header: HeaderAt): PutResponse {
  const ignores = request.ignoreValue === true || request.ignoreLease === true;
  const kept = ignores ? live(writing.store, request.key)?.kv : undefined;
  const value: StoredValue = request.ignoreValue === true && kept !== undefined ? kept.value : request.value;
  const lease = request.ignoreLease === true && kept !== undefined ? kept.lease : (request.lease ?? 0);
  const old = putKey(writing, request.key, value, lease);
  const at = header(revisionSeen(writing));
  return request.prevKv === true && old !== undefined
    ? Object.freeze({ op: "put", header: at, prevKv: old })
    : Object.freeze({ op: "put", header: at });
}

function performDelete(writing: Writing, request: DeleteRangeRequest, header: HeaderAt): DeleteRangeResponse {
  const doomed: KeyValue[] = [];
  const { key, rangeEnd } = request;
  if (rangeEnd === undefined || rangeEnd === "") {
    const version = live(writing.store, key);
    if (version !== undefined) doomed.push(version.kv);
  } else {
    writing.store.newest.range(key, endOf(rangeEnd), (_key, version) => {
      if (version.type === "PUT") doomed.push(version.kv);
    });
  }
  for (const kv of doomed) deleteKey(writing, kv.key);
  return Object.freeze({
    op: "deleteRange",
    header: header(revisionSeen(writing)),
    deleted: doomed.length,
    prevKvs: request.prevKv === true ? Object.freeze(doomed) : NO_KVS,
  });
}

const NO_KVS: readonly KeyValue[] = Object.freeze([]);

function performTxn(writing: Writing, request: TxnRequest, path: Path, header: HeaderAt): TxnResponse {
  const responses: OperationResponse[] = [];
  let nested = 0;
  for (const operation of path.succeeded ? request.success : request.failure) {
    const inner = operation.op === "txn" ? (path.nested[nested++] as Path) : NO_PATH;
    responses.push(perform(writing, operation, inner, header));
  }
  return Object.freeze({
    op: "txn",
    header: header(revisionSeen(writing)),
    succeeded: path.succeeded,
    responses: Object.freeze(responses),
  });
}
