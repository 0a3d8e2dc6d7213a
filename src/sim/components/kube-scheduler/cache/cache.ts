import { equalJson } from "../../../api/equal.ts";
import { endOfPrefix, Table } from "../../../kernel/table.ts";
import { type Node, nameOf, type Pod, uidOf } from "../objects.ts";
import { podInfoOf, sharesDemand } from "../pod-info.ts";
import { type CacheChange, linkChange, newStamp, type Stamp } from "./changes.ts";
import { createNodeInfo, type NodeInfo, sameTopology, withNode, withoutPod, withPod } from "./node-info.ts";
import { addToTree, interleaved, type NodeTree, removeFromTree } from "./node-tree.ts";
import { createNominations, type Nominations, withdraw } from "./nominated.ts";

/** An image on the nodes that have it. */
export interface ImageState {
  readonly sizeBytes: number;
  readonly nodes: number;
}

/** What a decision reads. */
export interface Snapshot {
  /** In scan order: one node of each zone in turn. */
  readonly nodes: readonly NodeInfo[];
  readonly positions: ReadonlyMap<string, number>;
  readonly images: ReadonlyMap<string, ImageState>;
  /** Another object whenever `images` or the number of nodes has changed. */
  readonly imagesVersion: object;
  readonly pods: Table<Pod>;
  /** Waiting pods for which room is being made. */
  readonly nominated: Nominations;
  /** The same for all copies of one cache. */
  readonly identity: object;
  /** Another one whenever pods or nodes have changed in what `changes.ts` tells of. */
  readonly stamp: Stamp;
}

export interface AssumedPod {
  readonly pod: Pod;
  readonly nodeName: string;
}

/**
 * The scheduler's picture of the cluster, with the pods that it has decided about but not yet seen bound. Each NodeInfo
 * is immutable, so the cache is its own snapshot: a decision costs what the nodes that it looks at cost.
 */
export interface SchedulerCache extends Snapshot {
  nodes: NodeInfo[];
  positions: Map<string, number>;
  images: Map<string, ImageState>;
  imagesVersion: object;
  tree: NodeTree;
  /** The scan order must be made again before the next decision. */
  orderStale: boolean;
  /** `node NUL uid` -> pod, of all pods on nodes, assumed ones included. */
  pods: Table<Pod>;
  /** By uid: decided, but not yet seen on its node. */
  assumed: Map<string, AssumedPod>;
  stamp: Stamp;
}

export function createCache(): SchedulerCache {
  return {
    nodes: [],
    positions: new Map(),
    images: new Map(),
    imagesVersion: Object.freeze({}),
    tree: new Map(),
    orderStale: false,
    pods: new Table<Pod>(),
    assumed: new Map(),
    nominated: createNominations(),
    identity: Object.freeze({}),
    stamp: newStamp(),
  };
}

function note(cache: SchedulerCache, change: CacheChange): void {
  cache.stamp = linkChange(cache.stamp, change);
}

export function nodeInfo(cache: Snapshot, name: string): NodeInfo | undefined {
  const position = cache.positions.get(name);
  return position === undefined ? undefined : cache.nodes[position];
}

export function addNode(cache: SchedulerCache, node: Node): void {
  const name = nameOf(node);
  if (cache.positions.has(name)) {
    updateNode(cache, node);
    return;
  }
  let info = createNodeInfo(node);
  for (const pod of podsOn(cache, name)) info = withPod(info, pod);
  cache.positions.set(name, cache.nodes.length);
  cache.nodes.push(info);
  addToTree(cache.tree, info.zone, name);
  cache.orderStale = true;
  countImages(cache, undefined, info);
  note(cache, { type: "node", name, after: info });
}

export function updateNode(cache: SchedulerCache, node: Node): void {
  const name = nameOf(node);
  const position = cache.positions.get(name);
  if (position === undefined) {
    addNode(cache, node);
    return;
  }
  const old = cache.nodes[position]!;
  const info = withNode(old, node);
  cache.nodes[position] = info;
  if (old.images !== info.images) countImages(cache, old, info);
  if (!sameTopology(old, info)) note(cache, { type: "node", name, after: info });
  if (old.zone === info.zone) return;
  removeFromTree(cache.tree, old.zone, name);
  addToTree(cache.tree, info.zone, name);
  cache.orderStale = true;
}

/** Its pods stay known: their deletion comes by its own events. */
export function removeNode(cache: SchedulerCache, name: string): void {
  const position = cache.positions.get(name);
  if (position === undefined) return;
  const info = cache.nodes[position]!;
  const last = cache.nodes.pop()!;
  if (last !== info) {
    cache.nodes[position] = last;
    cache.positions.set(last.name, position);
  }
  cache.positions.delete(name);
  removeFromTree(cache.tree, info.zone, name);
  cache.orderStale = true;
  countImages(cache, info, undefined);
  note(cache, { type: "node", name, after: null });
}

/** Makes the scan order if nodes came, went or moved since. */
export function refreshOrder(cache: SchedulerCache): void {
  if (!cache.orderStale) return;
  cache.orderStale = false;
  const nodes = interleaved(cache.tree).map((name) => cache.nodes[cache.positions.get(name)!]!);
  cache.nodes = nodes;
  cache.positions = new Map(nodes.map(({ name }, index) => [name, index]));
}

