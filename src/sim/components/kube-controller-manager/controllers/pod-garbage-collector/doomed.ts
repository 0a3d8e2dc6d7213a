import { isPodTerminal } from "../../../../api/pod/status.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Node, Pod } from "../../lib/types.ts";

const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

export type Reason = "terminated" | "orphaned" | "unscheduled" | "out-of-service";

/** Finished pods above the threshold (0: any number may stay): evicted ones first, then the oldest. */
export function excessTerminated(pods: readonly Pod[], threshold: number): Pod[] {
  if (threshold <= 0) return [];
  const terminated = pods.filter(isPodTerminal);
  const excess = terminated.length - threshold;
  if (excess <= 0) return [];
  const rank = (pod: Pod): string => {
    const isEvicted = pod.status?.reason === "Evicted";
    return `${isEvicted ? 0 : 1}/${pod.metadata?.creationTimestamp ?? ""}/${pod.metadata?.name}`;
  };
  return terminated.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, excess);
}

/** Pods that nobody will ever end: their node is gone, they never got one, or it is out of service. */
export function abandoned(
  pods: readonly Pod[],
  gone: ReadonlySet<string>,
  nodeOf: (name: string) => Node | undefined,
): Map<Pod, Reason> {
  const found = new Map<Pod, Reason>();
  for (const pod of pods) {
    const name = pod.spec?.nodeName ?? "";
    const isDeleting = pod.metadata?.deletionTimestamp !== undefined;
    if (name === "") {
      if (isDeleting) found.set(pod, "unscheduled");
    } else if (gone.has(name)) found.set(pod, "orphaned");
    else if (isDeleting) {
      const node = nodeOf(name);
      const isReady = conditionOf(node?.status?.conditions, "Ready")?.status === "True";
      const isOut = node?.spec?.taints?.some((taint) => taint.key === OUT_OF_SERVICE) ?? false;
      if (node !== undefined && !isReady && isOut) found.set(pod, "out-of-service");
    }
  }
  return found;
}

/** Whether the pod is set Failed before it is deleted. */
export function isMarkedFailed(pod: Pod, reason: Reason): boolean {
  return reason !== "terminated" && !isPodTerminal(pod);
}
