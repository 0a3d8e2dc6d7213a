import type { Pod } from "../objects.ts";
import { priorityOf, startOf } from "./importance.ts";

/** A node on which the pod would fit without `victims` (the most important first). */
export interface Candidate {
  readonly node: string;
  readonly victims: readonly Pod[];
  /** Victims whose eviction breaks a PodDisruptionBudget. */
  readonly pdbViolations: number;
}

interface Rule {
  readonly name: string;
  /** Below 0: `a` is better. */
  compare(a: Candidate, b: Candidate): number;
}

const MAX_INT32 = 2 ** 31 - 1;

/** In this order, each among those that are equal by the ones before. */
const RULES: readonly Rule[] = [
  { name: "fewest PodDisruptionBudget violations", compare: (a, b) => a.pdbViolations - b.pdbViolations },
  { name: "lowest highest priority of a victim", compare: (a, b) => highest(a) - highest(b) },
  { name: "lowest sum of priorities", compare: (a, b) => sumOf(a) - sumOf(b) },
  { name: "fewest victims", compare: (a, b) => a.victims.length - b.victims.length },
  {
    name: "latest start of the most important victims",
    compare(a, b) {
      const [first, second] = [earliestStart(a), earliestStart(b)];
      return first === second ? 0 : first > second ? -1 : 1;
    },
  },
];

function highest({ victims }: Candidate): number {
  return priorityOf(victims[0]!);
}

/** Each moved above zero, so that more victims are never better for having negative priorities. */
function sumOf({ victims }: Candidate): number {
  let sum = 0;
  for (const victim of victims) sum += priorityOf(victim) + MAX_INT32 + 1;
  return sum;
}

function earliestStart({ victims }: Candidate): string {
  const top = highest({ node: "", victims, pdbViolations: 0 });
  let earliest = startOf(victims[0]!);
  for (const victim of victims) {
    if (priorityOf(victim) === top && startOf(victim) < earliest) earliest = startOf(victim);
  }
  return earliest;
}

export interface Pick {
  readonly candidate: Candidate;
  /** Which rule decided; "" where there was nothing to decide. */
  readonly rule: string;
}

/** The node whose pods are to go; the first where the rules leave several. */
export function pickCandidate(candidates: readonly Candidate[]): Pick | null {
  let left = candidates;
  for (const { name, compare } of RULES) {
    if (left.length <= 1) break;
    const best = left.reduce((a, b) => (compare(b, a) < 0 ? b : a));
    left = left.filter((one) => compare(one, best) === 0);
    if (left.length === 1) return { candidate: left[0]!, rule: name };
  }
  return left.length === 0 ? null : { candidate: left[0]!, rule: left.length > 1 ? "the first of equals" : "" };
}
