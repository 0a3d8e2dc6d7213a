import type { ApiObject } from "../../../api/object.ts";
import { claimNameOf } from "../../../api/storage/pod-claims.ts";
import type { IndexFunction } from "../../../machinery/store.ts";
import type { Pod } from "./types.ts";

/** Pods by the claims that they use: `namespace/name`. */
export const POD_BY_CLAIM_INDEX = "podByClaim";

export const podByClaimIndex: IndexFunction = claimsOfPod;

/** Keys of the claims that a pod uses. */
export function claimsOfPod(pod: ApiObject): readonly string[] {
  const volumes = (pod as Pod).spec?.volumes;
  if (volumes === undefined) return NONE;
  let keys: string[] | null = null;
  for (const volume of volumes) {
    const claim = claimNameOf(pod, volume);
    if (claim === null) continue;
    keys ??= [];
    keys.push(`${pod.metadata?.namespace ?? ""}/${claim}`);
  }
  return keys ?? NONE;
}

const NONE: readonly string[] = Object.freeze([]);

export function isTerminated(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}
