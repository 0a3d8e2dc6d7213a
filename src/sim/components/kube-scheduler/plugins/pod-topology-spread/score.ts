import type { NodeInfo } from "../../cache/node-info.ts";
import { counterOf, countsIn, podIndexOf } from "../../cache/pod-index.ts";
import { type Cycle, MAX_NODE_SCORE } from "../../framework/plugin.ts";
import { type Constraint, HOSTNAME } from "./constraints.ts";
import { naturalLog } from "./natural-log.ts";

interface SoftConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  /** Grows with the number of domains, so that few large domains do not drown many small ones. */
  readonly weight: number;
  /** By domain; for host names by node. */
  readonly pods: ReadonlyMap<string, number>;
}

export interface SoftConstraints {
  readonly constraints: readonly SoftConstraint[];
  /** Nodes that lack a label: they score nothing. */
  readonly ignored: ReadonlySet<string>;
}

/** `needsAll`: nodes without one of the labels are left out. */
export function softConstraints(
  { snapshot }: Cycle,
  constraints: readonly Constraint[],
  nodes: readonly NodeInfo[],
  needsAll: boolean,
): SoftConstraints {
  const index = podIndexOf(snapshot);
  const keys = constraints.map(({ topologyKey }) => topologyKey);
  const lacking = needsAll ? nodes.filter(({ labels }) => keys.some((key) => labels[key] === undefined)) : [];
  const ignored = new Set(lacking.map(({ name }) => name));
  return {
    ignored,
    constraints: constraints.map(({ topologyKey, maxSkew, query, topology }) => {
      const counter = counterOf(index, snapshot, query);
      if (topologyKey === HOSTNAME) {
        const weight = naturalLog(nodes.length - ignored.size + 2);
        return { topologyKey, maxSkew, weight, pods: counter.pods };
      }
      const { domains, pods } = countsIn(index, counter, topology);
      // Where every node counts there are no more domains than these.
      const most = domains.byNode.size === snapshot.nodes.length ? domains.nodes.size : Number.POSITIVE_INFINITY;
      const weight = naturalLog(domainsAmong(nodes, topologyKey, ignored, most) + 2);
      return { topologyKey, maxSkew, weight, pods };
    }),
  };
}

function domainsAmong(nodes: readonly NodeInfo[], key: string, ignored: ReadonlySet<string>, most: number): number {
  const domains = new Set<string>();
  for (const { name, labels } of nodes) {
    if (ignored.size === 0 || !ignored.has(name)) domains.add(labels[key] ?? "");
    if (domains.size === most) break;
  }
  return domains.size;
}

/** The more pods of its kind are in the node's domains, the more. */
export function scoreNode({ constraints, ignored }: SoftConstraints, node: NodeInfo): number {
  if (ignored.size > 0 && ignored.has(node.name)) return 0;
  let score = 0;
  for (const { topologyKey, maxSkew, weight, pods } of constraints) {
    const domain = node.labels[topologyKey];
    if (domain === undefined) continue;
    const count = pods.get(topologyKey === HOSTNAME ? node.name : domain) ?? 0;
    score += count * weight + (maxSkew - 1);
  }
  return Math.round(score);
}

/** Turned round, so that few pods are best, in place. */
export function normalize({ ignored }: SoftConstraints, scores: number[], nodes: readonly NodeInfo[]): void {
  const isIgnored = (index: number) => ignored.size > 0 && ignored.has(nodes[index]!.name);
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let index = 0; index < scores.length; index += 1) {
    if (isIgnored(index)) continue;
    const score = scores[index]!;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  for (let index = 0; index < scores.length; index += 1) {
    if (isIgnored(index)) scores[index] = 0;
    else scores[index] = max === 0 ? MAX_NODE_SCORE : Math.trunc((MAX_NODE_SCORE * (max + min - scores[index]!)) / max);
  }
}
