/** `metadata` of any object (apimachinery `api/validation/objectmeta.go`). */

import { equalJson } from "../equal.ts";
import { forbidden, formatValue, invalid, required, tooLong } from "../field-errors.ts";
import { type NameValidation, nameIsDnsLabel, validateLabelValue, validateQualifiedName } from "../names.ts";
import {
  addInvalid,
  checkNonNegative,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";

export const IMMUTABLE = "field is immutable";
const MAX_ANNOTATIONS_BYTES = 262_144;

/** Of the built-in kinds: what `checkGenericObjectMeta` says, and finalizers without a domain are the standard ones. */
export function checkObjectMeta(
  errors: Errors,
  metadata: Fields,
  namespaced: boolean,
  nameIsValid: NameValidation,
): void {
  checkGenericObjectMeta(errors, metadata, namespaced, nameIsValid);
  checkFinalizerNames(errors, metadata.finalizers);
}

/** Of custom resources and of the kinds of the API's own extension. */
export function checkGenericObjectMeta(
  errors: Errors,
  metadata: Fields,
  namespaced: boolean,
  nameIsValid: NameValidation,
): void {
  const generateName = text(metadata.generateName);
  if (generateName !== "") addInvalid(errors, "metadata.generateName", generateName, nameIsValid(generateName, true));
  const name = text(metadata.name);
  if (name === "") errors.push(required("metadata.name", "name or generateName is required"));
  else addInvalid(errors, "metadata.name", name, nameIsValid(name, false));
  checkNamespace(errors, text(metadata.namespace), namespaced, "metadata.namespace");
  checkNonNegative(errors, "metadata.generation", metadata.generation);
  checkFreeMetadata(errors, metadata);
}

/** What clients may change at any time. */
function checkFreeMetadata(errors: Errors, metadata: Fields): void {
  checkLabels(errors, "metadata.labels", metadata.labels);
  checkAnnotations(errors, "metadata.annotations", metadata.annotations);
  checkOwnerReferences(errors, "metadata.ownerReferences", metadata.ownerReferences);
  checkFinalizers(errors, "metadata.finalizers", metadata.finalizers);
}

function checkNamespace(errors: Errors, namespace: string, namespaced: boolean, field: string): void {
  if (!namespaced) {
    if (namespace !== "") errors.push(forbidden(field, "not allowed on this type"));
  } else if (namespace === "") errors.push(required(field));
  else addInvalid(errors, field, namespace, nameIsDnsLabel(namespace, false));
}

export function checkLabels(errors: Errors, field: string, labels: unknown): void {
  const fields = record(labels);
  for (const key in fields) {
    addInvalid(errors, field, key, validateQualifiedName(key));
    addInvalid(errors, field, fields[key], validateLabelValue(text(fields[key])));
  }
}

export function checkAnnotations(errors: Errors, field: string, annotations: unknown): void {
  const fields = record(annotations);
  let size = 0;
  for (const key in fields) {
    addInvalid(errors, field, key, validateQualifiedName(key.toLowerCase()));
    size += key.length + text(fields[key]).length;
  }
  if (size > MAX_ANNOTATIONS_BYTES) errors.push(tooLong(field, MAX_ANNOTATIONS_BYTES));
}

/** `v1` of `apps/v1`; "" where there is none. */
function versionOf(apiVersion: string): string {
  const parts = apiVersion.split("/");
  return parts.length > 2 ? "" : parts.at(-1)!;
}

/** Which of the references it is goes unsaid. */
function checkOwnerReferences(errors: Errors, field: string, references: unknown): void {
  let controller = "";
  for (const value of list(references)) {
    const reference = record(value);
    const [apiVersion, kind] = [text(reference.apiVersion), text(reference.kind)];
    if (versionOf(apiVersion) === "") {
      errors.push(invalid(child(field, "apiVersion"), apiVersion, "version must not be empty"));
    }
    for (const name of ["kind", "name", "uid"]) {
      if (text(reference[name]) === "") errors.push(invalid(child(field, name), "", "must not be empty"));
    }
    if (apiVersion === "v1" && kind === "Event") {
      errors.push(invalid(field, reference, "/v1, Kind=Event is disallowed from being an owner"));
    }
    if (reference.controller !== true) continue;
    const owner = `${kind}/${text(reference.name)}`;
    if (controller === "") controller = owner;
    else {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner}`;
      errors.push(invalid(field, references, why));
    }
  }
}

const STANDARD_FINALIZERS = ["kubernetes", "orphan", "foregroundDeletion"];

/** validateKubeFinalizerName: of objects of the built-in kinds. */
function checkFinalizerNames(errors: Errors, finalizers: unknown): void {
  list(finalizers).forEach((name, index) => {
    checkFinalizerName(errors, item("metadata.finalizers", index), text(name));
  });
}

export function checkFinalizerName(errors: Errors, field: string, name: string): void {
  if (name.includes("/") || STANDARD_FINALIZERS.includes(name)) return;
  errors.push(invalid(field, name, "name is neither a standard finalizer name nor is it fully qualified"));
}

function checkFinalizers(errors: Errors, field: string, finalizers: unknown): void {
  const names = list(finalizers).map(text);
  for (const name of names) addInvalid(errors, field, name, validateQualifiedName(name));
  if (names.includes("orphan") && names.includes("foregroundDeletion")) {
    errors.push(invalid(field, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
  }
}

export function checkImmutable(errors: Errors, field: string, value: unknown, old: unknown): void {
  if (!equalJson(value ?? null, old ?? null)) errors.push(invalid(field, value, IMMUTABLE));
}

export function checkObjectMetaUpdate(errors: Errors, metadata: Fields, old: Fields): void {
  checkGenericObjectMetaUpdate(errors, metadata, old);
  checkFinalizerNames(errors, metadata.finalizers);
}

const IMMUTABLE_METADATA = [
  "name",
  "namespace",
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
];

export function checkGenericObjectMetaUpdate(errors: Errors, metadata: Fields, old: Fields): void {
  if (isPresent(old.deletionTimestamp)) checkNoNewFinalizers(errors, metadata.finalizers, list(old.finalizers));
  if (text(metadata.resourceVersion) === "") {
    errors.push(invalid("metadata.resourceVersion", "", "must be specified for an update"));
  }
  if (Number(metadata.generation ?? 0) < Number(old.generation ?? 0)) {
    errors.push(invalid("metadata.generation", metadata.generation ?? 0, "must not be decremented"));
  }
  for (const name of IMMUTABLE_METADATA) {
    checkImmutable(errors, child("metadata", name), metadata[name] ?? undefined, old[name] ?? undefined);
  }
  checkFreeMetadata(errors, metadata);
}

function checkNoNewFinalizers(errors: Errors, finalizers: unknown, known: readonly unknown[]): void {
  const added = new Set(
    list(finalizers)
      .filter((name) => !known.includes(name))
      .map(text),
  );
  if (added.size === 0) return;
  const shown = formatValue([...added].sort());
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`;
  errors.push(forbidden("metadata.finalizers", why));
}
