import { beforeEach, describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import { configMap, createHarness, type Harness } from "./testing/harness.ts";
import { viewOf } from "./view.ts";

let harness: Harness;

beforeEach(() => {
  harness = createHarness();
});

const DEFAULT = { namespace: "default" };
const CONTAINERS = { containers: [{ name: "c", image: "nginx" }] };
const JSON_BODY = { "content-type": "application/json" };

function create(resource: string, body: ApiObject, group = ""): ApiObject {
  const response = harness.ask({ verb: "create", resource, group, ...DEFAULT, body });
  expect(response.object.message).toBeUndefined();
  return response.object;
}

describe("deleting", () => {
  it("waits for finalizers, whoever put them there", () => {
    create("configmaps", { ...configMap("a"), metadata: { name: "a", finalizers: ["example.com/keep"] } });
    const marked = harness.ask({ verb: "delete", name: "a", ...DEFAULT, options: { propagationPolicy: "Foreground" } });
    expect(marked.object.metadata).toMatchObject({
      deletionGracePeriodSeconds: 0,
      finalizers: ["example.com/keep", "foregroundDeletion"],
    });
    const freed = harness.ask({
      verb: "patch",
      name: "a",
      ...DEFAULT,
      patchType: "merge",
      body: { metadata: { finalizers: null } },
    });
    expect(freed.code).toBe(200);
    expect(harness.ask({ name: "a", ...DEFAULT }).code).toBe(404);
  });

  it("keeps to preconditions", () => {
    create("configmaps", configMap("a"));
    const refused = harness.ask({
      verb: "delete",
      name: "a",
      ...DEFAULT,
      options: { preconditions: { uid: "other" } },
    });
    expect(refused.object.message).toMatch(
      /^Operation cannot be fulfilled on configmaps "a": the UID in the precondition \(other\)/,
    );
  });

  it("of a namespace marks it, and ends with its finalizer", () => {
    const body = { kind: "Namespace", apiVersion: "v1", metadata: { name: "team" } };
    expect(harness.ask({ verb: "create", resource: "namespaces", body }).object).toMatchObject({
      metadata: { labels: { "kubernetes.io/metadata.name": "team" } },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    });
    const marked = harness.ask({ verb: "delete", resource: "namespaces", name: "team" });
    expect(marked.object.status).toEqual({ phase: "Terminating" });
    const late = harness.ask({ verb: "create", namespace: "team", body: configMap("a") });
    expect(late.object.message).toBe(
      'configmaps "a" is forbidden: unable to create new content in namespace team because it is being terminated',
    );
    const finalized = { ...marked.object, spec: {} };
    harness.ask({ verb: "update", resource: "namespaces", subresource: "finalize", name: "team", body: finalized });
    expect(harness.ask({ resource: "namespaces", name: "team" }).code).toBe(404);
    const immortal = harness.ask({ verb: "delete", resource: "namespaces", name: "default" });
    expect(immortal.object.message).toBe('namespaces "default" is forbidden: this namespace may not be deleted');
  });

  it("of a collection takes all that the selector chooses", () => {
    for (const name of ["a", "b"]) create("configmaps", { ...configMap(name), metadata: { name, labels: { x: "y" } } });
    create("configmaps", configMap("c"));
    expect(harness.ask({ verb: "deletecollection", ...DEFAULT, options: { labelSelector: "x=y" } }).code).toBe(200);
    const left = harness.ask({ verb: "list", ...DEFAULT }).object.items as ApiObject[];
    expect(left.map((each) => each.metadata?.name)).toEqual(["c"]);
  });
});

describe("deployments", () => {
  const deployment = {
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: { name: "web" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx" }] } },
    },
  };

  it("are scaled through their scale, and count generations of the spec alone", () => {
    create("deployments", deployment, "apps");
    const at = { group: "apps", resource: "deployments", name: "web", ...DEFAULT };
    const scaled = harness.ask({
      verb: "patch",
      subresource: "scale",
      ...at,
      patchType: "merge",
      body: { spec: { replicas: 5 } },
    });
    expect(scaled.object).toMatchObject({ kind: "Scale", spec: { replicas: 5 }, status: { selector: "app=web" } });
    const object = harness.ask(at).object;
    expect(object.metadata?.generation).toBe(2);
    const status = harness.ask({
      verb: "update",
      subresource: "status",
      ...at,
      body: { ...object, spec: {}, status: { replicas: 5 } },
    });
    expect(status.object).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 5 },
      status: { replicas: 5 },
    });
  });

  it("that are invalid are refused with every cause", () => {
    const bad = { ...deployment, spec: { ...deployment.spec, replicas: -1 } };
    const response = harness.ask({ verb: "create", group: "apps", resource: "deployments", ...DEFAULT, body: bad });
    expect(response.object.message).toBe(
      'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
  });

  it("are shown as a table", () => {
    create("deployments", deployment, "apps");
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    const { body } = harness.http("GET", "/apis/apps/v1/namespaces/default/deployments?limit=500", undefined, {
      accept,
    });
    const table = JSON.parse(body);
    expect(table.kind).toBe("Table");
    expect(table.columnDefinitions[0]).toMatchObject({ name: "Name", priority: 0 });
    expect(table.rows[0].cells.slice(0, 4)).toEqual(["web", "0/2", 0, 0]);
    expect(table.rows[0].object.kind).toBe("PartialObjectMetadata");
  });
});

