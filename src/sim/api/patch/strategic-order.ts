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

/** Where the first of each is, looked up in one step: lists of a request may be long. */
export class Places {
  private readonly places = new Map<unknown, number>();
  /** Keys that are no plain values, which only a comparison finds. */
  private readonly odd: (readonly [unknown, number])[] = [];
  private next = 0;

  constructor(
    list: readonly unknown[],
    private readonly key: string,
  ) {
    for (const element of list) this.add(element);
  }

  /** Another one at the end. */
  add(element: unknown): void {
    const at = this.next++;
    const name = this.nameOf(element);
    if (name === undefined) return;
    if (typeof name === "object" && name !== null && this.key !== "") this.odd.push([name, at]);
    else if (!this.places.has(name)) this.places.set(name, at);
  }

  /** -1: nowhere. */
  of(element: unknown): number {
    const name = this.nameOf(element);
    if (name === undefined) return -1;
    if (typeof name !== "object" || name === null || this.key === "") return this.places.get(name) ?? -1;
    return this.odd.find(([one]) => equalJson(one, name))?.[1] ?? -1;
  }

  /** By merge key, or plain values ("" as key); undefined: it is no element of such a list. */
  private nameOf(element: unknown): unknown {
    if (this.key === "") return element;
    return isRecord(element) ? element[this.key] : undefined;
  }
}

/** Those of `list` that `names` holds, and the others. */
export function partition(
  list: readonly unknown[],
  names: readonly unknown[],
  key: string,
): [readonly unknown[], readonly unknown[]] {
  const places = new Places(names, key);
  const named: unknown[] = [];
  const others: unknown[] = [];
  for (const one of list) (places.of(one) >= 0 ? named : others).push(one);
  return [named, others];
}

/** `list` in the order that its elements have in `order`; those that it lacks come last, as they were. */
export function inOrderOf(list: readonly unknown[], order: readonly unknown[], key: string): unknown[] {
  const places = new Places(order, key);
  const placed = list.map((element) => ({ element, at: places.of(element) }));
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
  const places = new Places(serverOrder, key);
  const all: unknown[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const leftAt = places.of(left[i]);
    const rightAt = places.of(right[j]);
    all.push(leftAt >= 0 && rightAt >= 0 && leftAt < rightAt ? left[i++] : right[j++]);
  }
  return [...all, ...left.slice(i), ...right.slice(j)];
}
