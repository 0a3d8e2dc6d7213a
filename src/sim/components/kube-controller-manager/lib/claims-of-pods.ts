import type { ApiObject } from "../../../api/object.ts";
import type { IndexFunction } from "../../../machinery/store.ts";
import type { Pod } from "./types.ts";

interface PodVolume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly ephemeral?: unknown;
}

/** Pods by the claims that they use: `namespace/name`. */
export const POD_BY_CLAIM_INDEX = "podByClaim";

export const podByClaimIndex: IndexFunction = claimsOfPod;

/** Keys of the claims that a pod uses; a claim made for the pod alone is named after both. */
export function claimsOfPod(pod: ApiObject): readonly string[] {
  const volumes = (pod.spec as { readonly volumes?: readonly PodVolume[] } | undefined)?.volumes;
  if (volumes === undefined) return NONE;
  let keys: string[] | null = null;
  for (const { name, persistentVolumeClaim, ephemeral } of volumes) {
    if (persistentVolumeClaim === undefined && ephemeral === undefined) continue;
    const claim = persistentVolumeClaim?.claimName ?? `${pod.metadata?.name}-${name}`;
    keys ??= [];
    keys.push(`${pod.metadata?.namespace ?? ""}/${claim}`);
  }
  return keys ?? NONE;
}

const NONE: readonly string[] = Object.freeze([]);

export function isTerminated(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}
