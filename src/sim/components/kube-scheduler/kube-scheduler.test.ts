import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import { copyState } from "../../kernel/copy.ts";
import type { World } from "../../kernel/world.ts";
import { createRequest, deleteRequest, patchRequest } from "../../machinery/requests.ts";
import { NODES, PODS } from "../../machinery/resources.ts";
import {
  ask,
  fakeApi,
  logOf,
  pass,
  smallWorld,
  stateOf,
  stored,
  TEST_KUBECONFIG,
} from "../../machinery/testing/small-world.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import { kubeScheduler } from "./program.ts";
import type { SchedulerState } from "./state.ts";
import { schedulerView } from "./view.ts";

const argv = ["kube-scheduler", "--kubeconfig=/etc/kubernetes/scheduler.conf", "--leader-elect=true"];

function node(name: string, spec: Record<string, unknown> = {}, cpu = "2"): ApiObject {
  const allocatable = { cpu, memory: "4Gi", pods: "110" };
  return { apiVersion: "v1", kind: "Node", metadata: { name }, spec, status: { allocatable } };
}

function pod(name: string, cpu = "100m", spec: Record<string, unknown> = {}): ApiObject {
  const containers = [{ name: "c", image: "nginx", resources: { requests: { cpu } } }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { containers, ...spec } };
}

function world(nodes: readonly ApiObject[], args: readonly string[] = argv): World {
  const program = { argv: args, env: {} } as unknown as ProgramArgs;
  return smallWorld({
    components: [kubeScheduler as never],
    processes: [{ name: "kube-scheduler", kind: "kube-scheduler", args: program }],
    objects: { nodes },
    files: { "/etc/kubernetes/scheduler.conf": { text: "", data: TEST_KUBECONFIG } },
  });
}

function view(w: World) {
  return schedulerView(stateOf<SchedulerState>(w, "kube-scheduler"));
}

function podIn(
  w: World,
  name: string,
): { spec: { nodeName?: string }; status?: { conditions?: { message: string }[] } } {
  return stored(w, "pods").get(`default/${name}`) as never;
}

function events(w: World): { reason: string; note: string }[] {
  return [...stored(w, "events.k8s.io/events").values()] as never;
}

const controlPlane = { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] };

