/** ValidatingAdmissionPolicies and their bindings (pkg/apis/admissionregistration/validation). */
import type { CelVariables } from "../cel/check.ts";
import { type CelType, DYN, objectType } from "../cel/types.ts";
import { semanticEqual } from "../equal.ts";
import { duplicate, forbidden, invalid, invalidAsGo, notSupported, required } from "../field-errors.ts";
import { goTexts } from "../go-values.ts";
import { JsonPathError, parseJsonPath } from "../json-path/parser.ts";
import {
  nameIsDnsSubdomain,
  validateDns1035Label,
  validateDns1123Subdomain,
  validatePathSegmentName,
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
  repetitions,
  text,
} from "./common.ts";
import { checkConditions } from "./conditions.ts";
import type { Validate } from "./core.ts";
import { checkGenericObjectMeta } from "./metadata.ts";
import { checkLabelSelector } from "./selectors.ts";
import { checkExpression, checkMatchConditions, checkRule, MATCH_VARIABLES } from "./webhooks.ts";

const FAILURE_POLICIES: readonly string[] = ["Fail", "Ignore"];
const MATCH_POLICIES: readonly string[] = ["Equivalent", "Exact"];
const REASONS: readonly string[] = ["Forbidden", "Invalid", "RequestEntityTooLarge"];
const ACTIONS: readonly string[] = ["Audit", "Deny", "Warn"];
const AUDIT_ANNOTATIONS_MAX = 20;
const AUDIT_EXPRESSION_BYTES_MAX = 5120;

/** What an expression knows by name. */
type Variables = CelVariables;

export const validateValidatingAdmissionPolicy: Validate = (errors, policy, old, subresource) => {
  if (subresource === "status") {
    checkPolicyStatus(errors, record(policy.status));
    return;
  }
  const metadata = record(policy.metadata);
  checkGenericObjectMeta(errors, metadata, false, nameIsDnsSubdomain);
  checkPolicySpec(errors, record(policy.spec), text(metadata.name), old && record(old.spec));
};

function checkPolicyStatus(errors: Errors, status: Fields): void {
  list(record(status.typeChecking).expressionWarnings).forEach((value, index) => {
    const { warning, fieldRef } = record(value);
    const path = item("status.typeChecking.expressionWarnings", index);
    if (text(warning) === "") errors.push(required(child(path, "warning")));
    checkFieldRef(errors, child(path, "fieldRef"), text(fieldRef).trim());
  });
  checkConditions(errors, "status.conditions", status.conditions);
}

function checkFieldRef(errors: Errors, field: string, path: string): void {
  if (path === "") {
    errors.push(required(field));
    return;
  }
  try {
    parseJsonPath(`{${path}}`);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    errors.push(invalid(field, path, `invalid JSONPath: ${error.message}`));
  }
}

function checkPolicySpec(errors: Errors, spec: Fields, name: string, old: Fields | undefined): void {
  checkWanted(errors, "spec.failurePolicy", spec.failurePolicy, FAILURE_POLICIES);
  const takesParams = isPresent(spec.paramKind);
  if (takesParams) checkParamKind(errors, "spec.paramKind", record(spec.paramKind));
  checkMatchConstraints(errors, "spec.matchConstraints", spec.matchConstraints);
  const variables: Variables = takesParams ? { ...MATCH_VARIABLES, params: DYN } : MATCH_VARIABLES;
  const sameConditions =
    old !== undefined &&
    semanticEqual(spec.paramKind ?? null, old.paramKind ?? null) &&
    semanticEqual(list(spec.matchConditions), list(old.matchConditions));
  if (!sameConditions) checkMatchConditions(errors, "spec.matchConditions", list(spec.matchConditions), variables);
  checkDecisions(errors, spec, name, checkVariables(errors, list(spec.variables), variables));
}

function checkWanted(errors: Errors, field: string, value: unknown, supported: readonly string[]): void {
  if (!isPresent(value)) errors.push(required(field));
  else if (!supported.includes(text(value))) errors.push(notSupported(field, value, supported));
}

function checkParamKind(errors: Errors, field: string, { apiVersion, kind }: Fields): void {
  const kindText = text(kind);
  checkGroupVersion(errors, child(field, "apiVersion"), text(apiVersion));
  if (kindText === "") {
    errors.push(required(child(field, "kind")));
    return;
  }
  const messages = validateDns1035Label(kindText.toLowerCase());
  if (messages.length === 0) return;
  const why = `may have mixed case, but should otherwise match: ${messages.join(",")}`;
  errors.push(invalid(child(field, "kind"), kindText, why));
}

