import { beforeAll, describe, expect, it } from "vitest";
import type { HttpChunk, HttpResponse } from "../messages.ts";
import { configMap, createHarness, type Harness } from "../testing/harness.ts";

let harness: Harness;

beforeAll(() => {
  harness = createHarness();
  harness.http("POST", MAPS, configMap("a", { x: "1" }));
});

const MAPS = "/api/v1/namespaces/default/configmaps";
const YAML = { "content-type": "application/yaml" };
const type = (name: string) => ({ "content-type": `application/${name}` });

function answer(method: string, path: string, body?: unknown, headers?: Record<string, string>): [number, string] {
  const { status, body: text } = harness.http(method, path, body, headers);
  try {
    return [status, (JSON.parse(text) as { message?: string }).message ?? ""];
  } catch {
    return [status, text];
  }
}

const NOT_SERVED = "the server could not find the requested resource";
const NOT_WITH_THIS = "the server does not allow this method on the requested resource";
const PATCH_TYPES =
  "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml";

describe("a body that cannot be read", () => {
  const head = "the object provided is unrecognized (must be of type ConfigMap): ";
  it.each([
    ["", undefined, `${head}couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`],
    [
      "{nonsense",
      undefined,
      `${head}couldn't get version/kind; json parse error: invalid character 'n' looking for beginning of object key string ({nonsense)`,
    ],
    [
      "[]",
      undefined,
      `${head}couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`,
    ],
    ["a: b: c", YAML, `${head}yaml: mapping values are not allowed in this context (613a20623a2063)`],
  ])("%j", (body, headers, message) => {
    expect(answer("POST", MAPS, body, headers)).toEqual([400, message]);
  });

  it("is of an unknown type, or too long", () => {
    expect(answer("POST", MAPS, "x", { "content-type": "text/plain" })).toEqual([
      415,
      "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
    ]);
    expect(answer("PATCH", `${MAPS}/a`, "{}", { "content-type": "text/plain" })).toEqual([
      415,
      `the body of the request was in an unknown format - accepted media types include: ${PATCH_TYPES}`,
    ]);
    expect(answer("POST", MAPS, " ".repeat(3_145_729))).toEqual([413, "Request entity too large: limit is 3145728"]);
  });

  it("is told what is wrong in the order of its text", () => {
    const text =
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"odd","zone":1},"extra":1,"immutable":true,"immutable":false,"aside":2}';
    expect(answer("POST", `${MAPS}?fieldValidation=Strict`, text)).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.zone", unknown field "extra", duplicate field "immutable", unknown field "aside"',
    ]);
  });

  it("that says a field twice is refused or warned of", () => {
    const text = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: twice}\ndata:\n  a: b\n  a: c\n";
    const twice = 'yaml: unmarshal errors:\n  line 6: key "a" already set in map';
    expect(answer("POST", `${MAPS}?fieldValidation=Strict`, text, YAML)).toEqual([
      400,
      `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ${twice}`,
    ]);
    expect(
      answer("PATCH", `${MAPS}/twice?fieldManager=me&fieldValidation=Strict`, text, type("apply-patch+yaml")),
    ).toEqual([400, `error strict decoding YAML: error converting YAML to JSON: ${twice}`]);
    const merged = answer(
      "PATCH",
      `${MAPS}/a?fieldValidation=Strict`,
      '{"data":{"a":"1","a":"2"}}',
      type("merge-patch+json"),
    );
    expect(merged[0]).toBe(422);
    expect(merged[1]).toMatch(/: strict decoding error: duplicate field "data.a"$/);
    expect(harness.http("POST", MAPS, text, YAML).headers.warning).toBe(
      '299 - "yaml: unmarshal errors:\\n  line 6: key \\"a\\" already set in map"',
    );
  });

  it("may be YAML", () => {
    const text = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: from-yaml}\ndata: {a: b}\n";
    const response = harness.http("POST", MAPS, text, { ...YAML, accept: "application/yaml" });
    expect([response.status, response.headers["content-type"]]).toEqual([201, "application/yaml"]);
    expect(response.body).toMatch(
      /^apiVersion: v1\ndata:\n {2}a: b\nkind: ConfigMap\nmetadata:\n {2}creationTimestamp: "/,
    );
  });
});

