import type { Section } from "../../../protocol/views.ts";
import type { RuntimeState } from "../../../sim/components/container-runtime/state.ts";
import { runtimeView } from "../../../sim/components/container-runtime/view.ts";
import type { Process } from "../../../sim/kernel/state.ts";
import { podSelection } from "./scheduler.ts";

/** Sandboxes, containers, images, and what is being pulled. */
export function containerdSections(process: Process, nowUs: number): readonly Section[] {
  const view = runtimeView(process.state as RuntimeState, nowUs);
  const podOf = new Map(view.sandboxes.map((sandbox) => [sandbox.id, `${sandbox.namespace}/${sandbox.pod}`]));
  return [
    {
      type: "table",
      title: "Being pulled",
      columns: ["Image", "Step", "Done"],
      rows: view.pulls.map((pull) => ({ cells: [pull.reference, pull.phase, `${Math.round(pull.percent)} %`] })),
      note: view.pulls.length === 0 ? "Nothing." : "",
    },
    {
      type: "table",
      title: "Containers",
      columns: ["Container", "Pod", "State", "Start"],
      rows: view.containers.map((container) => {
        const pod = podOf.get(container.sandboxId) ?? "";
        return {
          cells: [
            container.name,
            pod,
            container.state.replace("CONTAINER_", "").toLowerCase(),
            `attempt ${container.attempt}`,
          ],
          selection: podSelection(pod),
        };
      }),
    },
    {
      type: "table",
      title: "Sandboxes",
      columns: ["Pod", "Address", "State"],
      rows: view.sandboxes.map((sandbox) => ({
        cells: [`${sandbox.namespace}/${sandbox.pod}`, sandbox.ip, sandbox.ready ? "ready" : "stopped"],
      })),
    },
    {
      type: "table",
      title: "Images on this machine",
      columns: ["Image", "Size"],
      rows: view.images.map((image) => ({
        cells: [image.reference, `${(image.sizeBytes / 1_000_000).toFixed(1)} MB`],
      })),
    },
  ];
}
