import { nodeInfo, type Snapshot } from "../cache/cache.ts";
import type { NodeInfo } from "../cache/node-info.ts";
import type { ClusterObjects } from "../cluster-objects.ts";
import type { PodInfo } from "../pod-info.ts";
import type { Preemption } from "../preemption/preempt.ts";
import { filterNode, rivalsOn, runFilters } from "./filters.ts";
import { fitErrorMessage, NO_NODES } from "./fit-error.ts";
import { createResults, type NodeResults, resultsFor, scoresOf } from "./node-results.ts";
import {
  type Cycle,
  createCycle,
  type FilterFailures,
  type NodeRejection,
  type Plugin,
  type PreBind,
  type Rejection,
  rejection,
} from "./plugin.ts";
import type { Framework } from "./profile.ts";
import { numFeasibleNodesToFind } from "./sampling.ts";

/** What one plugin gave to each scored node, in the order of `Scores.nodes`. */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: readonly number[];
  readonly normalized: readonly number[];
}

export interface Scores {
  readonly nodes: readonly string[];
  readonly plugins: readonly PluginScores[];
  readonly totals: readonly number[];
}

export interface PreFilterFailure {
  readonly plugin: string;
  readonly rejection: Rejection;
}

/** What a scheduling cycle found. */
export interface Verdict {
  readonly numAllNodes: number;
  /** Nodes looked at: the next cycle begins behind them. */
  readonly evaluated: number;
  readonly feasible: readonly string[];
  readonly failures: ReadonlyMap<string, NodeRejection>;
  /** Why the nodes that are not in `failures` were not considered. */
  readonly absent: Rejection | null;
  readonly preFilter: PreFilterFailure | null;
  /** Null when there was nothing to compare. */
  readonly scores: Scores | null;
  readonly chosen: string | null;
  /** What PostFilter found when no node would do. */
  readonly preemption: Preemption | null;
  /** What must happen before the pod is bound to the chosen node. */
  readonly preBind: PreBind | null;
}

/**
 * PreFilter, Filter, PreScore, Score, NormalizeScore and the choice, or PostFilter when no node will do. Pure: it changes
 * nothing, and is the same for the running scheduler and for whoever asks what it would do.
 */
export function schedulePod(
  framework: Framework,
  snapshot: Snapshot,
  objects: ClusterObjects,
  pod: PodInfo,
  options: {
    readonly startIndex: number;
    readonly percentageOfNodesToScore: number | null;
    readonly randomInt: (bound: number) => number;
  },
): Verdict {
  const cycle = createCycle(pod, snapshot, objects);
  const preFiltered = runPreFilter(framework, cycle);
  const failures = new Map<string, NodeRejection>();
  const numAllNodes = snapshot.nodes.length;
  const { absent, failure: preFilter, filters } = preFiltered;
  const verdict = { numAllNodes, evaluated: 0, failures, absent, preFilter, preemption: null, preBind: null };
  const reserved = (chosen: string) => ({ chosen, preBind: reserve(framework, cycle, chosen) });
  const none = (evaluated: number): Verdict => {
    const preemption = postFilter(
      framework,
      cycle,
      { numAllNodes, byNode: failures, absent },
      filters,
      options.randomInt,
    );
    return { ...verdict, evaluated, feasible: [], scores: null, chosen: null, preemption };
  };
  if (preFilter !== null) return none(0);

  const nominated = nominatedNode(snapshot, pod, preFiltered.names);
  if (nominated !== undefined && filterNode(preFiltered.filters, cycle, nominated) === null) {
    return { ...verdict, feasible: [nominated.name], scores: null, ...reserved(nominated.name) };
  }
  const nodes = preFiltered.names === null ? snapshot.nodes : namedNodes(snapshot, preFiltered.names);
  const wanted = numFeasibleNodesToFind(
    nodes.length,
    options.percentageOfNodesToScore,
    framework.percentageOfNodesToScore,
  );
  const search: Search = {
    cycle,
    nodes,
    results: nodes === snapshot.nodes ? resultsFor(framework, pod, nodes.length) : createResults(nodes.length),
    filters: preFiltered.filters,
    ...splitLocal(preFiltered.filters),
  };
  const feasible = findFeasible(search, options.startIndex, wanted, failures);
  const evaluated = feasible.length + failures.size;
  const names = feasible.map((position) => search.results.names[position]!);
  const [first] = names;
  if (first === undefined) return none(evaluated);
  if (names.length === 1) return { ...verdict, evaluated, feasible: names, scores: null, ...reserved(first) };
  const scores = scoreNodes(framework, search, feasible, names);
  const chosen = selectHost(scores, options.randomInt);
  return { ...verdict, evaluated, feasible: names, scores, ...reserved(chosen) };
}

