import { kindOfName } from "../../../../api/kinds.ts";
import type { ApiObject, OwnerReference } from "../../../../api/object.ts";
import type { InformerOptions } from "../../../../machinery/informer.ts";
import {
  CONFIG_MAPS,
  CONTROLLER_REVISIONS,
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  JOBS,
  LEASES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type Resource,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
  STATEFUL_SETS,
} from "../../../../machinery/resources.ts";
import { keyOf, objectsByIndex, type Store } from "../../../../machinery/store.ts";

/** Kinds whose objects own others or are owned. The graph is the informers' stores with an index by owner. */
export const GRAPH_INFORMERS: readonly InformerOptions[] = [
  PODS,
  REPLICA_SETS,
  DEPLOYMENTS,
  DAEMON_SETS,
  STATEFUL_SETS,
  CONTROLLER_REVISIONS,
  SERVICES,
  ENDPOINTS,
  ENDPOINT_SLICES,
  CONFIG_MAPS,
  SECRETS,
  SERVICE_ACCOUNTS,
  PERSISTENT_VOLUME_CLAIMS,
  NODES,
  REPLICATION_CONTROLLERS,
  JOBS,
  CRON_JOBS,
].map((resource): InformerOptions => ({ resource, indexes: ["ownerUid"] }));

export const LEASE_INFORMER: InformerOptions = {
  name: "node-leases",
  resource: LEASES,
  namespace: "kube-node-lease",
  indexes: ["ownerUid"],
};

export const ALL_INFORMERS: readonly InformerOptions[] = [...GRAPH_INFORMERS, LEASE_INFORMER];

const BY_KIND: ReadonlyMap<string, string> = new Map(
  ALL_INFORMERS.map(({ name, resource }) => [`${resource.group}/${resource.kind}`, name ?? resource.resource]),
);

const RESOURCES: ReadonlyMap<string, Resource> = new Map(
  ALL_INFORMERS.map(({ name, resource }) => [name ?? resource.resource, resource]),
);

export const ORPHAN_FINALIZER = "orphan";
export const FOREGROUND_FINALIZER = "foregroundDeletion";

export function resourceOfInformer(informer: string): Resource {
  return RESOURCES.get(informer) as Resource;
}

/** The kind that a reference names, and the informer that watches it (null: none does). Null: no such kind. */
export function kindOfReference(
  owner: OwnerReference,
): { readonly resource: Resource; readonly informer: string | null } | null {
  const slash = owner.apiVersion.indexOf("/");
  const group = slash < 0 ? "" : owner.apiVersion.slice(0, slash);
  const informer = BY_KIND.get(`${group}/${owner.kind}`) ?? null;
  if (informer !== null) return { resource: resourceOfInformer(informer), informer };
  const resource = kindOfName(group, owner.kind);
  return resource === undefined ? null : { resource, informer: null };
}

/** Key of the work queue: an informer and an object of it. */
export function itemKey(informer: string, object: ApiObject): string {
  return `${informer}|${keyOf(object)}`;
}

export function splitItemKey(key: string): { readonly informer: string; readonly objectKey: string } {
  const bar = key.indexOf("|");
  return { informer: key.slice(0, bar), objectKey: key.slice(bar + 1) };
}

export interface Dependent {
  readonly informer: string;
  readonly object: ApiObject;
  readonly reference: OwnerReference;
}

/** Objects that name `owner` among their owners. */
export function dependentsOf(store: (informer: string) => Store, owner: ApiObject): Dependent[] {
  const uid = owner.metadata?.uid ?? "";
  const found: Dependent[] = [];
  for (const informer of RESOURCES.keys()) {
    for (const object of objectsByIndex(store(informer), "ownerUid", uid)) {
      const reference = object.metadata?.ownerReferences?.find((each) => each.uid === uid);
      if (reference !== undefined) found.push({ informer, object, reference });
    }
  }
  return found;
}

/** Foreground deletion: gone once what blocks it is gone. */
export function isDeletingDependents(object: ApiObject): boolean {
  return isDeleting(object) && hasFinalizer(object, FOREGROUND_FINALIZER);
}

export function isDeleting(object: ApiObject): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}

export function hasFinalizer(object: ApiObject, finalizer: string): boolean {
  return object.metadata?.finalizers?.includes(finalizer) ?? false;
}
