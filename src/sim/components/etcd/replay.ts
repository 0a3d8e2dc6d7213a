import { ERRORS } from "./errors.ts";
import { isError } from "./is-error.ts";
import type { EtcdError, EtcdEvent, KeyValue, StoredValue, TxnOperation } from "./messages.ts";
import { checkRequest } from "./mvcc/check-request.ts";
import { checkLeaseGrant, grantLease, leaseIds, leaseOf, minimumTtlSeconds, revokeLease } from "./mvcc/lease.ts";
import { compactStore, createStore, keysOfLease, type Store } from "./mvcc/store.ts";
import { applyOperation, type OperationResponse } from "./mvcc/txn.ts";
import {
  addWatcher,
  createWatchHub,
  isEmptyRange,
  missedEvents,
  notify,
  removeWatcher,
  type Watcher,
  type WatchHub,
} from "./mvcc/watch.ts";
import { bytesOf, recordedText, textOfBytes } from "./replay-bytes.ts";
import { type GatewayExchange, type GatewayStep, stepsOfGateway } from "./replay-gateway.ts";

/**
 * Recordings of a real etcd's answers: sequences of operations, each on an empty store. `format` inside says how; or
 * exchanges with its JSON gateway as they were.
 */
export interface Recording {
  readonly sequences: readonly {
    readonly name: string;
    readonly steps?: readonly RecordedStep[];
    readonly exchanges?: readonly GatewayExchange[];
  }[];
}

type Fields = Readonly<Record<string, unknown>>;

export interface RecordedStep {
  readonly op: string;
  readonly args: Fields;
  readonly expect: Fields;
}

export interface ReplayedStep {
  readonly sequence: string;
  readonly step: number;
  readonly operation: string;
  /** Null when the answer is the recorded one. */
  readonly difference: { readonly expected: string; readonly got: string } | null;
}

/** Plays every sequence on a store of its own and compares each answer. */
export function replay(recording: Recording): ReplayedStep[] {
  return recording.sequences.flatMap(({ name, steps, exchanges }) => {
    const replayer = createReplayer();
    const all: readonly GatewayStep[] = steps ?? stepsOfGateway(exchanges ?? []);
    return all.map((step, index) => ({ sequence: name, step: index, ...play(replayer, step) }));
  });
}

function play(replayer: Replayer, step: GatewayStep): Pick<ReplayedStep, "operation" | "difference"> {
  if ("message" in step) return { operation: "watch_message", difference: missing(replayer, step.message) };
  const got = canonical(answer(replayer, step));
  const expected = canonical(withoutTransport(step.expect));
  return { operation: step.op, difference: got === expected ? null : { expected, got } };
}

/** A message must be what one of the watches has to say next. Null: it is, and is taken from it. */
function missing(replayer: Replayer, message: Fields): ReplayedStep["difference"] {
  const { events = [] } = message as { readonly events?: readonly unknown[] };
  const expected = canonical(message);
  const candidates: string[] = [];
  for (const watched of replayer.watches.values()) {
    const said = canonical(eventsOf(watched, events.length));
    if (said !== expected) {
      candidates.push(said);
      continue;
    }
    watched.events.splice(0, events.length);
    if (message.canceled === true) watched.cancelledAt = null;
    return null;
  }
  return { expected, got: candidates.join(" or ") };
}

interface Replayer {
  readonly store: Store;
  readonly hub: WatchHub;
  readonly watches: Map<string, Watched>;
}

interface Watched {
  readonly id: number;
  /** What it was sent and nobody has looked at. */
  readonly events: EtcdEvent[];
  cancelledAt: number | null;
}

function createReplayer(): Replayer {
  return { store: createStore(), hub: createWatchHub(), watches: new Map() };
}

/** The status of a gateway's answer follows from the gRPC code. */
function withoutTransport(expect: Fields): Fields {
  const { error } = expect as { error?: Fields };
  return error === undefined ? expect : { error: { grpc_code: error.grpc_code, message: error.message } };
}

function answer(replayer: Replayer, step: RecordedStep): Fields {
  const { store } = replayer;
  const { args } = step;
  const result = perform(replayer, step.op, args);
  if (isError(result)) return { error: { grpc_code: GRPC_CODES[result.code], message: result.text } };
  const readsHeader = step.op !== "watch_events";
  return readsHeader && !("revision" in result) ? { revision: store.revision, ...result } : result;
}

const GRPC_CODES: Readonly<Record<EtcdError["code"], number>> = {
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  OutOfRange: 11,
  Unavailable: 14,
  DataLoss: 15,
};

