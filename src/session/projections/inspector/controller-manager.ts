import type { Section } from "../../../protocol/views.ts";
import type { ControllerManagerState } from "../../../sim/components/kube-controller-manager/index.ts";
import type { Process } from "../../../sim/kernel/state.ts";

export function controllerManagerSections(process: Process): readonly Section[] {
  const state = process.state as ControllerManagerState | null;
  if (state === null) return [];
  const rows = [...state.controllers.values()].map((controller) => {
    const queue = state.machinery.queues.get(controller.name);
    const last = controller.lastSyncs.at(-1);
    return {
      cells: [
        controller.name,
        String(queue?.dirty.size ?? 0),
        String(queue?.processing.size ?? 0),
        String(controller.syncs),
        String(controller.failures),
        last?.key ?? "",
      ],
    };
  });
  return [
    { type: "facts", title: "Controller manager", facts: [{ name: "Role", value: state.role }] },
    {
      type: "table",
      title: "Controllers",
      columns: ["Controller", "Waiting", "At work", "Done", "Failed", "Last key"],
      rows,
      note: rows.length === 0 ? "Only the leader runs controllers; this one waits for the lease." : "",
    },
  ];
}
