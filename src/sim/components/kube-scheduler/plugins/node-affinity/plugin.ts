import { isEmptyTerm, matchesNodeSelector, matchesTerm, namedNodes } from "../../../../api/pod/node-selector.ts";
import type { NodeInfo } from "../../cache/node-info.ts";
import { CONTINUE, defaultNormalizeScore, type PluginDefinition, rejection, SKIP } from "../../framework/plugin.ts";
import { type Node, type NodeAffinityTerms, nameOf, type PreferredSchedulingTerm } from "../../objects.ts";
import type { PodInfo } from "../../pod-info.ts";
import { matchesNodeOf } from "./required.ts";

const NO_MATCH = rejection("node(s) didn't match Pod's node affinity/selector", true);
const ENFORCED = rejection("node(s) didn't match scheduler-enforced node affinity", true);
const CONFLICT = rejection("pod affinity terms conflict", true);
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

function matchesPodOnNode(pod: PodInfo, node: Node | undefined): boolean {
  return node !== undefined && matchesNodeOf(pod, node.metadata.labels ?? NO_LABELS, nameOf(node));
}

function sumOfWeights(terms: readonly PreferredSchedulingTerm[], node: NodeInfo): number {
  let sum = 0;
  for (const { weight = 0, preference = {} } of terms) {
    if (weight !== 0 && !isEmptyTerm(preference) && matchesTerm(preference, node.labels, node.name)) sum += weight;
  }
  return sum;
}

export const nodeAffinity: PluginDefinition = {
  name: "NodeAffinity",
  create(args) {
    const added = (args as { readonly addedAffinity?: NodeAffinityTerms } | undefined)?.addedAffinity;
    const addedRequired = added?.requiredDuringSchedulingIgnoredDuringExecution;
    const addedPreferred = added?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return {
      name: "NodeAffinity",
      nodeLocal: true,
      preFilter({ pod }) {
        const { requiredAffinity, nodeSelector } = pod;
        if (addedRequired === undefined && requiredAffinity === null && nodeSelector === null) return SKIP;
        const names = requiredAffinity === null ? null : namedNodes(requiredAffinity);
        if (names === null) return CONTINUE;
        return names.size === 0 ? { type: "reject", rejection: CONFLICT } : { type: "nodes", names };
      },
      filter({ pod }, node) {
        if (addedRequired !== undefined && !matchesNodeSelector(addedRequired, node.labels, node.name)) return ENFORCED;
        return matchesNodeOf(pod, node.labels, node.name) ? null : NO_MATCH;
      },
      preScore: ({ pod }) => pod.preferredAffinity.length > 0 || addedPreferred.length > 0,
      score: ({ pod }, node) => sumOfWeights(addedPreferred, node) + sumOfWeights(pod.preferredAffinity, node),
      normalizeScore: (scores) => defaultNormalizeScore(scores, false),
      events: [
        {
          types: ["Node/Add", "Node/UpdateLabel"],
          hint: (pod, { oldNode, node }) =>
            matchesPodOnNode(pod, node) && (oldNode === undefined || !matchesPodOnNode(pod, oldNode)),
        },
      ],
    };
  },
};
