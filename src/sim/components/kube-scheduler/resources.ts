import { milliValue as quantityMilliValue, wholeValue as quantityValue } from "../../api/quantity.ts";
import { withFields } from "../../kernel/records.ts";
import type { Container, ContainerStatus, Pod, QuantityList } from "./objects.ts";

/** Whole numbers only: CPU in millicores, everything else in its own unit (bytes, devices). */
export interface Resources {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
  readonly pods: number;
  /** Extended resources and huge pages; null when there are none. */
  readonly scalars: Readonly<Record<string, number>> | null;
}

export const NO_RESOURCES: Resources = Object.freeze({
  milliCpu: 0,
  memoryBytes: 0,
  ephemeralBytes: 0,
  pods: 0,
  scalars: null,
});

/** What a container that asks for nothing counts as in scoring. */
export const DEFAULT_MILLI_CPU_REQUEST = 100;
export const DEFAULT_MEMORY_REQUEST_BYTES = 200 * 1024 * 1024;

export function resourcesOf(list: QuantityList | undefined): Resources {
  if (list === undefined) return NO_RESOURCES;
  let milliCpu = 0;
  let memoryBytes = 0;
  let ephemeralBytes = 0;
  let pods = 0;
  let scalars: Record<string, number> | null = null;
  for (const name in list) {
    const quantity = list[name]!;
    if (name === "cpu") milliCpu = quantityMilliValue(quantity);
    else if (name === "memory") memoryBytes = quantityValue(quantity);
    else if (name === "ephemeral-storage") ephemeralBytes = quantityValue(quantity);
    else if (name === "pods") pods = quantityValue(quantity);
    else {
      scalars ??= {};
      scalars[name] = quantityValue(quantity);
    }
  }
  return Object.freeze({ milliCpu, memoryBytes, ephemeralBytes, pods, scalars: scalars && Object.freeze(scalars) });
}

export function addResources(a: Resources, b: Resources): Resources {
  return combine(a, b, sum);
}

export function subtractResources(a: Resources, b: Resources): Resources {
  return combine(a, b, difference);
}

export function maxResources(a: Resources, b: Resources): Resources {
  return combine(a, b, Math.max);
}

function sum(a: number, b: number): number {
  return a + b;
}

function difference(a: number, b: number): number {
  return a - b;
}

function combine(a: Resources, b: Resources, operation: (a: number, b: number) => number): Resources {
  return Object.freeze({
    milliCpu: operation(a.milliCpu, b.milliCpu),
    memoryBytes: operation(a.memoryBytes, b.memoryBytes),
    ephemeralBytes: operation(a.ephemeralBytes, b.ephemeralBytes),
    pods: operation(a.pods, b.pods),
    scalars: combineScalars(a.scalars, b.scalars, operation),
  });
}

function combineScalars(
  a: Resources["scalars"],
  b: Resources["scalars"],
  operation: (a: number, b: number) => number,
): Resources["scalars"] {
  if (a === null && b === null) return null;
  const names = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
  const result: Record<string, number> = {};
  for (const name of names) result[name] = operation(a?.[name] ?? 0, b?.[name] ?? 0);
  return Object.freeze(result);
}

/**
 * What a pod asks for: the larger of all containers and sidecars together and of each init container with the sidecars
 * before it, plus overhead. With `nonZeroDefaults` a container's missing CPU and memory count as 100m and 200Mi.
 */
export function podRequest(pod: Pod, nonZeroDefaults = false): Resources {
  const { spec, status } = pod;
  const infeasible = (status?.conditions ?? []).some(
    ({ type, reason }) => type === "PodResizePending" && reason === "Infeasible",
  );
  let total = NO_RESOURCES;
  for (const container of spec.containers ?? []) {
    const status = statusOf(container, pod.status?.containerStatuses);
    total = addResources(total, containerRequest(container, status, infeasible, nonZeroDefaults));
  }
  let sidecars = NO_RESOURCES;
  let initPeak = NO_RESOURCES;
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === "Always") {
      const status = statusOf(container, pod.status?.initContainerStatuses);
      const request = containerRequest(container, status, infeasible, nonZeroDefaults);
      total = addResources(total, request);
      sidecars = addResources(sidecars, request);
      initPeak = maxResources(initPeak, sidecars);
    } else {
      const request = containerRequest(container, undefined, infeasible, nonZeroDefaults);
      initPeak = maxResources(initPeak, addResources(request, sidecars));
    }
  }
  const request = maxResources(total, initPeak);
  return spec.overhead === undefined ? request : addResources(request, resourcesOf(spec.overhead));
}

function statusOf(container: Container, statuses: readonly ContainerStatus[] | undefined): ContainerStatus | undefined {
  return statuses?.find(({ name, resources }) => name === container.name && resources !== undefined);
}

/** While a resize is under way the larger of what is wanted, granted and in force counts. */
function containerRequest(
  container: Container,
  status: ContainerStatus | undefined,
  infeasible: boolean,
  nonZeroDefaults: boolean,
): Resources {
  let request = resourcesOf(container.resources?.requests);
  let named = container.resources?.requests;
  if (status !== undefined) {
    const actual = resourcesOf(status.resources?.requests);
    const granted = maxResources(actual, resourcesOf(status.allocatedResources));
    request = infeasible ? granted : maxResources(request, granted);
    named = { ...(infeasible ? {} : named), ...status.resources?.requests, ...status.allocatedResources };
  }
  if (!nonZeroDefaults) return request;
  const withoutCpu = named === undefined || named.cpu === undefined;
  const withoutMemory = named === undefined || named.memory === undefined;
  if (!withoutCpu && !withoutMemory) return request;
  return Object.freeze(
    withFields(request, {
      milliCpu: withoutCpu ? DEFAULT_MILLI_CPU_REQUEST : request.milliCpu,
      memoryBytes: withoutMemory ? DEFAULT_MEMORY_REQUEST_BYTES : request.memoryBytes,
    }),
  );
}

/** One resource by its API name. */
export function amountOf(resources: Resources, name: string): number {
  switch (name) {
    case "cpu":
      return resources.milliCpu;
    case "memory":
      return resources.memoryBytes;
    case "ephemeral-storage":
      return resources.ephemeralBytes;
    case "pods":
      return resources.pods;
    default:
      return resources.scalars?.[name] ?? 0;
  }
}

/** The resources of which `after` has less than `before`. */
export function lowered(before: Resources, after: Resources): string[] {
  const names = ["cpu", "memory", "ephemeral-storage", "pods", ...Object.keys(before.scalars ?? {})];
  return names.filter((name) => amountOf(after, name) < amountOf(before, name));
}

/** Extended resources, huge pages and the like: everything that is not one of the four basic ones. */
export function isScalar(name: string): boolean {
  return name !== "cpu" && name !== "memory" && name !== "ephemeral-storage" && name !== "pods";
}
