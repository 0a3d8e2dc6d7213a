import { equalJson } from "../../api/equal.ts";
import type { Context, TraceRef } from "../../kernel/types.ts";
import type { Delta } from "../../machinery/informer.ts";
import { addNode, addPod, removeNode, removePod, updateNode, updatePod } from "./cache/cache.ts";
import { nominate, updateNomination, withdraw } from "./cache/nominated.ts";
import { asksForLess, type ClusterEvent, nodeUpdateEvents } from "./framework/events.ts";
import { type Node, nameOf, type Pod, uidOf } from "./objects.ts";
import { dropBinding } from "./pre-bind.ts";
import { addPodToQueue, deletePodFromQueue, moveOnEvent, updatePodInQueue } from "./queue/scheduling-queue.ts";
import { frameworkFor, type SchedulerState } from "./state.ts";

/** What the informers say, brought into cache and queue. */

export function onNodeDelta(state: SchedulerState, delta: Delta, context: Context): void {
  const node = delta.object as Node;
  switch (delta.type) {
    case "added":
      addNode(state.cache, node);
      move(state, { type: "Node/Add", node }, context, delta.trace);
      return;
    case "updated":
      updateNode(state.cache, node);
      for (const event of nodeUpdateEvents(delta.old as Node, node)) move(state, event, context, delta.trace);
      return;
    case "deleted":
      removeNode(state.cache, nameOf(node));
      move(state, { type: "Node/Delete", oldNode: node }, context, delta.trace);
      return;
  }
}

/** Volumes, claims and what belongs to them: nothing but events, since plugins read them where informers keep them. */
export function onObjectDelta(state: SchedulerState, kind: string, delta: Delta, context: Context): void {
  const { object, old } = delta;
  const action = { added: "Add", updated: "Update", deleted: "Delete" }[delta.type];
  const event = { type: `${kind}/${action}` as ClusterEvent["type"], object, oldObject: old ?? undefined };
  move(state, event, context, delta.trace);
}

export function onPodDelta(state: SchedulerState, delta: Delta, context: Context): void {
  const pod = delta.object as Pod;
  const old = delta.old as Pod | null;
  switch (delta.type) {
    case "added":
      onAdded(state, pod, context, delta.trace);
      return;
    case "updated":
      // A pod of the same name but another uid is another pod.
      if (old !== null && uidOf(old) !== uidOf(pod)) {
        onDeleted(state, old, context, delta.trace);
        onAdded(state, pod, context, delta.trace);
      } else {
        onUpdated(state, old ?? pod, pod, context, delta.trace);
      }
      return;
    case "deleted":
      onDeleted(state, pod, context, delta.trace);
      return;
  }
}

function onAdded(state: SchedulerState, pod: Pod, context: Context, trace: TraceRef): void {
  if (pod.spec.nodeName) {
    deletePodFromQueue(state.queue, uidOf(pod));
    withdraw(state.cache.nominated, uidOf(pod));
    addPod(state.cache, pod);
    move(state, { type: "AssignedPod/Add", assignedPod: pod }, context, trace);
    return;
  }
  const framework = frameworkFor(state, pod);
  if (framework === undefined) return;
  addPodToQueue(state.queue, framework, pod, context.nowUs, trace);
  nominate(state.cache.nominated, pod, pod.status?.nominatedNodeName ?? "");
}

function onUpdated(state: SchedulerState, old: Pod, pod: Pod, context: Context, trace: TraceRef): void {
  if (pod.spec.nodeName) {
    if (!old.spec.nodeName) {
      onAdded(state, pod, context, trace);
      return;
    }
    updatePod(state.cache, pod);
    if (old.metadata.labels !== pod.metadata.labels && !equalJson(old.metadata.labels, pod.metadata.labels)) {
      move(state, { type: "AssignedPod/UpdateLabel", oldPod: old, assignedPod: pod }, context, trace);
    }
    if (asksForLess(old, pod)) {
      move(state, { type: "AssignedPod/UpdateScaleDown", oldPod: old, assignedPod: pod }, context, trace);
    }
    return;
  }
  // Decided already: the binding is on its way.
  if (state.cache.assumed.has(uidOf(pod))) return;
  const framework = frameworkFor(state, pod);
  if (framework === undefined) return;
  updatePodInQueue(state.queue, framework, pod, context.nowUs, trace);
  updateNomination(state.cache.nominated, old, pod);
  if (old.status?.nominatedNodeName && !pod.status?.nominatedNodeName) roomIsFree(state, pod, context, trace);
}

function onDeleted(state: SchedulerState, pod: Pod, context: Context, trace: TraceRef): void {
  const uid = uidOf(pod);
  deletePodFromQueue(state.queue, uid);
  withdraw(state.cache.nominated, uid);
  if (state.binding.get(uid)?.preBind) dropBinding(state, uid);
  const wasAssumed = state.cache.assumed.has(uid);
  if (!pod.spec.nodeName && !wasAssumed) {
    if (pod.status?.nominatedNodeName) roomIsFree(state, pod, context, trace);
    return;
  }
  removePod(state.cache, pod);
  move(state, { type: "AssignedPod/Delete", assignedPod: pod }, context, trace);
}

/** What was kept free for the pod may go to those that it does not outrank. */
function roomIsFree(state: SchedulerState, pod: Pod, context: Context, trace: TraceRef): void {
  move(state, { type: "AssignedPod/Delete", assignedPod: pod }, context, trace, pod.spec.priority ?? 0);
}

export function move(
  state: SchedulerState,
  event: ClusterEvent,
  context: Context,
  trace: TraceRef,
  maxPriority?: number,
): void {
  if (state.queue.unschedulable.size === 0) return;
  moveOnEvent(state.queue, (pod) => frameworkFor(state, pod), event, context.nowUs, trace, maxPriority);
}
