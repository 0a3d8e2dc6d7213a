import { type LabelSelectorObject, matchesSelector, selectorFromObject } from "../../../../api/labels.ts";
import type { ApiObject } from "../../../../api/object.ts";
import { wholeValue } from "../../../../api/quantity.ts";
import { isMigratedOn, migratedVolume } from "../../../../api/storage/csi-migration.ts";
import { withCsiTopology } from "../../../../api/storage/csi-topology.ts";
import {
  classOf,
  findMatchingVolume,
  isReachable,
  type PersistentVolume,
  type PersistentVolumeClaim,
  requestedBytes,
} from "../../../../api/storage/volumes.ts";
import type { NodeInfo } from "../../cache/node-info.ts";
import type { ClusterObjects } from "../../cluster-objects.ts";
import type { PodClaims } from "./claims.ts";

export const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const NO_PROVISIONER = "kubernetes.io/no-provisioner";

const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const NO_VOLUMES = "node(s) didn't find available persistent volumes to bind";
const NO_SPACE = "node(s) did not have enough free storage";
const NO_SUCH_VOLUME = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";

/** What would be done about a pod's unbound claims, if it went to a node. */
export interface VolumeDecision {
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  readonly provisions: readonly PersistentVolumeClaim[];
}

/** `reasons` why the node will not do, or what to do there. `error`: it cannot be told. */
export type VolumesFound =
  | { readonly type: "found"; readonly decision: VolumeDecision }
  | { readonly type: "refused"; readonly reasons: readonly string[] }
  | { readonly type: "error"; readonly error: string };

/** Whether the pod's volumes can be had on a node, and how. */
export function findPodVolumes(claims: PodClaims, node: NodeInfo, objects: ClusterObjects): VolumesFound {
  const reasons: string[] = [];
  const bound = boundProblem(claims.bound, node, objects);
  if (bound === NODE_CONFLICT) reasons.push(NODE_CONFLICT);
  const waiting = findForWaiting(claims.waiting, node, objects);
  if (waiting.type === "error") return waiting;
  if (waiting.type === "refused") reasons.push(...waiting.reasons);
  if (bound === NO_SUCH_VOLUME) reasons.push(NO_SUCH_VOLUME);
  return reasons.length > 0 ? { type: "refused", reasons } : waiting;
}

function boundProblem(
  claims: readonly PersistentVolumeClaim[],
  node: NodeInfo,
  objects: ClusterObjects,
): string | null {
  for (const { spec } of claims) {
    const volume = objects.get("persistentvolumes", spec.volumeName!) as PersistentVolume | undefined;
    if (volume === undefined) return NO_SUCH_VOLUME;
    if (!isReachable(asCsi(volume, node, objects), node.labels)) return NODE_CONFLICT;
  }
  return null;
}

/** On nodes whose CSI driver has taken over, an in-tree volume is where the driver says. */
function asCsi(volume: PersistentVolume, node: NodeInfo, objects: ClusterObjects): PersistentVolume {
  const migrated = migratedVolume(volume.spec);
  if (migrated === null || !isMigratedOn(objects.get("csinodes", node.name), migrated.plugin)) return volume;
  return withCsiTopology(volume, migrated.plugin);
}

const REFUSED_VOLUMES: VolumesFound = Object.freeze({ type: "refused", reasons: Object.freeze([NO_VOLUMES]) });
const REFUSED_SPACE: VolumesFound = Object.freeze({ type: "refused", reasons: Object.freeze([NO_SPACE]) });

function findForWaiting(
  claims: readonly PersistentVolumeClaim[],
  node: NodeInfo,
  objects: ClusterObjects,
): VolumesFound {
  const provisions: PersistentVolumeClaim[] = [];
  const toMatch: PersistentVolumeClaim[] = [];
  for (const claim of claims) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected === undefined) toMatch.push(claim);
    else if (selected === node.name) provisions.push(claim);
    else return REFUSED_VOLUMES;
  }
  // The smallest claim chooses first, so that it takes no more than it needs.
  toMatch.sort((a, b) => (requestedBytes(a) ?? 0) - (requestedBytes(b) ?? 0));
  const taken = new Set<string>();
  const bindings: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
  for (const claim of toMatch) {
    const volumes = objects.byIndex("persistentvolumes", classOf(claim)) as readonly PersistentVolume[];
    const volume = findMatchingVolume(claim, volumes, taken, node.labels);
    if (volume === null) {
      provisions.push(claim);
      continue;
    }
    taken.add(volume.metadata.name ?? "");
    bindings.push({ claim, volume });
  }
  for (const claim of provisions) {
    const problem = provisionProblem(claim, node, objects);
    if (problem !== null) return problem;
  }
  return { type: "found", decision: { bindings, provisions } };
}

interface StorageClass extends ApiObject {
  readonly provisioner?: string;
  readonly allowedTopologies?: readonly {
    readonly matchLabelExpressions?: readonly { readonly key: string; readonly values?: readonly string[] }[];
  }[];
}

function provisionProblem(claim: PersistentVolumeClaim, node: NodeInfo, objects: ClusterObjects): VolumesFound | null {
  const { namespace = "", name = "" } = claim.metadata;
  const className = classOf(claim);
  if (className === "") return { type: "error", error: `no class for claim "${namespace}/${name}"` };
  const storageClass = objects.get("storageclasses", className) as StorageClass | undefined;
  if (storageClass === undefined) return { type: "error", error: `failed to find storage class "${className}"` };
  const { provisioner = "" } = storageClass;
  if (provisioner === "" || provisioner === NO_PROVISIONER) return REFUSED_VOLUMES;
  if (!allowsTopology(storageClass, node)) return REFUSED_VOLUMES;
  return hasCapacity(claim, storageClass, provisioner, node, objects) ? null : REFUSED_SPACE;
}

/** Terms are alternatives; no terms at all allow every node. */
function allowsTopology({ allowedTopologies = [] }: StorageClass, { labels }: NodeInfo): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(
    ({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.length > 0 &&
      matchLabelExpressions.every(({ key, values = [] }) => labels[key] !== undefined && values.includes(labels[key])),
  );
}

/** Only drivers that say so in their CSIDriver publish how much room they have. */
function hasCapacity(
  claim: PersistentVolumeClaim,
  { metadata }: StorageClass,
  provisioner: string,
  { labels }: NodeInfo,
  objects: ClusterObjects,
): boolean {
  const wanted = requestedBytes(claim);
  if (wanted === undefined) return true;
  const driver = objects.get("csidrivers", provisioner)?.spec as { readonly storageCapacity?: boolean } | undefined;
  if (driver?.storageCapacity !== true) return true;
  return objects.byIndex("csistoragecapacities", metadata?.name ?? "").some((capacity) => {
    const limit = (capacity.maximumVolumeSize ?? capacity.capacity) as string | undefined;
    if (limit === undefined || wholeValue(limit) < wanted) return false;
    const selector = selectorFromObject(capacity.nodeTopology as LabelSelectorObject | undefined);
    return selector !== null && matchesSelector(selector, labels);
  });
}
