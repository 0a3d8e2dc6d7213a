import { deepFreeze } from "../../../../api/object.ts";
import { isPodTerminal, podCondition } from "../../../../api/pod/status.ts";
import { formatTime, parseTime } from "../../../../api/time.ts";
import type { Plan, View } from "../../../../machinery/controller-runtime.ts";
import { updateStatusRequest } from "../../../../machinery/requests.ts";
import { PODS } from "../../../../machinery/resources.ts";
import type { Condition, Pod } from "../../lib/types.ts";

/** Keys of pods whose DisruptionTarget condition is to be looked at. */
export const STALE_PREFIX = "stale:";

const STALE_AFTER_US = 120_000_000;
const DISRUPTION_TARGET = "DisruptionTarget";

/**
 * In how many microseconds the pod's DisruptionTarget condition has come to nothing, if nobody deletes the pod; null
 * where it has none that could. What the kubelet says stays: its pods may take long to end.
 */
export function staleSinceUs(pod: Pod, wallUs: number): number | null {
  if (pod.metadata?.deletionTimestamp !== undefined) return null;
  const condition = podCondition<Condition>(pod, DISRUPTION_TARGET);
  if (condition?.status !== "True" || condition.reason === "TerminationByKubelet" || isPodTerminal(pod)) return null;
  const since = parseTime(condition.lastTransitionTime ?? "") ?? 0;
  return Math.max(0, since + STALE_AFTER_US - wallUs);
}

export function syncStaleCondition(view: View<null>, key: string): Plan {
  const pod = view.store("pods").objects.get(key.slice(STALE_PREFIX.length)) as Pod | undefined;
  const afterUs = pod === undefined ? null : staleSinceUs(pod, view.wallUs);
  if (pod === undefined || afterUs === null) return {};
  if (afterUs > 0) return { requeueAfterUs: afterUs };
  const over: Condition = {
    type: DISRUPTION_TARGET,
    status: "False",
    lastTransitionTime: formatTime(view.wallUs),
  };
  const conditions = (pod.status?.conditions ?? []).map((held) => (held.type === DISRUPTION_TARGET ? over : held));
  const request = updateStatusRequest(PODS, deepFreeze({ ...pod, status: { ...pod.status, conditions } }));
  return { writes: [{ request, ignore: ["NotFound", "Conflict"] }] };
}
