/** What the API server fills in of a CustomResourceDefinition. */
import type { ApiObject } from "../object.ts";
import { CLEANUP_FINALIZER, type Definition, type DefinitionCondition, storageVersionOf } from "./definition.ts";
import { isJsonObject } from "./json-schema.ts";

const NO_NAMES = Object.freeze({ plural: "", kind: "" });

/** `SetDefaults_CustomResourceDefinitionSpec`. Structs that are not given are there all the same, and empty. */
export function defaultDefinition(object: ApiObject): ApiObject {
  const given = isJsonObject(object.spec) ? object.spec : {};
  const spec = {
    ...given,
    names: isJsonObject(given.names) ? given.names : NO_NAMES,
    versions: Array.isArray(given.versions) ? given.versions : [],
  };
  const { kind = "", singular, listKind } = spec.names as { kind?: string; singular?: string; listKind?: string };
  const names = {
    ...spec.names,
    ...(singular || kind === "" ? {} : { singular: kind.toLowerCase() }),
    ...(listKind || kind === "" ? {} : { listKind: `${kind}List` }),
  };
  return { ...object, spec: { conversion: { strategy: "None" }, ...spec, names } };
}

/** The status that a new definition begins with. */
export function initialStatus(definition: Definition): NonNullable<Definition["status"]> {
  return { conditions: null, acceptedNames: NO_NAMES, storedVersions: [storageVersionOf(definition)] };
}

/** A version that becomes the one to store in is noted for good. */
export function withStoredVersion(definition: Definition): Definition {
  const stored = definition.status?.storedVersions ?? [];
  const version = storageVersionOf(definition);
  if (version === "" || stored.includes(version)) return definition;
  return { ...definition, status: { ...definition.status, storedVersions: [...stored, version] } };
}

/** A delete marks the definition: its instances go first. */
export function markedForCleanup(definition: Definition, now: string): Definition {
  const metadata = definition.metadata ?? {};
  const { finalizers = [] } = metadata;
  const terminating: DefinitionCondition = {
    type: "Terminating",
    status: "True",
    lastTransitionTime: now,
    reason: "InstanceDeletionPending",
    message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
  };
  return {
    ...definition,
    metadata: {
      ...metadata,
      deletionTimestamp: metadata.deletionTimestamp ?? now,
      finalizers: finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER],
    },
    status: { ...definition.status, conditions: withDefinitionCondition(definition, terminating) },
  };
}

/** The conditions with one set; its time stays if its status does. */
export function withDefinitionCondition(
  { status }: Definition,
  condition: DefinitionCondition,
): readonly DefinitionCondition[] {
  const conditions = status?.conditions ?? [];
  const known = conditions.find(({ type }) => type === condition.type);
  if (known === undefined) return [...conditions, condition];
  const kept =
    known.status === condition.status && known.lastTransitionTime !== undefined
      ? { ...condition, lastTransitionTime: known.lastTransitionTime }
      : condition;
  return conditions.map((one) => (one.type === condition.type ? kept : one));
}
