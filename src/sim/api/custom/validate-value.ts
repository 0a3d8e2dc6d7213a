/**
 * Values against a structural schema: what kube-openapi's validator says of a custom resource, in its words. Properties
 * are visited in order of their names (upstream: in no order).
 */
import { equalJson } from "../equal.ts";
import { type FieldError, invalid, notSupported, required, tooLong } from "../field-errors.ts";
import { isFormat } from "./formats.ts";
import { regularExpression } from "./go-regexp.ts";
import {
  isEmbedded,
  isJsonObject,
  type JsonObject,
  type JsonSchema,
  preservesUnknown,
  valuesOf,
} from "./json-schema.ts";

const DEPTH_MAX = 200;

/** An update's value as it was; `absent` where there was none: what did not change is not looked at again. */
type Old = { readonly value: unknown } | null;

/** What is wrong with an object. `old`: the object before an update. `apiVersion`, `kind` and `metadata` are not looked at. */
export function validateValue(value: JsonObject, schema: JsonSchema, old: JsonObject | null = null): FieldError[] {
  const errors: FieldError[] = [];
  check(errors, "", value, schema, old === null ? null : { value: old }, 0);
  checkLists(errors, "", value, schema);
  return errors;
}

function check(errors: FieldError[], path: string, value: unknown, schema: JsonSchema, old: Old, depth: number): void {
  if (depth > DEPTH_MAX) {
    errors.push(invalid(path, "", "is nested too deeply"));
    return;
  }
  if (value === null && schema.nullable === true) return;
  if (old !== null && path !== "" && equalJson(old.value, value)) return;
  checkType(errors, path, value, schema);
  checkCombined(errors, path, value, schema, depth);
  if (typeof value === "string") checkText(errors, path, value, schema);
  if (typeof value === "number") checkNumber(errors, path, value, schema);
  if (Array.isArray(value)) checkList(errors, path, value, schema, old, depth);
  if (schema.enum !== undefined && !schema.enum.some((one) => equalJson(one, value))) {
    const supported = schema.enum.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
    errors.push(notSupported(pathOf(path), value, supported));
  }
  if (isJsonObject(value)) checkObject(errors, path, value, schema, old, depth);
}

function pathOf(path: string): string {
  return path === "" ? "<nil>" : path;
}

function failure(path: string, value: unknown, why: string): FieldError {
  return invalid(pathOf(path), value, `${path} in body ${why}`);
}

function checkType(errors: FieldError[], path: string, value: unknown, schema: JsonSchema): void {
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (typeof value === "string" || (typeof value === "number" && Number.isInteger(value))) return;
    errors.push(wrongType(path, value, "integer,string"));
    return;
  }
  const { type } = schema;
  if (type === undefined) return;
  const given = typeOf(value);
  if (given === type || (given === "integer" && type === "number")) {
    const { format } = schema;
    if (typeof value !== "string" || format === undefined || isFormat(format, value)) return;
    errors.push({
      ...failure(path, value, `must be of type ${format}: ${JSON.stringify(value)}`),
      type: "FieldValueTypeInvalid",
    });
    return;
  }
  errors.push(wrongType(path, value, type));
}

function wrongType(path: string, value: unknown, wanted: string): FieldError {
  const given = typeOf(value);
  const why = `must be of type ${wanted}: ${JSON.stringify(given)}`;
  return { type: "FieldValueTypeInvalid", field: pathOf(path), value: given, detail: `${path} in body ${why}` };
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "boolean" ? "boolean" : typeof value;
}

/** `allOf`, `anyOf`, `oneOf`, `not`: their errors name no field, those of the nearest alternative do. */
function checkCombined(errors: FieldError[], path: string, value: unknown, schema: JsonSchema, depth: number): void {
  const problemsOf = (part: JsonSchema): FieldError[] => {
    const found: FieldError[] = [];
    check(found, path, value, part, null, depth + 1);
    return found;
  };
  const refuse = (why: string) => errors.push(invalid("<nil>", "", `${JSON.stringify(path)} ${why}`));
  if (schema.anyOf !== undefined) {
    const problems = schema.anyOf.map(problemsOf);
    if (problems.every((one) => one.length > 0)) {
      refuse("must validate at least one schema (anyOf)");
      errors.push(...nearest(problems));
    }
  }
  if (schema.oneOf !== undefined) {
    const problems = schema.oneOf.map(problemsOf);
    const valid = problems.filter((one) => one.length === 0).length;
    if (valid === 0) {
      refuse("must validate one and only one schema (oneOf). Found none valid");
      errors.push(...nearest(problems));
    } else if (valid > 1) refuse(`must validate one and only one schema (oneOf). Found ${valid} valid alternatives`);
  }
  if (schema.allOf !== undefined) {
    const problems = schema.allOf.map(problemsOf);
    const valid = problems.filter((one) => one.length === 0).length;
    if (valid < problems.length) {
      refuse(`must validate all the schemas (allOf)${valid === 0 ? ". None validated" : ""}`);
      errors.push(...problems.flat());
    }
  }
  if (schema.not !== undefined && problemsOf(schema.not).length === 0) refuse("must not validate the schema (not)");
}

function nearest(problems: readonly (readonly FieldError[])[]): readonly FieldError[] {
  return problems.reduce((best, one) => (one.length < best.length ? one : best), problems[0] ?? []);
}

