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

/** What a constraint says of nodes, worked out once for all of them. */
interface Barrier {
  readonly topologyKey: string;
  readonly full: ReadonlySet<string> | "all";
}

export interface HardConstraints {
  readonly constraints: readonly HardConstraint[];
  readonly nodeCount: number;
  /** In the order of the constraints, without those that let every node pass; null: to be worked out. */
  barriers: readonly Barrier[] | null;
}

export function hardConstraints({ pod, snapshot }: Cycle, constraints: readonly Constraint[]): HardConstraints {
  const index = podIndexOf(snapshot);
  return {
    constraints: constraints.map((constraint) => ({
      ...constraint,
      counts: countsIn(index, counterOf(index, snapshot, constraint.query), constraint.topology),
      self: constraint.selector !== null && matchesSelector(constraint.selector, pod.pod.metadata.labels) ? 1 : 0,
      supposed: new Map<string, number>(),
    })),
    nodeCount: snapshot.nodes.length,
    barriers: null,
  };
}

export function filterNode(state: HardConstraints, node: NodeInfo): Rejection | null {
  state.barriers ??= barriersOf(state);
  for (const { topologyKey, full } of state.barriers) {
    const domain = node.labels[topologyKey];
    if (domain === undefined) return NO_LABEL;
    if (full === "all" || full.has(domain)) return TOO_SKEWED;
  }
  return null;
}

function barriersOf({ constraints, nodeCount }: HardConstraints): Barrier[] {
  const barriers: Barrier[] = [];
  for (const constraint of constraints) {
    const { topologyKey, counts } = constraint;
    const full = fullDomains(constraint);
    // Nodes without the label are in no domain.
    const allHaveLabel = counts.domains.byNode.size === nodeCount;
    if (full === "all" || full.size > 0 || !allHaveLabel) barriers.push({ topologyKey, full });
  }
  return barriers;
}

const NONE: ReadonlySet<string> = new Set();

/** The domains in which one pod more would be too many. */
function fullDomains({ counts, supposed, maxSkew, minDomains, self }: HardConstraint): Barrier["full"] {
  const fewest = counts.domains.nodes.size < minDomains ? 0 : fewestPods(counts, supposed);
  const limit = maxSkew + fewest - self;
  if (limit < 0) return "all";
  if (supposed.size === 0 && !anyAbove(counts, limit)) return NONE;
  const full = new Set<string>();
  for (const [domain, pods] of counts.pods) if (pods + (supposed.get(domain) ?? 0) > limit) full.add(domain);
  for (const [domain, pods] of supposed) if ((counts.pods.get(domain) ?? 0) + pods > limit) full.add(domain);
  return full;
}

function anyAbove({ histogram }: DomainCounts, limit: number): boolean {
  for (const pods of histogram.keys()) if (pods > limit) return true;
  return false;
}

/** A pod comes to a node, or leaves it, in thought. */
export function supposePod(state: HardConstraints, pod: Pod, node: NodeInfo, by: 1 | -1): void {
  state.barriers = null;
  for (const { query, counts, supposed } of state.constraints) {
    const domain = counts.domains.byNode.get(node.name);
    if (domain !== undefined && query.matches(pod)) add(supposed, domain, by);
  }
}
