/** Equality of plain data: cheap where both sides share parts. */

import { withFields } from "../kernel/records.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Equal as JSON; the order of keys does not count, undefined counts as absent. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b, equalJson);
  if (Array.isArray(b)) return false;
  const left = a as Fields;
  const right = b as Fields;
  let count = 0;
  for (const key in left) {
    if (left[key] === undefined) continue;
    count++;
    if (right[key] === undefined || !equalJson(left[key], right[key])) return false;
  }
  for (const key in right) if (right[key] !== undefined) count--;
  return count === 0;
}

/**
 * `next` with `before`'s own parts wherever they are the same: the same in all is `before` itself. So versions of an
 * object share what did not change, whichever way the new one came. `next` is changed, or copied where it is frozen.
 * "in order": what has the same fields in another order is not the same.
 */
export function sharing<T>(next: T, before: unknown, order?: "in order"): T {
  if (next === before || typeof next !== "object" || next === null) return next;
  if (typeof before !== "object" || before === null || Array.isArray(next) !== Array.isArray(before)) return next;
  const fields = next as Fields;
  const old = before as Fields;
  const oldKeys = order === undefined ? null : Object.keys(old);
  let result = Object.isFrozen(next) ? null : (next as Record<string, unknown>);
  let same = true;
  let count = 0;
  for (const key in fields) {
    if (oldKeys !== null && oldKeys[count] !== key) same = false;
    count += 1;
    const shared = sharing(fields[key], old[key], order);
    if (shared !== old[key]) same = false;
    if (shared === fields[key]) continue;
    result ??= (Array.isArray(next) ? next.slice() : withFields(fields, {})) as Record<string, unknown>;
    result[key] = shared;
  }
  return (same && count === (oldKeys ?? Object.keys(old)).length ? before : (result ?? next)) as T;
}

/** Apimachinery's `Semantic.DeepEqual`, as near as JSON gets: absent, undefined, null and empty lists count as the same. */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isNothing(a)) return isNothing(b);
  if (typeof a !== "object" || typeof b !== "object" || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b, semanticEqual);
  if (Array.isArray(b)) return false;
  const left = a as Fields;
  const right = b as Fields;
  for (const key in left) if (!semanticEqual(left[key], right[key])) return false;
  for (const key in right) if (left[key] === undefined && !semanticEqual(undefined, right[key])) return false;
  return true;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function equalLists(a: readonly unknown[], b: readonly unknown[], equal: (a: unknown, b: unknown) => boolean): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
  return true;
}
