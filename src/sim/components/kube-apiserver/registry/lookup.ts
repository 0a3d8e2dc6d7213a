import { type Kind, kindOfResource, storageKey } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import type { Context } from "../../../kernel/types.ts";
import type { AdmissionView } from "../admission/plugin.ts";
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

/** The key in etcd of what the exchange is about. */
export function keyOf(exchange: Exchange): string {
  return storageKey(exchange.kind, exchange.request.namespace, exchange.name);
}

export function admissionView(state: ApiServerState, exchange: Exchange, context: Context): AdmissionView {
  return {
    lookup: (resource, namespace, name) => lookup(state, resource, namespace, name),
    list: (resource) => objectsOf(state, resource),
    random: (bound) => context.random.int(bound),
    warn: (text) => {
      if (!exchange.warnings.includes(text)) exchange.warnings.push(text);
    },
  };
}

export function requireKind(group: string, resource: string): Kind {
  const kind = kindOfResource(group, resource);
  if (kind === undefined) throw new Error(`The kind catalogue has no ${resource}.${group}.`);
  return kind;
}
