import type { Pod } from "../../lib/types.ts";
import { targetNode } from "./nodes.ts";

/** Pods by the name of the node that they are on or meant for. */
export function podsByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = targetNode(pod);
    if (node === "") continue;
    const list = byNode.get(node);
    if (list === undefined) byNode.set(node, [pod]);
    else list.push(pod);
  }
  return byNode;
}

/** Those that have a node first, then the oldest, then by name. */
export function byCreation(a: Pod, b: Pod): number {
  const left = sortKey(a);
  const right = sortKey(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function sortKey({ metadata, spec }: Pod): string {
  return `${spec?.nodeName ? 0 : 1}/${metadata?.creationTimestamp}/${metadata?.name}`;
}
