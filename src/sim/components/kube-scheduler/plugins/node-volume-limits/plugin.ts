import type { ApiObject } from "../../../../api/object.ts";
import {
  countsAsCsi,
  driverOfPlugin,
  migratedVolume,
  type VolumeSources,
} from "../../../../api/storage/csi-migration.ts";
import { notForPod } from "../../../../api/storage/pod-claims.ts";
import { classOf, type PersistentVolume, type PersistentVolumeClaim } from "../../../../api/storage/volumes.ts";
import type { ClusterObjects } from "../../cluster-objects.ts";
import { CONTINUE, type PluginDefinition, podsOnNode, rejection, SKIP } from "../../framework/plugin.ts";
import type { Pod } from "../../objects.ts";
import { claimMissing, claimOf, isClaimOfPod } from "../claims.ts";

const FULL = rejection("node(s) exceed max volume count", false);

/** `driver/handle` -> driver. */
type CsiVolumes = Map<string, string>;

interface CsiNode extends ApiObject {
  readonly spec?: {
    readonly drivers?: readonly { readonly name: string; readonly allocatable?: { readonly count?: number } }[];
  };
}

/** A pod's CSI volumes; a text says which claim is missing, where `isNew` says that this matters. */
function csiVolumesOf(
  pod: Pod,
  csiNode: ApiObject | undefined,
  objects: ClusterObjects,
  isNew: boolean,
  found: CsiVolumes,
): string | null {
  const { namespace = "" } = pod.metadata;
  for (const volume of pod.spec.volumes ?? []) {
    const use = claimOf(pod, volume);
    if (use === null) {
      addInline(volume, csiNode, found);
      continue;
    }
    const claim = objects.get("persistentvolumeclaims", `${namespace}/${use.name}`) as
      | PersistentVolumeClaim
      | undefined;
    if (claim === undefined) {
      if (isNew) return `looking up PVC ${namespace}/${use.name}: ${claimMissing(use.name)}`;
      continue;
    }
    const stranger = use.isEphemeral ? notForPod(pod, claim) : null;
    if (stranger !== null) return stranger;
    const csi = csiOfClaim(claim, csiNode, objects);
    if (csi !== null) found.set(`${csi.driver}/${csi.handle}`, csi.driver);
  }
  return null;
}

function addInline(volume: VolumeSources, csiNode: ApiObject | undefined, found: CsiVolumes): void {
  const migrated = migratedVolume(volume);
  if (migrated === null || !countsAsCsi(csiNode, migrated.plugin)) return;
  found.set(`${migrated.driver}/${migrated.handle}`, migrated.driver);
}

interface CsiVolume {
  readonly driver: string;
  readonly handle: string;
}

function csiOfClaim(
  claim: PersistentVolumeClaim,
  csiNode: ApiObject | undefined,
  objects: ClusterObjects,
): CsiVolume | null {
  const volume = objects.get("persistentvolumes", claim.spec.volumeName ?? "") as PersistentVolume | undefined;
  return volume === undefined ? csiOfClass(claim, csiNode, objects) : csiOfVolume(volume, csiNode);
}

function csiOfVolume({ spec }: PersistentVolume, csiNode: ApiObject | undefined): CsiVolume | null {
  if (spec.csi !== undefined) {
    const { driver = "", volumeHandle: handle = "" } = spec.csi;
    return driver === "" || handle === "" ? null : { driver, handle };
  }
  const migrated = migratedVolume(spec);
  return migrated !== null && countsAsCsi(csiNode, migrated.plugin) ? migrated : null;
}

