import { type PluginDefinition, rejection } from "../../framework/plugin.ts";

const OTHER_NODE = rejection("node(s) didn't match the requested node name", true);

/** A pod that names its node goes there or nowhere. */
export const nodeName: PluginDefinition = {
  name: "NodeName",
  create: () => ({
    name: "NodeName",
    nodeLocal: true,
    filter({ pod }, node) {
      const wanted = pod.pod.spec.nodeName;
      return !wanted || wanted === node.name ? null : OTHER_NODE;
    },
    events: [{ types: ["Node/Add"] }],
  }),
};
