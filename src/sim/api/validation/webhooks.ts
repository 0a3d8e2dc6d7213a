/** Webhook configurations (pkg/apis/admissionregistration/validation). */
import { type CelVariables, checkCel } from "../cel/check.ts";
import { CelError } from "../cel/parse.ts";
import { type CelType, DYN, formatType, parseType } from "../cel/types.ts";
import { equalJson } from "../equal.ts";
import { duplicate, invalid, invalidAsGo, notSupported, required, tooMany } from "../field-errors.ts";
import { goTexts } from "../go-values.ts";
import {
  nameIsDnsSubdomain,
  validateDns1035Label,
  validateDns1123Subdomain,
  validatePortNumber,
  validateQualifiedName,
} from "../names.ts";
import {
  addInvalid,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
  validateFullyQualifiedName,
} from "./common.ts";
import type { Validate } from "./core.ts";
import { checkGenericObjectMeta } from "./metadata.ts";
import { checkLabelSelector, hasInvalidValues } from "./selectors.ts";

const REVIEW_VERSIONS = ["v1", "v1beta1"];
const NO_SIDE_EFFECTS = ["None", "NoneOnDryRun"];
const SIDE_EFFECTS = ["None", "NoneOnDryRun", "Some", "Unknown"];
const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const SCOPES = ["*", "Cluster", "Namespaced"];
const MATCH_CONDITIONS_MAX = 64;

/** What an update need not hold because the object did not hold it before. */
interface Leniency {
  readonly sideEffects: boolean;
  readonly versions: boolean;
  readonly names: boolean;
  /** Values of labels in selectors. */
  readonly values: boolean;
  readonly conditions: boolean;
}

const STRICT: Leniency = { sideEffects: false, versions: false, names: false, values: false, conditions: false };

function hooksOf(object: Fields): readonly Fields[] {
  return list(object.webhooks).map(record);
}

function leniencyOf(hooks: readonly Fields[], old: readonly Fields[]): Leniency {
  const names = old.map(({ name }) => name);
  return {
    sideEffects: old.some(({ sideEffects }) => !NO_SIDE_EFFECTS.includes(text(sideEffects))),
    versions: old.some(({ admissionReviewVersions: versions }) => list(versions).length > 0 && !isReviewable(versions)),
    names: new Set(names).size < names.length,
    values: old.some((hook) => hasInvalidValues(hook.namespaceSelector) || hasInvalidValues(hook.objectSelector)),
    conditions:
      hooks.length === old.length &&
      hooks.every((hook, index) => equalJson(hook.matchConditions ?? null, old[index]!.matchConditions ?? null)),
  };
}

function isReviewable(versions: unknown): boolean {
  return list(versions).some((version) => REVIEW_VERSIONS.includes(text(version)));
}

function validateConfiguration(mutating: boolean): Validate {
  return (errors, object, old) => {
    const hooks = hooksOf(object);
    checkGenericObjectMeta(errors, record(object.metadata), false, nameIsDnsSubdomain);
    const leniency = old ? leniencyOf(hooks, hooksOf(old)) : STRICT;
    const names = new Set<string>();
    hooks.forEach((hook, index) => {
      const path = item("webhooks", index);
      checkHook(errors, path, hook, leniency, mutating);
      checkReviewVersions(errors, child(path, "admissionReviewVersions"), list(hook.admissionReviewVersions), leniency);
      const name = text(hook.name);
      if (names.has(name) && name !== "" && !leniency.names) errors.push(duplicate(child(path, "name"), name));
      names.add(name);
    });
  };
}

export const validateMutatingWebhookConfiguration = validateConfiguration(true);
export const validateValidatingWebhookConfiguration = validateConfiguration(false);

