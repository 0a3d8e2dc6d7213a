import type { RandomStream } from "../kernel/types.ts";

/** client-go's ExponentialBackoffManager: doubles from `initUs` to `maxUs`, starts anew after `resetUs` of peace. */
export interface BackOff {
  readonly initUs: number;
  readonly maxUs: number;
  readonly resetUs: number;
  nextUs: number;
  lastUs: number;
}

export function createBackOff(initUs: number, maxUs: number, resetUs: number): BackOff {
  return { initUs, maxUs, resetUs, nextUs: initUs, lastUs: 0 };
}

/** Of reflectors: 800 ms to 30 s, reset after 2 min. */
export function createReflectorBackOff(): BackOff {
  return createBackOff(800_000, 30_000_000, 120_000_000);
}

/** The next delay, with jitter of up to the delay once more (factor 1.0). */
export function nextBackOffUs(backOff: BackOff, nowUs: number, random: RandomStream): number {
  if (nowUs - backOff.lastUs > backOff.resetUs) backOff.nextUs = backOff.initUs;
  const baseUs = backOff.nextUs;
  backOff.lastUs = nowUs;
  backOff.nextUs = Math.min(backOff.maxUs, baseUs * 2);
  return baseUs + random.int(baseUs);
}