describe("kube-scheduler", () => {
  it("leads, binds a pod and says so", () => {
    const w = world([node("worker-1"), node("control-plane-1", controlPlane)]);
    pass(w, 5);
    ask(w, createRequest(PODS, pod("web")));
    pass(w, 1);
    expect(podIn(w, "web").spec.nodeName).toBe("worker-1");
    expect(events(w).map(({ reason, note }) => `${reason}: ${note}`)).toEqual([
      "Scheduled: Successfully assigned default/web to worker-1",
    ]);
    const { role, decisions, queues, assumed } = view(w);
    expect({ role, assumed, waiting: queues.active.length + queues.binding.length }).toEqual({
      role: "leader",
      assumed: 0,
      waiting: 0,
    });
    expect(decisions[0]).toMatchObject({
      pod: "default/web",
      chosen: "worker-1",
      feasible: 1,
      refusals: [
        {
          node: "control-plane-1",
          plugin: "TaintToleration",
          reasons: ["node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }"],
        },
      ],
    });
  });

  it("explains why a pod fits nowhere, in the event and in the condition", () => {
    const w = world([
      node("worker-1"),
      node("worker-2", { unschedulable: true }),
      node("control-plane-1", controlPlane),
    ]);
    pass(w, 5);
    ask(w, createRequest(PODS, pod("big", "4")));
    pass(w, 1);
    const message =
      "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint " +
      "{node-role.kubernetes.io/control-plane: }, 1 node(s) were unschedulable. preemption: 0/3 nodes are available: " +
      "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.";
    expect(events(w)).toMatchObject([{ reason: "FailedScheduling", note: message }]);
    expect(podIn(w, "big").status?.conditions).toMatchObject([
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message },
    ]);
    expect(view(w).queues.unschedulable).toMatchObject([
      { pod: "default/big", attempts: 1, refusedBy: ["NodeResourcesFit", "NodeUnschedulable", "TaintToleration"] },
    ]);
  });

  it("tries a rejected pod again when a node that fits it comes, and not for one that does not", () => {
    const w = world([node("worker-1")]);
    pass(w, 5);
    ask(w, createRequest(PODS, pod("big", "4")));
    pass(w, 20);
    ask(w, createRequest(NODES, node("worker-2", {}, "1")));
    pass(w, 1);
    expect(view(w).decisionsTotal).toBe(1);
    ask(w, createRequest(NODES, node("worker-3", {}, "8")));
    pass(w, 1);
    expect(podIn(w, "big").spec.nodeName).toBe("worker-3");
    expect(view(w).decisions[0]).toMatchObject({ attempt: 2, chosen: "worker-3" });
  });

  it("tries a rejected pod again when another one leaves", () => {
    const w = world([node("worker-1")]);
    pass(w, 5);
    ask(w, createRequest(PODS, pod("first", "1500m")));
    pass(w, 1);
    ask(w, createRequest(PODS, pod("second", "1500m")));
    pass(w, 1);
    expect(podIn(w, "second").spec.nodeName).toBeUndefined();
    ask(w, deleteRequest(PODS, "default", "first", { gracePeriodSeconds: 0 }));
    pass(w, 3);
    expect(podIn(w, "second").spec.nodeName).toBe("worker-1");
  });

  it("spreads pods by score and keeps every score", () => {
    const w = world([node("worker-1"), node("worker-2"), node("worker-3")]);
    pass(w, 5);
    for (let index = 0; index < 6; index += 1) ask(w, createRequest(PODS, pod(`web-${index}`, "200m")));
    pass(w, 1);
    const names = [0, 1, 2, 3, 4, 5].map((index) => podIn(w, `web-${index}`).spec.nodeName);
    expect(names.filter((name) => name === "worker-1")).toHaveLength(2);
    const scores = view(w).decisions[0]?.scores;
    expect(scores?.plugins.map(({ plugin }) => plugin)).toEqual([
      "TaintToleration",
      "NodeResourcesFit",
      "NodeResourcesBalancedAllocation",
      "ImageLocality",
    ]);
    expect(scores?.nodes).toHaveLength(3);
  });

  it("keeps a gated pod out until its gates are gone", () => {
    const w = world([node("worker-1")]);
    pass(w, 5);
    ask(w, createRequest(PODS, pod("gated", "100m", { schedulingGates: [{ name: "example.com/wait" }] })));
    pass(w, 1);
    expect(view(w).queues.gated).toMatchObject([{ why: "waiting for scheduling gates: [example.com/wait]" }]);
    ask(w, patchRequest(PODS, "default", "gated", "merge", { spec: { schedulingGates: null } }));
    pass(w, 1);
    expect(podIn(w, "gated").spec.nodeName).toBe("worker-1");
  });

  it("backs off after a binding that failed, and frees what the pod held", () => {
    const w = world([node("worker-1")]);
    pass(w, 5);
    fakeApi(w).refusals.set("POST pods/binding default/web", { code: 500, reason: "InternalError", message: "broken" });
    ask(w, createRequest(PODS, pod("web")));
    pass(w, 0.5);
    expect(view(w)).toMatchObject({ assumed: 0, queues: { backoff: [{ place: "errorBackoff", attempts: 1 }] } });
    expect(events(w)).toMatchObject([
      { reason: "FailedScheduling", note: 'running Bind plugin "DefaultBinder": broken' },
    ]);
    fakeApi(w).refusals.clear();
    pass(w, 3);
    expect(podIn(w, "web").spec.nodeName).toBe("worker-1");
  });

  it("leaves pods of other schedulers alone, and waits in silence", () => {
    const w = world([node("worker-1")]);
    pass(w, 5);
    ask(w, createRequest(PODS, pod("other", "100m", { schedulerName: "my-scheduler" })));
    pass(w, 1);
    expect(view(w).decisionsTotal).toBe(0);
    const before = fakeApi(w).requests.length;
    pass(w, 10);
    expect(
      fakeApi(w)
        .requests.slice(before)
        .filter((line) => !line.includes("leases")),
    ).toEqual([]);
  });

  it("holds plain data only: its state can be copied", () => {
    const w = world([node("worker-1"), node("worker-2")]);
    pass(w, 5);
    ask(w, createRequest(PODS, pod("web")));
    ask(w, createRequest(PODS, pod("big", "4")));
    pass(w, 1);
    const state = stateOf<SchedulerState>(w, "kube-scheduler");
    expect(schedulerView(copyState(state))).toEqual(schedulerView(state));
  });

  it("refuses flags that it does not know", () => {
    const w = world([node("worker-1")], [...argv, "--nonsense=1"]);
    pass(w, 1);
    expect(logOf(w, "kube-scheduler")).toContain("Error: unknown flag: --nonsense");
  });
});
