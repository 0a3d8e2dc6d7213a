import type { ApiObject } from "../../api/object.ts";
import { formatTime } from "../../api/time.ts";
import { Table } from "../../kernel/table.ts";
import type { Component, Context, KernelMessage, TraceRef } from "../../kernel/types.ts";
import type { Delta } from "../../machinery/informer.ts";
import { klog } from "../../machinery/klog.ts";
import {
  allSynced,
  createMachinery,
  informerOf,
  type Machinery,
  type MachineryOutcome,
  type MachineryTimer,
  machineryStep,
  startInformers,
} from "../../machinery/machinery.ts";
import { ENDPOINT_SLICES, NODES, SERVICES } from "../../machinery/resources.ts";
import { type IndexFunctions, keyOf, objectsByIndex } from "../../machinery/store.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import type { HttpRequest, HttpResponse } from "../kube-apiserver/messages.ts";
import { type ProxyOptions, proxyKubeconfig, proxyOptions } from "./config.ts";
import { copyTable, createTable, FILTER_KEY, LOCAL_KEY, NAT_KEY } from "./iptables/rules.ts";
import type { ProxyConfig } from "./iptables/service-rules.ts";
import { type OwnedRules, type Tables, writeBaseRules, writeService } from "./iptables/sync.ts";
import type { EndpointSlice, Service } from "./services.ts";

export interface ProxyState {
  readonly options: ProxyOptions;
  /** Null: the process could not start and is about to exit. */
  machinery: Machinery | null;
  readonly tables: Tables;
  /** By service: the rules that it has. */
  readonly owned: Table<OwnedRules>;
  /** Services whose rules are out of date. */
  readonly dirty: Set<string>;
  /** Why: what made the first of them so. */
  cause: TraceRef | null;
  zone: string;
  endpoints: number;
  syncArmed: boolean;
  /** Null: rules were never written. */
  lastSyncUs: number | null;
  syncs: number;
  /** Of the last sync, for the page. */
  lastChanged: readonly string[];
}

export type ProxyMessage = MachineryTimer | { readonly type: "sync" };

const VERSION = "v1.33.1";
const HEALTHZ_PORT = 10256;
const METRICS_PORT = 10249;
const LARGE_CLUSTER_ENDPOINTS = 1000;
const SELECTOR = "!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name";
const SERVICE_NAME = "kubernetes.io/service-name";

const INDEXES: IndexFunctions = Object.freeze({
  service: (slice: ApiObject) => {
    const key = serviceOf(slice);
    return key === null ? [] : [key];
  },
});

function serviceOf({ metadata }: ApiObject): string | null {
  const name = metadata?.labels?.[SERVICE_NAME];
  return name === undefined ? null : `${metadata?.namespace}/${name}`;
}

/** The program in image `registry.k8s.io/kube-proxy`, mode iptables. */
export const kubeProxy: Component<ProxyState, ProxyMessage> = {
  kind: "kube-proxy",
  start(context, args) {
    const program = args as ProgramArgs;
    const { options, error } = proxyOptions(program, context);
    const state = createState(options);
    const kubeconfig = proxyKubeconfig(options, program, context);
    if (error !== "" || kubeconfig === null) {
      const text = error || "unable to load in-cluster configuration";
      context.log(error.startsWith("unknown flag") ? `Error: ${error}` : `E "Error running ProxyServer" err="${text}"`);
      context.exit(1, "Error", text);
      return state;
    }
    klog(context, "I", "server_linux.go:63", `"Using iptables proxy"`);
    klog(context, "I", "server.go:715", `"Successfully retrieved node IP(s)" IPs=["${context.machine.ip}"]`);
    klog(context, "I", "server.go:483", `"Version info" version="${VERSION}"`);
    state.machinery = createMachinery({
      kubeconfig,
      client: {
        userAgent: `kube-proxy/${VERSION} (linux/amd64) kubernetes/0000000`,
        qps: options.qps,
        burst: options.burst,
      },
      informers: [
        { resource: SERVICES, labelSelector: SELECTOR },
        { resource: ENDPOINT_SLICES, labelSelector: SELECTOR, indexes: ["service"] },
        { resource: NODES, fieldSelector: `metadata.name=${options.nodeName}` },
      ],
    });
    context.listen(HEALTHZ_PORT);
    context.listen(METRICS_PORT);
    startInformers(state.machinery, context);
    return state;
  },

  step(state, message, context) {
    if (state.machinery === null) return;
    const outcomes = machineryStep(state.machinery, message, context, INDEXES);
    if (outcomes === null) stepOwn(state, message, context);
    else for (const outcome of outcomes) actOn(state, outcome);
    armSync(state, state.machinery, context);
  },

  /** Running iptables-restore takes its time. */
  serviceTimeUs: (message, state) => (message.type === "sync" ? 5_000 + 50 * state.dirty.size : 0),
};

function createState(options: ProxyOptions): ProxyState {
  return {
    options,
    machinery: null,
    tables: { nat: createTable(), filter: createTable() },
    owned: new Table<OwnedRules>(),
    dirty: new Set(),
    cause: null,
    zone: "",
    endpoints: 0,
    syncArmed: false,
    lastSyncUs: null,
    syncs: 0,
    lastChanged: Object.freeze([]),
  };
}

