import { beforeAll, describe, expect, it } from "vitest";
import { withDescriptions } from "../../../api/schema/describe.ts";
import docs from "../../../api/schema/docs.generated.json";
import { createHarness, type Harness } from "../testing/harness.ts";

let harness: Harness;

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly parameters?: { name: string }[]; readonly [key: string]: unknown }>>
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

beforeAll(() => {
  harness = createHarness();
  const schema = {
    type: "object",
    description: "A widget.",
    properties: { spec: { type: "object", properties: { size: { type: "integer", description: "How large." } } } },
  };
  harness.http("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget", shortNames: ["wd"], categories: ["all"] },
      versions: [
        { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } },
      ],
    },
  });
  harness.run(1_000_000);
});

function get(path: string, headers: Record<string, string> = {}) {
  return harness.http("GET", path, undefined, headers);
}

function document(name: string): OpenApi {
  return JSON.parse(get(`/openapi/v3/${name}`).body) as OpenApi;
}

describe("OpenAPI v3", () => {
  const names = (): string[] => Object.keys((JSON.parse(get("/openapi/v3").body) as { paths: object }).paths);

  it("has a document for every group and version, custom ones too, whose references all lead somewhere", () => {
    expect(names()).toEqual(expect.arrayContaining(["api/v1", "apis/apps/v1", "apis/example.com/v1"]));
    for (const name of names()) {
      const { body } = get(`/openapi/v3/${name}`);
      const { schemas } = (JSON.parse(body) as OpenApi).components;
      for (const [, reference] of body.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
        expect(schemas, `${name}: ${reference}`).toHaveProperty([reference!]);
    }
  });

  it("says how a kind is patched, merged and called", () => {
    const apps = document("apis/apps/v1");
    const patch = apps.paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!.patch!;
    expect(patch.parameters!.map(({ name }) => name)).toContain("fieldValidation");
    expect(patch["x-kubernetes-group-version-kind"]).toEqual({ group: "apps", version: "v1", kind: "Deployment" });
    const pod = apps.components.schemas["io.k8s.api.core.v1.PodSpec"]!;
    expect(pod.properties!.containers).toMatchObject({
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      "x-kubernetes-patch-merge-key": "name",
      "x-kubernetes-patch-strategy": "merge",
    });
    expect(apps.paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale"]!.put).toMatchObject({
      "x-kubernetes-group-version-kind": { group: "autoscaling", version: "v1", kind: "Scale" },
    });
  });

  it("describes custom resources in their definition's words, built-in ones in the reference's", () => {
    const widgets = document("apis/example.com/v1").components.schemas;
    expect(widgets["com.example.v1.Widget"]).toMatchObject({
      description: "A widget.",
      properties: { spec: { properties: { size: { description: "How large." } } } },
      "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Widget" }],
    });
    const core = withDescriptions(document("api/v1"), docs) as OpenApi;
    expect(core.components.schemas["io.k8s.api.core.v1.Pod"]!.description).toMatch(
      /^Pod is a collection of containers/,
    );
    expect(core.components.schemas["io.k8s.api.core.v1.PodSpec"]!.properties!.nodeName!.description).toMatch(
      /^NodeName/,
    );
  });

  it("is another one when a definition is", () => {
    const before = get("/openapi/v3/apis/example.com/v1").headers.etag!;
    expect(get("/openapi/v3/apis/example.com/v1", { "if-none-match": before }).status).toBe(304);
    expect(get("/openapi/v3").body).toContain(before.replaceAll('"', ""));
    harness.http(
      "PATCH",
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com",
      [
        {
          op: "add",
          path: "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/color",
          value: { type: "string" },
        },
      ],
      { "content-type": "application/json-patch+json" },
    );
    harness.run(500_000);
    expect(get("/openapi/v3/apis/example.com/v1", { "if-none-match": before }).status).toBe(200);
  });
});

