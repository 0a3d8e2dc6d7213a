import { nodeInfo } from "../cache/cache.ts";
import type { NodeInfo } from "../cache/node-info.ts";
import { fitErrorMessage } from "../framework/fit-error.ts";
import {
  type Cycle,
  type FilterFailures,
  type NodeRejection,
  type Plugin,
  podsOnNode,
  rejection,
} from "../framework/plugin.ts";
import type { Pod } from "../objects.ts";
import { victimsOn } from "./dry-run.ts";
import { priorityOf } from "./importance.ts";
import { type Candidate, type Pick, pickCandidate } from "./pick.ts";

/** DefaultPreemptionArgs. */
export interface PreemptionArgs {
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

/** What preemption found. `message` is "" when it found a way. */
export interface Preemption {
  readonly message: string;
  /** For `status.nominatedNodeName`; "" takes it away, null leaves it alone. */
  readonly nominatedNode: string | null;
  readonly candidates: readonly Candidate[];
  /** Nodes where it would not help, and why. */
  readonly refused: ReadonlyMap<string, NodeRejection>;
  readonly pick: Pick | null;
}

const NOT_HELPFUL = rejection("Preemption is not helpful for scheduling", true);
const NAME = "DefaultPreemption";

/** Looks for a node that the pod would fit if pods of lower priority left it (upstream's `preemption.Evaluator`). */
export function preempt(
  filters: readonly Plugin[],
  cycle: Cycle,
  failures: FilterFailures,
  args: PreemptionArgs,
  randomInt: (bound: number) => number,
): Preemption {
  const problem = whyNotEligible(cycle, failures);
  if (problem !== null) {
    return { message: `preemption: ${problem}`, nominatedNode: null, candidates: [], refused: new Map(), pick: null };
  }
  const { candidates, refused } = dryRun(filters, cycle, resolvable(cycle, failures), args, randomInt);
  const pick = pickCandidate(candidates);
  if (pick !== null) return { message: "", nominatedNode: pick.candidate.node, candidates, refused, pick };
  const told: FilterFailures = { numAllNodes: failures.numAllNodes, byNode: refused, absent: NOT_HELPFUL };
  const message = `preemption: ${fitErrorMessage(told, "", "")}`;
  return { message, nominatedNode: "", candidates, refused, pick };
}

function whyNotEligible(cycle: Cycle, failures: FilterFailures): string | null {
  const { pod } = cycle.pod;
  if (pod.spec.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const nominated = pod.status?.nominatedNodeName;
  if (!nominated) return null;
  const failure = failures.byNode.get(nominated)?.rejection ?? failures.absent;
  if (failure?.unresolvable === true) return null;
  const isLeaving = podsOnNode(cycle, nominated).some(
    (other) => priorityOf(other) < cycle.pod.priority && isPreempted(other),
  );
  return isLeaving ? "not eligible due to a terminating pod on the nominated node." : null;
}

function isPreempted({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  const condition = status?.conditions?.find(({ type }) => type === "DisruptionTarget");
  return condition?.status === "True" && condition.reason === "PreemptionByScheduler";
}

/** The nodes that fell to a reason which fewer pods could mend. */
function resolvable({ snapshot }: Cycle, { byNode, absent }: FilterFailures): NodeInfo[] {
  if (absent !== null && !absent.unresolvable) {
    return snapshot.nodes.filter(({ name }) => byNode.get(name)?.rejection.unresolvable !== true);
  }
  const nodes: NodeInfo[] = [];
  for (const [name, { rejection: refused }] of byNode) {
    const node = refused.unresolvable ? undefined : nodeInfo(snapshot, name);
    if (node !== undefined) nodes.push(node);
  }
  return nodes;
}

/** From a random node on, until there are enough candidates. */
function dryRun(
  filters: readonly Plugin[],
  cycle: Cycle,
  nodes: readonly NodeInfo[],
  { minCandidateNodesPercentage, minCandidateNodesAbsolute }: PreemptionArgs,
  randomInt: (bound: number) => number,
): { readonly candidates: readonly Candidate[]; readonly refused: Map<string, NodeRejection> } {
  const refused = new Map<string, NodeRejection>();
  if (nodes.length === 0) return { candidates: [], refused };
  const share = Math.trunc((nodes.length * minCandidateNodesPercentage) / 100);
  const wanted = Math.min(nodes.length, Math.max(share, minCandidateNodesAbsolute));
  const offset = randomInt(nodes.length);
  const peaceful: Candidate[] = [];
  const violating: Candidate[] = [];
  for (let step = 0; step < nodes.length; step += 1) {
    const node = nodes[(offset + step) % nodes.length]!;
    const found = victimsOn(filters, cycle, node);
    if ("reasons" in found) {
      refused.set(node.name, { plugin: NAME, rejection: found });
      continue;
    }
    (found.pdbViolations === 0 ? peaceful : violating).push(found);
    if (peaceful.length > 0 && peaceful.length + violating.length >= wanted) break;
  }
  return { candidates: [...peaceful, ...violating], refused };
}
