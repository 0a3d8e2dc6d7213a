import type { ApiObject } from "../../../../api/object.ts";
import { classOf, type PersistentVolumeClaim } from "../../../../api/storage/volumes.ts";
import type { ClusterEvent } from "../../framework/events.ts";
import { CONTINUE, type Cycle, type PluginDefinition, rejection, SKIP } from "../../framework/plugin.ts";
import type { PodInfo } from "../../pod-info.ts";
import { claimMissing, isClaimOfPod, notFound } from "../claims.ts";

const OTHER_ZONE = rejection("node(s) had no available volume zone", true);
const STATE = "VolumeZone";

/** Label of volumes -> label of nodes that stands for it too. */
const LABELS: Readonly<Record<string, string>> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region": "topology.kubernetes.io/region",
};

interface VolumeTopology {
  readonly label: string;
  readonly values: ReadonlySet<string>;
}

/** Where the pod's bound volumes are; or why that cannot be told. */
function topologiesOf({ pod, objects }: Cycle): VolumeTopology[] | string {
  const { namespace = "" } = pod.pod.metadata;
  const topologies: VolumeTopology[] = [];
  for (const { persistentVolumeClaim } of pod.pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const name = persistentVolumeClaim.claimName ?? "";
    if (name === "") return "PersistentVolumeClaim had no name";
    const claim = objects.get("persistentvolumeclaims", `${namespace}/${name}`) as PersistentVolumeClaim | undefined;
    if (claim === undefined) return claimMissing(name);
    const volumeName = claim.spec.volumeName ?? "";
    if (volumeName === "") {
      const problem = unboundProblem(claim, objects);
      if (problem !== null) return problem;
      continue;
    }
    const volume = objects.get("persistentvolumes", volumeName);
    if (volume === undefined) return notFound("persistentvolume", volumeName);
    topologies.push(...topologiesOfVolume(volume));
  }
  return topologies;
}

/** A claim that waits for its first pod will be bound where the pod goes. */
function unboundProblem(claim: ApiObject, objects: Cycle["objects"]): string | null {
  const className = classOf(claim);
  if (className === "") return "PersistentVolumeClaim had no pv name and storageClass name";
  const storageClass = objects.get("storageclasses", className);
  if (storageClass === undefined) return notFound("storageclass.storage.k8s.io", className);
  if (storageClass.volumeBindingMode === undefined) return `VolumeBindingMode not set for StorageClass "${className}"`;
  return storageClass.volumeBindingMode === "WaitForFirstConsumer" ? null : "PersistentVolume had no name";
}

function topologiesOfVolume({ metadata }: ApiObject): VolumeTopology[] {
  const topologies: VolumeTopology[] = [];
  for (const label in LABELS) {
    const value = metadata?.labels?.[label];
    if (value === undefined) continue;
    const zones = value.split("__").map((zone) => zone.trim());
    if (!zones.includes("")) topologies.push({ label, values: new Set(zones) });
  }
  return topologies;
}

/** Volumes with a zone in their labels want a node of that zone. */
export const volumeZone: PluginDefinition = {
  name: "VolumeZone",
  create: () => ({
    name: "VolumeZone",
    preFilter(cycle) {
      if (cycle.pod.pod.spec.volumes === undefined) return SKIP;
      const topologies = topologiesOf(cycle);
      if (typeof topologies === "string") return { type: "reject", rejection: rejection(topologies, true) };
      if (topologies.length === 0) return SKIP;
      cycle.data.set(STATE, topologies);
      return CONTINUE;
    },
    filter({ data }, { labels }) {
      // In a cluster of one zone nodes may have no such label at all.
      if (!Object.keys(LABELS).some((label) => labels[label] !== undefined)) return null;
      for (const { label, values } of data.get(STATE) as readonly VolumeTopology[]) {
        const value = labels[label] ?? labels[LABELS[label]!];
        if (value === undefined || !values.has(value)) return OTHER_ZONE;
      }
      return null;
    },
    events: [
      { types: ["StorageClass/Add"], hint: (_pod, { object }) => object?.volumeBindingMode === "WaitForFirstConsumer" },
      { types: ["Node/Add", "Node/UpdateLabel"] },
      { types: ["PersistentVolumeClaim/Add", "PersistentVolumeClaim/Update"], hint: isClaimOfPod },
      { types: ["PersistentVolume/Add", "PersistentVolume/Update"], hint: movedVolume },
    ],
  }),
};

/** A new volume, or one whose zone has changed. */
function movedVolume(_pod: PodInfo, { oldObject, object }: ClusterEvent): boolean {
  if (oldObject === undefined || object === undefined) return true;
  return Object.keys(LABELS).some((label) => oldObject.metadata?.labels?.[label] !== object.metadata?.labels?.[label]);
}
