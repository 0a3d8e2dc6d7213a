import type { NodeSelectorRequirement } from "../pod/node-selector.ts";
import { topologyKeyOfPlugin } from "./csi-migration.ts";
import type { PersistentVolume } from "./volumes.ts";

const ZONE = "topology.kubernetes.io/zone";
const BETA_ZONE = "failure-domain.beta.kubernetes.io/zone";
const REGION = "topology.kubernetes.io/region";
const BETA_REGION = "failure-domain.beta.kubernetes.io/region";

/**
 * An in-tree volume with the topology that its CSI driver would give it: zones under the driver's own key, from the
 * volume's node affinity, or else from its labels (csi-translation-lib).
 */
export function withCsiTopology(volume: PersistentVolume, plugin: string): PersistentVolume {
  const key = topologyKeyOfPlugin(plugin);
  if (key === "") return volume;
  const { labels = {} } = volume.metadata;
  const zoneLabel = labels[BETA_ZONE] !== undefined && labels[ZONE] === undefined ? BETA_ZONE : ZONE;
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const renamed = terms.map((term) => ({
    ...term,
    matchExpressions: (term.matchExpressions ?? []).map((one) => renamedTopology(one, key)),
  }));
  const hasZone = terms.some(({ matchExpressions = [] }) =>
    matchExpressions.some((one) => one.key === ZONE || one.key === BETA_ZONE),
  );
  const zones = labels[zoneLabel]?.split("__") ?? [];
  const own: NodeSelectorRequirement[] = hasZone || zones.length === 0 ? [] : [{ key, operator: "In", values: zones }];
  const all = renamed.length === 0 ? [{ matchExpressions: [] }] : renamed;
  const nodeSelectorTerms = all.map((term) => ({ ...term, matchExpressions: [...term.matchExpressions, ...own] }));
  if (terms.length === 0 && own.length === 0) return volume;
  return { ...volume, spec: { ...volume.spec, nodeAffinity: { required: { nodeSelectorTerms } } } };
}

function renamedTopology(requirement: NodeSelectorRequirement, key: string): NodeSelectorRequirement {
  if (requirement.key === ZONE || requirement.key === BETA_ZONE) return { ...requirement, key };
  return requirement.key === BETA_REGION ? { ...requirement, key: REGION } : requirement;
}
