import { fitErrorMessage } from "../../framework/fit-error.ts";
import { type FilterFailures, type NodeRejection, type PluginDefinition, rejection } from "../../framework/plugin.ts";

const NOT_HELPFUL = rejection("Preemption is not helpful for scheduling", true);
const NO_VICTIMS = rejection("No preemption victims found for incoming pod", false);

/**
 * Says why preemption does not help. It chooses no victims (see the component's README), so a node that fell to a
 * reason which removing pods could mend answers as one without victims.
 */
export const defaultPreemption: PluginDefinition = {
  name: "DefaultPreemption",
  create: () => ({
    name: "DefaultPreemption",
    postFilter({ pod }, failures) {
      if (pod.pod.spec.preemptionPolicy === "Never") {
        return "preemption: not eligible due to preemptionPolicy=Never.";
      }
      const byNode = new Map<string, NodeRejection>();
      for (const [node, { rejection }] of failures.byNode) {
        byNode.set(node, { plugin: "DefaultPreemption", rejection: rejection.unresolvable ? NOT_HELPFUL : NO_VICTIMS });
      }
      const absent = failures.absent === null || failures.absent.unresolvable ? NOT_HELPFUL : NO_VICTIMS;
      const told: FilterFailures = { numAllNodes: failures.numAllNodes, byNode, absent };
      return `preemption: ${fitErrorMessage(told, "", "")}`;
    },
  }),
};
