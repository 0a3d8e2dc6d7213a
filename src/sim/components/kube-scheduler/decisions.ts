import { deepFreeze } from "../../api/object.ts";
import { withFields } from "../../kernel/records.ts";
import type { TraceRef } from "../../kernel/types.ts";
import type { Scores, Verdict } from "./framework/run.ts";
import { keyOf, type Pod } from "./objects.ts";
import type { Preemption } from "./preemption/preempt.ts";

export interface Refusal {
  readonly node: string;
  readonly plugin: string;
  readonly reasons: readonly string[];
  readonly unresolvable: boolean;
}

/** What preemption considered for a pod that no node took. */
export interface PreemptionRecord {
  /** Why it came to nothing; "" when it did not. */
  readonly message: string;
  /** "": none. */
  readonly nominatedNode: string;
  /** Which rule decided between the candidates; "" where there was nothing to decide. */
  readonly rule: string;
  readonly candidates: readonly {
    readonly node: string;
    /** `namespace/name`, the most important first. */
    readonly victims: readonly string[];
    readonly highestPriority: number;
    readonly pdbViolations: number;
  }[];
  /** Nodes where it was tried in vain. */
  readonly refused: readonly { readonly node: string; readonly reasons: readonly string[] }[];
}

/** One scheduling cycle as it went, frozen. */
export interface Decision {
  /** Counts from the process's start. */
  readonly number: number;
  /** `namespace/name`. */
  readonly pod: string;
  readonly uid: string;
  readonly attempt: number;
  readonly atUs: number;
  /** How long the pod had waited in the queue since it was first seen. */
  readonly waitedUs: number;
  readonly durationUs: number;
  readonly numAllNodes: number;
  readonly evaluated: number;
  readonly feasible: number;
  /** A PreFilter plugin rejected the pod for every node. */
  readonly preFilter: { readonly plugin: string; readonly reasons: readonly string[] } | null;
  /** Null: dropped to keep the ring small; the newest decisions keep theirs. */
  readonly refusals: readonly Refusal[] | null;
  readonly scores: Scores | null;
  readonly chosen: string | null;
  /** The failure's text; "" when a node was chosen. */
  readonly message: string;
  readonly preemption: PreemptionRecord | null;
  readonly trace: TraceRef;
}

/** The last decisions, oldest first, with a bound on how many table cells they hold together. */
export interface DecisionRing {
  decisions: Decision[];
  cells: number;
  total: number;
}

const DECISIONS_MAX = 100;
const CELLS_MAX = 50_000;

export function createDecisionRing(): DecisionRing {
  return { decisions: [], cells: 0, total: 0 };
}

/** A pod as a decision speaks of it. */
export interface DecidedPod {
  readonly pod: Pod;
  readonly uid: string;
  readonly attempts: number;
  readonly firstSeenUs: number;
  readonly trace: TraceRef;
}

export interface DecisionFacts {
  readonly number: number;
  readonly atUs: number;
  readonly durationUs: number;
  readonly message: string;
}

export function decisionOf(decided: DecidedPod, verdict: Verdict, facts: DecisionFacts): Decision {
  const { preFilter, preemption } = verdict;
  return Object.freeze({
    number: facts.number,
    pod: keyOf(decided.pod),
    uid: decided.uid,
    attempt: decided.attempts,
    atUs: facts.atUs,
    waitedUs: facts.atUs - decided.firstSeenUs,
    durationUs: facts.durationUs,
    numAllNodes: verdict.numAllNodes,
    evaluated: verdict.evaluated,
    feasible: verdict.feasible.length,
    preFilter:
      preFilter === null ? null : Object.freeze({ plugin: preFilter.plugin, reasons: preFilter.rejection.reasons }),
    refusals: freezeRefusals(verdict),
    scores: verdict.scores === null ? null : freezeScores(verdict.scores),
    chosen: verdict.chosen,
    message: facts.message,
    preemption: preemption === null ? null : recordOf(preemption),
    trace: Object.freeze(withFields(decided.trace, {})),
  });
}

function recordOf({ message, nominatedNode, candidates, refused, pick }: Preemption): PreemptionRecord {
  return deepFreeze({
    message,
    nominatedNode: nominatedNode ?? "",
    rule: pick?.rule ?? "",
    candidates: candidates.map(({ node, victims, pdbViolations }) => ({
      node,
      victims: victims.map(keyOf),
      highestPriority: victims[0]?.spec.priority ?? 0,
      pdbViolations,
    })),
    refused: [...refused].map(([node, { rejection }]) => ({ node, reasons: [...rejection.reasons] })),
  });
}

export function keepDecision(
  ring: DecisionRing,
  decided: DecidedPod,
  verdict: Verdict,
  seen: Omit<DecisionFacts, "number">,
): void {
  ring.total += 1;
  const decision = decisionOf(decided, verdict, withFields(seen, { number: ring.total }));
  ring.decisions.push(decision);
  ring.cells += cellsOf(decision);
  if (ring.decisions.length > DECISIONS_MAX) ring.cells -= cellsOf(ring.decisions.shift()!);
  for (let index = 0; ring.cells > CELLS_MAX && index < ring.decisions.length - 1; index += 1) {
    const old = ring.decisions[index]!;
    const cells = cellsOf(old);
    if (cells === 0) continue;
    ring.decisions[index] = Object.freeze(withFields(old, { refusals: null, scores: null, preemption: null }));
    ring.cells -= cells;
  }
}

function cellsOf({ refusals, scores, preemption }: Decision): number {
  const tried = (preemption?.candidates.length ?? 0) + (preemption?.refused.length ?? 0);
  return (
    tried + (refusals?.length ?? 0) + (scores === null ? 0 : scores.nodes.length * (2 * scores.plugins.length + 2))
  );
}

function freezeRefusals(verdict: Verdict): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const [node, { plugin, rejection }] of verdict.failures) {
    const { reasons, unresolvable } = rejection;
    refusals.push(Object.freeze({ node, plugin, reasons: Object.freeze(reasons), unresolvable }));
  }
  return Object.freeze(refusals);
}

function freezeScores({ nodes, plugins, totals }: Scores): Scores {
  for (const scores of plugins) {
    Object.freeze(scores.raw);
    Object.freeze(scores.normalized);
    Object.freeze(scores);
  }
  return Object.freeze({
    nodes: Object.freeze(nodes),
    plugins: Object.freeze(plugins),
    totals: Object.freeze(totals),
  });
}
