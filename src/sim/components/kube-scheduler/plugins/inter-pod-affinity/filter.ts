import { type AffinityTerm, matchesTerm } from "../../affinity-terms.ts";
import type { NodeInfo } from "../../cache/node-info.ts";
import { counterOf, countsIn, podIndexOf, termsAbout } from "../../cache/pod-index.ts";
import { add, type DomainCounts, labelTopology } from "../../cache/topology.ts";
import { type Cycle, type Rejection, rejection } from "../../framework/plugin.ts";
import type { Pod } from "../../objects.ts";
import { podInfoOf } from "../../pod-info.ts";
import { matchesAll, namespaceLabels, queryOf, withNamespaces } from "./terms.ts";

const NO_FRIEND = rejection("node(s) didn't match pod affinity rules", true);
const FOE = rejection("node(s) didn't match pod anti-affinity rules", false);
const UNWELCOME = rejection("node(s) didn't satisfy existing pods anti-affinity rules", false);

/** Pods by domain of one label: those that are there and those that are supposed to be. */
interface Counted {
  readonly label: string;
  readonly counts: DomainCounts[];
  readonly supposed: Map<string, number>;
}

export interface AffinityState {
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  /** Pods that all affinity terms match, per term's label. */
  readonly friends: readonly Counted[];
  /** Per anti-affinity term. */
  readonly foes: readonly Counted[];
  /** Pods that do not want this one near, by the label of their terms. */
  readonly unwelcoming: Map<string, Counted>;
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
}

export function affinityState({ pod, snapshot, objects }: Cycle): AffinityState {
  const index = podIndexOf(snapshot);
  const labels = namespaceLabels(objects, pod.pod.metadata.namespace ?? "");
  const merged = (terms: readonly AffinityTerm[]) => terms.map((term) => withNamespaces(term, objects));
  const affinity = merged(pod.affinity?.requiredAffinity ?? []);
  const antiAffinity = merged(pod.affinity?.requiredAntiAffinity ?? []);
  const counted = (terms: readonly AffinityTerm[], label: string): Counted => ({
    label,
    counts: [countsIn(index, counterOf(index, snapshot, queryOf(terms)), labelTopology(label))],
    supposed: new Map(),
  });
  const state: AffinityState = {
    affinity,
    antiAffinity,
    friends: affinity.map(({ topologyKey }) => counted(affinity, topologyKey)),
    foes: antiAffinity.map((term) => counted([term], term.topologyKey)),
    unwelcoming: new Map(),
    namespaceLabels: labels,
  };
  for (const counter of termsAbout(index, pod.pod)) {
    const { kind, term } = counter;
    if (kind !== "requiredAntiAffinity" || !matchesTerm(term, pod.pod, labels)) continue;
    const counts = countsIn(index, counter, labelTopology(term.topologyKey));
    if (counts.pods.size > 0) unwelcomingBy(state, term.topologyKey).counts.push(counts);
  }
  return state;
}

export function hasNothingToSay({ affinity, antiAffinity, unwelcoming }: AffinityState): boolean {
  return affinity.length === 0 && antiAffinity.length === 0 && unwelcoming.size === 0;
}

function podsIn({ counts, supposed }: Counted, domain: string): number {
  let sum = supposed.get(domain) ?? 0;
  for (const { pods } of counts) sum += pods.get(domain) ?? 0;
  return sum;
}

function podsAt(counted: Counted, node: NodeInfo): number {
  const domain = node.labels[counted.label];
  return domain === undefined ? 0 : podsIn(counted, domain);
}

export function filterNode(state: AffinityState, pod: Pod, node: NodeInfo): Rejection | null {
  if (!hasFriends(state, pod, node)) return NO_FRIEND;
  for (const foe of state.foes) if (podsAt(foe, node) > 0) return FOE;
  for (const other of state.unwelcoming.values()) if (podsAt(other, node) > 0) return UNWELCOME;
  return null;
}

function hasFriends({ affinity, friends }: AffinityState, pod: Pod, node: NodeInfo): boolean {
  let all = true;
  for (const friend of friends) {
    if (node.labels[friend.label] === undefined) return false;
    if (podsAt(friend, node) <= 0) all = false;
  }
  // The first of pods that want to be together may go anywhere.
  return all || (friends.every(hasNone) && matchesAll(affinity, pod));
}

function hasNone(counted: Counted): boolean {
  for (const { pods } of counted.counts) {
    for (const domain of pods.keys()) if (podsIn(counted, domain) > 0) return false;
  }
  for (const domain of counted.supposed.keys()) if (podsIn(counted, domain) > 0) return false;
  return true;
}

/** A pod comes to a node, or leaves it, in thought. */
export function supposePod(state: AffinityState, incoming: Pod, pod: Pod, node: NodeInfo, by: 1 | -1): void {
  const suppose = ({ label, supposed }: Counted) => {
    const domain = node.labels[label];
    if (domain !== undefined) add(supposed, domain, by);
  };
  if (matchesAll(state.affinity, pod)) state.friends.forEach(suppose);
  for (const [index, term] of state.antiAffinity.entries()) {
    if (matchesTerm(term, pod, undefined)) suppose(state.foes[index]!);
  }
  for (const term of podInfoOf(pod).affinity?.requiredAntiAffinity ?? []) {
    if (!matchesTerm(term, incoming, state.namespaceLabels)) continue;
    suppose(unwelcomingBy(state, term.topologyKey));
  }
}

function unwelcomingBy({ unwelcoming }: AffinityState, label: string): Counted {
  const known = unwelcoming.get(label);
  if (known !== undefined) return known;
  const counted: Counted = { label, counts: [], supposed: new Map() };
  unwelcoming.set(label, counted);
  return counted;
}
