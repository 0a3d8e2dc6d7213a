import { beforeEach, describe, expect, it } from "vitest";
import type { Status } from "../../../api/object.ts";
import type { HttpResponse } from "../messages.ts";
import { configMap, createHarness, type Harness } from "../testing/harness.ts";

let harness: Harness;

beforeEach(() => {
  harness = createHarness();
});

const ROUTED =
  "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf";
const NEGOTIATED =
  "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf";

function get(path: string, accept: string, more: Record<string, string> = {}): HttpResponse {
  return harness.http("GET", path, undefined, { accept, ...more });
}

function messageOf(response: HttpResponse): string | undefined {
  return (JSON.parse(response.body) as Status).message;
}

describe("what a client takes", () => {
  it.each([
    ["/api/v1/namespaces/default", "text/html", ROUTED],
    [
      "/api/v1/namespaces",
      "text/html",
      `${ROUTED}, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch`,
    ],
    ["/api/v1/namespaces/default", "application/*", ROUTED],
    ["/api/v1/namespaces/default", "application/json;as=Nonsense;g=meta.k8s.io;v=v1", NEGOTIATED],
    ["/api", "text/html", ROUTED],
    ["/apis", "text/html", NEGOTIATED],
    ["/apis/apps", "text/html", NEGOTIATED],
    ["/apis/apps/v1", "text/html", ROUTED],
    ["/version", "text/html", "406: Not Acceptable\n\nAvailable representations: application/json"],
    ["/api/v1/namespaces/default/pods/x/log", "text/plain", NEGOTIATED],
  ])("is none of what %s writes: %s", (path, accept, message) => {
    const response = get(path, accept);
    expect([response.status, messageOf(response)]).toEqual([406, message]);
    expect(response.headers["content-type"]).toBe("application/json");
  });

  it.each(["/openapi/v2", "/openapi/v3/apis/apps/v1"])("is no document of %s: an empty 406", (path) => {
    expect(get(path, "text/html")).toMatchObject({ status: 406, body: "" });
  });

  it.each(["/healthz", "/livez", "/readyz", "/metrics", "/openapi/v3"])("does not matter to %s", (path) => {
    expect(get(path, "text/html").status).toBe(200);
  });

  it("is chosen by quality, and among equals what is said exactly", () => {
    expect(get("/api/v1/namespaces/default", "application/json;q=0.5, application/yaml").body).toMatch(
      /^apiVersion: v1\n/,
    );
    expect(get("/api/v1/namespaces/default", "*/*, application/yaml").body).toMatch(/^apiVersion: v1\n/);
    expect(get("/api/v1/namespaces/default", "text/html, */*;q=0.1").status).toBe(200);
  });

  it("is indented for curl, and without a line end", () => {
    const { body } = get("/api/v1/namespaces/default", "*/*", { "user-agent": "curl/8.5.0" });
    expect(body.startsWith('{\n  "')).toBe(true);
    expect(body.endsWith("}")).toBe(true);
    expect(get("/api/v1/namespaces/default?pretty=false", "*/*", { "user-agent": "curl/8.5.0" }).body).not.toContain(
      "\n ",
    );
  });
});

describe("headers of every answer", () => {
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  it("have an audit ID: the client's, or a UUID of their own", () => {
    const ids = ["/api/v1/namespaces", "/healthz", "/apis", "/nowhere"].map(
      (path) => get(path, "*/*").headers["audit-id"],
    );
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(ids.length);
    expect(get("/version", "*/*", { "audit-id": "mine" }).headers["audit-id"]).toBe("mine");
    const refused = harness.http("GET", "/api", undefined, { authorization: "Bearer nonsense" }, "");
    expect([refused.status, UUID.test(refused.headers["audit-id"] ?? "")]).toEqual([401, true]);
  });

  it("name the flow schema and priority level of who asks for what", () => {
    const uidOf = (resource: string, name: string): string | undefined =>
      harness.ask({ group: "flowcontrol.apiserver.k8s.io", resource, name }).object.metadata?.uid;
    const flowOf = ({ headers }: HttpResponse): unknown[] => [
      headers["x-kubernetes-pf-flowschema-uid"],
      headers["x-kubernetes-pf-prioritylevel-uid"],
    ];
    const flow = (schema: string, level: string): unknown[] => [
      uidOf("flowschemas", schema),
      uidOf("prioritylevelconfigurations", level),
    ];
    expect(flowOf(harness.http("GET", "/api/v1/pods"))).toEqual(flow("exempt", "exempt"));
    expect(flowOf(harness.http("GET", "/livez", undefined, {}, "bob"))).toEqual(flow("probes", "exempt"));
    const forbidden = harness.http("GET", "/api/v1/pods", undefined, {}, "bob");
    expect(forbidden.status).toBe(403);
    expect(flowOf(forbidden)).toEqual(flow("global-default", "global-default"));
    const scheduler = harness.http(
      "GET",
      "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x",
      undefined,
      {},
      "system:kube-scheduler",
    );
    expect(flowOf(scheduler)).toEqual(flow("system-leader-election", "leader-election"));
  });
});

