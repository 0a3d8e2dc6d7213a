import { deepFreeze } from "../../api/object.ts";
import { formatTime } from "../../api/time.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { referenceTo } from "../../machinery/event-recorder.ts";
import { klog, quote } from "../../machinery/klog.ts";
import { clientOf, emitEvent } from "../../machinery/machinery.ts";
import { type CallResult, deleteRequest, isNotFound, patchRequest } from "../../machinery/requests.ts";
import { PODS } from "../../machinery/resources.ts";
import { nominatedOn } from "./cache/nominated.ts";
import { keyOf, type Pod, type PodCondition, uidOf } from "./objects.ts";
import { priorityOf } from "./preemption/importance.ts";
import type { Candidate } from "./preemption/pick.ts";
import { forceActivate } from "./queue/scheduling-queue.ts";
import { frameworkFor, type SchedulerState, schedulerNameOf } from "./state.ts";

/** A pod whose victims are being deleted, beside the scheduling of others. */
export interface Preempting {
  readonly pod: Pod;
  readonly node: string;
  /** Goes when all others are gone, so that the pod is free to be tried again before the last room is made. */
  readonly last: Pod;
  /** Victims before the last whose deletion has not been answered yet. */
  pending: number;
  failed: boolean;
}

/** Comes back with the answers. */
export type PreemptingTag =
  | { readonly ask: "condemn"; readonly preemptor: string; readonly victim: Pod }
  | { readonly ask: "evict"; readonly preemptor: string; readonly victim: Pod };

/** Has the victims deleted, and sends pods elsewhere that were to go to that node and matter less. */
export function startPreempting(state: SchedulerState, pod: Pod, { node, victims }: Candidate, context: Context): void {
  for (const other of nominatedOn(state.cache.nominated, node)) {
    if (priorityOf(other) < priorityOf(pod)) patchStatus(state, other, { nominatedNodeName: null }, context);
  }
  const others = victims.slice(0, -1);
  const preempting: Preempting = { pod, node, last: victims.at(-1)!, pending: others.length, failed: false };
  state.preempting.set(uidOf(pod), preempting);
  state.queue.preempting.add(uidOf(pod));
  for (const victim of others) condemn(state, preempting, victim, context);
  if (others.length === 0) evictLast(state, preempting, context);
}

function evictLast(state: SchedulerState, preempting: Preempting, context: Context): void {
  state.queue.preempting.delete(uidOf(preempting.pod));
  condemn(state, preempting, preempting.last, context);
}

/** Says in the victim's status why it goes. */
function condemn(state: SchedulerState, { pod }: Preempting, victim: Pod, context: Context): void {
  const old = victim.status?.conditions?.find(({ type }) => type === "DisruptionTarget");
  const message = `${schedulerNameOf(pod)}: preempting to accommodate a higher priority pod`;
  if (old?.status === "True" && old.reason === "PreemptionByScheduler" && old.message === message) {
    evict(state, uidOf(pod), victim, context);
    return;
  }
  const condition: PodCondition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "PreemptionByScheduler",
    message,
    lastProbeTime: null,
    lastTransitionTime: old?.status === "True" ? (old.lastTransitionTime ?? null) : formatTime(context.wallUs()),
  };
  const tag: PreemptingTag = Object.freeze({ ask: "condemn", preemptor: uidOf(pod), victim });
  patchStatus(state, victim, { conditions: [condition] }, context, tag);
}

function evict(state: SchedulerState, preemptor: string, victim: Pod, context: Context): void {
  const { namespace = "", name = "" } = victim.metadata;
  const tag: PreemptingTag = Object.freeze({ ask: "evict", preemptor, victim });
  call(clientOf(state.machinery!), context, deleteRequest(PODS, namespace, name), tag);
}

/** A strategic merge of a pod's status, for the pod of this uid alone. */
export function patchStatus(
  state: SchedulerState,
  pod: Pod,
  status: Readonly<Record<string, unknown>>,
  context: Context,
  tag: unknown = Object.freeze({ ask: "patchStatus", pod: keyOf(pod) }),
): void {
  const { namespace = "", name = "", uid } = pod.metadata;
  const body = deepFreeze({ metadata: { uid }, status });
  call(clientOf(state.machinery!), context, patchRequest(PODS, namespace, name, "strategic", body, "status"), tag);
}

export function onPreemptingAnswer(
  state: SchedulerState,
  { ask, preemptor, victim }: PreemptingTag,
  result: CallResult,
  context: Context,
): void {
  const preempting = state.preempting.get(preemptor);
  if (preempting === undefined) return;
  if (result.ok && ask === "condemn") {
    evict(state, preemptor, victim, context);
    return;
  }
  const isGone = !result.ok && isNotFound(result);
  if (result.ok) tellVictim(state, preempting, victim, context);
  else if (!isGone) {
    const what =
      ask === "condemn" ? "Could not add DisruptionTarget condition due to preemption" : "Tried to preempted pod";
    const pods = `pod="${keyOf(victim)}" preemptor="${keyOf(preempting.pod)}"`;
    klog(context, "E", "preemption.go:447", `"${what}" err=${quote(result.text)} ${pods}`);
    preempting.failed = true;
  }
  if (victim !== preempting.last) {
    preempting.pending -= 1;
    if (preempting.pending > 0) return;
    if (!preempting.failed) {
      evictLast(state, preempting, context);
      return;
    }
  }
  state.preempting.delete(preemptor);
  state.queue.preempting.delete(preemptor);
  if (preempting.failed) retry(state, preempting.pod, context);
}

/** Nothing else would wake the pod: no victim may be on its way out. */
function retry(state: SchedulerState, pod: Pod, context: Context): void {
  const framework = frameworkFor(state, pod);
  if (framework !== undefined) forceActivate(state.queue, framework, uidOf(pod), context.trace);
}

function tellVictim(state: SchedulerState, { pod, node }: Preempting, victim: Pod, context: Context): void {
  emitEvent(state.machinery!, schedulerNameOf(pod), context, {
    object: referenceTo(PODS, victim),
    related: referenceTo(PODS, pod),
    type: "Normal",
    reason: "Preempted",
    action: "Preempting",
    message: `Preempted by pod ${uidOf(pod)} on node ${node}`,
  });
}
