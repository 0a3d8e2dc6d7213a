/** PodDisruptionBudgets, ResourceQuotas, RuntimeClasses and HorizontalPodAutoscalers. */
import { semanticEqual } from "../equal.ts";
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { goQuantity } from "../go-values.ts";
import { validatePathSegmentName, validateQualifiedName } from "../names.ts";
import { canonicalQuantity, compareQuantities, milliValue } from "../quantity.ts";
import { checkTolerations } from "./affinity.ts";
import {
  addInvalid,
  checkDnsLabel,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";
import { type Validate, validateMetadata, validateWith } from "./core.ts";
import { checkImmutable, checkLabels, IMMUTABLE } from "./metadata.ts";
import {
  checkContainerResourceName,
  checkQuotaResourceName,
  checkResourceName,
  checkResourceQuantity,
  checkResourceRequirements,
  isOvercommittable,
  isStandardQuotaResource,
} from "./resources.ts";
import { checkLabelSelector } from "./selectors.ts";
import { checkIntOrPercent, checkNotMoreThan100Percent } from "./workloads.ts";

const EVICTION_POLICIES: readonly string[] = ["AlwaysAllow", "IfHealthyBudget"];

export const validatePodDisruptionBudget = validateWith(true, (errors, object) => {
  const spec = record(object.spec);
  if (isPresent(spec.minAvailable) && isPresent(spec.maxUnavailable)) {
    errors.push(invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
  }
  for (const name of ["minAvailable", "maxUnavailable"]) {
    if (!isPresent(spec[name])) continue;
    checkIntOrPercent(errors, child("spec", name), spec[name]);
    checkNotMoreThan100Percent(errors, child("spec", name), spec[name]);
  }
  checkLabelSelector(errors, "spec.selector", spec.selector);
  const policy = spec.unhealthyPodEvictionPolicy;
  if (isPresent(policy) && !EVICTION_POLICIES.includes(text(policy))) {
    errors.push(notSupported("spec.unhealthyPodEvictionPolicy", policy, EVICTION_POLICIES));
  }
});

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

function checkScopesAgree(errors: Errors, field: string, scopes: readonly string[], shown: unknown): void {
  for (const pair of PAIRS_OF_OPPOSITES) {
    if (pair.every((scope) => scopes.includes(scope))) errors.push(invalid(field, shown, "conflicting scopes"));
  }
}

/** Each resource of the quota that pods of the scope do not have. */
function checkScopeFits(errors: Errors, field: string, scope: string, hard: Fields, shown: unknown): void {
  for (const name in hard) {
    if (!isStandardQuotaResource(name) || isCountedIn(scope, name)) continue;
    errors.push(invalid(field, shown, "unsupported scope applied to resource"));
  }
}

function checkScopes(errors: Errors, spec: Fields): void {
  const scopes = list(spec.scopes).map(text);
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalid("spec.scopes", scopes, "unsupported scope"));
    checkScopeFits(errors, "spec.scopes", scope, record(spec.hard), scopes);
  }
  checkScopesAgree(errors, "spec.scopes", scopes, scopes);
}

const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

/** Of the expressions errors do not say which. */
function checkScopeSelector(errors: Errors, spec: Fields): void {
  const field = "spec.scopeSelector.matchExpressions";
  const expressions = list(record(spec.scopeSelector).matchExpressions).map(record);
  for (const { scopeName, operator, values } of expressions) {
    const scope = text(scopeName);
    if (!SCOPES.includes(scope)) errors.push(invalid(child(field, "scopeName"), scope, "unsupported scope"));
    checkScopeFits(errors, field, scope, record(spec.hard), spec.scopeSelector);
    if (SCOPES.includes(scope) && scope !== "PriorityClass" && operator !== "Exists")
      errors.push(invalid(child(field, "operator"), text(operator), EXISTS_ONLY));
    checkScopeValues(errors, field, text(operator), list(values));
  }
  checkScopesAgree(
    errors,
    field,
    expressions.map(({ scopeName }) => text(scopeName)),
    spec.scopes,
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
    errors.push(invalid("spec.scopes", list(spec.scopes), IMMUTABLE));
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
  keys.forEach((key, index) => {
    if (keys.findIndex((other) => semanticEqual(other, key)) < index)
      errors.push(duplicate(item("scheduling.tolerations", index), list(tolerations)[index]));
  });
};

const METRIC_TYPES: Readonly<Record<string, string>> = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
};
/** In the order in which upstream looks; only the first that is there is looked into. */
const METRIC_SOURCES = ["object", "external", "pods", "resource", "containerResource"] as const;
const TARGET_TYPES: readonly string[] = ["Utilization", "Value", "AverageValue"];
const SELECT_POLICIES: readonly string[] = ["Disabled", "Max", "Min"];
const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

