import type { Credentials, ResourceRequest } from "../components/kube-apiserver/messages.ts";
import type { Certificate, Context, TraceRef } from "../kernel/types.ts";
import type { KubeconfigFile } from "./kubeconfig.ts";
import { type ApiRequest, methodOf, pathOf } from "./requests.ts";
import { createTokenBucket, reserveToken, type TokenBucket } from "./token-bucket.ts";

/** A REST client as plain state: whom it asks, as whom, and how often it may. */
export interface ApiClient {
  readonly name: string;
  server: string;
  certificate: Certificate | undefined;
  credentials: Credentials;
  readonly userAgent: string;
  readonly timeoutUs: number;
  /** Null: unlimited. */
  readonly limiter: TokenBucket | null;
  /** Calls that the limiter holds back, in order. */
  waiting: WaitingCall[];
}

interface WaitingCall {
  readonly atUs: number;
  readonly request: ApiRequest;
  readonly tag: unknown;
  readonly trace: TraceRef;
  readonly stream: boolean;
}

export interface ClientOptions {
  readonly name?: string;
  /** As upstream's: `kube-scheduler/v1.33.1 (linux/amd64) kubernetes/0000000`. */
  readonly userAgent: string;
  /** Tokens a second; 0: unlimited. client-go's default is 5, burst 10. */
  readonly qps: number;
  readonly burst: number;
  /** Default 32 s, which is what a caller in the world waits at most. */
  readonly timeoutUs?: number;
}

/** Timer of the machinery: the first held-back call of a client is due. */
export interface ClientTimer {
  readonly type: "machinery/client";
  readonly client: string;
}

const DEFAULT_TIMEOUT_US = 32_000_000;

export function createClient(config: KubeconfigFile, options: ClientOptions): ApiClient {
  return {
    name: options.name ?? "default",
    server: config.server,
    certificate: config.certificate,
    credentials: Object.freeze(config.token === undefined ? {} : { token: config.token }),
    userAgent: options.userAgent,
    timeoutUs: options.timeoutUs ?? DEFAULT_TIMEOUT_US,
    limiter: options.qps > 0 ? createTokenBucket(options.qps, options.burst) : null,
    waiting: [],
  };
}

/**
 * Sends `request`, as soon as the rate limit allows. The answer comes to the component's own step as `response` or
 * `requestFailed` with `tag` (read it with `resultOf`).
 */
export function call(client: ApiClient, context: Context, request: ApiRequest, tag: unknown): void {
  admit(client, context, { request, tag, stream: false });
}

/** Opens a watch. Frames come as `streamFrame`/`streamClosed` with `tag`. */
export function openWatch(client: ApiClient, context: Context, request: ApiRequest, tag: unknown): void {
  admit(client, context, { request, tag, stream: true });
}

/** A held-back call's time has come. */
export function releaseWaitingCalls(client: ApiClient, context: Context): void {
  let released = 0;
  for (const held of client.waiting) {
    if (held.atUs > context.nowUs) break;
    released += 1;
    send(client, context, held.request, held.tag, held.stream, held.trace);
  }
  if (released > 0) client.waiting = client.waiting.slice(released);
  const next = client.waiting[0];
  if (next !== undefined) wakeAt(client, context, next.atUs);
}

function admit(client: ApiClient, context: Context, ask: { request: ApiRequest; tag: unknown; stream: boolean }): void {
  const delayUs = client.limiter === null ? 0 : reserveToken(client.limiter, context.nowUs);
  if (delayUs === 0) {
    send(client, context, ask.request, ask.tag, ask.stream, undefined);
    return;
  }
  const held: WaitingCall = Object.freeze({ ...ask, atUs: context.nowUs + delayUs, trace: context.trace });
  client.waiting.push(held);
  if (client.waiting.length === 1) wakeAt(client, context, held.atUs);
}

function wakeAt(client: ApiClient, context: Context, atUs: number): void {
  const timer: ClientTimer = { type: "machinery/client", client: client.name };
  context.setTimer(Math.max(0, atUs - context.nowUs), timer);
}

function send(
  client: ApiClient,
  context: Context,
  request: ApiRequest,
  tag: unknown,
  stream: boolean,
  trace: TraceRef | undefined,
): void {
  const body: ResourceRequest = {
    type: "resource",
    ...request,
    credentials: client.credentials,
    userAgent: client.userAgent,
  };
  const options = {
    to: client.server,
    body,
    timeoutUs: client.timeoutUs,
    tag,
    certificate: client.certificate,
    label: stream ? `WATCH ${pathOf(request)}` : `${methodOf(request)} ${pathOf(request)}`,
    ...(trace === undefined ? {} : { trace }),
  };
  if (stream) context.openStream(options);
  else context.request(options);
}
