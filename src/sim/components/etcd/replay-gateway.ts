import type { RecordedStep } from "./replay.ts";
import { recordedText, textOfBytes } from "./replay-bytes.ts";

/**
 * Exchanges with etcd's JSON gateway, word for word: bytes in base 64, 64-bit numbers as texts, defaults left out. They
 * are turned into the steps of the other recordings. What a watch sent does not say whose it is: see `message`.
 */
export interface GatewayExchange {
  readonly path: string;
  readonly request?: Fields;
  readonly response?: Fields;
  /** Of a watch: what it was answered first, or what it sent. */
  readonly first_message?: { readonly result: Fields };
  readonly message?: { readonly result: Fields };
}

type Fields = Readonly<Record<string, unknown>>;

/** A step, or a message of one of the watches. */
export type GatewayStep = RecordedStep | { readonly message: Fields };

const OPERATIONS: Readonly<Record<string, string>> = {
  "/v3/kv/range": "range",
  "/v3/kv/put": "put",
  "/v3/kv/deleterange": "delete_range",
  "/v3/kv/txn": "txn",
  "/v3/kv/compaction": "compact",
  "/v3/lease/grant": "lease_grant",
  "/v3/lease/revoke": "lease_revoke",
  "/v3/kv/lease/revoke": "lease_revoke",
  "/v3/lease/keepalive": "lease_keepalive",
  "/v3/lease/timetolive": "lease_timetolive",
  "/v3/kv/lease/timetolive": "lease_timetolive",
  "/v3/lease/leases": "lease_leases",
  "/v3/kv/lease/leases": "lease_leases",
};

export function stepsOfGateway(exchanges: readonly GatewayExchange[]): GatewayStep[] {
  return exchanges.map((exchange, index) => {
    if (exchange.message !== undefined) return { message: messageOf(exchange.message.result) };
    if (exchange.path === "/v3/watch") return watchCreated(exchange, `watch-${index}`);
    const op = OPERATIONS[exchange.path] ?? exchange.path;
    return { op, args: argsOf(op, exchange.request ?? {}), expect: expectOf(op, exchange.response ?? {}) };
  });
}

function watchCreated({ request, first_message }: GatewayExchange, watch: string): RecordedStep {
  const args = withBytes((request?.create_request ?? {}) as Fields, ["key", "range_end"]);
  const { header, created, canceled } = first_message?.result ?? {};
  return {
    op: "watch_create",
    args: { ...args, watch },
    expect: { revision: revisionOf(header), created: created === true, canceled: canceled === true },
  };
}

/** What a watch sent, as `watch_events` has it. */
function messageOf(result: Fields): Fields {
  const events = ((result.events ?? []) as readonly Fields[]).map(({ type = "PUT", kv, prev_kv }) => ({
    type,
    kv: kvOf(kv as Fields),
    ...(prev_kv === undefined ? {} : { prev_kv: kvOf(prev_kv as Fields) }),
  }));
  return result.canceled === true
    ? { events, canceled: true, compact_revision: Number(result.compact_revision ?? 0) }
    : { events };
}

function withBytes(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, names.includes(name) ? { b64: value } : value]),
  );
}

function argsOf(op: string, request: Fields): Fields {
  if (op !== "txn") return withBytes(request, ["key", "range_end", "value"]);
  const branch = (list: unknown) => ((list ?? []) as readonly Fields[]).map(nestedArgs);
  return {
    compare: ((request.compare ?? []) as readonly Fields[]).map((each) =>
      withBytes(each, ["key", "range_end", "value"]),
    ),
    success: branch(request.success),
    failure: branch(request.failure),
  };
}

function nestedArgs(operation: Fields): Fields {
  const [name, request] = Object.entries(operation)[0] as [string, Fields];
  const op = name.replace(/^request_/, "");
  return { [op]: argsOf(op, request) };
}

function expectOf(op: string, response: Fields): Fields {
  if (response.error !== undefined) {
    return { error: { grpc_code: response.code, message: response.message ?? response.error } };
  }
  const result = (response.result ?? response) as Fields;
  return { revision: revisionOf(result.header), ...answerOf(op, result) };
}

function revisionOf(header: unknown): number {
  return Number((header as Fields | undefined)?.revision ?? 0);
}

function answerOf(op: string, result: Fields): Fields {
  switch (op) {
    case "range":
      return {
        kvs: kvsOf(result.kvs),
        more: result.more === true,
        count: Number(result.count ?? 0),
      };
    case "put":
      return result.prev_kv === undefined ? {} : { prev_kv: kvOf(result.prev_kv as Fields) };
    case "delete_range":
      return {
        deleted: Number(result.deleted ?? 0),
        ...(result.prev_kvs === undefined ? {} : { prev_kvs: kvsOf(result.prev_kvs) }),
      };
    case "txn":
      return {
        succeeded: result.succeeded === true,
        responses: ((result.responses ?? []) as readonly Fields[]).map(nestedAnswer),
      };
    case "lease_grant":
    case "lease_keepalive":
      return { ID: String(result.ID ?? "0"), TTL: Number(result.TTL ?? 0) };
    case "lease_timetolive":
      return {
        ID: String(result.ID ?? "0"),
        granted_ttl: Number(result.grantedTTL ?? 0),
        ttl_is_minus_one: result.TTL === "-1",
        ...(result.keys === undefined
          ? {}
          : { keys: (result.keys as readonly string[]).map((b64) => recordedText(textOfBytes({ b64 }))) }),
      };
    case "lease_leases":
      return { leases: ((result.leases ?? []) as readonly Fields[]).map(({ ID }) => String(ID)) };
    default:
      return {};
  }
}

function nestedAnswer(response: Fields): Fields {
  const [name, result] = Object.entries(response)[0] as [string, Fields];
  const op = name.replace(/^response_/, "");
  return { [op]: answerOf(op, result) };
}

function kvsOf(list: unknown): Fields[] {
  return ((list ?? []) as readonly Fields[]).map(kvOf);
}

function kvOf(kv: Fields): Fields {
  const text = (b64: unknown) => recordedText(textOfBytes({ b64: b64 ?? "" }));
  return {
    key: text(kv.key),
    create_revision: Number(kv.create_revision ?? 0),
    mod_revision: Number(kv.mod_revision ?? 0),
    version: Number(kv.version ?? 0),
    value: text(kv.value),
    lease: String(kv.lease ?? "0"),
  };
}