/** A claim without a volume counts as a volume of its own, of its class's driver. */
function csiOfClass(
  claim: PersistentVolumeClaim,
  csiNode: ApiObject | undefined,
  objects: ClusterObjects,
): CsiVolume | null {
  const storageClass = objects.get("storageclasses", classOf(claim));
  if (storageClass === undefined) return null;
  const provisioner = storageClass.provisioner as string;
  const handle = `claim-${claim.metadata.namespace ?? ""}/${claim.metadata.name ?? ""}`;
  const migrated = driverOfPlugin(provisioner);
  if (migrated === undefined) return { driver: provisioner, handle };
  return countsAsCsi(csiNode, provisioner) ? { driver: migrated, handle } : null;
}

function attachmentsOf(node: string, objects: ClusterObjects): CsiVolumes {
  const found: CsiVolumes = new Map();
  for (const { spec } of objects.byIndex("volumeattachments", node)) {
    const { attacher = "", source } = spec as {
      readonly attacher?: string;
      readonly source?: { readonly persistentVolumeName?: string };
    };
    const volume = objects.get("persistentvolumes", source?.persistentVolumeName ?? "") as PersistentVolume | undefined;
    const handle = volume?.spec.csi?.volumeHandle;
    if (attacher !== "" && handle !== undefined) found.set(`${attacher}/${handle}`, attacher);
  }
  return found;
}

function countByDriver(volumes: CsiVolumes): Map<string, number> {
  const counts = new Map<string, number>();
  for (const driver of volumes.values()) counts.set(driver, (counts.get(driver) ?? 0) + 1);
  return counts;
}

/** How many volumes of one CSI driver a node can have attached. */
export const nodeVolumeLimits: PluginDefinition = {
  name: "NodeVolumeLimits",
  create: () => ({
    name: "NodeVolumeLimits",
    preFilter: ({ pod }) => (usesVolumes(pod.pod) ? CONTINUE : SKIP),
    filter(cycle, node) {
      const { pod, objects } = cycle;
      const csiNode = objects.get("csinodes", node.name) as CsiNode | undefined;
      const wanted: CsiVolumes = new Map();
      const missing = csiVolumesOf(pod.pod, csiNode, objects, true, wanted);
      if (missing !== null) return rejection(missing, true);
      const limits = (csiNode?.spec?.drivers ?? []).filter(({ allocatable }) => allocatable?.count !== undefined);
      if (wanted.size === 0 || limits.length === 0) return null;
      const attached = attachmentsOf(node.name, objects);
      for (const other of podsOnNode(cycle, node.name)) {
        const used: CsiVolumes = new Map();
        csiVolumesOf(other, csiNode, objects, false, used);
        for (const [name, driver] of used) {
          attached.set(name, driver);
          wanted.delete(name);
        }
      }
      const counts = countByDriver(attached);
      const added = countByDriver(wanted);
      for (const { name, allocatable } of limits) {
        const more = added.get(name) ?? 0;
        if (more > 0 && (counts.get(name) ?? 0) + more > allocatable!.count!) return FULL;
      }
      return null;
    },
    events: [
      { types: ["CSINode/Add"] },
      { types: ["CSINode/Update"], hint: (_pod, { oldObject, object }) => anyLimitGrew(oldObject, object) },
      {
        types: ["AssignedPod/Delete"],
        hint: (_pod, { assignedPod }) => assignedPod !== undefined && usesVolumes(assignedPod),
      },
      { types: ["PersistentVolumeClaim/Add"], hint: isClaimOfPod },
      { types: ["VolumeAttachment/Delete"] },
    ],
  }),
};

function usesVolumes(pod: Pod): boolean {
  return (pod.spec.volumes ?? []).some((one) => claimOf(pod, one) !== null || migratedVolume(one) !== null);
}

function anyLimitGrew(before: CsiNode | undefined, after: CsiNode | undefined): boolean {
  const limits = new Map((before?.spec?.drivers ?? []).map(({ name, allocatable }) => [name, allocatable?.count ?? 0]));
  return (after?.spec?.drivers ?? []).some(
    ({ name, allocatable }) => (allocatable?.count ?? 0) > (limits.get(name) ?? 0),
  );
}
