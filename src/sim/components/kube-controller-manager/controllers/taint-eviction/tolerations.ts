import { tolerates } from "../../../../api/pod/tolerations.ts";
import type { Taint, Toleration } from "../../lib/types.ts";

/** getMinTolerationTime, in seconds: null is for ever, 0 or less is at once. */
export function shortestToleration(tolerations: readonly Toleration[]): number | null {
  if (tolerations.length === 0) return 0;
  let shortest: number | null = null;
  for (const { tolerationSeconds } of tolerations) {
    if (tolerationSeconds === undefined) continue;
    if (tolerationSeconds <= 0) return 0;
    if (shortest === null || tolerationSeconds < shortest) shortest = tolerationSeconds;
  }
  return shortest;
}

/** How long a pod stays on a node with these NoExecute taints: 0 at once, null for ever. */
export function stayOf(taints: readonly Taint[], tolerations: readonly Toleration[] | undefined): number | null {
  const used: Toleration[] = [];
  for (const taint of taints) {
    const found = tolerations?.find((toleration) => tolerates(toleration, taint));
    if (found === undefined) return 0;
    used.push(found);
  }
  return shortestToleration(used);
}
