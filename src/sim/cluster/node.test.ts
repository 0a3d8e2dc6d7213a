import { describe, expect, it } from "vitest";
import type { ApiObject } from "../api/object.ts";
import type { ContainerStatus, PodStatus } from "../components/kubelet/types.ts";
import { allow, bar, crash } from "../kernel/control.ts";
import type { World } from "../kernel/world.ts";
import { createRequest, deleteRequest, patchRequest } from "../machinery/requests.ts";
import { CONFIG_MAPS, NODES, PODS } from "../machinery/resources.ts";
import { ask, fakeApi, logOf, pass, stored } from "../machinery/testing/small-world.ts";
import { boundPod, kubeletOf, NODE, nodeWorld, runtimeOf } from "./testing/node-world.ts";

const STATIC = `apiVersion: v1
kind: Pod
metadata:
  name: etcd
  namespace: kube-system
spec:
  hostNetwork: true
  containers:
  - name: etcd
    image: busybox:1
    command: [sleep, "100000"]
`;

/** A node that is Ready. */
function readyNode(files: Readonly<Record<string, unknown>> = {}): World {
  const world = nodeWorld({ files });
  pass(world, 2);
  ask(world, patchRequest(NODES, "", NODE, "strategic", { spec: { podCIDR: "10.244.1.0/24" } }));
  pass(world, 2);
  return world;
}

function create(
  world: World,
  name: string,
  container: Readonly<Record<string, unknown>>,
  spec: Readonly<Record<string, unknown>> = {},
): void {
  ask(world, createRequest(PODS, boundPod(name, { containers: [{ name: "c", ...container }], ...spec })));
}

function statusOf(world: World, name: string, namespace = "default"): PodStatus | undefined {
  return stored(world, "pods").get(`${namespace}/${name}`)?.status as PodStatus | undefined;
}

function containerOf(world: World, name: string): ContainerStatus | undefined {
  return statusOf(world, name)?.containerStatuses?.[0];
}

function eventsOf(world: World, name: string): string[] {
  const events = [...stored(world, "events").values()].filter(
    (event) => (event.involvedObject as { name?: string }).name === name,
  );
  return events.map((event) => `${event.reason}: ${event.message}`);
}

function conditionOf(
  object: ApiObject | undefined,
  type: string,
): { status: string; reason?: string; message?: string } | undefined {
  return (object?.status as PodStatus | undefined)?.conditions?.find((condition) => condition.type === type);
}

