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
  return totalRequests(pod, options, NUMBERS);
}

/** Resources that no container limits are absent. Overhead counts where there is a limit. */
export function computePodLimits(pod: Pod, options: PodResourcesOptions = {}): Amounts {
  return totalLimits(pod, options, NUMBERS);
}

/** How amounts are read and reckoned with: as numbers, or as quantities where nothing may be lost. */
export interface Arithmetic<T> {
  read(list: ResourceList | undefined): Record<string, T>;
  add(sums: Record<string, T>, more: Readonly<Record<string, T>>): void;
  /** Each amount becomes the greater one. */
  raise(sums: Record<string, T>, other: Readonly<Record<string, T>>): void;
  isZero(amount: T | undefined): boolean;
}

const NUMBERS: Arithmetic<number> = {
  read: amountsOf,
  add(sums, more) {
    for (const resource in more) sums[resource] = (sums[resource] ?? 0) + more[resource]!;
  },
  raise(sums, other) {
    for (const resource in other) sums[resource] = Math.max(sums[resource] ?? 0, other[resource]!);
  },
  isZero: (amount) => !amount,
};

/** `PodRequests` in any arithmetic. */
export function totalRequests<T>(
  pod: Pod,
  options: Omit<PodResourcesOptions, "defaultRequests"> & { readonly defaultRequests?: Readonly<Record<string, T>> },
  arithmetic: Arithmetic<T>,
): Record<string, T> {
  const statuses = options.useStatus ? statusesByName(pod) : null;
  const infeasible = statuses !== null && isResizeInfeasible(pod);
  const amounts = combine(
    pod,
    (container, isResizable) => {
      const spec = arithmetic.read(container.resources?.requests);
      const status = isResizable ? statuses?.get(container.name) : undefined;
      const asked = status?.resources ? requestsWithStatus(spec, status, infeasible, arithmetic) : spec;
      for (const resource in options.defaultRequests) asked[resource] ??= options.defaultRequests[resource]!;
      return asked;
    },
    arithmetic,
  );
  if (!options.excludeOverhead && pod.spec?.overhead) arithmetic.add(amounts, arithmetic.read(pod.spec.overhead));
  return amounts;
}

/** `PodLimits` in any arithmetic. */
export function totalLimits<T>(pod: Pod, options: PodResourcesOptions, arithmetic: Arithmetic<T>): Record<string, T> {
  const statuses = options.useStatus ? statusesByName(pod) : null;
  const infeasible = statuses !== null && isResizeInfeasible(pod);
  const amounts = combine(
    pod,
    (container, isResizable) => {
      const spec = arithmetic.read(container.resources?.limits);
      const status = isResizable ? statuses?.get(container.name) : undefined;
      if (!status?.resources) return spec;
      const actual = arithmetic.read(status.resources.limits);
      if (infeasible) return actual;
      arithmetic.raise(spec, actual);
      return spec;
    },
    arithmetic,
  );
  if (options.excludeOverhead || !pod.spec?.overhead) return amounts;
  const overhead = arithmetic.read(pod.spec.overhead);
  for (const resource in overhead) if (arithmetic.isZero(amounts[resource])) delete overhead[resource];
  arithmetic.add(amounts, overhead);
  return amounts;
}

function requestsWithStatus<T>(
  spec: Record<string, T>,
  status: ContainerStatus,
  infeasible: boolean,
  arithmetic: Arithmetic<T>,
): Record<string, T> {
  const asked = infeasible ? {} : spec;
  arithmetic.raise(asked, arithmetic.read(status.resources?.requests));
  arithmetic.raise(asked, arithmetic.read(status.allocatedResources));
  return asked;
}

function combine<T>(
  pod: Pod,
  amountsOfContainer: (container: Container, isResizable: boolean) => Record<string, T>,
  { add, raise }: Arithmetic<T>,
): Record<string, T> {
  const total: Record<string, T> = {};
  for (const container of pod.spec?.containers ?? []) add(total, amountsOfContainer(container, true));
  const sidecars: Record<string, T> = {};
  const greediest: Record<string, T> = {};
  for (const container of pod.spec?.initContainers ?? []) {
    // Init containers cannot be resized, save for sidecars.
    const isSidecar = container.restartPolicy === "Always";
    const amounts = amountsOfContainer(container, isSidecar);
    if (isSidecar) {
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
