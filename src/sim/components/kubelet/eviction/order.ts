import { podRequests } from "../../../api/pod/resources.ts";
import type { Pod } from "../types.ts";

/** What a pod uses, as the stats say. */
export interface PodStats {
  readonly memoryWorkingSetBytes?: number;
  readonly processCount?: number;
  readonly diskUsedBytes?: number;
}

type StatsOf = (pod: Pod) => PodStats | undefined;

/** rankMemoryPressure: over its request first, then lower priority, then most above its request. */
export function rankByMemory(pods: readonly Pod[], stats: StatsOf): Pod[] {
  return rankByUse(pods, (pod) => stats(pod)?.memoryWorkingSetBytes, "memory");
}

/** rankDiskPressure, by what the pod has on the node's disk. */
export function rankByDisk(pods: readonly Pod[], stats: StatsOf): Pod[] {
  return rankByUse(pods, (pod) => stats(pod)?.diskUsedBytes, "ephemeral-storage");
}

/** rankPIDPressure: lower priority, then most processes. */
export function rankByProcesses(pods: readonly Pod[], stats: StatsOf): Pod[] {
  const count = (pod: Pod): number => stats(pod)?.processCount ?? 0;
  return [...pods].sort((a, b) => priority(a) - priority(b) || count(b) - count(a));
}

function rankByUse(pods: readonly Pod[], used: (pod: Pod) => number | undefined, resource: string): Pod[] {
  const rows = pods.map((pod) => {
    const use = used(pod);
    const excess = (use ?? 0) - (podRequests(pod)[resource] ?? 0);
    // A pod without figures goes before all others: nobody knows what it does.
    return { pod, rank: use === undefined ? 2 : excess > 0 ? 1 : 0, excess };
  });
  rows.sort((a, b) => b.rank - a.rank || priority(a.pod) - priority(b.pod) || b.excess - a.excess);
  return rows.map(({ pod }) => pod);
}

function priority(pod: Pod): number {
  return pod.spec.priority ?? 0;
}
