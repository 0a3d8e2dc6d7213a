import { type Kind, kindOfResource, storageKey } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import { endOfPrefix } from "../../../kernel/table.ts";
import { cacheKey } from "../resources.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import type { WatchCache } from "../watch/cache.ts";

export function cacheOf(state: ApiServerState, kind: Kind): WatchCache | undefined {
  return state.caches.get(cacheKey(kind));
}

/** An object from the watch cache, by the cache's name (`pods`, `deployments.apps`). */
export function lookup(
  state: ApiServerState,
  resource: string,
  namespace: string,
  name: string,
): ApiObject | undefined {
  const cache = state.caches.get(resource);
  if (cache === undefined) return undefined;
  return cache.objects.get(namespace === "" ? cache.prefix + name : `${cache.prefix}${namespace}/${name}`);
}

export function objectsOf(state: ApiServerState, resource: string): Iterable<ApiObject> {
  return state.caches.get(resource)?.objects.values() ?? [];
}

const NONE: readonly ApiObject[] = Object.freeze([]);

/** Those of one namespace, by name. Costs nothing where there are none at all. */
export function objectsIn(state: ApiServerState, resource: string, namespace: string): readonly ApiObject[] {
  const cache = state.caches.get(resource);
  if (cache === undefined || cache.objects.size === 0) return NONE;
  const found: ApiObject[] = [];
  const prefix = `${cache.prefix}${namespace}/`;
  cache.objects.range(prefix, endOfPrefix(prefix), (_, object) => {
    found.push(object);
  });
  return found;
}

/** The key in etcd of what the exchange is about. */
export function keyOf(exchange: Exchange): string {
  return storageKey(exchange.kind, exchange.request.namespace, exchange.name);
}

export function requireKind(group: string, resource: string): Kind {
  const kind = kindOfResource(group, resource);
  if (kind === undefined) throw new Error(`The kind catalogue has no ${resource}.${group}.`);
  return kind;
}
