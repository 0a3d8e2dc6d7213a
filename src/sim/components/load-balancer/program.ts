import { withFields } from "../../kernel/records.ts";
import type { Component, Context, KernelMessage, NetworkError, Peer, RequestId, StreamId } from "../../kernel/types.ts";
import { methodOf, pathOf } from "../../machinery/requests.ts";
import type { HttpRequest, HttpResponse, ResourceRequest } from "../kube-apiserver/messages.ts";

export interface Backend {
  /** As it is called in the log: `control-plane-1`. */
  readonly name: string;
  /** `10.0.0.11:6443`. */
  readonly address: string;
}

export interface LoadBalancerArgs {
  readonly backends: readonly Backend[];
  /** Default 6443. */
  readonly port?: number;
}

interface Server extends Backend {
  up: boolean;
  /** Checks in a row that say otherwise than `up`. */
  against: number;
  checkSentAtUs: number;
  lastCheck: string;
  sessions: number;
}

/** What is under way for one caller. `origin` is the caller's own request or stream. */
interface Relay {
  readonly origin: RequestId | StreamId;
  readonly stream: boolean;
  readonly from: Peer;
  readonly body: unknown;
  readonly deadlineAtUs: number;
  server: number;
  /** Our request or stream to that server. */
  onward: RequestId | StreamId;
  /** Servers that refused it already. */
  readonly tried: Set<number>;
}

export interface LoadBalancerState {
  readonly servers: Server[];
  next: number;
  /** By the caller's request or stream. */
  readonly relays: Map<number, Relay>;
  /** Caller's process -> its server, as one kept-alive connection would have it. */
  readonly pinned: Map<string, number>;
  served: number;
}

export type LoadBalancerMessage = { readonly type: "check"; readonly server: number };

type Tag = { readonly check: number } | { readonly origin: number };

const CHECK_EVERY_US = 2_000_000;
const FALL = 3;
const RISE = 2;
const PROXY = "kube-apiserver";
const FORWARD_US = 20;

/** HAProxy in TCP mode in front of the API servers. */
export const loadBalancer: Component<LoadBalancerState, LoadBalancerMessage> = {
  kind: "load-balancer",
  start(context, args) {
    const { backends, port = 6443 } = args as LoadBalancerArgs;
    const server = (backend: Backend): Server => ({
      ...backend,
      up: true,
      against: 0,
      checkSentAtUs: 0,
      lastCheck: "",
      sessions: 0,
    });
    const state: LoadBalancerState = {
      servers: backends.map(server),
      next: 0,
      relays: new Map(),
      pinned: new Map(),
      served: 0,
    };
    context.listen(port);
    context.log(`Proxy ${PROXY} started.`);
    for (const index of state.servers.keys()) context.setTimer(0, { type: "check", server: index });
    return state;
  },

  step(state, message, context) {
    switch (message.type) {
      case "check":
        sendCheck(state, message.server, context);
        return;
      case "request":
        accept(state, message, message.deadlineAtUs, false, context);
        return;
      case "streamOpened":
        accept(state, message, 0, true, context);
        return;
      case "requestCancelled": {
        const relay = state.relays.get(message.id);
        if (relay === undefined) return;
        context.cancelRequest(relay.onward);
        done(state, relay);
        return;
      }
      case "response":
        answered(state, message.tag as Tag, message.body, context);
        return;
      case "requestFailed":
        failed(state, message.tag as Tag, message.error, context);
        return;
      case "streamFrame":
        passFrame(state, message, context);
        return;
      case "streamClosed":
        streamClosed(state, message, context);
        return;
      case "signal":
        context.exit(0, "Completed");
        return;
      default:
        return;
    }
  },

  serviceTimeUs: () => FORWARD_US,
};

function accept(
  state: LoadBalancerState,
  { id, from, body }: { readonly id: number; readonly from: Peer; readonly body: unknown },
  deadlineAtUs: number,
  stream: boolean,
  context: Context,
): void {
  const relay: Relay = { origin: id, stream, from, body, deadlineAtUs, server: -1, onward: 0, tried: new Set() };
  state.served += 1;
  const server = choose(state, relay);
  if (server < 0) {
    noServer(relay, context);
    return;
  }
  state.relays.set(id, relay);
  forward(state, relay, server, context);
}

/** The caller's server; a new caller gets the next one in turn. Each kubectl is a new caller. */
function choose(state: LoadBalancerState, { from, tried }: Relay): number {
  const own = state.pinned.get(from.process);
  if (own !== undefined && state.servers[own]!.up && !tried.has(own)) return own;
  const count = state.servers.length;
  for (let step = 0; step < count; step += 1) {
    const index = (state.next + step) % count;
    if (!state.servers[index]!.up || tried.has(index)) continue;
    state.next = (index + 1) % count;
    if (from.machine !== "laptop") state.pinned.set(from.process, index);
    return index;
  }
  return -1;
}

/** What passes through, for those who watch: the balancer itself does not look inside. */
function labelOf(body: unknown): string {
  const request = body as HttpRequest | ResourceRequest;
  if (request?.type === "http") return `${request.method} ${request.path}`;
  if (request?.type !== "resource") return "";
  return `${request.verb === "watch" ? "WATCH" : methodOf(request)} ${pathOf(request)}`;
}

function forward(state: LoadBalancerState, relay: Relay, server: number, context: Context): void {
  const { address } = state.servers[server]!;
  state.servers[server]!.sessions += 1;
  relay.server = server;
  const tag: Tag = Object.freeze({ origin: relay.origin });
  const certificate = relay.from.certificate ?? undefined;
  const options = { to: address, body: relay.body, certificate, tag, label: labelOf(relay.body) };
  relay.onward = relay.stream
    ? context.openStream(options)
    : context.request(withFields(options, { timeoutUs: Math.max(1, relay.deadlineAtUs - context.nowUs) }));
}

