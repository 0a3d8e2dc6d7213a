import { CONTINUE, type Cycle, type PluginDefinition, rejection, SKIP } from "../../framework/plugin.ts";
import { isClaimOfPod } from "../claims.ts";
import { type PodClaims, podClaims } from "./claims.ts";
import { findPodVolumes } from "./find-volumes.ts";
import { mayHelpByCapacity, mayHelpByClass, mayHelpByDriver } from "./hints.ts";
import { preBindOf } from "./reserve.ts";

const STATE = "VolumeBinding";

function claimsOfCycle({ data }: Cycle): PodClaims {
  return data.get(STATE) as PodClaims;
}

/** Bound volumes must be reachable from the node; claims that wait for their first pod need a volume, or room for one. */
export const volumeBinding: PluginDefinition = {
  name: "VolumeBinding",
  create(args) {
    const { bindTimeoutSeconds = 600 } = (args ?? {}) as { readonly bindTimeoutSeconds?: number };
    return {
      name: "VolumeBinding",
      preFilter(cycle) {
        if (cycle.pod.pod.spec.volumes === undefined) return SKIP;
        const found = podClaims(cycle.pod.pod, cycle.objects);
        if (found.type === "none") return SKIP;
        if (found.type === "problem") return { type: "reject", rejection: rejection(found.problem, true) };
        cycle.data.set(STATE, found.claims);
        return CONTINUE;
      },
      filter(cycle, node) {
        const found = findPodVolumes(claimsOfCycle(cycle), node, cycle.objects);
        switch (found.type) {
          case "found":
            return null;
          case "refused":
            return { reasons: found.reasons, unresolvable: true };
          case "error":
            return rejection(found.error, true);
        }
      },
      preScore: () => false,
      score: () => 0,
      reserve(cycle, node) {
        const claims = cycle.data.get(STATE) as PodClaims | undefined;
        if (claims === undefined) return null;
        const found = findPodVolumes(claims, node, cycle.objects);
        return found.type === "found"
          ? preBindOf(claims, found.decision, node.name, bindTimeoutSeconds * 1_000_000)
          : null;
      },
      events: [
        { types: ["StorageClass/Add", "StorageClass/Update"], hint: mayHelpByClass },
        { types: ["PersistentVolumeClaim/Add", "PersistentVolumeClaim/Update"], hint: isClaimOfPod },
        { types: ["PersistentVolume/Add", "PersistentVolume/Update"] },
        { types: ["Node/Add", "Node/UpdateLabel"] },
        { types: ["CSINode/Add", "CSINode/Update"] },
        { types: ["CSIDriver/Update"], hint: mayHelpByDriver },
        { types: ["CSIStorageCapacity/Add", "CSIStorageCapacity/Update"], hint: mayHelpByCapacity },
      ],
    };
  },
};
