import { deepFreeze } from "../../../../api/object.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../../../../api/storage/volumes.ts";
import { keyOf } from "../../../../machinery/store.ts";
import type { PreBind } from "../../framework/plugin.ts";
import type { PodClaims } from "./claims.ts";
import { SELECTED_NODE, type VolumeDecision } from "./find-volumes.ts";

const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

/** What must be written, and which claims must then become bound, before the pod may go to the node. */
export function preBindOf(
  claims: PodClaims,
  decision: VolumeDecision,
  node: string,
  timeoutUs: number,
): PreBind | null {
  if (claims.waiting.length === 0) return null;
  return deepFreeze({
    plugin: "VolumeBinding",
    writes: [
      ...decision.bindings.map(({ claim, volume }) => ({
        kind: "persistentvolumes" as const,
        object: boundVolume(volume, claim),
      })),
      ...decision.provisions.map((claim) => ({
        kind: "persistentvolumeclaims" as const,
        object: selectedClaim(claim, node),
      })),
    ],
    claims: claims.waiting.map((claim) => keyOf(claim)),
    timeoutUs,
  });
}

function boundVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const claimRef = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid, resourceVersion };
  const annotations = { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" };
  // A volume that was meant for the claim beforehand is not the scheduler's to mark.
  const metadata = volume.spec.claimRef === undefined ? { ...volume.metadata, annotations } : volume.metadata;
  return { ...volume, metadata, spec: { ...volume.spec, claimRef } } as PersistentVolume;
}

function selectedClaim(claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}
