import { formatRfc1123z } from "../../../../api/time.ts";
import { spendCpu } from "../../../../kernel/cgroups.ts";
import { bookCpu, type CpuTime, createCpuTime } from "../../../../kernel/cpu-time.ts";
import type { Component, Context, Peer, StreamId } from "../../../../kernel/types.ts";
import type { HttpRequest, HttpResponse } from "../../../kube-apiserver/messages.ts";
import type { ProgramArgs } from "../../messages.ts";
import { acceptTcp, hangUp, isTcp, serveHttpBytes, type TcpConnections, type TcpFrame } from "../tcp.ts";
import { answerHttp, flag, programOf } from "./pages.ts";
import { serveRedis } from "./redis.ts";

/** A user's server: web servers, echo servers, databases. Serves HTTP, or only accepts connections. */
export interface ServerState {
  readonly args: ProgramArgs;
  readonly http: boolean;
  listening: boolean;
  served: number;
  readonly cpu: CpuTime;
  /** Since somebody sends plain bytes, not requests. */
  bytes: BytesState | null;
}

interface BytesState {
  readonly connections: TcpConnections;
  /** Of redis: keys and their values. */
  readonly store: Map<string, string>;
}

type ServerMessage =
  | { readonly type: "serverReady" | "serverLeave" }
  /** The work for a request is done. */
  | { readonly type: "serverWorked"; readonly id: number; readonly from: Peer; readonly request: HttpRequest };

/** How long a program takes until it listens. */
const START_US: Readonly<Record<string, number>> = {
  postgres: 1_500_000,
  mysqld: 6_000_000,
  mongod: 1_200_000,
  "rabbitmq-server": 5_000_000,
  "slow-start": 20_000_000,
};
const DATABASES: ReadonlySet<string> = new Set([
  "redis-server",
  "postgres",
  "mysqld",
  "mongod",
  "memcached",
  "rabbitmq-server",
  "fluentd",
  "fluent-bit",
]);
const QUICK_START_US = 30_000;
/** Requests that cost at least so much CPU are worked on one after another, under the container's limit. */
const LONG_WORK_US = 1_000;
const LEAVE_US = 50_000;

export const server: Component<ServerState, ServerMessage> = {
  kind: "workload/server",

  start(context: Context, given: unknown): ServerState {
    const args = given as ProgramArgs;
    const name = programOf(args);
    const seconds = Number(args.env.START_SECONDS ?? "");
    const delayUs = name === "slow-start" && seconds > 0 ? seconds * 1_000_000 : (START_US[name] ?? QUICK_START_US);
    for (const line of startLines(args, name)) context.log(line);
    later(context, delayUs, "serverReady");
    return {
      args,
      http: !DATABASES.has(name),
      listening: false,
      served: 0,
      cpu: createCpuTime(),
      bytes: null,
    };
  },

  step(state, message, context): void {
    switch (message.type) {
      case "serverReady":
        state.listening = true;
        for (const port of portsOf(state.args)) if (!context.listen(port)) failToBind(context, port);
        return;
      case "request":
        serve(state, context, message.id, message.from, message.body);
        return;
      case "streamOpened":
        if (isTcp(message.body)) acceptTcp(bytesOf(state).connections, context, message.id);
        else context.closeStream(message.id);
        return;
      case "streamFrame":
        bytesCame(state, context, message.id, message.frame as TcpFrame);
        return;
      case "streamClosed":
        state.bytes?.connections.delete(message.id);
        return;
      case "signal":
        if (
          message.signal === "SIGTERM" ||
          message.signal === "SIGQUIT" ||
          message.signal === "SIGINT" ||
          message.signal === "SIGWINCH"
        )
          later(context, LEAVE_US, "serverLeave");
        return;
      case "serverWorked":
        spendCpu(context, state.args.cgroup, state.args.imageConfig.requestCpuUs);
        answer(state, context, message.id, message.from, message.request);
        return;
      case "serverLeave":
        context.exit(0);
        return;
      default:
        return;
    }
  },

  serviceTimeUs(message): number {
    return message.type === "request" ? 200 : 0;
  },
};