function postFilter(
  { postFilter: plugins }: Framework,
  cycle: Cycle,
  failures: FilterFailures,
  filters: readonly Plugin[],
  randomInt: (bound: number) => number,
): Preemption | null {
  if (failures.numAllNodes === 0) return null;
  for (const plugin of plugins) return plugin.postFilter!(cycle, failures, { filters, randomInt });
  return null;
}

function reserve({ reserve: plugins }: Framework, cycle: Cycle, chosen: string): PreBind | null {
  const node = nodeInfo(cycle.snapshot, chosen)!;
  for (const plugin of plugins) {
    const preBind = plugin.reserve!(cycle, node);
    if (preBind !== null) return preBind;
  }
  return null;
}

interface PreFiltered {
  readonly filters: readonly Plugin[];
  readonly names: ReadonlySet<string> | null;
  readonly absent: Rejection | null;
  readonly failure: PreFilterFailure | null;
}

function runPreFilter(framework: Framework, cycle: Cycle): PreFiltered {
  const skipped = new Set<Plugin>();
  let names: ReadonlySet<string> | null = null;
  const narrowedBy: string[] = [];
  const filters = () => framework.filter.filter((plugin) => !skipped.has(plugin));
  for (const plugin of framework.preFilter) {
    const verdict = plugin.preFilter!(cycle);
    if (verdict.type === "skip") skipped.add(plugin);
    if (verdict.type === "reject") {
      const failure = { plugin: plugin.name, rejection: verdict.rejection };
      return { filters: [], names: null, absent: verdict.rejection, failure };
    }
    if (verdict.type !== "nodes") continue;
    narrowedBy.push(plugin.name);
    names = intersection(names, verdict.names);
    if (names.size === 0) {
      const none = rejection(`node(s) didn't satisfy plugin(s) [${narrowedBy.join(" ")}] simultaneously`, true);
      return { filters: [], names: null, absent: none, failure: { plugin: plugin.name, rejection: none } };
    }
  }
  const absent =
    narrowedBy.length === 0
      ? null
      : rejection(`node(s) didn't satisfy plugin(s) [${[...narrowedBy].sort().join(" ")}]`, true);
  return { filters: skipped.size === 0 ? framework.filter : filters(), names, absent, failure: null };
}

function intersection(a: ReadonlySet<string> | null, b: ReadonlySet<string>): ReadonlySet<string> {
  return a === null ? b : new Set([...b].filter((name) => a.has(name)));
}

function nominatedNode(snapshot: Snapshot, { pod }: PodInfo, names: ReadonlySet<string> | null): NodeInfo | undefined {
  const name = pod.status?.nominatedNodeName;
  return !name || (names !== null && !names.has(name)) ? undefined : nodeInfo(snapshot, name);
}

function namedNodes(snapshot: Snapshot, names: ReadonlySet<string>): NodeInfo[] {
  const nodes: NodeInfo[] = [];
  for (const name of names) {
    const node = nodeInfo(snapshot, name);
    if (node !== undefined) nodes.push(node);
  }
  return nodes;
}

/** One search over `nodes`; what is known of a node stands at its position in `results`. */
interface Search {
  readonly cycle: Cycle;
  readonly nodes: readonly NodeInfo[];
  readonly results: NodeResults;
  readonly filters: readonly Plugin[];
  readonly localFilters: readonly Plugin[];
  readonly otherFilters: readonly Plugin[];
}

