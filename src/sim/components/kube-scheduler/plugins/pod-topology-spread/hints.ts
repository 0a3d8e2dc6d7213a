import { matchesSelector, selectorFromObject } from "../../../../api/labels.ts";
import type { ClusterEvent } from "../../framework/events.ts";
import type { Node, Pod, TopologySpreadConstraint } from "../../objects.ts";
import type { PodInfo } from "../../pod-info.ts";

/** Only a pod's own constraints can have refused it: the defaults are wishes. */
function hardConstraintsOf({ pod }: PodInfo): readonly TopologySpreadConstraint[] {
  return (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule",
  );
}

function isCounted(constraints: readonly TopologySpreadConstraint[], { metadata }: Pod): boolean {
  return constraints.some(({ labelSelector }) => {
    const selector = selectorFromObject(labelSelector);
    return selector !== null && matchesSelector(selector, metadata.labels);
  });
}

/** A pod that counts came or went, or counts now and did not before, or the other way round. */
export function mayHelpByPod(pod: PodInfo, { oldPod, assignedPod }: ClusterEvent): boolean {
  if (assignedPod === undefined || assignedPod.metadata.namespace !== pod.pod.metadata.namespace) return false;
  const constraints = hardConstraintsOf(pod);
  if (constraints.length === 0) return true;
  const counts = isCounted(constraints, assignedPod);
  return oldPod === undefined ? counts : counts !== isCounted(constraints, oldPod);
}

/** The pod's own labels have changed. */
export function mayHelpByLabels(pod: PodInfo, { oldPod }: ClusterEvent): boolean {
  const constraints = hardConstraintsOf(pod);
  return oldPod === undefined || isCounted(constraints, pod.pod) !== isCounted(constraints, oldPod);
}

/** A node of the domains came or went, or is in another one now. */
export function mayHelpByNode(pod: PodInfo, { oldNode, node }: ClusterEvent): boolean {
  const keys = hardConstraintsOf(pod).map(({ topologyKey }) => topologyKey);
  const isIn = (one: Node | undefined) =>
    one !== undefined && keys.every((key) => one.metadata.labels?.[key] !== undefined);
  if (!isIn(oldNode) || !isIn(node)) return isIn(oldNode) || isIn(node);
  return keys.some((key) => oldNode?.metadata.labels?.[key] !== node?.metadata.labels?.[key]);
}
