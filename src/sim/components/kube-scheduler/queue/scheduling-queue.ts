import type { TraceRef } from "../../../kernel/types.ts";
import { type ClusterEvent, describeEvent, waitingPodUpdateEvents } from "../framework/events.ts";
import type { Framework } from "../framework/profile.ts";
import { type Pod, uidOf } from "../objects.ts";
import { podInfoOf } from "../pod-info.ts";
import { popHeap, pushHeap } from "./heap.ts";

export type Place =
  | "active"
  /** Rejected; woken by an event before its time was up. */
  | "backoff"
  /** After an error (a binding that failed): waits its time out. */
  | "errorBackoff"
  | "unschedulable"
  /** A PreEnqueue plugin keeps it out. */
  | "gated"
  | "inFlight";

/** A waiting pod. Lives from the pod's first sight until it is bound or gone. */
export interface QueuedPod {
  readonly uid: string;
  pod: Pod;
  place: Place;
  /** When it came to its place: PrioritySort's second key, and what back-off counts from. */
  timestampUs: number;
  readonly firstSeenUs: number;
  attempts: number;
  /** Plugins that rejected it last: only their events can bring it back. */
  refusedBy: readonly string[];
  /** What the last refusal said, and what moved it last: for people. */
  lastMessage: string;
  movedBy: string;
  backoffUntilUs: number;
  /** Entries of heaps with another ticket are out of date. */
  ticket: number;
  trace: TraceRef;
}

interface Entry {
  readonly uid: string;
  readonly ticket: number;
  readonly priority: number;
  readonly timestampUs: number;
  /** Back-off heaps: the one-second window in which the back-off ends. */
  readonly windowUs: number;
}

export interface SchedulingQueue {
  readonly initialBackoffUs: number;
  readonly maxBackoffUs: number;
  readonly pods: Map<string, QueuedPod>;
  active: Entry[];
  backoff: Entry[];
  errorBackoff: Entry[];
  /** Uids of those in `unschedulable`. */
  readonly unschedulable: Set<string>;
  /** Uids of pods whose victims are being deleted: they are not tried meanwhile. */
  readonly preempting: Set<string>;
  activeCount: number;
  backoffCount: number;
  errorBackoffCount: number;
  nextTicket: number;
}

const WINDOW_US = 1_000_000;
export const FLUSH_EVERY_US = 30_000_000;
/** How long a rejected pod waits at most for an event before it is tried again. */
export const UNSCHEDULABLE_TIMEOUT_US = 300_000_000;

export function createQueue(initialBackoffSeconds: number, maxBackoffSeconds: number): SchedulingQueue {
  return {
    initialBackoffUs: initialBackoffSeconds * 1_000_000,
    maxBackoffUs: maxBackoffSeconds * 1_000_000,
    pods: new Map(),
    active: [],
    backoff: [],
    errorBackoff: [],
    unschedulable: new Set(),
    preempting: new Set(),
    activeCount: 0,
    backoffCount: 0,
    errorBackoffCount: 0,
    nextTicket: 1,
  };
}

/** PrioritySort: higher priority first, then the earlier timestamp. */
function sortsBefore(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.timestampUs !== b.timestampUs) return a.timestampUs < b.timestampUs;
  return a.ticket < b.ticket;
}

/** By the second in which the back-off ends; inside of it as the active queue sorts. */
function backsOffBefore(a: Entry, b: Entry): boolean {
  return a.windowUs === b.windowUs ? sortsBefore(a, b) : a.windowUs < b.windowUs;
}

/** 1 s, 2 s, 4 s, 8 s, 10 s, ... after the last attempt. */
export function backoffUs(queue: SchedulingQueue, attempts: number): number {
  if (attempts === 0) return 0;
  let duration = queue.initialBackoffUs;
  for (let attempt = 1; attempt < attempts && duration < queue.maxBackoffUs; attempt += 1) duration *= 2;
  return Math.min(duration, queue.maxBackoffUs);
}

export function addPodToQueue(
  queue: SchedulingQueue,
  framework: Framework,
  pod: Pod,
  nowUs: number,
  trace: TraceRef,
): void {
  const uid = uidOf(pod);
  if (queue.pods.has(uid)) return;
  const queued: QueuedPod = {
    uid,
    pod,
    place: "inFlight",
    timestampUs: nowUs,
    firstSeenUs: nowUs,
    attempts: 0,
    refusedBy: [],
    lastMessage: "",
    movedBy: "PodAdd",
    backoffUntilUs: 0,
    ticket: 0,
    trace,
  };
  queue.pods.set(uid, queued);
  activate(queue, framework, queued);
}

