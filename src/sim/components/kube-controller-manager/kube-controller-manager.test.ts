import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import { formatTime } from "../../api/time.ts";
import { crash } from "../../kernel/control.ts";
import type { World } from "../../kernel/world.ts";
import { createRequest, deleteRequest, patchRequest, updateStatusRequest } from "../../machinery/requests.ts";
import {
  DAEMON_SETS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  SERVICES,
} from "../../machinery/resources.ts";
import { ask, EPOCH_WALL_US, fakeApi, logOf, pass, stateOf, stored } from "../../machinery/testing/small-world.ts";
import type { Condition, Taint } from "./lib/types.ts";
import type { ControllerManagerState } from "./program.ts";
import { controllerWorld, eventsOf, makeReady } from "./testing/controller-world.ts";
import { viewControllerManager } from "./view.ts";

const POD_TEMPLATE = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx" }] } };

function node(name: string, zone = "a"): ApiObject {
  const labels = { "topology.kubernetes.io/region": "r", "topology.kubernetes.io/zone": zone };
  const conditions = [{ type: "Ready", status: "True", lastHeartbeatTime: "2026-11-20T09:00:00Z" }];
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec: {}, status: { conditions } };
}

function boundPod(name: string, nodeName: string, seconds?: number): ApiObject {
  const toleration = { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" };
  const tolerations = seconds === undefined ? [] : [{ ...toleration, tolerationSeconds: seconds }];
  const conditions = [{ type: "Ready", status: "True", lastTransitionTime: "2026-11-20T09:00:00Z" }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: { app: "web" } },
    spec: { nodeName, tolerations, containers: [{ name: "c", ports: [{ name: "http", containerPort: 80 }] }] },
    status: { phase: "Running", podIP: "10.244.1.5", podIPs: [{ ip: "10.244.1.5" }], conditions },
  };
}

/** Keeps the heart-beats of these nodes going while time passes. */
function passWithHeartbeats(world: World, seconds: number, names: readonly string[]): void {
  if (world.nowUs === 0) pass(world, 1);
  for (let left = seconds; left > 0; left -= 10) {
    for (const name of names) {
      const held = stored(world, "nodes").get(name);
      if (held === undefined) continue;
      const beat = formatTime(EPOCH_WALL_US + world.nowUs);
      const conditions = [{ type: "Ready", status: "True", lastHeartbeatTime: beat }];
      ask(world, updateStatusRequest(NODES, { ...held, status: { conditions } }));
    }
    pass(world, Math.min(10, left));
  }
}

function taintsOf(world: World, name: string): string[] {
  const spec = stored(world, "nodes").get(name)?.spec as { readonly taints?: readonly Taint[] } | undefined;
  return (spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort();
}

describe("namespaces", () => {
  it("get a service account and the CA, and are emptied before they go", () => {
    const world = controllerWorld({ flags: ["--root-ca-file=/ca.crt"] });
    pass(world, 5);
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "dev" },
      spec: { finalizers: ["kubernetes"] },
    };
    ask(world, createRequest(NAMESPACES, namespace));
    pass(world, 2);
    expect(stored(world, "serviceaccounts").has("dev/default")).toBe(true);
    expect(stored(world, "configmaps").has("dev/kube-root-ca.crt")).toBe(true);
    ask(world, deleteRequest(NAMESPACES, "", "dev"));
    pass(world, 30);
    expect(stored(world, "namespaces").has("dev")).toBe(false);
    expect(stored(world, "serviceaccounts").has("dev/default")).toBe(false);
    expect(stored(world, "configmaps").has("dev/kube-root-ca.crt")).toBe(false);
  });
});

