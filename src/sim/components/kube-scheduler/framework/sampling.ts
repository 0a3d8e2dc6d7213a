const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/**
 * After how many feasible nodes the search stops. Percentages: of the profile before that of the configuration; 0 or
 * absent: adaptive, 50 % less 1 % per 125 nodes.
 */
export function numFeasibleNodesToFind(
  numAllNodes: number,
  globalPercentage?: number | null,
  profilePercentage?: number | null,
): number {
  if (numAllNodes < MIN_FEASIBLE_NODES) return numAllNodes;
  let percentage = profilePercentage ?? globalPercentage ?? 0;
  if (percentage === 0) percentage = Math.max(MIN_PERCENTAGE, 50 - Math.trunc(numAllNodes / 125));
  return Math.max(MIN_FEASIBLE_NODES, Math.trunc((numAllNodes * percentage) / 100));
}
