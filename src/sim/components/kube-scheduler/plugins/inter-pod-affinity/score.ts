import { matchesTerm } from "../../affinity-terms.ts";
import type { NodeInfo } from "../../cache/node-info.ts";
import { counterOf, countsIn, podIndexOf, type TermKind, termsAbout } from "../../cache/pod-index.ts";
import { type DomainCounts, labelTopology } from "../../cache/topology.ts";
import { type Cycle, MAX_NODE_SCORE } from "../../framework/plugin.ts";
import { namespaceLabels, queryOf, withNamespaces } from "./terms.ts";

/** InterPodAffinityArgs. */
export interface AffinityArgs {
  readonly hardPodAffinityWeight?: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

/** Pods by domain of one label, each worth `weight` to the nodes of its domain. */
export interface Attraction {
  readonly label: string;
  readonly weight: number;
  readonly counts: DomainCounts;
}

/** What the pod prefers, and what pods on nodes prefer about it; those of no consequence are left out. */
export function attractionsOf({ pod, snapshot, objects }: Cycle, args: AffinityArgs): Attraction[] {
  const preferred = pod.affinity?.preferred ?? [];
  if (args.ignorePreferredTermsOfExistingPods === true && preferred.length === 0) return [];
  const index = podIndexOf(snapshot);
  const attractions: Attraction[] = [];
  for (const one of preferred) {
    const term = withNamespaces(one, objects);
    const label = term.topologyKey;
    const counts = countsIn(index, counterOf(index, snapshot, queryOf([term])), labelTopology(label));
    attractions.push({ label, weight: term.weight, counts });
  }
  const labels = namespaceLabels(objects, pod.pod.metadata.namespace ?? "");
  for (const counter of termsAbout(index, pod.pod)) {
    const { kind, term } = counter;
    const weight = weightOf(kind, term.weight, args.hardPodAffinityWeight ?? 1);
    if (weight === null || !matchesTerm(term, pod.pod, labels)) continue;
    const label = term.topologyKey;
    attractions.push({ label, weight, counts: countsIn(index, counter, labelTopology(label)) });
  }
  return attractions.filter(({ counts }) => counts.pods.size > 0);
}

/** Null: the term has no part in scoring. */
function weightOf(kind: TermKind, weight: number, hardWeight: number): number | null {
  if (kind === "preferred") return weight;
  return kind === "requiredAffinity" && hardWeight > 0 ? hardWeight : null;
}

export function scoreNode(attractions: readonly Attraction[], node: NodeInfo): number {
  let score = 0;
  for (const { label, weight, counts } of attractions) {
    const domain = node.labels[label];
    if (domain !== undefined) score += weight * (counts.pods.get(domain) ?? 0);
  }
  return score;
}

/** The lowest becomes 0, the highest 100, in place. */
export function normalize(scores: number[]): void {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    min = Math.min(min, score);
    max = Math.max(max, score);
  }
  const range = max - min;
  for (let index = 0; index < scores.length; index += 1) {
    scores[index] = range > 0 ? Math.trunc(MAX_NODE_SCORE * ((scores[index]! - min) / range)) : 0;
  }
}