/** Into the active queue, unless a PreEnqueue plugin keeps it out. */
function activate(queue: SchedulingQueue, framework: Framework, queued: QueuedPod): void {
  for (const plugin of framework.preEnqueue) {
    const reason = plugin.preEnqueue!(podInfoOf(queued.pod), queue.preempting);
    if (reason === null) continue;
    if (queue.preempting.has(queued.uid)) {
      // The last victim's end wakes it: it goes on waiting for what it was refused for.
      put(queue, queued, "unschedulable");
      return;
    }
    put(queue, queued, "gated");
    queued.refusedBy = [plugin.name];
    queued.lastMessage = reason;
    return;
  }
  put(queue, queued, "active");
}

function put(queue: SchedulingQueue, queued: QueuedPod, place: Place): void {
  leave(queue, queued);
  queued.place = place;
  queued.ticket = queue.nextTicket;
  queue.nextTicket += 1;
  const { uid, ticket, timestampUs, backoffUntilUs } = queued;
  const entry = { uid, ticket, timestampUs, priority: queued.pod.spec.priority ?? 0, windowUs: backoffUntilUs };
  switch (place) {
    case "active":
      queue.activeCount += 1;
      pushHeap(queue.active, Object.freeze(entry), sortsBefore);
      break;
    case "backoff":
      queue.backoffCount += 1;
      pushHeap(queue.backoff, Object.freeze(entry), backsOffBefore);
      break;
    case "errorBackoff":
      queue.errorBackoffCount += 1;
      pushHeap(queue.errorBackoff, Object.freeze(entry), backsOffBefore);
      break;
    case "unschedulable":
      queue.unschedulable.add(uid);
      break;
  }
}

function leave(queue: SchedulingQueue, queued: QueuedPod): void {
  switch (queued.place) {
    case "active":
      queue.activeCount -= 1;
      break;
    case "backoff":
      queue.backoffCount -= 1;
      break;
    case "errorBackoff":
      queue.errorBackoffCount -= 1;
      break;
    case "unschedulable":
      queue.unschedulable.delete(queued.uid);
      break;
  }
  queued.place = "inFlight";
}

export function deletePodFromQueue(queue: SchedulingQueue, uid: string): void {
  const queued = queue.pods.get(uid);
  if (queued === undefined) return;
  leave(queue, queued);
  queue.pods.delete(uid);
}

/** A waiting pod changed: it may be schedulable now. */
export function updatePodInQueue(
  queue: SchedulingQueue,
  framework: Framework,
  pod: Pod,
  nowUs: number,
  trace: TraceRef,
): void {
  const queued = queue.pods.get(uidOf(pod));
  if (queued === undefined) {
    addPodToQueue(queue, framework, pod, nowUs, trace);
    return;
  }
  const old = queued.pod;
  queued.pod = pod;
  if (queued.place === "gated") {
    leave(queue, queued);
    queued.trace = trace;
    activate(queue, framework, queued);
    return;
  }
  if (queued.place !== "unschedulable") return;
  for (const event of waitingPodUpdateEvents(old, pod)) {
    if (!mayHelp(framework, queued, event)) continue;
    requeue(queue, framework, queued, nowUs, event, trace);
    return;
  }
}

/** Takes the next pod; when none is active, one whose back-off (not after an error) is still running. */
export function popPod(queue: SchedulingQueue): QueuedPod | null {
  const queued =
    takeFrom(queue, queue.active, "active", sortsBefore) ?? takeFrom(queue, queue.backoff, "backoff", backsOffBefore);
  if (queued === null) return null;
  leave(queue, queued);
  queued.attempts += 1;
  return queued;
}

export function hasPodToPop(queue: SchedulingQueue): boolean {
  return queue.activeCount > 0 || queue.backoffCount > 0;
}

function takeFrom(
  queue: SchedulingQueue,
  heap: Entry[],
  place: Place,
  before: (a: Entry, b: Entry) => boolean,
): QueuedPod | null {
  for (;;) {
    const entry = popHeap(heap, before);
    if (entry === undefined) return null;
    const queued = queue.pods.get(entry.uid);
    if (queued?.place === place && queued.ticket === entry.ticket) return queued;
  }
}

/** No node took it: it waits for an event that one of `plugins` is interested in. None: an error, so only for time. */
export function addUnschedulable(
  queue: SchedulingQueue,
  queued: QueuedPod,
  plugins: readonly string[],
  message: string,
  nowUs: number,
): void {
  queued.timestampUs = nowUs;
  queued.refusedBy = plugins;
  queued.lastMessage = message;
  queued.movedBy = "";
  queued.backoffUntilUs = backoffEnd(queue, queued);
  put(queue, queued, plugins.length === 0 ? "errorBackoff" : "unschedulable");
}

