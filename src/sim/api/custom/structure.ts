/** What a schema must be to be structural: every field has one type, and only one place says which fields there are. */
import { type FieldError, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { regularExpression } from "./go-regexp.ts";
import { isEmbedded, isJsonObject, type JsonObject, type JsonSchema, preservesUnknown } from "./json-schema.ts";
import { prune } from "./prune.ts";
import { checkRuleExpressions, checkRuleTexts } from "./rules/check-rules.ts";
import { validateValue } from "./validate-value.ts";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];
const UNSUPPORTED = [
  "$ref",
  "$schema",
  "additionalItems",
  "definitions",
  "dependencies",
  "id",
  "patternProperties",
] as const;
/** Where alternatives are told apart only values are spoken of. */
const STRUCTURAL_ONLY = [
  "additionalProperties",
  "default",
  "description",
  "nullable",
  "title",
  "type",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-preserve-unknown-fields",
] as const;
const DEPTH_MAX = 100;

type Level = "root" | "field" | "item" | "values";

const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  root: "at the root",
  field: "for specified object fields",
  item: "for specified array items",
  values: "for specified object values",
};

export function checkStructure(errors: FieldError[], path: string, schema: JsonSchema): void {
  const before = errors.length;
  checkLevel(errors, path, schema, "root", 0);
  // Of a schema that is none nobody can say what a rule means.
  if (errors.length === before) checkRuleExpressions(errors, path, schema);
}

function checkLevel(errors: FieldError[], path: string, schema: JsonSchema, level: Level, depth: number): void {
  if (depth > DEPTH_MAX) {
    errors.push(forbidden(path, "is nested too deeply"));
    return;
  }
  checkOwnType(errors, path, schema, level);
  for (const keyword of UNSUPPORTED)
    if (schema[keyword] !== undefined) errors.push(forbidden(`${path}.${keyword}`, `${keyword} is not supported`));
  if (schema.uniqueItems === true)
    errors.push(
      forbidden(
        `${path}.uniqueItems`,
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
      ),
    );
  if (schema.pattern !== undefined && regularExpression(schema.pattern) === null)
    errors.push(invalid(`${path}.pattern`, schema.pattern, "must be a valid regular expression"));
  if (schema.properties !== undefined && schema.additionalProperties !== undefined)
    errors.push(
      schema.additionalProperties === false
        ? forbidden(`${path}.additionalProperties`, "additionalProperties cannot be set to false")
        : forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive"),
    );
  else if (schema.additionalProperties === false)
    errors.push(forbidden(`${path}.additionalProperties`, "additionalProperties cannot be set to false"));
  if (level === "root" && schema["x-kubernetes-embedded-resource"] === true && schema.nullable === true)
    errors.push(forbidden(`${path}.nullable`, "nullable cannot be true at the root"));
  else if (level === "root" && schema.nullable === true)
    errors.push(forbidden(`${path}.nullable`, "nullable cannot be true at the root"));
  checkListType(errors, path, schema);
  checkRuleTexts(errors, path, schema);
  checkAlternatives(errors, path, schema);
  checkDefault(errors, path, schema);
  if (level === "root" || isEmbedded(schema)) checkMetadata(errors, path, schema);
  for (const [field, inner] of Object.entries(schema.properties ?? {}))
    checkLevel(errors, `${path}.properties[${field}]`, inner, "field", depth + 1);
  if (schema.items !== undefined && isJsonObject(schema.items))
    checkLevel(errors, `${path}.items`, schema.items, "item", depth + 1);
  if (typeof schema.additionalProperties === "object")
    checkLevel(errors, `${path}.additionalProperties`, schema.additionalProperties, "values", depth + 1);
}

function checkOwnType(errors: FieldError[], path: string, schema: JsonSchema, level: Level): void {
  const { type } = schema;
  const field = `${path}.type`;
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (type !== undefined) errors.push(invalid(field, type, "must be empty if x-kubernetes-int-or-string is true"));
    return;
  }
  if (type === undefined || type === "") {
    if (preservesUnknown(schema) && level !== "root") return;
    errors.push(required(field, `must not be empty ${LEVEL_NAMES[level]}`));
    return;
  }
  if (!TYPES.includes(type)) {
    errors.push(notSupported(field, type, TYPES));
    return;
  }
  if (level === "root" && type !== "object") errors.push(invalid(field, type, "must be object at the root"));
  if (isEmbedded(schema) && type !== "object")
    errors.push(invalid(field, type, "must be object if x-kubernetes-embedded-resource is true"));
  if (type === "array" && schema.items === undefined) errors.push(required(`${path}.items`, "must be specified"));
  else if (Array.isArray(schema.items))
    errors.push(forbidden(`${path}.items`, "items must be a schema object and not an array"));
  if (isEmbedded(schema) && !preservesUnknown(schema) && schema.properties === undefined)
    errors.push(
      required(
        `${path}.properties`,
        "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
      ),
    );
}

function checkListType(errors: FieldError[], path: string, schema: JsonSchema): void {
  if (schema["x-kubernetes-preserve-unknown-fields"] === false)
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined"));
  checkMapType(errors, path, schema);
  const type = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const field = `${path}.x-kubernetes-list-type`;
  if (type !== undefined && schema.type !== "array")
    errors.push(typeMustBe(path, schema, "must be array if x-kubernetes-list-type is specified"));
  else if (type === "set" && schema.items !== undefined) checkSetItems(errors, `${path}.items`, schema.items);
  if (type !== undefined && !LIST_TYPES.includes(type)) errors.push(notSupported(field, type, LIST_TYPES));
  if (keys.length > 0 && type !== "map") {
    const why = "must be map if x-kubernetes-list-map-keys is non-empty";
    errors.push(type === undefined ? required(field, why) : invalid(field, type, why));
  }
  if (type === "map") checkKeyedList(errors, path, schema, keys);
}

