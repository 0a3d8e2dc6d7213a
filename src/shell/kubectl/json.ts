/** JSON values, and reaching into them without knowing their shape. */
import { isObject, type Json, type JsonObject } from "../../sim/api/go-json.ts";

export {
  canonicalJson,
  compareText,
  goEscape,
  isObject,
  type Json,
  type JsonObject,
  sortDeep,
  sortedKeys,
} from "../../sim/api/go-json.ts";

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function objectsOf(value: unknown): readonly JsonObject[] {
  return listOf(value).filter(isObject);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** What stands at a path of field names; undefined where it leads nowhere. */
export function at(value: unknown, ...path: readonly string[]): Json | undefined {
  let here: unknown = value;
  for (const key of path) {
    if (!isObject(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here as Json | undefined;
}

/** A copy with `value` at the path; undefined removes it. What lies beside the path is shared. */
export function withAt(object: JsonObject, path: readonly string[], value: Json | undefined): JsonObject {
  const [first, ...rest] = path;
  if (first === undefined) return object;
  if (rest.length > 0) return { ...object, [first]: withAt(objectOf(object[first]), rest, value) };
  if (value !== undefined) return { ...object, [first]: value };
  return without(object, first);
}

export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