describe("a patch", () => {
  it.each([
    ["merge-patch+json", "{", 400, "error decoding patch: unexpected end of JSON input"],
    [
      "merge-patch+json",
      "[]",
      400,
      "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
    ],
    ["json-patch+json", "{}", 400, "json: cannot unmarshal object into Go value of type jsonpatch.Patch"],
    ["json-patch+json", "[{]", 400, "invalid character ']' looking for beginning of object key string"],
    [
      "apply-patch+yaml",
      "a: b: c",
      400,
      "error decoding YAML: error converting YAML to JSON: yaml: mapping values are not allowed in this context",
    ],
  ])("%s %j", (media, body, code, message) => {
    expect(answer("PATCH", `${MAPS}/a?fieldManager=me`, body, type(media))).toEqual([code, message]);
  });

  it("of too many operations", () => {
    const body = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/kind", value: "ConfigMap" }));
    expect(answer("PATCH", `${MAPS}/a`, body, type("json-patch+json"))).toEqual([
      413,
      "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001",
    ]);
  });

  it("whose result has unknown fields is shown whole, or as the patch that it was", () => {
    const path = `${MAPS}/a?fieldValidation=Strict`;
    const [code, merged] = answer("PATCH", path, { junk: 1 }, type("merge-patch+json"));
    expect(code).toBe(422);
    expect(merged).toMatch(
      /^ "" is invalid: patch: Invalid value: "\{\\"apiVersion\\":\\"v1\\",\\"data\\":\{\\"x\\":\\"1\\"\},\\"junk\\":1.*": strict decoding error: unknown field "junk"$/,
    );
    expect(answer("PATCH", path, { junk: 1 }, type("strategic-merge-patch+json"))).toEqual([
      422,
      ' "" is invalid: patch: Invalid value: "map[junk:1]": strict decoding error: unknown field "junk"',
    ]);
  });
});

describe("paths and methods", () => {
  it.each([
    ["GET", "/api/v1/widgets", 404, NOT_SERVED],
    ["GET", "/apis/nowhere.example.com/v1/widgets", 404, "404 page not found\n"],
    ["GET", "/nowhere", 404, "404 page not found\n"],
    ["GET", `${MAPS}/a/status`, 404, NOT_SERVED],
    ["POST", `${MAPS}/a`, 405, NOT_WITH_THIS],
    ["PUT", MAPS, 405, NOT_WITH_THIS],
    ["DELETE", "/api/v1/namespaces", 405, NOT_WITH_THIS],
    ["GET", `${MAPS}/%zz`, 400, "400 Bad Request"],
    ["GET", `${MAPS}/a%2Fb`, 404, NOT_SERVED],
    ["GET", "//api//v1/namespaces/default/configmaps//nope/", 404, 'configmaps "nope" not found'],
    ["POST", "/version/x", 404, "404 page not found\n"],
  ])("%s %s", (method, path, code, message) => {
    expect(answer(method, path, method === "POST" || method === "PUT" ? configMap("a") : undefined)).toEqual([
      code,
      message,
    ]);
  });
});

