import { isPodAvailable, isPodReady } from "../../../../api/pod/status.ts";
import type { Store } from "../../../../machinery/store.ts";
import type { DaemonSet, DaemonSetStatus, Node, Pod } from "../../lib/types.ts";
import { byCreation, podsByNode } from "./node-pods.ts";
import { nodeShouldRun } from "./nodes.ts";
import { isUpdated } from "./revisions.ts";

/** Of the pods of a node, the oldest counts. */
export function calculateStatus(
  set: DaemonSet,
  nodes: Store,
  pods: readonly Pod[],
  hash: string,
  nowWallUs: number,
): DaemonSetStatus {
  const byNode = podsByNode(pods);
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
  nodes.objects.forEach((object) => {
    const { shouldRun } = nodeShouldRun(object as Node, set);
    const [pod] = [...(byNode.get(object.metadata?.name ?? "") ?? [])].sort(byCreation);
    if (!shouldRun) {
      if (pod !== undefined) counts.misscheduled += 1;
      return;
    }
    counts.desired += 1;
    if (pod === undefined) return;
    counts.current += 1;
    if (isPodReady(pod)) {
      counts.ready += 1;
      if (isPodAvailable(pod, minReadySeconds, nowWallUs)) counts.available += 1;
    }
    if (isUpdated(pod, hash)) counts.updated += 1;
  });
  const { collisionCount, conditions } = set.status ?? {};
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    observedGeneration: set.metadata?.generation ?? 0,
    ...(counts.updated > 0 ? { updatedNumberScheduled: counts.updated } : {}),
    ...(counts.available > 0 ? { numberAvailable: counts.available } : {}),
    ...(counts.desired > counts.available ? { numberUnavailable: counts.desired - counts.available } : {}),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}
