import type { Context, NetworkError } from "../../../kernel/types.ts";
import type {
  Compare,
  EtcdError,
  EtcdRequest,
  EtcdResponse,
  RangeResponse,
  TxnOperation,
  TxnResponse,
} from "../../etcd/messages.ts";
import type { AvailabilityTag } from "../aggregator/availability.ts";
import type { ForwardTag } from "../aggregator/forward.ts";
import type { ApiServerState, Exchange } from "../state.ts";

/** What comes back with an answer of etcd (or of a kubelet), saying whose it is. */
export type Tag =
  | { readonly use: "exchange"; readonly exchange: number }
  | { readonly use: "cache"; readonly resource: string; readonly epoch: number }
  | { readonly use: "quota"; readonly namespace: string }
  | { readonly use: "task"; readonly task: string }
  | { readonly use: "kubelet"; readonly exchange: number }
  | AvailabilityTag
  | ForwardTag;

/** etcd's answer as an exchange sees it. */
export type EtcdAnswer =
  | { readonly ok: true; readonly body: EtcdResponse }
  | { readonly ok: false; readonly text: string };

export function askEtcd(state: ApiServerState, context: Context, body: EtcdRequest, tag: Tag, timeoutUs: number): void {
  context.request({
    to: state.etcd.address,
    body,
    timeoutUs,
    tag,
    certificate: state.etcd.certificate,
    label: labelOf(body),
  });
}

/** Asks on behalf of an exchange, as long as its caller waits. */
export function askFor(state: ApiServerState, exchange: Exchange, context: Context, body: EtcdRequest): void {
  const timeoutUs = Math.max(1, exchange.deadlineAtUs - context.nowUs);
  askEtcd(state, context, body, { use: "exchange", exchange: exchange.id }, timeoutUs);
}

export function answerOf(
  message:
    | { readonly type: "response"; readonly body: unknown }
    | { readonly type: "requestFailed"; readonly error: NetworkError },
): EtcdAnswer {
  if (message.type === "requestFailed") return { ok: false, text: connectionText(message.error) };
  const body = message.body as EtcdResponse | EtcdError;
  return body.op === "error" ? { ok: false, text: body.text } : { ok: true, body };
}

/** As the gRPC client words what the network did. */
export function connectionText(error: NetworkError): string {
  switch (error.kind) {
    case "timedOut":
      return "context deadline exceeded";
    case "reset":
      return "rpc error: code = Unavailable desc = error reading from server: EOF";
    case "tls":
      return `rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: ${error.text}"`;
    default:
      return `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${error.text}"`;
  }
}

export function rangeOf(body: EtcdResponse): RangeResponse {
  if (body.op !== "range") throw new Error(`etcd answered a range with ${body.op}.`);
  return body;
}

export function txnOf(body: EtcdResponse): TxnResponse {
  if (body.op !== "txn") throw new Error(`etcd answered a transaction with ${body.op}.`);
  return body;
}

export function modEquals(key: string, revision: number): Compare {
  return { key, target: "MOD", result: "EQUAL", operand: revision };
}

function labelOf(body: EtcdRequest): string {
  switch (body.op) {
    case "range":
      return `Range ${body.key}`;
    case "txn":
      return `Txn ${keyOfOperation(body.success[0])}`;
    case "put":
      return `Put ${body.key}`;
    case "deleteRange":
      return `DeleteRange ${body.key}`;
    default:
      return `${body.op[0]!.toUpperCase()}${body.op.slice(1)}`;
  }
}

function keyOfOperation(operation: TxnOperation | undefined): string {
  return operation === undefined || operation.op === "txn" ? "" : operation.key;
}
