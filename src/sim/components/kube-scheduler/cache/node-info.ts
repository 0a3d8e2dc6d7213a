import { equalJson } from "../../../api/equal.ts";
import { withFields } from "../../../kernel/records.ts";
import type { Node, Pod, Taint } from "../objects.ts";
import { nameOf } from "../objects.ts";
import { type HostPort, normalizedImage, type PodInfo, podInfoOf } from "../pod-info.ts";
import { addResources, NO_RESOURCES, type Resources, resourcesOf, subtractResources } from "../resources.ts";

/**
 * A node with the sums over its pods. Never changed: every change makes a new one, so a decision reads a consistent
 * picture, a checkpoint shares it, and what was worked out for it may be kept for as long as it lives.
 */
export interface NodeInfo {
  readonly name: string;
  readonly node: Node;
  /** Region and zone: what the node tree interleaves by. */
  readonly zone: string;
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  readonly labels: Readonly<Record<string, string>>;
  readonly allocatable: Resources;
  /** Normalised image name -> bytes. */
  readonly images: ReadonlyMap<string, number>;
  readonly podCount: number;
  readonly requested: Resources;
  readonly nonZeroMilliCpu: number;
  readonly nonZeroMemoryBytes: number;
  readonly usedPorts: readonly HostPort[];
}

type OfNode = Pick<
  NodeInfo,
  "name" | "node" | "zone" | "unschedulable" | "taints" | "labels" | "allocatable" | "images"
>;

const NO_PORTS: readonly HostPort[] = Object.freeze([]);
const NO_TAINTS: readonly Taint[] = Object.freeze([]);
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

export function createNodeInfo(node: Node): NodeInfo {
  return Object.freeze(
    withFields(partsOfNode(node), {
      podCount: 0,
      requested: NO_RESOURCES,
      nonZeroMilliCpu: 0,
      nonZeroMemoryBytes: 0,
      usedPorts: NO_PORTS,
    }),
  );
}

/** The same sums under a newer node object; a mere heart-beat keeps what was parsed. */
export function withNode(info: NodeInfo, node: Node): NodeInfo {
  const old = info.node;
  const sameAllocatable = equalJson(old.status?.allocatable, node.status?.allocatable);
  const sameImages = equalJson(old.status?.images, node.status?.images);
  return Object.freeze(
    withFields(info, {
      name: nameOf(node),
      node,
      zone: zoneOf(node),
      unschedulable: node.spec?.unschedulable ?? false,
      taints: node.spec?.taints ?? NO_TAINTS,
      labels: node.metadata.labels ?? NO_LABELS,
      allocatable: sameAllocatable ? info.allocatable : resourcesOf(node.status?.allocatable),
      images: sameImages ? info.images : imagesOf(node),
    }),
  );
}

function partsOfNode(node: Node): OfNode {
  return {
    name: nameOf(node),
    node,
    zone: zoneOf(node),
    unschedulable: node.spec?.unschedulable ?? false,
    taints: node.spec?.taints ?? NO_TAINTS,
    labels: node.metadata.labels ?? NO_LABELS,
    allocatable: resourcesOf(node.status?.allocatable),
    images: imagesOf(node),
  };
}

/** Whether what a pod's spreading and affinity see of the node is the same. */
export function sameTopology(a: NodeInfo, b: NodeInfo): boolean {
  return equalJson(a.labels, b.labels) && equalJson(a.taints, b.taints);
}

export function withPod(info: NodeInfo, pod: Pod): NodeInfo {
  return withPodInfo(info, podInfoOf(pod));
}

function withPodInfo(info: NodeInfo, pod: PodInfo): NodeInfo {
  return Object.freeze(
    withFields(info, {
      podCount: info.podCount + 1,
      requested: addResources(info.requested, pod.request),
      nonZeroMilliCpu: info.nonZeroMilliCpu + pod.nonZeroMilliCpu,
      nonZeroMemoryBytes: info.nonZeroMemoryBytes + pod.nonZeroMemoryBytes,
      usedPorts: pod.hostPorts.length === 0 ? info.usedPorts : Object.freeze([...info.usedPorts, ...pod.hostPorts]),
    }),
  );
}

export function withoutPod(info: NodeInfo, pod: Pod): NodeInfo {
  const parsed = podInfoOf(pod);
  return Object.freeze(
    withFields(info, {
      podCount: info.podCount - 1,
      requested: subtractResources(info.requested, parsed.request),
      nonZeroMilliCpu: info.nonZeroMilliCpu - parsed.nonZeroMilliCpu,
      nonZeroMemoryBytes: info.nonZeroMemoryBytes - parsed.nonZeroMemoryBytes,
      usedPorts: parsed.hostPorts.length === 0 ? info.usedPorts : withoutPorts(info.usedPorts, parsed.hostPorts),
    }),
  );
}

/** One entry per pod and port, since pods may use one port under several addresses. */
function withoutPorts(used: readonly HostPort[], gone: readonly HostPort[]): readonly HostPort[] {
  const left = [...used];
  for (const port of gone) {
    const at = left.findIndex((one) => one.port === port.port && one.ip === port.ip && one.protocol === port.protocol);
    if (at >= 0) left.splice(at, 1);
  }
  return Object.freeze(left);
}

function zoneOf(node: Node): string {
  const labels = node.metadata.labels;
  const region =
    labels?.["topology.kubernetes.io/region"] ?? labels?.["failure-domain.beta.kubernetes.io/region"] ?? "";
  const zone = labels?.["topology.kubernetes.io/zone"] ?? labels?.["failure-domain.beta.kubernetes.io/zone"] ?? "";
  return region === "" && zone === "" ? "" : `${region}:\u0000:${zone}`;
}

const NO_IMAGES: ReadonlyMap<string, number> = Object.freeze(new Map<string, number>());

function imagesOf(node: Node): ReadonlyMap<string, number> {
  const list = node.status?.images;
  if (list === undefined || list.length === 0) return NO_IMAGES;
  const images = new Map<string, number>();
  for (const { names, sizeBytes } of list) {
    for (const name of names ?? []) images.set(normalizedImage(name), sizeBytes ?? 0);
  }
  return Object.freeze(images);
}
