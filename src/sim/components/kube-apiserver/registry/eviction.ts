import type { ApiObject } from "../../../api/object.ts";
import type { RequestOptionsOfVerb } from "../messages.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { planDeletion } from "./deletion.ts";
import type { Outcome } from "./outcome.ts";

/**
 * POST pods/NAME/eviction: a delete with the options that the Eviction carries. Disruption budgets are asked here once
 * there is a controller that keeps their status.
 */
export function evictPod(_state: ApiServerState, exchange: Exchange, pod: ApiObject, wallUs: number): Outcome {
  const body = exchange.request.body as { readonly deleteOptions?: RequestOptionsOfVerb } | null | undefined;
  return planDeletion(exchange.kind, pod, { ...body?.deleteOptions }, wallUs);
}
