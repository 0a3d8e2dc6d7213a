import type { WorldState } from "./state.ts";

/**
 * Requests of equal patience, those that run out first in front. Most are answered long before: a lane asks the kernel
 * for one event, that of its first entry, and looks again when it comes. So an answered request leaves nothing behind
 * but two numbers, and those only until the lane is next looked at or has grown much.
 */
export interface DeadlineLane {
  readonly connections: number[];
  readonly atUs: number[];
  /** At this length those that were answered meanwhile are forgotten. */
  lengthMax: number;
  /** When the event comes that was asked for; -1: none is. */
  dueAtUs: number;
}

/** Notes when a connection's patience ends. Gives the time for which an event is needed, or -1: one will come in time. */
export function awaitDeadline(state: WorldState, patienceUs: number, connection: number, atUs: number): number {
  let lane = state.deadlines.get(patienceUs);
  if (lane === undefined) {
    lane = { connections: [], atUs: [], lengthMax: LENGTH_MAX_MIN, dueAtUs: -1 };
    state.deadlines.set(patienceUs, lane);
  }
  if (lane.connections.length >= lane.lengthMax) forgetAnswered(state, lane);
  // Nearly always the last: only a busy sender's request may leave a little later than one made after it.
  let place = lane.atUs.length;
  while (place > 0 && (lane.atUs[place - 1] as number) > atUs) place -= 1;
  if (place === lane.atUs.length) {
    lane.connections.push(connection);
    lane.atUs.push(atUs);
  } else {
    lane.connections.splice(place, 0, connection);
    lane.atUs.splice(place, 0, atUs);
  }
  if (lane.dueAtUs >= 0 && lane.dueAtUs <= atUs) return -1;
  lane.dueAtUs = atUs;
  return atUs;
}

const LENGTH_MAX_MIN = 256;

function forgetAnswered(state: WorldState, lane: DeadlineLane): void {
  const { connections, atUs } = lane;
  let kept = 0;
  for (let place = 0; place < connections.length; place += 1) {
    const connection = connections[place] as number;
    if (!state.connections.has(connection)) continue;
    connections[kept] = connection;
    atUs[kept] = atUs[place] as number;
    kept += 1;
  }
  connections.length = kept;
  atUs.length = kept;
  lane.lengthMax = Math.max(LENGTH_MAX_MIN, 2 * kept);
}

/**
 * Takes from a lane what is over: connections whose patience has ended, in order, and, silently, those that are gone.
 * `next` is the time for which an event is needed now, or -1.
 */
export function takeDue(state: WorldState, patienceUs: number): { readonly due: number[]; readonly next: number } {
  const lane = state.deadlines.get(patienceUs);
  if (lane === undefined) return { due: [], next: -1 };
  const due: number[] = [];
  let taken = 0;
  for (; taken < lane.connections.length; taken += 1) {
    const connection = lane.connections[taken] as number;
    if (!state.connections.has(connection)) continue;
    if ((lane.atUs[taken] as number) > state.nowUs) break;
    due.push(connection);
  }
  lane.connections.splice(0, taken);
  lane.atUs.splice(0, taken);
  if (lane.dueAtUs > state.nowUs) return { due, next: -1 };
  const next = lane.atUs[0] ?? -1;
  lane.dueAtUs = next;
  if (next < 0) state.deadlines.delete(patienceUs);
  return { due, next };
}