function countImages(cache: SchedulerCache, before: NodeInfo | undefined, after: NodeInfo | undefined): void {
  cache.imagesVersion = Object.freeze({});
  for (const name of before?.images.keys() ?? []) {
    const state = cache.images.get(name);
    if (state === undefined) continue;
    if (state.nodes === 1) cache.images.delete(name);
    else cache.images.set(name, Object.freeze({ ...state, nodes: state.nodes - 1 }));
  }
  for (const [name, sizeBytes] of after?.images ?? []) {
    const state = cache.images.get(name);
    cache.images.set(
      name,
      Object.freeze(state === undefined ? { sizeBytes, nodes: 1 } : { ...state, nodes: state.nodes + 1 }),
    );
  }
}

/** Counts the pod on the node at once, so that the next decision sees it before its binding is written. */
export function assumePod(cache: SchedulerCache, pod: Pod, nodeName: string): void {
  cache.assumed.set(uidOf(pod), Object.freeze({ pod, nodeName }));
  withdraw(cache.nominated, uidOf(pod));
  putOnNode(cache, nodeName, pod);
}

/** The binding failed. */
export function forgetPod(cache: SchedulerCache, uid: string): void {
  const assumed = cache.assumed.get(uid);
  if (assumed === undefined) return;
  cache.assumed.delete(uid);
  takeFromNode(cache, assumed.nodeName, assumed.pod);
}

/** A pod was seen on its node: it confirms an assumed one, or corrects it. */
export function addPod(cache: SchedulerCache, pod: Pod): void {
  const uid = uidOf(pod);
  const nodeName = pod.spec.nodeName!;
  const assumed = cache.assumed.get(uid);
  if (assumed !== undefined) {
    cache.assumed.delete(uid);
    takeFromNode(cache, assumed.nodeName, assumed.pod);
  }
  const known = cache.pods.get(podKey(nodeName, uid));
  if (known !== undefined) takeFromNode(cache, nodeName, known);
  putOnNode(cache, nodeName, pod);
}

export function updatePod(cache: SchedulerCache, pod: Pod): void {
  const nodeName = pod.spec.nodeName!;
  const key = podKey(nodeName, uidOf(pod));
  const known = cache.pods.get(key);
  if (known === undefined || cache.assumed.has(uidOf(pod))) {
    addPod(cache, pod);
    return;
  }
  // Most updates are of the status: the sums stand.
  if (sameDemand(known, pod)) {
    cache.pods.set(key, pod);
    if (!sameForOthers(known, pod)) {
      note(cache, { type: "pod", pod: known, nodeName, by: -1 });
      note(cache, { type: "pod", pod, nodeName, by: 1 });
    }
    return;
  }
  takeFromNode(cache, nodeName, known);
  putOnNode(cache, nodeName, pod);
}

function sameDemand(a: Pod, b: Pod): boolean {
  if (sharesDemand(a, b)) return true;
  const before = podInfoOf(a);
  const after = podInfoOf(b);
  return before.request === after.request && before.hostPorts === after.hostPorts;
}

/** What other pods' affinity and spreading look at. */
function sameForOthers({ metadata: a }: Pod, { metadata: b }: Pod): boolean {
  return a.deletionTimestamp === b.deletionTimestamp && (a.labels === b.labels || equalJson(a.labels, b.labels));
}

export function removePod(cache: SchedulerCache, pod: Pod): void {
  const uid = uidOf(pod);
  const assumed = cache.assumed.get(uid);
  if (assumed !== undefined) forgetPod(cache, uid);
  const nodeName = pod.spec.nodeName;
  if (nodeName === undefined) return;
  const known = cache.pods.get(podKey(nodeName, uid));
  if (known !== undefined) takeFromNode(cache, nodeName, known);
}

function putOnNode(cache: SchedulerCache, nodeName: string, pod: Pod): void {
  cache.pods.set(podKey(nodeName, uidOf(pod)), pod);
  note(cache, { type: "pod", pod, nodeName, by: 1 });
  const position = cache.positions.get(nodeName);
  if (position !== undefined) cache.nodes[position] = withPod(cache.nodes[position]!, pod);
}

function takeFromNode(cache: SchedulerCache, nodeName: string, pod: Pod): void {
  const key = podKey(nodeName, uidOf(pod));
  const known = cache.pods.get(key);
  if (known === undefined) return;
  cache.pods.delete(key);
  note(cache, { type: "pod", pod: known, nodeName, by: -1 });
  const position = cache.positions.get(nodeName);
  if (position !== undefined) cache.nodes[position] = withoutPod(cache.nodes[position]!, pod);
}

function podKey(nodeName: string, uid: string): string {
  return `${nodeName}\u0000${uid}`;
}

/** All pods on a node, assumed ones included, by uid. */
export function podsOn(cache: Snapshot, nodeName: string): Pod[] {
  const pods: Pod[] = [];
  const prefix = podKey(nodeName, "");
  cache.pods.range(prefix, endOfPrefix(prefix), (_key, pod) => {
    pods.push(pod);
  });
  return pods;
}
