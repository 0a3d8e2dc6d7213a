import { createCgroup, readCgroups, recentUse } from "../../kernel/cgroups.ts";
import type { Context, HostState } from "../../kernel/types.ts";
import type { ImageConfig } from "../image-registry/messages.ts";
import type { ContainerRecord, SandboxRecord } from "./state.ts";

/** What runs beside the containers: the system, the kubelet, the runtime. */
export const SYSTEM_USE = { cpuMillicores: 45, memoryBytes: 380 * 1_048_576 } as const;

/** Opens the account of a container that is about to start. */
export function openAccount(
  context: Context,
  { status, config }: ContainerRecord,
  sandbox: SandboxRecord,
  image: ImageConfig,
): void {
  const { namespace, name, uid } = sandbox.config;
  createCgroup(context, {
    id: status.id,
    labels: { namespace, pod: name, uid, container: config.name },
    limits: config.limits,
    idle: { cpuMillicores: image.idleCpuMillicores, memoryBytes: image.idleMemoryBytes },
  });
}

export interface ContainerUse {
  readonly id: string;
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

/** What running containers use, as their accounts say: CPU over the last 10 s that were measured. */
export function containerStats(host: HostState, nowUs: number): ContainerUse[] {
  return readCgroups(host).map((cgroup) => ({ id: cgroup.id, ...recentUse(cgroup, nowUs) }));
}
