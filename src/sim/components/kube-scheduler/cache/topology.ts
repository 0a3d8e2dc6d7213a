import type { NodeInfo } from "./node-info.ts";

/** How nodes fall into domains: by a label, as a rule, of the nodes that count. */
export interface Topology {
  /** The same text for topologies that mean the same. */
  readonly key: string;
  /** The node's domain; undefined: it is in none. */
  domainOf(node: NodeInfo): string | undefined;
}

/** By the value of one label. */
export function labelTopology(label: string): Topology {
  return { key: `label ${label}`, domainOf: ({ labels }) => labels[label] };
}

/** The nodes' domains as they are. */
export interface NodeDomains {
  readonly topology: Topology;
  readonly byNode: Map<string, string>;
  /** How many nodes are in each domain. */
  readonly nodes: Map<string, number>;
}

/** How many pods of one kind are in each domain; those without any are left out. */
export interface DomainCounts {
  readonly domains: NodeDomains;
  readonly pods: Map<string, number>;
  /** Count of pods -> how many domains have so many. */
  readonly histogram: Map<number, number>;
}

export function nodeDomains(topology: Topology, nodes: Iterable<NodeInfo>): NodeDomains {
  const domains: NodeDomains = { topology, byNode: new Map(), nodes: new Map() };
  for (const node of nodes) moveNode(domains, node.name, topology.domainOf(node));
  return domains;
}

/** Answers with the domain in which the node was before. */
export function moveNode(domains: NodeDomains, name: string, domain: string | undefined): string | undefined {
  const before = domains.byNode.get(name);
  if (before === domain) return before;
  if (before !== undefined) add(domains.nodes, before, -1);
  if (domain === undefined) domains.byNode.delete(name);
  else {
    domains.byNode.set(name, domain);
    add(domains.nodes, domain, 1);
  }
  return before;
}

export function domainCounts(domains: NodeDomains, podsByNode: ReadonlyMap<string, number>): DomainCounts {
  const counts: DomainCounts = { domains, pods: new Map(), histogram: new Map() };
  for (const [node, pods] of podsByNode) {
    const domain = domains.byNode.get(node);
    if (domain !== undefined) countPods(counts, domain, pods);
  }
  return counts;
}

export function countPods({ pods, histogram }: DomainCounts, domain: string, by: number): void {
  const before = pods.get(domain) ?? 0;
  const after = before + by;
  if (before > 0) add(histogram, before, -1);
  if (after > 0) add(histogram, after, 1);
  add(pods, domain, by);
}

/** Zero entries are taken out. */
export function add<K>(counts: Map<K, number>, key: K, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

/**
 * The fewest pods that any domain has, if `supposed` pods were added to domains; infinite when there is no domain.
 */
export function fewestPods(counts: DomainCounts, supposed: ReadonlyMap<string, number> | undefined): number {
  const { domains, pods } = counts;
  let { histogram } = counts as { histogram: ReadonlyMap<number, number> };
  if (supposed !== undefined && supposed.size > 0) {
    const changed = new Map(histogram);
    for (const [domain, by] of supposed) {
      if (!domains.nodes.has(domain)) continue;
      const before = pods.get(domain) ?? 0;
      if (before > 0) add(changed, before, -1);
      if (before + by > 0) add(changed, before + by, 1);
    }
    histogram = changed;
  }
  let least = Number.POSITIVE_INFINITY;
  let withPods = 0;
  for (const [count, number] of histogram) {
    withPods += number;
    if (count < least) least = count;
  }
  return withPods < domains.nodes.size ? 0 : least;
}
