/**
 * The patch that client-side apply sends: additions and changes of the new configuration against the live object, and
 * deletions of what the last applied configuration had and the new one has no more.
 */

import { equalJson } from "../equal.ts";
import { type FieldType, type StructType, structAt, structOfField } from "../schema/schema.ts";
import { isRecord, type JsonRecord } from "./json.ts";
import { mergeMap } from "./strategic.ts";
import {
  inOrderOf,
  ORDER_PREFIX,
  PATCH_DIRECTIVE,
  Places,
  PRIMITIVE_DELETE_PREFIX,
  partition,
  RETAIN_KEYS_DIRECTIVE,
  sameElement,
} from "./strategic-order.ts";

interface DiffOptions {
  readonly deletions: boolean;
  readonly additions: boolean;
}

/** `original` is the last applied configuration (`{}` if none), `modified` the new one, `current` the live object. */
export function createThreeWayStrategicPatch(
  original: JsonRecord,
  modified: JsonRecord,
  current: JsonRecord,
  schema: StructType,
): JsonRecord {
  const delta = diffMaps(current, modified, schema, { deletions: false, additions: true }, false);
  const deletions = diffMaps(original, modified, schema, { deletions: true, additions: false }, false);
  return mergeMap(deletions, delta, schema, { applying: false });
}

/** The strategic merge patch that makes `modified` out of `original`. */
export function createTwoWayStrategicPatch(original: JsonRecord, modified: JsonRecord, schema: StructType): JsonRecord {
  return diffMaps(original, modified, schema, { deletions: true, additions: true }, false);
}

function diffMaps(
  original: JsonRecord,
  modified: JsonRecord,
  schema: StructType | undefined,
  options: DiffOptions,
  retainKeys: boolean,
): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(modified)) {
    const [before, after] = [original[key], modified[key]];
    if (before === undefined) {
      if (options.additions) patch[key] = after;
    } else diffField(patch, key, before, after, schema?.fields.get(key), options);
  }
  if (options.deletions) {
    for (const key of Object.keys(original)) if (modified[key] === undefined) patch[key] = null;
  }
  if (retainKeys) {
    const kept = Object.keys(modified)
      .filter((key) => modified[key] !== null && modified[key] !== undefined)
      .sort();
    const clears = Object.keys(original).some((key) => modified[key] === undefined);
    if (kept.length > 0 && (Object.keys(patch).length > 0 || clears)) patch[RETAIN_KEYS_DIRECTIVE] = kept;
  }
  return patch;
}

function diffField(
  patch: Record<string, unknown>,
  key: string,
  before: unknown,
  after: unknown,
  type: FieldType | undefined,
  options: DiffOptions,
): void {
  if (isRecord(before) && isRecord(after) && !(type?.type === "struct" && type.replace)) {
    const struct = type?.type === "struct" ? type : undefined;
    const inner = diffMaps(before, after, struct && structAt(struct.index), options, struct?.retainKeys ?? false);
    if (Object.keys(inner).length > 0) patch[key] = inner;
  } else if (Array.isArray(before) && Array.isArray(after) && type?.type === "list" && type.mergeKey !== null) {
    diffLists(patch, key, before, after, type, options);
  } else if (options.additions && !equalJson(before, after)) patch[key] = after;
}

type ListType = FieldType & { readonly type: "list" };

function diffLists(
  patch: Record<string, unknown>,
  key: string,
  before: readonly unknown[],
  after: readonly unknown[],
  type: ListType,
  options: DiffOptions,
): void {
  if (before.length === 0) {
    if (after.length > 0 && options.additions) patch[key] = after;
    return;
  }
  if (type.mergeKey === "") diffScalars(patch, key, before, after, options);
  else diffKeyed(patch, key, before, after, type, options);
}

function diffScalars(
  patch: Record<string, unknown>,
  key: string,
  before: readonly unknown[],
  after: readonly unknown[],
  options: DiffOptions,
): void {
  const added = options.additions ? partition(after, before, "")[1] : [];
  const deleted = options.deletions ? partition(before, after, "")[1] : [];
  if (added.length > 0) patch[key] = added;
  if (deleted.length > 0) patch[PRIMITIVE_DELETE_PREFIX + key] = [...deleted].sort();
  if (after.length > 0 && (deleted.length > 0 || (options.additions && !equalJson(before, after))))
    patch[ORDER_PREFIX + key] = after;
}

function diffKeyed(
  patch: Record<string, unknown>,
  key: string,
  before: readonly unknown[],
  after: readonly unknown[],
  type: ListType,
  options: DiffOptions,
): void {
  const mergeKey = type.mergeKey!;
  const items = structOfField(type.items);
  const changed: unknown[] = [];
  const placesBefore = new Places(before, mergeKey);
  for (const entry of after as readonly JsonRecord[]) {
    const old = before[placesBefore.of(entry)] as JsonRecord | undefined;
    if (!old) {
      if (options.additions) changed.push(entry);
      continue;
    }
    const inner = diffMaps(old, entry, items, options, type.retainKeys);
    if (Object.keys(inner).length > 0) changed.push({ ...inner, [mergeKey]: entry[mergeKey] });
  }
  const [, gone] = options.deletions ? partition(before, after, mergeKey) : [[], []];
  const deleted = (gone as readonly JsonRecord[]).map((entry) => ({
    [mergeKey]: entry[mergeKey],
    [PATCH_DIRECTIVE]: "delete",
  }));
  const entries = [...inOrderOf(changed, after, mergeKey), ...deleted];
  if (entries.length > 0) patch[key] = entries;
  if (after.length > 0 && (entries.length > 0 || (options.additions && !sameOrder(before, after, mergeKey)))) {
    patch[ORDER_PREFIX + key] = after.map((one) => ({ [mergeKey]: (one as JsonRecord)[mergeKey] }));
  }
}

function sameOrder(before: readonly unknown[], after: readonly unknown[], key: string): boolean {
  return before.length === after.length && before.every((one, index) => sameElement(one, after[index], key));
}