describe("nodes", () => {
  it("get pod CIDRs in order", () => {
    const flags = ["--allocate-node-cidrs=true", "--cluster-cidr=10.244.0.0/16"];
    const world = controllerWorld({ flags, objects: { nodes: [node("a")] } });
    pass(world, 5);
    ask(world, createRequest(NODES, node("b")));
    pass(world, 2);
    const cidrs = ["a", "b"].map(
      (name) => (stored(world, "nodes").get(name)?.spec as { podCIDR?: string } | undefined)?.podCIDR,
    );
    expect(cidrs).toEqual(["10.244.0.0/24", "10.244.1.0/24"]);
  });

  it("that stop their heart-beats become Unknown after 50 s, are tainted, and lose their pods when tolerations end", () => {
    const names = ["a", "b", "c"];
    const world = controllerWorld({
      objects: { nodes: names.map((name) => node(name)), pods: [boundPod("p", "a", 300), boundPod("q", "a")] },
    });
    passWithHeartbeats(world, 10, names);
    passWithHeartbeats(world, 40, ["b", "c"]);
    expect(taintsOf(world, "a")).toEqual([]);
    passWithHeartbeats(world, 30, ["b", "c"]);
    const status = stored(world, "nodes").get("a")?.status as { readonly conditions: readonly Condition[] };
    expect(status.conditions[0]).toMatchObject({ status: "Unknown", reason: "NodeStatusUnknown" });
    expect(status.conditions.map(({ type }) => type)).toEqual([
      "Ready",
      "MemoryPressure",
      "DiskPressure",
      "PIDPressure",
    ]);
    const unreachable = "node.kubernetes.io/unreachable";
    expect(taintsOf(world, "a")).toEqual([`${unreachable}:NoExecute`, `${unreachable}:NoSchedule`]);
    expect(eventsOf(world, "Node")).toContain("Node a status is now: NodeNotReady");
    expect(eventsOf(world, "Pod")).toContain("Node is not ready");
    expect(stored(world, "pods").get("default/q")?.metadata?.deletionTimestamp).toBeDefined();
    expect(stored(world, "pods").get("default/p")?.metadata?.deletionTimestamp).toBeUndefined();
    passWithHeartbeats(world, 310, ["b", "c"]);
    expect(stored(world, "pods").get("default/p")?.metadata?.deletionTimestamp).toBeDefined();
    expect(eventsOf(world, "Pod")).toContain("Marking for deletion Pod default/p");
  });

  it("that come back lose their taints, and evictions are cancelled", () => {
    const names = ["a", "b", "c"];
    const world = controllerWorld({
      objects: { nodes: names.map((name) => node(name)), pods: [boundPod("p", "a", 300)] },
    });
    passWithHeartbeats(world, 10, names);
    passWithHeartbeats(world, 80, ["b", "c"]);
    expect(taintsOf(world, "a")).toHaveLength(2);
    passWithHeartbeats(world, 20, names);
    expect(taintsOf(world, "a")).toEqual([]);
    expect(eventsOf(world, "Pod")).toContain("Cancelling deletion of Pod default/p");
    passWithHeartbeats(world, 400, names);
    expect(stored(world, "pods").get("default/p")?.metadata?.deletionTimestamp).toBeUndefined();
  });

  it("are left alone when every one of them is silent: it is probably this side that is cut off", () => {
    const world = controllerWorld({ objects: { nodes: [node("a"), node("b")], pods: [boundPod("p", "a")] } });
    pass(world, 200);
    expect(taintsOf(world, "a")).toEqual(["node.kubernetes.io/unreachable:NoSchedule"]);
    expect(stored(world, "pods").get("default/p")?.metadata?.deletionTimestamp).toBeUndefined();
  });
});

describe("a DaemonSet", () => {
  it("has a pod pinned to every node that lets it, and replaces them one by one", () => {
    const world = controllerWorld({ objects: { nodes: [node("a"), node("b")] } });
    pass(world, 5);
    const set = {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent", namespace: "default" },
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: POD_TEMPLATE,
        updateStrategy: { type: "RollingUpdate" },
      },
    };
    ask(world, createRequest(DAEMON_SETS, set));
    pass(world, 3);
    expect(stored(world, "pods").size).toBe(2);
    makeReady(world);
    ask(world, createRequest(NODES, node("c")));
    pass(world, 2);
    makeReady(world);
    pass(world, 2);
    expect(stored(world, "apps/daemonsets").get("default/agent")?.status).toMatchObject({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberReady: 3,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
    });
    const image = { spec: { template: { spec: { containers: [{ name: "c", image: "nginx:2" }] } } } };
    ask(world, patchRequest(DAEMON_SETS, "default", "agent", "merge", image));
    pass(world, 3);
    expect(stored(world, "pods").size).toBe(3);
    const images = [...stored(world, "pods").values()].map(
      (pod) => (pod.spec as typeof POD_TEMPLATE.spec).containers[0]?.image,
    );
    expect(images.sort()).toEqual(["nginx", "nginx", "nginx:2"]);
    expect(stored(world, "apps/controllerrevisions").size).toBe(2);
  });
});

