import type { NodeInfo } from "../cache/node-info.ts";
import type { PodInfo } from "../pod-info.ts";
import type { NodeRejection } from "./plugin.ts";
import type { Framework } from "./profile.ts";

/**
 * What is known about nodes for pods of one demand, by position in the snapshot. Of a thousand equal pods each changes
 * one node: for all others what was found out for the last one still holds. An entry is good for as long as the same
 * NodeInfo (which is never changed) stands at its place, so nothing is ever wrong here, whichever world asks, and no
 * decision depends on what is remembered. Arrays side by side, since a scan reads them in a row.
 */
export interface NodeResults {
  readonly size: number;
  /** Of which NodeInfo `failures` speaks. */
  readonly filtered: (NodeInfo | null)[];
  readonly failures: (NodeRejection | null)[];
  readonly names: string[];
  /** By plugin. */
  readonly scores: Map<string, RememberedScores>;
}

export interface RememberedScores {
  /** What else the scores depend on. */
  readonly basis: unknown;
  readonly of: (NodeInfo | null)[];
  readonly values: number[];
}

const results = new WeakMap<Framework, Map<string, NodeResults>>();

const DEMANDS_MAX = 32;

export function createResults(size: number): NodeResults {
  return {
    size,
    filtered: new Array<NodeInfo | null>(size).fill(null),
    failures: new Array<NodeRejection | null>(size).fill(null),
    names: new Array<string>(size).fill(""),
    scores: new Map(),
  };
}

export function resultsFor(framework: Framework, { demand }: PodInfo, size: number): NodeResults {
  let byDemand = results.get(framework);
  if (byDemand === undefined) {
    byDemand = new Map();
    results.set(framework, byDemand);
  }
  const known = byDemand.get(demand);
  if (known?.size === size) return known;
  const fresh = createResults(size);
  byDemand.delete(demand);
  byDemand.set(demand, fresh);
  const [oldest] = byDemand.keys();
  if (byDemand.size > DEMANDS_MAX && oldest !== undefined) byDemand.delete(oldest);
  return fresh;
}

export function scoresOf({ scores, size }: NodeResults, plugin: string, basis: unknown): RememberedScores {
  const known = scores.get(plugin);
  if (known !== undefined && known.basis === basis) return known;
  const fresh: RememberedScores = {
    basis,
    of: new Array<NodeInfo | null>(size).fill(null),
    values: new Array<number>(size).fill(0),
  };
  scores.set(plugin, fresh);
  return fresh;
}
