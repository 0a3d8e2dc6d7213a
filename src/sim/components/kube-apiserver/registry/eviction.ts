import type { ApiObject } from "../../../api/object.ts";
import { formatTime } from "../../../api/time.ts";
import type { RequestOptionsOfVerb } from "../messages.ts";
import type { Exchange } from "../state.ts";
import { planDeletion } from "./deletion.ts";
import type { Outcome } from "./outcome.ts";

interface Condition {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * POST pods/NAME/eviction: a delete with the options that the Eviction carries, which the pod's status tells of.
 * Disruption budgets are asked here once there is a controller that keeps their status.
 */
export function evictPod(exchange: Exchange, pod: ApiObject, wallUs: number): Outcome {
  const body = exchange.request.body as { readonly deleteOptions?: RequestOptionsOfVerb } | null | undefined;
  const outcome = planDeletion(exchange.kind, pod, { ...body?.deleteOptions }, wallUs);
  if (outcome.do !== "put" || pod.metadata?.deletionTimestamp !== undefined) return outcome;
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
  return { ...outcome, object: { ...outcome.object, status: { ...status, conditions: [...others, condition] } } };
}
