import type { Definition } from "../../../api/custom/definition.ts";
import { compareVersions, kindsOfDefinition } from "../../../api/custom/definition.ts";
import { equalJson } from "../../../api/equal.ts";
import { GROUPS, KINDS, type Kind, kindOfResource } from "../../../api/kinds.ts";
import { deepFreeze } from "../../../api/object.ts";
import type { Context } from "../../../kernel/types.ts";
import { objectsOf } from "../registry/lookup.ts";
import { cacheKey } from "../resources.ts";
import type { ApiServerState } from "../state.ts";
import { createWatchCache } from "../watch/cache.ts";
import { startFeed, stopFeed } from "../watch/feed.ts";
import { closeWatchers } from "../watch/serve.ts";

/** Key of the cache of CustomResourceDefinitions. */
export const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

/** The row of what a request asks for: of the catalogue, or of a CustomResourceDefinition that this server knows. */
export function findKind(state: ApiServerState, group: string, resource: string, version?: string): Kind | undefined {
  const known = kindOfResource(group, resource, version);
  if (known !== undefined || state.customKinds.size === 0) return known;
  if (version !== undefined) return state.customKinds.get(`${group}/${version}/${resource}`);
  for (const kind of state.customKinds.values()) if (kind.group === group && kind.resource === resource) return kind;
  return undefined;
}

/** All that is served, in discovery's order: the catalogue, then custom resources. */
export function servedKinds(state: ApiServerState): readonly Kind[] {
  return state.customKinds.size === 0 ? KINDS : [...KINDS, ...state.customKinds.values()];
}

export interface ServedGroup {
  readonly group: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

export function servedGroups(state: ApiServerState): readonly ServedGroup[] {
  if (state.customKinds.size === 0) return GROUPS;
  const custom = new Map<string, Set<string>>();
  for (const { group, version } of state.customKinds.values()) {
    const versions = custom.get(group) ?? new Set<string>();
    custom.set(group, versions.add(version));
  }
  const groups = GROUPS.map((one) => {
    const more = [...(custom.get(one.group) ?? [])].filter((version) => !one.versions.includes(version));
    custom.delete(one.group);
    return more.length === 0 ? one : { ...one, versions: [...one.versions, ...more.sort(compareVersions)] };
  });
  const others = [...custom.keys()].sort();
  return [...groups, ...others.map((group) => ({ group, versions: [...custom.get(group)!].sort(compareVersions) }))];
}

export function definitionsOf(state: ApiServerState): Iterable<Definition> {
  return objectsOf(state, DEFINITIONS) as Iterable<Definition>;
}

/**
 * Definitions have changed: the rows that follow from them are made anew, and their caches come and go with them. A
 * watch of a kind whose row is another one now is closed, since it goes by the old one.
 */
export function refreshKinds(state: ApiServerState, context: Context): void {
  const wanted = new Map<string, Kind>();
  for (const definition of definitionsOf(state)) {
    for (const kind of kindsOfDefinition(definition)) {
      if (kindOfResource(kind.group, kind.resource, kind.version) !== undefined) continue;
      const key = `${kind.group}/${kind.version}/${kind.resource}`;
      const held = state.customKinds.get(key);
      wanted.set(key, held !== undefined && equalJson(held, kind) ? held : deepFreeze(kind));
    }
  }
  const changed = new Set<string>();
  for (const [key, kind] of state.customKinds) if (wanted.get(key) !== kind) changed.add(cacheKey(kind));
  state.customKinds.clear();
  for (const [key, kind] of wanted) state.customKinds.set(key, kind);
  const served = new Map([...wanted.values()].map((kind) => [cacheKey(kind), kind]));
  for (const resource of changed) {
    const cache = state.caches.get(resource);
    if (cache === undefined) continue;
    closeWatchers(state, context, cache);
    if (served.has(resource)) continue;
    stopFeed(context, cache);
    state.caches.delete(resource);
  }
  for (const [resource, kind] of served) {
    if (state.caches.has(resource)) continue;
    const cache = createWatchCache(kind, resource);
    state.caches.set(resource, cache);
    startFeed(state, context, cache);
  }
}
