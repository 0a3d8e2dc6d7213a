import { goDuration } from "../../api/duration.ts";
import { digestHex } from "../../api/hash.ts";
import { deepFreeze } from "../../api/object.ts";
import { formatTime } from "../../api/time.ts";
import { withFields } from "../../kernel/records.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { klog, quote } from "../../machinery/klog.ts";
import { clientOf, informerOf } from "../../machinery/machinery.ts";
import { type CallResult, createRequest, isAlreadyExists, patchRequest } from "../../machinery/requests.ts";
import { NODES } from "../../machinery/resources.ts";
import { createCsiNode } from "./csi-node.ts";
import { nodeEvent } from "./events.ts";
import type { KubeletState } from "./state.ts";
import { after } from "./timers.ts";
import type { PodCondition } from "./types.ts";

const VERSION = "v1.33.1";
const COMPUTE_US = 10_000_000;
const REPORT_US = 300_000_000;
const REGISTER_RETRY_US = 1_000_000;
const RUNTIME_DOWN_US = 30_000_000;
const PLEG_UNHEALTHY_US = 180_000_000;
const HARD_EVICTION_MEMORY_BYTES = 104_857_600;
/** Every machine's disk, as the topology does not say. */
const DISK_BYTES = 103_079_215_104;

export interface Allocatable {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
  readonly pods: number;
  readonly others: Readonly<Record<string, string>>;
}

export function allocatable(state: KubeletState, context: Context): Allocatable {
  const { machine } = context;
  const extended = (machine.extra.extendedResources ?? {}) as Readonly<Record<string, string>>;
  return {
    cpuMillicores: machine.cpuMillicores,
    memoryBytes: machine.memoryBytes - HARD_EVICTION_MEMORY_BYTES,
    pods: state.config.maxPods,
    others: { "ephemeral-storage": String(Math.floor(DISK_BYTES * 0.9)), ...extended },
  };
}

type Quantities = Readonly<Record<string, string>>;

/** Resources of the node's object that the kubelet does not count itself: somebody else wrote them there. */
export function foreignResources(
  state: KubeletState,
  context: Context,
): { readonly capacity: Quantities; readonly allocatable: Quantities } {
  const known =
    state.machinery === null ? undefined : informerOf(state.machinery, "node").store.objects.get(state.nodeName);
  const status = known?.status as { readonly capacity?: Quantities; readonly allocatable?: Quantities } | undefined;
  const { others } = allocatable(state, context);
  const foreign = (given: Quantities = {}): Quantities =>
    Object.fromEntries(Object.entries(given).filter(([name]) => name.includes("/") && others[name] === undefined));
  return { capacity: foreign(status?.capacity), allocatable: foreign(status?.allocatable) };
}

/** All of a capacity that others wrote is allocatable, and nothing else of theirs is. Null: so it is already. */
function allocatableOfForeign(state: KubeletState, context: Context): Readonly<Record<string, string | null>> | null {
  const { capacity, allocatable: told } = foreignResources(state, context);
  const wrong: Record<string, string | null> = {};
  for (const [name, amount] of Object.entries(capacity)) if (told[name] !== amount) wrong[name] = amount;
  for (const name of Object.keys(told)) if (capacity[name] === undefined) wrong[name] = null;
  return Object.keys(wrong).length === 0 ? null : wrong;
}

export type NodeTag = { readonly kubelet: "register" | "reconcile" | "nodeStatus" };

/** Tries until the API server has the node object. */
export function register(state: KubeletState, context: Context): void {
  if (state.machinery === null || state.node.registered) return;
  const { machine } = context;
  const labels = nodeLabels(machine.name);
  const { registerWithTaints } = state.config;
  const node = deepFreeze({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: state.nodeName,
      labels,
      annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: registerWithTaints.length > 0 ? { taints: registerWithTaints } : {},
    status: nodeStatus(state, context, conditionsNow(state, context)),
  });
  const tag: NodeTag = { kubelet: "register" };
  call(clientOf(state.machinery), context, createRequest(NODES, node), tag);
}

function nodeLabels(name: string): Record<string, string> {
  return {
    "beta.kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
  };
}

export function registerAnswered(state: KubeletState, context: Context, tag: NodeTag, result: CallResult): void {
  if (state.machinery === null) return;
  if (result.ok) {
    state.node.registered = true;
    if (tag.kubelet === "register") {
      state.node.conditions = ((result.object.status as { conditions?: readonly PodCondition[] } | undefined)
        ?.conditions ?? []) as readonly PodCondition[];
      state.node.reportedAtUs = context.nowUs;
    }
    createCsiNode(state, context, result.object.metadata?.uid ?? "");
    reportNodeStatus(state, context);
    return;
  }
  if (tag.kubelet === "register" && isAlreadyExists(result)) {
    // Known from an earlier life: its labels are made to fit, the rest comes with the status.
    const body = deepFreeze({ metadata: { labels: nodeLabels(context.machine.name) } });
    const again: NodeTag = { kubelet: "reconcile" };
    call(clientOf(state.machinery), context, patchRequest(NODES, "", state.nodeName, "strategic", body), again);
    return;
  }
  after(context, REGISTER_RETRY_US, { type: "nodeRegister" });
}

