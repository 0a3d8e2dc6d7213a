import { type AffinityTerm, type PodAffinity, pairOf } from "../affinity-terms.ts";
import type { Pod } from "../objects.ts";
import { podInfoOf } from "../pod-info.ts";
import type { Snapshot } from "./cache.ts";
import { type CacheChange, changesBetween, type Stamp } from "./changes.ts";
import type { NodeInfo } from "./node-info.ts";
import {
  add,
  countPods,
  type DomainCounts,
  domainCounts,
  moveNode,
  type NodeDomains,
  nodeDomains,
  type Topology,
} from "./topology.ts";

/** Pods of one kind, counted by node and by the domains that anybody asked for. */
export interface PodCounter {
  readonly pods: Map<string, number>;
  readonly byTopology: Map<string, DomainCounts>;
}

/** Which pods to count. Pods are never asked twice: what it says of one must not change. */
export interface PodQuery {
  /** The same text for queries that count the same. */
  readonly key: string;
  /** A label (`key=value`) that all of them have; null: none is known. */
  readonly pair: string | null;
  matches(pod: Pod): boolean;
}

export type TermKind = Exclude<keyof PodAffinity, "problem">;

/** One term that pods on nodes carry. */
export interface TermCounter extends PodCounter {
  readonly kind: TermKind;
  readonly term: AffinityTerm;
}

interface QueryCounter extends PodCounter {
  readonly query: PodQuery;
}

/**
 * What plugins ask of the pods on all nodes, counted once and then kept up to date by what changed (see `changes.ts`).
 * It follows from the cache, so it lives beside it and is no part of the world.
 */
export interface PodIndex {
  stamp: Stamp;
  readonly nodes: Map<string, NodeInfo>;
  readonly topologies: Map<string, NodeDomains>;
  readonly queries: Map<string, QueryCounter>;
  readonly queriesByPair: Map<string, Set<QueryCounter>>;
  readonly terms: Map<string, TermCounter>;
  readonly termsByPair: Map<string, Set<TermCounter>>;
  /** How many pods have a label. */
  readonly pairs: Map<string, number>;
  /** `namespace/claim` -> how many pods use it. */
  readonly claims: Map<string, number>;
}

const indexes = new WeakMap<object, PodIndex>();

const NO_PAIR = "";
const QUERIES_MAX = 4096;
const TOPOLOGIES_MAX = 256;

/** The index over a snapshot, up to date. */
export function podIndexOf(snapshot: Snapshot): PodIndex {
  const known = indexes.get(snapshot.identity);
  if (known !== undefined) {
    if (known.stamp === snapshot.stamp) return known;
    const changes = changesBetween(known.stamp, snapshot.stamp);
    if (changes !== null) {
      for (const change of changes) apply(known, change);
      known.stamp = snapshot.stamp;
      return known;
    }
  }
  const index = createIndex(snapshot);
  indexes.set(snapshot.identity, index);
  return index;
}

function createIndex(snapshot: Snapshot): PodIndex {
  const index: PodIndex = {
    stamp: snapshot.stamp,
    nodes: new Map(snapshot.nodes.map((node) => [node.name, node])),
    topologies: new Map(),
    queries: new Map(),
    queriesByPair: new Map(),
    terms: new Map(),
    termsByPair: new Map(),
    pairs: new Map(),
    claims: new Map(),
  };
  snapshot.pods.forEach((pod, key) => {
    countPod(index, pod, nodeOfKey(key), 1);
  });
  return index;
}

function nodeOfKey(key: string): string {
  return key.slice(0, key.indexOf("\u0000"));
}

function apply(index: PodIndex, change: CacheChange): void {
  if (change.type === "pod") {
    countPod(index, change.pod, change.nodeName, change.by);
    return;
  }
  const { name, after } = change;
  if (after === null) index.nodes.delete(name);
  else index.nodes.set(name, after);
  for (const domains of index.topologies.values()) {
    const domain = after === null ? undefined : domains.topology.domainOf(after);
    const before = moveNode(domains, name, domain);
    if (before !== domain) shiftPods(index, domains, name, before, domain);
  }
}

function shiftPods(
  { queries, terms }: PodIndex,
  { topology }: NodeDomains,
  node: string,
  before: string | undefined,
  after: string | undefined,
): void {
  for (const counters of [queries, terms]) {
    for (const counter of counters.values()) {
      const counts = counter.byTopology.get(topology.key);
      const pods = counter.pods.get(node);
      if (counts === undefined || pods === undefined) continue;
      if (before !== undefined) countPods(counts, before, -pods);
      if (after !== undefined) countPods(counts, after, pods);
    }
  }
}

