import type { Component, Context, Peer, StreamId } from "../../../../kernel/types.ts";
import type { HttpRequest, HttpResponse } from "../../../kube-apiserver/messages.ts";
import type { ProgramArgs } from "../../messages.ts";
import { acceptTcp, hangUp, isTcp, sendTcp, serveHttpBytes, type TcpFrame } from "../tcp.ts";
import { callAnswered, isAgnhostTag } from "./dial.ts";
import { flagOf, numberFlag, subcommandOf } from "./flags.ts";
import { guestbook, register } from "./guestbook.ts";
import { goLog } from "./log.ts";
import { startLogs, writeLine } from "./logs-generator.ts";
import { answerDatagram, netexec } from "./netexec.ts";
import { NOT_FOUND, ok, reply, splitPath } from "./query.ts";
import { healthControl, liveness, nettest, porter, porterPorts, testWebserver } from "./servers.ts";
import type { AgnhostMessage, AgnhostState, Asked } from "./state.ts";

const START_US = 30_000;
const LEAVE_US = 20_000;

/** Subcommands of the test suite's image `agnhost` that go on until they are stopped. */
export const AGNHOST_SERVERS: ReadonlySet<string> = new Set([
  "audit-proxy",
  "crd-conversion-webhook",
  "fake-gitserver",
  "fake-registry-server",
  "grpc-health-checking",
  "guestbook",
  "inclusterclient",
  "liveness",
  "logs-generator",
  "net",
  "netexec",
  "nettest",
  "no-snat-test",
  "no-snat-test-proxy",
  "pause",
  "port-forward-tester",
  "porter",
  "resource-consumer-controller",
  "sample-device-plugin",
  "serve-hostname",
  "test-webserver",
  "webhook",
]);

export const agnhost: Component<AgnhostState, AgnhostMessage> = {
  kind: "workload/agnhost",

  start(context: Context, given: unknown): AgnhostState {
    const args = given as ProgramArgs;
    const state: AgnhostState = {
      args,
      command: subcommandOf(args.argv),
      startedAtUs: context.nowUs,
      serving: numberFlag(args, "delay-unhealthy-sec", -1) !== 0,
      calls: new Map(),
      nextCall: 1,
      entries: new Map(),
      replicas: [],
      received: new Map(),
      lines: 0,
      connections: new Map(),
    };
    if (state.command === "pause") context.log("Paused");
    later(context, START_US, { type: "agnhostReady" });
    return state;
  },

  step(state, message, context): void {
    switch (message.type) {
      case "agnhostReady":
        ready(state, context);
        return;
      case "request":
        serve(state, context, { id: message.id, from: message.from, port: message.port }, message.body);
        return;
      case "streamOpened":
        if (isTcp(message.body)) acceptConnection(state, context, message.id);
        else context.closeStream(message.id);
        return;
      case "streamFrame":
        bytesCame(state, context, message.id, message.frame as TcpFrame);
        return;
      case "streamClosed":
        state.connections.delete(message.id);
        return;
      case "response":
        if (isAgnhostTag(message.tag)) callAnswered(state, context, message.tag, { body: message.body });
        return;
      case "requestFailed":
        if (isAgnhostTag(message.tag)) callAnswered(state, context, message.tag, { error: message.error });
        return;
      case "signal":
        signalled(state, context, message.signal);
        return;
      case "agnhostLater":
        context.respond(message.request, reply(message.status, message.body));
        return;
      case "agnhostExit":
        context.exit(message.exitCode);
        return;
      case "agnhostUnhealthy":
        state.serving = false;
        return;
      case "agnhostLine":
        writeLine(state, context);
        return;
      case "agnhostRegister":
        register(state, context);
        return;
      default:
        return;
    }
  },

  serviceTimeUs(message): number {
    return message.type === "request" ? 200 : 0;
  },
};

function later(context: Context, delayUs: number, message: AgnhostMessage): void {
  context.setTimer(delayUs, message, "keep");
}

function ready(state: AgnhostState, context: Context): void {
  const { command, args } = state;
  for (const port of portsOf(state)) {
    if (context.listen(port)) continue;
    goLog(context, `listen tcp :${port}: bind: address already in use`);
    context.exit(1);
    return;
  }
  if (command === "netexec") {
    goLog(context, `Started HTTP server on port ${numberFlag(args, "http-port", 8080)}`);
    if (numberFlag(args, "udp-port", 8081) !== -1)
      goLog(context, `Started UDP server on port  ${numberFlag(args, "udp-port", 8081)}`);
  }
  if (command === "serve-hostname") goLog(context, `Serving on port ${numberFlag(args, "port", 9376)}.`);
  if (command === "guestbook") register(state, context);
  if (command === "logs-generator") startLogs(state, context);
  const unhealthy = numberFlag(args, "delay-unhealthy-sec", -1);
  if (command === "grpc-health-checking" && unhealthy > 0)
    later(context, unhealthy * 1_000_000, { type: "agnhostUnhealthy" });
}

