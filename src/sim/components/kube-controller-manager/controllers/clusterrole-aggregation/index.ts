import { equalJson } from "../../../../api/equal.ts";
import { type LabelSelectorObject, matchesSelector, selectorFromObject } from "../../../../api/labels.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { updateRequest } from "../../../../machinery/requests.ts";
import { CLUSTER_ROLES } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";

interface ClusterRole extends ApiObject {
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelectorObject[] };
  readonly rules?: readonly unknown[] | null;
}

interface Memory {
  /** Names of the roles that have an aggregation rule. */
  readonly aggregated: Set<string>;
}

/** pkg/controller/clusterroleaggregation: roles such as `admin` have the rules of all roles with certain labels. */
export const clusterRoleAggregationController: ControllerDefinition<Memory> = {
  name: "clusterrole-aggregation-controller",
  workers: 5,
  informers: [{ resource: CLUSTER_ROLES }],
  createMemory: () => ({ aggregated: new Set() }),
  onDelta(_informer, delta, hands) {
    const { aggregated } = hands.memory;
    const role = delta.object as ClusterRole;
    if (delta.type !== "deleted" && role.aggregationRule) aggregated.add(keyOf(role));
    else aggregated.delete(keyOf(role));
    for (const key of aggregated) hands.add(key, delta.trace);
  },
  reconcile(view, key) {
    const roles = view.store("clusterroles").objects;
    const role = roles.get(key) as ClusterRole | undefined;
    if (role?.aggregationRule === undefined || role.aggregationRule === null) return {};
    const all: ClusterRole[] = [];
    roles.forEach((one) => {
      all.push(one as ClusterRole);
    });
    const rules = aggregatedRules(role, all);
    if (equalJson(rules, role.rules ?? [])) return {};
    return { writes: [{ request: updateRequest(CLUSTER_ROLES, deepFreeze({ ...role, rules })) }] };
  },
};

/** Selector by selector, role by role in the order of their names, each rule once. */
function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): readonly unknown[] {
  const rules: unknown[] = [];
  for (const given of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = selectorFromObject(given);
    const chosen = all
      .filter((one) => selector !== null && matchesSelector(selector, one.metadata?.labels ?? {}))
      .sort((a, b) => (a.metadata!.name! < b.metadata!.name! ? -1 : 1));
    for (const one of chosen) {
      if (one.metadata!.name === role.metadata!.name) continue;
      for (const rule of one.rules ?? []) if (!rules.some((known) => equalJson(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
