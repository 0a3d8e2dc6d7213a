import { semanticEqual } from "../../../../api/equal.ts";
import { deepFreeze } from "../../../../api/object.ts";
import { isPodReady } from "../../../../api/pod/status.ts";
import { formatTime } from "../../../../api/time.ts";
import type {
  ControllerDefinition,
  Hands,
  Plan,
  PlannedWrite,
  View,
} from "../../../../machinery/controller-runtime.ts";
import type { EventToRecord } from "../../../../machinery/event-recorder.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { patchRequest, updateStatusRequest } from "../../../../machinery/requests.ts";
import { LEASES, NODES, PODS } from "../../../../machinery/resources.ts";
import { keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { createTokenBucket, type TokenBucket, tryTakeToken } from "../../../../machinery/token-bucket.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Node, Pod, Taint } from "../../lib/types.ts";
import type { ControllerOptions } from "../../options.ts";
import { executeTaintKey, expiredConditions, isExecuteTaint, withConditionTaints, withExecuteTaint } from "./health.ts";
import { evictionRate, nextZoneStates, stateOfCounts, type ZoneState, zoneOf } from "./zones.ts";

interface NodeHealth {
  /** When a sign of life was seen last, by this controller's clock. */
  probeUs: number;
  readonly zone: string;
  readonly ready: "True" | "False" | "Unknown" | "";
  /** Has a NoExecute taint of ours. */
  readonly tainted: boolean;
  registered: boolean;
}

interface Memory {
  readonly gracePeriodUs: number;
  readonly startupGracePeriodUs: number;
  readonly periodUs: number;
  readonly nodes: Map<string, NodeHealth>;
  zones: Map<string, ZoneState>;
  /** Per zone: nodes that wait for their NoExecute taint, and the limiter (null: nothing is tainted). */
  readonly waiting: Map<string, string[]>;
  readonly limiters: Map<string, TokenBucket | null>;
}

const MONITOR = "monitor";
const EVICTION_PERIOD_US = 100_000;

/**
 * pkg/controller/nodelifecycle. Keys: `monitor` (the pass every 5 s over what is known of the nodes, which only decides
 * who needs work), `health/NODE`, `schedule-taints/NODE`, `execute-taints/NODE`, `removed/NODE`, `evict/ZONE`.
 */
export const nodeLifecycleController: ControllerDefinition<Memory> = {
  name: "node-lifecycle-controller",
  workers: 8,
  informers: [
    { resource: NODES },
    { resource: PODS, indexes: ["nodeName"] },
    { name: "node-leases", resource: LEASES, namespace: "kube-node-lease" },
  ],
  createMemory(options) {
    const { nodeMonitorGracePeriodUs, nodeStartupGracePeriodUs, nodeMonitorPeriodUs } = options as ControllerOptions;
    return {
      gracePeriodUs: nodeMonitorGracePeriodUs,
      startupGracePeriodUs: nodeStartupGracePeriodUs,
      periodUs: nodeMonitorPeriodUs,
      nodes: new Map(),
      zones: new Map(),
      waiting: new Map(),
      limiters: new Map(),
    };
  },
  started(hands) {
    hands.addAfter(MONITOR, 0, null);
  },
  onDelta(informer, delta, hands) {
    if (informer === "nodes") nodeChanged(delta, hands);
    else if (informer === "node-leases") leaseChanged(delta, hands);
  },
  reconcile(view, key) {
    if (key === MONITOR) return monitor(view);
    const slash = key.indexOf("/");
    const name = key.slice(slash + 1);
    if (key.startsWith("evict/")) return evictNext(view, name);
    if (key.startsWith("removed/")) {
      const message = `Node ${name} event: Removing Node ${name} from Controller`;
      return { events: [nodeEvent(view, name, "RemovingNode", message)] };
    }
    const node = view.store("nodes").objects.get(name) as Node | undefined;
    if (node === undefined) return {};
    switch (key.slice(0, slash)) {
      case "health":
        return heartbeatsStopped(view, node);
      case "schedule-taints":
        return taintPlan(node, withConditionTaints(node, formatTime(view.wallUs)));
      case "execute-taints":
        return fixExecuteTaint(view, node);
      default:
        return {};
    }
  },
  resume(view, key, _memo, results) {
    const failure = results.find((result) => !result.ok);
    if (failure !== undefined && !failure.ok) return { error: failure.text };
    const name = key.slice(key.indexOf("/") + 1);
    const event = nodeEvent(view, name, "NodeNotReady", `Node ${name} status is now: NodeNotReady`);
    return { events: [event], writes: podsNotReady(view, name), order: "parallel" };
  },
};

function nodeChanged(delta: Delta, hands: Hands<Memory>): void {
  const node = delta.object as Node;
  const old = delta.old as Node | null;
  const name = keyOf(node);
  const { nodes } = hands.memory;
  if (delta.type === "deleted") {
    if (nodes.delete(name)) hands.add(`removed/${name}`, delta.trace);
    return;
  }
  const held = nodes.get(name);
  const heartbeat = conditionOf(node.status?.conditions, "Ready")?.lastHeartbeatTime;
  const isAlive =
    held === undefined || old === null || heartbeat !== conditionOf(old.status?.conditions, "Ready")?.lastHeartbeatTime;
  const ready = conditionOf(node.status?.conditions, "Ready")?.status ?? "";
  nodes.set(name, {
    probeUs: isAlive || held === undefined ? hands.nowUs : held.probeUs,
    zone: zoneOf(node),
    ready: ready as NodeHealth["ready"],
    tainted: (node.spec?.taints ?? []).some(isExecuteTaint),
    registered: held?.registered ?? false,
  });
  const isSame =
    old !== null &&
    old.spec?.unschedulable === node.spec?.unschedulable &&
    semanticEqual(old.spec?.taints, node.spec?.taints) &&
    semanticEqual(statuses(old), statuses(node));
  if (!isSame) hands.add(`schedule-taints/${name}`, delta.trace);
}

function statuses(node: Node): string[] {
  return (node.status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`);
}

function leaseChanged(delta: Delta, hands: Hands<Memory>): void {
  if (delta.type === "deleted") return;
  const health = hands.memory.nodes.get(delta.object.metadata?.name ?? "");
  if (health === undefined) return;
  const renewed = renewTime(delta.object);
  if (delta.old === null || renewed > renewTime(delta.old)) health.probeUs = hands.nowUs;
}

function renewTime(lease: Delta["object"]): string {
  return (lease.spec as { readonly renewTime?: string } | undefined)?.renewTime ?? "";
}

/** monitorNodeHealth and handleDisruption. */
function monitor(view: View<Memory>): Plan {
  const { memory } = view;
  const enqueue: string[] = [];
  const events: EventToRecord[] = [];
  const counts = new Map<string, { ready: number; notReady: number }>();
  for (const [name, health] of memory.nodes) {
    if (!health.registered) {
      health.registered = true;
      const message = `Node ${name} event: Registered Node ${name} in Controller`;
      events.push(nodeEvent(view, name, "RegisteredNode", message));
    }
    const zone = counts.get(health.zone) ?? { ready: 0, notReady: 0 };
    counts.set(health.zone, zone);
    if (health.ready === "True") zone.ready += 1;
    else zone.notReady += 1;
    const graceUs = health.ready === "" ? memory.startupGracePeriodUs : memory.gracePeriodUs;
    if (health.probeUs + graceUs < view.nowUs && health.ready !== "Unknown") enqueue.push(`health/${name}`);
    if (health.ready === "True" ? health.tainted : health.ready !== "") markForTaint(view, name, health, enqueue);
  }
  const transition = nextZoneStates(
    memory.zones,
    new Map([...counts].map(([zone, { ready, notReady }]) => [zone, stateOfCounts(ready, notReady)])),
  );
  for (const [zone, state] of transition.states) {
    const { ready, notReady } = counts.get(zone) ?? { ready: 0, notReady: 0 };
    if (state !== memory.zones.get(zone) || transition.masterDisruption !== "none") {
      const rate = transition.masterDisruption === "entered" ? 0 : evictionRate(ready + notReady, state);
      memory.limiters.set(zone, rate === 0 ? null : createTokenBucket(rate, 1));
    }
    if ((memory.waiting.get(zone) ?? []).length > 0 && memory.limiters.get(zone)) enqueue.push(`evict/${zone}`);
  }
  if (transition.masterDisruption === "entered") {
    for (const [name, health] of memory.nodes) if (health.tainted) enqueue.push(`execute-taints/${name}`);
  }
  if (transition.masterDisruption === "left") for (const health of memory.nodes.values()) health.probeUs = view.nowUs;
  memory.zones = new Map(transition.states);
  return { events, enqueue, requeueAfterUs: memory.periodUs, periodic: true };
}

/** processTaintBaseEviction: the first taint waits for the zone's limiter, a swap between the two or its end does not. */
function markForTaint(view: View<Memory>, name: string, health: NodeHealth, enqueue: string[]): void {
  if (health.tainted) {
    const node = view.store("nodes").objects.get(name) as Node | undefined;
    const isDue = node !== undefined && withExecuteTaint(node, executeTaintKey(node), "") !== null;
    if (isDue && !allZonesDown(view.memory)) enqueue.push(`execute-taints/${name}`);
    return;
  }
  const queue = view.memory.waiting.get(health.zone) ?? [];
  if (!queue.includes(name)) queue.push(name);
  view.memory.waiting.set(health.zone, queue);
}

function allZonesDown(memory: Memory): boolean {
  return memory.zones.size > 0 && [...memory.zones.values()].every((state) => state === "FullDisruption");
}

/** One node of the zone gets its taint if the limiter lets it; the others wait. */
function evictNext(view: View<Memory>, zone: string): Plan {
  const { memory } = view;
  const queue = memory.waiting.get(zone) ?? [];
  const limiter = memory.limiters.get(zone);
  const name = queue[0];
  if (name === undefined || !limiter) return {};
  const node = view.store("nodes").objects.get(name) as Node | undefined;
  const key = node === undefined ? null : executeTaintKey(node);
  const taints = node === undefined || key === null ? null : withExecuteTaint(node, key, formatTime(view.wallUs));
  const again = { requeueAfterUs: EVICTION_PERIOD_US, periodic: true } as const;
  if (node === undefined || taints === null) {
    queue.shift();
    return queue.length > 0 ? again : {};
  }
  if (!tryTakeToken(limiter, view.nowUs)) {
    return { requeueAfterUs: Math.max(EVICTION_PERIOD_US, limiter.fullAtUs - view.nowUs), periodic: true };
  }
  queue.shift();
  return { ...taintPlan(node, taints), ...(queue.length > 0 ? again : {}) };
}

/** Swaps the taint, or takes it off: the node is ready, or every zone is down. */
function fixExecuteTaint(view: View<Memory>, node: Node): Plan {
  const key = allZonesDown(view.memory) ? null : executeTaintKey(node);
  return taintPlan(node, withExecuteTaint(node, key, formatTime(view.wallUs)));
}

function taintPlan(node: Node, taints: readonly Taint[] | null): Plan {
  if (taints === null) return {};
  const { name = "", resourceVersion } = node.metadata ?? {};
  const body = deepFreeze({ metadata: { resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } });
  return { writes: [{ request: patchRequest(NODES, "", name, "merge", body), ignore: ["NotFound"] }] };
}

function heartbeatsStopped(view: View<Memory>, node: Node): Plan {
  const health = view.memory.nodes.get(keyOf(node));
  if (health === undefined) return {};
  const graceUs = health.ready === "" ? view.memory.startupGracePeriodUs : view.memory.gracePeriodUs;
  if (health.probeUs + graceUs >= view.nowUs) return {};
  const conditions = expiredConditions(node, view.wallUs);
  if (conditions === null) return {};
  const request = updateStatusRequest(NODES, deepFreeze({ ...node, status: { ...node.status, conditions } }));
  const sinceUs = view.nowUs - health.probeUs;
  const text = `"Node ${keyOf(node)} hasn't been updated for ${Math.round(sinceUs / 1000) / 1000}s" node="${keyOf(node)}"`;
  const log = { severity: "I", source: "node_lifecycle_controller.go:953", text } as const;
  return health.ready === "True"
    ? { writes: [{ request }], memo: {}, logs: [log] }
    : { writes: [{ request }], logs: [log] };
}

/** MarkPodsNotReady. */
function podsNotReady(view: View<Memory>, node: string): PlannedWrite[] {
  const now = formatTime(view.wallUs);
  const pods = objectsByIndex<Pod>(view.store("pods"), "nodeName", node).filter(isPodReady);
  return pods.map((pod) => {
    const { namespace = "", name = "", uid = "" } = pod.metadata ?? {};
    const ready = conditionOf(pod.status?.conditions, "Ready");
    const condition = { ...ready, type: "Ready", status: "False", lastTransitionTime: now };
    const body = deepFreeze({ metadata: { uid }, status: { conditions: [condition] } });
    const object = { apiVersion: "v1", kind: "Pod", namespace, name, uid };
    return {
      request: patchRequest(PODS, namespace, name, "strategic", body, "status"),
      ignore: ["NotFound"],
      onSuccess: { object, type: "Warning", reason: "NodeNotReady", message: "Node is not ready" },
    };
  });
}

function nodeEvent(view: View<Memory>, name: string, reason: string, message: string): EventToRecord {
  const uid = view.store("nodes").objects.get(name)?.metadata?.uid ?? name;
  return { object: { apiVersion: "v1", kind: "Node", name, uid }, type: "Normal", reason, message };
}
