/** PersistentVolumeClaims' specs, also as templates in pods. */
import { forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { validateDns1123Label, validateDns1123Subdomain } from "../names.ts";
import { parseQuantity } from "../quantity.ts";
import { addInvalid, child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";
import { checkAnnotations, checkLabels } from "./metadata.ts";
import { checkLabelSelector } from "./selectors.ts";

const ACCESS_MODES: readonly string[] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
export const VOLUME_MODES: readonly string[] = ["Block", "Filesystem"];

/** Template's metadata may hold labels and annotations only. */
export function checkClaimTemplate(errors: Errors, field: string, template: unknown): void {
  if (!isPresent(template)) {
    errors.push(required(field));
    return;
  }
  const { metadata, spec } = record(template);
  const meta = record(metadata);
  const path = child(field, "metadata");
  checkAnnotations(errors, child(path, "annotations"), meta.annotations);
  checkLabels(errors, child(path, "labels"), meta.labels);
  for (const name in meta) {
    const value = meta[name];
    if (name === "annotations" || name === "labels" || !isPresent(value) || value === "" || value === 0) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    errors.push(forbidden(child(path, name === "uid" ? "uID" : name), "cannot be set"));
  }
  checkClaimSpec(errors, child(field, "spec"), record(spec));
}

/** `ReadWriteOncePod` stands alone. */
export function checkAccessModesSupported(errors: Errors, field: string, modes: readonly unknown[]): void {
  const given = modes.map(text);
  for (const mode of given) if (!ACCESS_MODES.includes(mode)) errors.push(notSupported(field, mode, ACCESS_MODES));
  if (
    given.includes("ReadWriteOncePod") &&
    given.some((mode) => mode !== "ReadWriteOncePod" && ACCESS_MODES.includes(mode))
  ) {
    errors.push(forbidden(field, "may not use ReadWriteOncePod with other access modes"));
  }
}

export function checkClaimSpec(errors: Errors, field: string, spec: Fields): void {
  const modes = list(spec.accessModes);
  if (modes.length === 0) errors.push(required(child(field, "accessModes"), "at least 1 access mode is required"));
  checkAccessModesSupported(errors, child(field, "accessModes"), modes);
  if (isPresent(spec.selector)) checkLabelSelector(errors, child(field, "selector"), spec.selector);
  const storage = record(record(spec.resources).requests).storage;
  const path = item(child(field, "resources"), "storage");
  if (!isPresent(storage)) errors.push(required(path));
  else {
    const amount = text(storage);
    if (parseQuantity(amount || "0").nano <= 0n) errors.push(invalid(path, amount, "must be greater than zero"));
  }
  if (isPresent(spec.storageClassName) && text(spec.storageClassName) !== "") {
    addInvalid(
      errors,
      child(field, "storageClassName"),
      spec.storageClassName,
      validateDns1123Subdomain(text(spec.storageClassName)),
    );
  }
  if (isPresent(spec.volumeMode) && !VOLUME_MODES.includes(text(spec.volumeMode))) {
    errors.push(notSupported(child(field, "volumeMode"), spec.volumeMode, VOLUME_MODES));
  }
  checkDataSources(errors, field, spec);
}

function checkDataSources(errors: Errors, field: string, spec: Fields): void {
  for (const name of ["dataSource", "dataSourceRef"]) {
    if (!isPresent(spec[name])) continue;
    const source = record(spec[name]);
    const path = child(field, name);
    for (const part of ["name", "kind"]) if (text(source[part]) === "") errors.push(required(child(path, part)));
    const group = text(source.apiGroup);
    if (group === "" && text(source.kind) !== "PersistentVolumeClaim") {
      errors.push(
        invalid(path, text(source.kind), "must be 'PersistentVolumeClaim' when referencing the default apiGroup"),
      );
    }
    if (group !== "") addInvalid(errors, child(path, "apiGroup"), group, validateDns1123Subdomain(group));
  }
  const [one, other] = [spec.dataSource, spec.dataSourceRef];
  const { namespace } = record(other);
  if (text(namespace) !== "") {
    addInvalid(
      errors,
      child(child(field, "dataSourceRef"), "namespace"),
      namespace,
      validateDns1123Label(text(namespace)),
    );
    if (isPresent(one))
      errors.push(invalid(field, one, "may not be specified when dataSourceRef.namespace is specified"));
  } else if (isPresent(one) && isPresent(other)) {
    if (["apiGroup", "kind", "name"].some((part) => (record(one)[part] ?? null) !== (record(other)[part] ?? null)))
      errors.push(invalid(field, one, "must match dataSourceRef"));
  }
}
