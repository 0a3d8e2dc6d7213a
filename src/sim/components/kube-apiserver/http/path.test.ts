import { describe, expect, it } from "vitest";
import { acceptsAggregatedDiscovery, formOf } from "./accept.ts";
import { parsePath, parseQuery } from "./path.ts";

describe("paths", () => {
  it.each([
    ["GET", "/api/v1/pods", { verb: "list", resource: "pods", namespace: "" }],
    [
      "GET",
      "/api/v1/namespaces/default/pods/web",
      { verb: "get", resource: "pods", namespace: "default", name: "web" },
    ],
    ["POST", "/api/v1/namespaces/default/pods/web/eviction", { verb: "create", subresource: "eviction", name: "web" }],
    ["GET", "/api/v1/namespaces/default", { verb: "get", resource: "namespaces", name: "default" }],
    ["PUT", "/api/v1/namespaces/default/finalize", { verb: "update", resource: "namespaces", subresource: "finalize" }],
    [
      "DELETE",
      "/apis/apps/v1/namespaces/default/deployments",
      { verb: "deletecollection", group: "apps", resource: "deployments" },
    ],
    ["GET", "/apis/apps/v1/watch/deployments", { verb: "watch", resource: "deployments" }],
    ["PATCH", "/apis/apps/v1/namespaces/a/deployments/web/scale", { verb: "patch", subresource: "scale" }],
  ] as const)("%s %s", (method, path, expected) => {
    expect(parsePath(method, path, parseQuery(""))).toMatchObject({ isResource: true, ...expected });
  });

  it("outside of the API are just that", () => {
    expect(parsePath("GET", "/readyz", parseQuery("verbose="))).toEqual({
      isResource: false,
      verb: "get",
      path: "/readyz",
    });
    expect(parsePath("GET", "/apis/apps/v1", parseQuery(""))).toMatchObject({ isResource: false });
  });

  it("keep repeated and escaped parameters", () => {
    const query = parseQuery("command=echo&command=a%20b&fieldSelector=metadata.name%3Dweb");
    expect(query.getAll("command")).toEqual(["echo", "a b"]);
    expect(query.get("fieldSelector")).toBe("metadata.name=web");
  });
});

describe("the Accept header", () => {
  it("asks for tables, YAML or plain objects", () => {
    const table =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
    const none = parseQuery("");
    expect(formOf("GET", "/x", table, none)).toMatchObject({ as: "table", media: "json", includeObject: "Metadata" });
    expect(formOf("GET", "/x", "application/yaml", none)).toMatchObject({ as: "object", media: "yaml" });
    expect(formOf("GET", "/x", "application/vnd.kubernetes.protobuf,application/json", none)).toMatchObject({
      as: "object",
    });
    expect(formOf("GET", "/x", "image/png", none)).toBeNull();
    expect(
      acceptsAggregatedDiscovery(
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
      ),
    ).toBe("v2");
    expect(acceptsAggregatedDiscovery("application/json, */*")).toBeNull();
  });
});