function countPod(index: PodIndex, pod: Pod, node: string, by: 1 | -1): void {
  const { labels, namespace = "" } = pod.metadata;
  for (const key in labels) {
    const pair = `${key}=${labels[key]!}`;
    add(index.pairs, pair, by);
    countQueries(index.queriesByPair.get(pair), pod, node, by);
  }
  countQueries(index.queriesByPair.get(NO_PAIR), pod, node, by);
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim !== undefined)
      add(index.claims, `${namespace}/${persistentVolumeClaim.claimName ?? ""}`, by);
  }
  const { affinity } = podInfoOf(pod);
  if (affinity === null) return;
  for (const kind of KINDS) for (const term of affinity[kind]) countTerm(index, kind, term, node, by);
}

const KINDS: readonly TermKind[] = ["requiredAffinity", "requiredAntiAffinity", "preferred"];

function countQueries(queries: ReadonlySet<QueryCounter> | undefined, pod: Pod, node: string, by: number): void {
  if (queries === undefined) return;
  for (const counter of queries) if (counter.query.matches(pod)) count(counter, node, by);
}

function count({ pods, byTopology }: PodCounter, node: string, by: number): void {
  add(pods, node, by);
  for (const counts of byTopology.values()) {
    const domain = counts.domains.byNode.get(node);
    if (domain !== undefined) countPods(counts, domain, by);
  }
}

function countTerm(index: PodIndex, kind: TermKind, term: AffinityTerm, node: string, by: number): void {
  const key = `${kind} ${term.key}`;
  let counter = index.terms.get(key);
  if (counter === undefined) {
    counter = { kind, term, pods: new Map(), byTopology: new Map() };
    index.terms.set(key, counter);
    addTo(index.termsByPair, pairOfTerm(term), counter);
  }
  count(counter, node, by);
  if (counter.pods.size > 0) return;
  index.terms.delete(key);
  takeFrom(index.termsByPair, pairOfTerm(term), counter);
}

function pairOfTerm({ selector }: AffinityTerm): string {
  return (selector === null ? null : pairOf(selector)) ?? NO_PAIR;
}

function addTo<V>(sets: Map<string, Set<V>>, key: string, value: V): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

function takeFrom<V>(sets: Map<string, Set<V>>, key: string, value: V): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}

/** The terms of pods on nodes that may speak of this pod, by their selectors' labels; the caller asks each. */
export function termsAbout(index: PodIndex, { metadata }: Pod): TermCounter[] {
  if (index.terms.size === 0) return [];
  const found = [...(index.termsByPair.get(NO_PAIR) ?? [])];
  for (const key in metadata.labels) {
    const terms = index.termsByPair.get(`${key}=${metadata.labels[key]!}`);
    if (terms !== undefined) found.push(...terms);
  }
  return found;
}

/** Counts the pods of a query: over all pods when it is asked for the first time, and from then on as they change. */
export function counterOf(index: PodIndex, snapshot: Snapshot, query: PodQuery): PodCounter {
  const known = index.queries.get(query.key);
  if (known !== undefined) return known;
  const counter: QueryCounter = { query, pods: new Map(), byTopology: new Map() };
  if (query.pair === null || index.pairs.has(query.pair)) {
    snapshot.pods.forEach((pod, key) => {
      if (query.matches(pod)) add(counter.pods, nodeOfKey(key), 1);
    });
  }
  if (index.queries.size >= QUERIES_MAX) dropOldestQuery(index);
  index.queries.set(query.key, counter);
  addTo(index.queriesByPair, query.pair ?? NO_PAIR, counter);
  return counter;
}

function dropOldestQuery(index: PodIndex): void {
  for (const [key, counter] of index.queries) {
    index.queries.delete(key);
    takeFrom(index.queriesByPair, counter.query.pair ?? NO_PAIR, counter);
    return;
  }
}

/** What a counter has in each domain of a topology. */
export function countsIn(index: PodIndex, counter: PodCounter, topology: Topology): DomainCounts {
  const known = counter.byTopology.get(topology.key);
  if (known !== undefined) return known;
  const counts = domainCounts(domainsOf(index, topology), counter.pods);
  counter.byTopology.set(topology.key, counts);
  return counts;
}

function domainsOf(index: PodIndex, topology: Topology): NodeDomains {
  const known = index.topologies.get(topology.key);
  if (known !== undefined) return known;
  if (index.topologies.size >= TOPOLOGIES_MAX) dropOldestTopology(index);
  const domains = nodeDomains(topology, index.nodes.values());
  index.topologies.set(topology.key, domains);
  return domains;
}

/** With all counts that were made by it, since they would not follow the nodes any more. */
function dropOldestTopology({ topologies, queries, terms }: PodIndex): void {
  const [oldest] = topologies.keys();
  if (oldest === undefined) return;
  topologies.delete(oldest);
  for (const counter of queries.values()) counter.byTopology.delete(oldest);
  for (const counter of terms.values()) counter.byTopology.delete(oldest);
}
