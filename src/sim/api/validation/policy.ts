/** PodDisruptionBudgets, ResourceQuotas, LimitRanges and RuntimeClasses. */

import { asGo, duplicate, forbidden, invalid, invalidAsGo, notSupported, required } from "../field-errors.ts";
import { goQuantity, goScopeSelector, goTexts, goToleration } from "../go-values.ts";
import { canonicalText } from "../hash.ts";
import { nameIsPathSegment, validateQualifiedName } from "../names.ts";
import { canonicalQuantity, compareQuantities, milliValue } from "../quantity.ts";
import { checkTolerations } from "./affinity.ts";
import {
  addInvalid,
  checkDnsLabel,
  checkNonNegative,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  repetitions,
  text,
} from "./common.ts";
import { checkConditions } from "./conditions.ts";
import { type Validate, validateMetadata } from "./core.ts";
import { checkGenericObjectMeta, checkImmutable, checkLabels, IMMUTABLE } from "./metadata.ts";
import {
  checkContainerResourceName,
  checkQuotaResourceName,
  checkResourceName,
  checkResourceQuantity,
  checkResourceRequirements,
  isOvercommittable,
  isStandardQuotaResource,
} from "./resources.ts";
import { checkLabelSelector, hasInvalidValues } from "./selectors.ts";
import { checkIntOrPercent, checkNotMoreThan100Percent } from "./workloads.ts";

const EVICTION_POLICIES: readonly string[] = ["AlwaysAllow", "IfHealthyBudget"];

/** What the registry says of metadata is all that is said of it. */
export const validatePodDisruptionBudget: Validate = (errors, object, old, subresource) => {
  if (!old) checkGenericObjectMeta(errors, record(object.metadata), true, nameIsPathSegment);
  if (subresource === "status") checkBudgetStatus(errors, record(object.status));
  else checkBudgetSpec(errors, record(object.spec), old !== undefined && hasInvalidValues(record(old.spec).selector));
};

function checkBudgetStatus(errors: Errors, status: Fields): void {
  checkConditions(errors, "status.conditions", status.conditions);
  for (const name of ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"])
    checkNonNegative(errors, child("status", name), status[name]);
}

function checkBudgetSpec(errors: Errors, spec: Fields, allowInvalidValues: boolean): void {
  if (isPresent(spec.minAvailable) && isPresent(spec.maxUnavailable)) {
    errors.push(invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
  }
  for (const name of ["minAvailable", "maxUnavailable"]) {
    if (!isPresent(spec[name])) continue;
    checkIntOrPercent(errors, child("spec", name), spec[name]);
    checkNotMoreThan100Percent(errors, child("spec", name), spec[name]);
  }
  checkLabelSelector(errors, "spec.selector", spec.selector, { allowInvalidValues });
  const policy = spec.unhealthyPodEvictionPolicy;
  if (isPresent(policy) && !EVICTION_POLICIES.includes(text(policy))) {
    errors.push(notSupported("spec.unhealthyPodEvictionPolicy", policy, EVICTION_POLICIES));
  }
}

const SCOPES: readonly string[] = [
  "BestEffort",
  "CrossNamespacePodAffinity",
  "NotBestEffort",
  "NotTerminating",
  "PriorityClass",
  "Terminating",
];
const COMPUTE_RESOURCES: readonly string[] = [
  "pods",
  "cpu",
  "memory",
  "ephemeral-storage",
  "requests.cpu",
  "requests.memory",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
];

/** Of pods only; and of pods that ask for nothing, only how many. */
function isCountedIn(scope: string, resource: string): boolean {
  if (scope === "BestEffort") return resource === "pods";
  return !SCOPES.includes(scope) || COMPUTE_RESOURCES.includes(resource);
}

const PAIRS_OF_OPPOSITES = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
] as const;

function checkScopesAgree(errors: Errors, field: string, scopes: readonly string[], shown: string): void {
  for (const pair of PAIRS_OF_OPPOSITES) {
    if (pair.every((scope) => scopes.includes(scope))) errors.push(invalidAsGo(field, shown, "conflicting scopes"));
  }
}

/** Scopes times resources: of so many errors nobody is told anyway. */
const ERRORS_MAX = 10_000;

/** Each resource of the quota that pods of the scope do not have. */
function checkScopeFits(errors: Errors, field: string, scope: string, hard: Fields, shown: string): void {
  if (!SCOPES.includes(scope)) return;
  for (const name in hard) {
    if (errors.length > ERRORS_MAX) return;
    if (isCountedIn(scope, name) || !isStandardQuotaResource(name)) continue;
    errors.push(invalidAsGo(field, shown, "unsupported scope applied to resource"));
  }
}

function goScopes(spec: Fields): string {
  return goTexts(spec.scopes, "core.ResourceQuotaScope");
}

function checkScopes(errors: Errors, spec: Fields): void {
  const scopes = list(spec.scopes).map(text);
  const shown = goScopes(spec);
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalidAsGo("spec.scopes", shown, "unsupported scope"));
    checkScopeFits(errors, "spec.scopes", scope, record(spec.hard), shown);
  }
  checkScopesAgree(errors, "spec.scopes", scopes, shown);
}

