import { describe, expect, it } from "vitest";
import { type ApiObject, deepFreeze } from "../object.ts";
import { applyDefaults } from "./defaulting.ts";
import { pullPolicyOf } from "./pod.ts";

type Fields = Readonly<Record<string, unknown>>;

function defaulted(apiVersion: string, kind: string, fields: Fields): ApiObject {
  return applyDefaults(deepFreeze({ apiVersion, kind, metadata: { name: "a" }, ...fields } as ApiObject));
}

describe("defaults", () => {
  it("round amounts up to thousandths", () => {
    const resources = { limits: { cpu: "1n", memory: "0.0005" }, requests: { cpu: "1500m", x: "0.1Ki" } };
    expect(defaulted("v1", "Pod", { spec: { containers: [{ name: "c", resources }] } })).toMatchObject({
      spec: {
        containers: [{ resources: { limits: { cpu: "1m", memory: "1m" }, requests: { cpu: "1500m", memory: "1m" } } }],
      },
    });
    expect(defaulted("v1", "ResourceQuota", { spec: { hard: { cpu: "-1u" } } })).toMatchObject({
      spec: { hard: { cpu: "-1m" } },
    });
  });

  it("take ports of the node for pods alone, not for templates", () => {
    const spec = { hostNetwork: true, containers: [{ name: "c", ports: [{ containerPort: 1 }] }] };
    expect(defaulted("v1", "Pod", { spec })).toMatchObject({ spec: { containers: [{ ports: [{ hostPort: 1 }] }] } });
    const template = (defaulted("apps/v1", "Deployment", { spec: { template: { spec } } }).spec as Fields).template;
    expect(template).toMatchObject({ spec: { containers: [{ ports: [{ containerPort: 1, protocol: "TCP" }] }] } });
    expect(JSON.stringify(template)).not.toContain("hostPort");
  });

  it.each([
    [
      "ports of network policies",
      "networking.k8s.io/v1",
      "NetworkPolicy",
      { spec: { egress: [{ ports: [{ port: 1 }] }] } },
      { spec: { egress: [{ ports: [{ protocol: "TCP" }] }], policyTypes: ["Ingress", "Egress"] } },
    ],
    [
      "sources of persistent volumes",
      "v1",
      "PersistentVolume",
      { spec: { rbd: { image: "i" }, hostPath: { path: "/" } } },
      { spec: { rbd: { pool: "rbd", user: "admin" }, hostPath: { type: "" } } },
    ],
    [
      "life cycles of drivers",
      "storage.k8s.io/v1",
      "CSIDriver",
      { spec: { volumeLifecycleModes: [] } },
      { spec: { volumeLifecycleModes: ["Persistent"] } },
    ],
    [
      "names of namespaces",
      "v1",
      "Namespace",
      { metadata: { name: "n", labels: { "kubernetes.io/metadata.name": "m" } } },
      { metadata: { labels: { "kubernetes.io/metadata.name": "n" } } },
    ],
    [
      "conditions in a cron job's policy",
      "batch/v1",
      "CronJob",
      { spec: { jobTemplate: { spec: { podFailurePolicy: { rules: [{ onPodConditions: [{ type: "t" }] }] } } } } },
      { spec: { jobTemplate: { spec: { podFailurePolicy: { rules: [{ onPodConditions: [{ status: "True" }] }] } } } } },
    ],
    [
      "queues of a priority level",
      "flowcontrol.apiserver.k8s.io/v1",
      "PriorityLevelConfiguration",
      { spec: { limited: { limitResponse: { queuing: {} } } } },
      {
        spec: {
          limited: {
            nominalConcurrencyShares: 30,
            lendablePercent: 0,
            limitResponse: { queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
          },
        },
      },
    ],
  ] as const)("%s", (_what, apiVersion, kind, fields, expected) => {
    expect(defaulted(apiVersion, kind, fields)).toMatchObject(expected);
  });

  it.each([
    ["a", "Always"],
    ["a:latest", "Always"],
    ["a:1", "IfNotPresent"],
    ["localhost:5000/a", "Always"],
    ["r.io/a/b_c:latest", "Always"],
    [`a@sha256:${"0".repeat(64)}`, "IfNotPresent"],
    [`a:latest@sha256:${"0".repeat(64)}`, "Always"],
    ["A", "IfNotPresent"],
    ["", "IfNotPresent"],
  ])("%s is pulled %s", (image, policy) => {
    expect(pullPolicyOf(image)).toBe(policy);
  });
});
