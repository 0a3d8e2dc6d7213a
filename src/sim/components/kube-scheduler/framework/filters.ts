import type { NodeInfo } from "../cache/node-info.ts";
import { withoutPod, withPod } from "../cache/node-info.ts";
import { nominatedOn } from "../cache/nominated.ts";
import { type Pod, uidOf } from "../objects.ts";
import type { Cycle, NodeRejection, Plugin } from "./plugin.ts";

/** The first plugin that says no speaks for the node. */
export function runFilters(filters: readonly Plugin[], cycle: Cycle, node: NodeInfo): NodeRejection | null {
  for (const plugin of filters) {
    const refused = plugin.filter!(cycle, node);
    if (refused !== null) return { plugin: plugin.name, rejection: refused };
  }
  return null;
}

/** Pods on their way to the node for which others were preempted, and which this pod may not push aside. */
export function rivalsOn({ snapshot, pod }: Cycle, node: string): Pod[] {
  const uid = uidOf(pod.pod);
  return nominatedOn(snapshot.nominated, node).filter(
    (other) => (other.spec.priority ?? 0) >= pod.priority && uidOf(other) !== uid,
  );
}

/**
 * The node must do with the nominated pods on it, which may need their room, and without them, since they may go
 * elsewhere and leave a pod alone that wanted to be with them.
 */
export function filterNode(filters: readonly Plugin[], cycle: Cycle, node: NodeInfo): NodeRejection | null {
  const rivals = rivalsOn(cycle, node.name);
  if (rivals.length > 0) {
    let crowded = node;
    for (const rival of rivals) crowded = suppose(filters, cycle, rival, crowded, 1);
    const refused = runFilters(filters, cycle, crowded);
    for (const rival of rivals) crowded = suppose(filters, cycle, rival, crowded, -1);
    if (refused !== null) return refused;
  }
  return runFilters(filters, cycle, node);
}

/** The node as if the pod came to it (1) or left it (-1); plugins hear of it. */
export function suppose(filters: readonly Plugin[], cycle: Cycle, pod: Pod, node: NodeInfo, by: 1 | -1): NodeInfo {
  const { gone, placed } = cycle.supposed;
  const uid = uidOf(pod);
  const others = placed.get(node.name) ?? [];
  if (by === -1) {
    if (others.includes(pod))
      placed.set(
        node.name,
        others.filter((one) => one !== pod),
      );
    else gone.add(uid);
  } else if (!gone.delete(uid)) {
    placed.set(node.name, [...others, pod]);
  }
  for (const plugin of filters) plugin.suppose?.(cycle, pod, node, by);
  return by === 1 ? withPod(node, pod) : withoutPod(node, pod);
}
