/** Directives of strategic merge patches, and the order of merged lists. */
import { equalJson } from "../equal.ts";
import { isRecord } from "./json.ts";

export const PATCH_DIRECTIVE = "$patch";
export const RETAIN_KEYS_DIRECTIVE = "$retainKeys";
export const ORDER_PREFIX = "$setElementOrder/";
export const PRIMITIVE_DELETE_PREFIX = "$deleteFromPrimitiveList/";

/** Whether two elements are the same one: by merge key, or plain values ("" as key). */
export function sameElement(a: unknown, b: unknown, key: string): boolean {
  if (key === "") return a === b;
  return isRecord(a) && isRecord(b) && equalJson(a[key], b[key]);
}

function indexIn(list: readonly unknown[], element: unknown, key: string): number {
  return list.findIndex((one) => sameElement(one, element, key));
}

/** Those of `list` that `names` holds, and the others. */
export function partition(
  list: readonly unknown[],
  names: readonly unknown[],
  key: string,
): [readonly unknown[], readonly unknown[]] {
  const named: unknown[] = [];
  const others: unknown[] = [];
  for (const one of list) (indexIn(names, one, key) >= 0 ? named : others).push(one);
  return [named, others];
}

/** `list` in the order that its elements have in `order`; those that it lacks come last, as they were. */
export function inOrderOf(list: readonly unknown[], order: readonly unknown[], key: string): unknown[] {
  const placed = list.map((element) => ({ element, at: indexIn(order, element, key) }));
  const known = placed.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  return [...known, ...placed.filter(({ at }) => at < 0)].map(({ element }) => element);
}

/**
 * What the patch names in the patch's order, what only the server has in the server's; where both are known to the
 * server its order decides which comes first, else the patch's.
 */
export function normalizeElementOrder(
  named: readonly unknown[],
  serverOnly: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  key: string,
): readonly unknown[] {
  const right = inOrderOf(named, patchOrder, key);
  const left = inOrderOf(serverOnly, serverOrder, key);
  const all: unknown[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const leftAt = indexIn(serverOrder, left[i], key);
    const rightAt = indexIn(serverOrder, right[j], key);
    all.push(leftAt >= 0 && rightAt >= 0 && leftAt < rightAt ? left[i++] : right[j++]);
  }
  return [...all, ...left.slice(i), ...right.slice(j)];
}
