import type { Pod } from "../objects.ts";
import type { NodeInfo } from "./node-info.ts";

/** One change of the cache that indexes over it care about. */
export type CacheChange =
  | { readonly type: "pod"; readonly pod: Pod; readonly nodeName: string; readonly by: 1 | -1 }
  /** A node came, went, or changed its labels or taints. */
  | { readonly type: "node"; readonly name: string; readonly after: NodeInfo | null };

/** Stands for one content of the cache: another content has another stamp, and copies of the cache share it. */
export type Stamp = object;

export function newStamp(): Stamp {
  return Object.freeze({});
}

/**
 * What leads from one stamp to the next. Beside the state, since it follows from it: an index that has seen a stamp
 * catches up from there, at the cost of what changed since; one that finds no way (time went back, another branch)
 * is made anew. Old links go with the last index that could need them.
 */
const links = new WeakMap<Stamp, { readonly change: CacheChange; readonly next: Stamp }>();

/** Notes a change of the cache that stood at `stamp`; answers with the stamp of what it is now. */
export function linkChange(stamp: Stamp, change: CacheChange): Stamp {
  const next = newStamp();
  links.set(stamp, { change, next });
  return next;
}

/** Beyond this an index is made anew rather than brought up to date. */
const CHANGES_MAX = 20_000;

/** The changes that lead from one stamp to another, in order; null: there is no way. */
export function changesBetween(from: Stamp, to: Stamp): readonly CacheChange[] | null {
  const changes: CacheChange[] = [];
  for (let at = from; at !== to; ) {
    const link = links.get(at);
    if (link === undefined || changes.length === CHANGES_MAX) return null;
    changes.push(link.change);
    at = link.next;
  }
  return changes;
}
