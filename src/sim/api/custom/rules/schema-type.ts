/** How rules see the values of a schema: their types, and the names of their fields (apiserver's `cel/common`). */
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  objectType,
  STRING,
  TIMESTAMP,
} from "../../cel/types.ts";
import { isEmbedded, type JsonSchema, valuesOf } from "../json-schema.ts";

const RESERVED =
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  );

/** A property's name as rules write it; null: they cannot. */
export function escapedName(name: string): string | null {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return null;
  if (RESERVED.includes(name)) return `__${name}__`;
  return name
    .replaceAll("__", "__underscores__")
    .replaceAll(".", "__dot__")
    .replaceAll("-", "__dash__")
    .replaceAll("/", "__slash__");
}

const METADATA_SCHEMA: JsonSchema = Object.freeze({
  type: "object",
  properties: { name: { type: "string" }, generateName: { type: "string" } },
});
const TEXT: JsonSchema = Object.freeze({ type: "string" });

/** Cache: properties with those that a resource has without saying so. */
const completed = new WeakMap<JsonSchema, Readonly<Record<string, JsonSchema>>>();

/** The properties that rules see. `isResource`: at the root, or of an embedded one. */
export function visibleProperties(schema: JsonSchema, isResource: boolean): Readonly<Record<string, JsonSchema>> {
  if (!isResource) return schema.properties ?? {};
  const known = completed.get(schema);
  if (known !== undefined) return known;
  const all = { ...schema.properties, kind: TEXT, apiVersion: TEXT, metadata: METADATA_SCHEMA };
  completed.set(schema, all);
  return all;
}

/** Null: rules see nothing of it. */
export function celTypeOf(schema: JsonSchema, isResource: boolean, name: string): CelType | null {
  if (schema["x-kubernetes-int-or-string"] === true) return DYN;
  switch (schema.type) {
    case "array": {
      const items =
        schema.items === undefined ? null : celTypeOf(schema.items, isEmbedded(schema.items), `${name}.@idx`);
      return items === null ? null : listOf(items);
    }
    case "object":
      return typeOfObject(schema, isResource, name);
    case "string":
      return typeOfText(schema.format ?? "");
    case "boolean":
      return BOOL;
    case "integer":
      return INT;
    case "number":
      return DOUBLE;
    default:
      return null;
  }
}

function typeOfObject(schema: JsonSchema, isResource: boolean, name: string): CelType | null {
  const values = valuesOf(schema);
  if (values !== undefined) {
    const type = celTypeOf(values, isEmbedded(values), `${name}.@elem`);
    return type === null ? null : mapOf(STRING, type);
  }
  const fields = new Map<string, CelType>();
  for (const [property, inner] of Object.entries(visibleProperties(schema, isResource))) {
    const escaped = escapedName(property);
    const type = escaped === null ? null : celTypeOf(inner, isEmbedded(inner), `${name}.${property}`);
    if (type !== null) fields.set(escaped!, type);
  }
  return objectType(name, fields);
}

function typeOfText(format: string): CelType {
  if (format === "byte") return BYTES;
  if (format === "duration") return DURATION;
  return format === "date" || format === "date-time" ? TIMESTAMP : STRING;
}