export const validateHorizontalPodAutoscaler = validateWith(true, (errors, object) => {
  const spec = record(object.spec);
  const [least, most] = [spec.minReplicas, Number(spec.maxReplicas ?? 0)];
  if (isPresent(least) && Number(least) < 1)
    errors.push(invalid("spec.minReplicas", least, "must be greater than or equal to 1"));
  if (most < 1) errors.push(invalid("spec.maxReplicas", most, "must be greater than 0"));
  if (isPresent(least) && most < Number(least)) {
    errors.push(invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
  }
  checkReference(errors, "spec.scaleTargetRef", record(spec.scaleTargetRef));
  list(spec.metrics).forEach((metric, index) => {
    checkMetric(errors, item("spec.metrics", index), record(metric));
  });
  for (const direction of ["scaleUp", "scaleDown"]) {
    const rules = record(spec.behavior)[direction];
    if (rules) checkScalingRules(errors, child("spec.behavior", direction), record(rules));
  }
});

function checkReference(errors: Errors, field: string, reference: Fields): void {
  for (const name of ["kind", "name"]) {
    const value = text(reference[name]);
    if (value === "") errors.push(required(child(field, name)));
    else addInvalid(errors, child(field, name), value, validatePathSegmentName(value));
  }
}

function checkScalingRules(errors: Errors, field: string, rules: Fields): void {
  const window = rules.stabilizationWindowSeconds;
  const path = child(field, "stabilizationWindowSeconds");
  if (isPresent(window) && Number(window) < 0)
    errors.push(invalid(path, window, "must be greater than or equal to zero"));
  if (isPresent(window) && Number(window) > MAX_WINDOW_SECONDS) {
    errors.push(invalid(path, window, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  }
  if (isPresent(rules.selectPolicy) && !SELECT_POLICIES.includes(text(rules.selectPolicy))) {
    errors.push(notSupported(child(field, "selectPolicy"), rules.selectPolicy, SELECT_POLICIES));
  }
  const policies = list(rules.policies);
  if (policies.length === 0) errors.push(required(child(field, "policies"), "must specify at least one Policy"));
  policies.forEach((value, index) => {
    const at = item(child(field, "policies"), index);
    const policy = record(value);
    if (policy.type !== "Pods" && policy.type !== "Percent") {
      errors.push(notSupported(child(at, "type"), text(policy.type), ["Percent", "Pods"]));
    }
    const [amount, period] = [Number(policy.value ?? 0), Number(policy.periodSeconds ?? 0)];
    if (amount <= 0) errors.push(invalid(child(at, "value"), amount, "must be greater than zero"));
    if (period <= 0) errors.push(invalid(child(at, "periodSeconds"), period, "must be greater than zero"));
    if (period > MAX_PERIOD_SECONDS) {
      errors.push(invalid(child(at, "periodSeconds"), period, `must be less than or equal to ${MAX_PERIOD_SECONDS}`));
    }
  });
}

function checkMetric(errors: Errors, field: string, metric: Fields): void {
  const type = text(metric.type);
  if (type === "") errors.push(required(child(field, "type"), "must specify a metric source type"));
  const source = METRIC_TYPES[type];
  if (type !== "" && source === undefined)
    errors.push(notSupported(child(field, "type"), type, Object.keys(METRIC_TYPES)));
  const given = METRIC_SOURCES.filter((name) => isPresent(metric[name]));
  if (given.length > 0) checkSource(errors, child(field, given[0]!), given[0]!, record(metric[given[0]!]));
  for (const name of given.length > 1 ? given : []) {
    if (name !== source) errors.push(forbidden(child(field, name), "must populate the given metric source only"));
  }
  if (source !== undefined && !isPresent(metric[source])) {
    errors.push(required(child(field, source), "must populate information for the given metric source"));
  } else if (type !== "" && source === undefined) {
    errors.push(notSupported(child(field, "type"), type, Object.keys(METRIC_TYPES)));
  }
}

function checkSource(errors: Errors, field: string, kind: string, source: Fields): void {
  const target = record(source.target);
  const path = child(field, "target");
  if (kind === "object") checkReference(errors, child(field, "describedObject"), record(source.describedObject));
  if (kind === "containerResource") checkContainerSource(errors, field, source);
  if (kind === "resource" && text(source.name) === "")
    errors.push(required(child(field, "name"), "must specify a resource name"));
  if (kind === "external" || kind === "object" || kind === "pods")
    checkMetricName(errors, child(field, "metric"), record(source.metric));
  checkTarget(errors, path, target);
  const [average, value, utilization] = [target.averageValue, target.value, target.averageUtilization].map(
    isPresent,
  ) as [boolean, boolean, boolean];
  if (kind === "resource" || kind === "containerResource") {
    if (!utilization && !average) {
      errors.push(
        required(child(path, "averageUtilization"), "must set either a target raw value or a target utilization"),
      );
    }
    if (utilization && average) {
      errors.push(
        forbidden(child(path, "averageValue"), "may not set both a target raw value and a target utilization"),
      );
    }
  } else if (kind === "pods") {
    if (!average || compareQuantities(text(target.averageValue), "0") <= 0) {
      errors.push(required(child(path, "averageValue"), "must specify a positive target averageValue"));
    }
  } else if (!value && !average) {
    errors.push(required(child(path, "averageValue"), "must set either a target value for metric or a per-pod target"));
  } else if (kind === "external" && value && average) {
    errors.push(forbidden(child(path, "value"), "may not set both a target value for metric and a per-pod target"));
  }
}

function checkContainerSource(errors: Errors, field: string, source: Fields): void {
  if (text(source.name) === "") errors.push(required(child(field, "name"), "must specify a resource name"));
  else checkContainerResourceName(errors, child(field, "name"), text(source.name));
  if (text(source.container) === "") errors.push(required(child(field, "container"), "must specify a container"));
  else checkDnsLabel(errors, child(field, "container"), source.container);
}

function checkMetricName(errors: Errors, field: string, metric: Fields): void {
  const name = text(metric.name);
  if (name === "") errors.push(required(child(field, "name"), "must specify a metric name"));
  else addInvalid(errors, child(field, "name"), name, validatePathSegmentName(name));
  checkLabelSelector(errors, child(field, "selector"), metric.selector);
}

function checkTarget(errors: Errors, field: string, target: Fields): void {
  const type = text(target.type);
  if (type === "") errors.push(required(child(field, "type"), "must specify a metric target type"));
  if (!TARGET_TYPES.includes(type)) {
    errors.push(invalid(child(field, "type"), type, "must be either Utilization, Value, or AverageValue"));
  }
  for (const name of ["value", "averageValue"]) {
    if (isPresent(target[name]) && compareQuantities(text(target[name]), "0") <= 0) {
      errors.push(invalid(child(field, name), target[name], "must be positive"));
    }
  }
  if (isPresent(target.averageUtilization) && Number(target.averageUtilization) < 1) {
    errors.push(invalid(child(field, "averageUtilization"), target.averageUtilization, "must be greater than 0"));
  }
}