/** Node-local filters up to the first that is not: the order in which plugins speak must hold. */
function splitLocal(filters: readonly Plugin[]): Pick<Search, "localFilters" | "otherFilters"> {
  const first = filters.findIndex(({ nodeLocal }) => nodeLocal !== true);
  if (first < 0) return { localFilters: filters, otherFilters: [] };
  return { localFilters: filters.slice(0, first), otherFilters: filters.slice(first) };
}

/** Positions of nodes that pass, in scan order; those that do not are put into `failures`. */
function findFeasible(
  search: Search,
  startIndex: number,
  wanted: number,
  failures: Map<string, NodeRejection>,
): number[] {
  const { cycle, nodes, results, filters, localFilters, otherFilters } = search;
  const hasNominated = cycle.snapshot.nominated.byUid.size > 0;
  const feasible: number[] = [];
  const count = nodes.length;
  for (let step = 0, at = count === 0 ? 0 : startIndex % count; step < count; step += 1) {
    const position = at;
    const node = nodes[position]!;
    at = at + 1 === count ? 0 : at + 1;
    if (results.filtered[position] !== node) {
      results.failures[position] = runFilters(localFilters, cycle, node);
      results.filtered[position] = node;
      results.names[position] = node.name;
    }
    let failure = results.failures[position] as NodeRejection | null;
    if (hasNominated && rivalsOn(cycle, node.name).length > 0) failure = filterNode(filters, cycle, node);
    else if (failure === null && otherFilters.length > 0) failure = runFilters(otherFilters, cycle, node);
    if (failure !== null) {
      failures.set(node.name, failure);
      continue;
    }
    feasible.push(position);
    if (feasible.length >= wanted) break;
  }
  return feasible;
}

function scoreNodes(
  framework: Framework,
  search: Search,
  feasible: readonly number[],
  names: readonly string[],
): Scores {
  const { cycle, nodes } = search;
  const scored = feasible.map((position) => nodes[position]!);
  const totals = new Array<number>(feasible.length).fill(0);
  const plugins: PluginScores[] = [];
  for (const { plugin, weight } of framework.score) {
    if (plugin.preScore !== undefined && !plugin.preScore(cycle, scored)) continue;
    const raw = plugin.nodeLocal
      ? rememberedScores(plugin, search, feasible)
      : scored.map((node) => plugin.score!(cycle, node));
    let normalized = raw;
    if (plugin.normalizeScore !== undefined) {
      normalized = raw.slice();
      plugin.normalizeScore(normalized, cycle, scored);
    }
    for (let index = 0; index < totals.length; index += 1) totals[index]! += normalized[index]! * weight;
    plugins.push({ plugin: plugin.name, weight, raw, normalized });
  }
  return { nodes: names, plugins, totals };
}

function rememberedScores(plugin: Plugin, { cycle, nodes, results }: Search, feasible: readonly number[]): number[] {
  const { of, values } = scoresOf(results, plugin.name, plugin.basis?.(cycle.snapshot));
  const raw = new Array<number>(feasible.length);
  for (let index = 0; index < feasible.length; index += 1) {
    const position = feasible[index]!;
    const node = nodes[position]!;
    if (of[position] !== node) {
      values[position] = plugin.score!(cycle, node);
      of[position] = node;
    }
    raw[index] = values[position]!;
  }
  return raw;
}

/** Uniformly at random among the best (reservoir sampling, in one pass). */
function selectHost({ nodes, totals }: Scores, randomInt: (bound: number) => number): string {
  let best = 0;
  let ties = 1;
  for (let index = 1; index < totals.length; index += 1) {
    if (totals[index]! > totals[best]!) {
      best = index;
      ties = 1;
    } else if (totals[index] === totals[best]) {
      ties += 1;
      if (randomInt(ties) === 0) best = index;
    }
  }
  return nodes[best]!;
}

/** What a verdict without a node says, in the event and in the PodScheduled condition. */
export function failureMessage({ numAllNodes, failures: byNode, absent, preFilter, preemption }: Verdict): string {
  if (numAllNodes === 0) return NO_NODES;
  const preFilterMessage = preFilter?.rejection.reasons.join(", ") ?? "";
  return fitErrorMessage({ numAllNodes, byNode, absent }, preFilterMessage, preemption?.message ?? "");
}