it("OpenAPI v2 defines all kinds in JSON", () => {
  const { definitions } = JSON.parse(get("/openapi/v2").body) as { definitions: Record<string, Schema> };
  expect(definitions).toHaveProperty(["io.k8s.api.core.v1.Pod"]);
  expect(definitions).toHaveProperty(["com.example.v1.Widget"]);
  expect(definitions["io.k8s.api.core.v1.Pod"]!.properties!.spec).toEqual({
    $ref: "#/definitions/io.k8s.api.core.v1.PodSpec",
  });
});

describe("OpenAPI v2 of a custom resource", () => {
  const published = (plural: string, schema: object): Schema => {
    const kind = plural.charAt(0).toUpperCase() + plural.slice(1);
    const metadata = { name: `${plural}.v2.example.com` };
    const version = { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } };
    const spec = { group: "v2.example.com", scope: "Cluster", names: { plural, kind }, versions: [version] };
    harness.http("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata,
      spec,
    });
    harness.run(1_000_000);
    const { definitions } = JSON.parse(get("/openapi/v2").body) as { definitions: Record<string, Schema> };
    const { "x-kubernetes-group-version-kind": _, ...shown } = definitions[`com.example.v2.v1.${kind}`]!;
    if (shown.properties === undefined) return shown;
    const { apiVersion: _a, kind: _k, metadata: _m, ...own } = shown.properties;
    return { ...shown, properties: own };
  };

  it("says what its schema says", () => {
    const schema = {
      type: "object",
      required: ["spec"],
      properties: {
        spec: { type: "object", properties: { sizes: { type: "array", items: { type: "integer", minimum: 1 } } } },
      },
    };
    expect(published("closed", schema)).toEqual(schema);
  });

  it("tells no fields of what has others, too", () => {
    expect(published("open", { type: "object", "x-kubernetes-preserve-unknown-fields": true })).toEqual({
      type: "object",
    });
    const inner = {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
      properties: { a: { type: "string" } },
    };
    expect(published("inside", { type: "object", properties: { spec: inner } })).toEqual({
      type: "object",
      properties: { spec: { "x-kubernetes-preserve-unknown-fields": true } },
    });
  });

  it("leaves out nulls and alternatives", () => {
    const port = { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] };
    const spec = { type: "object", required: ["a"], properties: { a: { type: "string", nullable: true }, port } };
    expect(published("nulls", { type: "object", properties: { spec } })).toEqual({
      type: "object",
      properties: { spec: { type: "object", properties: { a: {}, port: { "x-kubernetes-int-or-string": true } } } },
    });
  });
});

describe("discovery", () => {
  const V2 = { accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" };

  it("tells of custom resources, aggregated and plain", () => {
    const { items } = JSON.parse(get("/apis", V2).body) as {
      items: { metadata: { name: string }; versions: { resources: object[] }[] }[];
    };
    expect(items.find(({ metadata }) => metadata.name === "example.com")?.versions[0]?.resources).toEqual([
      expect.objectContaining({
        resource: "widgets",
        responseKind: { group: "example.com", version: "v1", kind: "Widget" },
        scope: "Namespaced",
        shortNames: ["wd"],
        categories: ["all"],
        subresources: [expect.objectContaining({ subresource: "status", verbs: ["get", "patch", "update"] })],
      }),
    ]);
    const list = JSON.parse(get("/apis/example.com/v1").body) as { resources: { name: string }[] };
    expect(list.resources.map(({ name }) => name)).toEqual(["widgets", "widgets/status"]);
    expect(JSON.parse(get("/apis/example.com").body)).toMatchObject({
      kind: "APIGroup",
      preferredVersion: { groupVersion: "example.com/v1", version: "v1" },
    });
  });

  it("is not sent again to who has it", () => {
    const { etag } = get("/apis", V2).headers;
    const again = get("/apis", { ...V2, "if-none-match": etag! });
    expect([again.status, again.body]).toEqual([304, ""]);
  });
});
