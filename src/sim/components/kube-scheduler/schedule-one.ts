import { deepFreeze } from "../../api/object.ts";
import { formatTime } from "../../api/time.ts";
import type { Context, KernelMessage } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { referenceTo } from "../../machinery/event-recorder.ts";
import { klog, quote } from "../../machinery/klog.ts";
import { clientOf, emitEvent, informerOf } from "../../machinery/machinery.ts";
import { createSubresourceRequest, resultOf } from "../../machinery/requests.ts";
import { PODS } from "../../machinery/resources.ts";
import { assumePod, forgetPod, refreshOrder } from "./cache/cache.ts";
import { nominate } from "./cache/nominated.ts";
import { keepDecision } from "./decisions.ts";
import { move } from "./event-handlers.ts";
import { truncateMessage } from "./framework/fit-error.ts";
import type { PreBind } from "./framework/plugin.ts";
import type { Framework } from "./framework/profile.ts";
import { failureMessage, schedulePod, type Verdict } from "./framework/run.ts";
import { keyOf, type Pod, type PodCondition, uidOf } from "./objects.ts";
import { podInfoOf } from "./pod-info.ts";
import {
  assumeWrites,
  checkVolumes,
  dropBinding,
  onPreBindAnswer,
  type PreBindOutcome,
  type PreBindTag,
  startPreBind,
} from "./pre-bind.ts";
import { onPreemptingAnswer, type PreemptingTag, patchStatus, startPreempting } from "./preempting.ts";
import { addUnschedulable, deletePodFromQueue, popPod, type QueuedPod } from "./queue/scheduling-queue.ts";
import { type Binding, frameworkFor, objectsSeen, type SchedulerState, schedulerNameOf } from "./state.ts";

/** Comes back with the answer to a write. */
export type SchedulerTag =
  | PreemptingTag
  | PreBindTag
  | { readonly ask: "bind"; readonly uid: string; readonly pod: Pod; readonly node: string }
  | { readonly ask: "patchStatus"; readonly pod: string };

/** One scheduling cycle: takes a pod, finds it a node, assumes that it runs there and sends the binding. */
export function scheduleOne(state: SchedulerState, context: Context, durationUs: number): void {
  const queued = popPod(state.queue);
  if (queued === null) return;
  context.actFor(queued.trace);
  const { pod } = queued;
  const framework = frameworkFor(state, pod);
  if (framework === undefined || state.cache.assumed.has(queued.uid)) {
    deletePodFromQueue(state.queue, queued.uid);
    return;
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    record(
      state,
      pod,
      "Warning",
      "FailedScheduling",
      "Scheduling",
      `skip schedule deleting pod: ${keyOf(pod)}`,
      context,
    );
    deletePodFromQueue(state.queue, queued.uid);
    return;
  }
  const verdict = decide(state, framework, queued, context);
  const message = verdict.chosen === null ? failureMessage(verdict) : "";
  keepDecision(state.decisions, queued, verdict, { atUs: context.nowUs, durationUs, message });
  if (context.observed) context.note("decision", state.decisions.decisions.at(-1));
  context.count("scheduler_schedule_attempts_total");
  context.observe("scheduler_scheduling_algorithm_duration_us", durationUs);
  if (verdict.chosen === null) {
    const { preemption } = verdict;
    if (preemption?.pick) startPreempting(state, pod, preemption.pick.candidate, context);
    const failure: Failure = { plugins: refusers(verdict), reason: "Unschedulable", message };
    failed(state, queued, failure, preemption?.nominatedNode ?? null, context);
    return;
  }
  bind(state, queued, verdict.chosen, verdict.preBind, context);
}

function decide(state: SchedulerState, framework: Framework, queued: QueuedPod, context: Context): Verdict {
  refreshOrder(state.cache);
  const verdict = schedulePod(framework, state.cache, objectsSeen(state), podInfoOf(queued.pod), {
    startIndex: state.nextStartNodeIndex,
    percentageOfNodesToScore: state.config.percentageOfNodesToScore,
    randomInt: (bound) => context.random.int(bound),
  });
  if (verdict.numAllNodes > 0) {
    state.nextStartNodeIndex = (state.nextStartNodeIndex + verdict.evaluated) % verdict.numAllNodes;
  }
  return verdict;
}

/** The plugins whose events may bring the pod back. Without any node only a new one can: every plugin hears of that. */
function refusers(verdict: Verdict): string[] {
  const names = new Set<string>();
  if (verdict.preFilter !== null) names.add(verdict.preFilter.plugin);
  for (const { plugin } of verdict.failures.values()) names.add(plugin);
  if (verdict.absent !== null) names.add("NodeAffinity");
  if (verdict.numAllNodes === 0) names.add("NodeName");
  return [...names].sort();
}

/** Reserve, PreBind and Bind: the pod counts as placed from here on. */
function bind(state: SchedulerState, queued: QueuedPod, node: string, preBind: PreBind | null, context: Context): void {
  const { pod, uid } = queued;
  assumePod(state.cache, pod, node);
  queued.lastMessage = "";
  state.binding.set(uid, Object.freeze({ pod, node, sinceUs: context.nowUs, preBind }));
  if (preBind === null) {
    postBinding(state, pod, node, context);
    return;
  }
  assumeWrites(state, preBind);
  startPreBind(state, uid, preBind, context);
}

