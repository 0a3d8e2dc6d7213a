/** HorizontalPodAutoscalers (pkg/apis/autoscaling/validation). */
import { forbidden, invalid, invalidAsGo, notSupported, required } from "../field-errors.ts";
import { goQuantity } from "../go-values.ts";
import { validatePathSegmentName } from "../names.ts";
import { compareQuantities } from "../quantity.ts";
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
  text,
} from "./common.ts";
import { type Validate, validateMetadata } from "./core.ts";
import { checkContainerResourceName } from "./resources.ts";

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
const NOTHING_TO_SCALE_FROM = "must specify at least one Object or External metric to support scaling to zero replicas";

const metadata = validateMetadata(true);

export const validateHorizontalPodAutoscaler: Validate = (errors, object, old, subresource) => {
  metadata(errors, object, old);
  if (subresource !== "status") {
    // What scales to zero already may go on doing so.
    checkSpec(errors, record(object.spec), old && record(old.spec).minReplicas === 0 ? 0 : 1);
    return;
  }
  for (const name of ["currentReplicas", "desiredReplicas"])
    checkNonNegative(errors, child("status", name), record(object.status)[name]);
};

function checkSpec(errors: Errors, spec: Fields, lowerBound: number): void {
  const [least, most] = [spec.minReplicas, Number(spec.maxReplicas ?? 0)];
  if (isPresent(least) && Number(least) < lowerBound)
    errors.push(invalid("spec.minReplicas", least, `must be greater than or equal to ${lowerBound}`));
  if (most < 1) errors.push(invalid("spec.maxReplicas", most, "must be greater than 0"));
  if (isPresent(least) && most < Number(least)) {
    errors.push(invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
  }
  checkReference(errors, "spec.scaleTargetRef", record(spec.scaleTargetRef));
  list(spec.metrics).forEach((metric, index) => {
    checkMetric(errors, item("spec.metrics", index), record(metric));
  });
  const measuresOutside = list(spec.metrics).some((one) => ["Object", "External"].includes(text(record(one).type)));
  if (least === 0 && !measuresOutside) errors.push(forbidden("spec.metrics", NOTHING_TO_SCALE_FROM));
  for (const direction of ["scaleUp", "scaleDown"]) {
    const rules = record(spec.behavior)[direction];
    if (rules) checkScalingRules(errors, child("spec.behavior", direction), record(rules));
  }
}

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
  const checkKnown = (): void => {
    if (source === undefined) errors.push(notSupported(child(field, "type"), type, Object.keys(METRIC_TYPES)));
  };
  checkKnown();
  const given = METRIC_SOURCES.filter((name) => isPresent(metric[name]));
  if (given.length > 0) checkSource(errors, child(field, given[0]!), given[0]!, record(metric[given[0]!]));
  // Upstream says it once more where it looks for what the type wants.
  checkKnown();
  if (source !== undefined && !isPresent(metric[source]))
    errors.push(required(child(field, source), "must populate information for the given metric source"));
  for (const name of given.length > 1 ? given : []) {
    if (name !== source) errors.push(forbidden(child(field, name), "must populate the given metric source only"));
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
    if (!average) errors.push(required(child(path, "averageValue"), "must specify a positive target averageValue"));
  } else if (!value && !average) {
    const what = kind === "object" ? "target value or averageValue" : "target value for metric or a per-pod target";
    errors.push(required(child(path, "averageValue"), `must set either a ${what}`));
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
}

function checkTarget(errors: Errors, field: string, target: Fields): void {
  const type = text(target.type);
  if (type === "") errors.push(required(child(field, "type"), "must specify a metric target type"));
  if (!TARGET_TYPES.includes(type)) {
    errors.push(invalid(child(field, "type"), type, "must be either Utilization, Value, or AverageValue"));
  }
  for (const name of ["value", "averageValue"]) {
    if (isPresent(target[name]) && compareQuantities(text(target[name]), "0") <= 0) {
      errors.push(invalidAsGo(child(field, name), goQuantity(text(target[name])), "must be positive"));
    }
  }
  if (isPresent(target.averageUtilization) && Number(target.averageUtilization) < 1) {
    errors.push(invalid(child(field, "averageUtilization"), target.averageUtilization, "must be greater than 0"));
  }
}
