import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../../api/object.ts";
import { withoutDisabledFields } from "./disabled-fields.ts";
import { requireKind } from "./lookup.ts";

const CLAIMED = {
  resources: { limits: { cpu: "1" } },
  resourceClaims: [{ name: "gpu" }],
  containers: [
    { name: "a", resources: { claims: [{ name: "gpu" }], limits: { cpu: "1" } } },
    { name: "b", lifecycle: { stopSignal: "SIGUSR1", preStop: {} } },
  ],
};
const PLAIN = {
  containers: [
    { name: "a", resources: { limits: { cpu: "1" } } },
    { name: "b", lifecycle: { preStop: {} } },
  ],
};

const CASES: readonly (readonly [group: string, resource: string, sent: object, kept: object])[] = [
  ["", "pods", CLAIMED, PLAIN],
  ["batch", "jobs", { template: { spec: CLAIMED } }, { template: { spec: PLAIN } }],
  [
    "batch",
    "cronjobs",
    { jobTemplate: { spec: { template: { spec: CLAIMED } } } },
    { jobTemplate: { spec: { template: { spec: PLAIN } } } },
  ],
  [
    "apps",
    "statefulsets",
    { updateStrategy: { rollingUpdate: { maxUnavailable: 2, partition: 0 } } },
    { updateStrategy: { rollingUpdate: { partition: 0 } } },
  ],
  [
    "autoscaling",
    "horizontalpodautoscalers",
    { behavior: { scaleUp: { tolerance: "500m", selectPolicy: "Max" }, scaleDown: { tolerance: "0" } } },
    { behavior: { scaleUp: { selectPolicy: "Max" }, scaleDown: {} } },
  ],
  ["", "persistentvolumeclaims", { volumeAttributesClassName: "fast", volumeName: "a" }, { volumeName: "a" }],
];

describe("fields of features that are off", () => {
  it.each(CASES)("%s/%s: are dropped, unless they are there already", (group, resource, sent, kept) => {
    const kind = requireKind(group, resource);
    const [given, plain]: ApiObject[] = [{ spec: sent }, { spec: kept }];
    expect(withoutDisabledFields(kind, given!, null)).toEqual(plain);
    expect(withoutDisabledFields(kind, given!, plain!)).toEqual(plain);
    expect(withoutDisabledFields(kind, given!, given!)).toBe(given);
    expect(withoutDisabledFields(kind, plain!, null)).toBe(plain);
  });
});