/** Cut to whole seconds, so that pods of one second leave by priority. */
function backoffEnd(queue: SchedulingQueue, queued: QueuedPod): number {
  const end = queued.timestampUs + backoffUs(queue, queued.attempts);
  return end - (end % WINDOW_US);
}

/** Something happened: wakes the rejected pods that it may help. `maxPriority`: only those up to this. */
export function moveOnEvent(
  queue: SchedulingQueue,
  frameworkFor: (pod: Pod) => Framework | undefined,
  event: ClusterEvent,
  nowUs: number,
  trace: TraceRef,
  maxPriority = Number.POSITIVE_INFINITY,
): void {
  for (const uid of [...queue.unschedulable]) {
    const queued = queue.pods.get(uid)!;
    if ((queued.pod.spec.priority ?? 0) > maxPriority) continue;
    const framework = frameworkFor(queued.pod);
    if (framework === undefined || !mayHelp(framework, queued, event)) continue;
    requeue(queue, framework, queued, nowUs, event, trace);
  }
}

/** Tries a waiting pod at once, whatever it waits for. */
export function forceActivate(queue: SchedulingQueue, framework: Framework, uid: string, trace: TraceRef): void {
  const queued = queue.pods.get(uid);
  if (queued === undefined || queued.place === "active" || queued.place === "inFlight" || queued.place === "gated")
    return;
  queued.movedBy = describeEvent({ type: "ForceActivate" });
  queued.trace = trace;
  activate(queue, framework, queued);
}

function mayHelp(framework: Framework, queued: QueuedPod, event: ClusterEvent): boolean {
  if (!framework.awaited.has(event.type)) return false;
  for (const plugin of queued.refusedBy) {
    for (const { types, hint } of framework.interests.get(plugin) ?? []) {
      if (!types.includes(event.type)) continue;
      if (hint === undefined || hint(podInfoOf(queued.pod), event)) return true;
    }
  }
  return false;
}

function requeue(
  queue: SchedulingQueue,
  framework: Framework,
  queued: QueuedPod,
  nowUs: number,
  event: ClusterEvent,
  trace: TraceRef,
): void {
  queued.movedBy = describeEvent(event);
  queued.trace = trace;
  if (queued.backoffUntilUs > nowUs) put(queue, queued, "backoff");
  else activate(queue, framework, queued);
}

/** Ends back-offs that are over and waits that have lasted too long. */
export function flushQueue(
  queue: SchedulingQueue,
  frameworkFor: (pod: Pod) => Framework | undefined,
  nowUs: number,
): void {
  for (const [heap, place] of [
    [queue.backoff, "backoff"],
    [queue.errorBackoff, "errorBackoff"],
  ] as const) {
    while (heap.length > 0 && heap[0]!.windowUs <= nowUs) {
      const entry = popHeap(heap, backsOffBefore)!;
      const queued = queue.pods.get(entry.uid);
      if (queued?.place !== place || queued.ticket !== entry.ticket) continue;
      const framework = frameworkFor(queued.pod);
      if (framework !== undefined) activate(queue, framework, queued);
    }
  }
  for (const uid of [...queue.unschedulable]) {
    const queued = queue.pods.get(uid)!;
    if (nowUs - queued.timestampUs < UNSCHEDULABLE_TIMEOUT_US) continue;
    const framework = frameworkFor(queued.pod);
    if (framework === undefined) continue;
    requeue(queue, framework, queued, nowUs, { type: "UnschedulableTimeout" }, queued.trace);
  }
}

/** When `flushQueue` has something to do next, on upstream's beats of 1 s and 30 s; null: never. */
export function nextFlushAtUs(queue: SchedulingQueue, startedAtUs: number): number | null {
  let next = Number.POSITIVE_INFINITY;
  const beat = (dueUs: number, everyUs: number) => {
    const beats = Math.ceil((dueUs - startedAtUs) / everyUs);
    next = Math.min(next, startedAtUs + Math.max(1, beats) * everyUs);
  };
  if (queue.backoffCount > 0) beat(queue.backoff[0]!.windowUs, WINDOW_US);
  if (queue.errorBackoffCount > 0) beat(queue.errorBackoff[0]!.windowUs, WINDOW_US);
  // Pods come to the set in order of time, so the first is the oldest.
  const [oldest] = queue.unschedulable;
  if (oldest !== undefined) beat(queue.pods.get(oldest)!.timestampUs + UNSCHEDULABLE_TIMEOUT_US, FLUSH_EVERY_US);
  return next === Number.POSITIVE_INFINITY ? null : next;
}
