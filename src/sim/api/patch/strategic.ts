/**
 * Strategic merge patch: as a merge patch, but lists that the schema names are merged by key, and directives
 * (`$patch`, `$retainKeys`, `$setElementOrder/f`, `$deleteFromPrimitiveList/f`) say what a merge cannot.
 */

import { withFields } from "../../kernel/records.ts";
import { equalJson } from "../equal.ts";
import { type FieldType, type StructType, structAt, structOfField } from "../schema/schema.ts";
import { goFormat, isRecord, type JsonRecord, PatchError } from "./json.ts";
import {
  normalizeElementOrder,
  ORDER_PREFIX,
  PATCH_DIRECTIVE,
  Places,
  PRIMITIVE_DELETE_PREFIX,
  partition,
  RETAIN_KEYS_DIRECTIVE,
  sameElement,
} from "./strategic-order.ts";

export interface MergeOptions {
  /** True when a patch is applied to an object; false when two patches are made one. */
  readonly applying: boolean;
}

/** The patched object; shares what the patch leaves alone. Throws PatchError. */
export function applyStrategicPatch(original: JsonRecord, patch: JsonRecord, schema: StructType): JsonRecord {
  return mergeMap(original, patch, schema, { applying: true });
}

export function mergeMap(
  original: JsonRecord,
  patch: JsonRecord,
  schema: StructType | undefined,
  options: MergeOptions,
): JsonRecord {
  const directive = patch[PATCH_DIRECTIVE];
  if (directive !== undefined) {
    if (directive === "replace") return without(patch, PATCH_DIRECTIVE);
    if (directive === "delete") return {};
    throw unknownPatchType(directive, patch);
  }
  const result: Record<string, unknown> = withFields(original, {});
  const rest: Record<string, unknown> = withFields(patch, {});
  applyRetainKeys(result, rest, options);
  mergeOrderedLists(result, rest, schema, options);
  for (const key of Object.keys(rest)) mergeField(result, key, rest[key], schema, options);
  return result;
}

function mergeField(
  result: Record<string, unknown>,
  patchKey: string,
  change: unknown,
  schema: StructType | undefined,
  options: MergeOptions,
): void {
  const deletes = patchKey.startsWith(PRIMITIVE_DELETE_PREFIX);
  if (deletes && !options.applying) {
    result[patchKey] = change;
    return;
  }
  const key = deletes ? patchKey.slice(PRIMITIVE_DELETE_PREFIX.length) : patchKey;
  if (change === null) {
    delete result[key];
    if (options.applying) return;
  }
  const before = result[key];
  const type = schema?.fields.get(key);
  if (isRecord(before) && isRecord(change)) result[key] = mergeRecord(before, change, type, options);
  else if (Array.isArray(before) && Array.isArray(change)) {
    result[key] =
      type?.type === "list" && type.mergeKey !== null ? mergeList(before, change, type, deletes, options) : change;
  } else if (!deletes) {
    // Nothing to merge with: what is new is taken, but for what it says of the old.
    const taken = withoutDirectives(options.applying ? withoutNulls(change) : change);
    if (taken === undefined) delete result[key];
    else result[key] = taken;
  }
}

function mergeRecord(
  before: JsonRecord,
  change: JsonRecord,
  type: FieldType | undefined,
  options: MergeOptions,
): unknown {
  if (type?.type === "struct") {
    return type.replace ? change : mergeMap(before, change, structAt(type.index), options);
  }
  return mergeMap(before, change, undefined, options);
}

type ListType = FieldType & { readonly type: "list" };

function mergeList(
  original: readonly unknown[],
  patch: readonly unknown[],
  type: ListType,
  deletes: boolean,
  options: MergeOptions,
): readonly unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  const key = type.mergeKey!;
  if (key === "") {
    const merged = deletes ? partition(original, patch, "")[1] : unique([...original, ...patch]);
    const [named, others] = partition(merged, patch, key);
    return normalizeElementOrder(named, others, patch, original, key);
  }
  const { merged, remaining, rest } = mergeKeyedList(original, patch, type, options);
  const [named, others] = partition(merged, rest, key);
  return normalizeElementOrder(named, others, rest, remaining, key);
}

interface KeyedMerge {
  readonly merged: readonly unknown[];
  /** The original without what was deleted. */
  readonly remaining: readonly unknown[];
  /** The patch without directives. */
  readonly rest: readonly unknown[];
}

function mergeKeyedList(
  original: readonly unknown[],
  patch: readonly unknown[],
  type: ListType,
  options: MergeOptions,
): KeyedMerge {
  const key = type.mergeKey!;
  const deleted: JsonRecord[] = [];
  const rest: JsonRecord[] = [];
  let replaces = false;
  for (const entry of patch) {
    if (!isRecord(entry)) throw new PatchError("expected a record in a list that is merged by key");
    const directive = entry[PATCH_DIRECTIVE];
    if (directive === undefined) rest.push(entry);
    else if (directive === "delete") {
      const value = mergeKeyOf(entry, key);
      // Between two patches a deletion is an entry like any other.
      if (options.applying) deleted.push({ [key]: value });
      else rest.push(entry);
    } else if (directive === "replace") replaces = true;
    else if (directive === "merge") throw new PatchError("delete and merge are not supported in a list");
    else throw unknownPatchType(directive, entry);
  }
  if (replaces) return { merged: rest, remaining: rest, rest };
  const [, remaining] = deleted.length === 0 ? [[], original] : partition(original, deleted, key);
  const merged = [...remaining];
  const places = new Places(merged, key);
  const items = structOfField(type.items);
  for (const entry of rest) {
    mergeKeyOf(entry, key);
    const at = places.of(entry);
    if (at < 0) {
      merged.push(options.applying ? withoutNulls(entry) : entry);
      places.add(entry);
    } else merged[at] = mergeMap(merged[at] as JsonRecord, entry, items, options);
  }
  return { merged, remaining, rest };
}

