import { matchesSelector } from "../../../../api/labels.ts";
import type { NodeInfo } from "../../cache/node-info.ts";
import { counterOf, countsIn, podIndexOf } from "../../cache/pod-index.ts";
import { add, type DomainCounts, fewestPods } from "../../cache/topology.ts";
import { type Cycle, type Rejection, rejection } from "../../framework/plugin.ts";
import type { Pod } from "../../objects.ts";
import type { Constraint } from "./constraints.ts";

const TOO_SKEWED = rejection("node(s) didn't match pod topology spread constraints", false);
const NO_LABEL = rejection("node(s) didn't match pod topology spread constraints (missing required label)", true);

interface HardConstraint extends Constraint {
  readonly counts: DomainCounts;
  /** 1 when the pod itself is one of those that it wants to be spread with. */
  readonly self: number;
  /** Domain -> pods that are supposed to be there, beside those that are. */
  readonly supposed: Map<string, number>;
}

export type HardConstraints = readonly HardConstraint[];

export function hardConstraints({ pod, snapshot }: Cycle, constraints: readonly Constraint[]): HardConstraints {
  const index = podIndexOf(snapshot);
  return constraints.map((constraint) => ({
    ...constraint,
    counts: countsIn(index, counterOf(index, snapshot, constraint.query), constraint.topology),
    self: constraint.selector !== null && matchesSelector(constraint.selector, pod.pod.metadata.labels) ? 1 : 0,
    supposed: new Map<string, number>(),
  }));
}

export function filterNode(constraints: HardConstraints, node: NodeInfo): Rejection | null {
  for (const { topologyKey, counts, maxSkew, minDomains, self, supposed } of constraints) {
    const domain = node.labels[topologyKey];
    if (domain === undefined) return NO_LABEL;
    const fewest = counts.domains.nodes.size < minDomains ? 0 : fewestPods(counts, supposed);
    const pods = (counts.pods.get(domain) ?? 0) + (supposed.get(domain) ?? 0);
    if (pods + self - fewest > maxSkew) return TOO_SKEWED;
  }
  return null;
}

/** A pod comes to a node, or leaves it, in thought. */
export function supposePod(constraints: HardConstraints, pod: Pod, node: NodeInfo, by: 1 | -1): void {
  for (const { query, counts, supposed } of constraints) {
    const domain = counts.domains.byNode.get(node.name);
    if (domain !== undefined && query.matches(pod)) add(supposed, domain, by);
  }
}
