/** Reckoning with lists of quantities by resource (apiserver `quota/v1` resources.go). Nothing is lost: no numbers. */
import type { Arithmetic } from "../pod/resources.ts";
import type { ResourceList } from "../pod/types.ts";
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, subtractQuantities } from "../quantity.ts";

/** Resources of both, added where both have one. */
export function addLists(a: ResourceList, b: ResourceList): ResourceList {
  const sum: Record<string, string> = { ...a };
  for (const name in b) sum[name] = sum[name] === undefined ? b[name]! : addQuantities(sum[name]!, b[name]!);
  return sum;
}

/** What is only in `b` counts from zero. */
export function subtractLists(a: ResourceList, b: ResourceList): ResourceList {
  const difference: Record<string, string> = { ...a };
  for (const name in b) difference[name] = subtractQuantities(difference[name] ?? "0", b[name]!);
  return difference;
}

/** The list cut to `names`. */
export function maskList(list: ResourceList, names: readonly string[]): ResourceList {
  const masked: Record<string, string> = {};
  for (const name of names) if (list[name] !== undefined) masked[name] = list[name]!;
  return masked;
}

export function withoutZeros(list: ResourceList): ResourceList {
  const kept: Record<string, string> = {};
  for (const name in list) if (compareQuantities(list[name]!, "0") !== 0) kept[name] = list[name]!;
  return kept;
}

/** Names of the resources of which `list` has more than `bounds` allows; a resource without a bound is free. */
export function namesAbove(list: ResourceList, bounds: ResourceList): string[] {
  return Object.keys(list).filter(
    (name) => bounds[name] !== undefined && compareQuantities(list[name]!, bounds[name]!) > 0,
  );
}

/** Names of what is below zero. */
export function negativeNames(list: ResourceList): string[] {
  return Object.keys(list).filter((name) => compareQuantities(list[name]!, "0") < 0);
}

/** Same resources, same amounts. */
export function equalLists(a: ResourceList, b: ResourceList): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => b[name] !== undefined && compareQuantities(a[name]!, b[name]!) === 0);
}

/** `cpu=1,memory=2Gi`, by name. */
export function formatList(list: ResourceList): string {
  return Object.keys(list)
    .sort()
    .map((name) => `${name}=${list[name]}`)
    .join(",");
}

/** A pod's resources to the last digit, each in the format of its texts. */
export const EXACT: Arithmetic<string> = {
  read(list) {
    const amounts: Record<string, string> = {};
    for (const name in list) amounts[name] = formatQuantity(parseQuantity(String(list[name])));
    return amounts;
  },
  add(sums, more) {
    for (const name in more)
      sums[name] = sums[name] === undefined ? more[name]! : addQuantities(sums[name]!, more[name]!);
  },
  raise(sums, other) {
    for (const name in other) {
      const now = sums[name];
      if (now === undefined || compareQuantities(other[name]!, now) > 0) sums[name] = other[name]!;
    }
  },
  isZero: (amount) => amount === undefined || amount === "0",
};
