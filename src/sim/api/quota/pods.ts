/** What a pod takes of a quota (pkg/quota/v1/evaluator/core/pods.go). */

import { totalLimits, totalRequests } from "../pod/resources.ts";
import { isPodTerminal } from "../pod/status.ts";
import type { Pod, ResourceList } from "../pod/types.ts";
import { parseTime } from "../time.ts";
import type { Evaluator } from "./evaluator.ts";
import { EXACT } from "./resource-list.ts";
import { podMatchesScope } from "./scopes.ts";

const COMPUTE = ["cpu", "memory", "ephemeral-storage"] as const;
const RESOURCES: readonly string[] = [
  "count/pods",
  "pods",
  ...COMPUTE.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
];
const HUGE_PAGES = ["hugepages-", "requests.hugepages-"] as const;
/** If a quota counts one of these, every container must say how much it wants. */
const ASKED_OF_CONTAINERS: readonly string[] = [
  "cpu",
  "memory",
  "requests.cpu",
  "requests.memory",
  "limits.cpu",
  "limits.memory",
];

export const podEvaluator: Evaluator = {
  handles: (operation, subresource) =>
    subresource === "" ? operation === "CREATE" : subresource === "resize" && operation === "UPDATE",
  countsResource: (name) =>
    RESOURCES.includes(name) ||
    HUGE_PAGES.some((prefix) => name.startsWith(prefix)) ||
    (name.startsWith("requests.") && isExtendedName(name)),
  usage: (object, nowWallUs) => podUsage(object as Pod, nowWallUs),
  missing: (object, names) => missingOfContainers(object as Pod, names),
  matchesScope: (scope, object) => podMatchesScope(scope, object as Pod),
};

/** A finished pod, and one that should have been gone for its grace period, count as objects only. */
function podUsage(pod: Pod, nowWallUs: number): ResourceList {
  if (!countsStill(pod, nowWallUs)) return { "count/pods": "1" };
  const options = { useStatus: true };
  return {
    "count/pods": "1",
    ...computeUsage(totalRequests(pod, options, EXACT), totalLimits(pod, options, EXACT)),
  };
}

function countsStill(pod: Pod, nowWallUs: number): boolean {
  if (isPodTerminal(pod)) return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata ?? {};
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  const deletedAtUs = parseTime(deletionTimestamp);
  return deletedAtUs === null || nowWallUs <= deletedAtUs + deletionGracePeriodSeconds * 1_000_000;
}

function computeUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const usage: Record<string, string> = { pods: "1" };
  for (const name of COMPUTE) {
    if (requests[name] !== undefined) {
      usage[name] = requests[name]!;
      usage[`requests.${name}`] = requests[name]!;
    }
    if (limits[name] !== undefined) usage[`limits.${name}`] = limits[name]!;
  }
  for (const name in requests) {
    if (name.startsWith("hugepages-")) {
      usage[name] = requests[name]!;
      usage[`requests.${name}`] = requests[name]!;
    } else if (isExtendedName(name)) usage[`requests.${name}`] = requests[name]!;
  }
  return usage;
}

/** Resources with a domain of their own: `nvidia.com/gpu`. */
function isExtendedName(name: string): boolean {
  return name.includes("/") && !name.includes("kubernetes.io/");
}

/** `limits.cpu for: a,b; memory for: b`, or "" where every container says what the quota wants to know. */
function missingOfContainers(pod: Pod, names: readonly string[]): string {
  const wanted = names.filter((name) => ASKED_OF_CONTAINERS.includes(name)).sort();
  if (wanted.length === 0) return "";
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const without = new Map<string, Set<string>>();
  for (const { name: container, resources } of containers) {
    const given = computeUsage(resources?.requests ?? {}, resources?.limits ?? {});
    for (const name of wanted) {
      if (given[name] !== undefined) continue;
      const known = without.get(name);
      if (known === undefined) without.set(name, new Set([container]));
      else known.add(container);
    }
  }
  return wanted
    .filter((name) => without.has(name))
    .map((name) => `${name} for: ${[...without.get(name)!].sort().join(",")}`)
    .join("; ");
}