const LIST_TYPES = ["atomic", "set", "map"];

function typeMustBe(path: string, { type }: JsonSchema, why: string): FieldError {
  return type === undefined || type === "" ? required(`${path}.type`, why) : invalid(`${path}.type`, type, why);
}

function checkMapType(errors: FieldError[], path: string, schema: JsonSchema): void {
  const type = schema["x-kubernetes-map-type"];
  if (type === undefined) return;
  if (schema.type !== "object")
    errors.push(typeMustBe(path, schema, "must be object if x-kubernetes-map-type is specified"));
  if (type !== "atomic" && type !== "granular")
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, type, ["atomic", "granular"]));
}

/** Elements of a set are compared as a whole. */
function checkSetItems(errors: FieldError[], path: string, items: JsonSchema): void {
  const why = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const [listType, mapType] = [items["x-kubernetes-list-type"], items["x-kubernetes-map-type"]];
  if (items.type === "array" && listType !== undefined && listType !== "atomic")
    errors.push(invalid(`${path}.x-kubernetes-list-type`, listType, why));
  if (items.type === "object" && mapType !== "atomic")
    errors.push(invalid(`${path}.x-kubernetes-map-type`, listType, why));
}

function checkKeyedList(errors: FieldError[], path: string, schema: JsonSchema, keys: readonly string[]): void {
  const field = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) errors.push(required(field, "must not be empty if x-kubernetes-list-type is map"));
  const { items } = schema;
  if (items === undefined) {
    errors.push(required(`${path}.items`, "must have a schema if x-kubernetes-list-type is map"));
    return;
  }
  if (items.type !== "object") {
    errors.push(
      invalid(`${path}.items.type`, items.type ?? "", "must be object if parent array's x-kubernetes-list-type is map"),
    );
    return;
  }
  for (const [index, key] of keys.entries()) {
    const inner = items.properties?.[key];
    if (inner === undefined) errors.push(invalid(field, keys, "entries must all be names of item properties"));
    else if (inner.type === "array" || inner.type === "object")
      errors.push(
        invalid(
          `${path}.items.properties[${key}].type`,
          items.type,
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      );
    else if (!(items.required ?? []).includes(key) && inner.default === undefined)
      errors.push(
        required(
          `${path}.items.properties[${key}].default`,
          "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
        ),
      );
    if (keys.indexOf(key) < index) errors.push(invalid(field, keys, "must not contain duplicate entries"));
  }
}

function checkAlternatives(errors: FieldError[], path: string, schema: JsonSchema): void {
  const parts: [string, JsonSchema][] = [];
  for (const keyword of ["allOf", "anyOf", "oneOf"] as const)
    for (const [index, part] of (schema[keyword] ?? []).entries()) parts.push([`${path}.${keyword}[${index}]`, part]);
  if (schema.not !== undefined) parts.push([`${path}.not`, schema.not]);
  for (const [at, part] of parts) checkNested(errors, at, part, schema);
}

/** An alternative says nothing of structure, and speaks only of fields that the structure has. */
function checkNested(errors: FieldError[], path: string, part: JsonSchema, outer: JsonSchema | undefined): void {
  const isIntOrString = outer?.["x-kubernetes-int-or-string"] === true;
  for (const keyword of STRUCTURAL_ONLY) {
    if (part[keyword] === undefined || (keyword === "type" && isIntOrString)) continue;
    errors.push(forbidden(`${path}.${keyword}`, "must be empty to be structural"));
  }
  for (const [field, inner] of Object.entries(part.properties ?? {})) {
    const below = outer?.properties?.[field];
    if (below === undefined && !(outer !== undefined && preservesUnknown(outer))) {
      const place = path.replace(/\.(allOf|anyOf|oneOf|not)\b.*$/, "");
      errors.push(required(`${place}.properties[${field}]`, `because it is defined in ${path}.properties[${field}]`));
    }
    checkNested(errors, `${path}.properties[${field}]`, inner, below);
  }
  if (part.items !== undefined) {
    if (outer?.items === undefined)
      errors.push(
        required(
          `${path.replace(/\.(allOf|anyOf|oneOf|not)\b.*$/, "")}.items`,
          `because it is defined in ${path}.items`,
        ),
      );
    checkNested(errors, `${path}.items`, part.items, outer?.items);
  }
  checkAlternatives(errors, path, part);
}

/** A default fits the schema and holds nothing that would be pruned. */
function checkDefault(errors: FieldError[], path: string, schema: JsonSchema): void {
  const { default: value } = schema;
  if (value === undefined) return;
  const unknown: string[] = [];
  prune(value, schema, isEmbedded(schema), unknown);
  const field = `${path}.default`;
  if (unknown.length > 0) errors.push(invalid(field, value, "must not have unknown fields"));
  const wrapped: JsonObject = { value };
  for (const error of validateValue(wrapped, { type: "object", properties: { value: schema } }))
    errors.push({
      ...error,
      field: field + error.field.replace(/^value/, ""),
      detail: error.detail.replace(/^value/, field),
    });
}

function checkMetadata(errors: FieldError[], path: string, schema: JsonSchema): void {
  const metadata = schema.properties?.metadata;
  if (metadata === undefined) return;
  const field = `${path}.properties[metadata]`;
  if (metadata.type !== undefined && metadata.type !== "object")
    errors.push(invalid(`${field}.type`, metadata.type, "must be object"));
  const others = Object.keys(metadata.properties ?? {}).filter((name) => name !== "name" && name !== "generateName");
  if (others.length > 0)
    errors.push(
      forbidden(
        field,
        "must not specify anything other than name and generateName, but metadata is implicitly specified",
      ),
    );
}
