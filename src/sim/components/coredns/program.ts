import { type ApiObject, deepFreeze } from "../../api/object.ts";
import type { Component, Context, KernelMessage, RequestId } from "../../kernel/types.ts";
import { inClusterConfig } from "../../machinery/kubeconfig.ts";
import {
  allSynced,
  createMachinery,
  type Machinery,
  type MachineryTimer,
  machineryStep,
  startInformers,
} from "../../machinery/machinery.ts";
import { ENDPOINT_SLICES, NAMESPACES, PODS, SERVICES } from "../../machinery/resources.ts";
import type { IndexFunctions } from "../../machinery/store.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import type { HttpRequest, HttpResponse } from "../kube-apiserver/messages.ts";
import { type DnsConfig, dnsConfig } from "./config.ts";
import { CorefileError, parseCorefile } from "./corefile.ts";
import type { DnsAnswer, DnsQuery } from "./messages.ts";
import { answerQuery, canonicalIp, NO_RECORDS, recordsOf, shuffled } from "./serve.ts";
import type { DnsService } from "./zone.ts";

export interface CorednsState {
  readonly args: ProgramArgs;
  /** Text of the Corefile in force. */
  corefile: string;
  config: DnsConfig | null;
  /** Null: the process could not start, or no plugin needs the API. */
  machinery: Machinery | null;
  /** `waiting`: for the API, before it serves. */
  phase: "waiting" | "serving" | "lameduck";
  queries: number;
  readonly byRcode: Map<string, number>;
  /** The last queries, newest last. */
  recent: readonly RecentQuery[];
}

export interface RecentQuery {
  readonly atUs: number;
  readonly from: string;
  readonly name: string;
  readonly qtype: string;
  readonly rcode: string;
  readonly answers: readonly string[];
}

export type CorednsMessage =
  | MachineryTimer
  /** Serve even without the API. */
  | { readonly type: "startAnyway" }
  | { readonly type: "reload" }
  | { readonly type: "lameduckOver" };

const SYNC_WAIT_US = 5_000_000;
const RELOAD_EVERY_US = 30_000_000;
const QUERY_US = 120;
const RECENT_MAX = 50;

const INDEXES: IndexFunctions = Object.freeze({
  service: ({ metadata }: ApiObject) => {
    const name = metadata?.labels?.["kubernetes.io/service-name"];
    return name === undefined ? [] : [`${metadata?.namespace}/${name}`];
  },
  clusterIp: (service: ApiObject) => {
    const { clusterIP, clusterIPs } = (service as DnsService).spec;
    return (clusterIPs ?? (clusterIP ? [clusterIP] : [])).filter((ip) => ip !== "None" && ip !== "").map(canonicalIp);
  },
  podIp: (pod: ApiObject) => {
    const ip = (pod.status as { readonly podIP?: string } | undefined)?.podIP;
    return ip ? [ip] : [];
  },
});

/** The program in image `registry.k8s.io/coredns/coredns`. */
export const coredns: Component<CorednsState, CorednsMessage> = {
  kind: "coredns",
  start(context, given) {
    const args = given as ProgramArgs;
    const state: CorednsState = {
      args,
      corefile: "",
      config: null,
      machinery: null,
      phase: "waiting",
      queries: 0,
      byRcode: new Map(),
      recent: Object.freeze([]),
    };
    const path = corefilePath(args);
    const text = mountedFile(args, context, path);
    try {
      if (text === undefined) throw new CorefileError(`open ${path}: no such file or directory`);
      state.corefile = text;
      state.config = dnsConfig(parseCorefile(text, path));
    } catch (error) {
      fail(context, (error as Error).message);
      return state;
    }
    if (state.config.kubernetes !== null) {
      const kubeconfig = inClusterConfig(args);
      if (kubeconfig === null) {
        fail(
          context,
          "plugin/kubernetes: unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined",
        );
        return state;
      }
      state.machinery = createMachinery({
        kubeconfig,
        client: { userAgent: "coredns/1.12.0 (linux/amd64)", qps: 5, burst: 10 },
        informers: [
          { resource: SERVICES, indexes: ["clusterIp"] },
          { resource: ENDPOINT_SLICES, indexes: ["service"] },
          { resource: NAMESPACES },
          ...(state.config.kubernetes.pods === "verified" ? [{ resource: PODS, indexes: ["podIp"] }] : []),
        ],
      });
      context.log("[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server");
      context.setTimer(SYNC_WAIT_US, { type: "startAnyway" });
      startInformers(state.machinery, context);
    } else {
      serve(state, context);
    }
    if (state.config.reloads) context.setTimer(RELOAD_EVERY_US, { type: "reload" });
    return state;
  },

  step(state, message, context) {
    if (state.machinery !== null && machineryStep(state.machinery, message, context, INDEXES) !== null) {
      if (state.phase === "waiting" && allSynced(state.machinery)) serve(state, context);
      return;
    }
    stepOwn(state, message, context);
  },

  serviceTimeUs: (message) => (message.type === "request" ? QUERY_US : 0),
};

function corefilePath({ argv }: ProgramArgs): string {
  const at = argv.findIndex((argument) => argument === "-conf" || argument === "--conf");
  return at < 0 ? "Corefile" : (argv[at + 1] ?? "Corefile");
}

