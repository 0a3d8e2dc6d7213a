/** Jobs (pkg/apis/batch/validation). */
import { equalJson } from "../equal.ts";
import {
  duplicate,
  invalid,
  invalidAsGo,
  invalidWhole,
  notSupported,
  required,
  tooLong,
  tooMany,
} from "../field-errors.ts";
import { goLabels, goNumbers } from "../go-values.ts";
import { nameIsDnsSubdomain, validateDns1123Label, validateQualifiedName } from "../names.ts";
import {
  addInvalid,
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
  validateDomainPrefixedPath,
} from "./common.ts";
import { CompletedIndexesError, countIndexes } from "./job-indexes.ts";
import { validateJobStatusUpdate } from "./job-status.ts";
import { checkImmutable, checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";
import { checkPodTemplate } from "./pod.ts";
import { checkLabelSelector, goLabelSelector, hasBadSelector } from "./selectors.ts";
import { matches, SELECTOR_MISMATCH } from "./workloads.ts";

const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_INDEXED = 100_000;
const MAX_OF_MANY = 10_000;
const NEEDS_INDEXED = "requires indexed completion mode";

/** `["A" "B"]`, as Go prints a list of texts. */
function quotedList(values: readonly string[]): string {
  return `valid values: [${values.map((value) => JSON.stringify(value)).join(" ")}]`;
}

function checkListed(errors: Errors, field: string, value: unknown, supported: readonly string[]): void {
  if (text(value) === "") errors.push(required(field, quotedList(supported)));
  else if (!supported.includes(text(value))) errors.push(notSupported(field, value, supported));
}

export function validateJob(errors: Errors, object: Fields): void {
  const metadata = record(object.metadata);
  const spec = record(object.spec);
  checkObjectMeta(errors, metadata, true, nameIsDnsSubdomain);
  checkGeneratedSelector(errors, object);
  checkSelectedJobSpec(errors, spec);
  const completions = Number(spec.completions ?? 0);
  if (spec.completionMode === "Indexed" && completions > 0) {
    const hostname = `${text(metadata.name)}-${completions - 1}`;
    if (validateDns1123Label(hostname).length > 0) {
      const why = `will not able to create pod with invalid DNS label: ${hostname}`;
      errors.push(invalid("metadata.name", metadata.name, why));
    }
  }
}

/** What the strategy has generated may be contradicted by what was sent. */
function checkGeneratedSelector(errors: Errors, object: Fields): void {
  const spec = record(object.spec);
  if (spec.manualSelector === true || !isPresent(spec.selector)) return;
  const { uid, name } = record(object.metadata);
  if (text(uid) === "") errors.push(required("metadata.uid"));
  const expected: Readonly<Record<string, string>> = {
    "controller-uid": text(uid),
    "job-name": text(name),
    "batch.kubernetes.io/controller-uid": text(uid),
    "batch.kubernetes.io/job-name": text(name),
  };
  const labels = record(record(record(spec.template).metadata).labels);
  for (const key in expected) {
    const path = `spec.template.metadata.labels[${key}]`;
    if (!Object.hasOwn(labels, key)) {
      errors.push(required(path, `must be '${expected[key]}'`));
    } else if (labels[key] !== expected[key]) errors.push(invalid(path, labels, `must be '${expected[key]}'`));
  }
  if (!hasBadSelector(spec.selector) && !matches(spec.selector, expected))
    errors.push(invalidAsGo("spec.selector", goLabelSelector(spec.selector), "`selector` not auto-generated"));
}

function checkSelectedJobSpec(errors: Errors, spec: Fields): void {
  checkJobSpec(errors, "spec", spec);
  if (!isPresent(spec.selector)) errors.push(required("spec.selector"));
  else checkLabelSelector(errors, "spec.selector", spec.selector);
  const labels = record(record(spec.template).metadata).labels;
  if (!hasBadSelector(spec.selector) && !matches(spec.selector, labels)) {
    errors.push(invalidAsGo("spec.template.metadata.labels", goLabels(labels), SELECTOR_MISMATCH));
  }
}

export function checkJobSpec(errors: Errors, field: string, spec: Fields): void {
  for (const name of [
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
  ]) {
    checkNonNegative(errors, child(field, name), spec[name]);
  }
  if (isPresent(spec.maxFailedIndexes) && !isPresent(spec.backoffLimitPerIndex)) {
    errors.push(required(child(field, "backoffLimitPerIndex"), "when maxFailedIndexes is specified"));
  }
  if (isPresent(spec.managedBy)) {
    const managedBy = text(spec.managedBy);
    errors.push(...validateDomainPrefixedPath(child(field, "managedBy"), managedBy));
    if (managedBy.length > 63) errors.push(tooLong(child(field, "managedBy"), 63));
  }
  checkCompletionMode(errors, field, spec);
  if (isPresent(spec.podFailurePolicy)) checkPodFailurePolicy(errors, child(field, "podFailurePolicy"), spec);
  if (isPresent(spec.successPolicy)) {
    if (spec.completionMode === "Indexed") checkSuccessPolicy(errors, child(field, "successPolicy"), spec);
    else errors.push(invalid(child(field, "successPolicy"), spec.successPolicy, NEEDS_INDEXED));
  }
  if (isPresent(spec.podReplacementPolicy)) {
    const supported = isPresent(spec.podFailurePolicy) ? ["Failed"] : ["Failed", "TerminatingOrFailed"];
    if (!supported.includes(text(spec.podReplacementPolicy))) {
      errors.push(notSupported(child(field, "podReplacementPolicy"), spec.podReplacementPolicy, supported));
    }
  }
  checkPodTemplate(errors, child(field, "template"), record(spec.template));
  checkRestartPolicy(errors, child(field, "template.spec.restartPolicy"), spec);
}

function checkRestartPolicy(errors: Errors, field: string, spec: Fields): void {
  const policy = text(record(record(spec.template).spec).restartPolicy);
  if (policy === "Always" || policy === "") errors.push(required(field, 'valid values: "OnFailure", "Never"'));
  else if (policy !== "OnFailure" && policy !== "Never") {
    errors.push(notSupported(field, policy, ["OnFailure", "Never"]));
  } else if (isPresent(spec.podFailurePolicy) && policy !== "Never") {
    errors.push(invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
}

function checkCompletionMode(errors: Errors, field: string, spec: Fields): void {
  const mode = spec.completionMode;
  if (isPresent(mode) && mode !== "NonIndexed" && mode !== "Indexed") {
    errors.push(notSupported(child(field, "completionMode"), mode, ["NonIndexed", "Indexed"]));
  }
  if (mode === "Indexed") checkIndexed(errors, field, spec);
  if (isPresent(mode) && mode !== "NonIndexed") return;
  for (const name of ["backoffLimitPerIndex", "maxFailedIndexes"]) {
    if (isPresent(spec[name])) errors.push(invalid(child(field, name), spec[name], NEEDS_INDEXED));
  }
}

function checkIndexed(errors: Errors, field: string, spec: Fields): void {
  const atMost = (name: string, max: number, when: string): void => {
    if (!isPresent(spec[name]) || Number(spec[name]) <= max) return;
    errors.push(invalid(child(field, name), spec[name], `must be less than or equal to ${max}${when}`));
  };
  if (!isPresent(spec.completions))
    errors.push(required(child(field, "completions"), "when completion mode is Indexed"));
  atMost("parallelism", MAX_INDEXED, " when completion mode is Indexed");
  if (isPresent(spec.completions) && Number(spec.maxFailedIndexes ?? 0) > Number(spec.completions)) {
    const why = "must be less than or equal to completions";
    errors.push(invalid(child(field, "maxFailedIndexes"), spec.maxFailedIndexes, why));
  }
  atMost("maxFailedIndexes", MAX_INDEXED, "");
  if (Number(spec.completions ?? 0) <= MAX_INDEXED || !isPresent(spec.backoffLimitPerIndex)) return;
  if (!isPresent(spec.maxFailedIndexes)) {
    errors.push(
      required(child(field, "maxFailedIndexes"), `must be specified when completions is above ${MAX_INDEXED}`),
    );
  }
  const when = ` when completions are above ${MAX_INDEXED} and used with backoff limit per index`;
  atMost("parallelism", MAX_OF_MANY, when);
  atMost("maxFailedIndexes", MAX_OF_MANY, when);
}

function checkPodFailurePolicy(errors: Errors, field: string, spec: Fields): void {
  const rules = list(record(spec.podFailurePolicy).rules);
  const path = child(field, "rules");
  if (rules.length > MAX_RULES) errors.push(tooMany(path, rules.length, MAX_RULES));
  const pod = record(record(spec.template).spec);
  const names = [...list(pod.containers), ...list(pod.initContainers)].map((one) => text(record(one).name));
  rules.forEach((rule, index) => {
    checkFailureRule(errors, item(path, index), record(rule), names, isPresent(spec.backoffLimitPerIndex));
  });
}

function checkFailureRule(
  errors: Errors,
  field: string,
  rule: Fields,
  containers: readonly string[],
  perIndex: boolean,
): void {
  const path = child(field, "action");
  if (rule.action === "FailIndex") {
    if (!perIndex) errors.push(invalid(path, rule.action, "requires the backoffLimitPerIndex to be set"));
  } else checkListed(errors, path, rule.action, ["Count", "FailIndex", "FailJob", "Ignore"]);
  const conditions = list(rule.onPodConditions);
  if (isPresent(rule.onExitCodes))
    checkExitCodes(errors, child(field, "onExitCodes"), record(rule.onExitCodes), containers);
  if (conditions.length > 0) checkPodConditions(errors, child(field, "onPodConditions"), conditions);
  if (isPresent(rule.onExitCodes) === conditions.length > 0) {
    const why =
      conditions.length > 0
        ? "specifying both OnExitCodes and OnPodConditions is not supported"
        : "specifying one of OnExitCodes and OnPodConditions is required";
    errors.push(invalidWhole(field, why));
  }
}

function checkPodConditions(errors: Errors, field: string, conditions: readonly unknown[]): void {
  if (conditions.length > MAX_RULES) errors.push(tooMany(field, conditions.length, MAX_RULES));
  conditions.forEach((value, index) => {
    const { type, status } = record(value);
    addInvalid(errors, child(item(field, index), "type"), text(type), validateQualifiedName(text(type)));
    checkListed(errors, child(item(field, index), "status"), status, ["False", "True", "Unknown"]);
  });
}

function checkExitCodes(errors: Errors, field: string, rule: Fields, containers: readonly string[]): void {
  checkListed(errors, child(field, "operator"), rule.operator, ["In", "NotIn"]);
  if (isPresent(rule.containerName) && !containers.includes(text(rule.containerName))) {
    const why = "must be one of the container or initContainer names in the pod template";
    errors.push(invalid(child(field, "containerName"), rule.containerName, why));
  }
  const path = child(field, "values");
  const values = list(rule.values).map(Number);
  if (values.length === 0)
    errors.push(invalidAsGo(path, goNumbers(rule.values, "int32"), "at least one value is required"));
  else if (values.length > MAX_EXIT_CODES) errors.push(tooMany(path, values.length, MAX_EXIT_CODES));
  const repeated = repetitions(values);
  values.forEach((value, index) => {
    if (rule.operator === "In" && value === 0) {
      errors.push(invalid(item(path, index), value, "must not be 0 for the In operator"));
    }
    if (repeated.has(index)) errors.push(duplicate(item(path, index), value));
  });
  if (values.some((value, index) => index > 0 && values[index - 1]! > value)) {
    errors.push(invalidAsGo(path, goNumbers(values, "int32"), "must be ordered"));
  }
}

function checkSuccessPolicy(errors: Errors, field: string, spec: Fields): void {
  const rules = list(record(spec.successPolicy).rules);
  const path = child(field, "rules");
  if (rules.length === 0) {
    errors.push(required(path, "at least one rules must be specified when the successPolicy is specified"));
  }
  if (rules.length > MAX_RULES) errors.push(tooMany(path, rules.length, MAX_RULES));
  rules.forEach((rule, index) => {
    checkSuccessRule(errors, item(path, index), record(rule), Number(spec.completions ?? 0));
  });
}

function checkSuccessRule(errors: Errors, field: string, rule: Fields, completions: number): void {
  const { succeededCount: count, succeededIndexes: indexes } = rule;
  if (!isPresent(count) && !isPresent(indexes)) {
    errors.push(required(field, "at least one of succeededCount or succeededIndexes must be specified"));
  }
  const path = child(field, "succeededIndexes");
  let total = 0;
  if (isPresent(indexes)) {
    if (text(indexes).length > 65_536) errors.push(tooLong(path, 65_536));
    try {
      total = countIndexes(text(indexes), completions);
    } catch (error) {
      if (!(error instanceof CompletedIndexesError)) throw error;
      errors.push(invalid(path, indexes, `error parsing succeededIndexes: ${error.message}`));
    }
  }
  if (!isPresent(count)) return;
  const countPath = child(field, "succeededCount");
  checkNonNegative(errors, countPath, count);
  if (Number(count) > completions) {
    const why = `must be less than or equal to ${completions} (the number of specified completions)`;
    errors.push(invalid(countPath, count, why));
  }
  if (isPresent(indexes) && Number(count) > total) {
    const why = `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`;
    errors.push(invalid(countPath, count, why));
  }
}

export function validateJobUpdate(errors: Errors, object: Fields, old: Fields, subresource: string): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") {
    validateJobStatusUpdate(errors, object, old);
    return;
  }
  const [spec, before] = [record(object.spec), record(old.spec)];
  checkSelectedJobSpec(errors, spec);
  checkCompletionsUpdate(errors, spec, before);
  checkImmutable(errors, "spec.selector", spec.selector, before.selector);
  const template = isUnstarted(old)
    ? withSchedulingOf(record(before.template), record(spec.template))
    : before.template;
  checkImmutable(errors, "spec.template", spec.template, template);
  for (const name of ["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"]) {
    checkImmutable(errors, child("spec", name), spec[name], before[name]);
  }
}

function checkCompletionsUpdate(errors: Errors, spec: Fields, old: Fields): void {
  if (spec.completionMode !== "Indexed") checkImmutable(errors, "spec.completions", spec.completions, old.completions);
  else if (isPresent(spec.completions) && !equalJson(spec.completions, old.completions ?? null)) {
    if (spec.completions === spec.parallelism) return;
    errors.push(invalid("spec.completions", spec.completions, "can only be modified in tandem with spec.parallelism"));
  }
}

/** Queueing systems may still say where the pods of a suspended job are to run. */
function isUnstarted(job: Fields): boolean {
  return record(job.spec).suspend === true && !isPresent(record(job.status).startTime);
}

function withSchedulingOf(template: Fields, wanted: Fields): Fields {
  const spec: Record<string, unknown> = { ...record(template.spec) };
  const now = record(wanted.spec);
  const take = (target: Record<string, unknown>, source: Fields, name: string): void => {
    if (isPresent(source[name])) target[name] = source[name];
    else delete target[name];
  };
  for (const name of ["nodeSelector", "tolerations", "schedulingGates"]) take(spec, now, name);
  const affinity: Record<string, unknown> = { ...record(spec.affinity) };
  take(affinity, record(now.affinity), "nodeAffinity");
  if (isPresent(now.affinity) || Object.keys(affinity).length > 0) spec.affinity = affinity;
  else delete spec.affinity;
  const metadata: Record<string, unknown> = { ...record(template.metadata) };
  for (const name of ["annotations", "labels"]) take(metadata, record(wanted.metadata), name);
  return { ...template, metadata, spec };
}
