import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import type { World } from "../../kernel/world.ts";
import { createRequest, deleteRequest, patchRequest } from "../../machinery/requests.ts";
import { PERSISTENT_VOLUME_CLAIMS, PODS } from "../../machinery/resources.ts";
import {
  ask,
  fakeApi,
  pass,
  smallWorld,
  stateOf,
  stored,
  TEST_KUBECONFIG,
} from "../../machinery/testing/small-world.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import { kubeScheduler } from "./program.ts";
import type { SchedulerState } from "./state.ts";

/** What takes longer than a cycle: preemption, and volumes that must be bound first. */

function world(objects: Readonly<Record<string, readonly ApiObject[]>> = {}): World {
  const argv = ["kube-scheduler", "--kubeconfig=/etc/kubernetes/scheduler.conf", "--leader-elect=false"];
  const made = smallWorld({
    components: [kubeScheduler as never],
    processes: [{ name: "kube-scheduler", kind: "kube-scheduler", args: { argv, env: {} } as unknown as ProgramArgs }],
    objects: { nodes: [node("worker-1")], ...objects },
    files: { "/etc/kubernetes/scheduler.conf": { text: "", data: TEST_KUBECONFIG } },
  });
  pass(made, 5);
  return made;
}

function node(name: string): ApiObject {
  const metadata = { name, labels: { "kubernetes.io/hostname": name } };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata,
    status: { allocatable: { cpu: "2", memory: "4Gi", pods: "110" } },
  };
}

function pod(name: string, cpu: string, spec: Record<string, unknown> = {}): ApiObject {
  const containers = [{ name: "c", image: "nginx", resources: { requests: { cpu } } }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { containers, ...spec } };
}

