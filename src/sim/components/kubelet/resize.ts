import { equalJson } from "../../api/equal.ts";
import { computePodRequests } from "../../api/pod/resources.ts";
import type { Context } from "../../kernel/types.ts";
import { quantities } from "./environment.ts";
import { allocatable } from "./node-status.ts";
import { callRuntime } from "./runtime-link.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import type { Container, Pod } from "./types.ts";

/** Why a resize does not take place: `Deferred` (later perhaps) or `Infeasible` (never on this node). */
export interface PendingResize {
  readonly reason: "Deferred" | "Infeasible";
  readonly message: string;
  /** The pod with what it wants. */
  readonly wanted: Pod;
}

type Resource = "cpu" | "memory";

/**
 * pkg/kubelet/allocation: a pod whose containers want other resources gets them if the node has them; otherwise it goes
 * on with those that it has. Gives the pod with the resources that are its own.
 */
export function withAllocation(state: KubeletState, worker: PodWorker, wanted: Pod, context: Context): Pod {
  const allocated = worker.pod;
  if (!differs(wanted, allocated)) {
    worker.resize = null;
    return wanted;
  }
  worker.resize = obstacle(state, worker, wanted, context);
  if (worker.resize !== null) return withResourcesOf(wanted, allocated);
  const { cpu = 0, memory = 0 } = computePodRequests(wanted);
  worker.use = { ...worker.use, cpuMillicores: cpu, memoryBytes: memory };
  actuate(state, worker, wanted, context);
  return wanted;
}

function containersOf({ spec }: Pod): readonly Container[] {
  return spec.initContainers === undefined ? spec.containers : [...spec.initContainers, ...spec.containers];
}

function differs(wanted: Pod, allocated: Pod): boolean {
  if (wanted.spec === allocated.spec || wanted.spec.containers === allocated.spec.containers) return false;
  const known = containersOf(allocated);
  return containersOf(wanted).some(({ name, resources }) => {
    const before = known.find((container) => container.name === name);
    return before !== undefined && !equalJson(resources ?? {}, before.resources ?? {});
  });
}

function withResourcesOf(wanted: Pod, allocated: Pod): Pod {
  const known = containersOf(allocated);
  const kept = (container: Container): Container => {
    const resources = known.find(({ name }) => name === container.name)?.resources;
    return resources === undefined ? container : { ...container, resources };
  };
  const { initContainers, containers } = wanted.spec;
  return {
    ...wanted,
    spec: {
      ...wanted.spec,
      containers: containers.map(kept),
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(kept) }),
    },
  };
}

function obstacle(state: KubeletState, worker: PodWorker, wanted: Pod, context: Context): PendingResize | null {
  const node = allocatable(state, context);
  const requests = computePodRequests(wanted);
  const capacity: Readonly<Record<Resource, number>> = { cpu: node.cpuMillicores, memory: node.memoryBytes };
  const used: Record<Resource, number> = { cpu: 0, memory: 0 };
  for (const other of state.workers.values()) {
    if (other === worker || other.phase === "terminated") continue;
    used.cpu += other.use.cpuMillicores;
    used.memory += other.use.memoryBytes;
  }
  for (const name of ["cpu", "memory"] as const) {
    const asked = requests[name] ?? 0;
    if (asked > capacity[name]) {
      const message = `Node didn't have enough capacity: ${name}, requested: ${asked}, capacity: ${capacity[name]}`;
      return { reason: "Infeasible", message, wanted };
    }
    if (asked > 0 && used[name] + asked > capacity[name]) {
      const message = `Node didn't have enough resource: ${name}, requested: ${asked}, used: ${used[name]}, capacity: ${capacity[name]}`;
      return { reason: "Deferred", message, wanted };
    }
  }
  return null;
}

function actuate(state: KubeletState, worker: PodWorker, wanted: Pod, context: Context): void {
  for (const { name, resources } of containersOf(wanted)) {
    const running = worker.containers.find((one) => one.name === name && one.state === "CONTAINER_RUNNING");
    if (running === undefined) continue;
    const limits = quantities(resources?.limits);
    const requests = quantities(resources?.requests);
    callRuntime(
      state,
      context,
      { call: "UpdateContainerResources", containerId: running.id, limits, requests },
      { runtime: "removed" },
    );
  }
}