function portsOf(state: AgnhostState): readonly number[] {
  const { command, args } = state;
  const http = (otherwise: number): number => numberFlag(args, "http-port", otherwise);
  switch (command) {
    case "netexec": {
      const [udp, sctp] = [numberFlag(args, "udp-port", 8081), numberFlag(args, "sctp-port", -1)];
      return [...new Set([http(8080), udp, sctp])].filter((port) => port > 0);
    }
    case "serve-hostname":
      return [numberFlag(args, "port", 9376)];
    case "test-webserver":
      return [numberFlag(args, "port", 80)];
    case "guestbook":
      return [http(80)];
    case "porter":
      return [...porterPorts(state).keys()].map(Number);
    case "grpc-health-checking":
      return [numberFlag(args, "port", 5000), http(8080)];
    case "fake-gitserver":
      return [8000];
    case "fake-registry-server":
      return [5000];
    case "crd-conversion-webhook":
    case "webhook":
      return [numberFlag(args, "port", 443)];
    case "port-forward-tester":
      return [Number(args.env.BIND_PORT ?? "80")];
    case "no-snat-test-proxy":
      return [numberFlag(args, "port", 31_235)];
    case "nettest":
    case "no-snat-test":
      return [numberFlag(args, "port", 8080)];
    case "audit-proxy":
    case "liveness":
      return [8080];
    case "net": {
      const port = Number(flagOf(args, "serve").replace(/^.*:/, ""));
      return port > 0 ? [port] : [];
    }
    default:
      return [];
  }
}

/** Programs that stay until they are killed, since nothing in them looks at SIGTERM as process 1. */
function signalled(state: AgnhostState, context: Context, signal: string): void {
  if (signal !== "SIGTERM" && signal !== "SIGINT") return;
  if (state.command === "pause") {
    const exitCode = signal === "SIGINT" ? 1 : 2;
    context.log(`exiting with ${exitCode}`);
    context.exit(exitCode);
    return;
  }
  const delay = /^\d+$/.test(flagOf(state.args, "delay-shutdown")) ? numberFlag(state.args, "delay-shutdown", 0) : 0;
  later(context, delay * 1_000_000 + LEAVE_US, { type: "agnhostExit", exitCode: 0 });
}

function serve(
  state: AgnhostState,
  context: Context,
  exchange: { readonly id: number; readonly from: Peer; readonly port: string },
  body: unknown,
): void {
  const { id, from } = exchange;
  const asked = body as HttpRequest | { readonly type: "tcp" | "udp"; readonly data?: string };
  if (asked.type === "udp") {
    const data =
      state.command === "porter"
        ? (porterPorts(state).get(exchange.port) ?? "")
        : answerDatagram(state, { id, from }, asked.data ?? "");
    context.respond(id, { type: "udp", data });
    return;
  }
  if (asked.type !== "http") {
    context.respond(id, healthOf(state));
    return;
  }
  const { path, query } = splitPath(asked.path);
  const response = answer(state, context, { ...exchange, method: asked.method, path, query, body: String(asked.body) });
  if (response !== null)
    context.respond(id, response, { label: String(response.status), sizeBytes: response.body.length + 250 });
}

function acceptConnection(state: AgnhostState, context: Context, stream: StreamId): void {
  acceptTcp(state.connections, context, stream);
  if (state.command !== "port-forward-tester") return;
  context.log("Accepted client connection");
  if (state.args.env.EXPECTED_CLIENT_DATA === undefined || state.args.env.EXPECTED_CLIENT_DATA === "")
    sendChunks(state, context, stream);
}

/** `port-forward-tester`: so many chunks of so many bytes, and goodbye. */
function sendChunks(state: AgnhostState, context: Context, stream: StreamId): void {
  const { CHUNKS = "1", CHUNK_SIZE = "1" } = state.args.env;
  const chunk = "x".repeat(Math.min(65_536, Number(CHUNK_SIZE) || 0));
  for (let count = 0; count < Math.min(1_000, Number(CHUNKS) || 0); count += 1) sendTcp(context, stream, chunk);
  context.log("Done");
  hangUp(state.connections, context, stream);
}

function bytesCame(state: AgnhostState, context: Context, stream: StreamId, frame: TcpFrame): void {
  const { connections, args } = state;
  if (state.command !== "port-forward-tester") {
    const port = String(portsOf(state)[0] ?? "");
    serveHttpBytes(connections, context, stream, frame, ({ method, path: full, body }) => {
      const { path, query } = splitPath(full);
      const from = { process: "", machine: "", ip: args.podIp, dialled: "", certificate: null };
      return answer(state, context, { id: stream, from, port, method, path, query, body: String(body) });
    });
    return;
  }
  const connection = connections.get(stream);
  if (connection === undefined || frame.tcp !== "data") return;
  connection.unread += frame.data;
  const expected = args.env.EXPECTED_CLIENT_DATA ?? "";
  if (connection.unread.length < expected.length) return;
  context.log(
    connection.unread === expected ? "Received expected client data" : `Expected to read ${JSON.stringify(expected)}`,
  );
  sendChunks(state, context, stream);
}

/** What a TCP or gRPC probe hears. */
function healthOf({ command, serving }: AgnhostState): unknown {
  if (command !== "grpc-health-checking") return { type: "tcp" };
  return { type: "grpc", status: serving ? "SERVING" : "NOT_SERVING" };
}

function answer(state: AgnhostState, context: Context, asked: Asked): HttpResponse | null {
  switch (state.command) {
    case "netexec": {
      const override = flagOf(state.args, "http-override");
      return netexec(state, context, override === "" ? asked : { ...asked, ...splitPath(override) });
    }
    case "serve-hostname":
      return ok(state.args.container.hostname);
    case "test-webserver":
      return testWebserver(state, context, asked);
    case "liveness":
      return liveness(state, context, asked);
    case "porter":
      return porter(state, asked);
    case "guestbook":
      return guestbook(state, context, asked);
    case "nettest":
      return nettest(state, asked);
    case "grpc-health-checking":
      return healthControl(state, asked);
    case "fake-gitserver":
      return ok("I am a fake git server");
    case "port-forward-tester":
      return ok("");
    default:
      return NOT_FOUND;
  }
}
