import type { TraceRef } from "../../kernel/types.ts";
import type { Scores, Verdict } from "./framework/run.ts";
import type { QueuedPod } from "./queue/scheduling-queue.ts";

export interface Refusal {
  readonly node: string;
  readonly plugin: string;
  readonly reasons: readonly string[];
  readonly unresolvable: boolean;
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

export function keepDecision(
  ring: DecisionRing,
  queued: QueuedPod,
  verdict: Verdict,
  seen: { readonly atUs: number; readonly durationUs: number; readonly message: string },
): void {
  const { preFilter } = verdict;
  ring.total += 1;
  const decision: Decision = Object.freeze({
    number: ring.total,
    pod: `${queued.pod.metadata.namespace ?? ""}/${queued.pod.metadata.name ?? ""}`,
    uid: queued.uid,
    attempt: queued.attempts,
    atUs: seen.atUs,
    waitedUs: seen.atUs - queued.firstSeenUs,
    durationUs: seen.durationUs,
    numAllNodes: verdict.numAllNodes,
    evaluated: verdict.evaluated,
    feasible: verdict.feasible.length,
    preFilter:
      preFilter === null ? null : Object.freeze({ plugin: preFilter.plugin, reasons: preFilter.rejection.reasons }),
    refusals: freezeRefusals(verdict),
    scores: verdict.scores === null ? null : freezeScores(verdict.scores),
    chosen: verdict.chosen,
    message: seen.message,
    trace: Object.freeze({ ...queued.trace }),
  });
  ring.decisions.push(decision);
  ring.cells += cellsOf(decision);
  if (ring.decisions.length > DECISIONS_MAX) ring.cells -= cellsOf(ring.decisions.shift()!);
  for (let index = 0; ring.cells > CELLS_MAX && index < ring.decisions.length - 1; index += 1) {
    const old = ring.decisions[index]!;
    const cells = cellsOf(old);
    if (cells === 0) continue;
    ring.decisions[index] = Object.freeze({ ...old, refusals: null, scores: null });
    ring.cells -= cells;
  }
}

function cellsOf({ refusals, scores }: Decision): number {
  return (refusals?.length ?? 0) + (scores === null ? 0 : scores.nodes.length * (2 * scores.plugins.length + 2));
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
