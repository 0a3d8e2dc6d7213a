/** Validation of custom resources. */
import type { FieldError } from "../field-errors.ts";
import { invalid } from "../field-errors.ts";
import { apiVersionOf, type Kind } from "../kinds.ts";
import { nameIsDnsSubdomain } from "../names.ts";
import type { ApiObject } from "../object.ts";
import { checkGenericObjectMeta, checkGenericObjectMetaUpdate } from "../validation/metadata.ts";
import { isJsonObject, type JsonObject } from "./json-schema.ts";
import { hasRules, validateRules } from "./rules/validate-rules.ts";
import { validateValue } from "./validate-value.ts";

type Fields = Readonly<Record<string, unknown>>;

/** `warnings` takes what is told of, and not refused. */
export function validateCustomCreate(kind: Kind, object: ApiObject, warnings: string[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkTypeMeta(errors, kind, object);
  checkGenericObjectMeta(errors, (object.metadata ?? {}) as Fields, kind.namespaced, nameIsDnsSubdomain);
  checkNumbers(errors, kind, object);
  errors.push(...valueErrors(kind, object, null));
  return [...errors, ...ruleErrors(kind, object, null, errors, warnings)];
}

export function validateCustomUpdate(
  kind: Kind,
  object: ApiObject,
  old: ApiObject,
  subresource: string,
  warnings: string[],
): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkGenericObjectMetaUpdate(errors, (object.metadata ?? {}) as Fields, (old.metadata ?? {}) as Fields);
  // Only what a subresource changes is looked at.
  const found = valueErrors(kind, object, old);
  errors.push(...(subresource === "status" ? found.filter(({ field }) => !/^spec\b/.test(field)) : found));
  if (subresource !== "status") checkNumbers(errors, kind, object);
  return [...errors, ...ruleErrors(kind, object, old, errors, warnings)];
}

/** After these rules are not asked: what they would look at is not what they take it for. */
const BLOCKING: readonly string[] = [
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
];
const UNCHECKED =
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";

function ruleErrors(
  kind: Kind,
  object: ApiObject,
  old: ApiObject | null,
  found: readonly FieldError[],
  warnings: string[],
): readonly FieldError[] {
  const { schema } = kind.custom!;
  if (schema === null || !hasRules(schema)) return [];
  if (found.some(({ type }) => BLOCKING.includes(type))) return [invalid("<nil>", "null", UNCHECKED)];
  const findings = validateRules(object as JsonObject, schema, old as JsonObject | null);
  warnings.push(...findings.warnings);
  return findings.errors;
}

function valueErrors(kind: Kind, object: ApiObject, old: ApiObject | null): readonly FieldError[] {
  const { schema } = kind.custom!;
  return schema === null ? [] : validateValue(object as JsonObject, schema, old as JsonObject | null);
}

function checkTypeMeta(errors: FieldError[], kind: Kind, object: ApiObject): void {
  if (object.kind !== kind.kind) errors.push(invalid("kind", object.kind ?? "", `must be ${kind.kind}`));
  const apiVersion = apiVersionOf(kind);
  if (object.apiVersion !== apiVersion)
    errors.push(invalid("apiVersion", object.apiVersion ?? "", `must be ${apiVersion}`));
}

/** What the scale speaks of must be numbers that it can speak of. */
function checkNumbers(errors: FieldError[], kind: Kind, object: ApiObject): void {
  const { scale } = kind.custom!;
  if (scale === null) return;
  const value = valueAt(object, scale.specReplicasPath);
  if (typeof value === "number" && value < 0)
    errors.push(invalid(scale.specReplicasPath, value, "should be a non-negative integer"));
}

/** The value at a path like `.spec.replicas`. */
export function valueAt(object: unknown, path: string): unknown {
  let here: unknown = object;
  for (const part of path.replace(/^\./, "").split(".")) {
    if (!isJsonObject(here)) return undefined;
    here = here[part];
  }
  return here;
}

/** With another value at the path; what lies beside it is shared. */
export function withValueAt(object: JsonObject, path: string, value: unknown): JsonObject {
  const [first = "", ...rest] = path.replace(/^\./, "").split(".");
  if (rest.length === 0) return { ...object, [first]: value };
  const inner = isJsonObject(object[first]) ? object[first] : {};
  return { ...object, [first]: withValueAt(inner, rest.join("."), value) };
}