function perform(replayer: Replayer, op: string, args: Fields): Fields | EtcdError {
  switch (op) {
    case "range":
    case "put":
    case "delete_range":
    case "txn":
      return operate(replayer, operationOf(op, args));
    case "compact":
      return compact(replayer.store, Number(args.revision));
    case "watch_create":
      return watch(replayer, args);
    case "watch_cancel":
      return cancelWatch(replayer, String(args.watch));
    case "watch_events":
      return takeEvents(replayer, String(args.watch));
    default:
      return operateLease(replayer, op, args);
  }
}

function operate(replayer: Replayer, request: TxnOperation): Fields | EtcdError {
  const refused = checkRequest(request);
  if (refused !== null) return refused;
  const { response, events } = applyOperation(replayer.store, request, headerAt, null);
  publish(replayer, events);
  return isError(response) ? response : { revision: response.header.revision, ...recordedResponse(response) };
}

const headerAt = (revision: number) => ({ clusterId: "0", memberId: "0", revision, raftTerm: 1 });

function publish(replayer: Replayer, events: readonly EtcdEvent[]): void {
  if (events.length === 0) return;
  const byId = new Map([...replayer.watches.values()].map((watched) => [watched.id, watched]));
  notify(replayer.hub, events, (watcher, wanted) => {
    byId.get(watcher.id)?.events.push(...wanted);
  });
}

function compact(store: Store, revision: number): Fields | EtcdError {
  if (revision <= store.compactRevision) return ERRORS.compacted;
  if (revision > store.revision) return ERRORS.futureRevision;
  compactStore(store, revision);
  return {};
}

function watch(replayer: Replayer, args: Fields): Fields {
  const { store, hub, watches } = replayer;
  const start = Number(args.start_revision ?? 0);
  const filters = (args.filters ?? []) as readonly string[];
  const watcher: Watcher = {
    id: watches.size,
    key: textOfBytes(args.key),
    rangeEnd: textOfBytes(args.range_end),
    prevKv: args.prev_kv === true,
    progressNotify: false,
    requireLeader: false,
    noPut: filters.includes("NOPUT"),
    noDelete: filters.includes("NODELETE"),
    nextRevision: start === 0 ? store.revision + 1 : start,
  };
  if (isEmptyRange(watcher.key, watcher.rangeEnd)) {
    watches.set(String(args.watch), { id: watcher.id, events: [], cancelledAt: null });
    return { created: true, canceled: true };
  }
  const missed = missedEvents(store, watcher);
  const cancelled = missed === "compacted";
  watches.set(String(args.watch), {
    id: watcher.id,
    events: cancelled ? [] : [...missed],
    cancelledAt: cancelled ? store.compactRevision : null,
  });
  if (!cancelled) addWatcher(hub, watcher);
  return { created: true, canceled: false };
}

function cancelWatch(replayer: Replayer, name: string): Fields {
  const watched = replayer.watches.get(name);
  if (watched !== undefined) removeWatcher(replayer.hub, watched.id);
  return { canceled: true };
}

function takeEvents(replayer: Replayer, name: string): Fields {
  const watched = replayer.watches.get(name);
  if (watched === undefined) throw new Error(`No watch ${name}.`);
  const taken = eventsOf(watched, watched.events.length);
  watched.events.length = 0;
  return taken;
}

/** The next events of a watch, and whether it was cancelled. */
function eventsOf(watched: Watched, count: number): Fields {
  const events = watched.events.slice(0, count).map(({ type, kv, prevKv }) => ({
    type,
    kv: recordedKv(kv),
    ...(prevKv === undefined ? {} : { prev_kv: recordedKv(prevKv) }),
  }));
  return watched.cancelledAt === null ? { events } : { events, canceled: true, compact_revision: watched.cancelledAt };
}

