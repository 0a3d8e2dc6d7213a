import { beforeAll, describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import type { HttpChunk, HttpResponse } from "./messages.ts";
import { apiVersionOf, groupPathOf, nameOf, objectNamed, ROWS } from "./testing/every-kind.ts";
import { createHarness, type Harness } from "./testing/harness.ts";

/**
 * What a client does with objects of any kind, as conformance tests do it: discovery, create, read, list, patch in four
 * ways, update, status, tables, watch, delete one and a collection.
 */

let harness: Harness;

beforeAll(() => {
  harness = createHarness();
  harness.http("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "default" } });
});

const JSON_TYPE = { "content-type": "application/json" };
const PATCHES: Readonly<Record<string, string>> = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
};

type Answer = Pick<ApiObject, "kind" | "apiVersion" | "metadata"> & {
  readonly items?: readonly ApiObject[];
  readonly rows?: readonly unknown[];
  readonly resources?: readonly { readonly name: string; readonly kind: string }[];
  readonly status?: Readonly<Record<string, unknown>>;
};

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): [number, Answer] {
  const { status, body: text } = harness.http(method, `/${path}`, body, { ...JSON_TYPE, ...headers });
  return [status, JSON.parse(text) as Answer];
}

function patch(path: string, type: string, body: unknown): [number, Answer] {
  return call("PATCH", path, body, { "content-type": PATCHES[type]! });
}

/** `ADDED name` for each line of a watch. */
function told(frames: readonly (HttpResponse | HttpChunk)[]): string[] {
  const text = frames.map((frame) => (frame.type === "chunk" ? frame.data : "")).join("");
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    const { type, object } = JSON.parse(line) as { type: string; object: ApiObject };
    return type === "BOOKMARK" ? [] : [`${type} ${object.metadata?.name}`];
  });
}

describe.each(ROWS)("$path", (row) => {
  const { path, kind, status } = row;
  const apiVersion = apiVersionOf(row);
  const resource = path.split("/").at(-1)!;
  const names = [1, 2, 3].map((index) => nameOf(row, index));
  const labels = { e2e: resource };
  const selected = `${path}?labelSelector=e2e%3D${resource}`;
  const made = (own: string) => objectNamed(row, own, labels);
  const [first = "", second = ""] = names;

  it("lives through what clients do", () => {
    const [, discovered] = call("GET", groupPathOf(path));
    const subresources = status === null ? [] : [{ name: `${resource}/status` }];
    expect(discovered.resources).toEqual(
      expect.arrayContaining([{ name: resource, kind }, ...subresources].map((one) => expect.objectContaining(one))),
    );
    const { resourceVersion } = call("GET", selected)[1].metadata!;
    const watch = harness.stream(`/${selected}&watch=1&resourceVersion=${resourceVersion}`);
    for (const own of names) expect(call("POST", path, made(own))[0]).toBe(201);
    expect(call("POST", path, made(first))[1]).toMatchObject({ code: 409, reason: "AlreadyExists" });
    const [, list] = call("GET", selected);
    expect([list.kind, list.items?.length]).toEqual([`${kind}List`, 3]);

    const one = `${path}/${first}`;
    expect(call("GET", one)[1]).toMatchObject({ apiVersion, kind, metadata: { name: first, labels } });
    expect(patch(one, "merge", { metadata: { annotations: { a: "1" } } })[0]).toBe(200);
    expect(patch(one, "strategic", { metadata: { annotations: { b: "2" } } })[0]).toBe(200);
    const [, patched] = patch(one, "json", [{ op: "add", path: "/metadata/annotations/c", value: "3" }]);
    expect(patched.metadata?.annotations).toMatchObject({ a: "1", b: "2", c: "3" });
    const [code, updated] = call("PUT", one, {
      ...patched,
      metadata: { ...patched.metadata, annotations: { d: "4" } },
    });
    expect([code, updated.metadata?.annotations?.d, updated.metadata?.annotations?.a]).toEqual([200, "4", undefined]);
    expect(call("PUT", one, patched)[1]).toMatchObject({ code: 409, reason: "Conflict" });
    const [, applied] = patch(`${path}/${second}?fieldManager=e2e&force=true`, "apply", made(second));
    const managers = applied.metadata?.managedFields as { manager: string; operation: string }[];
    expect(managers).toContainEqual(expect.objectContaining({ manager: "e2e", operation: "Apply" }));

    if (status !== null) {
      const [, changed] = patch(`${one}/status`, "merge", { metadata: { annotations: { e: "5" } }, status });
      expect(changed.status).toMatchObject(status);
      expect(changed.metadata?.annotations).toMatchObject({ e: "5" });
      expect(call("PUT", `${one}/status`, call("GET", `${one}/status`)[1])[0]).toBe(200);
      expect(patch(one, "merge", { status: { ...status, message: "not here" } })[1].status?.message).not.toBe(
        "not here",
      );
    }

    const as = (shape: string) => ({ accept: `application/json;as=${shape};g=meta.k8s.io;v=v1` });
    expect(call("GET", selected, undefined, as("Table"))[1].rows).toHaveLength(3);
    expect(call("GET", selected, undefined, as("PartialObjectMetadataList"))[1].items?.[0]).toMatchObject({
      kind: "PartialObjectMetadata",
    });

    expect(call("DELETE", `${one}?gracePeriodSeconds=0`)[0]).toBe(200);
    expect(call("DELETE", `${selected}&gracePeriodSeconds=0`)[0]).toBe(200);
    harness.run(2_000_000);
    // What a finalizer holds is the business of controllers, which are not here.
    for (const left of call("GET", selected)[1].items ?? [])
      patch(`${path}/${left.metadata?.name}`, "merge", { metadata: { finalizers: null } });
    expect(call("GET", selected)[1].items).toEqual([]);
    harness.run(1_000_000);
    const events = told(watch.frames);
    expect(events.filter((event) => event.startsWith("ADDED"))).toEqual(names.map((own) => `ADDED ${own}`));
    expect(events).toContain(`MODIFIED ${first}`);
    expect(events.filter((event) => event.startsWith("DELETED")).sort()).toEqual(names.map((own) => `DELETED ${own}`));
  });
});
