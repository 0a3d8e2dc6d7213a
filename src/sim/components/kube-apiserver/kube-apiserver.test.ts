import { beforeEach, describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import { configMap, createHarness, type Harness } from "./testing/harness.ts";

let harness: Harness;

beforeEach(() => {
  harness = createHarness();
});

const DEFAULT = { namespace: "default" };

function pod(name: string, spec: object = {}): ApiObject {
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name },
    spec: { containers: [{ name: "c", image: "nginx" }], ...spec },
  };
}

function account(): void {
  const body = { kind: "ServiceAccount", apiVersion: "v1", metadata: { name: "default" } };
  harness.ask({ verb: "create", resource: "serviceaccounts", ...DEFAULT, body });
}

describe("kube-apiserver after its start", () => {
  it("has the system's namespaces, roles, classes and the kubernetes service, and says that it is ready", () => {
    const namespaces = harness.ask({ verb: "list", resource: "namespaces" }).object.items as ApiObject[];
    expect(namespaces.map((each) => each.metadata?.name)).toEqual([
      "default",
      "kube-node-lease",
      "kube-public",
      "kube-system",
    ]);
    const service = harness.ask({ resource: "services", name: "kubernetes", ...DEFAULT });
    expect((service.object.spec as { clusterIP: string }).clusterIP).toBe("10.96.0.1");
    const slice = harness.ask({
      group: "discovery.k8s.io",
      resource: "endpointslices",
      name: "kubernetes",
      ...DEFAULT,
    });
    expect(slice.object.endpoints).toEqual([{ addresses: ["10.0.0.10"], conditions: { ready: true } }]);
    const ready = harness.http("GET", "/readyz?verbose");
    expect(ready.status).toBe(200);
    expect(ready.body).toContain("[+]poststarthook/rbac/bootstrap-roles ok");
    expect(ready.body.endsWith("readyz check passed\n")).toBe(true);
  });
});

describe("the registry", () => {
  it("creates, gets, updates, patches and deletes", () => {
    const created = harness.ask({ verb: "create", ...DEFAULT, body: configMap("a", { k: "1" }) });
    expect(created.code).toBe(201);
    expect(created.object.metadata).toMatchObject({ name: "a", namespace: "default" });
    const got = harness.ask({ name: "a", ...DEFAULT });
    expect(got.object).toEqual(created.object);
    const updated = harness.ask({ verb: "update", name: "a", ...DEFAULT, body: { ...got.object, data: { k: "2" } } });
    expect(updated.code).toBe(200);
    const stale = harness.ask({ verb: "update", name: "a", ...DEFAULT, body: { ...got.object, data: { k: "3" } } });
    expect(stale.object).toMatchObject({ reason: "Conflict", code: 409 });
    const patched = harness.ask({
      verb: "patch",
      name: "a",
      ...DEFAULT,
      patchType: "merge",
      body: { data: { x: "y" } },
    });
    expect(patched.object.data).toEqual({ k: "2", x: "y" });
    const same = harness.ask({ verb: "patch", name: "a", ...DEFAULT, patchType: "merge", body: { data: { x: "y" } } });
    expect(same.object.metadata?.resourceVersion).toBe(patched.object.metadata?.resourceVersion);
    const deleted = harness.ask({ verb: "delete", name: "a", ...DEFAULT });
    expect(deleted.object).toMatchObject({
      kind: "Status",
      status: "Success",
      details: { name: "a", kind: "configmaps" },
    });
    expect(harness.ask({ name: "a", ...DEFAULT }).object.message).toBe('configmaps "a" not found');
  });

  it("refuses what is there already, and what goes into a namespace that is not", () => {
    harness.ask({ verb: "create", ...DEFAULT, body: configMap("a") });
    const again = harness.ask({ verb: "create", ...DEFAULT, body: configMap("a") });
    expect(again.object.message).toBe('configmaps "a" already exists');
    const nowhere = harness.ask({ verb: "create", namespace: "none", body: configMap("a") });
    expect(nowhere.object.message).toBe('namespaces "none" not found');
  });

  it("gives a pod its token, tolerations and priority, and ends it gracefully once it is bound", () => {
    account();
    const created = harness.ask({ verb: "create", resource: "pods", ...DEFAULT, body: pod("p") });
    expect(created.code).toBe(201);
    const spec = created.object.spec as Record<string, unknown>;
    expect(spec).toMatchObject({ serviceAccountName: "default", priority: 0, schedulerName: "default-scheduler" });
    expect(spec.tolerations).toHaveLength(2);
    expect(created.object.status).toEqual({ phase: "Pending", qosClass: "BestEffort" });
    const binding = {
      kind: "Binding",
      apiVersion: "v1",
      metadata: { name: "p" },
      target: { kind: "Node", name: "worker-1" },
    };
    const bound = harness.ask({
      verb: "create",
      resource: "pods",
      subresource: "binding",
      name: "p",
      ...DEFAULT,
      body: binding,
    });
    expect(bound).toMatchObject({ code: 201, object: { status: "Success" } });
    const again = harness.http("POST", "/api/v1/namespaces/default/bindings", binding);
    expect([again.status, JSON.parse(again.body).message]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "worker-1"',
    ]);
    const deleted = harness.ask({ verb: "delete", resource: "pods", name: "p", ...DEFAULT });
    expect(deleted.object.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, generation: 2 });
    const gone = harness.ask({
      verb: "delete",
      resource: "pods",
      name: "p",
      ...DEFAULT,
      options: { gracePeriodSeconds: 0 },
    });
    expect(gone.object.kind).toBe("Pod");
    expect(harness.ask({ resource: "pods", name: "p", ...DEFAULT }).code).toBe(404);
  });

  it("chooses a service's address and node port, and gives them back", () => {
    const service = (name: string, spec: object = {}) => ({
      kind: "Service",
      apiVersion: "v1",
      metadata: { name },
      spec: { type: "NodePort", ports: [{ port: 80 }], ...spec },
    });
    const create = (body: ApiObject) => harness.ask({ verb: "create", resource: "services", ...DEFAULT, body });
    const first = create(service("a"));
    const spec = first.object.spec as { clusterIP: string; ports: { nodePort: number }[] };
    expect(spec.clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    expect(spec.ports[0]!.nodePort).toBeGreaterThanOrEqual(30086);
    const taken = create(service("b", { clusterIP: spec.clusterIP }));
    expect(taken.object.message).toBe(
      `Service "b" is invalid: spec.clusterIPs: Invalid value: []string{"${spec.clusterIP}"}: failed to allocate IP ${spec.clusterIP}: provided IP is already allocated`,
    );
    const port = create(service("c", { ports: [{ port: 80, nodePort: spec.ports[0]!.nodePort }] }));
    expect(port.object.message).toContain("provided port is already allocated");
    harness.ask({ verb: "delete", resource: "services", name: "a", ...DEFAULT });
    expect(
      create(service("d", { clusterIP: spec.clusterIP, ports: [{ port: 80, nodePort: spec.ports[0]!.nodePort }] }))
        .code,
    ).toBe(201);
  });

  it("lists in pages of one revision", () => {
    for (const name of ["a", "b", "c"]) harness.ask({ verb: "create", ...DEFAULT, body: configMap(name) });
    const first = harness.ask({ verb: "list", ...DEFAULT, options: { limit: 2 } });
    const metadata = first.object.metadata as { continue: string; remainingItemCount: number; resourceVersion: string };
    expect(metadata.remainingItemCount).toBe(1);
    harness.ask({ verb: "create", ...DEFAULT, body: configMap("bb") });
    const second = harness.ask({ verb: "list", ...DEFAULT, options: { limit: 2, continue: metadata.continue } });
    expect((second.object.items as ApiObject[]).map((each) => each.metadata?.name)).toEqual(["c"]);
    expect(second.object.metadata?.resourceVersion).toBe(metadata.resourceVersion);
  });
});