describe("who may do what", () => {
  it("is answered to those who ask for themselves", () => {
    const ask = (verb: string) =>
      JSON.parse(
        harness.http(
          "POST",
          "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
          {
            kind: "SelfSubjectAccessReview",
            apiVersion: "authorization.k8s.io/v1",
            spec: { resourceAttributes: { verb, resource: "pods", namespace: "default" } },
          },
          { ...JSON_BODY, "impersonate-user": "alice" },
        ).body,
      ).status.allowed;
    expect(ask("get")).toBe(false);
    const role = {
      kind: "Role",
      apiVersion: "rbac.authorization.k8s.io/v1",
      metadata: { name: "r" },
      rules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }],
    };
    create("roles", role, "rbac.authorization.k8s.io");
    const binding = {
      kind: "RoleBinding",
      apiVersion: "rbac.authorization.k8s.io/v1",
      metadata: { name: "b" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" },
      subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "alice" }],
    };
    create("rolebindings", binding, "rbac.authorization.k8s.io");
    harness.run(100_000);
    expect(ask("get")).toBe(true);
    expect(ask("delete")).toBe(false);
  });

  it("keeps people from giving away what they do not have", () => {
    const as = { user: "mallory", groups: ["devs"] };
    const rules = (verbs: string[], resources: string[]) => [
      { verbs, apiGroups: ["rbac.authorization.k8s.io", ""], resources },
    ];
    const role = (name: string, given: object[]) => ({
      kind: "Role",
      apiVersion: "rbac.authorization.k8s.io/v1",
      metadata: { name },
      rules: given,
    });
    create("roles", role("maker", rules(["create"], ["roles"])), "rbac.authorization.k8s.io");
    const binding = {
      kind: "RoleBinding",
      apiVersion: "rbac.authorization.k8s.io/v1",
      metadata: { name: "m" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "maker" },
      subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "mallory" }],
    };
    create("rolebindings", binding, "rbac.authorization.k8s.io");
    harness.run(100_000);
    const at = { verb: "create", group: "rbac.authorization.k8s.io", resource: "roles", ...DEFAULT } as const;
    expect(harness.ask({ ...at, body: role("same", rules(["create"], ["roles"])) }, as).code).toBe(201);
    const refused = harness.ask(
      { ...at, body: role("more", [{ verbs: ["get"], apiGroups: [""], resources: ["secrets"] }]) },
      as,
    );
    expect(refused.object.message).toBe(
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "mallory" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
    );
  });

  it("lets a service account in by its token until it expires", () => {
    create("serviceaccounts", { kind: "ServiceAccount", apiVersion: "v1", metadata: { name: "bot" } });
    const issued = harness.ask({
      verb: "create",
      resource: "serviceaccounts",
      subresource: "token",
      name: "bot",
      ...DEFAULT,
      body: { spec: { expirationSeconds: 600 } },
    });
    const { token } = issued.object.status as { token: string };
    const whoAmI = () =>
      harness.http(
        "POST",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1" },
        { ...JSON_BODY, authorization: `Bearer ${token}` },
        "",
      );
    expect(JSON.parse(whoAmI().body).status.userInfo.username).toBe("system:serviceaccount:default:bot");
    harness.run(601_000_000);
    expect(whoAmI().status).toBe(401);
  });
});

describe("when etcd has no quorum", () => {
  it("consistent reads and writes fail in etcd's words, lists from the cache go on, and readiness is gone", () => {
    create("configmaps", configMap("a"));
    harness.etcd.failing = "etcdserver: request timed out";
    const list = harness.ask({ verb: "list", ...DEFAULT, options: { limit: 500 } });
    expect(list.object).toMatchObject({ code: 500, message: "etcdserver: request timed out" });
    const write = harness.ask({ verb: "create", ...DEFAULT, body: configMap("b") });
    expect(write.object.message).toBe("etcdserver: request timed out");
    const cached = harness.ask({ verb: "list", ...DEFAULT, options: { resourceVersion: "0" } });
    expect((cached.object.items as ApiObject[]).map((each) => each.metadata?.name)).toEqual(["a"]);
    harness.run(3_000_000);
    const ready = harness.http("GET", "/readyz");
    expect(ready.status).toBe(500);
    expect(ready.body).toContain("[-]etcd failed: reason withheld");
    expect(viewOf(harness.server).ready).toBe(false);
  });
});