/** Every 10 s: report when something changed, or every 5 min. */
export function nodeStatusDue(state: KubeletState, context: Context): void {
  after(context, COMPUTE_US, { type: "nodeStatus" });
  takeOverrulings(state);
  reportNodeStatus(state, context);
}

export function reportNodeStatus(state: KubeletState, context: Context): void {
  const { node } = state;
  const conditions = conditionsNow(state, context);
  sayChanges(state, node.conditions, conditions, context);
  const foreign = allocatableOfForeign(state, context);
  const changed = foreign !== null || differ(node.conditions, conditions);
  const imagesKey = state.node.reported === "" ? "first" : "same";
  if (state.machinery === null || !node.registered || node.reporting) return;
  if (!changed && imagesKey === "same" && context.nowUs - node.reportedAtUs < REPORT_US) return;
  node.reporting = true;
  const now = formatTime(context.wallUs());
  const stamped = conditions.map((condition) => withFields(condition, { lastHeartbeatTime: now }));
  const own = nodeStatus(state, context, stamped);
  const full = foreign === null ? own : { ...own, allocatable: { ...(own.allocatable as object), ...foreign } };
  const order = stamped.map(({ type }) => ({ type }));
  const body = deepFreeze({ status: withFields(full, { "$setElementOrder/conditions": order }) });
  node.conditions = deepFreeze(conditions);
  const tag: NodeTag = { kubelet: "nodeStatus" };
  call(clientOf(state.machinery), context, patchRequest(NODES, "", state.nodeName, "strategic", body, "status"), tag);
}

function differ(before: readonly PodCondition[], conditions: readonly PodCondition[]): boolean {
  return conditions.some((condition) => {
    const was = before.find(({ type }) => type === condition.type);
    return was?.status !== condition.status || was?.reason !== condition.reason || was?.message !== condition.message;
  });
}

/** The node lifecycle controller may have declared the node unknown while nothing changed here. */
function takeOverrulings(state: KubeletState): void {
  if (state.machinery === null || state.node.reporting) return;
  const known = informerOf(state.machinery, "node").store.objects.get(state.nodeName);
  const status = known?.status as { readonly conditions?: readonly PodCondition[] } | undefined;
  if (status?.conditions !== undefined && differ(status.conditions, state.node.conditions))
    state.node.conditions = status.conditions;
}

export function nodeStatusAnswered(state: KubeletState, context: Context, result: CallResult): void {
  const { node } = state;
  node.reporting = false;
  if (result.ok) {
    node.reported = "yes";
    node.reportedAtUs = context.nowUs;
  } else {
    node.conditions = [];
    const err = quote(`error getting node ${quote(state.nodeName)}: ${result.text}`);
    klog(context, "E", "kubelet_node_status.go:548", `"Error updating node status, will retry" err=${err}`);
    if (result.code === 404) {
      node.registered = false;
      register(state, context);
    }
  }
}

/** Counted devices as quantities, which are texts in a status. */
function extendedResources(counts: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(counts ?? {}).map(([name, count]) => [name, String(count)]));
}

