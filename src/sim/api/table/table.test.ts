import { describe, expect, it } from "vitest";
import type { ApiObject } from "../object.ts";
import { parseTime } from "../time.ts";
import { tableRow } from "./table.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Cells by column. */
function cellsOf(apiVersion: string, kind: string, fields: Fields): Readonly<Record<string, unknown>> {
  const object = { apiVersion, kind, metadata: { name: "a" }, ...fields } as ApiObject;
  const { columns, cells } = tableRow(object, parseTime("2026-11-20T10:52:53Z")!, true);
  return Object.fromEntries(columns.map(({ name }, index) => [name, cells[index]]));
}

const rule = (host?: string): Fields => (host === undefined ? {} : { host });
const metric = (type: string, field: string, source: Fields, current: Fields | null): Fields => ({
  spec: { scaleTargetRef: { kind: "Deployment", name: "d" }, metrics: [{ type, [field]: source }] },
  status: { currentMetrics: current === null ? [] : [{ type, [field]: { current } }] },
});
const EXPRESSION = { key: "k", operator: "In", values: ["x", "y"] };

describe("cells", () => {
  it.each([
    [
      "of the last Ready condition",
      "v1",
      "Node",
      {
        status: {
          conditions: [
            { type: "Ready", status: "True" },
            { type: "Ready", status: "False" },
          ],
        },
      },
      { Status: "NotReady" },
    ],
    ["of subsets without addresses", "v1", "Endpoints", { subsets: [{ ports: [{ port: 1 }] }] }, { Endpoints: "" }],
    ["of no subsets", "v1", "Endpoints", {}, { Endpoints: "<none>" }],
    [
      "of hosts count all rules beyond the third",
      "networking.k8s.io/v1",
      "Ingress",
      { spec: { rules: [rule("a"), rule(), rule("b"), rule("c"), rule()] } },
      { Hosts: "a,b,c + 2 more..." },
    ],
    ["of a deployment without selector", "apps/v1", "Deployment", { spec: {} }, { Selector: "" }],
    ["of a set without selector", "apps/v1", "ReplicaSet", { spec: {} }, { Selector: "<none>" }],
    [
      "of an exempt level",
      "flowcontrol.apiserver.k8s.io/v1",
      "PriorityLevelConfiguration",
      { spec: { type: "Exempt", exempt: { nominalConcurrencyShares: 0 } } },
      { NominalConcurrencyShares: "<none>" },
    ],
    ["of an address of nobody", "networking.k8s.io/v1", "IPAddress", { spec: {} }, { ParentRef: "<none>" }],
    [
      "of a quota",
      "v1",
      "ResourceQuota",
      { status: { hard: { "limits.cpu": "1000m", limits: "2" }, used: {} } },
      { Request: "limits: 0/2", Limit: "limits.cpu: 0/1" },
    ],
    [
      "of a volume's size",
      "v1",
      "PersistentVolume",
      { spec: { capacity: { storage: "1024Mi" } } },
      { Capacity: "1Gi" },
    ],
    [
      "of parameters found by labels",
      "admissionregistration.k8s.io/v1",
      "ValidatingAdmissionPolicyBinding",
      {
        spec: {
          policyName: "p",
          paramRef: { selector: { matchLabels: { b: "2", a: "1" }, matchExpressions: [EXPRESSION] } },
        },
      },
      {
        ParamRef:
          "&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:k,Operator:In,Values:[x y],},},}",
      },
    ],
    [
      "of a metric that tells another value",
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      metric("Resource", "resource", { name: "cpu", target: { averageValue: "100m" } }, { averageUtilization: 1 }),
      { Targets: "cpu: <nil>/100m" },
    ],
    [
      "of a metric that tells nothing",
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      metric("Pods", "pods", { target: { averageValue: "1" } }, null),
      { Targets: "<unknown>/1" },
    ],
    [
      "of an outside metric without average",
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      metric("External", "external", { target: { averageValue: "1" } }, { value: "1" }),
      { Targets: "<unknown>/1 (avg)" },
    ],
    [
      "of the first condition of a type",
      "batch/v1",
      "Job",
      {
        status: {
          conditions: [
            { type: "Complete", status: "False" },
            { type: "Complete", status: "True" },
          ],
        },
      },
      { Status: "Running" },
    ],
  ] as const)("%s", (_what, apiVersion, kind, fields, cells) => {
    expect(cellsOf(apiVersion, kind, fields)).toMatchObject(cells);
  });
});
