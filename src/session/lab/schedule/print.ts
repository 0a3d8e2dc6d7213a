import {
  type DecisionRow,
  type DecisionTable,
  decisionTable,
} from "../../../sim/components/kube-scheduler/decision-table.ts";
import type { Decision, PreemptionRecord } from "../../../sim/components/kube-scheduler/decisions.ts";
import { keyOf } from "../../../sim/components/kube-scheduler/objects.ts";
import { priorityOf } from "../../../sim/components/kube-scheduler/preemption/importance.ts";
import type { Forecast } from "../../../sim/components/kube-scheduler/what-if.ts";
import { table } from "../command.ts";

/** Rows of all tables together: where many pods are asked about, each shows its best nodes only. */
const ROWS_MAX = 5_000;
const ROWS_MIN = 10;

function rowsPerPod(forecasts: readonly Forecast[]): number {
  return Math.max(ROWS_MIN, Math.floor(ROWS_MAX / forecasts.length));
}

/** A headline per pod, and a table: node by plugin, score times weight, their sum, and what became of the node. */
export function forecastText(forecasts: readonly Forecast[]): string {
  const rows = rowsPerPod(forecasts);
  return forecasts.map((forecast) => podText(forecast, rows)).join("\n");
}

function podText({ pod, decision, why }: Forecast, limit: number): string {
  const about = `pod ${keyOf(pod)} (priority ${priorityOf(pod)})`;
  if (decision === null) return `${about}: not tried: ${why}\n`;
  const fits = `${decision.feasible} of ${decision.evaluated} nodes fit`;
  const later = decision.preemption?.nominatedNode ?? "";
  const nowhere = later === "" ? "no node" : `no node yet; ${later} once others have left it`;
  const lines =
    decision.chosen === null ? [`${about}: ${nowhere}`, decision.message] : [`${about}: ${decision.chosen} (${fits})`];
  const shown = decisionTable(decision);
  if (shown.rows.length > 0) lines.push(tableText(shown, limit).trimEnd());
  if (shown.notExamined > 0) lines.push(`${shown.notExamined} more nodes were not looked at.`);
  if (decision.preemption !== null) lines.push(...preemptionLines(decision.preemption, limit));
  return `${lines.join("\n")}\n`;
}

function tableText({ plugins, rows }: DecisionTable, limit: number): string {
  const header = ["NODE", ...plugins.map(({ name }) => name), ...(plugins.length > 0 ? ["SUM"] : []), "VERDICT"];
  const cells = (row: DecisionRow): string[] => [
    row.node,
    ...plugins.map((_plugin, index) => {
      const cell = row.scores[index];
      return cell === undefined ? "-" : `${cell.score}x${cell.weight}`;
    }),
    ...(plugins.length > 0 ? [row.sum === null ? "-" : String(row.sum)] : []),
    row.verdict === "refused" ? `${row.plugin}: ${row.reasons.join(", ")}` : row.verdict,
  ];
  const text = table([header, ...rows.slice(0, limit).map(cells)]);
  return rows.length > limit ? `${text}... and ${rows.length - limit} more nodes\n` : text;
}

function preemptionLines(record: PreemptionRecord, limit: number): string[] {
  const { nominatedNode, rule, candidates, refused } = record;
  if (candidates.length === 0) return [];
  const rows = [
    ["PREEMPTION ON", "VICTIMS", "HIGHEST PRIORITY", "PDB VIOLATIONS", "VERDICT"],
    ...candidates.map(({ node, victims, highestPriority, pdbViolations }) => [
      node,
      victims.join(","),
      String(highestPriority),
      String(pdbViolations),
      node === nominatedNode ? `nominated${rule === "" ? "" : ` (${rule})`}` : "possible",
    ]),
    ...refused.map(({ node, reasons }) => [node, "-", "-", "-", reasons.join(", ")]),
  ];
  return [table(rows.slice(0, limit)).trimEnd()];
}

/** The same as data; `notShown` nodes are left out of a pod's table, the worst ones. */
export function forecastJson(forecasts: readonly Forecast[], problems: readonly string[]): string {
  const rows = rowsPerPod(forecasts);
  return `${JSON.stringify({ pods: forecasts.map((forecast) => podJson(forecast, rows)), problems }, null, 2)}\n`;
}

function podJson({ pod, decision, why }: Forecast, limit: number): unknown {
  const { name, namespace } = pod.metadata;
  const about = { namespace, name, priority: priorityOf(pod) };
  if (decision === null) return { ...about, tried: false, why };
  const shown = decisionTable(decision);
  return {
    ...about,
    tried: true,
    node: decision.chosen,
    message: decision.message,
    nodes: { total: decision.numAllNodes, examined: decision.evaluated, fit: decision.feasible },
    preFilter: decision.preFilter,
    table: shown.rows.slice(0, limit).map((row) => rowJson(row, shown, decision)),
    notShown: Math.max(0, shown.rows.length - limit),
    preemption: decision.preemption,
  };
}

function rowJson(row: DecisionRow, { plugins }: DecisionTable, { scores }: Decision): unknown {
  const { node, verdict } = row;
  if (verdict === "refused") return { node, verdict, plugin: row.plugin, reasons: row.reasons };
  const at = scores?.nodes.indexOf(node) ?? -1;
  const given = plugins.map(({ name }, index) => {
    const { score, weight } = row.scores[index] ?? { score: 0, weight: 0 };
    return [name, { raw: scores?.plugins[index]?.raw[at] ?? 0, score, weight, counts: score * weight }] as const;
  });
  return { node, verdict, scores: Object.fromEntries(given), sum: row.sum };
}
