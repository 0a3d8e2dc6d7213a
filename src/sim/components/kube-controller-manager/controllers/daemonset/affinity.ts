import { matchesNodeSelector } from "../../../../api/pod/node-selector.ts";
import type { Node, PodSpec } from "../../lib/types.ts";

/** spec.nodeSelector and the required node affinity. */
export function matchesNodeAffinity(spec: PodSpec | undefined, node: Node): boolean {
  const labels = node.metadata?.labels ?? {};
  for (const [key, value] of Object.entries(spec?.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesNodeSelector(required, labels, node.metadata?.name ?? "");
}
