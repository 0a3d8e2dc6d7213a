import { addQuantities, compareQuantities, milliValue, wholeValue } from "../../api/quantity.ts";
import { type Container, type ContainerStatus, isRestartableInit, type Pod, type ResourceList } from "./types.ts";

export interface ResourceOptions {
  readonly excludeOverhead?: boolean;
  /** Count what the status says a container has (in-place resize), not only what its spec asks for. */
  readonly useStatusResources?: boolean;
  readonly nonMissingContainerRequests?: ResourceList;
}

/** component-helpers/resource PodRequests: sidecars add up, init containers count by their peak. */
export function podRequests(pod: Pod, options: ResourceOptions = {}): ResourceList {
  const sum = aggregate(pod, options, "requests");
  const overhead = pod.spec.overhead;
  return overhead === undefined || options.excludeOverhead === true ? sum : add(sum, overhead);
}

export function podLimits(pod: Pod, options: ResourceOptions = {}): ResourceList {
  const sum = aggregate(pod, options, "limits");
  const overhead = pod.spec.overhead;
  if (overhead === undefined || options.excludeOverhead === true) return sum;
  const limited = Object.entries(overhead).filter(
    ([name]) => sum[name] !== undefined && compareQuantities(sum[name], "0") !== 0,
  );
  return add(sum, Object.fromEntries(limited));
}

function aggregate(pod: Pod, options: ResourceOptions, kind: "requests" | "limits"): ResourceList {
  let regular: ResourceList = {};
  let sidecars: ResourceList = {};
  let peak: ResourceList = {};
  for (const container of pod.spec.containers ?? []) regular = add(regular, ofContainer(pod, container, options, kind));
  for (const container of pod.spec.initContainers ?? []) {
    const own = ofContainer(pod, container, options, kind);
    if (isRestartableInit(container)) {
      regular = add(regular, own);
      sidecars = add(sidecars, own);
      peak = max(peak, sidecars);
    } else {
      peak = max(peak, add(own, sidecars));
    }
  }
  return max(regular, peak);
}

function ofContainer(
  pod: Pod,
  container: Container,
  options: ResourceOptions,
  kind: "requests" | "limits",
): ResourceList {
  let own = container.resources?.[kind] ?? {};
  if (
    options.useStatusResources === true &&
    (pod.spec.containers.includes(container) || isRestartableInit(container))
  ) {
    const status = statusOf(pod, container.name);
    if (status?.resources !== undefined) {
      const actual = max(
        status.resources[kind] ?? {},
        (kind === "requests" ? status.allocatedResources : undefined) ?? {},
      );
      own = isResizeInfeasible(pod) ? actual : max(own, actual);
    }
  }
  if (kind === "requests" && options.nonMissingContainerRequests !== undefined)
    own = { ...options.nonMissingContainerRequests, ...own };
  return own;
}

function statusOf(pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  return (
    containerStatuses.find((status) => status.name === name) ??
    initContainerStatuses.find((status) => status.name === name)
  );
}

function isResizeInfeasible(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some(
    ({ type, reason }) => type === "PodResizePending" && reason === "Infeasible",
  );
}

function add(a: ResourceList, b: ResourceList): ResourceList {
  const sum: Record<string, string> = { ...a };
  for (const [name, quantity] of Object.entries(b))
    sum[name] = sum[name] === undefined ? quantity : addQuantities(sum[name], quantity);
  return sum;
}

function max(a: ResourceList, b: ResourceList): ResourceList {
  const larger: Record<string, string> = { ...a };
  for (const [name, quantity] of Object.entries(b)) {
    if (larger[name] === undefined || compareQuantities(larger[name], quantity) < 0) larger[name] = quantity;
  }
  return larger;
}

/** What admission adds up, in integers. */
export interface PodUse {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
  /** Other resources that the node counts (`nvidia.com/gpu`), and ephemeral storage. */
  readonly others: Readonly<Record<string, number>>;
}

export function podUse(pod: Pod): PodUse {
  const requests = podRequests(pod);
  const others: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(requests)) {
    if (name !== "cpu" && name !== "memory") others[name] = wholeValue(quantity);
  }
  return { cpuMillicores: milliValue(requests.cpu), memoryBytes: wholeValue(requests.memory), others };
}
