import { beforeEach, expect, it } from "vitest";
import type { ApiObject } from "../../../api/object.ts";
import { createHarness, type Harness } from "../testing/harness.ts";

let harness: Harness;
const WEB = "/apis/apps/v1/namespaces/default/deployments/web";
const APPLY = { "content-type": "application/apply-patch+yaml" };

function apply(path: string, body: unknown): ApiObject & { message?: string } {
  return JSON.parse(harness.http("PATCH", path, body, APPLY).body) as ApiObject & { message?: string };
}

function scale(replicas: number): ApiObject {
  return { kind: "Scale", apiVersion: "autoscaling/v1", metadata: { name: "web" }, spec: { replicas } };
}

function owners(object: ApiObject): string[] {
  const entries = object.metadata!.managedFields as {
    manager: string;
    operation: string;
    subresource?: string;
    fieldsV1: object;
  }[];
  return entries.map(({ manager, operation, subresource = "", fieldsV1 }) =>
    [manager, operation, subresource, JSON.stringify(fieldsV1).includes("f:replicas") ? "replicas" : ""]
      .filter((part) => part !== "")
      .join(" "),
  );
}

beforeEach(() => {
  harness = createHarness();
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx" }] } };
  apply(`${WEB}?fieldManager=author`, {
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: { name: "web" },
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template },
  });
});

it("an apply to the scale owns the replicas under its own name", () => {
  expect(apply(`${WEB}/scale?fieldManager=autoscaler`, scale(5)).message).toBe(
    'Apply failed with 1 conflict: conflict with "author": .spec.replicas',
  );
  const forced = apply(`${WEB}/scale?fieldManager=autoscaler&force=true`, scale(5));
  expect(forced).toMatchObject({ kind: "Scale", spec: { replicas: 5 } });
  const web = JSON.parse(harness.http("GET", WEB).body) as ApiObject;
  expect(web.spec).toMatchObject({ replicas: 5 });
  expect(owners(web)).toEqual(["author Apply", "autoscaler Apply scale replicas"]);
});

it("an update of the scale takes them over", () => {
  harness.http(
    "PATCH",
    `${WEB}/scale?fieldManager=person`,
    { spec: { replicas: 3 } },
    {
      "content-type": "application/merge-patch+json",
    },
  );
  expect(owners(JSON.parse(harness.http("GET", WEB).body) as ApiObject)).toEqual([
    "author Apply",
    "person Update scale replicas",
  ]);
});

it("who says the same owns them, too", () => {
  apply(`${WEB}/scale?fieldManager=autoscaler`, scale(2));
  expect(owners(JSON.parse(harness.http("GET", WEB).body) as ApiObject)).toEqual([
    "author Apply replicas",
    "autoscaler Apply scale replicas",
  ]);
});

it("a creation owns what it adds, containers of other fields too", () => {
  const made = harness.http("POST", "/api/v1/namespaces/default/configmaps?fieldManager=m", {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: "a", labels: { x: "y" } },
    data: { k: "v" },
  });
  expect((JSON.parse(made.body) as ApiObject).metadata!.managedFields).toMatchObject([
    { fieldsV1: { "f:metadata": { "f:labels": { ".": {}, "f:x": {} } }, "f:data": { ".": {}, "f:k": {} } } },
  ]);
});