function operateLease(replayer: Replayer, op: string, args: Fields): Fields | EtcdError {
  const { store } = replayer;
  const id = Number(args.ID ?? 0);
  switch (op) {
    case "lease_grant": {
      const refused = checkLeaseGrant(Number(args.TTL));
      if (refused !== null) return refused;
      const lease = grantLease(store, id, Number(args.TTL), minimumTtlSeconds(1000));
      return isError(lease) ? lease : { ID: String(id), TTL: lease.ttlSeconds };
    }
    case "lease_revoke": {
      const events = revokeLease(store, id, null);
      if (events === null) return ERRORS.leaseNotFound;
      publish(replayer, events);
      return {};
    }
    case "lease_keepalive":
      return { ID: String(id), TTL: leaseOf(store, id)?.ttlSeconds ?? 0 };
    case "lease_timetolive": {
      const lease = leaseOf(store, id);
      const keys = keysOfLease(store, id);
      return {
        ID: String(id),
        granted_ttl: lease?.ttlSeconds ?? 0,
        ttl_is_minus_one: lease === undefined,
        ...(args.keys === true && keys.length > 0 ? { keys: keys.map(recordedText) } : {}),
      };
    }
    case "lease_leases":
      return { leases: leaseIds(store).map(String) };
    default:
      throw new Error(`Unknown operation ${op}.`);
  }
}

function operationOf(op: string, args: Fields): TxnOperation {
  const key = textOfBytes(args.key);
  const rangeEnd = textOfBytes(args.range_end);
  switch (op) {
    case "range":
      return {
        op: "range",
        key,
        rangeEnd,
        limit: Number(args.limit ?? 0),
        revision: Number(args.revision ?? 0),
        sort: {
          target: (args.sort_target ?? "KEY") as "KEY",
          order: (args.sort_order ?? "NONE") as "NONE",
        },
        keysOnly: args.keys_only === true,
        countOnly: args.count_only === true,
        minModRevision: Number(args.min_mod_revision ?? 0),
        maxModRevision: Number(args.max_mod_revision ?? 0),
        minCreateRevision: Number(args.min_create_revision ?? 0),
        maxCreateRevision: Number(args.max_create_revision ?? 0),
      };
    case "put":
      return {
        op: "put",
        key,
        value: textValue(textOfBytes(args.value)),
        lease: Number(args.lease ?? 0),
        prevKv: args.prev_kv === true,
        ignoreValue: args.ignore_value === true,
        ignoreLease: args.ignore_lease === true,
      };
    case "delete_range":
      return { op: "deleteRange", key, rangeEnd, prevKv: args.prev_kv === true };
    default:
      return {
        op: "txn",
        compare: ((args.compare ?? []) as readonly Fields[]).map(compareOf),
        success: ((args.success ?? []) as readonly Fields[]).map(nestedOf),
        failure: ((args.failure ?? []) as readonly Fields[]).map(nestedOf),
      };
  }
}

function nestedOf(operation: Fields): TxnOperation {
  const [op, args] = Object.entries(operation)[0] as [string, Fields];
  return operationOf(op, args);
}

function compareOf(compare: Fields): Extract<TxnOperation, { op: "txn" }>["compare"][number] {
  const { key, range_end, target, result, ...operands } = compare;
  const operand = Object.values(operands)[0] ?? (target === "VALUE" ? "" : 0);
  return {
    key: textOfBytes(key),
    rangeEnd: textOfBytes(range_end),
    target: target as "VALUE",
    result: result as "EQUAL",
    operand: target === "VALUE" ? textOfBytes(operand) : Number(operand),
  };
}

function textValue(data: string): StoredValue {
  return Object.freeze({ data, sizeBytes: bytesOf(data).length });
}

function recordedResponse(response: OperationResponse): Fields {
  switch (response.op) {
    case "range":
      return { kvs: response.kvs.map(recordedKv), more: response.more, count: response.count };
    case "put":
      return response.prevKv === undefined ? {} : { prev_kv: recordedKv(response.prevKv) };
    case "deleteRange":
      return {
        deleted: response.deleted,
        ...(response.prevKvs.length === 0 ? {} : { prev_kvs: response.prevKvs.map(recordedKv) }),
      };
    case "txn":
      return {
        succeeded: response.succeeded,
        responses: response.responses.map((each) => ({ [RECORDED_NAMES[each.op]]: recordedResponse(each) })),
      };
  }
}

const RECORDED_NAMES = { range: "range", put: "put", deleteRange: "delete_range", txn: "txn" } as const;

function recordedKv(kv: KeyValue): Fields {
  return {
    key: recordedText(kv.key),
    create_revision: kv.createRevision,
    mod_revision: kv.modRevision,
    version: kv.version,
    value: recordedText(String(kv.value.data)),
    lease: String(kv.lease),
  };
}

/** Text that is equal for equal answers; false is as good as absent in a nested transaction's answer. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    const record = each as Fields;
    return Object.fromEntries(
      Object.keys(record)
        .sort()
        .filter((key) => record[key] !== undefined && !(key === "succeeded" && record[key] === false))
        .map((key) => [key, record[key]]),
    );
  });
}