function later(context: Context, delayUs: number, type: "serverReady" | "serverLeave"): void {
  const message: ServerMessage = { type };
  context.setTimer(delayUs, message, "keep");
}

function failToBind(context: Context, port: number): void {
  context.log(`bind() to 0.0.0.0:${port} failed (98: Address already in use)`);
  context.exit(1);
}

/** From the program's flags, else the image's own ports, else those that the pod declares. */
function portsOf(args: ProgramArgs): readonly number[] {
  const given =
    flag(args, "http-port") ||
    flag(args, "port") ||
    flag(args, "listen").replace(/^.*:/, "") ||
    (args.image.includes("hello-app") ? (args.env.PORT ?? "") : "");
  if (/^\d+$/.test(given)) return [Number(given)];
  const [python, port] = [args.argv.indexOf("http.server"), args.argv.at(-1) ?? ""];
  if (python >= 0) return [/^\d+$/.test(port) ? Number(port) : 8000];
  if (args.imageConfig.ports.length > 0) return args.imageConfig.ports;
  return args.container.ports.map(({ containerPort }) => containerPort);
}

function serve(state: ServerState, context: Context, id: number, from: Peer, body: unknown): void {
  state.served += 1;
  const { args } = state;
  const request = body as HttpRequest;
  const workUs = args.imageConfig.requestCpuUs;
  if (request.type === "http" && state.http && workUs >= LONG_WORK_US) {
    const doneAtUs = bookCpu(state.cpu, context.nowUs, workUs, args.container.limits.cpuMillicores);
    const message: ServerMessage = { type: "serverWorked", id, from, request };
    context.setTimer(doneAtUs - context.nowUs, message, "keep");
    return;
  }
  spendCpu(context, args.cgroup, workUs);
  if (request.type !== "http" || !state.http) context.respond(id, { type: "tcp" });
  else answer(state, context, id, from, request);
}

function answer(state: ServerState, context: Context, id: number, from: Peer, request: HttpRequest): void {
  const response = answerHttp(context, state.args, request, from.ip);
  logAccess(state, context, request, response, from.ip);
  context.respond(id, response, { label: String(response.status), sizeBytes: response.body.length + 250 });
}

function bytesOf(state: ServerState): BytesState {
  state.bytes ??= { connections: new Map(), store: new Map() };
  return state.bytes;
}

function bytesCame(state: ServerState, context: Context, stream: StreamId, frame: TcpFrame): void {
  const { args } = state;
  const { connections } = bytesOf(state);
  if (programOf(args) === "redis-server") serveRedis(bytesOf(state), context, stream, frame);
  else if (state.http)
    serveHttpBytes(connections, context, stream, frame, (request) => {
      state.served += 1;
      return answerHttp(context, args, request, args.podIp);
    });
  else if (frame.tcp === "end") hangUp(connections, context, stream);
}

function logAccess(
  { args }: ServerState,
  context: Context,
  { method, path, headers }: HttpRequest,
  { status, body }: HttpResponse,
  ip: string,
): void {
  const isNginx = programOf(args) === "nginx";
  if (!isNginx && !programOf(args).startsWith("httpd")) return;
  const agent = headers["user-agent"] ?? "-";
  const line = `${ip} - - [${accessTime(context.wallUs())}] "${method} ${path} HTTP/1.1" ${status} ${body.length}`;
  context.log(isNginx ? `${line} "-" "${agent}" "-"` : line);
}

/** `20/Nov/2026:09:00:00 +0000` */
function accessTime(wallUs: number): string {
  const [, day, month, year, clock] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(formatRfc1123z(wallUs)) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}

function startLines(args: ProgramArgs, name: string): readonly string[] {
  if (name === "nginx" && args.image.includes("/nginx:")) {
    return [
      "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
      "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
      "/docker-entrypoint.sh: Configuration complete; ready for start up",
    ];
  }
  if (name === "redis-server") return ["* Ready to accept connections tcp"];
  if (name === "postgres") return ["LOG:  database system is ready to accept connections"];
  if (name === "slow-start") return ["starting, this takes a while"];
  return [];
}
