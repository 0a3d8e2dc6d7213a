import { formatTime } from "../../../../api/time.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Condition, Node, Taint } from "../../lib/types.ts";

export const NOT_READY = "node.kubernetes.io/not-ready";
export const UNREACHABLE = "node.kubernetes.io/unreachable";

const WATCHED_CONDITIONS: readonly string[] = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/** The conditions of a node whose heart-beats stopped: Unknown. Null: they say so already. */
export function expiredConditions(node: Node, nowWallUs: number): readonly Condition[] | null {
  const now = formatTime(nowWallUs);
  let conditions = node.status?.conditions ?? [];
  let changed = false;
  for (const type of WATCHED_CONDITIONS) {
    const current = conditionOf(conditions, type);
    if (current === undefined) {
      changed = true;
      const never = {
        type,
        status: "Unknown",
        lastHeartbeatTime: node.metadata?.creationTimestamp ?? null,
        lastTransitionTime: now,
        reason: "NodeStatusNeverUpdated",
        message: "Kubelet never posted node status.",
      };
      conditions = [...conditions, never];
    } else if (current.status !== "Unknown") {
      changed = true;
      const stopped = {
        ...current,
        status: "Unknown",
        reason: "NodeStatusUnknown",
        message: "Kubelet stopped posting node status.",
        lastTransitionTime: now,
      };
      conditions = conditions.map((each) => (each === current ? stopped : each));
    }
  }
  return changed ? conditions : null;
}

/** Condition type -> status -> key of the NoSchedule taint. */
const TAINT_OF_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: "node.kubernetes.io/memory-pressure" },
  DiskPressure: { True: "node.kubernetes.io/disk-pressure" },
  NetworkUnavailable: { True: "node.kubernetes.io/network-unavailable" },
  PIDPressure: { True: "node.kubernetes.io/pid-pressure" },
};

const UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

const MANAGED_KEYS: readonly string[] = [
  ...Object.values(TAINT_OF_CONDITION).flatMap((byStatus) => Object.values(byStatus)),
  UNSCHEDULABLE,
];

/** The NoSchedule taints that a node's conditions and `spec.unschedulable` ask for. */
export function conditionTaints(node: Node): Taint[] {
  const taints: Taint[] = [];
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = TAINT_OF_CONDITION[type]?.[status];
    if (key !== undefined) taints.push({ key, effect: "NoSchedule" });
  }
  if (node.spec?.unschedulable) taints.push({ key: UNSCHEDULABLE, effect: "NoSchedule" });
  return taints;
}

/** All taints of the node with the condition taints as they should be; null if they are. */
export function withConditionTaints(node: Node, now: string): readonly Taint[] | null {
  const held = node.spec?.taints ?? [];
  const wanted = conditionTaints(node);
  const kept = held.filter((taint) => !isManaged(taint) || wanted.some((want) => want.key === taint.key));
  const added = wanted.filter((want) => !held.some((taint) => taint.key === want.key && taint.effect === "NoSchedule"));
  if (kept.length === held.length && added.length === 0) return null;
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: now }))];
}

function isManaged(taint: Taint): boolean {
  return taint.effect === "NoSchedule" && MANAGED_KEYS.includes(taint.key);
}

/** The NoExecute taint that the node's Ready condition asks for, or null. */
export function executeTaintKey(node: Node): string | null {
  const status = conditionOf(node.status?.conditions, "Ready")?.status;
  if (status === undefined) return null;
  return status === "True" ? null : status === "False" ? NOT_READY : UNREACHABLE;
}

/** Taints with exactly `key` (or none) of the two NoExecute ones; null if they are so already. */
export function withExecuteTaint(node: Node, key: string | null, now: string): readonly Taint[] | null {
  const held = node.spec?.taints ?? [];
  const others = held.filter((taint) => !isExecuteTaint(taint) || taint.key === key);
  const has = others.some((taint) => isExecuteTaint(taint));
  if (others.length === held.length && (key === null || has)) return null;
  return key === null || has ? others : [...others, { key, effect: "NoExecute", timeAdded: now }];
}

export function isExecuteTaint(taint: Taint): boolean {
  return taint.effect === "NoExecute" && (taint.key === NOT_READY || taint.key === UNREACHABLE);
}
