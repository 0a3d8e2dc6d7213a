import { compareQuantities, wholeValue } from "../../api/quantity.ts";
import { isCritical } from "./critical.ts";
import { type Container, isRestartableInit, type Pod } from "./types.ts";

export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

const COMPUTE = ["cpu", "memory"] as const;

/** core/v1/helper/qos ComputePodQOS. */
export function qosClassOf(pod: Pod): QosClass {
  let any = false;
  let guaranteed = true;
  for (const { resources } of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]) {
    for (const name of COMPUTE) {
      const request = positive(resources?.requests?.[name]);
      const limit = positive(resources?.limits?.[name]);
      if (request !== null || limit !== null) any = true;
      if (limit === null || compareQuantities(request ?? limit, limit) !== 0) guaranteed = false;
    }
  }
  if (!any) return "BestEffort";
  return guaranteed ? "Guaranteed" : "Burstable";
}

function positive(quantity: string | undefined): string | null {
  return quantity === undefined || compareQuantities(quantity, "0") <= 0 ? null : quantity;
}

const GUARANTEED_SCORE = -997;
const BEST_EFFORT_SCORE = 1000;

/** pkg/kubelet/qos GetContainerOOMScoreAdjust. */
export function oomScoreAdj(pod: Pod, container: Container, memoryCapacityBytes: number): number {
  if (isCritical(pod) && pod.spec.priorityClassName === "system-node-critical") return GUARANTEED_SCORE;
  const qos = qosClassOf(pod);
  if (qos === "Guaranteed") return GUARANTEED_SCORE;
  if (qos === "BestEffort") return BEST_EFFORT_SCORE;
  let score = scoreOf(container, memoryCapacityBytes);
  if (isRestartableInit(container)) {
    // A sidecar is not to be killed before the containers that it serves.
    const scores = pod.spec.containers.map((one) => scoreOf(one, memoryCapacityBytes));
    score = Math.min(score, ...scores);
  }
  const least = BEST_EFFORT_SCORE + GUARANTEED_SCORE;
  if (score < least) return least;
  return score >= BEST_EFFORT_SCORE ? BEST_EFFORT_SCORE - 1 : score;
}

function scoreOf(container: Container, memoryCapacityBytes: number): number {
  const requestBytes = wholeValue(container.resources?.requests?.memory);
  return 1000 - Math.floor((1000 * requestBytes) / memoryCapacityBytes);
}
