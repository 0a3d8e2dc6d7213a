/** Rules of a CustomResourceDefinition that is written: whether they can be kept. */
import { type FieldError, forbidden, invalid, notSupported, required } from "../../field-errors.ts";
import { isEmbedded, isJsonObject, type JsonSchema } from "../json-schema.ts";
import { type CompiledRule, compileRules, type Rule, rulesOf } from "./compile.ts";
import { readFieldPath } from "./field-path.ts";

const RULES = "x-kubernetes-validations";
const REASONS = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
const LINE_BREAK = /[\n\r]/;

/** What rules are made of, everywhere below. */
export function checkRuleTexts(errors: FieldError[], path: string, schema: JsonSchema): void {
  for (const [index, rule] of rulesOf(schema).entries()) checkTexts(errors, `${path}.${RULES}[${index}]`, rule, schema);
}

function checkTexts(errors: FieldError[], path: string, rule: Rule, schema: JsonSchema): void {
  const { message = "", messageExpression = "", reason, fieldPath = "" } = rule;
  const text = message.trim();
  const body = (rule.rule ?? "").trim();
  if (body === "") errors.push(required(`${path}.rule`, "rule is not specified"));
  else if (message !== "" && text === "")
    errors.push(invalid(`${path}.message`, message, "message must be non-empty if specified"));
  else if (LINE_BREAK.test(text))
    errors.push(invalid(`${path}.message`, message, "message must not contain line breaks"));
  else if (LINE_BREAK.test(body) && text === "")
    errors.push(required(`${path}.message`, "message must be specified if rule contains line breaks"));
  if (messageExpression !== "" && messageExpression.trim() === "")
    errors.push(required(`${path}.messageExpression`, "messageExpression must be non-empty if specified"));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, REASONS));
  if (fieldPath === "") return;
  if (fieldPath.trim() === "")
    errors.push(invalid(`${path}.fieldPath`, fieldPath, "fieldPath must be non-empty if specified"));
  if (LINE_BREAK.test(fieldPath))
    errors.push(invalid(`${path}.fieldPath`, fieldPath, "fieldPath must not contain line breaks"));
  if ("error" in readFieldPath(fieldPath, schema))
    errors.push(invalid(`${path}.fieldPath`, fieldPath, "fieldPath must be a valid path"));
}

/** Whether the expressions can be evaluated: looked at where the schema itself is fine. */
export function checkRuleExpressions(errors: FieldError[], path: string, schema: JsonSchema): void {
  checkBelow(errors, path, schema, schema, true, null);
}

/** `uncorrelated`: the list above, of which nobody knows which element was which before. */
function checkBelow(
  errors: FieldError[],
  path: string,
  rules: JsonSchema,
  schema: JsonSchema,
  isResource: boolean,
  uncorrelated: string | null,
): void {
  for (const [index, rule] of compileRules(rules, schema, isResource).entries())
    checkCompiled(errors, `${path}.${RULES}[${index}]`, rule, uncorrelated);
  for (const [index, part] of (rules.allOf ?? []).entries())
    checkBelow(errors, `${path}.allOf[${index}]`, part, schema, isResource, uncorrelated);
  for (const keyword of ["anyOf", "oneOf"] as const)
    for (const [index, part] of (rules[keyword] ?? []).entries())
      refuseRules(errors, `${path}.${keyword}[${index}]`, part);
  for (const [field, inner] of Object.entries(rules.properties ?? {})) {
    const below = schema.properties?.[field];
    if (below !== undefined)
      checkBelow(errors, `${path}.properties[${field}]`, inner, below, isEmbedded(below), uncorrelated);
  }
  if (isJsonObject(rules.items) && isJsonObject(schema.items)) {
    const items = schema.items as JsonSchema;
    const own = schema["x-kubernetes-list-type"] === "map" ? uncorrelated : (uncorrelated ?? path);
    checkBelow(errors, `${path}.items`, rules.items as JsonSchema, items, isEmbedded(items), own);
  }
  if (isJsonObject(rules.additionalProperties) && isJsonObject(schema.additionalProperties)) {
    const values = schema.additionalProperties as JsonSchema;
    const at = `${path}.additionalProperties`;
    checkBelow(errors, at, rules.additionalProperties as JsonSchema, values, isEmbedded(values), uncorrelated);
  }
}

/** Alternatives have no rules. */
function refuseRules(errors: FieldError[], path: string, schema: JsonSchema): void {
  if (rulesOf(schema).length > 0) errors.push(forbidden(`${path}.${RULES}`, "must be empty to be structural"));
}

function checkCompiled(errors: FieldError[], path: string, compiled: CompiledRule, uncorrelated: string | null): void {
  const { rule } = compiled;
  if (compiled.error !== "") errors.push(invalidRule(`${path}.rule`, rule, compiled.error));
  if (compiled.messageError !== "") errors.push(invalidRule(`${path}.messageExpression`, rule, compiled.messageError));
  if (compiled.usesOldSelf) {
    if (uncorrelated !== null)
      errors.push(
        invalid(
          `${path}.rule`,
          rule.rule,
          `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`,
        ),
      );
  } else if (rule.optionalOldSelf !== undefined && compiled.error === "")
    errors.push(
      invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, "may not be set if oldSelf is not used in rule"),
    );
}

/** The rule is shown as Go prints it. */
function invalidRule(field: string, rule: Rule, detail: string): FieldError {
  const text = (value: string | undefined): string => JSON.stringify(value ?? "");
  const pointer = (type: string, value: unknown): string =>
    `(*${type})(${value === undefined ? "nil" : "0xc000000000"})`;
  const parts = [
    `Rule:${text(rule.rule)}`,
    `Message:${text(rule.message)}`,
    `MessageExpression:${text(rule.messageExpression)}`,
    `Reason:${pointer("apiextensions.FieldValueErrorReason", rule.reason)}`,
    `FieldPath:${text(rule.fieldPath)}`,
    `OptionalOldSelf:${pointer("bool", rule.optionalOldSelf)}`,
  ];
  return {
    type: "FieldValueInvalid",
    field,
    value: `apiextensions.ValidationRule{${parts.join(", ")}}`,
    detail,
    bare: true,
  };
}
