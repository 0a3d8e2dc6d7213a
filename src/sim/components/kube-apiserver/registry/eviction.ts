import type { ApiObject } from "../../../api/object.ts";
import { formatTime } from "../../../api/time.ts";
import type { RequestOptionsOfVerb } from "../messages.ts";
import type { Exchange } from "../state.ts";
import { takeFromBudget } from "./budgets.ts";
import { planDeletion } from "./deletion.ts";
import type { Outcome } from "./outcome.ts";

interface Condition {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * POST pods/NAME/eviction: a delete with the options that the Eviction carries, which the pod's status tells of, and
 * which its disruption budget must be able to spare.
 */
export function evictPod(exchange: Exchange, pod: ApiObject, wallUs: number): Outcome {
  const body = exchange.request.body as { readonly deleteOptions?: RequestOptionsOfVerb } | null | undefined;
  const budget = takeFromBudget(exchange.budgets ?? [], pod, wallUs);
  if ("refusal" in budget) return { do: "refuse", status: budget.refusal };
  const outcome = planDeletion(exchange.kind, pod, { ...body?.deleteOptions }, wallUs);
  if (outcome.do !== "put" && outcome.do !== "remove") return outcome;
  const charged = { ...outcome, companions: budget.companions };
  if (charged.do === "remove" || pod.metadata?.deletionTimestamp !== undefined) return charged;
  const status = (outcome.object.status ?? {}) as { conditions?: readonly Condition[] };
  const condition: Condition = {
    type: "DisruptionTarget",
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: formatTime(wallUs),
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
  };
  const others = (status.conditions ?? []).filter(({ type }) => type !== condition.type);
  return { ...charged, object: { ...outcome.object, status: { ...status, conditions: [...others, condition] } } };
}
