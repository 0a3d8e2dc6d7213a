import type { Context } from "../../kernel/types.ts";
import type { PodWorker } from "./state.ts";
import { after } from "./timers.ts";

/** backOffPeriod: how long a failed sync waits. */
export const SYNC_RETRY_US = 10_000_000;

/** At the earliest of what was asked for. */
export function retryAfter(worker: PodWorker, context: Context, delayUs: number): void {
  clearRetry(worker, context);
  worker.retry = after(context, delayUs, { type: "podRetry", uid: worker.uid }, "keep");
}

export function clearRetry(worker: PodWorker, context: Context): void {
  if (worker.retry === null) return;
  context.clearTimer(worker.retry);
  worker.retry = null;
}

/** Seconds that the pod's containers get to end. */
export function graceOf(worker: PodWorker): number {
  return worker.pod.metadata.deletionGracePeriodSeconds ?? worker.pod.spec.terminationGracePeriodSeconds ?? 30;
}
