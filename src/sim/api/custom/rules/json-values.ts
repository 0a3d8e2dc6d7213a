/** A custom resource's JSON as rules see it, by its schema. */
import { bytesOfBase64 } from "../../cel/library/strings.ts";
import { parseDuration, parseTimestamp } from "../../cel/library/times.ts";
import { CelFault, type CelMapping, type CelSequence, type CelValue } from "../../cel/values.ts";
import { canonicalText } from "../../hash.ts";
import { isEmbedded, isJsonObject, type JsonObject, type JsonSchema, valuesOf } from "../json-schema.ts";
import { escapedName, visibleProperties } from "./schema-type.ts";

const ANYTHING: JsonSchema = Object.freeze({});

export function celValueOf(value: unknown, schema: JsonSchema, isResource: boolean): CelValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return listOfJson(value, schema);
  if (isJsonObject(value)) return objectOfJson(value, schema, isResource);
  if (typeof value === "string") return textOfJson(value, schema);
  if (typeof value === "number") return numberOfJson(value, schema);
  return value as boolean;
}

function numberOfJson(value: number, { type }: JsonSchema): CelValue {
  return type !== "number" && Number.isInteger(value) ? BigInt(value) : value;
}

function textOfJson(value: string, { type, format }: JsonSchema): CelValue {
  if (type !== "string") return value;
  switch (format) {
    case "byte":
      return bytesOfBase64(value) ?? fault(value, "byte");
    case "duration":
      return parseDuration(value) ?? fault(value, "duration");
    case "date":
      return parseTimestamp(`${value}T00:00:00Z`) ?? fault(value, "date");
    case "date-time":
      return parseTimestamp(value) ?? fault(value, "date-time");
    default:
      return value;
  }
}

function fault(value: string, format: string): never {
  throw new CelFault(`invalid ${format} ${JSON.stringify(value)}`);
}

function listOfJson(value: readonly unknown[], schema: JsonSchema): CelSequence {
  const items = schema.items ?? ANYTHING;
  const made: CelValue[] = [];
  const type = schema["x-kubernetes-list-type"];
  const list: CelSequence = {
    kind: "list",
    length: value.length,
    at: (index) => {
      made[index] ??= celValueOf(value[index], items, isEmbedded(items));
      return made[index];
    },
  };
  if (type === "set") return { ...list, identity: { type } };
  if (type === "map") {
    const keys = (schema["x-kubernetes-list-map-keys"] ?? []).map((key) => escapedName(key) ?? key);
    return { ...list, identity: { type, keys } };
  }
  return list;
}

function objectOfJson(value: JsonObject, schema: JsonSchema, isResource: boolean): CelMapping {
  const values = valuesOf(schema);
  const isMap = values !== undefined || schema.type === undefined;
  const inner = isMap ? mapFields(value, values ?? ANYTHING) : objectFields(value, schema, isResource);
  const made = new Map<string, CelValue>();
  return {
    kind: "map",
    typeName: isMap ? "map" : "object",
    ...(isMap ? {} : { hidden: hiddenText(value, schema, isResource) }),
    keys: () => [...inner.keys()],
    get: (key) => {
      if (typeof key !== "string") return undefined;
      const before = made.get(key);
      if (before !== undefined) return before;
      const field = inner.get(key);
      if (field === undefined) return undefined;
      const found = celValueOf(field.value, field.schema, isEmbedded(field.schema));
      made.set(key, found);
      return found;
    },
  };
}

interface Field {
  readonly value: unknown;
  readonly schema: JsonSchema;
}

function mapFields(value: JsonObject, schema: JsonSchema): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const [key, inner] of Object.entries(value)) if (inner !== undefined) fields.set(key, { value: inner, schema });
  return fields;
}

/** Fields that rules cannot name. */
function hiddenText(value: JsonObject, schema: JsonSchema, isResource: boolean): string {
  const visible = visibleProperties(schema, isResource);
  const names = Object.keys(value).filter((name) => escapedName(name) === null || !Object.hasOwn(visible, name));
  return names.length === 0 ? "" : canonicalText(Object.fromEntries(names.map((name) => [name, value[name]])));
}

/** By the names that rules use. */
function objectFields(value: JsonObject, schema: JsonSchema, isResource: boolean): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, inner] of Object.entries(visibleProperties(schema, isResource))) {
    const escaped = escapedName(name);
    // A field that is null is not there.
    if (escaped !== null && value[name] !== undefined && value[name] !== null)
      fields.set(escaped, { value: value[name], schema: inner });
  }
  return fields;
}
