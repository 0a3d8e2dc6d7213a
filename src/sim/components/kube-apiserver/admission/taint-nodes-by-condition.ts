import type { AdmissionPlugin } from "./plugin.ts";

const NOT_READY = Object.freeze({ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" });

/** A new node takes no pods until the node lifecycle controller has seen it ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: "TaintNodesByCondition",
  enabledByDefault: true,
  resources: ["nodes"],
  admit({ operation, kind, subresource, object }) {
    if (operation !== "CREATE" || kind.resource !== "nodes" || subresource !== "" || object === null) return null;
    const spec = (object.spec ?? {}) as { taints?: readonly { key: string; effect: string }[] };
    const taints = spec.taints ?? [];
    if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return null;
    return { ...object, spec: { ...spec, taints: [...taints, NOT_READY] } };
  },
};
