/** JSON merge patch (RFC 7386): null removes, records are merged, everything else replaces. */
import { withFields } from "../../kernel/records.ts";
import { equalJson } from "../equal.ts";
import { isRecord, type JsonRecord } from "./json.ts";

export function applyMergePatch(original: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const base: JsonRecord = isRecord(original) ? original : {};
  const result: Record<string, unknown> = withFields(base, {});
  for (const key of Object.keys(patch)) {
    const change = patch[key];
    if (change === null) delete result[key];
    else if (change !== undefined) result[key] = applyMergePatch(base[key], change);
  }
  return result;
}

/** The merge patch that makes `modified` out of `original`; `{}` where nothing differs. */
export function createMergePatch(original: JsonRecord, modified: JsonRecord): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(modified)) {
    const [before, after] = [original[key], modified[key]];
    if (before === undefined) patch[key] = after;
    else if (isRecord(before) && isRecord(after)) {
      const inner = createMergePatch(before, after);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!equalJson(before, after)) patch[key] = after;
  }
  for (const key of Object.keys(original)) if (modified[key] === undefined) patch[key] = null;
  return patch;
}

/**
 * What client-side apply sends for kinds without a schema: additions and changes of `modified` against the live object,
 * and removals of what `original` (the last applied) had and `modified` has no more.
 */
export function createThreeWayMergePatch(
  original: JsonRecord,
  modified: JsonRecord,
  current: JsonRecord,
): Record<string, unknown> {
  const additions = keepOrDropNulls(createMergePatch(current, modified), false);
  const removals = keepOrDropNulls(createMergePatch(original, modified), true);
  return applyKeepingNulls(additions, removals);
}

/** Only the removals of a merge patch, or only its additions and changes. */
function keepOrDropNulls(patch: JsonRecord, keepNulls: boolean): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(patch)) {
    const change = patch[key];
    if (isRecord(change)) {
      const inner = keepOrDropNulls(change, keepNulls);
      if (Object.keys(inner).length > 0 || (!keepNulls && Object.keys(change).length === 0)) kept[key] = inner;
    } else if (change === null ? keepNulls : !keepNulls) kept[key] = change;
  }
  return kept;
}

function applyKeepingNulls(patch: JsonRecord, more: JsonRecord): Record<string, unknown> {
  const result: Record<string, unknown> = { ...patch };
  for (const key of Object.keys(more)) {
    const [mine, theirs] = [patch[key], more[key]];
    result[key] = isRecord(mine) && isRecord(theirs) ? applyKeepingNulls(mine, theirs) : theirs;
  }
  return result;
}