function postBinding(state: SchedulerState, pod: Pod, node: string, context: Context): void {
  const { namespace = "", name = "", uid = "" } = pod.metadata;
  const body = deepFreeze({
    apiVersion: "v1",
    kind: "Binding",
    metadata: { namespace, name, uid },
    target: { kind: "Node", name: node },
  });
  const tag: SchedulerTag = Object.freeze({ ask: "bind", uid: uidOf(pod), pod, node });
  call(clientOf(state.machinery!), context, createSubresourceRequest(PODS, namespace, name, "binding", body), tag);
}

/** Time to see whether a pod's claims are bound. */
export function onVolumesDue(state: SchedulerState, uid: string, context: Context): void {
  const binding = state.binding.get(uid);
  if (binding?.preBind == null) return;
  const { preBind } = binding;
  goOn(state, uid, binding, checkVolumes(state, uid, { ...binding, preBind }, context), context);
}

function goOn(state: SchedulerState, uid: string, binding: Binding, outcome: PreBindOutcome, context: Context): void {
  if (outcome.type === "done") postBinding(state, binding.pod, binding.node, context);
  if (outcome.type !== "failed") return;
  const error = `running PreBind plugin "${binding.preBind!.plugin}": ${outcome.error}`;
  bindingFailed(state, uid, binding.pod, error, context);
}

/** The answer to a binding or a patch. */
export function onAnswer(
  state: SchedulerState,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  context: Context,
): void {
  const tag = message.tag as SchedulerTag;
  const result = resultOf(message);
  if (tag.ask === "condemn" || tag.ask === "evict") {
    onPreemptingAnswer(state, tag, result, context);
    return;
  }
  if (tag.ask === "preBind") {
    const binding = state.binding.get(tag.uid);
    if (binding?.preBind == null) return;
    goOn(state, tag.uid, binding, onPreBindAnswer(state, tag, binding.preBind, result, context), context);
    return;
  }
  if (tag.ask === "patchStatus") {
    if (!result.ok) {
      klog(context, "E", "schedule_one.go:1147", `"Error updating pod" err=${quote(result.text)} pod="${tag.pod}"`);
    }
    return;
  }
  if (result.ok) {
    dropBinding(state, tag.uid);
    deletePodFromQueue(state.queue, tag.uid);
    context.count("scheduler_pods_scheduled_total");
    const text = `Successfully assigned ${keyOf(tag.pod)} to ${tag.node}`;
    record(state, tag.pod, "Normal", "Scheduled", "Binding", text, context);
    return;
  }
  bindingFailed(state, tag.uid, tag.pod, `running Bind plugin "DefaultBinder": ${result.text}`, context);
}

function bindingFailed(state: SchedulerState, uid: string, pod: Pod, error: string, context: Context): void {
  dropBinding(state, uid);
  klog(
    context,
    "E",
    "schedule_one.go:1086",
    `"Error scheduling pod; retrying" err=${quote(error)} pod="${keyOf(pod)}"`,
  );
  const wasAssumed = state.cache.assumed.has(uid);
  forgetPod(state.cache, uid);
  // What the pod held is free again.
  if (wasAssumed) move(state, { type: "AssignedPod/Delete", assignedPod: pod }, context, context.trace);
  const queued = state.queue.pods.get(uid);
  if (queued === undefined) return;
  const current = informerOf(state.machinery!, "pods").store.objects.get(keyOf(pod)) as Pod | undefined;
  if (current === undefined || current.metadata.uid !== pod.metadata.uid || current.spec.nodeName) {
    deletePodFromQueue(state.queue, uid);
    return;
  }
  queued.pod = current;
  failed(state, queued, { plugins: [], reason: "SchedulerError", message: error }, "", context);
}

interface Failure {
  /** Whose events may bring the pod back. */
  readonly plugins: readonly string[];
  readonly reason: "Unschedulable" | "SchedulerError";
  readonly message: string;
}

/** Back to the queue, an event, the PodScheduled condition; `nominated` as in `Preemption.nominatedNode`. */
function failed(
  state: SchedulerState,
  queued: QueuedPod,
  failure: Failure,
  nominated: string | null,
  context: Context,
): void {
  const { pod } = queued;
  const { plugins, message } = failure;
  addUnschedulable(state.queue, queued, plugins, message, context.nowUs);
  nominate(state.cache.nominated, pod, nominated ?? pod.status?.nominatedNodeName ?? "");
  record(state, pod, "Warning", "FailedScheduling", "Scheduling", truncateMessage(message), context);
  patchPodScheduled(state, pod, failure, nominated, context);
}

function patchPodScheduled(
  state: SchedulerState,
  pod: Pod,
  { reason, message }: Failure,
  nominated: string | null,
  context: Context,
): void {
  const status: { conditions?: readonly PodCondition[]; nominatedNodeName?: string | null } = {};
  const old = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (old?.status !== "False" || old.reason !== reason || old.message !== message) {
    const since = old?.status === "False" ? (old.lastTransitionTime ?? null) : formatTime(context.wallUs());
    status.conditions = [
      { type: "PodScheduled", status: "False", reason, message, lastProbeTime: null, lastTransitionTime: since },
    ];
  }
  if (nominated !== null && nominated !== (pod.status?.nominatedNodeName ?? "")) {
    status.nominatedNodeName = nominated === "" ? null : nominated;
  }
  if (Object.keys(status).length > 0) patchStatus(state, pod, status, context);
}

function record(
  state: SchedulerState,
  pod: Pod,
  type: "Normal" | "Warning",
  reason: string,
  action: string,
  message: string,
  context: Context,
): void {
  const object = referenceTo(PODS, pod);
  emitEvent(state.machinery!, schedulerNameOf(pod), context, { object, type, reason, action, message });
}
