import { expect, test } from "vitest";
import type { ApiObject } from "../../../api/object.ts";
import { hpaToServed, hpaToStored } from "./hpa-conversion.ts";

const stored: ApiObject = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "web", namespace: "default", annotations: { team: "a" } },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    minReplicas: 1,
    maxReplicas: 5,
    metrics: [
      { type: "Pods", pods: { metric: { name: "qps" }, target: { type: "AverageValue", averageValue: "10" } } },
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } },
    ],
    behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
  },
  status: {
    currentReplicas: 2,
    desiredReplicas: 3,
    currentMetrics: [
      { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 70, averageValue: "70m" } } },
    ],
    conditions: [{ type: "AbleToScale", status: "True" }],
  },
};

test("autoscaling/v1 has the CPU's percentage, and all else in annotations", () => {
  const served = hpaToServed("v1", stored);
  expect(served.apiVersion).toBe("autoscaling/v1");
  expect(served.spec).toMatchObject({ targetCPUUtilizationPercentage: 60, maxReplicas: 5 });
  expect(served.spec).not.toHaveProperty("metrics");
  expect(served.status).toEqual({ currentReplicas: 2, desiredReplicas: 3, currentCPUUtilizationPercentage: 70 });
  expect(served.metadata?.annotations).toMatchObject({
    team: "a",
    "autoscaling.alpha.kubernetes.io/metrics":
      '[{"type":"Pods","pods":{"metricName":"qps","targetAverageValue":"10"}}]',
    "autoscaling.alpha.kubernetes.io/behavior": '{"scaleDown":{"stabilizationWindowSeconds":60}}',
  });
});

test("a round trip by v1 loses nothing of what is wanted", () => {
  const back = hpaToStored(hpaToServed("v1", stored));
  expect(back.spec).toEqual(stored.spec);
  expect(back.metadata).toEqual(stored.metadata);
});

test("an autoscaler of v1 without a percentage means 80 percent of the CPU", () => {
  const back = hpaToStored({ apiVersion: "autoscaling/v1", spec: { maxReplicas: 3 } });
  expect(back.spec).toEqual({
    maxReplicas: 3,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } }],
  });
});
