import { semanticEqual } from "../../../../api/equal.ts";
import { scaledValue } from "../../../../api/intstr.ts";
import { isPodReady } from "../../../../api/pod/status.ts";
import { formatTime, parseTime } from "../../../../api/time.ts";
import type { Pod } from "../../lib/types.ts";
import type { BudgetCondition, PodDisruptionBudget, PodDisruptionBudgetStatus } from "./types.ts";

/** A pod that an eviction was granted for must be gone, or at least going, by then. */
export const DELETION_TIMEOUT_US = 120_000_000;

const DISRUPTION_ALLOWED = "DisruptionAllowed";

/** Whether the number of pods that there should be comes from their controllers rather than from the pods themselves. */
export function asksForScale(budget: PodDisruptionBudget): boolean {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  return maxUnavailable !== undefined || typeof minAvailable === "string";
}

/** How many pods must stay healthy, of `expected`. Throws on a text that is no percentage. */
export function desiredHealthy(budget: PodDisruptionBudget, expected: number): number {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (maxUnavailable !== undefined) return Math.max(0, expected - scaledValue(maxUnavailable, expected, true));
  return minAvailable === undefined ? 0 : scaledValue(minAvailable, expected, true);
}

export interface Disrupted {
  /** Still waited for: name -> when it was granted. */
  readonly kept: Readonly<Record<string, string>>;
  /** Pods that were to go and did not. */
  readonly overdue: readonly Pod[];
  /** When the first of `kept` is overdue. */
  readonly recheckAtWallUs: number | null;
}

/** buildDisruptedPodMap: evictions that were granted and whose pods are not yet being deleted. */
export function disruptedPods(budget: PodDisruptionBudget, pods: readonly Pod[], wallUs: number): Disrupted {
  const noted = budget.status?.disruptedPods ?? {};
  const kept: Record<string, string> = {};
  const overdue: Pod[] = [];
  let recheckAtWallUs: number | null = null;
  for (const pod of pods) {
    const name = pod.metadata?.name ?? "";
    const since = noted[name];
    if (since === undefined || pod.metadata?.deletionTimestamp !== undefined) continue;
    const dueWallUs = (parseTime(since) ?? 0) + DELETION_TIMEOUT_US;
    if (dueWallUs < wallUs) overdue.push(pod);
    else {
      kept[name] = since;
      if (recheckAtWallUs === null || dueWallUs < recheckAtWallUs) recheckAtWallUs = dueWallUs;
    }
  }
  return { kept, overdue, recheckAtWallUs };
}

/** Ready, not being deleted and not about to be. */
export function countHealthy(pods: readonly Pod[], disrupted: Readonly<Record<string, string>>): number {
  let healthy = 0;
  for (const pod of pods) {
    if (pod.metadata?.deletionTimestamp !== undefined) continue;
    if (disrupted[pod.metadata?.name ?? ""] === undefined && isPodReady(pod)) healthy += 1;
  }
  return healthy;
}

/** The budget's new status, or null where it says all that already (updatePdbStatus). */
export function budgetStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  expected: number,
  disrupted: Readonly<Record<string, string>>,
  wallUs: number,
): PodDisruptionBudgetStatus | null {
  const held = budget.status ?? {};
  const healthy = countHealthy(pods, disrupted);
  const desired = desiredHealthy(budget, expected);
  // Without pods nothing is allowed: the first ones may appear before this controller has counted them.
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  const generation = budget.metadata?.generation ?? 0;
  const counts = {
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    disruptionsAllowed: allowed,
  };
  const isSame =
    (held.currentHealthy ?? 0) === healthy &&
    (held.desiredHealthy ?? 0) === desired &&
    (held.expectedPods ?? 0) === expected &&
    (held.disruptionsAllowed ?? 0) === allowed &&
    (held.observedGeneration ?? 0) === generation &&
    semanticEqual(held.disruptedPods ?? {}, disrupted) &&
    isConditionCurrent(held);
  if (isSame) return null;
  const condition: BudgetCondition = {
    type: DISRUPTION_ALLOWED,
    status: allowed > 0 ? "True" : "False",
    reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
    message: "",
    observedGeneration: generation,
  };
  return {
    observedGeneration: generation,
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    ...counts,
    conditions: withBudgetCondition(held.conditions, condition, wallUs),
  };
}

/** What a budget says whose pods cannot be counted: nothing may be disrupted (failSafe). */
export function failSafeStatus(budget: PodDisruptionBudget, error: string, wallUs: number): PodDisruptionBudgetStatus {
  const held = budget.status ?? {};
  const condition: BudgetCondition = {
    type: DISRUPTION_ALLOWED,
    status: "False",
    reason: "SyncFailed",
    message: error,
    observedGeneration: held.observedGeneration ?? 0,
  };
  return {
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    ...held,
    disruptionsAllowed: 0,
    conditions: withBudgetCondition(held.conditions, condition, wallUs),
  };
}

/** pdbhelper.ConditionsAreUpToDate. */
function isConditionCurrent(status: PodDisruptionBudgetStatus): boolean {
  const condition = status.conditions?.find(({ type }) => type === DISRUPTION_ALLOWED);
  if (condition === undefined || (condition.observedGeneration ?? 0) !== (status.observedGeneration ?? 0)) return false;
  const isAllowed = (status.disruptionsAllowed ?? 0) > 0;
  return isAllowed
    ? condition.status === "True" && condition.reason === "SufficientPods"
    : condition.status === "False" && condition.reason === "InsufficientPods";
}

/** apimachinery's meta.SetStatusCondition: in place, with a new transition time only when the status changes. */
function withBudgetCondition(
  conditions: readonly BudgetCondition[] | undefined,
  next: BudgetCondition,
  wallUs: number,
): readonly BudgetCondition[] {
  const held = conditions?.find(({ type }) => type === next.type);
  const isSameStatus = held !== undefined && held.status === next.status;
  const lastTransitionTime = isSameStatus ? (held.lastTransitionTime ?? formatTime(wallUs)) : formatTime(wallUs);
  const timed = { ...next, lastTransitionTime };
  if (held === undefined) return [...(conditions ?? []), timed];
  return (conditions ?? []).map((condition) => (condition.type === next.type ? timed : condition));
}
