import { amountOf } from "./resources.ts";
import type { Pod, ResourceList } from "./types.ts";

type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

/** Only these two count. */
const RESOURCES = ["cpu", "memory"] as const;

/** The pod's quality-of-service class by its spec; what `status.qosClass` says holds once it is set. */
export function computeQosClass(pod: Pod): QosClass {
  const requests: Record<string, number> = {};
  const limits: Record<string, number> = {};
  let guaranteed = true;
  for (const { resources } of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
    add(requests, resources?.requests);
    if (add(limits, resources?.limits) < RESOURCES.length) guaranteed = false;
  }
  const counts = [Object.keys(requests).length, Object.keys(limits).length];
  if (counts[0] === 0 && counts[1] === 0) return "BestEffort";
  const equal = RESOURCES.every(
    (resource) => requests[resource] === undefined || requests[resource] === limits[resource],
  );
  return guaranteed && equal && counts[0] === counts[1] ? "Guaranteed" : "Burstable";
}

/** Adds what is above zero, and tells how many resources that were. */
function add(sums: Record<string, number>, list: ResourceList | undefined): number {
  let found = 0;
  for (const resource of RESOURCES) {
    const amount = amountOf(resource, list?.[resource]);
    if (amount <= 0) continue;
    found++;
    sums[resource] = (sums[resource] ?? 0) + amount;
  }
  return found;
}