function actOn(state: ProxyState, outcome: MachineryOutcome): void {
  if (outcome.type !== "deltas") return;
  for (const delta of outcome.deltas) {
    switch (outcome.informer) {
      case "services":
        soil(state, keyOf(delta.object), delta.trace);
        break;
      case "endpointslices":
        onSlice(state, delta);
        break;
      case "nodes":
        onNode(state, delta);
        break;
    }
  }
}

function soil(state: ProxyState, service: string, trace: TraceRef): void {
  if (state.dirty.size === 0) state.cause = trace;
  state.dirty.add(service);
}

function soilAll(state: ProxyState, trace: TraceRef): void {
  for (const key of informerOf(state.machinery!, "services").store.objects.keys()) soil(state, key, trace);
}

function onSlice(state: ProxyState, { type, object, old, trace }: Delta): void {
  const count = (slice: ApiObject | null) => (slice as EndpointSlice | null)?.endpoints?.length ?? 0;
  const wasLarge = state.endpoints > LARGE_CLUSTER_ENDPOINTS;
  state.endpoints += (type === "deleted" ? 0 : count(object)) - count(old);
  if (state.endpoints > LARGE_CLUSTER_ENDPOINTS !== wasLarge) soilAll(state, trace);
  for (const service of new Set([serviceOf(object), old === null ? null : serviceOf(old)])) {
    if (service !== null) soil(state, service, trace);
  }
}

function onNode(state: ProxyState, { type, object, trace }: Delta): void {
  const zone = type === "deleted" ? "" : (object.metadata?.labels?.["topology.kubernetes.io/zone"] ?? "");
  if (zone === state.zone) return;
  state.zone = zone;
  soilAll(state, trace);
}

/** At once when the last sync is long enough ago, else as soon as it is. */
function armSync(state: ProxyState, machinery: Machinery, context: Context): void {
  if (state.syncArmed || !allSynced(machinery)) return;
  if (state.dirty.size === 0 && state.lastSyncUs !== null) return;
  const dueUs = state.lastSyncUs === null ? context.nowUs : state.lastSyncUs + state.options.minSyncPeriodUs;
  state.syncArmed = true;
  if (state.cause !== null) context.actFor(state.cause);
  context.setTimer(Math.max(0, dueUs - context.nowUs), { type: "sync" }, "keep");
}

function stepOwn(state: ProxyState, message: KernelMessage | ProxyMessage, context: Context): void {
  switch (message.type) {
    case "sync":
      state.syncArmed = false;
      sync(state, context);
      return;
    case "request":
      context.respond(message.id, health(state, message.body as HttpRequest, context));
      return;
    case "signal":
      context.exit(0, "Completed");
      return;
    default:
      return;
  }
}

/** Brings the rules of what changed up to date and hands the whole to the kernel. */
function sync(state: ProxyState, context: Context): void {
  if (state.cause !== null) context.actFor(state.cause);
  const config = proxyConfig(state, context);
  const machinery = state.machinery!;
  const services = informerOf(machinery, "services").store.objects;
  const slices = informerOf(machinery, "endpointslices").store;
  if (state.lastSyncUs === null) writeBaseRules(state.tables, config);
  for (const key of state.dirty) {
    const service = services.get(key) as Service | undefined;
    const ofService = service === undefined ? [] : objectsByIndex<EndpointSlice>(slices, "service", key);
    const owned = writeService(state.tables, service, ofService, config, state.owned.get(key) ?? []);
    if (owned.length === 0) state.owned.delete(key);
    else state.owned.set(key, owned);
  }
  context.host.set(NAT_KEY, copyTable(state.tables.nat));
  context.host.set(FILTER_KEY, copyTable(state.tables.filter));
  context.host.set(LOCAL_KEY, Object.freeze([context.machine.ip, "127.0.0.1"]));
  if (context.observed) context.note("iptables", { services: [...state.dirty], rules: state.tables.nat.rules.size });
  context.count("kubeproxy_sync_proxy_rules_total");
  state.lastChanged = Object.freeze([...state.dirty]);
  state.lastSyncUs = context.nowUs;
  state.syncs += 1;
  state.dirty.clear();
  state.cause = null;
}

function proxyConfig({ options, zone, endpoints }: ProxyState, context: Context): ProxyConfig {
  return {
    ipFamily: "IPv4",
    nodeName: options.nodeName,
    nodeIp: context.machine.ip,
    nodeIps: [context.machine.ip],
    zone,
    podCidr: options.clusterCidr,
    masqueradeAll: options.masqueradeAll,
    localhostNodePorts: options.localhostNodePorts,
    nodePortAddresses: options.nodePortAddresses,
    conntrackTcpLiberal: options.conntrackTcpLiberal,
    randomFully: true,
    largeClusterMode: endpoints > LARGE_CLUSTER_ENDPOINTS,
  };
}

function health({ lastSyncUs }: ProxyState, { path }: HttpRequest, context: Context): HttpResponse {
  const headers = { "content-type": "application/json", "x-content-type-options": "nosniff" };
  if (!/^\/(healthz|livez)(\?|$)/.test(path)) {
    return { type: "http", status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found\n" };
  }
  const now = formatTime(context.wallUs());
  const updated = lastSyncUs === null ? "0001-01-01T00:00:00Z" : now;
  const body = `{"lastUpdated": "${updated}","currentTime": "${now}", "nodeEligible": true}`;
  return { type: "http", status: lastSyncUs === null ? 503 : 200, headers, body };
}
