import { beforeEach, describe, expect, it } from "vitest";
import type { ApiObject } from "../../../api/object.ts";
import type { HttpResponse } from "../messages.ts";
import { createHarness, type Harness } from "../testing/harness.ts";

let harness: Harness;

beforeEach(() => {
  harness = createHarness();
});

const GROUP = "/apis/example.com/v1/namespaces/default/widgets";
const JSON_TYPE = { "content-type": "application/json" };

const SCHEMA = {
  type: "object",
  required: ["spec"],
  properties: {
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 1, maximum: 10 },
        color: { type: "string", enum: ["red", "blue"], default: "red" },
        replicas: { type: "integer", default: 1 },
        port: { "x-kubernetes-int-or-string": true },
        tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
        parts: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: {
            type: "object",
            required: ["name"],
            properties: { name: { type: "string" }, count: { type: "integer" } },
          },
        },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        inner: { type: "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true },
      },
    },
    status: {
      type: "object",
      properties: { replicas: { type: "integer" }, selector: { type: "string" }, ready: { type: "boolean" } },
    },
  },
};

function widgets(more: Record<string, unknown> = {}, names: Record<string, unknown> = {}): ApiObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget", shortNames: ["wd"], categories: ["all"], ...names },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: SCHEMA },
          subresources: {
            status: {},
            scale: {
              specReplicasPath: ".spec.replicas",
              statusReplicasPath: ".status.replicas",
              labelSelectorPath: ".status.selector",
            },
          },
          additionalPrinterColumns: [
            { name: "Size", type: "integer", jsonPath: ".spec.size" },
            { name: "Color", type: "string", jsonPath: ".spec.color", priority: 1 },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
          selectableFields: [{ jsonPath: ".spec.color" }],
        },
      ],
      ...more,
    },
  };
}

function http(method: string, path: string, body?: unknown, headers: Record<string, string> = JSON_TYPE): HttpResponse {
  return harness.http(method, path, body, headers);
}

function bodyOf(response: HttpResponse): ApiObject & { message?: string; items?: ApiObject[] } {
  return JSON.parse(response.body) as ApiObject & { message?: string; items?: ApiObject[] };
}

