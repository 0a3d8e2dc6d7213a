import {
  CelFault,
  type CelMapping,
  type CelSequence,
  type CelValue,
  compareValues,
  type Duration,
  equalValues,
  identityText,
  itemsOf,
  listValue,
  NO_SUCH_OVERLOAD,
  type Optional,
  optionalValue,
} from "../values.ts";
import { intOf, uintOf } from "./numbers.ts";
import { type Overload, overload } from "./overload.ts";
import { durationOf } from "./times.ts";

/** Lists, maps and optional values: the standard functions, Kubernetes' own of lists, cel-go's sets. */

function indexOf(list: CelSequence, wanted: CelValue): number {
  return itemsOf(list).findIndex((item) => equalValues(item, wanted));
}

/** With how Kubernetes joins its sets and keyed lists: what is there already stays, or is replaced. */
function joined(a: CelSequence, b: CelSequence): CelSequence {
  const left = itemsOf(a);
  const right = itemsOf(b);
  const { identity } = a;
  if (identity === undefined) return listValue([...left, ...right]);
  const textOf = identity.type === "set" ? identityText : (item: CelValue) => keysText(item, identity.keys);
  const given = new Map(right.map((item) => [textOf(item), item]));
  const known = new Set(left.map(textOf));
  const kept = left.map((item) => given.get(textOf(item)) ?? item);
  const added = right.filter((item) => !known.has(textOf(item)));
  return { ...listValue([...kept, ...added]), identity };
}

function keysText(item: CelValue, keys: readonly string[]): string {
  if (typeof item !== "object" || item?.kind !== "map") return identityText(item);
  return keys.map((key) => identityText(optionalValue(item.get(key)))).join();
}

function best(list: CelSequence, isBetter: (order: number) => boolean, name: string): CelValue {
  const items = itemsOf(list);
  if (items.length === 0) throw new CelFault(`${name} called on empty list`);
  return items.reduce((found, item) => (isBetter(orderOf(item, found)) ? item : found));
}

function orderOf(a: CelValue, b: CelValue): number {
  const order = compareValues(a, b);
  if (order === undefined) throw new CelFault(NO_SUCH_OVERLOAD);
  return order;
}

function isSorted(list: CelSequence): boolean {
  const items = itemsOf(list);
  return items.every((item, index) => index === 0 || orderOf(items[index - 1]!, item) <= 0);
}

const ORDERED = ["int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"];

const SUMS: readonly Overload[] = [
  overload("list(int).sum(): int", (a: CelSequence) =>
    itemsOf(a).reduce<bigint>((sum, item) => intOf(sum + (item as bigint)), 0n),
  ),
  overload("list(uint).sum(): uint", (a: CelSequence) => {
    const values = itemsOf(a) as { readonly value: bigint }[];
    return uintOf(values.reduce((sum, { value }) => sum + value, 0n));
  }),
  overload("list(double).sum(): double", (a: CelSequence) =>
    itemsOf(a).reduce<number>((sum, item) => sum + (item as number), 0),
  ),
  overload("list(duration).sum(): duration", (a: CelSequence) =>
    durationOf((itemsOf(a) as Duration[]).reduce((sum, { nanoseconds }) => sum + nanoseconds, 0n)),
  ),
];

export const LISTS: readonly Overload[] = [
  overload("size(list(A)): int", (a: CelSequence) => BigInt(a.length)),
  overload("list(A).size(): int", (a: CelSequence) => BigInt(a.length)),
  overload("size(map(A, B)): int", (a: CelMapping) => BigInt(a.keys().length)),
  overload("map(A, B).size(): int", (a: CelMapping) => BigInt(a.keys().length)),
  overload("_+_(list(A), list(A)): list(A)", joined),
  overload("@in(A, list(A)): bool", (a: CelValue, b: CelSequence) => indexOf(b, a) >= 0),
  overload("@in(A, map(A, B)): bool", (a: CelValue, b: CelMapping) => b.get(a) !== undefined),
  ...ORDERED.flatMap((type) => [
    overload(`list(${type}).isSorted(): bool`, isSorted),
    overload(`list(${type}).min(): ${type}`, (a: CelSequence) => best(a, (order) => order < 0, "min")),
    overload(`list(${type}).max(): ${type}`, (a: CelSequence) => best(a, (order) => order > 0, "max")),
  ]),
  ...SUMS,
  overload("list(A).indexOf(A): int", (a: CelSequence, b: CelValue) => BigInt(indexOf(a, b))),
  overload("list(A).lastIndexOf(A): int", (a: CelSequence, b: CelValue) =>
    BigInt(itemsOf(a).findLastIndex((item) => equalValues(item, b))),
  ),
];

function textsOf(list: CelSequence): ReadonlySet<string> {
  return new Set(itemsOf(list).map(identityText));
}

function containsAll(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...b].every((text) => a.has(text));
}

export const SETS: readonly Overload[] = [
  overload("sets.contains(list(A), list(A)): bool", (a: CelSequence, b: CelSequence) =>
    containsAll(textsOf(a), textsOf(b)),
  ),
  overload("sets.equivalent(list(A), list(A)): bool", (a: CelSequence, b: CelSequence) => {
    const [left, right] = [textsOf(a), textsOf(b)];
    return containsAll(left, right) && containsAll(right, left);
  }),
  overload("sets.intersects(list(A), list(A)): bool", (a: CelSequence, b: CelSequence) => {
    const left = textsOf(a);
    return [...textsOf(b)].some((text) => left.has(text));
  }),
];

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === "") return true;
  if (typeof value !== "object") return false;
  if (value.kind === "list") return value.length === 0;
  return value.kind === "map" ? value.keys().length === 0 : false;
}

export const OPTIONALS: readonly Overload[] = [
  overload("optional.of(A): optional_type(A)", (a: CelValue) => optionalValue(a)),
  overload("optional.ofNonZeroValue(A): optional_type(A)", (a: CelValue) => optionalValue(isZero(a) ? undefined : a)),
  overload("optional.none(): optional_type(A)", () => optionalValue(undefined)),
  overload("optional_type(A).hasValue(): bool", (a: Optional) => a.value !== undefined),
  overload("optional_type(A).value(): A", (a: Optional) => {
    if (a.value === undefined) throw new CelFault("optional.none() dereference");
    return a.value;
  }),
  overload("optional_type(A).or(optional_type(A)): optional_type(A)", (a: Optional, b: Optional) =>
    a.value === undefined ? b : a,
  ),
  overload("optional_type(A).orValue(A): A", (a: Optional, b: CelValue) => a.value ?? b),
];
