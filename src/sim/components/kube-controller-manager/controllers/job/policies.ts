import type { PodFailurePolicy, PodFailurePolicyRule, SuccessPolicy } from "../../lib/batch-types.ts";
import type { ContainerStatus, Pod } from "../../lib/types.ts";
import { countCommon, type Intervals, parseIndexes, totalOf } from "./indexes.ts";

/** What a job's podFailurePolicy says of a failed pod. */
export interface FailureVerdict {
  /** Of the first rule that matches; null where none does. */
  readonly action: string | null;
  readonly countsAsFailed: boolean;
  /** With action FailJob: why the job fails. */
  readonly failureMessage: string | null;
}

const ACTIONS: readonly string[] = ["Count", "FailIndex", "FailJob", "Ignore"];
const NO_RULE: FailureVerdict = Object.freeze({ action: null, countsAsFailed: true, failureMessage: null });

/** matchPodFailurePolicy. */
export function judgeFailedPod(policy: PodFailurePolicy | undefined, pod: Pod): FailureVerdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const what = rule.onExitCodes === undefined ? matchConditions(rule, pod) : matchExitCodes(rule, pod);
    if (what === null || !ACTIONS.includes(rule.action)) continue;
    const failureMessage = rule.action === "FailJob" ? `${what} matching ${rule.action} rule at index ${index}` : null;
    return { action: rule.action, countsAsFailed: rule.action !== "Ignore", failureMessage };
  }
  return NO_RULE;
}

function matchExitCodes({ onExitCodes }: PodFailurePolicyRule, pod: Pod): string | null {
  const matches = ({ name, state }: ContainerStatus): boolean => {
    if (onExitCodes?.containerName !== undefined && onExitCodes.containerName !== name) return false;
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0) return false;
    const isListed = onExitCodes?.values.includes(exitCode) ?? false;
    return onExitCodes?.operator === "In" ? isListed : onExitCodes?.operator === "NotIn" && !isListed;
  };
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const found = containerStatuses.find(matches) ?? initContainerStatuses.find(matches);
  if (found === undefined) return null;
  return `Container ${found.name} for pod ${nameOf(pod)} failed with exit code ${found.state?.terminated?.exitCode}`;
}

function matchConditions({ onPodConditions = [] }: PodFailurePolicyRule, pod: Pod): string | null {
  for (const condition of pod.status?.conditions ?? []) {
    const matches = onPodConditions.some(
      ({ type, status }) => type === condition.type && (status ?? "True") === condition.status,
    );
    if (matches) return `Pod ${nameOf(pod)} has condition ${condition.type}`;
  }
  return null;
}

function nameOf(pod: Pod): string {
  return `${pod.metadata?.namespace}/${pod.metadata?.name}`;
}

/** matchSuccessPolicy: which rule is met, in upstream's words, or null. */
export function matchSuccessPolicy(
  policy: SuccessPolicy | undefined,
  completions: number,
  succeeded: Intervals,
): string | null {
  const total = totalOf(succeeded);
  if (policy === undefined || total === 0) return null;
  const met = policy.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && total >= succeededCount;
    const wanted = parseIndexes(succeededIndexes, completions);
    if (wanted.length === 0) return false;
    return countCommon(succeeded, wanted) >= (succeededCount ?? totalOf(wanted));
  });
  return met < 0 ? null : `Matched rules at index ${met}`;
}
