import type { ApiObject } from "../object.ts";

/** The claims behind a pod's volumes (component-helpers `storage/ephemeral`). */

interface ClaimVolume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly ephemeral?: unknown;
}

/** A claim made for the pod alone is named after both. Null: the volume has no claim. */
export function claimNameOf(pod: ApiObject, { name, persistentVolumeClaim, ephemeral }: ClaimVolume): string | null {
  if (persistentVolumeClaim !== undefined) return persistentVolumeClaim.claimName ?? "";
  return ephemeral === undefined ? null : `${pod.metadata?.name ?? ""}-${name}`;
}

/** Why an ephemeral volume's claim is none of this pod's; null: it is its own. */
export function notForPod({ metadata }: ApiObject, claim: ApiObject): string | null {
  const owner = claim.metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner?.uid === metadata?.uid) return null;
  const namespace = metadata?.namespace ?? "";
  return `PVC ${namespace}/${claim.metadata?.name ?? ""} was not created for pod ${namespace}/${metadata?.name ?? ""} (pod is not owner)`;
}
