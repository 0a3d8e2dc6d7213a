/** What an eviction asks of PodDisruptionBudgets (pkg/registry/core/pod/storage/eviction.go). */
import { type LabelSelectorObject, matchesSelector, selectorFromObject } from "../../../api/labels.ts";
import { type ApiObject, deepFreeze, type Status } from "../../../api/object.ts";
import { isPodReady } from "../../../api/pod/status.ts";
import { bareFailure, forbidden, tooManyRequests } from "../../../api/status-errors.ts";
import { formatTime } from "../../../api/time.ts";
import type { RangeResponse } from "../../etcd/messages.ts";
import { objectOf, revisionOf, undecorate } from "../watch/decorate.ts";
import { modEquals } from "./etcd-client.ts";
import type { Companions } from "./service-allocation.ts";
import { estimateSize } from "./size.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string;
}

interface BudgetStatus {
  readonly observedGeneration?: number;
  readonly disruptionsAllowed?: number;
  readonly currentHealthy?: number;
  readonly desiredHealthy?: number;
  readonly disruptedPods?: Readonly<Record<string, string>>;
  readonly conditions?: readonly Condition[];
}

interface Budget extends ApiObject {
  readonly spec?: { readonly selector?: LabelSelectorObject | null; readonly unhealthyPodEvictionPolicy?: string };
  readonly status?: BudgetStatus;
}

/** Evictions that the budget's controller has not seen yet: more are not remembered. */
const DISRUPTED_PODS_MAX = 2000;
const TEXT = "Cannot evict pod as it would violate the pod's disruption budget.";
const CAUSE = "DisruptionBudget";

/** `/registry/poddisruptionbudgets/default/`. */
export function budgetsPrefix(namespace: string): string {
  return `/registry/poddisruptionbudgets/${namespace}/`;
}

export function budgetsOf(range: RangeResponse): ApiObject[] {
  return range.kvs.flatMap((pair) => {
    const object = objectOf(pair);
    return object === null ? [] : [object];
  });
}

/** Pods that have come to their end, have not begun, or are on their way already are nobody's loss. */
export function ignoresBudgets(pod: ApiObject): boolean {
  const phase = (pod.status as { phase?: string } | undefined)?.phase;
  return (
    phase === "Succeeded" || phase === "Failed" || phase === "Pending" || pod.metadata?.deletionTimestamp !== undefined
  );
}

/** What is written with the eviction (null: nothing), or why there is none. */
export function takeFromBudget(
  budgets: readonly ApiObject[],
  pod: ApiObject,
  wallUs: number,
): { readonly companions: Companions | null } | { readonly refusal: Status } {
  if (ignoresBudgets(pod)) return { companions: null };
  const labels = pod.metadata?.labels ?? {};
  const concerned = (budgets as readonly Budget[]).filter(({ spec }) => {
    const selector = selectorFromObject(spec?.selector ?? null);
    return selector !== null && matchesSelector(selector, labels);
  });
  if (concerned.length > 1) {
    const why = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    return { refusal: bareFailure(500, why) };
  }
  const budget = concerned[0];
  if (budget === undefined || goesFreely(budget, pod)) return { companions: null };
  const refusal = refusalBy(budget);
  return refusal === null ? { companions: noting(budget, pod, wallUs) } : { refusal };
}

/** A pod that is not ready is not counted as healthy: it may go if enough others are, or always. */
function goesFreely({ spec, status = {} }: Budget, pod: ApiObject): boolean {
  if (isPodReady(pod as Parameters<typeof isPodReady>[0])) return false;
  if (spec?.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status;
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function refusalBy(budget: Budget): Status | null {
  const { status = {} } = budget;
  const name = budget.metadata!.name!;
  const allowed = status.disruptionsAllowed ?? 0;
  if ((status.observedGeneration ?? 0) < (budget.metadata!.generation ?? 0)) {
    const message = `The disruption budget ${name} is still being processed by the server.`;
    return tooManyRequests(TEXT, 10, [{ reason: CAUSE, message }]);
  }
  const resource = { group: "policy", resource: "poddisruptionbudget" };
  if (allowed < 0) return forbidden(resource, name, "pdb disruptions allowed is negative");
  if (Object.keys(status.disruptedPods ?? {}).length > DISRUPTED_PODS_MAX) {
    return forbidden(resource, name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  }
  if (allowed > 0) return null;
  const condition = (status.conditions ?? []).find(({ type }) => type === "DisruptionAllowed");
  const { desiredHealthy = 0, currentHealthy = 0 } = status;
  const message =
    condition?.reason === "SyncFailed"
      ? `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${condition.message}`
      : `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return tooManyRequests(TEXT, 0, [{ reason: CAUSE, message }]);
}

/** One disruption less, and the pod's name, so that the controller does not count on it any more. */
function noting(budget: Budget, pod: ApiObject, wallUs: number): Companions {
  const { status = {} } = budget;
  const { name, namespace } = budget.metadata!;
  const allowed = (status.disruptionsAllowed ?? 0) - 1;
  const next: BudgetStatus = {
    ...status,
    disruptionsAllowed: allowed,
    disruptedPods: { ...status.disruptedPods, [pod.metadata!.name!]: formatTime(wallUs) },
    ...(allowed > 0 ? {} : { conditions: exhausted(status, formatTime(wallUs)) }),
  };
  const data = deepFreeze(undecorate({ ...budget, status: next }));
  const key = `${budgetsPrefix(namespace!)}${name}`;
  return {
    compare: [modEquals(key, revisionOf(budget))],
    success: [{ op: "put", key, value: { data, sizeBytes: estimateSize(data) } }],
    failure: [],
  };
}

function exhausted(status: BudgetStatus, now: string): readonly Condition[] {
  const type = "DisruptionAllowed";
  const known = (status.conditions ?? []).find((condition) => condition.type === type);
  const others = (status.conditions ?? []).filter((condition) => condition.type !== type);
  return [
    ...others,
    {
      type,
      status: "False",
      observedGeneration: status.observedGeneration ?? 0,
      lastTransitionTime: known?.status === "False" ? (known.lastTransitionTime ?? now) : now,
      reason: "InsufficientPods",
      message: "",
    },
  ];
}
