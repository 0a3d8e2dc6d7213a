import type { ApiObject } from "../sim/api/object.ts";
import type { Store } from "../sim/components/etcd/mvcc/store.ts";
import type { EtcdState } from "../sim/components/etcd/state.ts";
import { endOfPrefix } from "../sim/kernel/table.ts";
import type { World } from "../sim/kernel/world.ts";

/**
 * What etcd has on record, read over its shoulder: the most advanced living member's store. While none is alive, what was
 * last seen.
 */
export class Records {
  private store: Store | null = null;
  private readonly lists = new Map<
    string,
    { readonly revision: number; readonly store: Store; readonly objects: readonly ApiObject[] }
  >();

  /** Looks which member to read. Call before reading, once per look. */
  refresh(world: World): void {
    let best: Store | null = null;
    for (const process of world.state.processes.values()) {
      if (process.kind !== "etcd" || !process.started) continue;
      const { store } = process.state as EtcdState;
      if (best === null || store.revision > best.revision) best = store;
    }
    if (best !== null && best.revision > 1) this.store = best;
  }

  /** After a rewind or in a new world. */
  reset(): void {
    this.store = null;
    this.lists.clear();
  }

  get revision(): number {
    return this.store?.revision ?? 0;
  }

  /** Objects below a prefix such as `/registry/pods/`, in key order. The same array as long as nothing was written. */
  list(prefix: string): readonly ApiObject[] {
    const { store } = this;
    if (store === null) return [];
    const known = this.lists.get(prefix);
    if (known !== undefined && known.store === store && known.revision === store.revision) return known.objects;
    const objects: ApiObject[] = [];
    store.newest.range(prefix, endOfPrefix(prefix), (_key, version) => {
      if (version.type === "PUT") objects.push(version.kv.value.data as ApiObject);
    });
    this.lists.set(prefix, { revision: store.revision, store, objects });
    return objects;
  }

  get(key: string): ApiObject | null {
    const version = this.store?.newest.get(key);
    return version === undefined || version.type === "DELETE" ? null : (version.kv.value.data as ApiObject);
  }

  /** Who wrote the newest revision of a key, for the why of it. */
  traceOf(key: string): { readonly trace: number; readonly span: number } | null {
    return this.store?.newest.get(key)?.kv.trace ?? null;
  }

  modRevisionOf(key: string): number {
    return this.store?.newest.get(key)?.kv.modRevision ?? 0;
  }
}
