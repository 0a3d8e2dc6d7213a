import type { BackOffEntry, KubeletState } from "./state.ts";

/** client-go flowcontrol.Backoff: 10 s, doubled to 5 min; forgotten when the next event comes 10 min after the last. */
const INITIAL_US = 10_000_000;
const MAX_US = 300_000_000;

function isExpired(entry: BackOffEntry, eventAtUs: number): boolean {
  return eventAtUs - entry.updatedAtUs > 2 * MAX_US;
}

/** Time left before `key` may act again after what happened at `eventAtUs`; 0: now. */
export function backOffLeftUs(state: KubeletState, key: string, eventAtUs: number, nowUs: number): number {
  const entry = state.backOffs.get(key);
  if (entry === undefined || isExpired(entry, eventAtUs)) return 0;
  return Math.max(0, entry.delayUs - (nowUs - eventAtUs));
}

/** Counts one more failure. */
export function backOffNext(state: KubeletState, key: string, eventAtUs: number, nowUs: number): void {
  const entry = state.backOffs.get(key);
  const delayUs = entry === undefined || isExpired(entry, eventAtUs) ? INITIAL_US : Math.min(MAX_US, entry.delayUs * 2);
  state.backOffs.set(key, { delayUs, updatedAtUs: nowUs });
}

export function backOffDelayUs(state: KubeletState, key: string): number {
  return state.backOffs.get(key)?.delayUs ?? INITIAL_US;
}

/** Keys of a pod's containers and images. */
export function containerKey(uid: string, container: string): string {
  return `${uid}/${container}`;
}

export function imageKey(uid: string, image: string): string {
  return `image:${uid}/${image}`;
}
