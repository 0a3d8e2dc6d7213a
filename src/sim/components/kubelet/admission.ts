import { wholeValue } from "../../api/quantity.ts";
import type { Context } from "../../kernel/types.ts";
import { allocatable, foreignResources } from "./node-status.ts";
import type { PodUse } from "./resources.ts";
import { forbiddenSysctl } from "./security-context.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import type { Pod } from "./types.ts";

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** The kubelet's own look at a pod that was bound here (lifecycle/predicate.go). Null: welcome. */
export function admit(state: KubeletState, pod: Pod, use: PodUse, context: Context): Rejection | null {
  const sysctl = forbiddenSysctl(pod);
  if (sysctl !== null) return { reason: "SysctlForbidden", message: sysctl };
  const node = allocatable(state, context);
  const active = [...state.workers.values()].filter(isActive);
  if (active.length + 1 > node.pods) return lacking("pods", 1, active.length, node.pods);
  let cpuMillicores = 0;
  let memoryBytes = 0;
  const others: Record<string, number> = {};
  for (const { use: other } of active) {
    cpuMillicores += other.cpuMillicores;
    memoryBytes += other.memoryBytes;
    for (const [name, amount] of Object.entries(other.others)) others[name] = (others[name] ?? 0) + amount;
  }
  if (use.cpuMillicores > 0 && cpuMillicores + use.cpuMillicores > node.cpuMillicores) {
    return lacking("cpu", use.cpuMillicores, cpuMillicores, node.cpuMillicores);
  }
  if (use.memoryBytes > 0 && memoryBytes + use.memoryBytes > node.memoryBytes) {
    return lacking("memory", use.memoryBytes, memoryBytes, node.memoryBytes);
  }
  const foreign = foreignResources(state, context).allocatable;
  for (const [name, amount] of Object.entries(use.others)) {
    const quantity = node.others[name] ?? foreign[name];
    // An extended resource that the node does not have is the cluster's, not the kubelet's, to count.
    if (quantity === undefined && name.includes("/")) continue;
    const capacity = quantity === undefined ? 0 : wholeValue(quantity);
    if (amount > 0 && (others[name] ?? 0) + amount > capacity)
      return lacking(name, amount, others[name] ?? 0, capacity);
  }
  return portConflict(
    pod,
    active.map((worker) => worker.pod),
  );
}

/** A pod that the API server has forgotten counts no more, even while its containers end. */
function isActive({ phase, termination }: PodWorker): boolean {
  return phase !== "terminated" && termination?.removed !== true;
}

function lacking(resource: string, requested: number, used: number, capacity: number): Rejection {
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

function portConflict(pod: Pod, others: readonly Pod[]): Rejection | null {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return null;
  const taken = others.flatMap(hostPorts);
  if (!wanted.some((port) => taken.some((other) => clash(port, other)))) return null;
  return {
    reason: "NodePorts",
    message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
  };
}

interface HostPort {
  /** Protocol and number. */
  readonly port: string;
  readonly ip: string;
}

const EVERY_IP = "0.0.0.0";

function clash(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && (a.ip === b.ip || a.ip === EVERY_IP || b.ip === EVERY_IP);
}

function hostPorts(pod: Pod): HostPort[] {
  return pod.spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, hostIP, protocol = "TCP" }): HostPort[] =>
      hostPort === undefined || hostPort === 0 ? [] : [{ port: `${protocol}/${hostPort}`, ip: hostIP || EVERY_IP }],
    ),
  );
}
