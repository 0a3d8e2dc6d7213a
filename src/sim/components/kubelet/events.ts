import { fnv32a } from "../../api/hash.ts";
import { deepFreeze } from "../../api/object.ts";
import { withFields } from "../../kernel/records.ts";
import { Twins } from "../../kernel/twins.ts";
import type { Context } from "../../kernel/types.ts";
import { type ObjectReference, referenceTo } from "../../machinery/event-recorder.ts";
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
  emitEvent(state.machinery, "kubelet", context, { object: subjectOf(worker, container), type, reason, message });
}

interface Subject {
  readonly pod: PodWorker["pod"];
  readonly container: string;
  readonly reference: ObjectReference;
}

/** The events of a container's start come close together, and all say what they are about. */
const subjects = new Twins<Subject>(1024);

function subjectOf(worker: PodWorker, container: string): ObjectReference {
  const { pod } = worker;
  const place = fnv32a(worker.uid);
  const known = subjects.at(place);
  if (known !== undefined && known.pod === pod && known.container === container) return known.reference;
  const object = referenceTo(PODS, pod);
  const reference = deepFreeze(
    container === "" ? object : withFields(object, { fieldPath: fieldPathOf(worker, container) }),
  );
  return subjects.keep(place, { pod, container, reference }).reference;
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
