import type { OwnerReference } from "../../../../api/object.ts";
import { PODS, STATEFUL_SETS } from "../../../../machinery/resources.ts";
import { controllerReference } from "../../lib/pods.ts";
import type { PersistentVolumeClaim, Pod, StatefulSet } from "../../lib/types.ts";
import { isInOrdinalRange } from "./identity.ts";

/** What becomes of claims when their set is deleted or scaled down. */
export interface RetentionPolicy {
  readonly whenDeleted: string;
  readonly whenScaled: string;
}

export function retentionPolicyOf(set: StatefulSet): RetentionPolicy {
  const { whenDeleted, whenScaled } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  return {
    whenDeleted: whenDeleted === "Delete" ? "Delete" : "Retain",
    whenScaled: whenScaled === "Delete" ? "Delete" : "Retain",
  };
}

/** Who should own the claim, so that it goes with its owner: the set, the pod that was scaled away, or nobody. */
function wantedOwner(set: StatefulSet, pod: Pod): "set" | "pod" | "nobody" {
  const { whenDeleted, whenScaled } = retentionPolicyOf(set);
  if (whenScaled === "Delete" && !isInOrdinalRange(set, pod)) return "pod";
  return whenDeleted === "Delete" ? "set" : "nobody";
}

/** isClaimOwnerUpToDate: whether the claim's owners are those that the policy wants. */
export function isClaimOwnerCurrent(set: StatefulSet, pod: Pod, claim: PersistentVolumeClaim): boolean {
  const setUid = set.metadata?.uid;
  const podUid = pod.metadata?.uid;
  const owners = claim.metadata?.ownerReferences ?? [];
  const ours = owners.filter(({ uid }) => uid === setUid || uid === podUid);
  if (ours[0] !== undefined && !ours[0].controller) return false;
  if (hasUnexpectedController(set, pod, owners)) return ours.length === 0;
  const wanted = wantedOwner(set, pod);
  const hasSet = ours.some(({ uid }) => uid === setUid);
  const hasPod = ours.some(({ uid }) => uid === podUid);
  return hasSet === (wanted === "set") && hasPod === (wanted === "pod");
}

/** Another controller looks after the claim, or one of ours that is gone since. */
function hasUnexpectedController(set: StatefulSet, pod: Pod, owners: readonly OwnerReference[]): boolean {
  const { whenDeleted, whenScaled } = retentionPolicyOf(set);
  if (whenDeleted === "Retain" && whenScaled === "Retain") return false;
  return owners.some((owner) => {
    if (namesSet(owner, set)) return owner.uid !== set.metadata?.uid;
    if (namesPod(owner, pod)) return owner.uid !== pod.metadata?.uid;
    return owner.controller === true;
  });
}

function namesSet(owner: OwnerReference, set: StatefulSet): boolean {
  return owner.kind === "StatefulSet" && owner.apiVersion.startsWith("apps/") && owner.name === set.metadata?.name;
}

function namesPod(owner: OwnerReference, pod: Pod): boolean {
  return owner.kind === "Pod" && owner.apiVersion === "v1" && owner.name === pod.metadata?.name;
}

/** updateClaimOwnerRefForSetAndPod: the claim with the owners that the policy wants, others kept. */
export function withClaimOwner(set: StatefulSet, pod: Pod, claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const owners = claim.metadata?.ownerReferences ?? [];
  const others = owners.filter((owner) => !namesSet(owner, set) && !namesPod(owner, pod));
  const wanted = hasUnexpectedController(set, pod, owners) ? "nobody" : wantedOwner(set, pod);
  const ours =
    wanted === "set"
      ? [controllerReference(STATEFUL_SETS, set)]
      : wanted === "pod"
        ? [controllerReference(PODS, pod)]
        : [];
  const { ownerReferences: _, ...rest } = claim.metadata ?? {};
  const wantedOwners = [...others, ...ours];
  return { ...claim, metadata: wantedOwners.length === 0 ? rest : { ...rest, ownerReferences: wantedOwners } };
}

/** The claim still belongs to an earlier pod of the same name, and will go with it: wait for that. */
export function isClaimStale(set: StatefulSet, pod: Pod, claim: PersistentVolumeClaim): boolean {
  if (retentionPolicyOf(set).whenScaled === "Retain") return false;
  return (claim.metadata?.ownerReferences ?? []).some(
    (owner) => namesPod(owner, pod) && owner.uid !== pod.metadata?.uid,
  );
}