function checkText(errors: FieldError[], path: string, value: string, schema: JsonSchema): void {
  const { maxLength, minLength, pattern } = schema;
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(pathOf(path), maxLength));
  else if (minLength !== undefined && length < minLength)
    errors.push(failure(path, value, `should be at least ${minLength} chars long`));
  else if (pattern !== undefined && regularExpression(pattern)?.test(value) === false)
    errors.push(failure(path, value, `should match '${pattern}'`));
}

function checkNumber(errors: FieldError[], path: string, value: number, schema: JsonSchema): void {
  const { multipleOf, maximum, minimum } = schema;
  if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(value / multipleOf))
    errors.push(failure(path, value, `should be a multiple of ${multipleOf}`));
  if (maximum !== undefined && (value > maximum || (schema.exclusiveMaximum === true && value === maximum)))
    errors.push(
      failure(path, value, `should be less than ${schema.exclusiveMaximum === true ? "" : "or equal to "}${maximum}`),
    );
  if (minimum !== undefined && (value < minimum || (schema.exclusiveMinimum === true && value === minimum)))
    errors.push(
      failure(
        path,
        value,
        `should be greater than ${schema.exclusiveMinimum === true ? "" : "or equal to "}${minimum}`,
      ),
    );
}

function tooMany(path: string, actual: number, max: number): FieldError {
  return { type: "FieldValueTooMany", field: pathOf(path), value: actual, detail: `must have at most ${max} items` };
}

function checkList(
  errors: FieldError[],
  path: string,
  value: readonly unknown[],
  schema: JsonSchema,
  old: Old,
  depth: number,
): void {
  const { items, maxItems, minItems } = schema;
  if (items !== undefined) {
    const before = itemsBefore(schema, old);
    for (const [index, item] of value.entries())
      check(errors, `${path}[${index}]`, item, items, before(item, index), depth + 1);
  }
  if (minItems !== undefined && value.length < minItems)
    errors.push(failure(path, value.length, `should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) errors.push(tooMany(path, value.length, maxItems));
}

/** Finds what an item was before: by its keys in a list that is a map, nowhere in another list. */
function itemsBefore(schema: JsonSchema, old: Old): (item: unknown, index: number) => Old {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (old === null || !Array.isArray(old.value) || keys === undefined) return () => null;
  const byKey = new Map(old.value.map((item) => [keyOfItem(item, keys), item]));
  return (item) => {
    const key = keyOfItem(item, keys);
    return byKey.has(key) ? { value: byKey.get(key) } : null;
  };
}

function keyOfItem(item: unknown, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => (isJsonObject(item) ? (item[key] ?? null) : null)));
}

function checkObject(
  errors: FieldError[],
  path: string,
  value: JsonObject,
  schema: JsonSchema,
  old: Old,
  depth: number,
): void {
  const { properties, minProperties, maxProperties } = schema;
  const count = Object.keys(value).length;
  if (minProperties !== undefined && count < minProperties) {
    errors.push(failure(path, count, `should have at least ${minProperties} properties`));
    return;
  }
  if (maxProperties !== undefined && count > maxProperties) {
    errors.push(tooMany(path, count, maxProperties));
    return;
  }
  const below = (field: string) => (path === "" ? field : `${path}.${field}`);
  for (const field of schema.required ?? []) if (value[field] === undefined) errors.push(required(below(field)));
  if (isEmbedded(schema)) checkEmbedded(errors, path, value);
  const before = (field: string): Old =>
    old !== null && isJsonObject(old.value) && old.value[field] !== undefined ? { value: old.value[field] } : null;
  const values = valuesOf(schema);
  for (const field of Object.keys(value).sort()) {
    if (value[field] === undefined) continue;
    const isProperty = properties !== undefined && Object.hasOwn(properties, field);
    if (path === "" && (field === "metadata" || field === "apiVersion" || field === "kind")) continue;
    const inner = isProperty ? properties[field] : values;
    if (inner !== undefined) check(errors, below(field), value[field], inner, before(field), depth + 1);
    else if (schema.additionalProperties === false && !preservesUnknown(schema))
      errors.push(failure(path, field, "is a forbidden property"));
  }
}

/** A resource inside of another one says what it is. */
function checkEmbedded(errors: FieldError[], path: string, value: JsonObject): void {
  for (const field of ["apiVersion", "kind"]) {
    if (value[field] === undefined || value[field] === "")
      errors.push(required(`${path}.${field}`, "must not be empty"));
  }
}

/** Lists that are sets or maps hold nothing twice. */
function checkLists(errors: FieldError[], path: string, value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) {
    const type = schema["x-kubernetes-list-type"];
    if (type === "set" || type === "map") {
      const keys = schema["x-kubernetes-list-map-keys"] ?? [];
      const seen = new Set<string>();
      for (const [index, item] of value.entries()) {
        const shown = type === "set" ? item : pick(item, keys);
        const key = JSON.stringify(shown);
        if (seen.has(key))
          errors.push({ type: "FieldValueDuplicate", field: `${path}[${index}]`, value: shown, detail: "" });
        seen.add(key);
      }
    }
    const { items } = schema;
    if (items !== undefined)
      for (const [index, item] of value.entries()) checkLists(errors, `${path}[${index}]`, item, items);
    return;
  }
  if (!isJsonObject(value)) return;
  const values = valuesOf(schema);
  for (const field of Object.keys(value).sort()) {
    const inner = schema.properties?.[field] ?? values;
    if (inner !== undefined) checkLists(errors, path === "" ? field : `${path}.${field}`, value[field], inner);
  }
}

function pick(item: unknown, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => (isJsonObject(item) && item[key] !== undefined ? [[key, item[key]]] : [])),
  );
}
