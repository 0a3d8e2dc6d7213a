import { isTolerated } from "../../../api/pod/tolerations.ts";
import type { Taint, Toleration } from "../objects.ts";

/** The first taint that keeps the pod away, or undefined. */
export function untoleratedTaint(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined {
  for (const taint of taints) {
    if (taint.effect !== "NoSchedule" && taint.effect !== "NoExecute") continue;
    if (!isTolerated(taint, tolerations)) return taint;
  }
  return undefined;
}
