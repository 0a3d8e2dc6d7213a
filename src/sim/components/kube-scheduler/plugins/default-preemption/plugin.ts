import type { PluginDefinition } from "../../framework/plugin.ts";
import { uidOf } from "../../objects.ts";
import { type PreemptionArgs, preempt } from "../../preemption/preempt.ts";

/** When no node takes a pod: whether one would if pods of lower priority left it. */
export const defaultPreemption: PluginDefinition = {
  name: "DefaultPreemption",
  create(given) {
    const { minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 } = (given ??
      {}) as Partial<PreemptionArgs>;
    const args: PreemptionArgs = { minCandidateNodesPercentage, minCandidateNodesAbsolute };
    return {
      name: "DefaultPreemption",
      preEnqueue: ({ pod }, preempting) =>
        preempting.has(uidOf(pod)) ? "waiting for the preemption for this pod to be finished" : null,
      postFilter: (cycle, failures, { filters, randomInt }) => preempt(filters, cycle, failures, args, randomInt),
    };
  },
};
