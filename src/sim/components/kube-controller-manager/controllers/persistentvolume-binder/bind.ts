import { equalJson } from "../../../../api/equal.ts";
import { compareQuantities } from "../../../../api/quantity.ts";
import {
  isVolumeBoundToClaim,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from "../../../../api/storage/volumes.ts";
import { changeClaim, changeVolume, type Pass } from "./pass.ts";

export const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
export const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

/** Binds both to each other, in upstream's four writes; those that change nothing are left out. */
export function bind(pass: Pass, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  const boundVolume = setVolumePhase(pass, bindVolumeToClaim(pass, volume, claim), "Bound");
  setClaimStatus(pass, bindClaimToVolume(pass, claim, boundVolume), "Bound", boundVolume);
}

function bindVolumeToClaim(pass: Pass, volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const { claimRef } = volume.spec;
  const isMeant = isVolumeBoundToClaim(volume, claim);
  const isBound = isMeant && claimRef?.uid === uid;
  const annotate = !isMeant && volume.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined;
  if (isBound && !annotate) return volume;
  return changeVolume(pass, volume, {
    ...(annotate ? { metadata: { annotations: { [BOUND_BY_CONTROLLER]: "yes" } } } : {}),
    ...(isBound
      ? {}
      : {
          spec: {
            claimRef: {
              apiVersion: "v1",
              kind: "PersistentVolumeClaim",
              name,
              namespace,
              uid,
              ...(resourceVersion === undefined ? {} : { resourceVersion }),
            },
          },
        }),
  });
}

function bindClaimToVolume(pass: Pass, claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const chosenHere = claim.spec.volumeName !== volume.metadata.name;
  const annotations: Record<string, string> = {};
  if (chosenHere && claim.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined)
    annotations[BOUND_BY_CONTROLLER] = "yes";
  if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined) annotations[BIND_COMPLETED] = "yes";
  if (!chosenHere && Object.keys(annotations).length === 0) return claim;
  return changeClaim(pass, claim, {
    metadata: { annotations },
    ...(chosenHere ? { spec: { volumeName: volume.metadata.name } } : {}),
  });
}

/** Phase, and of a bound claim its volume's access modes and size. `null`: it has no volume. */
export function setClaimStatus(
  pass: Pass,
  claim: PersistentVolumeClaim,
  phase: string,
  volume: PersistentVolume | null,
): void {
  const { status = {} } = claim;
  const changes: Record<string, unknown> = {};
  if (status.phase !== phase) changes.phase = phase;
  if (volume === null) {
    if (status.accessModes !== undefined) changes.accessModes = null;
    if (status.capacity !== undefined) changes.capacity = null;
  } else {
    if (!equalJson(status.accessModes, volume.spec.accessModes)) changes.accessModes = volume.spec.accessModes;
    const size = volume.spec.capacity?.storage;
    const known = status.capacity?.storage;
    // Only when it becomes bound: later the size is the resizer's to tell.
    if (changes.phase !== undefined && size !== undefined)
      if (known === undefined || compareQuantities(String(known), String(size)) !== 0)
        changes.capacity = volume.spec.capacity;
  }
  if (Object.keys(changes).length > 0) changeClaim(pass, claim, { status: changes }, "status");
}

export function setVolumePhase(pass: Pass, volume: PersistentVolume, phase: string): PersistentVolume {
  return volume.status?.phase === phase ? volume : changeVolume(pass, volume, { status: { phase } }, "status");
}

/** What the controller bound it frees; what a person meant for a claim stays meant for it. */
export function unbind(pass: Pass, volume: PersistentVolume): void {
  const byController = volume.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined;
  const left = Object.keys(volume.metadata.annotations ?? {}).length - 1;
  const freed = changeVolume(
    pass,
    volume,
    byController
      ? {
          metadata: { annotations: left === 0 ? null : { [BOUND_BY_CONTROLLER]: null } },
          spec: { claimRef: null },
        }
      : { spec: { claimRef: { uid: null } } },
  );
  setVolumePhase(pass, freed, "Available");
}
