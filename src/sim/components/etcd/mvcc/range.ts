import { ERRORS } from "../errors.ts";
import type { EtcdError, KeyValue, RangeRequest, SortTarget } from "../messages.ts";
import { NO_VALUE, type Store, versionAt } from "./store.ts";
import type { Version } from "./version-log.ts";

export interface RangeResult {
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

/** End of a range as the tables want it: undefined is "to the end". */
export function endOf(rangeEnd: string): string | undefined {
  return rangeEnd === "\0" ? undefined : rangeEnd;
}

/**
 * etcd's Range. `current` is the revision that "newest" means here: the store's own, or one more inside a transaction
 * that has written. The order of filters, sorting and limit is etcd's, surprises included.
 */
export function range(store: Store, request: RangeRequest, current: number): RangeResult | EtcdError {
  const asked = request.revision ?? 0;
  const revision = asked > 0 ? asked : current;
  if (revision > current) return ERRORS.futureRevision;
  if (revision < store.compactRevision) return ERRORS.compacted;
  const found: KeyValue[] = [];
  const count = collect(store, request, revision, revision === current, found);
  if (request.countOnly === true) return { kvs: NONE, more: false, count };
  return finish(request, found, count);
}

const NONE: readonly KeyValue[] = Object.freeze([]);

/** Fills `found`, one more than the limit where the limit may be used early; gives how many keys there are in all. */
function collect(store: Store, request: RangeRequest, revision: number, isNewest: boolean, found: KeyValue[]): number {
  const { key, rangeEnd } = request;
  const wanted = request.countOnly === true ? 0 : earlyLimit(request);
  if (rangeEnd === undefined || rangeEnd === "") {
    const version = at(store, store.newest.get(key), revision, isNewest);
    if (version === undefined) return 0;
    if (wanted > 0) found.push(version.kv);
    return 1;
  }
  let count = 0;
  store.newest.range(key, endOf(rangeEnd), (_key, newest) => {
    const version = at(store, newest, revision, isNewest);
    if (version === undefined) return;
    count += 1;
    if (found.length < wanted) found.push(version.kv);
  });
  return count;
}

function at(store: Store, newest: Version | undefined, revision: number, isNewest: boolean): Version | undefined {
  if (isNewest) return newest === undefined || newest.type === "DELETE" ? undefined : newest;
  return versionAt(store, newest, revision);
}

function earlyLimit(request: RangeRequest): number {
  const limit = request.limit ?? 0;
  const sorted = request.sort !== undefined && request.sort.order !== "NONE";
  return limit <= 0 || sorted || isFiltered(request) ? Number.POSITIVE_INFINITY : limit + 1;
}

function isFiltered(request: RangeRequest): boolean {
  return Boolean(
    request.minModRevision || request.maxModRevision || request.minCreateRevision || request.maxCreateRevision,
  );
}

function finish(request: RangeRequest, found: KeyValue[], count: number): RangeResult {
  let kvs = isFiltered(request) ? found.filter((kv) => passes(request, kv)) : found;
  const { sort, limit = 0 } = request;
  if (sort !== undefined && (sort.order !== "NONE" || sort.target !== "KEY")) {
    const sign = sort.order === "DESCEND" ? -1 : 1;
    const { target } = sort;
    kvs.sort((a, b) => sign * compareBy(target, a, b));
  }
  const more = limit > 0 && kvs.length > limit;
  if (more) kvs = kvs.slice(0, limit);
  if (request.keysOnly === true) kvs = kvs.map((kv) => Object.freeze({ ...kv, value: NO_VALUE }));
  return { kvs, more, count };
}

function passes(request: RangeRequest, kv: KeyValue): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  if (maxModRevision && kv.modRevision > maxModRevision) return false;
  if (minModRevision && kv.modRevision < minModRevision) return false;
  if (maxCreateRevision && kv.createRevision > maxCreateRevision) return false;
  return !(minCreateRevision && kv.createRevision < minCreateRevision);
}

function compareBy(target: SortTarget, a: KeyValue, b: KeyValue): number {
  switch (target) {
    case "KEY":
      return compareText(a.key, b.key);
    case "VERSION":
      return a.version - b.version;
    case "CREATE":
      return a.createRevision - b.createRevision;
    case "MOD":
      return a.modRevision - b.modRevision;
    case "VALUE":
      return compareText(textOf(a), textOf(b));
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A value as text, where it is to be compared: API objects as their JSON. */
export function textOf(kv: KeyValue): string {
  const { data } = kv.value;
  return typeof data === "string" ? data : JSON.stringify(data);
}
