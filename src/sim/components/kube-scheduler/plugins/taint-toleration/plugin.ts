import { isTolerated } from "../../../../api/pod/tolerations.ts";
import { defaultNormalizeScore, type PluginDefinition, rejection } from "../../framework/plugin.ts";
import { untoleratedTaint } from "../tolerations.ts";

/** NoSchedule and NoExecute taints keep pods away; PreferNoSchedule ones cost score. */
export const taintToleration: PluginDefinition = {
  name: "TaintToleration",
  create: () => ({
    name: "TaintToleration",
    nodeLocal: true,
    filter({ pod }, node) {
      if (node.taints.length === 0) return null;
      const taint = untoleratedTaint(node.taints, pod.tolerations);
      if (taint === undefined) return null;
      return rejection(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`, true);
    },
    /** How many PreferNoSchedule taints the pod does not tolerate. */
    score({ pod }, node) {
      let count = 0;
      for (const taint of node.taints) {
        if (taint.effect === "PreferNoSchedule" && !isTolerated(taint, pod.preferTolerations)) count += 1;
      }
      return count;
    },
    normalizeScore: (scores) => defaultNormalizeScore(scores, true),
    events: [
      {
        types: ["Node/Add", "Node/UpdateTaint"],
        hint(pod, { oldNode, node }) {
          const wasUntolerated =
            oldNode === undefined || untoleratedTaint(oldNode.spec?.taints ?? [], pod.tolerations) !== undefined;
          return wasUntolerated && untoleratedTaint(node?.spec?.taints ?? [], pod.tolerations) === undefined;
        },
      },
      { types: ["Pod/UpdateToleration"] },
    ],
  }),
};