function checkReviewVersions(errors: Errors, field: string, versions: readonly unknown[], leniency: Leniency): void {
  if (versions.length === 0) {
    errors.push(required(field, `must specify one of ${REVIEW_VERSIONS.join(", ")}`));
    return;
  }
  versions.forEach((version, index) => {
    if (versions.indexOf(version) < index) errors.push(invalid(item(field, index), version, "duplicate version"));
    else addInvalid(errors, item(field, index), version, validateDns1035Label(text(version)));
  });
  if (!leniency.versions && !isReviewable(versions)) {
    errors.push(invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`));
  }
}

function checkHook(errors: Errors, field: string, hook: Fields, leniency: Leniency, mutating: boolean): void {
  errors.push(...validateFullyQualifiedName(child(field, "name"), text(hook.name)));
  list(hook.rules).forEach((rule, index) => {
    checkRule(errors, item(child(field, "rules"), index), record(rule));
  });
  checkChoice(errors, child(field, "failurePolicy"), hook.failurePolicy, ["Fail", "Ignore"]);
  checkChoice(errors, child(field, "matchPolicy"), hook.matchPolicy, ["Equivalent", "Exact"]);
  const sideEffects = leniency.sideEffects ? SIDE_EFFECTS : NO_SIDE_EFFECTS;
  if (!isPresent(hook.sideEffects)) {
    errors.push(required(child(field, "sideEffects"), `must specify one of ${sideEffects.join(", ")}`));
  } else checkChoice(errors, child(field, "sideEffects"), hook.sideEffects, sideEffects);
  const seconds = hook.timeoutSeconds;
  if (typeof seconds === "number" && (seconds < 1 || seconds > 30)) {
    errors.push(invalid(child(field, "timeoutSeconds"), seconds, "the timeout value must be between 1 and 30 seconds"));
  }
  const options = { allowInvalidValues: leniency.values };
  checkLabelSelector(errors, child(field, "namespaceSelector"), hook.namespaceSelector, options);
  checkLabelSelector(errors, child(field, "objectSelector"), hook.objectSelector, options);
  if (mutating) checkChoice(errors, child(field, "reinvocationPolicy"), hook.reinvocationPolicy, ["IfNeeded", "Never"]);
  checkClientConfig(errors, child(field, "clientConfig"), record(hook.clientConfig));
  if (!leniency.conditions) checkMatchConditions(errors, child(field, "matchConditions"), list(hook.matchConditions));
}

function checkChoice(errors: Errors, field: string, value: unknown, supported: readonly string[]): void {
  if (isPresent(value) && !supported.includes(text(value))) errors.push(notSupported(field, value, supported));
}

export function checkRule(errors: Errors, field: string, rule: Fields): void {
  const operations = list(rule.operations);
  const path = child(field, "operations");
  if (operations.length === 0) errors.push(required(path));
  if (operations.length > 1 && operations.includes("*")) {
    const shown = goTexts(operations, "admissionregistration.OperationType");
    errors.push(invalidAsGo(path, shown, "if '*' is present, must not specify other operations"));
  }
  operations.forEach((operation, index) => {
    checkChoice(errors, item(path, index), operation, OPERATIONS);
  });
  for (const [name, what] of [
    ["apiGroups", "API groups"],
    ["apiVersions", "API versions"],
  ] as const) {
    const values = list(rule[name]);
    if (values.length === 0) errors.push(required(child(field, name)));
    if (values.length > 1 && values.includes("*")) {
      errors.push(invalid(child(field, name), values, `if '*' is present, must not specify other ${what}`));
    }
  }
  list(rule.apiVersions).forEach((version, index) => {
    if (version === "") errors.push(required(item(child(field, "apiVersions"), index)));
  });
  checkResources(errors, child(field, "resources"), list(rule.resources).map(text));
  checkChoice(errors, child(field, "scope"), rule.scope, SCOPES);
}

function checkResources(errors: Errors, field: string, resources: readonly string[]): void {
  if (resources.length === 0) errors.push(required(field));
  const before = new Set<string>();
  resources.forEach((name, index) => {
    const path = item(field, index);
    if (name === "") errors.push(required(path));
    const slash = name.indexOf("/");
    if (slash < 0) return;
    const [resource, subresource] = [name.slice(0, slash), name.slice(slash + 1)];
    for (const wide of [`${resource}/*`, `*/${subresource}`]) {
      if (before.has(wide)) errors.push(invalid(path, name, `if '${wide}' is present, must not specify ${name}`));
    }
    if (subresource === "*" || resource === "*") before.add(name);
  });
  if (resources.length > 1 && resources.includes("*/*")) {
    errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"));
  }
  const plain = resources.filter((name) => name !== "" && !name.includes("/")).at(-1);
  if (resources.includes("*") && plain !== undefined && plain !== "*") {
    errors.push(invalid(field, resources, "if '*' is present, must not specify other resources without subresources"));
  }
}

function checkClientConfig(errors: Errors, field: string, { url, service }: Fields): void {
  if (isPresent(url) === isPresent(service)) {
    errors.push(required(field, "exactly one of url or service is required"));
  } else if (isPresent(url)) checkUrl(errors, child(field, "url"), text(url));
  else checkService(errors, child(field, "service"), record(service));
}

const URL_FORM = "; desired format: https://host[/path]";
const URL_PARTS = /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/;

function checkUrl(errors: Errors, field: string, url: string): void {
  const [, scheme = "", authority = "", , query = "", fragment = ""] = URL_PARTS.exec(url) ?? [];
  const at = authority.lastIndexOf("@");
  const host = authority.slice(at + 1);
  if (scheme.toLowerCase() !== "https") {
    errors.push(invalid(field, scheme.toLowerCase(), `'https' is the only allowed URL scheme${URL_FORM}`));
  }
  if (host === "") errors.push(invalid(field, host, `host must be specified${URL_FORM}`));
  if (at >= 0) errors.push(invalid(field, authority.slice(0, at), "user information is not permitted in the URL"));
  if (fragment !== "") errors.push(invalid(field, fragment, "fragments are not permitted in the URL"));
  if (query !== "") errors.push(invalid(field, query, "query parameters are not permitted in the URL"));
}

function checkService(errors: Errors, field: string, service: Fields): void {
  if (text(service.name) === "") errors.push(required(child(field, "name"), "service name is required"));
  if (text(service.namespace) === "") errors.push(required(child(field, "namespace"), "service namespace is required"));
  const wrongPort = validatePortNumber(Number(service.port ?? 0));
  if (wrongPort.length > 0) {
    errors.push(invalid(child(field, "port"), service.port ?? 0, `port is not valid: ${wrongPort.join(",")}`));
  }
  const path = text(service.path);
  const pathField = child(field, "path");
  if (path === "" || path === "/") return;
  if (path === "//") {
    errors.push(invalid(pathField, path, "segment[0] may not be empty"));
    return;
  }
  if (!path.startsWith("/")) errors.push(invalid(pathField, path, "must start with a '/'"));
  path
    .slice(1)
    .replace(/\/$/, "")
    .split("/")
    .forEach((segment, index) => {
      if (segment === "") errors.push(invalid(pathField, path, `segment[${index}] may not be empty`));
      else {
        const messages = validateDns1123Subdomain(segment).map((message) => `segment[${index}]: ${message}`);
        addInvalid(errors, pathField, path, messages);
      }
    });
}

/** What expressions that an admission asks know. */
export const MATCH_VARIABLES: CelVariables = {
  object: DYN,
  oldObject: DYN,
  request: parseType("kubernetes.AdmissionRequest"),
  namespaceObject: parseType("kubernetes.Namespace"),
  authorizer: parseType("kubernetes.authorization.Authorizer"),
  "authorizer.requestResource": parseType("kubernetes.authorization.ResourceCheck"),
};

export function checkMatchConditions(
  errors: Errors,
  field: string,
  conditions: readonly unknown[],
  variables: CelVariables = MATCH_VARIABLES,
): void {
  if (conditions.length > MATCH_CONDITIONS_MAX) errors.push(tooMany(field, conditions.length, MATCH_CONDITIONS_MAX));
  const names = new Set<string>();
  conditions.forEach((value, index) => {
    const path = item(field, index);
    const { name, expression } = record(value);
    checkExpression(errors, child(path, "expression"), text(expression).trim(), variables, ["bool"]);
    if (text(name) === "") errors.push(required(child(path, "name")));
    else {
      addInvalid(errors, child(path, "name"), name, validateQualifiedName(text(name)));
      if (names.has(text(name))) errors.push(duplicate(child(path, "name"), name));
      names.add(text(name));
    }
  });
}

/** Gives the expression's type; any type will do if none is wanted. */
export function checkExpression(
  errors: Errors,
  field: string,
  expression: string,
  variables: CelVariables,
  wanted: readonly string[],
  whyRequired = "",
): CelType {
  if (expression.trim() === "") {
    errors.push(required(field, whyRequired));
    return DYN;
  }
  try {
    const { type } = checkCel(expression, variables);
    if (wanted.length > 0 && !wanted.includes(type.name))
      errors.push(invalid(field, expression, mismatch(wanted, formatType(type))));
    return type;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    errors.push(invalid(field, expression, `compilation failed: ${error.message}`));
    return DYN;
  }
}

function mismatch(wanted: readonly string[], type: string): string {
  return wanted.length === 1
    ? `must evaluate to ${wanted[0]} but got ${type}`
    : `must evaluate to one of [${wanted.join(" ")}]`;
}
