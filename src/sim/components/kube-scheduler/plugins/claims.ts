import type { ApiObject } from "../../../api/object.ts";
import type { ClusterEvent } from "../framework/events.ts";
import type { Pod, Volume } from "../objects.ts";
import type { PodInfo } from "../pod-info.ts";

/** What a lookup of a claim that is not there says. */
export function claimMissing(name: string): string {
  return notFound("persistentvolumeclaim", name);
}

/** As client-go's listers word it. */
export function notFound(resource: string, name: string): string {
  return `${resource} "${name}" not found`;
}

export interface ClaimUse {
  readonly name: string;
  /** Made by the ephemeral volume controller for this pod alone. */
  readonly isEphemeral: boolean;
}

/** The claim behind a volume; null: it has none. */
export function claimOf(pod: Pod, { name, persistentVolumeClaim, ephemeral }: Volume): ClaimUse | null {
  if (persistentVolumeClaim !== undefined) return { name: persistentVolumeClaim.claimName ?? "", isEphemeral: false };
  if (ephemeral !== undefined) return { name: `${pod.metadata.name ?? ""}-${name}`, isEphemeral: true };
  return null;
}

export function claimsOf(pod: Pod): ClaimUse[] {
  const claims: ClaimUse[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const claim = claimOf(pod, volume);
    if (claim !== null) claims.push(claim);
  }
  return claims;
}

/** Why an ephemeral volume's claim is none of this pod's; null: it is its own. */
export function notForPod({ metadata }: Pod, claim: ApiObject): string | null {
  const owner = claim.metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner?.uid === metadata.uid) return null;
  return `PVC ${metadata.namespace ?? ""}/${claim.metadata?.name ?? ""} was not created for pod ${metadata.namespace ?? ""}/${metadata.name ?? ""} (pod is not owner)`;
}

/** A hint: the event is about a claim that the pod uses. */
export function isClaimOfPod({ pod }: PodInfo, { object }: ClusterEvent): boolean {
  if (object?.metadata?.namespace !== pod.metadata.namespace) return false;
  return claimsOf(pod).some(({ name }) => name === object?.metadata?.name);
}
