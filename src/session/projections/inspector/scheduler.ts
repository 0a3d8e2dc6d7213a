import type { Section } from "../../../protocol/views.ts";
import type { Decision } from "../../../sim/components/kube-scheduler/decisions.ts";
import type { SchedulerState } from "../../../sim/components/kube-scheduler/state.ts";
import { type QueuedPodView, schedulerView } from "../../../sim/components/kube-scheduler/view.ts";
import type { Process } from "../../../sim/kernel/state.ts";

const DECISIONS = 3;
const NODES_MAX = 40;

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
    ...view.decisions.slice(0, DECISIONS).map(decisionSection),
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

/** Node by plugin: who refused, and what each score was. */
export function decisionSection(decision: Decision): Section {
  const { scores } = decision;
  const plugins = scores?.plugins.map((plugin) => plugin.plugin) ?? [];
  const nodes: {
    node: string;
    chosen: boolean;
    verdicts: string[];
    total: string;
    refusedBy: string;
    reason: string;
  }[] = [];
  scores?.nodes.forEach((node, index) => {
    nodes.push({
      node,
      chosen: node === decision.chosen,
      verdicts: scores.plugins.map((plugin) => String((plugin.normalized[index] ?? 0) * plugin.weight)),
      total: String(scores.totals[index] ?? ""),
      refusedBy: "",
      reason: "",
    });
  });
  if (scores === null && decision.chosen !== null) {
    nodes.push({ node: decision.chosen, chosen: true, verdicts: [], total: "the only one", refusedBy: "", reason: "" });
  }
  for (const refusal of decision.refusals ?? []) {
    nodes.push({
      node: refusal.node,
      chosen: false,
      verdicts: plugins.map(() => ""),
      total: "",
      refusedBy: refusal.plugin,
      reason: refusal.reasons.join(", "),
    });
  }
  const outcome = decision.chosen === null ? decision.message : `on ${decision.chosen}`;
  return {
    type: "decision",
    title: `${decision.pod}: ${outcome}`,
    pod: decision.pod,
    plugins,
    nodes: nodes.slice(0, NODES_MAX),
  };
}
