import { matchesNodeSelector } from "../../../../api/pod/node-selector.ts";
import type { PodInfo } from "../../pod-info.ts";

/** Whether `spec.nodeSelector` and required node affinity let the pod onto a node. */
export function matchesNodeOf(pod: PodInfo, labels: Readonly<Record<string, string>>, name: string): boolean {
  for (const key in pod.nodeSelector) if (labels[key] !== pod.nodeSelector[key]) return false;
  return pod.requiredAffinity === null || matchesNodeSelector(pod.requiredAffinity, labels, name);
}
