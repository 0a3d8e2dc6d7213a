import { isPodReady } from "../../../../api/pod/status.ts";
import type { Pod } from "../../lib/types.ts";
import { type GroupingTimes, groupPods, podRequestsOf } from "./pod-groups.ts";
import type { PodMetrics } from "./types.ts";

/** By how much a ratio of use to target may differ from 1 without a change, up and down. */
export interface Tolerances {
  readonly scaleUp: number;
  readonly scaleDown: number;
}

/** pkg/controller/podautoscaler/replica_calculator.go. Amounts are thousandths, and whole as Go's int64 are. */
export interface Calculation {
  readonly namespace: string;
  /** Those that the target's selector finds. */
  readonly pods: readonly Pod[];
  readonly tolerances: Tolerances;
  readonly times: GroupingTimes;
}

export interface ResourceProposal {
  readonly replicas: number;
  /** Percent of what was requested. */
  readonly utilization: number;
  /** Per pod. */
  readonly averageValue: number;
}

export interface UsageProposal {
  readonly replicas: number;
  readonly usage: number;
}

const NO_PODS = "no pods returned by selector while calculating replica count";
const NO_METRICS = "did not receive metrics for targeted pods (pods might be unready)";

/** GetResourceReplicas: so many that use is `target` percent of the requests. */
export function replicasForUtilization(
  calculation: Calculation,
  currentReplicas: number,
  target: number,
  resource: string,
  container: string,
  metrics: PodMetrics,
): ResourceProposal {
  const { believed, groups } = believedMetrics(calculation, metrics, resource);
  const requests = podRequestsOf(calculation.pods, container, resource);
  const { ratio, utilization, averageValue } = utilizationRatio(believed, requests, target);
  const replicas = replicasForRatio(calculation, currentReplicas, ratio, groups, () => {
    const assumed = new Map(believed);
    // On the way down those without figures count as using all of their request, or the target where that is more.
    const fallback = Math.max(100, target);
    for (const name of groups.missing) {
      if (ratio < 1) assumed.set(name, assumedMetric(Math.trunc(((requests.get(name) ?? 0) * fallback) / 100)));
      else if (ratio > 1) assumed.set(name, assumedMetric(0));
    }
    if (ratio > 1) for (const name of groups.unready) assumed.set(name, assumedMetric(0));
    return { ratio: utilizationRatio(assumed, requests, target).ratio, count: assumed.size };
  });
  return { replicas, utilization, averageValue };
}

/** GetRawResourceReplicas and GetMetricReplicas: so many that each uses `target`. `resource` "": a metric of its own. */
export function replicasForAverage(
  calculation: Calculation,
  currentReplicas: number,
  target: number,
  resource: string,
  metrics: PodMetrics,
): UsageProposal {
  const { believed, groups } = believedMetrics(calculation, metrics, resource);
  const { ratio, usage } = usageRatio(believed, target);
  const replicas = replicasForRatio(calculation, currentReplicas, ratio, groups, () => {
    const assumed = new Map(believed);
    if (ratio !== 1) for (const name of groups.missing) assumed.set(name, assumedMetric(ratio < 1 ? target : 0));
    if (ratio > 1) for (const name of groups.unready) assumed.set(name, assumedMetric(0));
    return { ratio: usageRatio(assumed, target).ratio, count: assumed.size };
  });
  return { replicas, usage };
}

/** GetObjectMetricReplicas and GetExternalMetricReplicas: one figure for all pods together, against a target for it. */
export function replicasForTotal(
  calculation: Calculation,
  currentReplicas: number,
  target: number,
  usage: number,
): UsageProposal {
  const ratio = usage / target;
  if (currentReplicas === 0) return { replicas: Math.ceil(ratio), usage };
  if (isWithin(calculation.tolerances, ratio)) return { replicas: currentReplicas, usage };
  if (calculation.pods.length === 0) throw new Error(`unable to calculate ready pods: ${NO_PODS}`);
  const ready = calculation.pods.filter((pod) => pod.status?.phase === "Running" && isPodReady(pod)).length;
  return { replicas: Math.ceil(ratio * ready), usage };
}

/** GetObjectPerPodMetricReplicas and GetExternalPerPodMetricReplicas: one figure, against a target for each pod. */
export function replicasForShare(
  { tolerances }: Pick<Calculation, "tolerances">,
  statusReplicas: number,
  target: number,
  usage: number,
): UsageProposal {
  const ratio = usage / (target * statusReplicas);
  const replicas = isWithin(tolerances, ratio) ? statusReplicas : Math.ceil(usage / target);
  return { replicas, usage: Math.ceil(usage / statusReplicas) };
}

interface Groups {
  readonly readyCount: number;
  readonly unready: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
}

function believedMetrics(
  { pods, times }: Calculation,
  metrics: PodMetrics,
  resource: string,
): { readonly believed: PodMetrics; readonly groups: Groups } {
  if (pods.length === 0) throw new Error(NO_PODS);
  const groups = groupPods(pods, metrics, resource, times);
  const believed = new Map(metrics);
  for (const name of groups.ignored) believed.delete(name);
  for (const name of groups.unready) believed.delete(name);
  if (believed.size === 0) throw new Error(NO_METRICS);
  return { believed, groups };
}

/**
 * What a ratio of use to target means. Pods of which nothing is known are given figures by `assume`, on the safe side;
 * where those change too little, or turn the direction, nothing is changed.
 */
function replicasForRatio(
  { tolerances }: Calculation,
  currentReplicas: number,
  ratio: number,
  groups: Groups,
  assume: () => { readonly ratio: number; readonly count: number },
): number {
  const growsWithUnready = groups.unready.size > 0 && ratio > 1;
  if (!growsWithUnready && groups.missing.size === 0)
    return isWithin(tolerances, ratio) ? currentReplicas : Math.ceil(ratio * groups.readyCount);
  const assumed = assume();
  const turns = (ratio < 1 && assumed.ratio > 1) || (ratio > 1 && assumed.ratio < 1);
  if (isWithin(tolerances, assumed.ratio) || turns) return currentReplicas;
  const replicas = Math.ceil(assumed.ratio * assumed.count);
  const turnsBySize =
    (assumed.ratio < 1 && replicas > currentReplicas) || (assumed.ratio > 1 && replicas < currentReplicas);
  return turnsBySize ? currentReplicas : replicas;
}

function assumedMetric(value: number): { readonly value: number; timestampWallUs: number; windowUs: number } {
  return { value, timestampWallUs: 0, windowUs: 0 };
}

function utilizationRatio(
  metrics: PodMetrics,
  requests: ReadonlyMap<string, number>,
  target: number,
): { readonly ratio: number; readonly utilization: number; readonly averageValue: number } {
  let used = 0;
  let requested = 0;
  let entries = 0;
  for (const [name, { value }] of metrics) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += value;
    requested += request;
    entries += 1;
  }
  if (requested === 0) throw new Error("no metrics returned matched known pods");
  const utilization = Math.trunc((used * 100) / requested);
  return { ratio: utilization / target, utilization, averageValue: Math.trunc(used / entries) };
}

function usageRatio(metrics: PodMetrics, target: number): { readonly ratio: number; readonly usage: number } {
  let total = 0;
  for (const { value } of metrics.values()) total += value;
  const usage = Math.trunc(total / metrics.size);
  return { ratio: usage / target, usage };
}

function isWithin({ scaleUp, scaleDown }: Tolerances, ratio: number): boolean {
  return 1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
}
