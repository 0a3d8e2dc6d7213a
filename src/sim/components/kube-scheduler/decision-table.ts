import type { Decision } from "./decisions.ts";

/** What one plugin gave a node, in 0..100, and what that counts for. */
export interface ScoreCell {
  readonly score: number;
  readonly weight: number;
}

export interface DecisionRow {
  readonly node: string;
  readonly verdict: "chosen" | "fits" | "refused";
  /** Who refused, and why. */
  readonly plugin: string;
  readonly reasons: readonly string[];
  /** One per plugin of the table; empty where nothing was scored. */
  readonly scores: readonly ScoreCell[];
  /** Null: nothing was scored. */
  readonly sum: number | null;
}

/** Node by plugin. Best first, then those that were refused. */
export interface DecisionTable {
  readonly plugins: readonly { readonly name: string; readonly weight: number }[];
  readonly rows: readonly DecisionRow[];
  /** Nodes that were not looked at, since enough had been found. */
  readonly notExamined: number;
}

export function decisionTable(decision: Decision): DecisionTable {
  const { scores, chosen, numAllNodes } = decision;
  const plugins = scores?.plugins ?? [];
  const rows: DecisionRow[] = (scores?.nodes ?? []).map((node, index) => ({
    node,
    verdict: node === chosen ? "chosen" : "fits",
    plugin: "",
    reasons: [],
    scores: plugins.map(({ normalized, weight }) => ({ score: normalized[index] ?? 0, weight })),
    sum: scores?.totals[index] ?? 0,
  }));
  rows.sort((a, b) => Number(b.verdict === "chosen") - Number(a.verdict === "chosen") || (b.sum ?? 0) - (a.sum ?? 0));
  if (scores === null && chosen !== null) {
    rows.push({ node: chosen, verdict: "chosen", plugin: "", reasons: [], scores: [], sum: null });
  }
  for (const { node, plugin, reasons } of decision.refusals ?? []) {
    rows.push({ node, verdict: "refused", plugin, reasons, scores: [], sum: null });
  }
  return {
    plugins: plugins.map(({ plugin, weight }) => ({ name: plugin, weight })),
    rows,
    notExamined: decision.preFilter === null ? Math.max(0, numAllNodes - rows.length) : 0,
  };
}
