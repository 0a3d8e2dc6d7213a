import { equalJson } from "../../../api/equal.ts";
import type { Node, Pod } from "../objects.ts";
import { nameOf } from "../objects.ts";
import type { PodInfo } from "../pod-info.ts";

/** What happened in the cluster that may make a rejected pod schedulable. */
export type ClusterEventType =
  | "Node/Add"
  | "Node/UpdateAllocatable"
  | "Node/UpdateLabel"
  | "Node/UpdateTaint"
  | "Node/UpdateCondition"
  | "AssignedPod/Add"
  | "AssignedPod/UpdateLabel"
  | "AssignedPod/UpdateScaleDown"
  | "AssignedPod/Delete"
  | "Pod/UpdateLabel"
  | "Pod/UpdateScaleDown"
  | "Pod/UpdateToleration"
  | "Pod/UpdateSchedulingGatesEliminated"
  | "ForceActivate"
  | "UnschedulableTimeout";

export interface ClusterEvent {
  readonly type: ClusterEventType;
  readonly oldNode?: Node | undefined;
  readonly node?: Node | undefined;
  readonly oldPod?: Pod | undefined;
  readonly assignedPod?: Pod | undefined;
}

/** A plugin's interest in events; `hint` says whether this one may help this pod (absent: it may). */
export interface EventInterest {
  readonly types: readonly ClusterEventType[];
  readonly hint?: (pod: PodInfo, event: ClusterEvent) => boolean;
}

/** What of a node's update matters to scheduling; a mere heart-beat gives none. */
export function nodeUpdateEvents(oldNode: Node, node: Node): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const add = (type: ClusterEventType) => events.push({ type, oldNode, node });
  if (!equalJson(oldNode.status?.allocatable, node.status?.allocatable)) add("Node/UpdateAllocatable");
  if (!equalJson(oldNode.metadata.labels, node.metadata.labels)) add("Node/UpdateLabel");
  if (
    !equalJson(oldNode.spec?.taints, node.spec?.taints) ||
    (oldNode.spec?.unschedulable ?? false) !== (node.spec?.unschedulable ?? false)
  ) {
    add("Node/UpdateTaint");
  }
  if (!sameConditions(oldNode, node)) add("Node/UpdateCondition");
  return events;
}

function sameConditions(a: Node, b: Node): boolean {
  const before = a.status?.conditions;
  const after = b.status?.conditions;
  if (before === after) return true;
  if (before === undefined || after === undefined || before.length !== after.length) return false;
  for (let index = 0; index < before.length; index += 1) {
    if (before[index]!.type !== after[index]!.type || before[index]!.status !== after[index]!.status) return false;
  }
  return true;
}

/** What of an update of a waiting pod may make it schedulable. */
export function waitingPodUpdateEvents(oldPod: Pod, pod: Pod): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const add = (type: ClusterEventType) => events.push({ type, oldPod });
  if (!equalJson(oldPod.metadata.labels, pod.metadata.labels)) add("Pod/UpdateLabel");
  if (!equalJson(oldPod.spec.tolerations, pod.spec.tolerations)) add("Pod/UpdateToleration");
  if ((oldPod.spec.schedulingGates?.length ?? 0) > 0 && (pod.spec.schedulingGates?.length ?? 0) === 0) {
    add("Pod/UpdateSchedulingGatesEliminated");
  }
  if (!equalJson(oldPod.spec.containers, pod.spec.containers)) add("Pod/UpdateScaleDown");
  return events;
}

/** As upstream prints it in the log and in the page: `NodeAdd`, `AssignedPodDelete`. */
export function describeEvent(event: ClusterEvent): string {
  const object = event.node ? ` ${nameOf(event.node)}` : event.assignedPod ? ` ${nameOf(event.assignedPod)}` : "";
  return `${event.type.replace("/", "")}${object}`;
}
