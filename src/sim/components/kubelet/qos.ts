import { computeQosClass } from "../../api/pod/qos.ts";
import { isCriticalPod } from "../../api/pod/status.ts";
import { wholeValue } from "../../api/quantity.ts";
import { type Container, isRestartableInit, type Pod } from "./types.ts";

const GUARANTEED_SCORE = -997;
const BEST_EFFORT_SCORE = 1000;

/** pkg/kubelet/qos GetContainerOOMScoreAdjust. */
export function oomScoreAdj(pod: Pod, container: Container, memoryCapacityBytes: number): number {
  if (isCriticalPod(pod) && pod.spec.priorityClassName === "system-node-critical") return GUARANTEED_SCORE;
  const qos = computeQosClass(pod);
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