interface SeenPod {
  readonly metadata: { readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status?: {
    readonly nominatedNodeName?: string;
    readonly conditions?: readonly { type: string; reason: string }[];
  };
}

function podIn(w: World, name: string): SeenPod | undefined {
  return stored(w, "pods").get(`default/${name}`) as unknown as SeenPod | undefined;
}

function notes(w: World): string[] {
  const events = [...stored(w, "events.k8s.io/events").values()] as unknown as { reason: string; note: string }[];
  return events.map(({ reason, note }) => `${reason}: ${note}`);
}

/** What its kubelet does in the end. */
function stopped(w: World, name: string): void {
  expect(podIn(w, name)?.metadata.deletionTimestamp).toBeDefined();
  ask(w, deleteRequest(PODS, "default", name, { gracePeriodSeconds: 0 }));
}

function state(w: World): SchedulerState {
  return stateOf<SchedulerState>(w, "kube-scheduler");
}

describe("preemption", () => {
  it("tells victims why they go, the last one last, and takes their place", () => {
    const w = world();
    for (const name of ["one", "two", "three"]) ask(w, createRequest(PODS, pod(name, "600m")));
    pass(w, 1);
    ask(w, createRequest(PODS, pod("urgent", "1900m", { priority: 10 })));
    pass(w, 1);
    const uid = podIn(w, "urgent")?.metadata.uid;
    const preempted = notes(w).filter((note) => note.startsWith("Preempted"));
    expect(preempted).toEqual(new Array(3).fill(`Preempted: Preempted by pod ${uid} on node worker-1`));
    const writes = fakeApi(w).requests.filter((line) => /^(PATCH|DELETE) /.test(line) && !line.includes("urgent"));
    // All but the last are told and deleted side by side; only then it is the last one's turn.
    const last = writes.at(-1)!.replace("DELETE ", "");
    expect(writes.slice(-2).map((line) => line.split(" ")[0])).toEqual(["PATCH", "DELETE"]);
    expect(writes.findIndex((line) => line.includes(last.split(" ").at(-1)!))).toBe(4);
    expect(state(w).preempting.size).toBe(0);
    expect(state(w).queue.preempting.size).toBe(0);
    for (const name of ["one", "two", "three"]) stopped(w, name);
    pass(w, 2);
    expect(podIn(w, "urgent")?.spec.nodeName).toBe("worker-1");
  });

  it("tries the pod again when a victim cannot be told", () => {
    const w = world();
    ask(w, createRequest(PODS, pod("low", "1500m")));
    pass(w, 1);
    fakeApi(w).refusals.set("PATCH pods/status default/low", { code: 500, reason: "InternalError", message: "no" });
    ask(w, createRequest(PODS, pod("urgent", "1500m", { priority: 10 })));
    pass(w, 0.5);
    expect(podIn(w, "low")).toBeDefined();
    expect(podIn(w, "urgent")?.status?.nominatedNodeName).toBe("worker-1");
    fakeApi(w).refusals.clear();
    pass(w, 2);
    stopped(w, "low");
    pass(w, 10);
    expect(podIn(w, "urgent")?.spec.nodeName).toBe("worker-1");
  });

  it("keeps the room for the pod that it was made for", () => {
    const w = world();
    ask(w, createRequest(PODS, pod("low", "1500m")));
    pass(w, 1);
    fakeApi(w).refusals.set("DELETE pods default/low", { code: 404, reason: "NotFound", message: "gone" });
    ask(w, createRequest(PODS, pod("urgent", "1500m", { priority: 10 })));
    pass(w, 1);
    // There is room for it beside `low`, but not beside what is nominated.
    ask(w, createRequest(PODS, pod("small", "600m", { priority: 10 })));
    pass(w, 1);
    expect(podIn(w, "small")?.spec.nodeName).toBeUndefined();
    ask(w, createRequest(PODS, pod("tiny", "400m", { priority: 20 })));
    pass(w, 1);
    expect(podIn(w, "tiny")?.spec.nodeName).toBe("worker-1");
  });
});

describe("volumes that wait for their first pod", () => {
  const objects = {
    "storage.k8s.io/storageclasses": [
      {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: "local" },
        provisioner: "kubernetes.io/no-provisioner",
        volumeBindingMode: "WaitForFirstConsumer",
      },
    ],
    persistentvolumes: [
      {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: "disk" },
        spec: { capacity: { storage: "5Gi" }, accessModes: ["ReadWriteOnce"], storageClassName: "local" },
        status: { phase: "Available" },
      },
    ],
    persistentvolumeclaims: ["data", "more"].map((name) => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, namespace: "default" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "local",
        resources: { requests: { storage: "1Gi" } },
      },
    })),
  };
  const withClaim = (name: string, claimName: string) =>
    pod(name, "100m", { volumes: [{ name: "data", persistentVolumeClaim: { claimName } }] });
  const bound = {
    metadata: { annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
    spec: { volumeName: "disk" },
  };

  it("are bound before the pod is, and counted as taken at once", () => {
    const w = world(objects);
    ask(w, createRequest(PODS, withClaim("first", "data")));
    ask(w, createRequest(PODS, withClaim("second", "more")));
    pass(w, 3);
    expect(stored(w, "persistentvolumes").get("disk")).toMatchObject({
      metadata: { annotations: { "pv.kubernetes.io/bound-by-controller": "yes" } },
      spec: { claimRef: { kind: "PersistentVolumeClaim", namespace: "default", name: "data" } },
    });
    expect(podIn(w, "first")?.spec.nodeName).toBeUndefined();
    expect(notes(w)).toEqual([
      "FailedScheduling: 0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind. " +
        "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    ]);
    ask(w, patchRequest(PERSISTENT_VOLUME_CLAIMS, "default", "data", "merge", bound));
    pass(w, 2);
    expect(podIn(w, "first")?.spec.nodeName).toBe("worker-1");
    expect(state(w).assumedObjects.size).toBe(0);
  });

  it("are waited for ten minutes at most", () => {
    const w = world(objects);
    ask(w, createRequest(PODS, withClaim("first", "data")));
    pass(w, 590);
    expect(notes(w)).toEqual([]);
    pass(w, 20);
    const text = 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded';
    expect(notes(w)).toEqual([`FailedScheduling: ${text}`]);
  });
});
