import { KINDS, type Kind, qualifiedResource } from "../../api/kinds.ts";
import { deepFreeze } from "../../api/object.ts";

// Exchanges and watchers refer to rows of the catalogue: frozen, a checkpoint shares them.
for (const kind of KINDS) deepFreeze(kind);

/** Kinds that are stored, one for each storage prefix (a resource served in two versions is stored once). */
export const STORED_KINDS: readonly Kind[] = storedKinds();

function storedKinds(): Kind[] {
  const byPrefix = new Map<string, Kind>();
  for (const kind of KINDS) {
    if (kind.storagePrefix !== "" && !byPrefix.has(kind.storagePrefix)) byPrefix.set(kind.storagePrefix, kind);
  }
  return [...byPrefix.values()];
}

const keysOfPrefixes: ReadonlyMap<string, string> = new Map(
  STORED_KINDS.map((kind) => [kind.storagePrefix, qualifiedResource(kind.group, kind.resource)]),
);

/** Key of `ApiServerState.caches`: `pods`, `deployments.apps`. Both versions of a resource share it. */
export function cacheKey(kind: Kind): string {
  if (kind.custom !== null) return qualifiedResource(kind.group, kind.resource);
  return keysOfPrefixes.get(kind.storagePrefix) ?? "";
}

/** Upstream keeps no watch cache of events: ours is filled while somebody watches them. */
export function cachedAlways(kind: Kind): boolean {
  return kind.resource !== "events" || kind.custom !== null;
}
