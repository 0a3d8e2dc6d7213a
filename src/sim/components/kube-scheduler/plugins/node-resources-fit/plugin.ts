import type { ClusterEvent } from "../../framework/events.ts";
import type { PluginDefinition } from "../../framework/plugin.ts";
import type { Pod } from "../../objects.ts";
import { type PodInfo, podInfoOf } from "../../pod-info.ts";
import { amountOf, lowered, resourcesOf } from "../../resources.ts";
import { couldFit, fitsRequest, type Ignored } from "./fits.ts";
import { type ResourceWeight, type ScoringStrategy, type ShapePoint, scoreOf } from "./scoring.ts";

/** NodeResourcesFitArgs. */
interface Args {
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy?: {
    readonly type?: ScoringStrategy["type"];
    readonly resources?: readonly { readonly name: string; readonly weight?: number }[];
    readonly requestedToCapacityRatio?: { readonly shape?: readonly ShapePoint[] };
  };
}

export const DEFAULT_RESOURCES: readonly ResourceWeight[] = Object.freeze([
  { name: "cpu", weight: 1 },
  { name: "memory", weight: 1 },
]);

function strategyOf({ scoringStrategy }: Args): ScoringStrategy {
  const resources = scoringStrategy?.resources ?? [];
  return {
    type: scoringStrategy?.type ?? "LeastAllocated",
    resources:
      resources.length === 0 ? DEFAULT_RESOURCES : resources.map(({ name, weight }) => ({ name, weight: weight || 1 })),
    shape: scoringStrategy?.requestedToCapacityRatio?.shape ?? [],
  };
}

/** A pod needs room for its requests; where there is room, the scoring strategy says which node is better. */
export const nodeResourcesFit: PluginDefinition = {
  name: "NodeResourcesFit",
  create(given) {
    const args = (given ?? {}) as Args;
    const strategy = strategyOf(args);
    const ignored: Ignored = {
      resources: new Set(args.ignoredResources),
      groups: new Set(args.ignoredResourceGroups),
    };
    return {
      name: "NodeResourcesFit",
      nodeLocal: true,
      filter: ({ pod }, node) => fitsRequest(pod, node, ignored),
      score: ({ pod }, node) => scoreOf(strategy, pod, node),
      events: [
        // Whatever leaves a node frees at least one of its places.
        { types: ["AssignedPod/Delete"] },
        {
          types: ["AssignedPod/UpdateScaleDown"],
          hint: (pod, { oldPod, assignedPod }) =>
            oldPod !== undefined && assignedPod !== undefined && freesSomethingFor(pod, oldPod, assignedPod),
        },
        { types: ["Pod/UpdateScaleDown"] },
        { types: ["Node/Add", "Node/UpdateAllocatable"], hint: mayFit },
      ],
    };
  },
};

function freesSomethingFor({ request }: PodInfo, oldPod: Pod, pod: Pod): boolean {
  return lowered(podInfoOf(oldPod).request, podInfoOf(pod).request).some((name) => amountOf(request, name) > 0);
}

/** The node is large enough, and a known one has grown in something that the pod asks for. */
function mayFit({ request }: PodInfo, { oldNode, node }: ClusterEvent): boolean {
  const allocatable = resourcesOf(node?.status?.allocatable);
  if (!couldFit(request, allocatable)) return false;
  if (oldNode === undefined) return true;
  const before = resourcesOf(oldNode.status?.allocatable);
  return lowered(allocatable, before).some((name) => name === "pods" || amountOf(request, name) > 0);
}
