import { parseTime } from "../../../../api/time.ts";
import type { Pod } from "../../lib/types.ts";

export const POD_BACK_OFF_US = 10_000_000;
export const POD_BACK_OFF_MAX_US = 600_000_000;

/** Failures in a row, over all of a job's pods. */
export interface BackOffRecord {
  readonly failures: number;
  readonly lastFailureUs: number | null;
}

export const NO_FAILURES: BackOffRecord = Object.freeze({ failures: 0, lastFailureUs: null });

/** `before` with the pods that ended since: a success starts the count anew. */
export function recordEnds(before: BackOffRecord, succeeded: readonly Pod[], failed: readonly Pod[]): BackOffRecord {
  const failedAt = failed.map(finishTimeOf).sort((a, b) => a - b);
  const last = failedAt.at(-1);
  if (succeeded.length === 0) {
    return last === undefined ? before : { failures: before.failures + failed.length, lastFailureUs: last };
  }
  const lastSuccess = Math.max(...succeeded.map(finishTimeOf));
  const since = failedAt.filter((at) => at > lastSuccess);
  return { failures: since.length, lastFailureUs: since.at(-1) ?? null };
}

/** Calendar microseconds: when its last container ended, or the next best that the pod tells. */
export function finishTimeOf(pod: Pod): number {
  return (
    containersFinishTime(pod) ?? notReadySince(pod) ?? deletionTime(pod) ?? timeOf(pod.metadata?.creationTimestamp) ?? 0
  );
}

/** The time that is left of a back-off that doubles with each failure. */
export function remainingBackOffUs(
  { failures, lastFailureUs }: BackOffRecord,
  nowWallUs: number,
  baseUs = POD_BACK_OFF_US,
  maxUs = POD_BACK_OFF_MAX_US,
): number {
  if (failures === 0 || lastFailureUs === null) return 0;
  let backOffUs = baseUs;
  for (let failure = 1; failure < failures && backOffUs < maxUs; failure++) backOffUs *= 2;
  return Math.max(0, Math.min(backOffUs, maxUs) - (nowWallUs - lastFailureUs));
}

function containersFinishTime(pod: Pod): number | null {
  let latest: number | null = null;
  for (const { state } of pod.status?.containerStatuses ?? []) {
    const at = timeOf(state?.terminated?.finishedAt);
    if (at === null) return null;
    if (latest === null || at > latest) latest = at;
  }
  return latest;
}

function notReadySince(pod: Pod): number | null {
  const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "False" ? timeOf(ready.lastTransitionTime) : null;
}

function deletionTime(pod: Pod): number | null {
  const at = timeOf(pod.metadata?.deletionTimestamp);
  return at === null ? null : at - (pod.metadata?.deletionGracePeriodSeconds ?? 0) * 1_000_000;
}

function timeOf(text: string | undefined | null): number | null {
  return text ? parseTime(text) : null;
}
