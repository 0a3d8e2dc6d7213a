/** To which pods a quota with scopes applies. */
import type { ApiObject } from "../object.ts";
import { computeQosClass } from "../pod/qos.ts";
import type { Pod } from "../pod/types.ts";

/** `spec.scopeSelector.matchExpressions[]` of a ResourceQuota. */
export interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface ResourceQuota extends ApiObject {
  readonly spec?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] };
  };
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

/** Of `scopes` and `scopeSelector`, in one form. */
export function scopesOfQuota({ spec }: ResourceQuota): readonly ScopeRequirement[] {
  const named = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" }));
  return [...named, ...(spec?.scopeSelector?.matchExpressions ?? [])];
}

export function podMatchesScope(scope: ScopeRequirement, pod: Pod): boolean {
  switch (scope.scopeName) {
    case "Terminating":
      return isTerminating(pod);
    case "NotTerminating":
      return !isTerminating(pod);
    case "BestEffort":
      return computeQosClass(pod) === "BestEffort";
    case "NotBestEffort":
      return computeQosClass(pod) !== "BestEffort";
    case "PriorityClass":
      return matchesPriorityClass(scope, (pod.spec?.priorityClassName as string | undefined) ?? "");
    case "CrossNamespacePodAffinity":
      return usesOtherNamespaces(pod);
    default:
      return false;
  }
}

function isTerminating(pod: Pod): boolean {
  const deadline = pod.spec?.activeDeadlineSeconds as number | null | undefined;
  return deadline !== undefined && deadline !== null && deadline >= 0;
}

/** As a label selector on a pod that has its class as a label. */
function matchesPriorityClass({ operator, values = [] }: ScopeRequirement, name: string): boolean {
  switch (operator) {
    case "Exists":
      return name !== "";
    case "DoesNotExist":
      return name === "";
    case "In":
      return name !== "" && values.includes(name);
    case "NotIn":
      return name === "" || !values.includes(name);
    default:
      return false;
  }
}

interface AffinityTerm {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: unknown;
}

interface Affinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly AffinityTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly { readonly podAffinityTerm: AffinityTerm }[];
}

function usesOtherNamespaces(pod: Pod): boolean {
  const affinity = pod.spec?.affinity as { podAffinity?: Affinity; podAntiAffinity?: Affinity } | undefined;
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((one) =>
    [
      ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ].some(
      ({ namespaces, namespaceSelector }) =>
        (namespaces ?? []).length > 0 || (namespaceSelector !== undefined && namespaceSelector !== null),
    ),
  );
}
