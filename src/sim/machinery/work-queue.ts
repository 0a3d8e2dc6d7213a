import type { Context, TimerId, TraceRef } from "../kernel/types.ts";
import { createTokenBucket, reserveToken, type TokenBucket } from "./token-bucket.ts";

/**
 * client-go's rate-limiting work queue: a key is in it once at most, is never worked on twice at a time, and comes back
 * when it was added while being worked on. Each key keeps what enqueued it, so that causality survives the wait.
 */
export interface WorkQueue {
  readonly name: string;
  /** Keys in order; those before `head` have been handed out. */
  ready: string[];
  head: number;
  /** Wants work: waiting in `ready`, or added again while being worked on. With its causes. */
  readonly dirty: Map<string, readonly TraceRef[]>;
  /** Being worked on, with the causes that it was handed out with. */
  readonly processing: Map<string, readonly TraceRef[]>;
  /** `addAfter`: when, and the timer that does it. */
  readonly waiting: Map<string, DelayedKey>;
  /** Failures in a row. */
  readonly failures: Map<string, number>;
  readonly backOff: QueueBackOff;
  /** Limits all keys together; null: with a back-off of its own a queue has no common limit. */
  readonly bucket: TokenBucket | null;
}

/** A key's wait after its first failure, which doubles with each that follows, and the longest one. */
export interface QueueBackOff {
  readonly baseUs: number;
  readonly maxUs: number;
}

export interface DelayedKey {
  readonly atUs: number;
  readonly timer: TimerId;
  readonly causes: readonly TraceRef[];
}

/** Timer of the machinery: a delayed key is due. */
export interface QueueTimer {
  readonly type: "machinery/queue";
  readonly queue: string;
  readonly key: string;
}

/** As many causes as a key keeps; the first ones win. */
export const CAUSES_MAX = 8;

const DEFAULT_BACK_OFF: QueueBackOff = Object.freeze({ baseUs: 5_000, maxUs: 1_000_000_000 });

export function createWorkQueue(name: string, backOff?: QueueBackOff): WorkQueue {
  return {
    name,
    ready: [],
    head: 0,
    dirty: new Map(),
    processing: new Map(),
    waiting: new Map(),
    failures: new Map(),
    backOff: backOff ?? DEFAULT_BACK_OFF,
    bucket: backOff === undefined ? createTokenBucket(10, 100) : null,
  };
}

export function addKey(queue: WorkQueue, key: string, cause: TraceRef): void {
  addWithCauses(queue, key, [cause]);
}

/**
 * Adds `key` in `delayUs`, or sooner if it waits already for an earlier time. `cause` null: nobody's doing (a periodic
 * pass).
 */
export function addKeyAfter(
  queue: WorkQueue,
  key: string,
  delayUs: number,
  context: Context,
  cause: TraceRef | null,
): void {
  const causes = cause === null ? [] : [cause];
  if (delayUs <= 0) {
    addWithCauses(queue, key, causes);
    return;
  }
  const atUs = context.nowUs + delayUs;
  const held = queue.waiting.get(key);
  if (held !== undefined && held.atUs <= atUs) return;
  if (held !== undefined) context.clearTimer(held.timer);
  const message: QueueTimer = { type: "machinery/queue", queue: queue.name, key };
  const timer = context.setTimer(delayUs, message, cause === null ? "new" : "keep");
  queue.waiting.set(key, { atUs, timer, causes: mergeCauses(held?.causes, causes) });
}

/** Adds `key` after its back-off by failures in a row, and no sooner than the common limit lets it. */
export function addKeyRateLimited(queue: WorkQueue, key: string, context: Context, cause: TraceRef | null): void {
  const failures = queue.failures.get(key) ?? 0;
  queue.failures.set(key, failures + 1);
  const { baseUs, maxUs } = queue.backOff;
  const itemUs = failures >= 28 ? maxUs : Math.min(maxUs, baseUs * (1 << failures));
  const sharedUs = queue.bucket === null ? 0 : reserveToken(queue.bucket, context.nowUs);
  addKeyAfter(queue, key, Math.max(itemUs, sharedUs), context, cause);
}

/** Success: the next failure begins with the shortest delay. */
export function forgetKey(queue: WorkQueue, key: string): void {
  queue.failures.delete(key);
}

export function requeuesOf(queue: WorkQueue, key: string): number {
  return queue.failures.get(key) ?? 0;
}

/** A delayed key's time has come. */
export function delayedKeyDue(queue: WorkQueue, key: string): void {
  const held = queue.waiting.get(key);
  if (held === undefined) return;
  queue.waiting.delete(key);
  addWithCauses(queue, key, held.causes);
}

/** The next key to work on, or null. The caller must end with `finishKey`. */
export function takeKey(queue: WorkQueue): { readonly key: string; readonly causes: readonly TraceRef[] } | null {
  const key = queue.ready[queue.head];
  if (key === undefined) return null;
  queue.head += 1;
  if (queue.head === queue.ready.length) {
    queue.ready = [];
    queue.head = 0;
  } else if (queue.head > 64 && queue.head * 2 > queue.ready.length) {
    queue.ready = queue.ready.slice(queue.head);
    queue.head = 0;
  }
  const causes = queue.dirty.get(key) ?? [];
  queue.dirty.delete(key);
  queue.processing.set(key, causes);
  return { key, causes };
}

/** The work on `key` is over. If it was added meanwhile, it is ready again. */
export function finishKey(queue: WorkQueue, key: string): void {
  queue.processing.delete(key);
  if (queue.dirty.has(key)) queue.ready.push(key);
}

export function queueLength(queue: WorkQueue): number {
  return queue.ready.length - queue.head;
}

function addWithCauses(queue: WorkQueue, key: string, causes: readonly TraceRef[]): void {
  const before = queue.dirty.get(key);
  queue.dirty.set(key, mergeCauses(before, causes));
  if (before === undefined && !queue.processing.has(key)) queue.ready.push(key);
}

function mergeCauses(before: readonly TraceRef[] | undefined, more: readonly TraceRef[]): readonly TraceRef[] {
  if (before === undefined || before.length === 0) return more;
  if (before.length >= CAUSES_MAX) return before;
  const fresh = more.filter((cause) => !before.some((known) => known.trace === cause.trace));
  return fresh.length === 0 ? before : [...before, ...fresh].slice(0, CAUSES_MAX);
}
