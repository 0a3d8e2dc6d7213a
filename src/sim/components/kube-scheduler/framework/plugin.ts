import type { ApiObject } from "../../../api/object.ts";
import { podsOn, type Snapshot } from "../cache/cache.ts";
import type { NodeInfo } from "../cache/node-info.ts";
import type { ClusterObjects, ReadKind } from "../cluster-objects.ts";
import { type Pod, uidOf } from "../objects.ts";
import type { PodInfo } from "../pod-info.ts";
import type { Preemption } from "../preemption/preempt.ts";
import type { EventInterest } from "./events.ts";

/** Why a plugin says no, in upstream's words. `unresolvable`: preempting pods on the node would not help. */
export interface Rejection {
  readonly reasons: readonly string[];
  readonly unresolvable: boolean;
}

export function rejection(reason: string, unresolvable: boolean): Rejection {
  return Object.freeze({ reasons: Object.freeze([reason]), unresolvable });
}

/** What one scheduling cycle hands to every plugin. Lives for one step only. */
export interface Cycle {
  readonly pod: PodInfo;
  readonly snapshot: Snapshot;
  readonly objects: ClusterObjects;
  /** Pods that count as gone from their nodes, or as placed on nodes, for the sake of argument. */
  readonly supposed: Supposed;
  /** What a plugin worked out in PreFilter or PreScore, by its own key. */
  readonly data: Map<string, unknown>;
}

export interface Supposed {
  /** By uid. */
  readonly gone: Set<string>;
  /** Node -> pods. */
  readonly placed: Map<string, Pod[]>;
}

export function createCycle(pod: PodInfo, snapshot: Snapshot, objects: ClusterObjects): Cycle {
  return { pod, snapshot, objects, supposed: { gone: new Set(), placed: new Map() }, data: new Map() };
}

/** All pods on a node, as the cycle supposes them. */
export function podsOnNode({ snapshot, supposed }: Cycle, node: string): readonly Pod[] {
  const pods = podsOn(snapshot, node).filter((pod) => !supposed.gone.has(uidOf(pod)));
  return [...pods, ...(supposed.placed.get(node) ?? [])];
}

/** `skip`: the plugin's Filter has nothing to say about this pod. `nodes`: only these may be considered. */
export type PreFilterVerdict =
  | { readonly type: "continue" }
  | { readonly type: "skip" }
  | { readonly type: "nodes"; readonly names: ReadonlySet<string> }
  | { readonly type: "reject"; readonly rejection: Rejection };

export const CONTINUE: PreFilterVerdict = Object.freeze({ type: "continue" });
export const SKIP: PreFilterVerdict = Object.freeze({ type: "skip" });

export const MAX_NODE_SCORE = 100;

/** The extension points that a plugin implements. */
export interface Plugin {
  readonly name: string;
  /**
   * Filter and Score look at nothing but what the pod demands (`PodInfo.demand`), the node's NodeInfo and `basis`, so
   * that what they said holds as long as these do.
   */
  readonly nodeLocal?: true;
  /** What else of the cluster the score depends on; another object when that has changed. */
  basis?(snapshot: Snapshot): unknown;
  /** Null: may enter the active queue. Otherwise why not. `preempting`: uids of pods whose victims are being deleted. */
  preEnqueue?(pod: PodInfo, preempting: ReadonlySet<string>): string | null;
  preFilter?(cycle: Cycle): PreFilterVerdict;
  filter?(cycle: Cycle, node: NodeInfo): Rejection | null;
  /** Between PreFilter and Filter: suppose that `pod` were on `node` too (1), or were not (-1). */
  suppose?(cycle: Cycle, pod: Pod, node: NodeInfo, by: 1 | -1): void;
  /** When no node fits. */
  postFilter?(cycle: Cycle, failures: FilterFailures, tools: PostFilterTools): Preemption;
  /** False: the plugin adds nothing for this pod. */
  preScore?(cycle: Cycle, nodes: readonly NodeInfo[]): boolean;
  /** Any integer; in 0..100 once normalised. */
  score?(cycle: Cycle, node: NodeInfo): number;
  /** In place, over all scored nodes (those of PreScore). */
  normalizeScore?(scores: number[], cycle: Cycle, nodes: readonly NodeInfo[]): void;
  /** What must be written and waited for before a pod that goes to `node` is bound; null: nothing. */
  reserve?(cycle: Cycle, node: NodeInfo): PreBind | null;
  readonly events?: readonly EventInterest[];
}

/** What Reserve assumes and PreBind does. Frozen data. */
export interface PreBind {
  readonly plugin: string;
  readonly writes: readonly { readonly kind: ReadKind; readonly object: ApiObject }[];
  /** `namespace/name` of the claims that must be bound. */
  readonly claims: readonly string[];
  readonly timeoutUs: number;
}

export interface PostFilterTools {
  /** Those that have something to say about this pod. */
  readonly filters: readonly Plugin[];
  /** Uniform in 0..bound-1. */
  readonly randomInt: (bound: number) => number;
}

/** Which node fell to which plugin. Nodes that are not named fell to `absent`. */
export interface FilterFailures {
  readonly numAllNodes: number;
  readonly byNode: ReadonlyMap<string, NodeRejection>;
  readonly absent: Rejection | null;
}

export interface NodeRejection {
  readonly plugin: string;
  readonly rejection: Rejection;
}

export interface PluginDefinition {
  readonly name: string;
  /** `args` as under `pluginConfig[].args` of KubeSchedulerConfiguration v1; undefined: the defaults. */
  create(args: unknown): Plugin;
}

/** Scales 0..max to 0..100 in place; `reverse` turns the order round. Upstream's DefaultNormalizeScore. */
export function defaultNormalizeScore(scores: number[], reverse: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  if (max === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE);
    return;
  }
  for (let index = 0; index < scores.length; index += 1) {
    const scaled = Math.trunc((MAX_NODE_SCORE * scores[index]!) / max);
    scores[index] = reverse ? MAX_NODE_SCORE - scaled : scaled;
  }
}
