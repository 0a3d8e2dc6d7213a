import type { RuntimeState } from "./state.ts";

/** Millicores of a container that does nothing much. */
const IDLE_MILLICORES = 1;
const STRESS_MILLICORES = 1000;

export interface ContainerUse {
  readonly id: string;
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

/** What running containers use: by their image, bounded by their limits. */
export function containerStats(state: RuntimeState): ContainerUse[] {
  const uses: ContainerUse[] = [];
  for (const record of state.containers.values()) {
    if (record.status.state !== "CONTAINER_RUNNING") continue;
    const image = state.images.get(record.imageReference);
    const busy = image !== undefined && Object.values(image.programs).includes("workload/stress");
    const { cpuMillicores, memoryBytes } = record.config.limits;
    uses.push({
      id: record.status.id,
      cpuMillicores: Math.min(busy ? STRESS_MILLICORES : IDLE_MILLICORES, cpuMillicores ?? Number.MAX_SAFE_INTEGER),
      memoryBytes: Math.min(image?.idleMemoryBytes ?? 0, memoryBytes ?? Number.MAX_SAFE_INTEGER),
    });
  }
  return uses;
}
