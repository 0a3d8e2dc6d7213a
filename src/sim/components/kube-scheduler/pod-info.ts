import { equalJson } from "../../api/equal.ts";
import { fnv32a } from "../../api/hash.ts";
import type { NodeSelector } from "../../api/pod/node-selector.ts";
import { withFields } from "../../kernel/records.ts";
import { Twins } from "../../kernel/twins.ts";
import { type PodAffinity, podAffinityOf } from "./affinity-terms.ts";
import type { ContainerPort, ContainerStatus, Pod, PodSpec, PreferredSchedulingTerm, Toleration } from "./objects.ts";
import { podRequest, type Resources } from "./resources.ts";

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** A pod with everything that plugins ask again and again, worked out once per pod object. */
export interface PodInfo {
  readonly pod: Pod;
  readonly priority: number;
  readonly request: Resources;
  /** CPU and memory as scoring counts them. */
  readonly nonZeroMilliCpu: number;
  readonly nonZeroMemoryBytes: number;
  readonly hostPorts: readonly HostPort[];
  readonly tolerations: readonly Toleration[];
  /** Those that count for PreferNoSchedule taints. */
  readonly preferTolerations: readonly Toleration[];
  readonly nodeSelector: Readonly<Record<string, string>> | null;
  readonly requiredAffinity: NodeSelector | null;
  readonly preferredAffinity: readonly PreferredSchedulingTerm[];
  /** To other pods; null: none. */
  readonly affinity: PodAffinity | null;
  /** Images of all containers, with a tag. */
  readonly images: readonly string[];
  /** The same text for pods that node-local plugins cannot tell apart. */
  readonly demand: string;
}

type OfSpec = Omit<PodInfo, "pod">;

// Status updates share the spec, and a hundred thousand pods must not be parsed again for each.
const bySpec = new WeakMap<PodSpec, OfSpec>();
const byPod = new WeakMap<Pod, PodInfo>();

export function podInfoOf(pod: Pod): PodInfo {
  const known = byPod.get(pod);
  if (known !== undefined) return known;
  const resizing = isResizing(pod);
  let ofSpec = resizing ? undefined : bySpec.get(pod.spec);
  if (ofSpec === undefined) {
    ofSpec = workOut(pod);
    if (!resizing && Object.isFrozen(pod.spec)) bySpec.set(pod.spec, ofSpec);
  }
  const info = Object.freeze(withFields(ofSpec, { pod }));
  if (Object.isFrozen(pod)) byPod.set(pod, info);
  return info;
}

/** True when two versions of a pod are known to ask for the same, without working anything out. */
export function sharesDemand(a: Pod, b: Pod): boolean {
  return a.spec === b.spec && !isResizing(a) && !isResizing(b);
}

/** Whether the containers have other resources than the spec says: then those count too. */
function isResizing({ spec, status }: Pod): boolean {
  if (status === undefined) return false;
  return (
    differs(spec.containers, status.containerStatuses) || differs(spec.initContainers, status.initContainerStatuses)
  );
}

function differs(containers: PodSpec["containers"] = NOTHING, statuses: readonly ContainerStatus[] = NOTHING): boolean {
  return statuses.some(({ name, resources, allocatedResources }) => {
    if (resources === undefined) return false;
    const wanted = containers.find((each) => each.name === name)?.resources;
    if (!equalJson(resources, wanted)) return true;
    return allocatedResources !== undefined && !equalJson(allocatedResources, wanted?.requests);
  });
}

const NOTHING: readonly never[] = Object.freeze([]);

function workOut(pod: Pod): OfSpec {
  const { spec } = pod;
  const nonZero = podRequest(pod, true);
  const nodeAffinity = spec.affinity?.nodeAffinity;
  const selector = spec.nodeSelector;
  const request = podRequest(pod);
  const hostPorts = hostPortsOf(spec);
  const images = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ image }) =>
    normalizedImage(image ?? ""),
  );
  return {
    demand: shared(`${images.join()}|${demandOf(spec, request, nonZero, hostPorts)}`),
    priority: spec.priority ?? 0,
    request,
    nonZeroMilliCpu: nonZero.milliCpu,
    nonZeroMemoryBytes: nonZero.memoryBytes,
    hostPorts,
    tolerations: spec.tolerations ?? NOTHING,
    preferTolerations: (spec.tolerations ?? []).filter(({ effect }) => !effect || effect === "PreferNoSchedule"),
    nodeSelector: selector !== undefined && Object.keys(selector).length > 0 ? selector : null,
    requiredAffinity: nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? null,
    affinity: podAffinityOf(spec, pod.metadata.namespace ?? ""),
    preferredAffinity: nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? NOTHING,
    images,
  };
}

/** Pods of one template that wait, and those of one on a node, are told apart by nothing. */
const demands = new Twins<string>(1024);

function shared(demand: string): string {
  return demands.share(fnv32a(demand), demand);
}

function demandOf(
  { nodeName = "", tolerations = NOTHING, nodeSelector, affinity }: PodSpec,
  request: Resources,
  nonZero: Resources,
  hostPorts: readonly HostPort[],
): string {
  const numbers = `${request.milliCpu} ${request.memoryBytes} ${request.ephemeralBytes} ${nonZero.milliCpu} ${nonZero.memoryBytes}`;
  const list = tolerations.map(({ key, operator, value, effect }) => `${key}=${operator}=${value}=${effect}`).join();
  const plain = `${numbers}|${list}|${nodeName}`;
  if (request.scalars === null && hostPorts.length === 0 && nodeSelector === undefined && affinity === undefined)
    return plain;
  return `${plain}|${JSON.stringify([request.scalars, hostPorts, nodeSelector ?? null, affinity?.nodeAffinity ?? null])}`;
}

function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  const ports: HostPort[] = [];
  const add = (list: readonly ContainerPort[] | undefined) => {
    for (const { hostPort, hostIP, protocol } of list ?? []) {
      if (hostPort) ports.push({ ip: hostIP || "0.0.0.0", protocol: protocol || "TCP", port: hostPort });
    }
  };
  for (const container of spec.containers ?? []) add(container.ports);
  for (const container of spec.initContainers ?? []) if (container.restartPolicy === "Always") add(container.ports);
  return ports;
}

/** `nginx` -> `nginx:latest`, as the kubelet names images in node status. */
export function normalizedImage(name: string): string {
  return name.lastIndexOf(":") <= name.lastIndexOf("/") ? `${name}:latest` : name;
}