describe("what is refused", () => {
  const message = (request: Parameters<Harness["ask"]>[0]): unknown => harness.ask(request).object.message;

  it("shows structs as Go prints them", () => {
    const labels = { app: "web" };
    const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: CONTAINERS } };
    create("deployments", { kind: "Deployment", apiVersion: "apps/v1", metadata: { name: "web" }, spec }, "apps");
    const changed = { spec: { selector: { matchExpressions: [{ key: "app", operator: "Exists" }] } } };
    const at = { verb: "patch", name: "web", ...DEFAULT, patchType: "merge" } as const;
    expect(message({ ...at, resource: "deployments", group: "apps", body: changed })).toBe(
      'Deployment.apps "web" is invalid: spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web"}, MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Exists", Values:[]string(nil)}}}: field is immutable',
    );
    const group = "rbac.authorization.k8s.io";
    const roleRef = { apiGroup: group, kind: "Role", name: "a" };
    const binding = { kind: "RoleBinding", apiVersion: `${group}/v1`, metadata: { name: "web" }, roleRef };
    create("rolebindings", binding, group);
    expect(message({ ...at, resource: "rolebindings", group, body: { roleRef: { name: "b" } } })).toBe(
      'RoleBinding.rbac.authorization.k8s.io "web" is invalid: roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"b"}: cannot change roleRef',
    );
  });

  it("are finalizers that are neither known nor qualified", () => {
    const finalizers = ["orphan", "example.com/a", "hold"];
    const body = { ...configMap("a"), metadata: { name: "a", finalizers } };
    expect(message({ verb: "create", ...DEFAULT, body })).toBe(
      'ConfigMap "a" is invalid: metadata.finalizers[2]: Invalid value: "hold": name is neither a standard finalizer name nor is it fully qualified',
    );
  });
});

describe("secrets", () => {
  it("written as text are kept and shown as data", () => {
    const body = { kind: "Secret", apiVersion: "v1", metadata: { name: "s" }, data: { a: "MQ==", b: "Mg==" } };
    const made = create("secrets", { ...body, stringData: { b: "two", c: "" } });
    expect(made).toMatchObject({ data: { a: "MQ==", b: "dHdv", c: "" }, type: "Opaque" });
    expect(made.stringData).toBeUndefined();
    const patch = { stringData: { a: "\u00fc" } };
    const patched = harness.ask({
      verb: "patch",
      resource: "secrets",
      name: "s",
      ...DEFAULT,
      patchType: "strategic",
      body: patch,
    });
    expect(patched.object).toMatchObject({ data: { a: "w7w=", b: "dHdv", c: "" } });
    expect(patched.object.stringData).toBeUndefined();
  });

  it("are validated by what the text becomes", () => {
    const body = { kind: "Secret", apiVersion: "v1", metadata: { name: "s" }, stringData: { "bad key": "x" } };
    expect(harness.ask({ verb: "create", resource: "secrets", ...DEFAULT, body }).object.message).toMatch(
      /^Secret "s" is invalid: data\[bad key\]: Invalid value: "bad key"/,
    );
  });
});

describe("events", () => {
  it("of either group are the same objects", () => {
    const event = {
      kind: "Event",
      apiVersion: "events.k8s.io/v1",
      metadata: { name: "e" },
      eventTime: "2026-11-20T09:00:00.000000Z",
      action: "Binding",
      reason: "Scheduled",
      type: "Normal",
      note: "hello",
      reportingController: "default-scheduler",
      reportingInstance: "x",
      regarding: { kind: "Pod", namespace: "default", name: "p" },
    };
    create("events", event, "events.k8s.io");
    const options = { fieldSelector: "involvedObject.name=p" };
    const [core] = harness.ask({ verb: "list", resource: "events", ...DEFAULT, options }).object.items as ApiObject[];
    expect(core).toMatchObject({ apiVersion: "v1", message: "hello", involvedObject: { name: "p" } });
    const watch = harness.watch({ resource: "events", ...DEFAULT });
    harness.run(100_000);
    expect(watch.frames.map(({ type }) => type)).toEqual(["ADDED"]);
  });

  it("stay so when they are changed by the newer group", () => {
    const regarding = { kind: "Pod", namespace: "default", name: "p" };
    const body = { kind: "Event", apiVersion: "events.k8s.io/v1", metadata: { name: "e" }, note: "hello", regarding };
    const times = { eventTime: "2026-11-20T09:00:00.000000Z", reportingController: "c", reportingInstance: "i" };
    create("events", { ...body, ...times, action: "a", reason: "R", type: "Normal" }, "events.k8s.io");
    const event = { resource: "events", group: "events.k8s.io", name: "e", ...DEFAULT };
    const patch = { metadata: { labels: { seen: "yes" } } };
    const { object } = harness.ask({ verb: "patch", ...event, patchType: "merge", body: patch });
    expect(object).toMatchObject({
      apiVersion: "events.k8s.io/v1",
      note: "hello",
      regarding,
      metadata: patch.metadata,
    });
    expect(harness.ask(event).object).toEqual(object);
    const core = harness.ask({ resource: "events", name: "e", ...DEFAULT }).object;
    expect(core).toMatchObject({ apiVersion: "v1", message: "hello", involvedObject: regarding, ...patch });
    expect(core).not.toHaveProperty("note");
  });
});