function mergeKeyOf(entry: JsonRecord, key: string): unknown {
  if (entry[key] === undefined) {
    throw new PatchError(`map: ${goFormat(entry)} does not contain declared merge key: ${key}`);
  }
  return entry[key];
}

function applyRetainKeys(result: Record<string, unknown>, patch: Record<string, unknown>, options: MergeOptions): void {
  const retained = patch[RETAIN_KEYS_DIRECTIVE];
  if (retained === undefined) return;
  if (!Array.isArray(retained)) throw new PatchError("Invalid patch format for retainKeys: $retainKeys must be a list");
  delete patch[RETAIN_KEYS_DIRECTIVE];
  if (!options.applying) {
    const known = result[RETAIN_KEYS_DIRECTIVE];
    if (known !== undefined && !equalJson(known, retained)) {
      throw new PatchError(`retainKeys conflict: ${goFormat(known)} and ${goFormat(retained)}`);
    }
    result[RETAIN_KEYS_DIRECTIVE] = retained;
    return;
  }
  const names = new Set<unknown>(retained);
  for (const key of Object.keys(patch)) {
    const plain = key.startsWith("$") ? key.slice(key.indexOf("/") + 1) : key;
    if (patch[key] !== null && !names.has(plain)) {
      throw new PatchError(
        "$retainKeys directive is not in the correct format: all keys that are set must be retained",
      );
    }
  }
  for (const key of Object.keys(result)) if (!names.has(key)) delete result[key];
}

/** Carries out `$setElementOrder/f`: merges the list f, if any, and brings it in order. */
function mergeOrderedLists(
  result: Record<string, unknown>,
  patch: Record<string, unknown>,
  schema: StructType | undefined,
  options: MergeOptions,
): void {
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(ORDER_PREFIX)) continue;
    const order = patch[directive];
    if (!Array.isArray(order)) throw new PatchError(`the value of ${directive} must be a list`);
    delete patch[directive];
    if (!options.applying) result[directive] = order;
    const field = directive.slice(ORDER_PREFIX.length);
    const type = schema?.fields.get(field);
    if (type?.type !== "list" || type.mergeKey === null) {
      throw new PatchError(`${directive} is for lists that are merged, and ${field} is none`);
    }
    const before = result[field] as readonly unknown[] | undefined;
    const change = patch[field] as readonly unknown[] | undefined | null;
    if (change !== undefined && !Array.isArray(change)) continue;
    if (change) checkOrder(change, order, type.mergeKey);
    if (before === undefined && change === undefined) continue;
    const merged = mergedForOrder(before, change as readonly unknown[] | undefined, type, options);
    const [named, others] = partition(merged, order, type.mergeKey);
    // Upstream's list shifts in place where entries are deleted, so that new ones count as the server's; so do these.
    const serverOrder = before && change && type.mergeKey !== "" ? merged.slice(0, before.length) : (before ?? []);
    result[field] = normalizeElementOrder(named, others, order, serverOrder, type.mergeKey);
    delete patch[field];
  }
}

function mergedForOrder(
  before: readonly unknown[] | undefined,
  change: readonly unknown[] | undefined,
  type: ListType,
  options: MergeOptions,
): readonly unknown[] {
  if (change === undefined) return before!;
  if (before === undefined) return withoutDirectives(change) as readonly unknown[];
  if (type.mergeKey === "") return unique([...before, ...change]);
  return mergeKeyedList(before, change, type, options).merged;
}

function checkOrder(patch: readonly unknown[], order: readonly unknown[], key: string): void {
  const entries = patch.filter((one) => !(isRecord(one) && one[PATCH_DIRECTIVE] === "delete"));
  let at = 0;
  for (const entry of entries) {
    while (at < order.length && !sameElement(order[at], entry, key)) at++;
    if (at++ >= order.length) {
      throw new PatchError(
        `The order in patch list:\n${goFormat(patch)}\n doesn't match $setElementOrder list:\n${goFormat(order)}\n`,
      );
    }
  }
}

function unknownPatchType(directive: unknown, patch: JsonRecord): PatchError {
  return new PatchError(`unknown patch type: ${goFormat(directive)} in map: ${goFormat(patch)}`);
}

function without(record: JsonRecord, key: string): JsonRecord {
  const { [key]: _gone, ...rest } = record;
  return rest;
}

function unique(list: readonly unknown[]): unknown[] {
  return [...new Set(list)];
}

/** What is new in the object holds no nulls (a null in a patch removes). */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) if (value[key] !== null) kept[key] = withoutNulls(value[key]);
  return kept;
}

/** Undefined: it is nothing but a directive. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((one) => one !== undefined);
  if (!isRecord(value)) return value;
  if (value[PATCH_DIRECTIVE] !== undefined) return undefined;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const inner = withoutDirectives(value[key]);
    if (inner !== undefined) kept[key] = inner;
  }
  return kept;
}