describe("watches", () => {
  it("tell of what comes, changes and goes, with the trace that wrote it", () => {
    const watch = harness.watch({ ...DEFAULT });
    harness.ask({ verb: "create", ...DEFAULT, body: configMap("a") });
    harness.ask({ verb: "patch", name: "a", ...DEFAULT, patchType: "merge", body: { data: { x: "y" } } });
    harness.ask({ verb: "delete", name: "a", ...DEFAULT });
    harness.run(100_000);
    expect(watch.frames.map((frame) => frame.type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
    const last = watch.frames[1] as { trace?: { trace: number } };
    expect(last.trace!.trace).toBeGreaterThan(0);
  });

  it("of a selection see objects come into it and leave it", () => {
    const watch = harness.watch({ ...DEFAULT, options: { labelSelector: "app=web" } });
    harness.ask({ verb: "create", ...DEFAULT, body: configMap("a") });
    const label = (value: string | null) =>
      harness.ask({
        verb: "patch",
        name: "a",
        ...DEFAULT,
        patchType: "merge",
        body: { metadata: { labels: { app: value } } },
      });
    label("web");
    label("db");
    harness.run(100_000);
    expect(watch.frames.map((frame) => frame.type)).toEqual(["ADDED", "DELETED"]);
  });
});

describe("HTTP", () => {
  it("refuses what Bob may not see", () => {
    const response = harness.http("GET", "/api/v1/namespaces/default/pods?limit=500", undefined, {}, "bob");
    expect(response.status).toBe(403);
    expect(JSON.parse(response.body).message).toBe(
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
    );
  });

  it("serves discovery both ways", () => {
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    const aggregated = harness.http("GET", "/apis?timeout=32s", undefined, { accept });
    expect(aggregated.headers["content-type"]).toContain("as=APIGroupDiscoveryList");
    expect(JSON.parse(aggregated.body).items[1].metadata.name).toBe("apps");
    const plain = JSON.parse(harness.http("GET", "/api/v1").body);
    expect(plain.resources.find((each: { name: string }) => each.name === "pods/eviction")).toMatchObject({
      group: "policy",
      version: "v1",
    });
  });

  it("streams a watch, a line of JSON each", () => {
    const stream = harness.stream("/api/v1/namespaces/default/configmaps?watch=true");
    harness.http("POST", "/api/v1/namespaces/default/configmaps", configMap("a"), {
      "content-type": "application/json",
    });
    harness.run(100_000);
    expect(stream.frames[0]).toMatchObject({ type: "http", status: 200 });
    const line = JSON.parse((stream.frames[1] as { data: string }).data);
    expect(line).toMatchObject({ type: "ADDED", object: { metadata: { name: "a" } } });
  });

  it("is strict about unknown fields when asked to", () => {
    const body = { ...configMap("a"), foo: 1 };
    const path = "/api/v1/namespaces/default/configmaps?fieldValidation=Strict";
    const response = harness.http("POST", path, body, { "content-type": "application/json" });
    expect(JSON.parse(response.body).message).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo"',
    );
  });
});
