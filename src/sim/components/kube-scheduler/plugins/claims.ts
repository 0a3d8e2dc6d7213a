import { claimNameOf } from "../../../api/storage/pod-claims.ts";
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
export function claimOf(pod: Pod, volume: Volume): ClaimUse | null {
  const name = claimNameOf(pod, volume);
  return name === null ? null : { name, isEphemeral: volume.persistentVolumeClaim === undefined };
}

export function claimsOf(pod: Pod): ClaimUse[] {
  const claims: ClaimUse[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const claim = claimOf(pod, volume);
    if (claim !== null) claims.push(claim);
  }
  return claims;
}

/** A hint: the event is about a claim that the pod uses. */
export function isClaimOfPod({ pod }: PodInfo, { object }: ClusterEvent): boolean {
  if (object?.metadata?.namespace !== pod.metadata.namespace) return false;
  return claimsOf(pod).some(({ name }) => name === object?.metadata?.name);
}