describe("kubelet", () => {
  it("registers its node, and Ready waits for the pod network", () => {
    const world = nodeWorld();
    pass(world, 2);
    expect(conditionOf(stored(world, "nodes").get(NODE), "Ready")).toMatchObject({
      status: "False",
      reason: "KubeletNotReady",
      message:
        "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized",
    });
    ask(world, patchRequest(NODES, "", NODE, "strategic", { spec: { podCIDR: "10.244.1.0/24" } }));
    pass(world, 2);
    expect(conditionOf(stored(world, "nodes").get(NODE), "Ready")).toMatchObject({
      status: "True",
      reason: "KubeletReady",
    });
    pass(world, 60);
    const renewals = fakeApi(world).requests.filter((line) => line === `PUT leases kube-node-lease/${NODE}`);
    expect(renewals.length).toBeGreaterThanOrEqual(5);
  });

  it("runs a static pod without the API and shows it there as a mirror pod", () => {
    const world = readyNode({ "/etc/kubernetes/manifests/etcd.yaml": STATIC });
    pass(world, 10);
    expect(statusOf(world, `etcd-${NODE}`, "kube-system")?.phase).toBe("Running");
    const mirror = stored(world, "pods").get(`kube-system/etcd-${NODE}`);
    expect(mirror?.metadata?.annotations).toMatchObject({ "kubernetes.io/config.source": "file" });
    expect(mirror?.metadata?.ownerReferences?.[0]).toMatchObject({ kind: "Node", name: NODE });
    ask(world, deleteRequest(PODS, "kube-system", `etcd-${NODE}`, { gracePeriodSeconds: 0 }));
    pass(world, 5);
    expect(stored(world, "pods").has(`kube-system/etcd-${NODE}`)).toBe(true);
    expect(runtimeOf(world).containers.size).toBe(1);
  });

  it("starts a pod with upstream's events and reports it Ready", () => {
    const world = readyNode();
    create(world, "web", { image: "nginx:1.27", readinessProbe: { httpGet: { path: "/", port: 80 } } });
    pass(world, 6);
    const status = statusOf(world, "web");
    expect(status).toMatchObject({ phase: "Running", podIP: "10.244.1.2", qosClass: "BestEffort" });
    expect(status?.conditions?.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
      "PodReadyToStartContainers=True",
      "Initialized=True",
      "Ready=True",
      "ContainersReady=True",
      "PodScheduled=True",
    ]);
    expect(eventsOf(world, "web").map((text) => text.replace(/in .*/, ""))).toEqual([
      'Pulling: Pulling image "nginx:1.27"',
      'Pulled: Successfully pulled image "nginx:1.27" ',
      "Created: Created container: c",
      "Started: Started container c",
    ]);
    expect(logOf(world, `web/c@${NODE}`, NODE).at(-1)).toContain('"GET / HTTP/1.1" 200');
  });

  it("lets pods have one host port each at addresses of their own", () => {
    const world = readyNode();
    const port = (hostIP: string) => ({ image: "nginx:1.27", ports: [{ containerPort: 80, hostPort: 8080, hostIP }] });
    create(world, "loopback", port("127.0.0.1"));
    create(world, "address", port("10.0.1.21"));
    pass(world, 10);
    create(world, "everywhere", port(""));
    pass(world, 10);
    expect(["loopback", "address"].map((name) => statusOf(world, name)?.phase)).toEqual(["Running", "Running"]);
    expect(statusOf(world, "everywhere")).toMatchObject({ phase: "Failed", reason: "NodePorts" });
  });

  it("lets pods have what somebody else says that the node has", () => {
    const world = readyNode();
    const NAME = "example.com/dongle";
    ask(world, patchRequest(NODES, "", NODE, "strategic", { status: { capacity: { [NAME]: "3" } } }, "status"));
    pass(world, 15);
    const said = () => (stored(world, "nodes").get(NODE)?.status ?? {}) as Record<string, Record<string, string>>;
    expect([said().capacity?.[NAME], said().allocatable?.[NAME]]).toEqual(["3", "3"]);
    const resources = { requests: { [NAME]: "2" }, limits: { [NAME]: "2" } };
    create(world, "first", { image: "nginx:1.27", resources });
    create(world, "other", { image: "nginx:1.27", resources: { limits: { "example.com/unheard-of": "1" } } });
    pass(world, 10);
    create(world, "second", { image: "nginx:1.27", resources });
    pass(world, 10);
    expect(["first", "other"].map((name) => statusOf(world, name)?.phase)).toEqual(["Running", "Running"]);
    expect(statusOf(world, "second")).toMatchObject({ phase: "Failed", reason: `OutOf${NAME}` });
    ask(world, deleteRequest(PODS, "default", "first", { gracePeriodSeconds: 0 }));
    create(world, "third", { image: "nginx:1.27", resources });
    pass(world, 10);
    expect(statusOf(world, "third")?.phase).toBe("Running");
    ask(world, patchRequest(NODES, "", NODE, "strategic", { status: { capacity: { [NAME]: null } } }, "status"));
    pass(world, 15);
    expect(said().allocatable).not.toHaveProperty([NAME]);
  });

  it("restarts what crashes, ever more slowly", () => {
    const world = readyNode();
    create(world, "crash", { image: "kubarium/crash:1" });
    pass(world, 8);
    expect(containerOf(world, "crash")).toMatchObject({
      restartCount: 1,
      state: { waiting: { reason: "CrashLoopBackOff" } },
    });
    expect(containerOf(world, "crash")?.state?.waiting?.message).toMatch(
      /^back-off 10s restarting failed container=c pod=crash_default\(/,
    );
    pass(world, 110);
    expect(containerOf(world, "crash")).toMatchObject({
      restartCount: 4,
      state: { waiting: { reason: "CrashLoopBackOff" } },
    });
  });

  it("says what is wrong with an image", () => {
    const world = readyNode();
    create(world, "bad", { image: "nginx:9.9" });
    create(world, "nowhere", { image: "registry.invalid/x:1" });
    pass(world, 3);
    expect(containerOf(world, "bad")?.state?.waiting).toEqual({
      reason: "ErrImagePull",
      message:
        'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:9.9": failed to resolve reference "docker.io/library/nginx:9.9": docker.io/library/nginx:9.9: not found',
    });
    expect(containerOf(world, "nowhere")?.state?.waiting?.message).toContain("no such host");
    ask(
      world,
      createRequest(
        PODS,
        boundPod("ok", { containers: [{ name: "c", image: "busybox", command: ["sleep", "1000"] }] }),
      ),
    );
    pass(world, 30);
    expect(containerOf(world, "ok")?.ready).toBe(true);
  });

  it("ends a deleted pod gracefully and removes it", () => {
    const world = readyNode();
    create(world, "web", { image: "nginx:1.27" });
    create(world, "deaf", { image: "busybox", command: ["sleep", "1000"] });
    pass(world, 6);
    ask(world, deleteRequest(PODS, "default", "web"));
    ask(world, deleteRequest(PODS, "default", "deaf"));
    pass(world, 3);
    expect(stored(world, "pods").has("default/web")).toBe(false);
    expect(stored(world, "pods").has("default/deaf")).toBe(true);
    pass(world, 29);
    expect(stored(world, "pods").has("default/deaf")).toBe(false);
    expect(kubeletOf(world).workers.size).toBe(0);
    pass(world, 1);
    expect(runtimeOf(world).sandboxes.size).toBe(0);
    expect(eventsOf(world, "web").filter((text) => text.startsWith("Killing"))).toEqual([
      "Killing: Stopping container c",
    ]);
  });

  it("gives a pod as long as it is told while it runs, counted from its start", () => {
    const world = readyNode();
    create(world, "late", { image: "nginx:1.27" });
    create(world, "spared", { image: "nginx:1.27" });
    const allow = (name: string, seconds: number) =>
      ask(world, patchRequest(PODS, "default", name, "strategic", { spec: { activeDeadlineSeconds: seconds } }));
    pass(world, 10);
    allow("late", 20);
    allow("spared", 20);
    pass(world, 5);
    allow("spared", 60);
    expect(statusOf(world, "late")?.phase).toBe("Running");
    pass(world, 8);
    expect(statusOf(world, "late")).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
    expect(statusOf(world, "spared")?.phase).toBe("Running");
  });

  it("completes a job's pod, init containers first", () => {
    const world = readyNode();
    const init = [
      {
        name: "first",
        image: "busybox",
        command: ["sh", "-c", "echo prepared > /work/f"],
        volumeMounts: [{ name: "work", mountPath: "/work" }],
      },
    ];
    const volumes = [{ name: "work", emptyDir: {} }];
    create(
      world,
      "job",
      { image: "busybox", command: ["cat", "/work/f"], volumeMounts: [{ name: "work", mountPath: "/work" }] },
      { restartPolicy: "Never", initContainers: init, volumes },
    );
    pass(world, 10);
    expect(statusOf(world, "job")?.phase).toBe("Succeeded");
    expect(conditionOf(stored(world, "pods").get("default/job"), "Ready")?.reason).toBe("PodCompleted");
    expect(logOf(world, `job/c@${NODE}`, NODE)).toEqual(["prepared"]);
  });

  it("waits for a ConfigMap and gives it to the container", () => {
    const world = readyNode();
    const volumes = [{ name: "config", configMap: { name: "web" } }];
    create(
      world,
      "web",
      {
        image: "busybox",
        command: ["sh", "-c", "cat /etc/web/greeting; sleep 1000"],
        volumeMounts: [{ name: "config", mountPath: "/etc/web" }],
      },
      { volumes },
    );
    pass(world, 5);
    expect(eventsOf(world, "web")).toContain(
      'FailedMount: MountVolume.SetUp failed for volume "config" : configmap "web" not found',
    );
    ask(
      world,
      createRequest(CONFIG_MAPS, {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "web", namespace: "default" },
        data: { greeting: "hello\n" },
      }),
    );
    pass(world, 5);
    expect(logOf(world, `web/c@${NODE}`, NODE)).toEqual(["hello"]);
  });

  it("kills and restarts a container whose liveness probe fails", () => {
    const world = readyNode();
    const livenessProbe = {
      exec: { command: ["cat", "/tmp/healthy"] },
      initialDelaySeconds: 5,
      periodSeconds: 5,
      failureThreshold: 3,
    };
    create(world, "live", {
      image: "busybox",
      command: ["sh", "-c", "touch /tmp/healthy; sleep 10; rm -f /tmp/healthy; sleep 600"],
      livenessProbe,
    });
    pass(world, 90);
    expect(containerOf(world, "live")?.restartCount).toBeGreaterThanOrEqual(1);
    const events = eventsOf(world, "live");
    expect(events).toContain(
      "Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n",
    );
    expect(events).toContain("Killing: Container c failed liveness probe, will be restarted");
  });

  it("finds its pods again after a restart, and leaves them running", () => {
    const world = readyNode();
    create(world, "web", { image: "nginx:1.27" });
    pass(world, 6);
    const before = containerOf(world, "web");
    crash(world, `kubelet@${NODE}`);
    pass(world, 20);
    expect(kubeletOf(world).workers.size).toBe(1);
    expect(containerOf(world, "web")).toEqual(before);
    expect(runtimeOf(world).containers.size).toBe(1);
  });

  it("survives a restart of the runtime, whose containers go on", () => {
    const world = readyNode();
    create(world, "web", { image: "nginx:1.27" });
    pass(world, 6);
    const before = containerOf(world, "web");
    crash(world, `containerd@${NODE}`);
    pass(world, 20);
    expect(containerOf(world, "web")).toEqual(before);
    crash(world, `web/c@${NODE}`);
    pass(world, 3);
    expect(containerOf(world, "web")).toMatchObject({ restartCount: 1, ready: true });
  });

  it("reports NotReady when the runtime is down for 30 s", () => {
    const world = readyNode();
    bar(world, `containerd@${NODE}`);
    pass(world, 41);
    expect(conditionOf(stored(world, "nodes").get(NODE), "Ready")).toMatchObject({
      status: "False",
      message: "container runtime is down",
    });
    allow(world, `containerd@${NODE}`);
    pass(world, 10);
    expect(conditionOf(stored(world, "nodes").get(NODE), "Ready")?.status).toBe("True");
  });

  it("lets a component be held down and start again when allowed", () => {
    const world = readyNode({ "/etc/kubernetes/manifests/etcd.yaml": STATIC });
    pass(world, 5);
    const name = [...runtimeOf(world).byProcess.keys()][0] as string;
    bar(world, name);
    pass(world, 60);
    expect(world.state.names.has(name)).toBe(false);
    allow(world, name);
    pass(world, 3);
    expect(world.state.names.has(name)).toBe(true);
  });
});
