import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import { below, difference, type FieldSet, isEmptySet, isMember, LEAF } from "../../../api/managed-fields/field-set.ts";
import type { ManagedFieldsEntry } from "../../../api/managed-fields/managed-fields.ts";

/**
 * Who owns the replicas, told of a Scale and of what it scales (apiserver's `fieldmanager/scalehandler.go`): through the
 * `scale` subresource the one field is owned under its name there.
 */
const SCALE_VERSION = "autoscaling/v1";
const IN_SCALE = ["spec", "replicas"];

function pathIn(kind: Kind): readonly string[] {
  return kind.custom === null ? IN_SCALE : kind.custom.scale!.specReplicasPath.replace(/^\./, "").split(".");
}

function has(set: FieldSet, path: readonly string[]): boolean {
  let here: FieldSet | undefined = set;
  for (const name of path) here = here?.[`f:${name}`];
  return here !== undefined && isMember(here);
}

function only(path: readonly string[]): FieldSet {
  const [first = "", ...rest] = path;
  return { [`f:${first}`]: rest.length === 0 ? LEAF : (below(false, only(rest)) as FieldSet) };
}

/** Owners of the object that own its replicas, as owners of its Scale. */
export function ownersOfScale(kind: Kind, entries: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  const path = pathIn(kind);
  return entries
    .filter(({ fieldsV1 }) => has(fieldsV1, path))
    .map((entry) => ({ ...entry, apiVersion: SCALE_VERSION, fieldsV1: only(IN_SCALE) }));
}

/** Owners of the object after those of its Scale have become `scale`: who is not among them lost the replicas. */
export function ownersOfScaled(
  kind: Kind,
  entries: readonly ManagedFieldsEntry[],
  scale: readonly ManagedFieldsEntry[],
): readonly ManagedFieldsEntry[] {
  const path = pathIn(kind);
  const left = new Map(scale.map((entry) => [keyOf(entry), entry]));
  const kept = entries.flatMap((entry) => {
    if (!has(entry.fieldsV1, path)) return [entry];
    if (left.delete(keyOf(entry))) return [entry];
    const fieldsV1 = difference(entry.fieldsV1, only(path));
    return isEmptySet(fieldsV1) ? [] : [{ ...entry, fieldsV1 }];
  });
  const added = [...left.values()].filter(({ fieldsV1 }) => has(fieldsV1, IN_SCALE));
  return [...kept, ...added.map((entry) => ({ ...entry, apiVersion: apiVersionOf(kind), fieldsV1: only(path) }))];
}

function keyOf({ manager, operation, subresource = "" }: ManagedFieldsEntry): string {
  return JSON.stringify([manager, operation, subresource]);
}
