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
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
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
  readonly status?: { readonly phase?: string };
}

const BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

/** The class of a PersistentVolume or a PersistentVolumeClaim; "" is none. */
export function classOf(object: ApiObject): string {
  const beta = object.metadata?.annotations?.[BETA_CLASS];
  if (beta !== undefined) return beta;
  return (object.spec as { readonly storageClassName?: string } | undefined)?.storageClassName ?? "";
}

/** Bytes that a claim asks for; undefined: it does not say. */
export function requestedBytes(claim: PersistentVolumeClaim): number | undefined {
  const quantity = claim.spec.resources?.requests?.storage;
  return quantity === undefined ? undefined : wholeValue(quantity);
}

function capacityBytes(volume: PersistentVolume): number {
  const quantity = volume.spec.capacity?.storage;
  return quantity === undefined ? 0 : wholeValue(quantity);
}

/** True when the volume's `claimRef` names this claim, whether it is bound to it already or meant for it. */
export function isVolumeBoundToClaim({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { claimRef } = spec;
  if (claimRef === undefined || claimRef.name !== metadata.name) return false;
  if ((claimRef.namespace ?? "") !== (metadata.namespace ?? "")) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** Whether a node of these labels can reach the volume. */
export function isReachable(volume: PersistentVolume, nodeLabels: Labels): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return required === undefined || matchesNodeSelector(required, nodeLabels, "");
}

/**
 * The smallest free volume that suits the claim, or one that was bound to it beforehand; null: there is none. `node` is
 * the labels of the node to run on (the scheduler asks so); without it the access modes are not looked at.
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  excluded: ReadonlySet<string>,
  node: Labels,
): PersistentVolume | null {
  const wanted = requestedBytes(claim) ?? 0;
  let smallest: PersistentVolume | null = null;
  for (const volume of volumes) {
    if (excluded.has(volume.metadata.name ?? "")) continue;
    const isBound = isVolumeBoundToClaim(volume, claim);
    if (volume.spec.claimRef !== undefined && !isBound) continue;
    if (capacityBytes(volume) < wanted || modeOf(volume) !== modeOf(claim)) continue;
    if (volume.metadata.deletionTimestamp !== undefined) continue;
    const reachable = isReachable(volume, node);
    if (isBound) return reachable ? volume : null;
    if (!reachable || !isFree(volume, claim)) continue;
    if (smallest === null || capacityBytes(volume) < capacityBytes(smallest)) smallest = volume;
  }
  return smallest;
}

function isFree(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.status?.phase !== "Available" || classOf(volume) !== classOf(claim)) return false;
  const selector = selectorFromObject(claim.spec.selector);
  if (selector !== null && !matchesSelector(selector, volume.metadata.labels)) return false;
  const offered = volume.spec.accessModes ?? [];
  return (claim.spec.accessModes ?? []).every((mode) => offered.includes(mode));
}

function modeOf({ spec }: PersistentVolume | PersistentVolumeClaim): string {
  return spec.volumeMode ?? "Filesystem";
}
