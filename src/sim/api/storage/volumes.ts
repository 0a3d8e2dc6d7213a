import { matchesSelector, selectorFromObject } from "../labels.ts";
import type { ApiObject, ObjectMeta } from "../object.ts";
import { matchesNodeSelector, type NodeSelector } from "../pod/node-selector.ts";
import { wholeValue } from "../quantity.ts";
import type { VolumeSources } from "./csi-migration.ts";

/** PersistentVolumes and claims as the scheduler and the volume binder read them (component-helpers `storage/volume`). */

type Quantities = Readonly<Record<string, string | number>>;
type Labels = Readonly<Record<string, string>>;

export interface PersistentVolume extends ApiObject {
  readonly metadata: ObjectMeta;
  readonly spec: VolumeSources & {
    readonly capacity?: Quantities;
    readonly accessModes?: readonly string[];
    readonly volumeMode?: string;
    readonly storageClassName?: string;
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string } | null;
    readonly persistentVolumeReclaimPolicy?: string;
    readonly hostPath?: { readonly path?: string };
    readonly local?: { readonly path?: string };
    readonly nodeAffinity?: { readonly required?: NodeSelector };
  };
  readonly status?: { readonly phase?: string };
}

export interface PersistentVolumeClaim extends ApiObject {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly accessModes?: readonly string[];
    readonly volumeMode?: string;
    readonly volumeName?: string;
    readonly storageClassName?: string;
    readonly selector?: Parameters<typeof selectorFromObject>[0];
    readonly resources?: { readonly requests?: Quantities };
  };
  readonly status?: {
    readonly phase?: string;
    readonly accessModes?: readonly string[];
    readonly capacity?: Quantities;
  };
}

const BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

/** The class of a PersistentVolume or a PersistentVolumeClaim; "" is none. */
export function classOf(object: ApiObject): string {
  const beta = object.metadata?.annotations?.[BETA_CLASS];
  if (beta !== undefined) return beta;
  return (object.spec as { readonly storageClassName?: string } | undefined)?.storageClassName ?? "";
}

/** Whether a claim says of which class it wants to be; "" says: of none. */
export function hasClass(claim: PersistentVolumeClaim): boolean {
  return claim.metadata.annotations?.[BETA_CLASS] !== undefined || claim.spec.storageClassName !== undefined;
}

/** Bytes that a claim asks for; undefined: it does not say. */
export function requestedBytes(claim: PersistentVolumeClaim): number | undefined {
  const quantity = claim.spec.resources?.requests?.storage;
  return quantity === undefined ? undefined : wholeValue(quantity);
}

export function capacityBytes(volume: PersistentVolume): number {
  const quantity = volume.spec.capacity?.storage;
  return quantity === undefined ? 0 : wholeValue(quantity);
}

/** True when the volume's `claimRef` names this claim, whether it is bound to it already or meant for it. */
export function isVolumeBoundToClaim({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { claimRef } = spec;
  if (!claimRef || claimRef.name !== metadata.name) return false;
  if ((claimRef.namespace ?? "") !== (metadata.namespace ?? "")) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** Whether a node of these labels can reach the volume. */
export function isReachable(volume: PersistentVolume, nodeLabels: Labels): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return required === undefined || matchesNodeSelector(required, nodeLabels, "");
}

/** Whether a volume can be used in every way that the claim asks for. */
export function offersAccessModes(offered: readonly string[] | undefined, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => offered?.includes(mode) === true);
}

export function volumeModesDiffer(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return modeOf(volume) !== modeOf(claim);
}

/**
 * The smallest free volume that suits the claim, or one that was bound to it beforehand; null: there is none. `node` is
 * the labels of the node to run on.
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  excluded: ReadonlySet<string>,
  node: Labels,
): PersistentVolume | null {
  return smallestMatch(claim, volumes, excluded, {
    isReachable: (volume) => isReachable(volume, node),
    isFree: (volume) => isFree(volume, claim) && offersAccessModes(volume.spec.accessModes, claim),
  });
}

/**
 * The same without a node, as the volume controller asks: access modes are not looked at (it goes through the volumes
 * by access modes), and a claim that waits for its first consumer (`delayed`) takes only what was bound to it beforehand.
 */
export function findVolumeAnywhere(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  excluded: ReadonlySet<string>,
  delayed: boolean,
): PersistentVolume | null {
  return smallestMatch(claim, volumes, excluded, {
    isReachable: () => true,
    isFree: (volume) => !delayed && isFree(volume, claim),
  });
}

interface MatchRules {
  readonly isReachable: (volume: PersistentVolume) => boolean;
  readonly isFree: (volume: PersistentVolume) => boolean;
}

function smallestMatch(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  excluded: ReadonlySet<string>,
  rules: MatchRules,
): PersistentVolume | null {
  const wanted = requestedBytes(claim) ?? 0;
  let smallest: PersistentVolume | null = null;
  for (const volume of volumes) {
    if (excluded.has(volume.metadata.name ?? "")) continue;
    const isBound = isVolumeBoundToClaim(volume, claim);
    if (volume.spec.claimRef && !isBound) continue;
    if (capacityBytes(volume) < wanted || volumeModesDiffer(volume, claim)) continue;
    if (volume.metadata.deletionTimestamp !== undefined) continue;
    const reachable = rules.isReachable(volume);
    if (isBound) return reachable ? volume : null;
    if (!reachable || !rules.isFree(volume)) continue;
    if (smallest === null || capacityBytes(volume) < capacityBytes(smallest)) smallest = volume;
  }
  return smallest;
}

function isFree(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.status?.phase !== "Available" || classOf(volume) !== classOf(claim)) return false;
  const selector = selectorFromObject(claim.spec.selector);
  return selector === null || matchesSelector(selector, volume.metadata.labels);
}

function modeOf({ spec }: PersistentVolume | PersistentVolumeClaim): string {
  return spec.volumeMode ?? "Filesystem";
}
