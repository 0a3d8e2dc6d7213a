/** PodDisruptionBudgets, ResourceQuotas, RuntimeClasses and HorizontalPodAutoscalers. */
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { validateDns1123Label, validatePathSegmentName } from "../names.ts";
import { compareQuantities } from "../quantity.ts";
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
import { validateWith } from "./core.ts";
import { checkImmutable, checkLabels } from "./metadata.ts";
import {
  checkContainerResourceName,
  checkQuotaResourceName,
  checkResourceName,
  checkResourceQuantity,
  checkResourceRequirements,
  QUOTA_RESOURCES,
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
/** What a quota of pods of a quality may count. */
const RESOURCES_OF_BEST_EFFORT: readonly string[] = ["pods"];
const COMPUTE_RESOURCES: readonly string[] = ["cpu", "memory", "ephemeral-storage", "pods"];

function checkScopes(errors: Errors, spec: Fields): void {
  const scopes = list(spec.scopes).map(text);
  if (scopes.length === 0) return;
  const hard = Object.keys(record(spec.hard));
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalid("spec.scopes", scopes, "unsupported scope"));
    for (const name of hard) {
      const plain = name.replace(/^(requests|limits)\./, "");
      const fits = scope === "BestEffort" ? RESOURCES_OF_BEST_EFFORT.includes(name) : COMPUTE_RESOURCES.includes(plain);
      if (SCOPES.includes(scope) && !fits && QUOTA_RESOURCES.includes(name)) {
        errors.push(invalid("spec.scopes", scopes, "unsupported scope applied to resource"));
      }
    }
  }
  const both = (a: string, b: string): boolean => scopes.includes(a) && scopes.includes(b);
  if (both("BestEffort", "NotBestEffort")) errors.push(invalid("spec.scopes", scopes, "conflicting scopes"));
  if (both("Terminating", "NotTerminating")) errors.push(invalid("spec.scopes", scopes, "conflicting scopes"));
}

export const validateResourceQuota = validateWith(true, (errors, object) => {
  const spec = record(object.spec);
  for (const [part, amounts] of [
    ["spec.hard", record(spec.hard)],
    ["status.hard", record(record(object.status).hard)],
    ["status.used", record(record(object.status).used)],
  ] as const) {
    for (const name in amounts) {
      checkQuotaResourceName(errors, item(part, name), name);
      checkResourceQuantity(errors, item(part, name), name, amounts[name]);
    }
  }
  checkScopes(errors, spec);
});

const LIMIT_PARTS = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] as const;

export const validateLimitRange = validateWith(true, (errors, object) => {
  const types = new Set<string>();
  list(record(object.spec).limits).forEach((value, index) => {
    const limit = record(value);
    const path = item("spec.limits", index);
    const type = text(limit.type);
    if (types.has(type)) errors.push(duplicate(child(path, "type"), type));
    types.add(type);
    checkLimit(errors, path, type, limit);
  });
});

function checkLimit(errors: Errors, field: string, type: string, limit: Fields): void {
  const parts = Object.fromEntries(LIMIT_PARTS.map((part) => [part, record(limit[part])]));
  for (const part of LIMIT_PARTS) {
    for (const name in parts[part]) checkResourceName(errors, item(child(field, part), name), name);
  }
  if (type === "Pod") {
    for (const part of ["default", "defaultRequest"]) {
      if (Object.keys(parts[part]!).length > 0) {
        errors.push(forbidden(child(field, part), "may not be specified when `type` is 'Pod'"));
      }
    }
  }
  if (type === "PersistentVolumeClaim" && !parts.max!.storage && !parts.min!.storage) {
    errors.push(
      required(child(field, "limits"), "either minimum or maximum storage value is required, but neither was provided"),
    );
  }
  const names = new Set(LIMIT_PARTS.flatMap((part) => Object.keys(parts[part]!)));
  for (const name of [...names].sort()) checkLimitOrder(errors, field, name, parts, type === "Pod");
}

/** Pairs of which the first may not be above the second: part, its value's name, bound, the bound's name. */
const LIMIT_ORDER: readonly (readonly [string, string, string, string])[] = [
  ["min", "min value", "max", "max value"],
  ["defaultRequest", "default request value", "max", "max value"],
  ["default", "default value", "max", "max value"],
  ["defaultRequest", "default request value", "default", "default limit value"],
];

function checkLimitOrder(
  errors: Errors,
  field: string,
  name: string,
  parts: Readonly<Record<string, Fields>>,
  ofPod: boolean,
): void {
  for (const [part, label, bound, boundLabel] of LIMIT_ORDER) {
    if (ofPod && part !== "min") continue;
    const [value, limit] = [text(parts[part]![name]), text(parts[bound]![name])];
    if (value === "" || limit === "" || compareQuantities(value, limit) <= 0) continue;
    errors.push(
      invalid(item(child(field, part), name), value, `${label} ${value} is greater than ${boundLabel} ${limit}`),
    );
  }
  for (const part of ["defaultRequest", "default"]) {
    const [value, least] = [text(parts[part]![name]), text(parts.min![name])];
    if (ofPod || value === "" || least === "" || compareQuantities(least, value) <= 0) continue;
    const label = part === "default" ? "default value" : "default request value";
    errors.push(invalid(item(child(field, part), name), least, `min value ${least} is greater than ${label} ${value}`));
  }
  const ratio = text(parts.maxLimitRequestRatio![name]);
  if (ratio !== "" && compareQuantities(ratio, "1") < 0) {
    errors.push(invalid(item(child(field, "maxLimitRequestRatio"), name), ratio, `ratio ${ratio} is less than 1`));
  }
}

export const validateRuntimeClass = validateWith(false, (errors, object, old) => {
  if (old) {
    checkImmutable(errors, "handler", object.handler, old.handler);
    return;
  }
  addInvalid(errors, "handler", text(object.handler), validateDns1123Label(text(object.handler)));
  const fixed = record(object.overhead).podFixed;
  if (isPresent(fixed)) checkResourceRequirements(errors, "overhead", { limits: fixed }, []);
  if (!object.scheduling) return;
  const { nodeSelector, tolerations } = record(object.scheduling);
  checkLabels(errors, "scheduling.nodeSelector", nodeSelector);
  checkTolerations(errors, "scheduling.tolerations.tolerations", tolerations);
});

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
