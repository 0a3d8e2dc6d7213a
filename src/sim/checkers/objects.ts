import type { ApiObject } from "../api/object.ts";
import type { Store } from "../components/etcd/mvcc/store.ts";
import type { EtcdState } from "../components/etcd/state.ts";
import { endOfPrefix } from "../kernel/table.ts";
import type { World } from "../kernel/world.ts";

/** The most advanced living member's store; null when no member lives. */
export function newestStore(world: World): Store | null {
  let best: Store | null = null;
  for (const process of world.state.processes.values()) {
    if (process.kind !== "etcd" || !process.started) continue;
    const { store } = process.state as EtcdState;
    if (best === null || store.revision > best.revision) best = store;
  }
  return best;
}

export function objectsUnder(store: Store, prefix: string): ApiObject[] {
  const objects: ApiObject[] = [];
  store.newest.range(prefix, endOfPrefix(prefix), (_key, version) => {
    if (version.type === "PUT") objects.push(version.kv.value.data as ApiObject);
  });
  return objects;
}