describe("a Service", () => {
  it("has its pods in an EndpointSlice and in Endpoints, and follows them", () => {
    const world = controllerWorld({ objects: { pods: [boundPod("p", "a")], nodes: [node("a", "z1")] } });
    pass(world, 5);
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "default" },
      spec: {
        selector: { app: "web" },
        clusterIP: "10.96.0.20",
        ipFamilies: ["IPv4"],
        ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "http" }],
      },
    };
    ask(world, createRequest(SERVICES, service));
    pass(world, 3);
    const slices = [...stored(world, "discovery.k8s.io/endpointslices").values()];
    expect(slices).toHaveLength(1);
    expect(slices[0]).toMatchObject({
      addressType: "IPv4",
      ports: [{ name: "http", port: 80, protocol: "TCP" }],
      endpoints: [{ addresses: ["10.244.1.5"], conditions: { ready: true }, zone: "z1", nodeName: "a" }],
    });
    expect(stored(world, "endpoints").get("default/web")?.subsets).toMatchObject([
      { addresses: [{ ip: "10.244.1.5" }] },
    ]);
    ask(world, deleteRequest(PODS, "default", "p"));
    pass(world, 3);
    const [terminating] = [...stored(world, "discovery.k8s.io/endpointslices").values()];
    expect(terminating?.endpoints).toMatchObject([{ conditions: { ready: false, serving: true, terminating: true } }]);
    expect(stored(world, "endpoints").get("default/web")?.subsets).toEqual([]);
  });
});

describe("owners", () => {
  it("take their dependents with them, level by level", () => {
    const world = controllerWorld();
    pass(world, 6);
    const spec = { replicas: 2, selector: { matchLabels: { app: "web" } }, template: POD_TEMPLATE };
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      spec,
    };
    ask(world, createRequest(DEPLOYMENTS, deployment));
    pass(world, 3);
    expect(stored(world, "pods").size).toBe(2);
    ask(world, deleteRequest(DEPLOYMENTS, "default", "web", { propagationPolicy: "Background" }));
    pass(world, 5);
    expect(stored(world, "apps/replicasets").size).toBe(0);
    expect(stored(world, "pods").size).toBe(0);
  });
});

describe("a ReplicaSet", () => {
  it("reports why it cannot create pods, and goes on when it can", () => {
    const world = controllerWorld();
    pass(world, 5);
    const message = 'pods "web-" is forbidden: exceeded quota: q';
    fakeApi(world).refusals.set("POST pods", { code: 403, reason: "Forbidden", message });
    const spec = { replicas: 2, selector: { matchLabels: { app: "web" } }, template: POD_TEMPLATE };
    const set = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "web", namespace: "default" }, spec };
    ask(world, createRequest(REPLICA_SETS, set));
    pass(world, 2);
    const failed = stored(world, "apps/replicasets").get("default/web")?.status as { conditions: Condition[] };
    expect(failed.conditions).toMatchObject([
      { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message },
    ]);
    expect(eventsOf(world, "ReplicaSet")).toContain(`Error creating: ${message}`);
    expect(logOf(world, "kcm").some((line) => line.includes('sync \\"default/web\\" failed with'))).toBe(true);
    fakeApi(world).refusals.clear();
    pass(world, 30);
    expect(stored(world, "pods").size).toBe(2);
    expect(stored(world, "apps/replicasets").get("default/web")?.status).toMatchObject({ replicas: 2 });
  });

  it("deletes the pods that serve least when it shrinks", () => {
    const world = controllerWorld();
    pass(world, 5);
    const spec = { replicas: 3, selector: { matchLabels: { app: "web" } }, template: POD_TEMPLATE };
    const set = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "web", namespace: "default" }, spec };
    ask(world, createRequest(REPLICA_SETS, set));
    pass(world, 2);
    const [keep] = [...stored(world, "pods").values()];
    ask(world, patchRequest(PODS, "default", keep?.metadata?.name ?? "", "merge", { spec: { nodeName: "a" } }));
    ask(world, patchRequest(REPLICA_SETS, "default", "web", "merge", { spec: { replicas: 1 } }));
    pass(world, 2);
    expect([...stored(world, "pods").values()].map((pod) => pod.metadata?.name)).toEqual([keep?.metadata?.name]);
  });
});

describe("two controller managers", () => {
  it("take turns: the standby watches nothing until the leader is gone", () => {
    const world = controllerWorld({ names: ["one", "two"] });
    pass(world, 10);
    const roles = ["one", "two"].map(
      (name) => viewControllerManager(stateOf<ControllerManagerState>(world, name)).role,
    );
    expect(roles.sort()).toEqual(["leader", "standby"]);
    const leads = stateOf<ControllerManagerState>(world, "one").role === "leader" ? "one" : "two";
    const standby = leads === "one" ? "two" : "one";
    expect(viewControllerManager(stateOf<ControllerManagerState>(world, standby)).informers).toEqual([]);
    crash(world, leads);
    pass(world, 25);
    const view = viewControllerManager(stateOf<ControllerManagerState>(world, standby));
    expect(view.role).toBe("leader");
    expect(view.controllers.every(({ status }) => status === "running")).toBe(true);
    expect(view.informers.every(({ synced }) => synced)).toBe(true);
  });
});
