import { notForPod } from "../../../../api/storage/pod-claims.ts";
import { classOf, type PersistentVolumeClaim } from "../../../../api/storage/volumes.ts";
import type { ClusterObjects } from "../../cluster-objects.ts";
import type { Pod } from "../../objects.ts";
import { type ClaimUse, claimMissing, claimsOf } from "../claims.ts";

const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";

/** A pod's claims by what must still happen to them. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Bound or provisioned once it is known where the pod goes. */
  readonly waiting: readonly PersistentVolumeClaim[];
}

const UNBOUND = "pod has unbound immediate PersistentVolumeClaims";

export type ClaimsFound =
  | { readonly type: "none" }
  | { readonly type: "claims"; readonly claims: PodClaims }
  | { readonly type: "problem"; readonly problem: string };

/** Looks a pod's claims up; a problem holds for every node. */
export function podClaims(pod: Pod, objects: ClusterObjects): ClaimsFound {
  const uses = claimsOf(pod);
  if (uses.length === 0) return { type: "none" };
  const bound: PersistentVolumeClaim[] = [];
  const waiting: PersistentVolumeClaim[] = [];
  let isUnbound = false;
  for (const use of uses) {
    const key = `${pod.metadata.namespace ?? ""}/${use.name}`;
    const claim = objects.get("persistentvolumeclaims", key) as PersistentVolumeClaim | undefined;
    const problem = claimProblem(pod, use, claim);
    if (problem !== null) return { type: "problem", problem };
    if (isBound(claim!)) {
      bound.push(claim!);
      continue;
    }
    const waits = waitsForConsumer(claim!, objects);
    if (typeof waits === "string") return { type: "problem", problem: waits };
    if (waits && !claim!.spec.volumeName) waiting.push(claim!);
    else isUnbound = true;
  }
  return isUnbound ? { type: "problem", problem: UNBOUND } : { type: "claims", claims: { bound, waiting } };
}

function claimProblem(
  pod: Pod,
  { name, isEphemeral }: ClaimUse,
  claim: PersistentVolumeClaim | undefined,
): string | null {
  if (claim === undefined) {
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : claimMissing(name);
  }
  const { metadata, spec, status } = claim;
  if (status?.phase === "Lost") {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${spec.volumeName ?? ""}"`;
  }
  if (metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
  return isEphemeral ? notForPod(pod, claim) : null;
}

export function isBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec.volumeName) && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/** A text: why that cannot be told. */
function waitsForConsumer(claim: PersistentVolumeClaim, objects: ClusterObjects): boolean | string {
  const className = classOf(claim);
  const storageClass = className === "" ? undefined : objects.get("storageclasses", className);
  if (storageClass === undefined) return false;
  if (storageClass.volumeBindingMode === undefined) return `VolumeBindingMode not set for StorageClass "${className}"`;
  return storageClass.volumeBindingMode === "WaitForFirstConsumer";
}
