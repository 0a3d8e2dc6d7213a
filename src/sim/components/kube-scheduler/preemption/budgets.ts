import { type LabelSelectorObject, matchesSelector, selectorFromObject } from "../../../api/labels.ts";
import type { ApiObject } from "../../../api/object.ts";
import type { ClusterObjects } from "../cluster-objects.ts";
import type { Pod } from "../objects.ts";

interface DisruptionBudget extends ApiObject {
  readonly spec?: { readonly selector?: LabelSelectorObject };
  readonly status?: {
    readonly disruptionsAllowed?: number;
    readonly disruptedPods?: Readonly<Record<string, unknown>>;
  };
}

/** Those whose eviction would break a PodDisruptionBudget, and the others, each in the order given. */
export function splitByBudgets(
  pods: readonly Pod[],
  objects: ClusterObjects,
): { readonly violating: readonly Pod[]; readonly others: readonly Pod[] } {
  const left = new Map<DisruptionBudget, number>();
  const violating: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    let isViolating = false;
    for (const budget of budgetsOf(pod, objects)) {
      const allowed = (left.get(budget) ?? budget.status?.disruptionsAllowed ?? 0) - 1;
      left.set(budget, allowed);
      if (allowed < 0) isViolating = true;
    }
    (isViolating ? violating : others).push(pod);
  }
  return { violating, others };
}

/** An empty selector matches nothing here; a pod that is being disrupted already is counted already. */
function budgetsOf({ metadata }: Pod, objects: ClusterObjects): DisruptionBudget[] {
  if (Object.keys(metadata.labels ?? {}).length === 0) return [];
  const budgets = objects.byIndex("poddisruptionbudgets", metadata.namespace ?? "") as readonly DisruptionBudget[];
  return budgets.filter(({ spec, status }) => {
    const selector = selectorFromObject(spec?.selector);
    if (selector === null || selector.requirements.length === 0) return false;
    return matchesSelector(selector, metadata.labels) && status?.disruptedPods?.[metadata.name ?? ""] === undefined;
  });
}
