import type { ApiObject } from "../../api/object.ts";
import { classOf } from "../../api/storage/volumes.ts";
import {
  CSI_DRIVERS,
  CSI_NODES,
  CSI_STORAGE_CAPACITIES,
  NAMESPACES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  SERVICES,
  STATEFUL_SETS,
  STORAGE_CLASSES,
  VOLUME_ATTACHMENTS,
} from "../../machinery/resources.ts";
import { type IndexFunctions, keyOf, objectsByIndex, type Store } from "../../machinery/store.ts";

/** The kinds beside Pods and Nodes that plugins read, by plural name. */
export const READ_KINDS = {
  namespaces: NAMESPACES,
  services: SERVICES,
  replicationcontrollers: REPLICATION_CONTROLLERS,
  replicasets: REPLICA_SETS,
  statefulsets: STATEFUL_SETS,
  persistentvolumes: PERSISTENT_VOLUMES,
  persistentvolumeclaims: PERSISTENT_VOLUME_CLAIMS,
  storageclasses: STORAGE_CLASSES,
  csinodes: CSI_NODES,
  csidrivers: CSI_DRIVERS,
  csistoragecapacities: CSI_STORAGE_CAPACITIES,
  volumeattachments: VOLUME_ATTACHMENTS,
  poddisruptionbudgets: POD_DISRUPTION_BUDGETS,
} as const;

export type ReadKind = keyof typeof READ_KINDS;

/** The indexes of a kind: at most the one of its name. */
export function indexesOf(kind: ReadKind): readonly string[] {
  return kind in INDEXES ? [kind] : [];
}

/**
 * What plugins read of the cluster beside pods and nodes, like upstream's listers. `byIndex` finds what `INDEXES` names
 * in time that does not grow with the number of objects.
 */
export interface ClusterObjects {
  get(kind: ReadKind, key: string): ApiObject | undefined;
  all(kind: ReadKind): readonly ApiObject[];
  byIndex(kind: ReadKind, value: string): readonly ApiObject[];
}

/** One index per kind that needs one, named as the kind. */
export const INDEXES: IndexFunctions = Object.freeze({
  /** `namespace/key=value`, of the first pair of the selector: pods ask by their labels. */
  services(service: ApiObject) {
    const { selector } = (service.spec ?? {}) as { readonly selector?: Readonly<Record<string, string>> };
    for (const key in selector) return [`${service.metadata?.namespace ?? ""}/${key}=${selector[key]!}`];
    return [];
  },
  /** The class. */
  persistentvolumes: (volume: ApiObject) => [classOf(volume)],
  /** The node. */
  volumeattachments: (attachment: ApiObject) => [(attachment.spec as { readonly nodeName?: string }).nodeName ?? ""],
  /** The class. */
  csistoragecapacities: (capacity: ApiObject) => [(capacity.storageClassName as string | undefined) ?? ""],
  poddisruptionbudgets: (budget: ApiObject) => [budget.metadata?.namespace ?? ""],
});

/** Over stores (an informer's, or made of files) that have the indexes of `INDEXES`. Absent ones are empty. */
export function objectsOf(stores: (kind: ReadKind) => Store | undefined): ClusterObjects {
  return {
    get: (kind, key) => stores(kind)?.objects.get(key),
    all(kind) {
      const list: ApiObject[] = [];
      stores(kind)?.objects.forEach((object) => {
        list.push(object);
      });
      return list;
    },
    byIndex(kind, value) {
      const store = stores(kind);
      return store === undefined ? NOTHING : objectsByIndex(store, kind, value);
    },
  };
}

/** Key of an object among those that are assumed. */
export function assumedKey(kind: ReadKind, key: string): string {
  return `${kind} ${key}`;
}

/**
 * With writes that are on their way already done. As soon as a newer version than the one written over was seen, it
 * counts instead.
 */
export function withAssumed(objects: ClusterObjects, assumed: ReadonlyMap<string, ApiObject>): ClusterObjects {
  if (assumed.size === 0) return objects;
  const latest = (kind: ReadKind, seen: ApiObject): ApiObject => {
    const own = assumed.get(assumedKey(kind, keyOf(seen)));
    return own?.metadata?.resourceVersion === seen.metadata?.resourceVersion ? (own ?? seen) : seen;
  };
  return {
    get(kind, key) {
      const seen = objects.get(kind, key);
      return seen && latest(kind, seen);
    },
    all: (kind) => objects.all(kind).map((seen) => latest(kind, seen)),
    byIndex: (kind, value) => objects.byIndex(kind, value).map((seen) => latest(kind, seen)),
  };
}

const NOTHING: readonly ApiObject[] = Object.freeze([]);
