import type { NodeInfo } from "../../cache/node-info.ts";
import { MAX_NODE_SCORE, type PluginDefinition } from "../../framework/plugin.ts";
import type { PodInfo } from "../../pod-info.ts";
import { amountOf, isScalar } from "../../resources.ts";
import { DEFAULT_RESOURCES } from "../node-resources-fit/plugin.ts";
import { asksForNothing, type ResourceWeight } from "../node-resources-fit/scoring.ts";

/** How even the use of the resources would be: 100 less the spread of the used fractions. Real requests only. */
function balance(pod: PodInfo, node: NodeInfo, resources: readonly ResourceWeight[]): number {
  const fractions: number[] = [];
  let total = 0;
  for (const { name } of resources) {
    const allocatable = amountOf(node.allocatable, name);
    const demand = amountOf(pod.request, name);
    if (allocatable === 0 || (demand === 0 && isScalar(name))) continue;
    const fraction = Math.min(1, (amountOf(node.requested, name) + demand) / allocatable);
    fractions.push(fraction);
    total += fraction;
  }
  return Math.trunc((1 - deviation(fractions, total)) * MAX_NODE_SCORE);
}

function deviation(fractions: readonly number[], total: number): number {
  if (fractions.length < 2) return 0;
  if (fractions.length === 2) return Math.abs((fractions[0]! - fractions[1]!) / 2);
  const mean = total / fractions.length;
  let sum = 0;
  for (const fraction of fractions) sum += (fraction - mean) * (fraction - mean);
  return Math.sqrt(sum / fractions.length);
}

export const nodeResourcesBalancedAllocation: PluginDefinition = {
  name: "NodeResourcesBalancedAllocation",
  create(args) {
    const given = (args as { readonly resources?: readonly ResourceWeight[] } | undefined)?.resources ?? [];
    const resources = given.length === 0 ? DEFAULT_RESOURCES : given;
    return {
      name: "NodeResourcesBalancedAllocation",
      nodeLocal: true,
      preScore: ({ pod }) => !asksForNothing(pod.request, resources),
      score: ({ pod }, node) => balance(pod, node, resources),
    };
  },
};
