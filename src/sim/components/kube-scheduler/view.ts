import type { Decision } from "./decisions.ts";
import { keyOf } from "./objects.ts";
import { type Place, type QueuedPod, UNSCHEDULABLE_TIMEOUT_US } from "./queue/scheduling-queue.ts";
import type { SchedulerState } from "./state.ts";

export interface QueuedPodView {
  readonly pod: string;
  readonly place: Place;
  readonly priority: number;
  readonly attempts: number;
  readonly sinceUs: number;
  /** When time alone moves it on; null: only an event does. */
  readonly leavesAtUs: number | null;
  /** In plain words: what it waits for, or what it was refused for. */
  readonly why: string;
  readonly refusedBy: readonly string[];
  readonly movedBy: string;
}

export interface SchedulerView {
  readonly role: "leader" | "standby" | "starting";
  readonly leader: string;
  readonly nodes: number;
  readonly podsOnNodes: number;
  readonly assumed: number;
  readonly queues: Readonly<
    Record<"active" | "backoff" | "unschedulable" | "gated" | "binding", readonly QueuedPodView[]>
  >;
  /** Newest first. */
  readonly decisions: readonly Decision[];
  readonly decisionsTotal: number;
}

/** What the scheduler looks like from outside. Pure; `limit` bounds each list. */
export function schedulerView(state: SchedulerState, limit = 100): SchedulerView {
  const queues: Record<keyof SchedulerView["queues"], QueuedPodView[]> = {
    active: [],
    backoff: [],
    unschedulable: [],
    gated: [],
    binding: [],
  };
  for (const queued of state.queue.pods.values()) {
    const list = queues[listOf(queued.place)];
    if (list.length < limit) list.push(queuedPodView(state, queued));
  }
  queues.active.sort((a, b) => b.priority - a.priority || a.sinceUs - b.sinceUs);
  return {
    role: state.machinery === null ? "starting" : state.leading ? "leader" : "standby",
    leader: state.leading ? state.identity : state.leader,
    nodes: state.cache.nodes.length,
    podsOnNodes: state.cache.pods.size,
    assumed: state.cache.assumed.size,
    queues,
    decisions: state.decisions.decisions.slice(-limit).reverse(),
    decisionsTotal: state.decisions.total,
  };
}

function listOf(place: Place): keyof SchedulerView["queues"] {
  if (place === "inFlight") return "binding";
  return place === "errorBackoff" ? "backoff" : place;
}

function queuedPodView(state: SchedulerState, queued: QueuedPod): QueuedPodView {
  const { place } = queued;
  return {
    pod: keyOf(queued.pod),
    place,
    priority: queued.pod.spec.priority ?? 0,
    attempts: queued.attempts,
    sinceUs: queued.timestampUs,
    leavesAtUs:
      place === "backoff" || place === "errorBackoff"
        ? queued.backoffUntilUs
        : place === "unschedulable"
          ? queued.timestampUs + UNSCHEDULABLE_TIMEOUT_US
          : null,
    why: whyOf(state, queued),
    refusedBy: queued.refusedBy,
    movedBy: queued.movedBy,
  };
}

function whyOf(state: SchedulerState, queued: QueuedPod): string {
  switch (queued.place) {
    case "active":
      return state.leading ? "its turn is next" : "this scheduler does not lead";
    case "inFlight": {
      const binding = state.binding.get(queued.uid);
      return binding === undefined ? "being decided" : `binding to ${binding.node} is on its way`;
    }
    default:
      return queued.lastMessage;
  }
}