function checkGroupVersion(errors: Errors, field: string, apiVersion: string): void {
  if (apiVersion === "") {
    errors.push(required(field));
    return;
  }
  const parts = apiVersion === "/" ? [""] : apiVersion.split("/");
  if (parts.length > 2) {
    errors.push(invalid(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
    return;
  }
  const [group, version] = parts.length === 2 ? (parts as [string, string]) : ["", parts[0]!];
  const wrongGroup = group === "" ? [] : validateDns1123Subdomain(group);
  if (wrongGroup.length > 0) errors.push(invalid(field, group, wrongGroup.join(",")));
  const wrongVersion = validateDns1035Label(version);
  if (version === "") errors.push(invalid(field, apiVersion, "version must be specified"));
  else if (wrongVersion.length > 0) errors.push(invalid(field, version, wrongVersion.join(",")));
}

function checkMatchConstraints(errors: Errors, field: string, constraints: unknown): void {
  if (!isPresent(constraints)) {
    errors.push(required(field));
    return;
  }
  checkMatchResources(errors, field, record(constraints));
  if (list(record(constraints).resourceRules).length === 0) errors.push(required(child(field, "resourceRules")));
}

function checkMatchResources(errors: Errors, field: string, match: Fields): void {
  checkWanted(errors, child(field, "matchPolicy"), match.matchPolicy, MATCH_POLICIES);
  for (const name of ["namespaceSelector", "objectSelector"]) {
    if (isPresent(match[name])) checkLabelSelector(errors, child(field, name), match[name]);
    else errors.push(required(child(field, name)));
  }
  for (const name of ["resourceRules", "excludeResourceRules"]) {
    list(match[name]).forEach((rule, index) => {
      checkNamedRule(errors, item(child(field, name), index), record(rule));
    });
  }
}

function checkNamedRule(errors: Errors, field: string, rule: Fields): void {
  const names = list(rule.resourceNames).map(text);
  const repeated = repetitions(names);
  names.forEach((name, index) => {
    const path = item(child(field, "resourceNames"), index);
    addInvalid(errors, path, name, validatePathSegmentName(name));
    if (repeated.has(index)) errors.push(duplicate(path, name));
  });
  checkRule(errors, field, rule);
}

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED: readonly string[] =
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  );

/** What expressions after the variables know: each variable knows those before it. */
function checkVariables(errors: Errors, declared: readonly unknown[], variables: Variables): Variables {
  if (declared.length === 0) return variables;
  const fields = new Map<string, CelType>();
  const known: Variables = { ...variables, variables: objectType("kubernetes.variables", fields) };
  declared.forEach((value, index) => {
    const path = item("spec.variables", index);
    const [name, expression] = [text(record(value).name), text(record(value).expression)];
    if (name.trim() === "") errors.push(required(child(path, "name"), "name is not specified"));
    else if (!IDENTIFIER.test(name) || RESERVED.includes(name))
      errors.push(invalid(child(path, "name"), name, "name is not a valid CEL identifier"));
    const type = checkExpression(
      errors,
      child(path, "expression"),
      expression,
      known,
      [],
      "expression is not specified",
    );
    fields.set(name, type);
  });
  return known;
}

function checkDecisions(errors: Errors, spec: Fields, name: string, variables: Variables): void {
  const [validations, annotations] = [list(spec.validations), list(spec.auditAnnotations)];
  if (validations.length === 0 && annotations.length === 0) {
    const why = "validations or auditAnnotations must contain at least one item";
    errors.push(required("spec.validations", why), required("spec.auditAnnotations", why));
    return;
  }
  validations.forEach((validation, index) => {
    checkValidation(errors, item("spec.validations", index), record(validation), variables);
  });
  checkAuditAnnotations(errors, "spec.auditAnnotations", annotations.map(record), name, variables);
}

function checkValidation(errors: Errors, field: string, validation: Fields, variables: Variables): void {
  const [expression, message, messageExpression] = [
    text(validation.expression),
    text(validation.message),
    text(validation.messageExpression),
  ];
  checkExpression(errors, child(field, "expression"), expression, variables, ["bool"], "expression is not specified");
  if (messageExpression !== "" && messageExpression.trim() === "")
    errors.push(invalid(child(field, "messageExpression"), messageExpression, "must be non-empty if specified"));
  else if (messageExpression !== "") {
    const { authorizer: _, "authorizer.requestResource": __, ...plain } = variables;
    checkExpression(errors, child(field, "messageExpression"), messageExpression, plain, ["string"]);
  }
  if (message !== "" && message.trim() === "")
    errors.push(invalid(child(field, "message"), message, "message must be non-empty if specified"));
  else if (/[\n\r]/.test(message.trim()))
    errors.push(invalid(child(field, "message"), message, "message must not contain line breaks"));
  const { reason } = validation;
  if (isPresent(reason) && !REASONS.includes(text(reason)))
    errors.push(notSupported(child(field, "reason"), reason, REASONS));
}

function checkAuditAnnotations(
  errors: Errors,
  field: string,
  annotations: readonly Fields[],
  policy: string,
  variables: Variables,
): void {
  if (annotations.length > AUDIT_ANNOTATIONS_MAX)
    errors.push(invalid(field, annotations, `must not have more than ${AUDIT_ANNOTATIONS_MAX} auditAnnotations`));
  const keys = annotations.map(({ key }) => text(key));
  const repeated = repetitions(keys);
  annotations.forEach(({ valueExpression }, index) => {
    const path = child(item(field, index), "key");
    const key = keys[index]!;
    const qualified = `${policy}/${key}`;
    if (policy === "") errors.push(invalid(path, key, "requires metadata.name be non-empty"));
    else addInvalid(errors, path, qualified, validateQualifiedName(qualified));
    checkValueExpression(errors, child(item(field, index), "valueExpression"), text(valueExpression), variables);
    if (repeated.has(index)) errors.push(duplicate(path, key));
  });
}

function checkValueExpression(errors: Errors, field: string, expression: string, variables: Variables): void {
  if (expression.trim().length > AUDIT_EXPRESSION_BYTES_MAX) {
    errors.push(required(field, `must not exceed ${AUDIT_EXPRESSION_BYTES_MAX} bytes in length`));
    return;
  }
  checkExpression(errors, field, expression, variables, ["string", "null_type"], "valueExpression is not specified");
}

export const validateValidatingAdmissionPolicyBinding: Validate = (errors, binding) => {
  checkGenericObjectMeta(errors, record(binding.metadata), false, nameIsDnsSubdomain);
  const spec = record(binding.spec);
  const policy = text(spec.policyName);
  if (policy === "") errors.push(required("spec.policyName"));
  else addInvalid(errors, "spec.policyName", policy, nameIsDnsSubdomain(policy, false));
  if (isPresent(spec.paramRef)) checkParamRef(errors, "spec.paramRef", record(spec.paramRef));
  // Upstream's errors spell the field so.
  if (isPresent(spec.matchResources)) checkMatchResources(errors, "spec.matchResouces", record(spec.matchResources));
  checkActions(errors, "spec.validationActions", list(spec.validationActions).map(text));
};

const EITHER = "name and selector are mutually exclusive";

function checkParamRef(errors: Errors, field: string, reference: Fields): void {
  const name = text(reference.name);
  const selects = isPresent(reference.selector);
  if (name !== "") addInvalid(errors, child(field, "name"), name, validatePathSegmentName(name));
  if (name !== "" && selects) errors.push(forbidden(child(field, "name"), EITHER));
  if (selects) checkLabelSelector(errors, child(field, "selector"), reference.selector);
  if (name !== "" && selects) errors.push(forbidden(child(field, "selector"), EITHER));
  if (name === "" && !selects) errors.push(required(field, "one of name or selector must be specified"));
  const [path, action] = [child(field, "parameterNotFoundAction"), text(reference.parameterNotFoundAction)];
  if (action === "") errors.push(required(path));
  else if (action !== "Deny" && action !== "Allow") errors.push(notSupported(path, action, ["Deny", "Allow"]));
}

const DENY_AND_WARN =
  "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)";

function checkActions(errors: Errors, field: string, actions: readonly string[]): void {
  const repeated = repetitions(actions);
  actions.forEach((action, index) => {
    if (!ACTIONS.includes(action)) errors.push(notSupported(item(field, index), action, ACTIONS));
    if (repeated.has(index)) errors.push(duplicate(item(field, index), action));
  });
  if (actions.includes("Deny") && actions.includes("Warn"))
    errors.push(invalidAsGo(field, goTexts(actions, "admissionregistration.ValidationAction"), DENY_AND_WARN));
  if (actions.length === 0) errors.push(required(field, "at least one validation action is required"));
}
