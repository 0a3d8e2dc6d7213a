import { matchesSet } from "../../../../api/labels.ts";
import { isPodAvailable, isPodReady } from "../../../../api/pod/status.ts";
import { formatTime } from "../../../../api/time.ts";
import { withCondition, withoutCondition } from "../../lib/conditions.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Pod, ReplicaSet, ReplicaSetStatus } from "../../lib/types.ts";

/** Counts of a set's active pods. */
export interface PodCounts {
  readonly active: number;
  readonly labelled: number;
  readonly ready: number;
  readonly available: number;
}

export function countPods(set: ReplicaSet, active: readonly Pod[], nowWallUs: number): PodCounts {
  let labelled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of active) {
    if (matchesSet(set.spec?.template?.metadata?.labels ?? {}, pod.metadata?.labels)) labelled += 1;
    if (!isPodReady(pod)) continue;
    ready += 1;
    if (isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, nowWallUs)) available += 1;
  }
  return { active: active.length, labelled, ready, available };
}

/** calculateStatus: `error` is what creating or deleting pods failed with, "" if it did not. */
export function calculateStatus(
  set: ReplicaSet,
  counts: PodCounts,
  error: string,
  nowWallUs: number,
): ReplicaSetStatus {
  const held = set.status?.conditions;
  const failure = conditionOf(held, "ReplicaFailure");
  let conditions = held;
  if (error !== "" && failure === undefined) {
    const reason = counts.active < (set.spec?.replicas ?? 0) ? "FailedCreate" : "FailedDelete";
    const lastTransitionTime = formatTime(nowWallUs);
    const condition = { type: "ReplicaFailure", status: "True", lastTransitionTime, reason, message: error };
    conditions = withCondition(held, condition);
  } else if (error === "" && failure !== undefined) conditions = withoutCondition(held, "ReplicaFailure");
  return {
    replicas: counts.active,
    ...positive("fullyLabeledReplicas", counts.labelled),
    ...positive("readyReplicas", counts.ready),
    ...positive("availableReplicas", counts.available),
    ...positive("observedGeneration", set.metadata?.generation ?? 0),
    ...(conditions === undefined || conditions.length === 0 ? {} : { conditions }),
  };
}

function positive(field: string, value: number): Record<string, number> {
  return value > 0 ? { [field]: value } : {};
}
