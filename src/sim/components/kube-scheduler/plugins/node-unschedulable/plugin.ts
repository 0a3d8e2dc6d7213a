import { isTolerated } from "../../../../api/pod/tolerations.ts";
import { type PluginDefinition, rejection } from "../../framework/plugin.ts";
import type { Taint } from "../../objects.ts";

const UNSCHEDULABLE: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
const CORDONED = rejection("node(s) were unschedulable", true);

/** Cordoned nodes take only pods that tolerate `node.kubernetes.io/unschedulable`. */
export const nodeUnschedulable: PluginDefinition = {
  name: "NodeUnschedulable",
  create: () => ({
    name: "NodeUnschedulable",
    nodeLocal: true,
    filter: ({ pod }, node) => (!node.unschedulable || isTolerated(UNSCHEDULABLE, pod.tolerations) ? null : CORDONED),
    events: [
      {
        types: ["Node/Add", "Node/UpdateTaint"],
        hint: (_pod, { oldNode, node }) =>
          oldNode === undefined
            ? !node?.spec?.unschedulable
            : (oldNode.spec?.unschedulable ?? false) && !node?.spec?.unschedulable,
      },
      {
        types: ["Pod/UpdateToleration"],
        hint: (pod) => isTolerated(UNSCHEDULABLE, pod.tolerations),
      },
    ],
  }),
};
