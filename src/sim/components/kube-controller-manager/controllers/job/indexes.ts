import type { JobSpec } from "../../lib/batch-types.ts";
import type { Pod } from "../../lib/types.ts";

export const COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index";

/** Ordered intervals of completion indexes, both ends included, that neither touch nor overlap. */
export type Intervals = readonly (readonly [number, number])[];

/** The index that a pod works on, or null where its annotation says none. */
export function completionIndexOf(pod: Pod): number | null {
  const text = pod.metadata?.annotations?.[COMPLETION_INDEX];
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return null;
  const index = Number(text);
  return index < 0 ? null : index;
}

export function isIndexed(spec: JobSpec | undefined): boolean {
  return spec?.completionMode === "Indexed";
}

/** Reads `0-2,5`. What cannot be read is left out, and so is all from `completions` on. */
export function parseIndexes(text: string, completions: number): Intervals {
  const found: [number, number][] = [];
  if (text === "") return found;
  for (const part of text.split(",")) {
    const [from = "", to = from] = part.split("-");
    if (!/^\+?\d+$/.test(from)) continue;
    const first = Number(from);
    if (first >= completions) break;
    if (!/^\+?\d+$/.test(to)) continue;
    const last = Math.min(Number(to), completions - 1);
    const before = found.at(-1);
    if (before !== undefined && before[1] === first - 1) before[1] = last;
    else found.push([first, last]);
  }
  return found;
}

/** `0-2,5`; two neighbours are `0,1`. */
export function formatIndexes(intervals: Intervals): string {
  return intervals
    .map(([first, last]) => (first === last ? `${first}` : `${first}${last === first + 1 ? "," : "-"}${last}`))
    .join(",");
}

export function totalOf(intervals: Intervals): number {
  return intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

export function hasIndex(intervals: Intervals, index: number): boolean {
  let low = 0;
  let high = intervals.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = intervals[middle] as readonly [number, number];
    if (index < first) high = middle - 1;
    else if (index > last) low = middle + 1;
    else return true;
  }
  return false;
}

export function mergeIntervals(a: Intervals, b: Intervals): Intervals {
  const merged: [number, number][] = [];
  for (const [first, last] of [...a, ...b].sort((left, right) => left[0] - right[0])) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function withIndexes(intervals: Intervals, indexes: Iterable<number>): Intervals {
  return mergeIntervals(
    intervals,
    [...indexes].map((index) => [index, index] as const),
  );
}

/** How many indexes are in both. */
export function countCommon(a: Intervals, b: Intervals): number {
  let count = 0;
  for (let left = 0, right = 0; left < a.length && right < b.length; ) {
    const [firstA, lastA] = a[left] as readonly [number, number];
    const [firstB, lastB] = b[right] as readonly [number, number];
    count += Math.max(0, Math.min(lastA, lastB) - Math.max(firstA, firstB) + 1);
    if (lastA < lastB) left += 1;
    else right += 1;
  }
  return count;
}

/** The `count` lowest indexes that are not `taken`. */
export function firstPendingIndexes(taken: Intervals, count: number, completions: number): number[] {
  const pending: number[] = [];
  let next = 0;
  for (const [first, last] of [...taken, [completions, completions] as const]) {
    for (; next < first && next < completions && pending.length < count; next++) pending.push(next);
    next = Math.max(next, last + 1);
  }
  return pending;
}
