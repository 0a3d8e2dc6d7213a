import { podRequests } from "../../api/pod/resources.ts";
import type { Pod } from "./types.ts";

/** What admission adds up, in integers. */
export interface PodUse {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
  /** Other resources that the node counts (`nvidia.com/gpu`), and ephemeral storage. */
  readonly others: Readonly<Record<string, number>>;
}

export function podUse(pod: Pod): PodUse {
  const { cpu: cpuMillicores = 0, memory: memoryBytes = 0, ...others } = podRequests(pod);
  return { cpuMillicores, memoryBytes, others };
}