describe("options", () => {
  const forbidden = (field: string, why: string) =>
    `ListOptions.meta.k8s.io "" is invalid: ${field}: Forbidden: ${why}`;
  it.each([
    [
      "POST",
      "dryRun=some",
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"some"}: supported values: "All"',
    ],
    [
      "POST",
      "fieldValidation=Maybe",
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": supported values: "Ignore", "Strict", "Warn"',
    ],
    [
      "GET",
      "resourceVersionMatch=Exact",
      forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"),
    ],
    [
      "GET",
      "resourceVersionMatch=Exact&resourceVersion=0",
      forbidden("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    ],
    ["GET", "sendInitialEvents=true", forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")],
  ])("%s ?%s", (method, query, message) => {
    const body = method === "POST" ? configMap("b") : undefined;
    expect(answer(method, `${MAPS}?${query}`, body)).toEqual([422, message]);
  });

  it("of a delete", () => {
    expect(answer("DELETE", `${MAPS}/a?propagationPolicy=Never`)).toEqual([
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Never": supported values: "Foreground", "Background", "Orphan", "nil"',
    ]);
    expect(answer("DELETE", `${MAPS}/a`, { orphanDependents: true, propagationPolicy: "Orphan" })).toEqual([
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ]);
    expect(answer("PATCH", `${MAPS}/a?force=true`, {}, type("merge-patch+json"))).toEqual([
      422,
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    ]);
  });
});

describe("a watch by HTTP", () => {
  const lines = (frames: (HttpResponse | HttpChunk)[]) =>
    frames.flatMap((frame) => (frame.type === "chunk" ? [JSON.parse(frame.data) as Frame] : []));
  interface Frame {
    readonly type: string;
    readonly object: {
      readonly kind: string;
      readonly columnDefinitions?: unknown;
      readonly metadata: { readonly annotations?: unknown };
    };
  }

  it("tells a table's columns once", () => {
    const watch = harness.stream(`${MAPS}?watch=true`, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
    harness.http("POST", MAPS, configMap("late"));
    harness.run(100_000);
    const columns = lines(watch.frames).map(({ object }) => object.columnDefinitions !== null);
    expect(columns.length).toBeGreaterThan(1);
    expect(columns.indexOf(true)).toBe(0);
    expect(columns.lastIndexOf(true)).toBe(0);
  });

  it("ends with a bookmark two seconds before its time", () => {
    const watch = harness.stream(`${MAPS}?watch=true&resourceVersion=0&allowWatchBookmarks=true&timeoutSeconds=10`);
    harness.run(7_500_000);
    expect(lines(watch.frames).filter(({ type }) => type === "BOOKMARK")).toHaveLength(0);
    harness.run(1_000_000);
    expect(lines(watch.frames).at(-1)?.type).toBe("BOOKMARK");
  });

  it("streams lists only where that is switched on", () => {
    const path = `${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
    const refused = harness.stream(path).frames;
    expect(refused.map((frame) => (frame.type === "http" ? frame.status : 0))[0]).toBe(422);
    const modern = createHarness(["--feature-gates=WatchList=true"]);
    modern.http("POST", MAPS, configMap("a"));
    const watch = modern.stream(path);
    modern.http("POST", MAPS, configMap("b"));
    modern.run(100_000);
    const told = lines(watch.frames);
    const end = told.findIndex(({ type }) => type === "BOOKMARK");
    expect(told[end]?.object.metadata.annotations).toEqual({ "k8s.io/initial-events-end": "true" });
    expect(told.slice(end + 1).map((frame) => frame.type)).toEqual(["ADDED"]);
    expect(told.slice(0, end).every((frame) => frame.type === "ADDED")).toBe(true);
  });
});

it("what has no route is refused and not counted, so that nobody fills the server's metrics", () => {
  const counted = () =>
    harness
      .http("GET", "/metrics")
      .body.split("\n")
      .filter((line) => line.startsWith("apiserver_request_total"));
  const before = counted();
  for (const way of ["one", "two"]) {
    expect(answer(way.toUpperCase(), MAPS)[0]).toBe(405);
    expect(answer("GET", `${MAPS}/a/${way}`)[0]).toBe(404);
  }
  expect(counted()).toEqual(before);
  harness.http("GET", "/api/v1/namespaces/kube-system/pods/nobody/status");
  expect(counted().length).toBe(before.length + 1);
});
