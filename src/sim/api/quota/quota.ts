/**
 * ResourceQuotas: what an object takes, which quotas count it, and whether it fits (apiserver `quota/v1`,
 * `plugin/resourcequota/controller.go`). Pure functions: the API server charges with them, the controller recounts.
 */
import { type Kind, qualifiedResource } from "../kinds.ts";
import type { ApiObject } from "../object.ts";
import type { ResourceList } from "../pod/types.ts";
import type { Evaluator } from "./evaluator.ts";
import { claimEvaluator, countEvaluator, serviceEvaluator } from "./others.ts";
import { podEvaluator } from "./pods.ts";
import {
  addLists,
  formatList,
  maskList,
  namesAbove,
  negativeNames,
  subtractLists,
  withoutZeros,
} from "./resource-list.ts";
import { type ResourceQuota, type ScopeRequirement, scopesOfQuota } from "./scopes.ts";

const EVALUATORS: Readonly<Record<string, Evaluator>> = {
  pods: podEvaluator,
  services: serviceEvaluator,
  persistentvolumeclaims: claimEvaluator,
};
/** Core kinds that no quota counts. */
const IGNORED = ["events", "bindings", "componentstatuses"];

/** Null for kinds that no quota counts: those outside of namespaces, events, and what is not stored. */
export function evaluatorOf(kind: Pick<Kind, "group" | "resource" | "namespaced" | "storagePrefix">): Evaluator | null {
  if (!kind.namespaced || kind.storagePrefix === "") return null;
  if (kind.group === "" && IGNORED.includes(kind.resource)) return null;
  return EVALUATORS[qualifiedResource(kind.group, kind.resource)] ?? countEvaluator(kind);
}

/** Those of `names` (of a quota's `hard`) that are about the evaluator's kind. */
export function countedNames(evaluator: Evaluator, names: readonly string[]): string[] {
  return names.filter((name) => evaluator.countsResource(name));
}

/** Those of `scopes` in which the object is. */
export function matchingScopes(
  evaluator: Evaluator,
  object: ApiObject,
  scopes: readonly ScopeRequirement[],
): ScopeRequirement[] {
  return scopes.filter((scope) => evaluator.matchesScope(scope, object));
}

/** Whether the quota counts the object at all, going by the `hard` that is given (its status', or its spec's). */
export function quotaMatches(
  quota: ResourceQuota,
  evaluator: Evaluator,
  object: ApiObject,
  hard: ResourceList = quota.status?.hard ?? {},
): boolean {
  return (
    Object.keys(hard).some((name) => evaluator.countsResource(name)) &&
    scopesOfQuota(quota).every((scope) => evaluator.matchesScope(scope, object))
  );
}

export interface QuotaCharge {
  readonly evaluator: Evaluator;
  readonly operation: "CREATE" | "UPDATE";
  readonly subresource: string;
  readonly object: ApiObject;
  /** The object as it was, at an update. */
  readonly old: ApiObject | null;
  readonly nowWallUs: number;
}

/** `used`: the new `status.used` of each quota that the write changes, by the quota's name. */
export type QuotaVerdict = { readonly refusal: string } | { readonly used: ReadonlyMap<string, ResourceList> };

const UNCHARGED: QuotaVerdict = { used: new Map() };

/** What the write does to the namespace's quotas, or the "why" of the 403 (`CheckRequest`). */
export function checkQuotas(quotas: Iterable<ResourceQuota>, charge: QuotaCharge): QuotaVerdict {
  const { evaluator, operation, subresource, object } = charge;
  if (!evaluator.handles(operation, subresource)) return UNCHARGED;
  const counting: ResourceQuota[] = [];
  for (const quota of quotas) {
    if (!quotaMatches(quota, evaluator, object)) continue;
    const refusal = refusalBeforeCounting(quota, evaluator, object);
    if (refusal !== null) return { refusal };
    counting.push(quota);
  }
  if (counting.length === 0) return UNCHARGED;
  const usage = evaluator.usage(object, charge.nowWallUs);
  const negative = negativeNames(usage);
  if (negative.length > 0) return { refusal: `quota usage is negative for resource(s): ${negative.sort().join(",")}` };
  const delta = withoutZeros(
    charge.old === null ? usage : subtractLists(usage, evaluator.usage(charge.old, charge.nowWallUs)),
  );
  if (Object.keys(delta).length === 0) return UNCHARGED;
  const used = new Map<string, ResourceList>();
  for (const quota of counting) {
    const hard = quota.status?.hard ?? {};
    const before = quota.status?.used ?? {};
    const requested = maskList(delta, Object.keys(hard));
    if (Object.keys(requested).length === 0) continue;
    const after = addLists(before, requested);
    const exceeded = namesAbove(maskList(after, Object.keys(requested)), hard);
    const name = quota.metadata?.name ?? "";
    if (exceeded.length > 0) return { refusal: exceededText(name, exceeded, requested, before, hard) };
    used.set(name, after);
  }
  return { used };
}

function refusalBeforeCounting(quota: ResourceQuota, evaluator: Evaluator, object: ApiObject): string | null {
  const name = quota.metadata?.name ?? "";
  const counted = countedNames(evaluator, Object.keys(quota.status?.hard ?? {}));
  const missing = evaluator.missing(object, counted);
  if (missing !== "") return `failed quota: ${name}: must specify ${missing}`;
  const known = quota.status?.used ?? {};
  if (counted.every((resource) => known[resource] !== undefined)) return null;
  return `status unknown for quota: ${name}, resources: ${counted.sort().join(",")}`;
}

function exceededText(
  name: string,
  exceeded: readonly string[],
  requested: ResourceList,
  used: ResourceList,
  hard: ResourceList,
): string {
  const [asked, before, limit] = [requested, used, hard].map((list) => formatList(maskList(list, exceeded)));
  return `exceeded quota: ${name}, requested: ${asked}, used: ${before}, limited: ${limit}`;
}
