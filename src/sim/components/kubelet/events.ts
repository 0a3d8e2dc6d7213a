import { withFields } from "../../kernel/records.ts";
import type { Context } from "../../kernel/types.ts";
import { referenceTo } from "../../machinery/event-recorder.ts";
import { emitEvent } from "../../machinery/machinery.ts";
import { PODS } from "../../machinery/resources.ts";
import type { KubeletState, PodWorker } from "./state.ts";

type EventType = "Normal" | "Warning";

/** An event about a pod; `container` makes it one about `spec.containers{<name>}`. */
export function podEvent(
  state: KubeletState,
  worker: PodWorker,
  context: Context,
  type: EventType,
  reason: string,
  message: string,
  container = "",
): void {
  if (state.machinery === null) return;
  const object = referenceTo(PODS, worker.pod);
  emitEvent(state.machinery, "kubelet", context, {
    object: container === "" ? object : withFields(object, { fieldPath: fieldPathOf(worker, container) }),
    type,
    reason,
    message,
  });
}

function fieldPathOf({ pod: { spec } }: PodWorker, container: string): string {
  const is = ({ name }: { readonly name: string }): boolean => name === container;
  if (spec.initContainers?.some(is)) return `spec.initContainers{${container}}`;
  if (spec.ephemeralContainers?.some(is)) return `spec.ephemeralContainers{${container}}`;
  return `spec.containers{${container}}`;
}

/** An event about the node. Upstream gives the node's name as its uid. */
export function nodeEvent(
  state: KubeletState,
  context: Context,
  type: EventType,
  reason: string,
  message: string,
): void {
  if (state.machinery === null) return;
  const object = { apiVersion: "v1", kind: "Node", name: state.nodeName, uid: state.nodeName };
  emitEvent(state.machinery, "kubelet", context, { object, type, reason, message });
}