function mountedFile(args: ProgramArgs, context: Context, path: string): string | undefined {
  for (const mount of args.container.mounts) {
    if (!path.startsWith(`${mount.path}/`)) continue;
    const volume = mount.volume === undefined ? undefined : context.disk.read(mount.volume);
    const files = (volume as { readonly files?: Readonly<Record<string, string>> } | undefined)?.files ?? mount.files;
    const text = files?.[path.slice(mount.path.length + 1)];
    if (text !== undefined) return text;
  }
  return undefined;
}

function fail(context: Context, text: string): void {
  context.log(text);
  context.exit(1, "Error", text);
}

function serve(state: CorednsState, context: Context): void {
  const config = state.config!;
  state.phase = "serving";
  context.listen(config.port);
  if (config.health !== null) context.listen(config.health.port);
  if (config.readyPort !== null) context.listen(config.readyPort);
  context.log(`${config.zone}:${config.port}`);
  context.log("CoreDNS-1.12.0");
  context.log("linux/amd64, go1.23.3, 51e11f1");
}

function stepOwn(state: CorednsState, message: KernelMessage | CorednsMessage, context: Context): void {
  switch (message.type) {
    case "startAnyway":
      if (state.phase !== "waiting") return;
      context.log("[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API");
      serve(state, context);
      return;
    case "reload":
      reload(state, context);
      return;
    case "lameduckOver":
      context.exit(0, "Completed");
      return;
    case "request":
      onRequest(state, message, context);
      return;
    case "streamOpened":
      context.closeStream(message.id);
      return;
    case "signal":
      terminate(state, context);
      return;
    default:
      return;
  }
}

/** The Corefile changed in its mount: take it up, or keep the old one if it is wrong. */
function reload(state: CorednsState, context: Context): void {
  context.setTimer(RELOAD_EVERY_US, { type: "reload" });
  const path = corefilePath(state.args);
  const text = mountedFile(state.args, context, path);
  if (text === undefined || text === state.corefile) return;
  state.corefile = text;
  context.log("[INFO] Reloading");
  try {
    state.config = dnsConfig(parseCorefile(text, path));
    context.log("[INFO] Reloading complete");
  } catch (error) {
    context.log(`[ERROR] Restart failed: ${(error as Error).message}`);
    context.log("[ERROR] plugin/reload: Corefile changed but reload failed: starting with old configuration");
  }
}

function terminate(state: CorednsState, context: Context): void {
  if (state.phase === "lameduck") return;
  const lameduckUs = state.config?.health?.lameduckUs ?? 0;
  context.log("[INFO] SIGTERM: Shutting down servers then terminating");
  if (lameduckUs === 0) {
    context.exit(0, "Completed");
    return;
  }
  state.phase = "lameduck";
  context.log(`[INFO] plugin/health: Going into lameduck mode for ${Math.round(lameduckUs / 1_000_000)}s`);
  context.setTimer(lameduckUs, { type: "lameduckOver" }, "keep");
}

function onRequest(
  state: CorednsState,
  { id, from, body }: { readonly id: RequestId; readonly from: { readonly ip: string }; readonly body: unknown },
  context: Context,
): void {
  const asked = body as DnsQuery | HttpRequest | { readonly type: "tcp" | "udp" };
  if (asked.type === "http") {
    context.respond(id, health(state, asked));
    return;
  }
  if (asked.type === "tcp") context.respond(id, asked);
  // What is no query gets no answer.
  if (asked.type !== "dns") return;
  const answer = answerTo(state, asked, context);
  context.respond(id, answer, { label: `${asked.qtype} ${asked.name}: ${answer.rcode}` });
  remember(state, asked, answer, from.ip, context);
}

function answerTo(state: CorednsState, query: DnsQuery, context: Context): DnsAnswer {
  const { machinery, config } = state;
  const records = machinery === null ? NO_RECORDS : recordsOf(machinery);
  const answer = answerQuery(query, config!, records, machinery === null || allSynced(machinery));
  return deepFreeze(config!.shuffles ? shuffled(answer, (bound) => context.random.int(bound)) : answer);
}

function remember(state: CorednsState, query: DnsQuery, answer: DnsAnswer, from: string, context: Context): void {
  state.queries += 1;
  state.byRcode.set(answer.rcode, (state.byRcode.get(answer.rcode) ?? 0) + 1);
  context.count("coredns_dns_requests_total");
  context.count(`coredns_dns_responses_total{rcode=${answer.rcode}}`);
  const recent: RecentQuery = Object.freeze({
    atUs: context.nowUs,
    from,
    name: query.name,
    qtype: query.qtype,
    rcode: answer.rcode,
    answers: Object.freeze(answer.answers.map(({ type, data }) => `${type} ${data}`)),
  });
  state.recent = Object.freeze([...state.recent.slice(-(RECENT_MAX - 1)), recent]);
  if (state.config!.logs) {
    const name = query.name.endsWith(".") ? query.name : `${query.name}.`;
    context.log(
      `[INFO] ${from}:0 - 0 "${query.qtype} IN ${name} udp 512 false 512" ${answer.rcode} qr,aa,rd 0 0.000120000s`,
    );
  }
}

function health(state: CorednsState, { path }: HttpRequest): HttpResponse {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  const reply = (status: number, body: string): HttpResponse => ({ type: "http", status, headers, body });
  if (path.startsWith("/health")) return reply(200, "OK");
  if (!path.startsWith("/ready")) return reply(404, "404 page not found\n");
  const ready = state.machinery === null || allSynced(state.machinery);
  return ready && state.phase === "serving" ? reply(200, "OK") : reply(503, "kubernetes");
}
