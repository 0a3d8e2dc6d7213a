import { formatTime, parseTime } from "../../../../api/time.ts";
import { withCondition, withoutCondition } from "../../lib/conditions.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from "../../lib/types.ts";
import { specReplicas, sumSpecReplicas, sumStatus } from "./replica-sets.ts";
import { maxUnavailableOf } from "./rolling.ts";

const NO_DEADLINE = 2_147_483_647;

export function hasProgressDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

export function newCondition(
  type: string,
  status: string,
  reason: string,
  message: string,
  nowWallUs: number,
): Condition {
  const now = formatTime(nowWallUs);
  return { type, status, reason, message, lastUpdateTime: now, lastTransitionTime: now };
}

export function calculateStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newSet: ReplicaSet | null,
  nowWallUs: number,
): DeploymentStatus {
  const available = sumStatus(all, "availableReplicas");
  const enough = available >= specReplicas(deployment) - maxUnavailableOf(deployment);
  const condition = enough
    ? newCondition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", nowWallUs)
    : newCondition(
        "Available",
        "False",
        "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.",
        nowWallUs,
      );
  const { collisionCount, conditions } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata?.generation ?? 0,
    ...positive("replicas", sumStatus(all, "replicas")),
    ...positive("updatedReplicas", sumStatus([newSet], "replicas")),
    ...positive("readyReplicas", sumStatus(all, "readyReplicas")),
    ...positive("availableReplicas", available),
    ...positive("unavailableReplicas", sumSpecReplicas(all) - available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withCondition(conditions, condition),
  };
}

/** Zero counters are left out, as Go's omitempty does. */
function positive(field: string, value: number): Record<string, number> {
  return value > 0 ? { [field]: value } : {};
}

/** syncRolloutStatus: the status with the rollout's progress in its conditions. */
export function rolloutStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newSet: ReplicaSet | null,
  nowWallUs: number,
): DeploymentStatus {
  const base = calculateStatus(deployment, all, newSet, nowWallUs);
  let conditions = base.conditions ?? [];
  const current = conditionOf(deployment.status?.conditions, "Progressing");
  if (!hasProgressDeadline(deployment)) conditions = withoutCondition(conditions, "Progressing");
  const wasComplete =
    (base.replicas ?? 0) === (base.updatedReplicas ?? 0) && current?.reason === "NewReplicaSetAvailable";
  if (hasProgressDeadline(deployment) && !wasComplete) {
    const whose =
      newSet === null ? `Deployment "${deployment.metadata?.name}"` : `ReplicaSet "${newSet.metadata?.name}"`;
    if (isComplete(deployment, base)) {
      const message = `${whose} has successfully progressed.`;
      const next = newCondition("Progressing", "True", "NewReplicaSetAvailable", message, nowWallUs);
      conditions = withCondition(conditions, next);
    } else if (isProgressing(deployment, base)) {
      const next = newCondition("Progressing", "True", "ReplicaSetUpdated", `${whose} is progressing.`, nowWallUs);
      const kept =
        current?.status === "True" && current.lastTransitionTime !== undefined
          ? { ...next, lastTransitionTime: current.lastTransitionTime }
          : next;
      conditions = [...withoutCondition(conditions, "Progressing"), kept];
    } else if (hasTimedOut(deployment, base, nowWallUs)) {
      const message = `${whose} has timed out progressing.`;
      const next = newCondition("Progressing", "False", "ProgressDeadlineExceeded", message, nowWallUs);
      conditions = withCondition(conditions, next);
    }
  }
  const failure = replicaFailure(all, newSet);
  conditions = failure === null ? withoutCondition(conditions, "ReplicaFailure") : withCondition(conditions, failure);
  return { ...base, conditions };
}

/** The new set's failure, or else any old one's. */
function replicaFailure(all: readonly ReplicaSet[], newSet: ReplicaSet | null): Condition | null {
  const candidates = newSet === null ? all : [newSet, ...all];
  for (const set of candidates) {
    const found = conditionOf(set.status?.conditions, "ReplicaFailure");
    if (found !== undefined) {
      const at = found.lastTransitionTime;
      return { ...found, ...(at === undefined ? {} : { lastUpdateTime: at }) };
    }
  }
  return null;
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = specReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0)
  );
}

export function isProgressing(deployment: Deployment, next: DeploymentStatus): boolean {
  const old = deployment.status ?? {};
  const oldLeft = (old.replicas ?? 0) - (old.updatedReplicas ?? 0);
  const nextLeft = (next.replicas ?? 0) - (next.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
    nextLeft < oldLeft ||
    (next.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  );
}

export function hasTimedOut(deployment: Deployment, next: DeploymentStatus, nowWallUs: number): boolean {
  if (!hasProgressDeadline(deployment)) return false;
  const condition = conditionOf(next.conditions, "Progressing");
  if (condition === undefined || condition.reason === "NewReplicaSetAvailable") return false;
  if (condition.reason === "ProgressDeadlineExceeded") return true;
  const from = parseTime(condition.lastUpdateTime ?? "") ?? 0;
  return from + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1_000_000 < nowWallUs;
}

/** requeueStuckDeployment: when to look whether the deadline has passed; null: no need. */
export function deadlineCheckAfterUs(deployment: Deployment, next: DeploymentStatus, nowWallUs: number): number | null {
  const current = conditionOf(deployment.status?.conditions, "Progressing");
  if (!hasProgressDeadline(deployment) || current === undefined) return null;
  if (isComplete(deployment, next) || current.reason === "ProgressDeadlineExceeded") return null;
  const from = parseTime(current.lastUpdateTime ?? "") ?? 0;
  const afterUs = from + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1_000_000 - nowWallUs;
  return Math.max(1_000_000, afterUs) + 1_000_000;
}
