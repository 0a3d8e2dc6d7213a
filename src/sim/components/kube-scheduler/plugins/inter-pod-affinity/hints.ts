import { type AffinityTerm, matchesTerm } from "../../affinity-terms.ts";
import type { ClusterEvent } from "../../framework/events.ts";
import type { Pod } from "../../objects.ts";
import { type PodInfo, podInfoOf } from "../../pod-info.ts";
import { matchesAll } from "./terms.ts";

const NONE: readonly AffinityTerm[] = Object.freeze([]);

/**
 * A pod came that this one wants to be near, or one left (or changed) that stood in its way. Namespaces by selector
 * cannot be looked up here: a term that has one may mean any.
 */
export function mayHelpByPod({ pod, affinity }: PodInfo, { type, oldPod, assignedPod }: ClusterEvent): boolean {
  if (assignedPod === undefined) return true;
  const wanted = (affinity?.requiredAffinity ?? NONE).map(anywhere);
  const unwanted = (affinity?.requiredAntiAffinity ?? NONE).map(anywhere);
  const stoodInTheWay = (other: Pod) =>
    unwanted.some((term) => matchesTerm(term, other, undefined)) || dislikes(other, pod);
  if (type === "AssignedPod/Add") return matchesAll(wanted, assignedPod);
  if (type === "AssignedPod/Delete") return stoodInTheWay(assignedPod);
  if (oldPod === undefined) return true;
  if (!matchesAll(wanted, oldPod) && matchesAll(wanted, assignedPod)) return true;
  return stoodInTheWay(oldPod) && !stoodInTheWay(assignedPod);
}

function anywhere(term: AffinityTerm): AffinityTerm {
  return term.namespaceSelector === null ? term : { ...term, namespaceSelector: { requirements: [] } };
}

function dislikes(other: Pod, pod: Pod): boolean {
  const terms = podInfoOf(other).affinity?.requiredAntiAffinity ?? NONE;
  return terms.some((term) => matchesTerm(anywhere(term), pod, undefined));
}

/** A new node, or one that has moved by a label that a term names. */
export function mayHelpByNode({ affinity }: PodInfo, { oldNode, node }: ClusterEvent): boolean {
  if (oldNode === undefined) return true;
  const terms = [...(affinity?.requiredAffinity ?? NONE), ...(affinity?.requiredAntiAffinity ?? NONE)];
  if (terms.length === 0) return true;
  return terms.some(
    ({ topologyKey }) => oldNode.metadata.labels?.[topologyKey] !== node?.metadata.labels?.[topologyKey],
  );
}