function define(definition: ApiObject = widgets()): void {
  const response = http("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
  expect(bodyOf(response).message).toBeUndefined();
  harness.run(1_000_000);
}

function widget(name: string, spec: Record<string, unknown> = { size: 3 }): ApiObject {
  return { apiVersion: "example.com/v1", kind: "Widget", metadata: { name }, spec };
}

function definition(name = "widgets.example.com"): ApiObject {
  return bodyOf(http("GET", `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`));
}

function conditions(object: ApiObject): string[] {
  const { conditions: all } = object.status as { conditions: { type: string; status: string; reason: string }[] };
  return all.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

describe("a definition", () => {
  it("is named, established, and served", () => {
    define();
    expect(conditions(definition())).toEqual([
      "NamesAccepted=True NoConflicts",
      "Established=True InitialNamesAccepted",
    ]);
    expect(definition().spec).toMatchObject({
      conversion: { strategy: "None" },
      names: { singular: "widget", listKind: "WidgetList" },
    });
    expect(definition().status).toMatchObject({ storedVersions: ["v1"], acceptedNames: { plural: "widgets" } });
    expect(http("GET", GROUP).status).toBe(200);
  });

  it("is not served before", () => {
    expect(http("GET", GROUP).status).toBe(404);
  });

  it("with a name that is taken waits until it is free", () => {
    define();
    const rival = {
      ...widgets({}, { plural: "gadgets", kind: "Widget", shortNames: ["wd"] }),
      metadata: { name: "gadgets.example.com" },
    };
    define(rival);
    expect(conditions(definition("gadgets.example.com"))).toEqual([
      "NamesAccepted=False ListKindConflict",
      "Established=False NotAccepted",
    ]);
    http("DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com");
    harness.run(5_000_000);
    expect(conditions(definition("gadgets.example.com"))).toEqual([
      "NamesAccepted=True NoConflicts",
      "Established=True InitialNamesAccepted",
    ]);
  });

  it("in a group of the community's says who approved it", () => {
    const protectedGroup = (annotations: Record<string, string>) => ({
      ...widgets({ group: "x.k8s.io" }),
      metadata: { name: "widgets.x.k8s.io", annotations },
    });
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    expect(bodyOf(http("POST", path, protectedGroup({}))).message).toBe(
      'CustomResourceDefinition.apiextensions.k8s.io "widgets.x.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    );
    define(protectedGroup({ "api-approved.kubernetes.io": "https://github.com/kubernetes/enhancements/pull/1" }));
    expect(conditions(definition("widgets.x.k8s.io"))).toContain(
      "KubernetesAPIApprovalPolicyConformant=True ApprovedAnnotation",
    );
  });

  it("that is wrong is refused", () => {
    const [version] = (widgets().spec as { versions: object[] }).versions;
    const bad = widgets({
      group: "example",
      scope: "Everywhere",
      versions: [
        { ...version, selectableFields: [], schema: { openAPIV3Schema: { type: "object", properties: { spec: {} } } } },
      ],
    });
    expect(bodyOf(http("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", bad)).message).toBe(
      'CustomResourceDefinition.apiextensions.k8s.io "widgets.example.com" is invalid: [metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural+"."+spec.group, spec.group: Invalid value: "example": should be a domain with at least one dot, spec.scope: Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced", spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields]',
    );
  });

  it("is read strictly, all the way down", () => {
    const junk = {
      type: "object",
      properties: { a: { type: "array", items: { type: "object", additionalProperties: { tipe: "x" } } } },
    };
    const [version] = (widgets().spec as { versions: object[] }).versions;
    const body = widgets({ versions: [{ ...version, selectableFields: [], schema: { openAPIV3Schema: junk } }] });
    expect(
      bodyOf(http("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldValidation=Strict", body))
        .message,
    ).toMatch(
      /strict decoding error: unknown field "spec.versions\[0\].schema.openAPIV3Schema.properties.a.items.additionalProperties.tipe"$/,
    );
  });

  it("goes with its instances", () => {
    define();
    http("POST", GROUP, widget("a"));
    http("POST", GROUP, { ...widget("b"), metadata: { name: "b", finalizers: ["example.com/keep"] } });
    const watch = harness.watch({ group: "example.com", resource: "widgets" });
    const marked = bodyOf(
      http("DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com"),
    );
    expect(marked.metadata?.finalizers).toEqual(["customresourcecleanup.apiextensions.k8s.io"]);
    harness.run(2_000_000);
    expect(conditions(definition())[2]).toBe("Terminating=True InstanceDeletionInProgress");
    expect(bodyOf(http("GET", GROUP)).items?.map(({ metadata }) => metadata?.name)).toEqual(["b"]);
    const late = http("POST", GROUP, widget("c"));
    expect([late.status, bodyOf(late).message]).toEqual([
      405,
      "create not allowed while custom resource definition is terminating",
    ]);
    http("PATCH", `${GROUP}/b`, { metadata: { finalizers: null } }, { "content-type": "application/merge-patch+json" });
    harness.run(6_000_000);
    expect(watch.frames.filter(({ type }) => type === "DELETED")).toHaveLength(2);
    expect(http("GET", GROUP).status).toBe(404);
    expect(http("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com").status).toBe(404);
  });
});

describe("a custom resource", () => {
  beforeEach(() => {
    define();
  });

  it("is pruned, defaulted and validated", () => {
    const created = bodyOf(http("POST", GROUP, widget("a", { size: 3, junk: 1, free: { any: { thing: 1 } } })));
    expect(created).toMatchObject({
      metadata: { name: "a", namespace: "default", generation: 1 },
      spec: { size: 3, color: "red", replicas: 1, free: { any: { thing: 1 } } },
    });
    expect(created.spec).not.toHaveProperty("junk");
    const refused = http(
      "POST",
      GROUP,
      widget("b", { size: 0, color: "green", replicas: "x", port: true, tags: ["a", "a"] }),
    );
    expect(bodyOf(refused).message).toBe(
      'Widget.example.com "b" is invalid: [spec.color: Unsupported value: "green": supported values: "red", "blue", spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean", spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string", spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1, spec.tags[1]: Duplicate value: "a"]',
    );
    expect(bodyOf(http("POST", GROUP, { ...widget("c"), spec: {} })).message).toBe(
      'Widget.example.com "c" is invalid: spec.size: Required value',
    );
  });

  it("says what it is", () => {
    const { kind: _, ...nameless } = widget("a");
    expect(bodyOf(http("POST", GROUP, nameless)).message).toMatch(
      /^the object provided is unrecognized \(must be of type Widget\): Object 'Kind' is missing in '\{"apiVersion":"example.com\/v1".*' \(\{"apiVersion":"example.com\/v1" ...\)$/,
    );
    expect(bodyOf(http("POST", GROUP, { ...widget("a"), kind: "Gadget" })).message).toBe(
      'Widget.example.com "a" is invalid: kind: Invalid value: "Gadget": must be Widget',
    );
    expect(bodyOf(http("POST", GROUP, { ...widget("a"), apiVersion: "example.com/v2" })).message).toBe(
      "the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)",
    );
  });

  it("says which fields are unknown", () => {
    const strict = http("POST", `${GROUP}?fieldValidation=Strict`, widget("a", { size: 1, junk: 1 }));
    expect(bodyOf(strict).message).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.junk"',
    );
    const inner = { kind: "Thing", apiVersion: "v1", metadata: { name: "x", nick: "y" }, any: 1 };
    const embedded = http("POST", `${GROUP}?fieldValidation=Strict`, {
      ...widget("a", { size: 1, inner }),
      metadata: { name: "a", alias: "b" },
    });
    expect(bodyOf(embedded).message).toMatch(
      /strict decoding error: unknown field "metadata.alias", unknown field "spec.inner.metadata.nick"$/,
    );
    const warned = http("POST", `${GROUP}?fieldValidation=Warn`, widget("a", { size: 1, junk: 1 }));
    expect(warned.headers.warning).toBe('299 - "unknown field \\"spec.junk\\""');
  });

  it("may have finalizers without a domain, and is told better of those that are new", () => {
    const holder = widget("held");
    const body = { ...holder, metadata: { name: "held", finalizers: ["hold", "example.com/hold"] } };
    const made = http("POST", GROUP, body);
    const told = (name: string) =>
      `299 - "metadata.finalizers: \\"${name}\\": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers"`;
    expect([made.status, made.headers.warning]).toEqual([201, told("hold")]);
    const patch = { metadata: { finalizers: ["hold", "keep"] } };
    const kept = http("PATCH", `${GROUP}/held`, patch, { "content-type": "application/merge-patch+json" });
    expect([kept.status, kept.headers.warning]).toEqual([200, told("keep")]);
  });

  it("counts generations of all but its status", () => {
    const created = bodyOf(http("POST", GROUP, widget("a")));
    const merge = { "content-type": "application/merge-patch+json" };
    const scaled = bodyOf(http("PATCH", `${GROUP}/a`, { spec: { size: 4 }, status: { ready: true } }, merge));
    expect(scaled.metadata?.generation).toBe(2);
    expect(scaled.status).toBeUndefined();
    const status = bodyOf(http("PATCH", `${GROUP}/a/status`, { spec: { size: 5 }, status: { ready: true } }, merge));
    expect(status).toMatchObject({ metadata: { generation: 2 }, spec: { size: 4 }, status: { ready: true } });
    const blind = http("PUT", `${GROUP}/a`, widget("a"));
    expect(bodyOf(blind).message).toBe(
      'widgets.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    );
    expect(bodyOf(http("PUT", `${GROUP}/a`, created)).message).toMatch(/the object has been modified/);
  });

  it("is scaled where its definition says", () => {
    http("POST", GROUP, widget("a"));
    const merge = { "content-type": "application/merge-patch+json" };
    http("PATCH", `${GROUP}/a/status`, { status: { replicas: 1, selector: "app=a" } }, merge);
    expect(bodyOf(http("PATCH", `${GROUP}/a/scale`, { spec: { replicas: 5 } }, merge))).toMatchObject({
      kind: "Scale",
      spec: { replicas: 5 },
      status: { replicas: 1, selector: "app=a" },
    });
    expect(bodyOf(http("GET", `${GROUP}/a`))).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 5, size: 3 },
    });
  });

  it("is printed by its definition's columns", () => {
    http("POST", GROUP, widget("a"));
    const table = bodyOf(http("GET", GROUP, undefined, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" }));
    expect((table.columnDefinitions as { name: string }[]).map(({ name }) => name)).toEqual([
      "Name",
      "Size",
      "Color",
      "Age",
    ]);
    expect((table.rows as { cells: unknown[] }[])[0]?.cells.slice(0, 3)).toEqual(["a", 3, "red"]);
  });

  it("is selected by its fields", () => {
    http("POST", GROUP, widget("a"));
    http("POST", GROUP, widget("b", { size: 1, color: "blue" }));
    const found = bodyOf(http("GET", `${GROUP}?fieldSelector=spec.color%3Dblue`));
    expect(found.items?.map(({ metadata }) => metadata?.name)).toEqual(["b"]);
    expect(bodyOf(http("GET", `${GROUP}?fieldSelector=spec.size%3D1`)).message).toBe(
      "field label not supported: spec.size",
    );
  });

  it("is not patched strategically, but applied by its lists' types", () => {
    http("POST", GROUP, widget("a"));
    const strategic = http("PATCH", `${GROUP}/a`, {}, { "content-type": "application/strategic-merge-patch+json" });
    expect([strategic.status, bodyOf(strategic).message]).toEqual([
      415,
      "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
    ]);
    const apply = (manager: string, parts: object[]) =>
      bodyOf(
        http("PATCH", `${GROUP}/b?fieldManager=${manager}`, widget("b", { size: 2, parts }), {
          "content-type": "application/apply-patch+yaml",
        }),
      );
    apply("one", [{ name: "x", count: 1 }]);
    expect(apply("two", [{ name: "y", count: 2 }]).spec).toMatchObject({
      parts: [
        { name: "x", count: 1 },
        { name: "y", count: 2 },
      ],
    });
    expect(apply("two", [{ name: "x", count: 3 }]).message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.parts[name="x"].count',
    );
  });

  it("is watched", () => {
    const watch = harness.watch({ group: "example.com", resource: "widgets", namespace: "default" });
    http("POST", GROUP, widget("a"));
    http("DELETE", `${GROUP}/a`);
    harness.run(100_000);
    expect(watch.frames.map(({ type }) => type)).toEqual(["ADDED", "DELETED"]);
  });
});

it("an update of its definition counts at once, and closes watches that go by the old one", () => {
  define();
  http("POST", GROUP, widget("a"));
  const watch = harness.stream(`${GROUP}?watch=true`);
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com";
  const columns = [{ name: "Free", type: "string", jsonPath: ".spec.free" }];
  http("PATCH", path, [{ op: "replace", path: "/spec/versions/0/additionalPrinterColumns", value: columns }], {
    "content-type": "application/json-patch+json",
  });
  harness.run(500_000);
  const table = bodyOf(http("GET", GROUP, undefined, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" }));
  expect((table.columnDefinitions as { name: string }[]).map(({ name }) => name)).toEqual(["Name", "Free"]);
  const before = watch.frames.length;
  http("POST", GROUP, widget("b"));
  harness.run(500_000);
  expect(watch.frames.length).toBe(before);
  expect(bodyOf(http("GET", path)).metadata?.generation).toBe(2);
  const renamed = http(
    "PATCH",
    path,
    { spec: { names: { kind: "Gadget" } } },
    { "content-type": "application/merge-patch+json" },
  );
  expect(bodyOf(renamed).message).toBe(
    'CustomResourceDefinition.apiextensions.k8s.io "widgets.example.com" is invalid: spec.names.kind: Invalid value: "Gadget": field is immutable',
  );
});

it("who may not use it is told so", () => {
  define();
  const refused = harness.http("GET", GROUP, undefined, {}, "bob");
  expect([refused.status, bodyOf(refused).message]).toEqual([
    403,
    'widgets.example.com is forbidden: User "bob" cannot list resource "widgets" in API group "example.com" in the namespace "default"',
  ]);
});

describe("versions", () => {
  it("show the same object, stored in one of them", () => {
    const [version] = (widgets().spec as { versions: object[] }).versions;
    define(widgets({
      versions: [
        version,
        { ...version, name: "v1beta1", storage: false, deprecated: true },
        { ...version, name: "v2", storage: false, served: false },
      ],
    }));
    const old = GROUP.replace("/v1/", "/v1beta1/");
    const created = http("POST", old, { ...widget("a"), apiVersion: "example.com/v1beta1" });
    expect(created.headers.warning).toBe('299 - "example.com/v1beta1 Widget is deprecated"');
    expect(bodyOf(created).apiVersion).toBe("example.com/v1beta1");
    expect(bodyOf(http("GET", `${GROUP}/a`)).apiVersion).toBe("example.com/v1");
    const stored = harness.server.caches
      .get("widgets.example.com")!
      .objects.get("/registry/example.com/widgets/default/a");
    expect(stored?.apiVersion).toBe("example.com/v1");
    expect(http("GET", GROUP.replace("/v1/", "/v2/")).status).toBe(404);
  });
});