function done(state: LoadBalancerState, relay: Relay): void {
  state.relays.delete(relay.origin);
  if (relay.server >= 0) state.servers[relay.server]!.sessions -= 1;
}

function answered(state: LoadBalancerState, tag: Tag, body: unknown, context: Context): void {
  if ("check" in tag) {
    const { status } = body as HttpResponse;
    const passed = status >= 200 && status < 400;
    const result = passed ? "Layer7 check passed" : "Layer7 wrong status";
    checked(state, tag.check, passed, `${result}, code: ${status}`, context);
    return;
  }
  const relay = state.relays.get(tag.origin);
  if (relay === undefined) return;
  context.respond(relay.origin, body);
  done(state, relay);
}

function failed(state: LoadBalancerState, tag: Tag, error: NetworkError, context: Context): void {
  if ("check" in tag) {
    checked(state, tag.check, false, checkProblem(error), context);
    return;
  }
  const relay = state.relays.get(tag.origin);
  if (relay !== undefined) lost(state, relay, error, context);
}

/** A refused connection goes to the next server; anything later cannot be taken back. */
function lost(state: LoadBalancerState, relay: Relay, error: NetworkError, context: Context): void {
  state.pinned.delete(relay.from.process);
  if (error.kind === "refused" || error.kind === "unreachable") {
    relay.tried.add(relay.server);
    state.servers[relay.server]!.sessions -= 1;
    const server = choose(state, relay);
    if (server >= 0) {
      forward(state, relay, server, context);
      return;
    }
    state.relays.delete(relay.origin);
    noServer(relay, context);
    return;
  }
  done(state, relay);
  context.reset(relay.origin, error);
}

function noServer({ origin, from }: Relay, context: Context): void {
  context.log(`${from.ip} ${PROXY} ${PROXY}/<NOSRV> -1/-1/0 0 SC 0/0/0/0/0 0/0`);
  context.reset(origin);
}

function passFrame(
  state: LoadBalancerState,
  message: Extract<KernelMessage, { type: "streamFrame" }>,
  context: Context,
): void {
  const tag = message.tag as Tag | null;
  if (tag === null) {
    const relay = state.relays.get(message.id);
    if (relay !== undefined) context.sendFrame(relay.onward, message.frame);
    return;
  }
  if ("origin" in tag && state.relays.has(tag.origin)) context.sendFrame(tag.origin, message.frame);
}

function streamClosed(
  state: LoadBalancerState,
  message: Extract<KernelMessage, { type: "streamClosed" }>,
  context: Context,
): void {
  const tag = message.tag as Tag | null;
  if (tag === null) {
    const relay = state.relays.get(message.id);
    if (relay === undefined) return;
    context.closeStream(relay.onward);
    done(state, relay);
    return;
  }
  const relay = "origin" in tag ? state.relays.get(tag.origin) : undefined;
  if (relay === undefined || relay.onward !== message.id) return;
  if (message.error !== null) {
    lost(state, relay, message.error, context);
    return;
  }
  context.closeStream(relay.origin);
  done(state, relay);
}

const READYZ: HttpRequest = Object.freeze({
  type: "http",
  method: "GET",
  path: "/readyz",
  headers: Object.freeze({ host: PROXY, "user-agent": "haproxy" }),
  body: "",
});

function sendCheck(state: LoadBalancerState, index: number, context: Context): void {
  const server = state.servers[index]!;
  server.checkSentAtUs = context.nowUs;
  const tag: Tag = Object.freeze({ check: index });
  context.request({ to: server.address, body: READYZ, timeoutUs: CHECK_EVERY_US, tag, label: "GET /readyz" });
  context.setTimer(CHECK_EVERY_US, { type: "check", server: index });
}

function checked(state: LoadBalancerState, index: number, passed: boolean, info: string, context: Context): void {
  const server = state.servers[index]!;
  server.lastCheck = info;
  if (passed === server.up) {
    server.against = 0;
    return;
  }
  server.against += 1;
  if (server.against < (server.up ? FALL : RISE)) return;
  server.up = passed;
  server.against = 0;
  if (!passed) for (const [process, pinned] of [...state.pinned]) if (pinned === index) state.pinned.delete(process);
  logChange(state, server, context);
}

function logChange(state: LoadBalancerState, server: Server, context: Context): void {
  const active = state.servers.filter(({ up }) => up).length;
  const durationMs = Math.trunc((context.nowUs - server.checkSentAtUs) / 1000);
  const check = `reason: ${server.lastCheck}, check duration: ${durationMs}ms`;
  const counts = `${active} active and 0 backup servers`;
  context.log(
    server.up
      ? `Server ${PROXY}/${server.name} is UP, ${check}. ${counts} online. 0 sessions requeued, 0 total in queue.`
      : `Server ${PROXY}/${server.name} is DOWN, ${check}. ${counts} left. ${server.sessions} sessions active, 0 requeued, 0 remaining in queue.`,
  );
  if (active === 0) context.log(`proxy ${PROXY} has no server available!`);
}

function checkProblem({ kind }: NetworkError): string {
  switch (kind) {
    case "refused":
      return `Layer4 connection problem, info: "Connection refused"`;
    case "unreachable":
      return `Layer4 connection problem, info: "No route to host"`;
    case "timedOut":
      return "Layer4 timeout";
    case "reset":
      return `Layer7 invalid response, info: "Connection reset by peer"`;
    case "tls":
      return `Layer6 invalid response, info: "SSL handshake failure"`;
  }
}
