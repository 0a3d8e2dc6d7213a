import type { PluginDefinition } from "../framework/plugin.ts";
import { defaultPreemption } from "./default-preemption/plugin.ts";
import { imageLocality } from "./image-locality/plugin.ts";
import { interPodAffinity } from "./inter-pod-affinity/plugin.ts";
import { nodeAffinity } from "./node-affinity/plugin.ts";
import { nodeName } from "./node-name/plugin.ts";
import { nodePorts } from "./node-ports/plugin.ts";
import { nodeResourcesBalancedAllocation } from "./node-resources-balanced-allocation/plugin.ts";
import { nodeResourcesFit } from "./node-resources-fit/plugin.ts";
import { nodeUnschedulable } from "./node-unschedulable/plugin.ts";
import { nodeVolumeLimits } from "./node-volume-limits/plugin.ts";
import { podTopologySpread } from "./pod-topology-spread/plugin.ts";
import { schedulingGates } from "./scheduling-gates/plugin.ts";
import { taintToleration } from "./taint-toleration/plugin.ts";
import { volumeBinding } from "./volume-binding/plugin.ts";
import { volumeRestrictions } from "./volume-restrictions/plugin.ts";
import { volumeZone } from "./volume-zone/plugin.ts";

/** All plugins in upstream's order, each with its default weight in scoring. One line adds a plugin. */
export const DEFAULT_PLUGINS: readonly (readonly [definition: PluginDefinition, weight: number])[] = [
  [schedulingGates, 0],
  [nodeUnschedulable, 0],
  [nodeName, 0],
  [taintToleration, 3],
  [nodeAffinity, 2],
  [nodePorts, 0],
  [nodeResourcesFit, 1],
  [volumeRestrictions, 0],
  [nodeVolumeLimits, 0],
  [volumeBinding, 0],
  [volumeZone, 0],
  [podTopologySpread, 2],
  [interPodAffinity, 2],
  [defaultPreemption, 0],
  [nodeResourcesBalancedAllocation, 1],
  [imageLocality, 1],
];

export const DEFAULT_WEIGHTS: Readonly<Record<string, number>> = Object.freeze(
  Object.fromEntries(DEFAULT_PLUGINS.map(([{ name }, weight]) => [name, weight])),
);

/** What a configuration may name: PrioritySort and DefaultBinder are the queue's and the binding's own. */
export const PLUGIN_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(DEFAULT_WEIGHTS),
  "PrioritySort",
  "DefaultBinder",
]);
