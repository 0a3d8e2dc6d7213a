/** `metadata` of any object (apimachinery `api/validation/objectmeta.go`). */

import { equalJson } from "../equal.ts";
import { forbidden, invalid, required, tooLong } from "../field-errors.ts";
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

export function checkObjectMeta(
  errors: Errors,
  metadata: Fields,
  namespaced: boolean,
  nameIsValid: NameValidation,
  field = "metadata",
): void {
  const generateName = text(metadata.generateName);
  if (generateName !== "")
    addInvalid(errors, child(field, "generateName"), generateName, nameIsValid(generateName, true));
  const name = text(metadata.name);
  if (name === "") errors.push(required(child(field, "name"), "name or generateName is required"));
  else addInvalid(errors, child(field, "name"), name, nameIsValid(name, false));
  checkNamespace(errors, text(metadata.namespace), namespaced, child(field, "namespace"));
  checkNonNegative(errors, child(field, "generation"), metadata.generation);
  checkLabels(errors, child(field, "labels"), metadata.labels);
  checkAnnotations(errors, child(field, "annotations"), metadata.annotations);
  checkOwnerReferences(errors, child(field, "ownerReferences"), metadata.ownerReferences);
  checkFinalizers(errors, child(field, "finalizers"), metadata.finalizers);
  checkFinalizerNames(errors, child(field, "finalizers"), metadata.finalizers);
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

function checkOwnerReferences(errors: Errors, field: string, references: unknown): void {
  const controllers: string[] = [];
  list(references).forEach((value, index) => {
    const reference = record(value);
    const path = item(field, index);
    if (text(reference.apiVersion) === "") {
      errors.push(invalid(child(path, "apiVersion"), reference.apiVersion ?? "", "version must not be empty"));
    }
    for (const name of ["kind", "name", "uid"]) {
      if (text(reference[name]) === "") errors.push(invalid(child(path, name), "", "must not be empty"));
    }
    if (reference.controller === true) controllers.push(text(reference.kind));
  });
  if (controllers.length > 1) {
    errors.push(
      invalid(
        field,
        references,
        `Only one reference can have Controller set to true. Found "true" in references for ${controllers.join(" and ")}`,
      ),
    );
  }
}

const STANDARD_FINALIZERS = ["kubernetes", "orphan", "foregroundDeletion"];

/** validateKubeFinalizerName: of objects of the built-in kinds. */
function checkFinalizerNames(errors: Errors, field: string, finalizers: unknown): void {
  list(finalizers).forEach((name, index) => {
    if (text(name).includes("/") || STANDARD_FINALIZERS.includes(text(name))) return;
    const why = "name is neither a standard finalizer name nor is it fully qualified";
    errors.push(invalid(item(field, index), name, why));
  });
}

function checkFinalizers(errors: Errors, field: string, finalizers: unknown): void {
  const names = list(finalizers).map(text);
  for (const name of names) addInvalid(errors, field, name, validateQualifiedName(name));
  if (names.includes("orphan") && names.includes("foregroundDeletion")) {
    errors.push(invalid(field, finalizers, "finalizer orphan and finalizer foregroundDeletion cannot be both set"));
  }
}

export function checkImmutable(errors: Errors, field: string, value: unknown, old: unknown): void {
  if (!equalJson(value ?? null, old ?? null)) errors.push(invalid(field, value, IMMUTABLE));
}

export function checkObjectMetaUpdate(errors: Errors, metadata: Fields, old: Fields, field = "metadata"): void {
  if (isPresent(old.deletionTimestamp)) {
    const known = list(old.finalizers);
    const added = list(metadata.finalizers).filter((name) => !known.includes(name));
    if (added.length > 0) {
      const names = added.map((name) => JSON.stringify(name)).join(", ");
      errors.push(
        forbidden(
          child(field, "finalizers"),
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`,
        ),
      );
    }
  }
  if (text(metadata.resourceVersion) === "") {
    errors.push(invalid(child(field, "resourceVersion"), "", "must be specified for an update"));
  }
  if (Number(metadata.generation ?? 0) < Number(old.generation ?? 0)) {
    errors.push(invalid(child(field, "generation"), metadata.generation ?? 0, "must not be decremented"));
  }
  for (const name of [
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
  ]) {
    checkImmutable(errors, child(field, name), metadata[name] ?? undefined, old[name] ?? undefined);
  }
  checkLabels(errors, child(field, "labels"), metadata.labels);
  checkAnnotations(errors, child(field, "annotations"), metadata.annotations);
  checkOwnerReferences(errors, child(field, "ownerReferences"), metadata.ownerReferences);
  checkFinalizers(errors, child(field, "finalizers"), metadata.finalizers);
}
