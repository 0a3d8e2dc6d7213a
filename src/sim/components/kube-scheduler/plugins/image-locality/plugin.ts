import { MAX_NODE_SCORE, type PluginDefinition } from "../../framework/plugin.ts";

const MEBIBYTE = 1024 * 1024;
const MIN_BYTES = 23 * MEBIBYTE;
const MAX_BYTES_PER_CONTAINER = 1000 * MEBIBYTE;

/**
 * Nodes that have the pod's images already. An image counts the more, the more nodes have it, so that one node with a
 * rare image does not draw all the pods.
 */
export const imageLocality: PluginDefinition = {
  name: "ImageLocality",
  create: () => ({
    name: "ImageLocality",
    nodeLocal: true,
    basis: ({ imagesVersion }) => imagesVersion,
    score({ pod, snapshot }, node) {
      if (node.images.size === 0) return 0;
      let sum = 0;
      for (const image of pod.images) {
        if (!node.images.has(image)) continue;
        const state = snapshot.images.get(image);
        if (state !== undefined) sum += Math.trunc(state.sizeBytes * (state.nodes / snapshot.nodes.length));
      }
      const max = MAX_BYTES_PER_CONTAINER * pod.images.length;
      const clamped = Math.min(Math.max(sum, MIN_BYTES), max);
      return max > MIN_BYTES ? Math.trunc((MAX_NODE_SCORE * (clamped - MIN_BYTES)) / (max - MIN_BYTES)) : 0;
    },
  }),
};
