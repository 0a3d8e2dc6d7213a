/**
 * What a pod asks for and may use (component-helpers `resource.PodRequests`, `PodLimits`): its containers together, or
 * its greediest moment of initialization, and overhead.
 */
import { milliValue, wholeValue } from "../quantity.ts";
import type { Container, ContainerStatus, Pod, ResourceList } from "./types.ts";

/** Whole numbers by resource: millicores for `cpu`, bytes or pieces for everything else. */
export type Amounts = Readonly<Record<string, number>>;

type Sums = Record<string, number>;

export function amountOf(resource: string, quantity: string | undefined): number {
  return resource === "cpu" ? milliValue(quantity) : wholeValue(quantity);
}

export function amountsOf(list: ResourceList | undefined): Sums {
  const amounts: Sums = {};
  for (const resource in list) amounts[resource] = amountOf(resource, list[resource]);
  return amounts;
}

export interface PodResourcesOptions {
  /** Counts what the kubelet has allocated and what runs, where that is more than the spec (in-place resize). */
  readonly useStatus?: boolean;
  readonly excludeOverhead?: boolean;
  /** For containers that do not ask for a resource, as scoring counts them. */
  readonly defaultRequests?: Amounts;
}

const requestsOfPod = new WeakMap<Pod, Amounts>();

/** With its overhead, in-place resizes counted; kept per frozen pod. */
export function podRequests(pod: Pod): Amounts {
  const known = requestsOfPod.get(pod);
  if (known) return known;
  const requests = Object.freeze(computePodRequests(pod, { useStatus: true }));
  if (Object.isFrozen(pod)) requestsOfPod.set(pod, requests);
  return requests;
}

export function computePodRequests(pod: Pod, options: PodResourcesOptions = {}): Amounts {
  const statuses = options.useStatus ? statusesByName(pod) : null;
  const infeasible = statuses !== null && isResizeInfeasible(pod);
  const amounts = combine(pod, (container) => {
    const spec = amountsOf(container.resources?.requests);
    const status = statuses?.get(container.name);
    const asked = status?.resources ? requestsWithStatus(spec, status, infeasible) : spec;
    for (const resource in options.defaultRequests) asked[resource] ??= options.defaultRequests[resource]!;
    return asked;
  });
  if (!options.excludeOverhead) add(amounts, amountsOf(pod.spec?.overhead));
  return amounts;
}

/** Resources that no container limits are absent. Overhead counts where there is a limit. */
export function computePodLimits(pod: Pod, options: PodResourcesOptions = {}): Amounts {
  const statuses = options.useStatus ? statusesByName(pod) : null;
  const infeasible = statuses !== null && isResizeInfeasible(pod);
  const amounts = combine(pod, (container) => {
    const spec = amountsOf(container.resources?.limits);
    const status = statuses?.get(container.name);
    if (!status?.resources) return spec;
    const actual = amountsOf(status.resources.limits);
    if (infeasible) return actual;
    raise(spec, actual);
    return spec;
  });
  if (!options.excludeOverhead) {
    const overhead = amountsOf(pod.spec?.overhead);
    for (const resource in overhead) if (amounts[resource]) amounts[resource]! += overhead[resource]!;
  }
  return amounts;
}

function requestsWithStatus(spec: Sums, status: ContainerStatus, infeasible: boolean): Sums {
  const asked = infeasible ? {} : spec;
  raise(asked, amountsOf(status.resources?.requests));
  raise(asked, amountsOf(status.allocatedResources));
  return asked;
}

function combine(pod: Pod, amountsOfContainer: (container: Container) => Sums): Sums {
  const total: Sums = {};
  for (const container of pod.spec?.containers ?? []) add(total, amountsOfContainer(container));
  const sidecars: Sums = {};
  const greediest: Sums = {};
  for (const container of pod.spec?.initContainers ?? []) {
    const amounts = amountsOfContainer(container);
    if (container.restartPolicy === "Always") {
      add(total, amounts);
      add(sidecars, amounts);
      raise(greediest, sidecars);
    } else {
      add(amounts, sidecars);
      raise(greediest, amounts);
    }
  }
  raise(total, greediest);
  return total;
}

function add(sums: Sums, more: Amounts): void {
  for (const resource in more) sums[resource] = (sums[resource] ?? 0) + more[resource]!;
}

function raise(sums: Sums, other: Amounts): void {
  for (const resource in other) sums[resource] = Math.max(sums[resource] ?? 0, other[resource]!);
}

function statusesByName(pod: Pod): ReadonlyMap<string, ContainerStatus> | null {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  if (containerStatuses.length === 0 && initContainerStatuses.length === 0) return null;
  return new Map([...containerStatuses, ...initContainerStatuses].map((status) => [status.name, status]));
}

function isResizeInfeasible(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some(
    ({ type, reason }) => type === "PodResizePending" && reason === "Infeasible",
  );
}
