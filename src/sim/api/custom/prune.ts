/** Unknown fields and default values by a structural schema (apiextensions-apiserver `pkg/apiserver/schema`). */
import { OBJECT_META, structOf } from "../schema/schema.ts";
import {
  isEmbedded,
  isJsonObject,
  type JsonObject,
  type JsonSchema,
  preservesUnknown,
  schemaOfField,
  TYPE_META,
  valuesOf,
} from "./json-schema.ts";

const UNKNOWN_MAX = 100;
const OBJECT_META_FIELDS: ReadonlyMap<string, unknown> = structOf(OBJECT_META).fields;

/** `value` without the fields that the schema does not know; their paths go to `unknown`. Shares what is fine. */
export function prune(
  value: unknown,
  schema: JsonSchema,
  isResource: boolean,
  unknown: string[] = [],
  path = "",
): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    return mapList(value, (item, index) => prune(item, items, isEmbedded(items), unknown, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return value;
  let result: Record<string, unknown> | null = null;
  const values = valuesOf(schema);
  const keepsUnknown = preservesUnknown(schema) || schema.additionalProperties === true;
  for (const key of Object.keys(value)) {
    if (isResource && TYPE_META.has(key)) {
      const own =
        path === "" || key !== "metadata" ? value[key] : prunedMetadata(value[key], `${path}.metadata`, unknown);
      if (own === value[key]) continue;
      result ??= { ...value };
      result[key] = own;
      continue;
    }
    const inner =
      schema.properties !== undefined && Object.hasOwn(schema.properties, key) ? schema.properties[key] : values;
    const at = path === "" ? key : `${path}.${key}`;
    if (inner === undefined) {
      if (keepsUnknown) continue;
      if (unknown.length < UNKNOWN_MAX) unknown.push(at);
      result ??= { ...value };
      delete result[key];
      continue;
    }
    const kept = prune(value[key], inner, isEmbedded(inner), unknown, at);
    if (kept === value[key]) continue;
    result ??= { ...value };
    result[key] = kept;
  }
  return result ?? value;
}

/** Metadata of a resource inside of another one; the outer one's is decoded before it comes here. */
function prunedMetadata(metadata: unknown, path: string, unknown: string[]): unknown {
  if (!isJsonObject(metadata)) return metadata;
  let result: Record<string, unknown> | null = null;
  for (const key of Object.keys(metadata)) {
    if (OBJECT_META_FIELDS.has(key)) continue;
    if (unknown.length < UNKNOWN_MAX) unknown.push(`${path}.${key}`);
    result ??= { ...metadata };
    delete result[key];
  }
  return result ?? metadata;
}

/**
 * With the schema's defaults where a field is missing, or null though it may not be; other nulls that may not be are
 * dropped.
 */
export function withDefaults(value: unknown, schema: JsonSchema): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : mapList(value, (item) => withDefaults(item, items));
  }
  if (!isJsonObject(value)) return value;
  let result: Record<string, unknown> | null = null;
  const set = (key: string, next: unknown): void => {
    result ??= { ...value };
    if (next === undefined) delete result[key];
    else result[key] = next;
  };
  const { properties = NONE } = schema;
  for (const key in properties) {
    const inner = properties[key] as JsonSchema;
    const isNull = value[key] === null && inner.nullable !== true;
    if (value[key] !== undefined && !isNull) continue;
    if (inner.default !== undefined) set(key, inner.default);
    else if (isNull) set(key, undefined);
  }
  const filled: JsonObject = result ?? value;
  for (const key of Object.keys(filled)) {
    const inner = schemaOfField(schema, key);
    if (inner === undefined) continue;
    const next = withDefaults(filled[key], inner);
    if (next !== filled[key]) set(key, next);
  }
  return result ?? value;
}

const NONE: Readonly<Record<string, JsonSchema>> = Object.freeze({});

function mapList(list: readonly unknown[], change: (item: unknown, index: number) => unknown): readonly unknown[] {
  let result: unknown[] | null = null;
  for (const [index, item] of list.entries()) {
    const next = change(item, index);
    if (next === item) continue;
    result ??= [...list];
    result[index] = next;
  }
  return result ?? list;
}
