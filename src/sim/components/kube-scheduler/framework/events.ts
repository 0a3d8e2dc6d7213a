import { equalJson } from "../../../api/equal.ts";
import type { ApiObject } from "../../../api/object.ts";
import type { Node, Pod } from "../objects.ts";
import { nameOf } from "../objects.ts";
import { type PodInfo, podInfoOf, sharesDemand } from "../pod-info.ts";
import { lowered } from "../resources.ts";

/** What happened in the cluster that may make a rejected pod schedulable. */
export type ClusterEventType =
  | "Node/Add"
  | "Node/Delete"
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
  | ObjectEventType
  | "ForceActivate"
  | "UnschedulableTimeout";

/** Of the kinds that volumes are made of. */
export type ObjectEventType =
  | "PersistentVolumeClaim/Add"
  | "PersistentVolumeClaim/Update"
  | "PersistentVolume/Add"
  | "PersistentVolume/Update"
  | "StorageClass/Add"
  | "StorageClass/Update"
  | "CSINode/Add"
  | "CSINode/Update"
  | "CSIDriver/Update"
  | "CSIStorageCapacity/Add"
  | "CSIStorageCapacity/Update"
  | "VolumeAttachment/Delete";

export interface ClusterEvent {
  readonly type: ClusterEventType;
  readonly oldNode?: Node | undefined;
  readonly node?: Node | undefined;
  readonly oldPod?: Pod | undefined;
  readonly assignedPod?: Pod | undefined;
  /** Of another kind. */
  readonly oldObject?: ApiObject | undefined;
  readonly object?: ApiObject | undefined;
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
  if (asksForLess(oldPod, pod)) add("Pod/UpdateScaleDown");
  return events;
}

/** Whether the newer version of a pod asks for less of anything. */
export function asksForLess(oldPod: Pod, pod: Pod): boolean {
  if (sharesDemand(oldPod, pod)) return false;
  const before = podInfoOf(oldPod).request;
  const after = podInfoOf(pod).request;
  return before !== after && lowered(before, after).length > 0;
}

/** As upstream prints it in the log and in the page: `NodeAdd`, `AssignedPodDelete`. */
export function describeEvent(event: ClusterEvent): string {
  const about = event.node ?? event.oldNode ?? event.assignedPod ?? event.object ?? event.oldObject;
  const object = about === undefined ? "" : ` ${nameOf(about)}`;
  return `${event.type.replace("/", "")}${object}`;
}
