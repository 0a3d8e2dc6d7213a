/** Flow schemas and priority levels that no API server goes without, and that nobody may change. */

type Spec = Readonly<Record<string, unknown>>;

const ALL = ["*"];

/** Whatever the groups do. */
function everythingOf(...names: readonly string[]): Spec {
  return {
    subjects: names.map((name) => ({ kind: "Group", group: { name } })),
    resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL, namespaces: ALL, clusterScope: true }],
    nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
  };
}

/** By name. */
export const MANDATORY_FLOW_SCHEMAS: Readonly<Record<string, Spec>> = {
  exempt: {
    priorityLevelConfiguration: { name: "exempt" },
    matchingPrecedence: 1,
    rules: [everythingOf("system:masters")],
  },
  "catch-all": {
    priorityLevelConfiguration: { name: "catch-all" },
    matchingPrecedence: 10_000,
    distinguisherMethod: { type: "ByUser" },
    rules: [everythingOf("system:unauthenticated", "system:authenticated")],
  },
};

/** By name. How much is lent by the exempt level may be changed. */
export const MANDATORY_PRIORITY_LEVELS: Readonly<Record<string, Spec>> = {
  exempt: { type: "Exempt", exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  "catch-all": {
    type: "Limited",
    limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: "Reject" } },
  },
};
