import { describe, expect, it } from "vitest";
import { schemaOf } from "../schema/schema.ts";
import { fieldsOfNew } from "./new-object.ts";
import { compareFields, typeOfKind } from "./typed.ts";

const DEPLOYMENT = schemaOf("apps/v1", "Deployment")!;

const deployment = (name: string, image: string, labels: Record<string, string> = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels, finalizers: ["example.com/a", "example.com/b"], annotations: undefined },
  spec: {
    strategy: {},
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        containers: [
          { name: "web", image, ports: [{ containerPort: 80 }, { containerPort: 81, protocol: "UDP" }], args: ["a"] },
          { name: "log", image, resources: { requests: { cpu: "1" } } },
        ],
      },
    },
  },
});

describe("the fields of a new object", () => {
  it("are those that it adds to nothing", () => {
    for (const object of [
      deployment("a", "nginx"),
      deployment("b", "nginx", { app: "web", "k:x": "y" }),
      { apiVersion: "apps/v1", kind: "Deployment", unknown: { a: 1 }, spec: { replicas: null, template: 3 } },
      {},
    ]) {
      expect(fieldsOfNew(object, DEPLOYMENT)).toEqual(compareFields({}, object, typeOfKind(DEPLOYMENT)).changed);
    }
  });

  it("are one frozen set for objects that have the same", () => {
    const first = fieldsOfNew(deployment("a", "nginx", { app: "a" }), DEPLOYMENT);
    expect(Object.isFrozen(first)).toBe(true);
    expect(fieldsOfNew(deployment("b", "redis", { app: "b" }), DEPLOYMENT)).toBe(first);
    expect(fieldsOfNew(deployment("b", "redis", { tier: "b" }), DEPLOYMENT)).not.toBe(first);
  });
});