const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

/** Of the expressions errors do not say which. */
function checkScopeSelector(errors: Errors, spec: Fields): void {
  const field = "spec.scopeSelector.matchExpressions";
  const expressions = list(record(spec.scopeSelector).matchExpressions).map(record);
  const shown = goScopeSelector(spec.scopeSelector);
  for (const { scopeName, operator, values } of expressions) {
    const scope = text(scopeName);
    if (!SCOPES.includes(scope)) errors.push(invalid(child(field, "scopeName"), scope, "unsupported scope"));
    checkScopeFits(errors, field, scope, record(spec.hard), shown);
    if (SCOPES.includes(scope) && scope !== "PriorityClass" && operator !== "Exists")
      errors.push(invalid(child(field, "operator"), text(operator), EXISTS_ONLY));
    checkScopeValues(errors, field, text(operator), list(values));
  }
  checkScopesAgree(
    errors,
    field,
    expressions.map(({ scopeName }) => text(scopeName)),
    goScopes(spec),
  );
}

function checkScopeValues(errors: Errors, field: string, operator: string, values: readonly unknown[]): void {
  switch (operator) {
    case "In":
    case "NotIn":
      if (values.length > 0) return;
      errors.push(
        required(
          child(field, "values"),
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
      );
      return;
    case "Exists":
    case "DoesNotExist":
      if (values.length === 0) return;
      errors.push(
        invalid(
          child(field, "values"),
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
      );
      return;
    default:
      errors.push(invalid(child(field, "operator"), operator, "not a valid selector operator"));
  }
}

function checkQuotaAmounts(errors: Errors, field: string, amounts: Fields): void {
  for (const name in amounts) {
    checkQuotaResourceName(errors, item(field, name), name);
    checkResourceQuantity(errors, item(field, name), name, amounts[name]);
  }
}

function checkQuotaSpec(errors: Errors, spec: Fields): void {
  checkQuotaAmounts(errors, "spec.hard", record(spec.hard));
  checkScopes(errors, spec);
  checkScopeSelector(errors, spec);
}

const quotaMetadata = validateMetadata(true);

export const validateResourceQuota: Validate = (errors, object, old, subresource) => {
  quotaMetadata(errors, object, old);
  const [spec, status] = [record(object.spec), record(object.status)];
  if (subresource !== "status") checkQuotaSpec(errors, spec);
  if (subresource === "status" || !old) {
    checkQuotaAmounts(errors, "status.hard", record(status.hard));
    checkQuotaAmounts(errors, "status.used", record(status.used));
    return;
  }
  const [scopes, before] = [spec.scopes, record(old.spec).scopes].map((one) => new Set(list(one)));
  if (scopes!.size !== before!.size || [...scopes!].some((scope) => !before!.has(scope)))
    errors.push(invalidAsGo("spec.scopes", goScopes(spec), IMMUTABLE));
};

const LIMIT_PARTS = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] as const;

const limitRangeMetadata = validateMetadata(true);
const LIMIT_TYPES: readonly string[] = ["Pod", "Container", "PersistentVolumeClaim"];

export const validateLimitRange: Validate = (errors, object) => {
  limitRangeMetadata(errors, object);
  const types = new Set<string>();
  list(record(object.spec).limits).forEach((value, index) => {
    const limit = record(value);
    const path = item("spec.limits", index);
    const type = text(limit.type);
    checkLimitType(errors, child(path, "type"), type);
    if (types.has(type)) errors.push(duplicate(child(path, "type"), type));
    types.add(type);
    checkLimit(errors, path, type, limit);
  });
};

function checkLimitType(errors: Errors, field: string, type: string): void {
  const messages = validateQualifiedName(type);
  addInvalid(errors, field, type, messages);
  if (messages.length > 0 || type.includes("/") || LIMIT_TYPES.includes(type)) return;
  errors.push(invalid(field, type, "must be a standard limit type or fully qualified"));
}

function checkLimit(errors: Errors, field: string, type: string, limit: Fields): void {
  const ofPod = type === "Pod";
  const parts: Record<string, Fields> = {};
  for (const part of LIMIT_PARTS) {
    const amounts = record(limit[part]);
    if (ofPod && (part === "default" || part === "defaultRequest")) {
      if (Object.keys(amounts).length > 0)
        errors.push(forbidden(child(field, part), "may not be specified when `type` is 'Pod'"));
      continue;
    }
    parts[part] = amounts;
    const check = ofPod || type === "Container" ? checkContainerResourceName : checkResourceName;
    for (const name in amounts) check(errors, item(child(field, part), name), name);
  }
  if (type === "PersistentVolumeClaim" && !record(limit.max).storage && !record(limit.min).storage) {
    errors.push(
      required(child(field, "limits"), "either minimum or maximum storage value is required, but neither was provided"),
    );
  }
  const names = new Set(Object.values(parts).flatMap((amounts) => Object.keys(amounts)));
  for (const name of [...names].sort()) checkLimitsOf(errors, field, name, parts);
}

/** Parts of which the first may not be above the second, as messages call them, and the part that the error is of. */
const LIMIT_ORDER: readonly (readonly [string, string, string, string, string])[] = [
  ["min", "min value", "max", "max value", "min"],
  ["min", "min value", "defaultRequest", "default request value", "defaultRequest"],
  ["defaultRequest", "default request value", "max", "max value", "defaultRequest"],
  ["defaultRequest", "default request value", "default", "default limit value", "defaultRequest"],
  ["min", "min value", "default", "default value", "default"],
  ["default", "default value", "max", "max value", "default"],
];

/** One resource's limits among themselves. */
function checkLimitsOf(errors: Errors, field: string, name: string, parts: Readonly<Record<string, Fields>>): void {
  const amountOf = (part: string): string => text(parts[part]?.[name]);
  const wrong = (part: string, amount: string, why: string): void => {
    errors.push({ ...invalid(item(child(field, part), name), goQuantity(amount), why), bare: true });
  };
  for (const [low, lowName, high, highName, at] of LIMIT_ORDER) {
    const [least, most] = [amountOf(low), amountOf(high)];
    if (least === "" || most === "" || compareQuantities(least, most) <= 0) continue;
    // Of defaults upstream shows the bound.
    const shown = at === "default" ? (low === "default" ? most : least) : amountOf(at);
    wrong(at, shown, `${lowName} ${canonicalQuantity(least)} is greater than ${highName} ${canonicalQuantity(most)}`);
  }
  checkRatio(amountOf, wrong);
  const [limit, request] = [amountOf("default"), amountOf("defaultRequest")];
  if (isOvercommittable(name) || limit === "" || request === "" || compareQuantities(limit, request) === 0) return;
  const [shownLimit, shownRequest] = [canonicalQuantity(limit), canonicalQuantity(request)];
  wrong(
    "defaultRequest",
    request,
    `default value ${shownLimit} must equal to defaultRequest value ${shownRequest} in ${name}`,
  );
}

function checkRatio(
  amountOf: (part: string) => string,
  wrong: (part: string, amount: string, why: string) => void,
): void {
  const part = "maxLimitRequestRatio";
  const [ratio, least, most] = [amountOf(part), amountOf("min"), amountOf("max")];
  if (ratio === "") return;
  const shown = canonicalQuantity(ratio);
  if (compareQuantities(ratio, "1") < 0) wrong(part, ratio, `ratio ${shown} is less than 1`);
  if (least === "" || most === "") return;
  const bound = milliValue(most) / milliValue(least);
  if (milliValue(ratio) / 1000 > bound)
    wrong(part, ratio, `ratio ${shown} is greater than max/min = ${goFloat(bound)}`);
}

/** `%f` */
function goFloat(value: number): string {
  return Number.isFinite(value) ? value.toFixed(6) : Number.isNaN(value) ? "NaN" : "+Inf";
}

const runtimeClassMetadata = validateMetadata(false);

export const validateRuntimeClass: Validate = (errors, object, old) => {
  runtimeClassMetadata(errors, object, old);
  if (old) {
    checkImmutable(errors, "handler", object.handler, old.handler);
    return;
  }
  checkDnsLabel(errors, "handler", object.handler);
  if (isPresent(object.overhead))
    checkResourceRequirements(errors, "overhead", { limits: record(object.overhead).podFixed }, []);
  if (!isPresent(object.scheduling)) return;
  const { nodeSelector, tolerations } = record(object.scheduling);
  checkLabels(errors, "scheduling.nodeSelector", nodeSelector);
  checkTolerations(errors, "scheduling.tolerations.tolerations", tolerations);
  const keys = list(tolerations).map((one) => {
    const { tolerationSeconds: _, ...key } = record(one);
    return key;
  });
  const repeated = repetitions(keys.map(canonicalText));
  keys.forEach((key, index) => {
    if (repeated.has(index)) errors.push(asGo(duplicate(item("scheduling.tolerations", index), goToleration(key))));
  });
};
