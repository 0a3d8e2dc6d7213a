import { beforeEach, describe, expect, it } from "vitest";
import type { ApiObject } from "../../../api/object.ts";
import { type Flags, parseFlags } from "../flags.ts";
import { createHarness, type Harness } from "../testing/harness.ts";
import { bootstrapItems } from "./items.ts";

let harness: Harness;

beforeEach(() => {
  harness = createHarness();
});

function listed(group: string, resource: string): ApiObject[] {
  return harness.ask({ verb: "list", group, resource }).object.items as ApiObject[];
}

function conditionOf(object: ApiObject): unknown {
  const { conditions = [] } = object.status as { conditions?: { lastTransitionTime?: string }[] };
  return conditions.map(({ lastTransitionTime, ...rest }) => ({ ...rest, at: typeof lastTransitionTime }));
}

describe("what an API server makes sure of", () => {
  it("is an APIService of each of its groups' versions, Available here", () => {
    const services = listed("apiregistration.k8s.io", "apiservices");
    expect(services.map(({ metadata }) => metadata?.name)).toEqual([
      "v1.",
      "v1.admissionregistration.k8s.io",
      "v1.apiextensions.k8s.io",
      "v1.apps",
      "v1.authentication.k8s.io",
      "v1.authorization.k8s.io",
      "v1.autoscaling",
      "v1.batch",
      "v1.certificates.k8s.io",
      "v1.coordination.k8s.io",
      "v1.discovery.k8s.io",
      "v1.events.k8s.io",
      "v1.flowcontrol.apiserver.k8s.io",
      "v1.networking.k8s.io",
      "v1.node.k8s.io",
      "v1.policy",
      "v1.rbac.authorization.k8s.io",
      "v1.scheduling.k8s.io",
      "v1.storage.k8s.io",
      "v2.autoscaling",
    ]);
    expect(services[3]).toMatchObject({
      metadata: { labels: { "kube-aggregator.kubernetes.io/automanaged": "onstart" } },
      spec: { group: "apps", version: "v1", groupPriorityMinimum: 17_800, versionPriority: 15 },
    });
    for (const service of services)
      expect(conditionOf(service)).toEqual([
        {
          type: "Available",
          status: "True",
          reason: "Local",
          message: "Local APIServices are always available",
          at: "string",
        },
      ]);
  });

  it("is thirteen flow schemas and eight priority levels", () => {
    const schemas = listed("flowcontrol.apiserver.k8s.io", "flowschemas");
    expect(schemas).toHaveLength(13);
    expect(schemas.find(({ metadata }) => metadata?.name === "probes")).toMatchObject({
      metadata: { generation: 1, annotations: { "apf.kubernetes.io/autoupdate-spec": "true" } },
      spec: { matchingPrecedence: 2, priorityLevelConfiguration: { name: "exempt" } },
    });
    expect(conditionOf(schemas[0]!)).toEqual([
      {
        type: "Dangling",
        status: "False",
        reason: "Found",
        message: 'This FlowSchema references the PriorityLevelConfiguration object named "catch-all" and it exists',
        at: "string",
      },
    ]);
    const levels = listed("flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations");
    expect(levels.map(({ metadata }) => metadata?.name)).toEqual([
      "catch-all",
      "exempt",
      "global-default",
      "leader-election",
      "node-high",
      "system",
      "workload-high",
      "workload-low",
    ]);
  });

  it("is the range of Services, Ready, and a lease that says who it is", () => {
    const cidr = listed("networking.k8s.io", "servicecidrs")[0]!;
    expect(conditionOf(cidr)).toMatchObject([{ type: "Ready", status: "True" }]);
    const lease = listed("coordination.k8s.io", "leases").find(({ metadata }) => metadata?.namespace === "kube-system");
    expect(lease?.metadata?.name).toMatch(/^apiserver-[a-z2-7]{26}$/);
  });

  it("is an APIService of what definitions make, as long as they make it", () => {
    const definition = {
      kind: "CustomResourceDefinition",
      apiVersion: "apiextensions.k8s.io/v1",
      metadata: { name: "widgets.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { plural: "widgets", kind: "Widget" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    };
    const definitions = { group: "apiextensions.k8s.io", resource: "customresourcedefinitions" };
    const service = { group: "apiregistration.k8s.io", resource: "apiservices", name: "v1.example.com" };
    harness.ask({ verb: "create", ...definitions, body: definition });
    harness.run(2_000_000);
    const { object } = harness.ask(service);
    expect(object).toMatchObject({
      metadata: { labels: { "kube-aggregator.kubernetes.io/automanaged": "true" } },
      spec: { group: "example.com", version: "v1", groupPriorityMinimum: 1000, versionPriority: 100 },
    });
    expect(conditionOf(object)).toMatchObject([{ reason: "Local" }]);
    harness.ask({ verb: "delete", ...definitions, name: "widgets.example.com" });
    harness.run(10_000_000);
    expect(harness.ask(service).code).toBe(404);
  });

  it("is what servers behind the aggregation layer must know to tell who asks", () => {
    const flags = parseFlags([
      "kube-apiserver",
      "--client-ca-file=/ca.crt",
      "--requestheader-client-ca-file=/front.crt",
      "--requestheader-allowed-names=front-proxy-client,other",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-username-headers=X-Remote-User",
    ]) as Flags;
    const items = bootstrapItems(flags, 0, (path) => `text of ${path}`);
    const { object } = items.find(({ hook }) => hook === "start-cluster-authentication-info-controller")!;
    expect(object).toMatchObject({
      metadata: { name: "extension-apiserver-authentication", namespace: "kube-system" },
    });
    expect(object.data).toEqual({
      "client-ca-file": "text of /ca.crt",
      "requestheader-allowed-names": '["front-proxy-client","other"]',
      "requestheader-client-ca-file": "text of /front.crt",
      "requestheader-extra-headers-prefix": '["X-Remote-Extra-"]',
      "requestheader-group-headers": '["X-Remote-Group"]',
      "requestheader-username-headers": '["X-Remote-User"]',
    });
  });
});
