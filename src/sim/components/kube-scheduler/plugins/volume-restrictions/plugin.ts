import type { VolumeSources } from "../../../../api/storage/csi-migration.ts";
import type { PersistentVolumeClaim } from "../../../../api/storage/volumes.ts";
import { podIndexOf } from "../../cache/pod-index.ts";
import { CONTINUE, type Cycle, type PluginDefinition, podsOnNode, rejection, SKIP } from "../../framework/plugin.ts";
import type { Pod } from "../../objects.ts";
import { claimMissing, claimsOf, isClaimOfPod } from "../claims.ts";

const DISK_TAKEN = rejection("node(s) had no available disk", false);
const CLAIM_TAKEN = rejection(
  "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
  false,
);
const STATE = "VolumeRestrictions";

interface State {
  readonly hasDisks: boolean;
  /** ReadWriteOncePod claims of the pod. */
  readonly claims: ReadonlySet<string>;
  /** How many pods use them already. */
  users: number;
}

function hasDisk({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }: VolumeSources): boolean {
  return (gcePersistentDisk ?? awsElasticBlockStore ?? iscsi ?? rbd) !== undefined;
}

/** The same disk in both, and not for reading alone. */
function conflicts(a: VolumeSources, b: VolumeSources): boolean {
  const writes = (one: { readonly readOnly?: boolean }, other: { readonly readOnly?: boolean }) =>
    !(one.readOnly === true && other.readOnly === true);
  if (a.gcePersistentDisk && b.gcePersistentDisk && a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName) {
    return writes(a.gcePersistentDisk, b.gcePersistentDisk);
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore) {
    return a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID;
  }
  if (a.iscsi && b.iscsi && a.iscsi.iqn === b.iscsi.iqn) return writes(a.iscsi, b.iscsi);
  if (a.rbd === undefined || b.rbd === undefined) return false;
  const { monitors = [], pool = "rbd", image } = b.rbd;
  const isSame = (a.rbd.pool ?? "rbd") === pool && a.rbd.image === image;
  return isSame && (a.rbd.monitors ?? []).some((one) => monitors.includes(one)) && writes(a.rbd, b.rbd);
}

function anyConflict(a: Pod, b: Pod): boolean {
  return (a.spec.volumes ?? []).some(
    (one) => hasDisk(one) && (b.spec.volumes ?? []).some((two) => conflicts(one, two)),
  );
}

function sharesClaim(a: Pod, b: Pod): boolean {
  const claims = new Set(claimsOf(a).map(({ name }) => name));
  return usesOf(b, a.metadata.namespace ?? "", claims) > 0;
}

function usesOf({ metadata, spec }: Pod, namespace: string, claims: ReadonlySet<string>): number {
  if (metadata.namespace !== namespace) return 0;
  return (spec.volumes ?? []).filter(({ persistentVolumeClaim }) => claims.has(persistentVolumeClaim?.claimName ?? ""))
    .length;
}

/** The pod's ReadWriteOncePod claims; a missing one is told by its name. */
function exclusiveClaims({ pod, objects }: Cycle): Set<string> | { readonly missing: string } {
  const claims = new Set<string>();
  for (const { persistentVolumeClaim } of pod.pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const name = persistentVolumeClaim.claimName ?? "";
    const claim = objects.get("persistentvolumeclaims", `${pod.pod.metadata.namespace ?? ""}/${name}`);
    if (claim === undefined) return { missing: name };
    if ((claim as PersistentVolumeClaim).spec.accessModes?.includes("ReadWriteOncePod")) claims.add(name);
  }
  return claims;
}

/** Disks that one node may mount once, and claims that one pod may use. */
export const volumeRestrictions: PluginDefinition = {
  name: "VolumeRestrictions",
  create: () => ({
    name: "VolumeRestrictions",
    preFilter(cycle) {
      const { volumes } = cycle.pod.pod.spec;
      if (volumes === undefined) return SKIP;
      const claims = exclusiveClaims(cycle);
      if ("missing" in claims) return { type: "reject", rejection: rejection(claimMissing(claims.missing), true) };
      const index = podIndexOf(cycle.snapshot);
      const namespace = cycle.pod.pod.metadata.namespace ?? "";
      let users = 0;
      for (const claim of claims) if (index.claims.has(`${namespace}/${claim}`)) users += 1;
      const hasDisks = volumes.some(hasDisk);
      if (!hasDisks && users === 0) return SKIP;
      const state: State = { hasDisks, claims, users };
      cycle.data.set(STATE, state);
      return CONTINUE;
    },
    filter(cycle, node) {
      const { hasDisks, users } = cycle.data.get(STATE) as State;
      const { pod } = cycle.pod;
      if (hasDisks && podsOnNode(cycle, node.name).some((other) => anyConflict(pod, other))) return DISK_TAKEN;
      return users > 0 ? CLAIM_TAKEN : null;
    },
    suppose({ data, pod }, other, _node, by) {
      const state = data.get(STATE) as State | undefined;
      if (state !== undefined) state.users += by * usesOf(other, pod.pod.metadata.namespace ?? "", state.claims);
    },
    events: [
      {
        types: ["AssignedPod/Delete"],
        hint: ({ pod }, { assignedPod }) =>
          assignedPod !== undefined && (anyConflict(pod, assignedPod) || sharesClaim(pod, assignedPod)),
      },
      { types: ["PersistentVolumeClaim/Add", "PersistentVolumeClaim/Update"], hint: isClaimOfPod },
      { types: ["Node/Add"] },
    ],
  }),
};
