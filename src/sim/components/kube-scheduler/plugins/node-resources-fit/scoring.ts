import type { NodeInfo } from "../../cache/node-info.ts";
import { MAX_NODE_SCORE } from "../../framework/plugin.ts";
import type { PodInfo } from "../../pod-info.ts";
import { amountOf, isScalar, type Resources } from "../../resources.ts";

export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

/** Utilisation 0..100 -> score 0..10, rising in utilisation. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

export interface ScoringStrategy {
  readonly type: "LeastAllocated" | "MostAllocated" | "RequestedToCapacityRatio";
  readonly resources: readonly ResourceWeight[];
  readonly shape: readonly ShapePoint[];
}

/** `demand`: what the pod asks for, as scoring counts it (100m and 200Mi for a container that names none). */
export function scoreOf(strategy: ScoringStrategy, pod: PodInfo, node: NodeInfo): number {
  let sum = 0;
  let weights = 0;
  for (const { name, weight } of strategy.resources) {
    const allocatable = amountOf(node.allocatable, name);
    if (allocatable === 0) continue;
    const demand = demandOf(pod, name);
    if (demand === 0 && isScalar(name)) continue;
    const score = scoreOfResource(strategy, usedOf(node, name) + demand, allocatable);
    if (strategy.type === "RequestedToCapacityRatio" && score <= 0) continue;
    sum += score * weight;
    weights += weight;
  }
  if (weights === 0) return 0;
  return strategy.type === "RequestedToCapacityRatio" ? Math.round(sum / weights) : Math.trunc(sum / weights);
}

function scoreOfResource(strategy: ScoringStrategy, requested: number, capacity: number): number {
  switch (strategy.type) {
    case "LeastAllocated":
      return requested > capacity ? 0 : Math.trunc(((capacity - requested) * MAX_NODE_SCORE) / capacity);
    case "MostAllocated":
      return Math.trunc((Math.min(requested, capacity) * MAX_NODE_SCORE) / capacity);
    case "RequestedToCapacityRatio":
      return atUtilization(strategy.shape, requested > capacity ? 100 : Math.trunc((requested * 100) / capacity));
  }
}

/** On the broken line through the shape's points, in hundredths. */
function atUtilization(shape: readonly ShapePoint[], utilization: number): number {
  let before: ShapePoint | undefined;
  for (const point of shape) {
    if (utilization <= point.utilization) {
      if (before === undefined) return point.score * 10;
      const rise = (point.score - before.score) * 10;
      const run = point.utilization - before.utilization;
      return before.score * 10 + Math.trunc((rise * (utilization - before.utilization)) / run);
    }
    before = point;
  }
  return (before?.score ?? 0) * 10;
}

function demandOf(pod: PodInfo, name: string): number {
  if (name === "cpu") return pod.nonZeroMilliCpu;
  if (name === "memory") return pod.nonZeroMemoryBytes;
  return amountOf(pod.request, name);
}

function usedOf(node: NodeInfo, name: string): number {
  if (name === "cpu") return node.nonZeroMilliCpu;
  if (name === "memory") return node.nonZeroMemoryBytes;
  return amountOf(node.requested, name);
}

export function asksForNothing(request: Resources, resources: readonly ResourceWeight[]): boolean {
  for (const { name } of resources) if (amountOf(request, name) !== 0) return false;
  return true;
}
