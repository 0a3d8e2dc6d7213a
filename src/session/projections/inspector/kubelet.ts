import type { Section } from "../../../protocol/views.ts";
import type { KubeletState } from "../../../sim/components/kubelet/state.ts";
import { kubeletView } from "../../../sim/components/kubelet/view.ts";
import type { Process } from "../../../sim/kernel/state.ts";
import { podSelection } from "./scheduler.ts";

const CALLS = 12;

/** The kubelet's pod workers, its probes, and the last CRI calls. */
export function kubeletSections(process: Process, nowUs: number): readonly Section[] {
  const view = kubeletView(process.state as KubeletState);
  const leaseAge = Math.max(0, Math.round((nowUs - view.lease.lastRenewAtUs) / 1_000_000));
  return [
    {
      type: "facts",
      title: "Kubelet",
      facts: [
        { name: "Node", value: view.registered ? view.node : `${view.node} (not registered yet)` },
        {
          name: "Heart-beat",
          value: view.lease.failing ? `fails since ${leaseAge} s` : `renewed ${leaseAge} s ago`,
          tone: view.lease.failing ? "bad" : "good",
        },
        {
          name: "Container runtime",
          value: view.runtime.connected ? "answers" : "does not answer",
          tone: view.runtime.connected ? "good" : "bad",
        },
        { name: "Pod network", value: view.runtime.networkReady ? "ready" : view.runtime.networkMessage },
      ],
    },
    {
      type: "table",
      title: "Pod workers",
      columns: ["Pod", "Phase", "Now", "Containers"],
      rows: view.pods.map((pod) => ({
        cells: [
          `${pod.namespace}/${pod.name}`,
          pod.phase,
          pod.work,
          pod.containers.map((one) => `${one.name}: ${one.reason || one.state}`).join(", "),
        ],
        selection: podSelection(`${pod.namespace}/${pod.name}`),
      })),
      note: view.pods.length === 0 ? "No pod is bound to this node." : "",
    },
    {
      type: "table",
      title: "Probes",
      columns: ["Pod", "Container", "Kind", "Result", "In a row", "Last said"],
      rows: view.probes.map((probe) => ({
        cells: [probe.pod, probe.container, probe.type, probe.result, String(probe.run), probe.lastOutput],
      })),
      note: view.probes.length === 0 ? "No container here has one." : "",
    },
    {
      type: "table",
      title: "Last calls to the runtime (CRI)",
      columns: ["Call", "About"],
      rows: view.recentCalls.slice(-CALLS).map((call) => ({ cells: cellsOf(call) })),
    },
  ];
}

function cellsOf(call: object): string[] {
  const { call: name, ...rest } = call as { readonly call?: string };
  const about = Object.values(rest).filter((value) => typeof value === "string");
  return [name ?? "", about.join(" ")];
}