describe("a table", () => {
  const TABLE = "application/json;as=Table;g=meta.k8s.io;v=";
  const NAMESPACES = "/api/v1/namespaces";

  it.each([
    ["authorization.k8s.io", "selfsubjectaccessreviews", { nonResourceAttributes: { path: "/", verb: "get" } }],
    ["authorization.k8s.io", "selfsubjectrulesreviews", { namespace: "default" }],
    ["authentication.k8s.io", "selfsubjectreviews", undefined],
  ])("is none of %s %s", (group, resource, spec) => {
    const path = `/apis/${group}/v1/${resource}`;
    const response = harness.http("POST", path, { spec }, { accept: `${TABLE}v1` });
    expect([response.status, messageOf(response)]).toEqual([406, NEGOTIATED]);
    expect(harness.http("POST", path, { spec }, { accept: `${TABLE}v1,application/json` }).status).toBe(201);
  });

  it("comes in both versions, its rows with what was asked for", () => {
    const shown = (version: string, query: string): unknown[] => {
      const { body } = get(`${NAMESPACES}?limit=1${query}`, `${TABLE}${version}`);
      const table = JSON.parse(body) as { kind: string; apiVersion: string; rows: { object: Status | null }[] };
      const { object } = table.rows[0]!;
      return [table.kind, table.apiVersion, object === null ? null : `${object.apiVersion} ${object.kind}`];
    };
    expect(shown("v1", "")).toEqual(["Table", "meta.k8s.io/v1", "meta.k8s.io/v1 PartialObjectMetadata"]);
    expect(shown("v1beta1", "")).toEqual(["Table", "meta.k8s.io/v1beta1", "meta.k8s.io/v1beta1 PartialObjectMetadata"]);
    expect(shown("v1beta1", "&includeObject=Object")[2]).toBe("v1 Namespace");
    expect(shown("v1", "&includeObject=None")[2]).toBeNull();
    const wrong = get(`${NAMESPACES}?includeObject=Some`, `${TABLE}v1`);
    expect([wrong.status, messageOf(wrong)]).toEqual([
      400,
      "Unable to convert to Table as requested: includeObject: Invalid value: \"Some\": must be 'Metadata', 'Object', 'None', or empty",
    ]);
  });
});

describe("a resourceVersion that is none", () => {
  const WHY = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax';

  beforeEach(() => {
    harness.ask({ verb: "create", namespace: "default", body: configMap("a") });
  });

  it("is an error of storage to a get", () => {
    const response = get("/api/v1/namespaces/default/configmaps/a?resourceVersion=abc", "*/*");
    expect([response.status, messageOf(response)]).toEqual([500, WHY]);
  });

  it("is a bad request to a list, whichever way it is served", () => {
    for (const more of ["", "&resourceVersionMatch=Exact", "&limit=1"]) {
      const response = get(`/api/v1/configmaps?resourceVersion=abc${more}`, "*/*");
      expect([response.status, messageOf(response)]).toEqual([400, `invalid resource version: ${WHY}`]);
    }
  });

  it("is invalid to a watch", () => {
    const { frames } = harness.stream("/api/v1/configmaps?watch=1&resourceVersion=abc");
    expect(frames[0]).toMatchObject({ status: 422 });
    expect(JSON.stringify(frames)).toContain('configmaps \\\\\\"\\\\\\" is invalid');
  });
});
