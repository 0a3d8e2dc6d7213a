import type { Condition } from "./types.ts";

/**
 * SetDeploymentCondition and its siblings: nothing changes if status and reason are the same; the transition time stays
 * if the status is; the condition moves to the end. One that lacks its times gets them.
 */
export function withCondition(conditions: readonly Condition[] | undefined, next: Condition): readonly Condition[] {
  const current = conditions?.find((each) => each.type === next.type);
  const isSame = current !== undefined && current.status === next.status && current.reason === next.reason;
  if (isSame && (current.lastUpdateTime !== undefined || next.lastUpdateTime === undefined)) return conditions ?? [];
  const kept =
    current !== undefined && current.status === next.status && current.lastTransitionTime !== undefined
      ? { ...next, lastTransitionTime: current.lastTransitionTime }
      : next;
  return [...withoutCondition(conditions, next.type), kept];
}

export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): readonly Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}
