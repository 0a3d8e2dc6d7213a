/** What the kernel will do at a moment of virtual time. Immutable once scheduled: checkpoints share events. */
export interface KernelEvent {
  readonly atUs: number;
  /** Unique in a world, grows with every event: breaks ties, and names the event in traces. */
  readonly sequence: number;
  readonly kind: EventKind;
  /** Process that it is for; 0 for the kernel's own. */
  readonly pid: number;
  /** Message for the process, or the packet, or the kernel's own operation. */
  readonly payload: unknown;
  /** Connection, timer, sync id or patience, by kind. */
  readonly ref: number;
  /** Sender and departure, for what travels; 0 and `atUs` otherwise. */
  readonly fromPid: number;
  readonly sentAtUs: number;
  readonly trace: number;
  readonly cause: number;
  readonly label: string;
}

export const EventKind = {
  /** Run the component's `start`. */
  Start: 0,
  /** A timer of the process: `payload` is its message, `ref` its id. */
  Timer: 1,
  /** A message from the kernel to the process that needs no network. */
  Deliver: 2,
  /** The process is free again: work through its inbox. */
  Wake: 3,
  /** A packet reaches the far end of its way: `payload` a Packet, `ref` the connection. */
  Arrive: 4,
  /** The patience of some requests or stream openings may have ended: `ref` their lane. */
  Deadline: 5,
  /** A lost packet is sent again: `ref` the connection, `payload` true for the lane to the server. */
  Retransmit: 6,
  /** Is the far end of this stream still there? `ref` the connection. */
  KeepAlive: 7,
  /** A disk's fsync is done: `payload` the machine, `ref` the sync id. */
  Synced: 8,
  /** A machine comes up: `payload` its name. */
  PowerOn: 9,
} as const;

export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** A binary heap by time, ties by sequence. */
export function pushEvent(heap: KernelEvent[], event: KernelEvent): void {
  heap.push(event);
  rise(heap, event, heap.length - 1);
}

/**
 * Takes the earliest event; undefined when there is none. The hole sinks to the bottom along the earlier children and
 * the last event rises into it: it nearly always belongs there, so that this compares half as often.
 */
export function popEvent(heap: KernelEvent[]): KernelEvent | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  const { length } = heap;
  let index = 0;
  let childIndex = 1;
  while (childIndex < length) {
    let child = heap[childIndex] as KernelEvent;
    if (childIndex + 1 < length) {
      const right = heap[childIndex + 1] as KernelEvent;
      if (right.atUs < child.atUs || (right.atUs === child.atUs && right.sequence < child.sequence)) {
        child = right;
        childIndex += 1;
      }
    }
    heap[index] = child;
    index = childIndex;
    childIndex = 2 * index + 1;
  }
  rise(heap, last, index);
  return first;
}

/** Puts an event where it belongs, at or above a place that is free. */
function rise(heap: KernelEvent[], event: KernelEvent, from: number): void {
  const { atUs, sequence } = event;
  let index = from;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex] as KernelEvent;
    if (parent.atUs < atUs || (parent.atUs === atUs && parent.sequence < sequence)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = event;
}
