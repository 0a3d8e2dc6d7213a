import { equalJson } from "../../../api/equal.ts";
import type { Kind } from "../../../api/kinds.ts";
import { apiVersionOf } from "../../../api/kinds.ts";
import type { ApiObject, ObjectMeta } from "../../../api/object.ts";

/** Fields of metadata that clients set; the rest is the server's. */
export function newMetadata(
  kind: Kind,
  given: ObjectMeta,
  own: { readonly name: string; readonly namespace: string; readonly uid: string; readonly creationTimestamp: string },
): ObjectMeta {
  const metadata: Record<string, unknown> = { name: own.name };
  if (given.generateName) metadata.generateName = given.generateName;
  if (kind.namespaced) metadata.namespace = own.namespace;
  metadata.uid = own.uid;
  if (kind.hasGeneration) metadata.generation = 1;
  metadata.creationTimestamp = own.creationTimestamp;
  if (notEmpty(given.labels)) metadata.labels = given.labels;
  if (notEmpty(given.annotations)) metadata.annotations = given.annotations;
  if (given.ownerReferences && given.ownerReferences.length > 0) metadata.ownerReferences = given.ownerReferences;
  if (given.finalizers && given.finalizers.length > 0) metadata.finalizers = given.finalizers;
  return metadata as ObjectMeta;
}

/** Metadata of an update: what is the server's comes from the object as it is (its resourceVersion is not stored). */
export function updatedMetadata(given: ObjectMeta, current: ObjectMeta): ObjectMeta {
  const metadata: Record<string, unknown> = { name: given.name ?? current.name };
  if (current.generateName) metadata.generateName = current.generateName;
  if (current.namespace !== undefined) metadata.namespace = current.namespace;
  metadata.uid = current.uid;
  metadata.resourceVersion = current.resourceVersion;
  if (current.generation !== undefined) metadata.generation = current.generation;
  metadata.creationTimestamp = current.creationTimestamp;
  if (current.deletionTimestamp !== undefined) metadata.deletionTimestamp = current.deletionTimestamp;
  if (current.deletionGracePeriodSeconds !== undefined) {
    metadata.deletionGracePeriodSeconds = current.deletionGracePeriodSeconds;
  }
  if (notEmpty(given.labels)) metadata.labels = same(given.labels, current.labels);
  if (notEmpty(given.annotations)) metadata.annotations = same(given.annotations, current.annotations);
  if (given.ownerReferences && given.ownerReferences.length > 0) {
    metadata.ownerReferences = same(given.ownerReferences, current.ownerReferences);
  }
  if (given.finalizers && given.finalizers.length > 0) metadata.finalizers = same(given.finalizers, current.finalizers);
  if (current.managedFields !== undefined) metadata.managedFields = current.managedFields;
  return metadata as ObjectMeta;
}

/** Shares the old value where nothing changed. */
function same<T>(given: T, current: T): T {
  return equalJson(given, current) ? current : given;
}

function notEmpty(record: object | undefined | null): boolean {
  if (record === undefined || record === null) return false;
  for (const _ in record) return true;
  return false;
}

/** The object with other metadata, in upstream's order of fields; what is undefined is left out. */
export function assemble(kind: Kind, metadata: ObjectMeta, rest: Readonly<Record<string, unknown>>): ApiObject {
  const object: Record<string, unknown> = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata };
  for (const key in rest) {
    if (key === "kind" || key === "apiVersion" || key === "metadata" || rest[key] === undefined) continue;
    object[key] = rest[key];
  }
  return object as ApiObject;
}
