import {
  capacityBytes,
  classOf,
  findVolumeAnywhere,
  offersAccessModes,
  type PersistentVolume,
  type PersistentVolumeClaim,
  requestedBytes,
  volumeModesDiffer,
} from "../../../../api/storage/volumes.ts";

/**
 * The best volume for a claim: of those with the fewest access modes that will do, the smallest that is large enough
 * (findBestMatchForClaim). `delayed`: the claim waits for its first consumer, so only a volume meant for it counts.
 */
export function findBestMatch(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  excluded: ReadonlySet<string>,
  delayed: boolean,
): PersistentVolume | null {
  const byModes = new Map<string, { readonly count: number; readonly volumes: PersistentVolume[] }>();
  for (const volume of volumes) {
    const modes = volume.spec.accessModes ?? [];
    if (!offersAccessModes(modes, claim)) continue;
    const key = [...modes].sort().join(",");
    const group = byModes.get(key) ?? { count: modes.length, volumes: [] };
    group.volumes.push(volume);
    byModes.set(key, group);
  }
  const groups = [...byModes.entries()].sort(
    ([a, { count: few }], [b, { count: many }]) => few - many || (a < b ? -1 : 1),
  );
  for (const [, group] of groups) {
    const found = findVolumeAnywhere(claim, group.volumes, excluded, delayed);
    if (found !== null) return found;
  }
  return null;
}

/** Why a claim cannot have the very volume that it asks for; null: it can. */
export function whyNotSatisfied(volume: PersistentVolume, claim: PersistentVolumeClaim): string | null {
  if (capacityBytes(volume) < (requestedBytes(claim) ?? 0)) return "requested PV is too small";
  if (classOf(volume) !== classOf(claim)) return "storageClassName does not match";
  if (volumeModesDiffer(volume, claim)) return "incompatible volumeMode";
  return offersAccessModes(volume.spec.accessModes, claim) ? null : "incompatible accessMode";
}
