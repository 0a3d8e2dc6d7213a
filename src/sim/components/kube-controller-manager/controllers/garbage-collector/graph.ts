import { kindOfName } from "../../../../api/kinds.ts";
import type { ApiObject, OwnerReference } from "../../../../api/object.ts";
import type { InformerOptions } from "../../../../machinery/informer.ts";
import {
  CONFIG_MAPS,
  CONTROLLER_REVISIONS,
  CRON_JOBS,
  CUSTOM_RESOURCE_DEFINITIONS,
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
import { customResources } from "../../lib/custom-resources.ts";

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

const DEFINITION_INFORMER: InformerOptions = { resource: CUSTOM_RESOURCE_DEFINITIONS, indexes: ["ownerUid"] };

export const ALL_INFORMERS: readonly InformerOptions[] = [...GRAPH_INFORMERS, LEASE_INFORMER, DEFINITION_INFORMER];

type Stores = (informer: string) => Store;

/** Custom kinds that are served, in their preferred version: an informer each. */
export function customInformers(definitions: Store): readonly InformerOptions[] {
  return customResources(definitions).map((resource) => ({
    name: customInformer(resource),
    resource,
    indexes: ["ownerUid"],
  }));
}

function customOf(stores: Stores): readonly Resource[] {
  return customResources(stores(CUSTOM_RESOURCE_DEFINITIONS.resource));
}

function customInformer({ resource, group }: Resource): string {
  return `${resource}.${group}`;
}

const BY_KIND: ReadonlyMap<string, string> = new Map(
  ALL_INFORMERS.map(({ name, resource }) => [`${resource.group}/${resource.kind}`, name ?? resource.resource]),
);

const RESOURCES: ReadonlyMap<string, Resource> = new Map(
  ALL_INFORMERS.map(({ name, resource }) => [name ?? resource.resource, resource]),
);

export const ORPHAN_FINALIZER = "orphan";
export const FOREGROUND_FINALIZER = "foregroundDeletion";

/** Undefined: a custom kind that is not served any more. */
export function resourceOfInformer(informer: string, stores: Stores): Resource | undefined {
  return RESOURCES.get(informer) ?? customOf(stores).find((resource) => customInformer(resource) === informer);
}

/** What is not built in cannot be patched strategically. */
export function isCustom(informer: string): boolean {
  return !RESOURCES.has(informer);
}

/** The kind that a reference names, and the informer that watches it (null: none does). Null: no such kind. */
export function kindOfReference(
  owner: OwnerReference,
  stores: Stores,
): { readonly resource: Resource; readonly informer: string | null } | null {
  const slash = owner.apiVersion.indexOf("/");
  const group = slash < 0 ? "" : owner.apiVersion.slice(0, slash);
  const informer = BY_KIND.get(`${group}/${owner.kind}`) ?? null;
  if (informer !== null) return { resource: RESOURCES.get(informer)!, informer };
  const resource = kindOfName(group, owner.kind);
  if (resource !== undefined) return { resource, informer: null };
  const custom = customOf(stores).find((one) => one.group === group && one.kind === owner.kind);
  return custom === undefined ? null : { resource: custom, informer: customInformer(custom) };
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
export function dependentsOf(store: Stores, owner: ApiObject): Dependent[] {
  const uid = owner.metadata?.uid ?? "";
  const found: Dependent[] = [];
  for (const informer of [...RESOURCES.keys(), ...customOf(store).map(customInformer)]) {
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
