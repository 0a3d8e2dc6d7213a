import { describe, expect, it } from "vitest";
import { withLabelKeys } from "./label-keys.ts";

function pod(term: Record<string, unknown>) {
  const podAntiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone", ...term }],
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: "zone", ...term } }],
  };
  return { kind: "Pod", metadata: { labels: { tenant: "red", hash: "abc" } }, spec: { affinity: { podAntiAffinity } } };
}

const SELECTOR = { matchLabels: { app: "web" } };

describe("keys of labels in affinity terms", () => {
  it("become requirements with the pod's own values, in required and in preferred terms", () => {
    const given = { labelSelector: SELECTOR, matchLabelKeys: ["hash", "absent"], mismatchLabelKeys: ["tenant"] };
    const matchExpressions = [
      { key: "hash", operator: "In", values: ["abc"] },
      { key: "tenant", operator: "NotIn", values: ["red"] },
    ];
    expect(withLabelKeys(pod(given))).toEqual(pod({ ...given, labelSelector: { ...SELECTOR, matchExpressions } }));
  });

  it("say nothing where a term selects nothing, and leave pods without them as they are", () => {
    const nothing = pod({ matchLabelKeys: ["hash"] });
    expect(withLabelKeys(nothing)).toEqual(nothing);
    const plain = pod({ labelSelector: SELECTOR });
    expect(withLabelKeys(plain)).toBe(plain);
  });
});