function nodeStatus(state: KubeletState, context: Context, conditions: readonly unknown[]): Record<string, unknown> {
  const { machine } = context;
  const free = allocatable(state, context);
  const extended = extendedResources(machine.extra.extendedResources);
  const cpu = machine.cpuMillicores % 1000 === 0 ? String(machine.cpuMillicores / 1000) : `${machine.cpuMillicores}m`;
  const kibi = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`;
  const resources = (disk: string, memoryBytes: number) => {
    const own = { "ephemeral-storage": disk, memory: kibi(memoryBytes), pods: String(free.pods) };
    return Object.assign({ cpu, "hugepages-1Gi": "0", "hugepages-2Mi": "0" }, own, extended);
  };
  return {
    addresses: [
      { type: "InternalIP", address: machine.ip },
      { type: "Hostname", address: machine.name },
    ],
    allocatable: resources(String(Math.floor(DISK_BYTES * 0.9)), free.memoryBytes),
    capacity: resources(kibi(DISK_BYTES), machine.memoryBytes),
    conditions,
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: "amd64",
      bootID: bootId(context),
      containerRuntimeVersion: "containerd://2.1.1",
      kernelVersion: "6.8.0-60-generic",
      kubeProxyVersion: "",
      kubeletVersion: VERSION,
      machineID: digestHex(`machine:${machine.name}`, 32),
      operatingSystem: "linux",
      osImage: "Ubuntu 24.04.2 LTS",
      systemUUID: uuidOf(`system:${machine.name}`),
    },
  };
}

/** Changes with every boot of the machine: kept in its volatile state. */
export function bootId(context: Context): string {
  const known = context.host.get("boot-id");
  if (typeof known === "string") return known;
  const id = uuidOf(`boot:${context.machine.name}:${context.nowUs}`);
  context.host.set("boot-id", id);
  return id;
}

function uuidOf(text: string): string {
  const hex = digestHex(text, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The four conditions, in upstream's order, with their transition times. */
export function conditionsNow(state: KubeletState, context: Context): PodCondition[] {
  const problems = readyProblems(state, context);
  const ready =
    problems.length === 0
      ? { status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" }
      : {
          status: "False",
          reason: "KubeletNotReady",
          message: problems.length === 1 ? (problems[0] as string) : `[${problems.join(", ")}]`,
        };
  const pressure = (resource: string): boolean => context.host.get(`pressure/${resource}`) !== undefined;
  const made: PodCondition[] = [
    pressure("memory")
      ? {
          type: "MemoryPressure",
          status: "True",
          reason: "KubeletHasInsufficientMemory",
          message: "kubelet has insufficient memory available",
        }
      : {
          type: "MemoryPressure",
          status: "False",
          reason: "KubeletHasSufficientMemory",
          message: "kubelet has sufficient memory available",
        },
    pressure("disk")
      ? { type: "DiskPressure", status: "True", reason: "KubeletHasDiskPressure", message: "kubelet has disk pressure" }
      : {
          type: "DiskPressure",
          status: "False",
          reason: "KubeletHasNoDiskPressure",
          message: "kubelet has no disk pressure",
        },
    {
      type: "PIDPressure",
      status: "False",
      reason: "KubeletHasSufficientPID",
      message: "kubelet has sufficient PID available",
    },
    { type: "Ready", ...ready },
  ];
  const now = formatTime(context.wallUs());
  return made.map((condition) => {
    const was = state.node.conditions.find(({ type }) => type === condition.type);
    return withFields(condition, {
      lastTransitionTime: was?.status === condition.status ? (was.lastTransitionTime ?? now) : now,
    });
  });
}

function readyProblems(state: KubeletState, context: Context): string[] {
  const { runtime } = state;
  const problems: string[] = [];
  const sinceUs = context.nowUs - Math.max(runtime.lastOkUs, context.self.startedAtUs);
  if (runtime.lastOkUs === 0 && sinceUs < RUNTIME_DOWN_US)
    return ["container runtime status check may not have completed yet"];
  if (sinceUs >= RUNTIME_DOWN_US) problems.push("container runtime is down");
  if (sinceUs >= PLEG_UNHEALTHY_US)
    problems.push(
      `PLEG is not healthy: pleg was last seen active ${goDuration(Math.floor(sinceUs / 1000) * 1000)} ago; threshold is 3m0s`,
    );
  if (runtime.lastOkUs > 0 && !runtime.networkReady) {
    problems.push(
      `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: ${runtime.networkMessage}`,
    );
  }
  return problems;
}

const NODE_EVENTS: Readonly<Record<string, readonly [whenTrue: string, whenFalse: string]>> = {
  MemoryPressure: ["NodeHasInsufficientMemory", "NodeHasSufficientMemory"],
  DiskPressure: ["NodeHasDiskPressure", "NodeHasNoDiskPressure"],
  PIDPressure: ["NodeHasInsufficientPID", "NodeHasSufficientPID"],
  Ready: ["NodeReady", "NodeNotReady"],
};

function sayChanges(
  state: KubeletState,
  _old: readonly PodCondition[],
  now: readonly PodCondition[],
  context: Context,
): void {
  for (const { type, status } of now) {
    if (state.node.said[type] === status) continue;
    const first = state.node.said[type] === undefined;
    state.node.said[type] = status;
    if (first && type === "Ready" && status !== "True") continue;
    const reason = NODE_EVENTS[type]?.[status === "True" ? 0 : 1] ?? "";
    nodeEvent(state, context, "Normal", reason, `Node ${state.nodeName} status is now: ${reason}`);
  }
}

/** Own node as the watch shows it: pod CIDR for the runtime, cordon events. */
export function ownNodeSeen(
  state: KubeletState,
  spec: { readonly unschedulable?: boolean } | undefined,
  context: Context,
): void {
  const schedulable = spec?.unschedulable !== true;
  if (state.node.seen && schedulable !== state.node.schedulable) {
    const reason = schedulable ? "NodeSchedulable" : "NodeNotSchedulable";
    nodeEvent(state, context, "Normal", reason, `Node ${state.nodeName} status is now: ${reason}`);
  }
  state.node.seen = true;
  state.node.schedulable = schedulable;
}
