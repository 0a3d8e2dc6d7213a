import type { PreemptionView, Section } from "../../../protocol/views.ts";
import { decisionTable } from "../../../sim/components/kube-scheduler/decision-table.ts";
import type { Decision, PreemptionRecord } from "../../../sim/components/kube-scheduler/decisions.ts";
import type { SchedulerState } from "../../../sim/components/kube-scheduler/state.ts";
import { type QueuedPodView, schedulerView } from "../../../sim/components/kube-scheduler/view.ts";
import type { Process } from "../../../sim/kernel/state.ts";

const DECISIONS = 12;
/** Rows of a decision that is open, and of one that can be opened. */
const NODES_MAX = 200;
const NODES_OF_OLDER = 40;
const VICTIMS_MAX = 20;

export function schedulerSections(process: Process): readonly Section[] {
  const view = schedulerView(process.state as SchedulerState, 30);
  const waiting: (readonly [string, QueuedPodView])[] = [];
  for (const place of ["active", "backoff", "unschedulable", "gated", "binding"] as const) {
    for (const pod of view.queues[place]) waiting.push([place, pod]);
  }
  return [
    {
      type: "facts",
      title: "Scheduler",
      facts: [
        { name: "Role", value: view.role },
        { name: "Leader", value: view.leader === "" ? "not known" : view.leader },
        { name: "Nodes in its cache", value: String(view.nodes) },
        { name: "Decisions so far", value: String(view.decisionsTotal) },
      ],
    },
    {
      type: "table",
      title: "Queue",
      columns: ["Pod", "Queue", "Tries", "Why"],
      rows: waiting.map(([place, pod]) => ({
        cells: [pod.pod, place, String(pod.attempts), pod.why],
        tone: place === "unschedulable" ? ("warning" as const) : ("busy" as const),
        selection: podSelection(pod.pod),
      })),
      note: waiting.length === 0 ? "No pod waits for a node." : "",
    },
    ...view.decisions.slice(0, DECISIONS).map((decision, index) => decisionSection(decision, index === 0)),
  ];
}

export function podSelection(key: string): {
  readonly type: "object";
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
} {
  const slash = key.indexOf("/");
  return { type: "object", resource: "pods", namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

const sections = new WeakMap<Decision, Section>();

/** Node by plugin: who refused, what each score was, and what preemption considered. Made once per decision. */
export function decisionSection(decision: Decision, open = true): Section {
  const known = sections.get(decision);
  if (known?.type === "decision" && known.open === open) return known;
  const section = sectionOf(decision, open);
  sections.set(decision, section);
  return section;
}

function sectionOf(decision: Decision, open: boolean): Section {
  const { pod, chosen, preemption } = decision;
  const table = decisionTable(decision);
  const limit = open ? NODES_MAX : NODES_OF_OLDER;
  const hidden = table.rows.length - limit;
  return {
    type: "decision",
    title: `Decision ${decision.number}: ${pod}${chosen === null ? "" : ` to ${chosen}`}`,
    pod,
    outcome: outcomeOf(decision),
    open,
    plugins: table.plugins,
    nodes: table.rows.slice(0, limit).map(({ node, verdict, scores, sum, plugin, reasons }) => ({
      node,
      verdict,
      scores: scores.map(({ score }) => score),
      sum: sum === null ? "" : String(sum),
      refusedBy: plugin,
      reason: reasons.join(", "),
    })),
    rest: restText(Math.max(0, hidden), table.notExamined),
    // Where it came to nothing, the outcome says so already.
    preemption: preemption === null || preemption.candidates.length === 0 ? null : preemptionView(preemption),
  };
}

function outcomeOf({ chosen, message, feasible, evaluated, attempt, scores }: Decision): string {
  const tries = attempt === 1 ? "" : `, try ${attempt}`;
  if (chosen === null) return message;
  if (scores === null && feasible === 1) return `${chosen} is the only one of ${evaluated || 1} that fits${tries}.`;
  return `${chosen} is the best of ${feasible} that fit, out of ${evaluated}${tries}.`;
}

function restText(hidden: number, notExamined: number): string {
  const parts = [];
  if (hidden > 0) parts.push(`${hidden} more nodes are not shown.`);
  if (notExamined > 0) parts.push(`${notExamined} nodes were not looked at: enough had been found.`);
  return parts.join(" ");
}

function preemptionView({ nominatedNode, rule, candidates, refused }: PreemptionRecord): PreemptionView {
  return {
    outcome: `${nominatedNode} is nominated${rule === "" ? "" : ` (${rule})`}: its victims have to go.`,
    candidates: candidates.slice(0, NODES_MAX).map(({ node, victims, highestPriority, pdbViolations }) => ({
      node,
      isPicked: node === nominatedNode,
      victims: victims.slice(0, VICTIMS_MAX),
      highestPriority,
      pdbViolations,
    })),
    refused: refused.slice(0, NODES_MAX).map(({ node, reasons }) => ({ node, reason: reasons.join(", ") })),
  };
}
