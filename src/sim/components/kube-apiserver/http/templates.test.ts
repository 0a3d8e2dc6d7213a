import { beforeEach, describe, expect, it } from "vitest";
import type { ApiObject } from "../../../api/object.ts";
import { createHarness, type Harness } from "../testing/harness.ts";

let harness: Harness;

beforeEach(() => {
  harness = createHarness();
});

const labels = { app: "a" };
const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx" }] } };
const JSON_BODY = { "content-type": "application/json" };

function created(path: string, body: ApiObject): Record<string, never> {
  const { status, body: text } = harness.http("POST", path, body, JSON_BODY);
  expect([status, text]).toEqual([201, text]);
  return JSON.parse(text) as Record<string, never>;
}

describe("templates", () => {
  it("show a time of creation that is none, whoever reads them", () => {
    const deployment = {
      kind: "Deployment",
      apiVersion: "apps/v1",
      metadata: { name: "d" },
      spec: { selector: { matchLabels: labels }, template },
    };
    const shown = { spec: { template: { metadata: { creationTimestamp: null, labels } } } };
    const path = "/apis/apps/v1/namespaces/default/deployments";
    expect(created(path, deployment)).toMatchObject(shown);
    expect(JSON.parse(harness.http("GET", path).body)).toMatchObject({ items: [shown] });
    const { frames } = harness.stream(`${path}?watch=1`);
    expect(JSON.parse((frames[1] as { data: string }).data)).toMatchObject({ type: "ADDED", object: shown });
    // What is stored has none.
    const { object } = harness.ask({ group: "apps", resource: "deployments", namespace: "default", name: "d" });
    expect(JSON.stringify(object)).not.toContain("null");
  });

  it("of jobs and of claims do, too", () => {
    const job = {
      metadata: {},
      spec: { template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } } },
    };
    expect(
      created("/apis/batch/v1/namespaces/default/cronjobs", {
        kind: "CronJob",
        apiVersion: "batch/v1",
        metadata: { name: "c" },
        spec: { schedule: "* * * * *", jobTemplate: job },
      }),
    ).toMatchObject({
      spec: {
        jobTemplate: {
          metadata: { creationTimestamp: null },
          spec: { template: { metadata: { creationTimestamp: null, labels } } },
        },
      },
    });
    const resources = { requests: { storage: "1Gi" } };
    const claim = { metadata: { name: "www" }, spec: { accessModes: ["ReadWriteOnce"], resources } };
    expect(
      created("/apis/apps/v1/namespaces/default/statefulsets", {
        kind: "StatefulSet",
        apiVersion: "apps/v1",
        metadata: { name: "s" },
        spec: { serviceName: "s", selector: { matchLabels: labels }, template, volumeClaimTemplates: [claim] },
      }),
    ).toMatchObject({
      spec: {
        volumeClaimTemplates: [
          {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: { creationTimestamp: null, name: "www" },
            status: { phase: "Pending" },
          },
        ],
      },
    });
  });
});

describe("warnings", () => {
  it("come with what is taken all the same, and not with what did not change", () => {
    const service = {
      kind: "Service",
      apiVersion: "v1",
      metadata: { name: "s", annotations: { "service.kubernetes.io/topology-aware-hints": "auto" } },
      spec: { ports: [{ port: 80 }] },
    };
    const text =
      "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead";
    const answer = harness.http("POST", "/api/v1/namespaces/default/services", service, JSON_BODY);
    expect(answer.headers.warning).toBe(`299 - ${JSON.stringify(text)}`);
    const gitRepo = [{ name: "v", gitRepo: { repository: "x" } }];
    const deployment = {
      kind: "Deployment",
      apiVersion: "apps/v1",
      metadata: { name: "d" },
      spec: {
        selector: { matchLabels: labels },
        template: { ...template, spec: { ...template.spec, volumes: gitRepo } },
      },
    };
    const path = "/apis/apps/v1/namespaces/default/deployments";
    const warning = '299 - "spec.template.spec.volumes[0].gitRepo: deprecated in v1.11"';
    expect(harness.http("POST", path, deployment, JSON_BODY).headers.warning).toBe(warning);
    const patch = (body: unknown) =>
      harness.http("PATCH", `${path}/d`, body, { "content-type": "application/merge-patch+json" }).headers.warning;
    expect(patch({ metadata: { labels: { x: "y" } } })).toBeUndefined();
    expect(patch({ spec: { replicas: 2 } })).toBe(warning);
  });
});
