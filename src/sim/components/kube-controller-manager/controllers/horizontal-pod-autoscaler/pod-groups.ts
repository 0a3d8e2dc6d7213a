import { podCondition } from "../../../../api/pod/status.ts";
import { milliValue } from "../../../../api/quantity.ts";
import { parseTime } from "../../../../api/time.ts";
import type { Condition, Container, Pod } from "../../lib/types.ts";
import type { PodMetrics } from "./types.ts";

export interface PodGroups {
  readonly readyCount: number;
  /** Not started or not ready yet: their figures are not believed. */
  readonly unready: ReadonlySet<string>;
  /** Running, and nothing is known of them. */
  readonly missing: ReadonlySet<string>;
  /** On their way out. */
  readonly ignored: ReadonlySet<string>;
}

export interface GroupingTimes {
  readonly nowWallUs: number;
  /** `--horizontal-pod-autoscaler-cpu-initialization-period` */
  readonly cpuInitializationUs: number;
  /** `--horizontal-pod-autoscaler-initial-readiness-delay` */
  readonly initialReadinessDelayUs: number;
}

/** groupPods: which pods' figures count. */
export function groupPods(
  pods: readonly Pod[],
  metrics: PodMetrics,
  resource: string,
  times: GroupingTimes,
): PodGroups {
  const unready = new Set<string>();
  const missing = new Set<string>();
  const ignored = new Set<string>();
  let readyCount = 0;
  for (const pod of pods) {
    const name = pod.metadata?.name ?? "";
    const metric = metrics.get(name);
    if (pod.metadata?.deletionTimestamp !== undefined || pod.status?.phase === "Failed") ignored.add(name);
    else if (pod.status?.phase === "Pending") unready.add(name);
    else if (metric === undefined) missing.add(name);
    else if (resource === "cpu" && isStillStarting(pod, metric, times)) unready.add(name);
    else readyCount += 1;
  }
  return { readyCount, unready, missing, ignored };
}

/** A pod uses more CPU while it starts than it will later. */
function isStillStarting(
  pod: Pod,
  metric: { readonly timestampWallUs: number; readonly windowUs: number },
  { nowWallUs, cpuInitializationUs, initialReadinessDelayUs }: GroupingTimes,
): boolean {
  const condition = podCondition<Condition>(pod, "Ready");
  const startTime = pod.status?.startTime;
  if (condition === undefined || startTime === undefined) return true;
  const startWallUs = parseTime(startTime) ?? 0;
  const changedWallUs = parseTime(condition.lastTransitionTime ?? "") ?? 0;
  if (startWallUs + cpuInitializationUs > nowWallUs)
    return condition.status === "False" || metric.timestampWallUs < changedWallUs + metric.windowUs;
  return condition.status === "False" && startWallUs + initialReadinessDelayUs > changedWallUs;
}

interface ContainerWithRequests extends Container {
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

/** calculatePodRequests: thousandths by pod, of all containers that stay or of one. Throws where one asks for none. */
export function podRequestsOf(pods: readonly Pod[], container: string, resource: string): Map<string, number> {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const name = pod.metadata?.name ?? "";
    const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
    let sum = 0;
    for (const each of [...(pod.spec?.containers ?? []), ...sidecars] as ContainerWithRequests[]) {
      if (container !== "" && container !== each.name) continue;
      const request = each.resources?.requests?.[resource];
      if (request === undefined)
        throw new Error(`missing request for ${resource} in container ${each.name} of Pod ${name}`);
      sum += milliValue(request);
    }
    requests.set(name, sum);
  }
  return requests;
}
