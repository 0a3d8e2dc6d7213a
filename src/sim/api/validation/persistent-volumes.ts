/** PersistentVolumes and PersistentVolumeClaims as objects of their own (core validation). */

import { equalJson } from "../equal.ts";
import { forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { goDiff } from "../go-diff/report.ts";
import { nameIsDnsSubdomain, validateDns1123Label, validateDns1123Subdomain, validateQualifiedName } from "../names.ts";
import { compareQuantities, wholeValue } from "../quantity.ts";
import { checkAccessModesSupported, checkClaimSpec, VOLUME_MODES } from "./claims.ts";
import {
  addInvalid,
  checkDnsSubdomain,
  checkNoBackSteps,
  checkOneOf,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";
import { checkImmutable, checkObjectMeta, checkObjectMetaUpdate, IMMUTABLE } from "./metadata.ts";
import { isNative } from "./resources.ts";
import { checkNodeSelector } from "./selectors.ts";
import { checkCsiDriverName, checkOnlySource, checkPersistentSource } from "./volumes.ts";

const RECLAIM_POLICIES: readonly string[] = ["Delete", "Recycle", "Retain"];
const BAD_QUANTITY = "must be a valid resource quantity";

/** In the order in which upstream looks. Those of pods alone are not among them. */
const PERSISTENT_SOURCES: readonly string[] = [
  "hostPath",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "glusterfs",
  "flocker",
  "nfs",
  "rbd",
  "quobyte",
  "cephfs",
  "iscsi",
  "cinder",
  "fc",
  "flexVolume",
  "azureFile",
  "vsphereVolume",
  "photonPersistentDisk",
  "portworxVolume",
  "azureDisk",
  "scaleIO",
  "local",
  "storageos",
  "csi",
];

export function validatePersistentVolume(errors: Errors, object: Fields): void {
  const metadata = record(object.metadata);
  checkObjectMeta(errors, metadata, false, nameIsDnsSubdomain);
  const spec = record(object.spec);
  checkModes(errors, "spec", spec);
  checkCapacity(errors, record(spec.capacity));
  const policy = text(spec.persistentVolumeReclaimPolicy);
  if (policy !== "") checkOneOf(errors, "spec.persistentVolumeReclaimPolicy", policy, RECLAIM_POLICIES);
  if (isPresent(spec.nodeAffinity)) {
    const { required: nodes } = record(spec.nodeAffinity);
    if (isPresent(nodes)) checkNodeSelector(errors, "spec.nodeAffinity.required", record(nodes), false);
    else errors.push(required("spec.nodeAffinity.required", "must specify required node constraints"));
  }
  checkSource(errors, "spec", spec, text(metadata.name));
  if (policy === "Recycle" && isRoot(record(spec.hostPath).path)) {
    errors.push(forbidden("spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'"));
  }
  if (text(spec.storageClassName) !== "") checkDnsSubdomain(errors, "spec.storageClassName", spec.storageClassName);
  if (isPresent(spec.volumeMode)) checkOneOf(errors, "spec.volumeMode", spec.volumeMode, VOLUME_MODES);
}

function checkModes(errors: Errors, field: string, spec: Fields): void {
  const modes = list(spec.accessModes);
  if (modes.length === 0) errors.push(required(child(field, "accessModes")));
  checkAccessModesSupported(errors, child(field, "accessModes"), modes);
}

/** What is left of a PersistentVolume's spec where it stands in a VolumeAttachment, for a volume of a pod. */
export function checkInlineVolumeSpec(errors: Errors, field: string, spec: Fields): void {
  const why = "in the context of inline volumes";
  const refuse = (name: string): void => {
    errors.push(forbidden(child(field, name), `may not be specified ${why}`));
  };
  if (isPresent(spec.claimRef)) refuse("claimRef");
  if (Object.keys(record(spec.capacity)).length > 0) refuse("capacity");
  if (!isPresent(spec.csi)) errors.push(required(child(field, "csi"), `has to be specified ${why}`));
  checkModes(errors, field, spec);
  const policy = text(spec.persistentVolumeReclaimPolicy);
  if (policy !== "" && policy !== "Retain")
    errors.push(forbidden(child(field, "persistentVolumeReclaimPolicy"), `may only be Retain ${why}`));
  if (isPresent(spec.nodeAffinity)) refuse("nodeAffinity");
  checkSource(errors, field, spec, "");
  if (text(spec.storageClassName) !== "") refuse("storageClassName");
  if (isPresent(spec.volumeMode) && spec.volumeMode !== "Filesystem") {
    errors.push(forbidden(child(field, "volumeMode"), `may not specify volumeMode other than Filesystem ${why}`));
  }
}

/** As Go's `path.Clean` has it. */
function isRoot(path: unknown): boolean {
  if (!text(path).startsWith("/")) return false;
  let depth = 0;
  for (const part of text(path).split("/")) {
    if (part === "..") depth = Math.max(0, depth - 1);
    else if (part !== "" && part !== ".") depth += 1;
  }
  return depth === 0;
}

function checkCapacity(errors: Errors, capacity: Fields): void {
  const names = Object.keys(capacity);
  if (names.length === 0) errors.push(required("spec.capacity"));
  if (!names.includes("storage") || names.length > 1) {
    errors.push(notSupported("spec.capacity", capacity, ["storage"]));
  }
  for (const name of names) {
    const path = item("spec.capacity", name);
    const amount = text(capacity[name]);
    checkNotNegative(errors, path, amount);
    if (compareQuantities(amount || "0", "0") <= 0) errors.push(invalid(path, amount, "must be greater than zero"));
  }
}

/** Shown as a number, as upstream does. */
function checkNotNegative(errors: Errors, field: string, amount: string): void {
  if (compareQuantities(amount || "0", "0") < 0) errors.push(invalid(field, wholeValue(amount), BAD_QUANTITY));
}

function checkSource(errors: Errors, field: string, spec: Fields, volumeName: string): void {
  checkOnlySource(errors, field, spec, PERSISTENT_SOURCES, (kind, path, source) => {
    checkOneSource(errors, path, kind, source, spec, volumeName);
  });
}

function checkOneSource(
  errors: Errors,
  path: string,
  kind: string,
  source: Fields,
  spec: Fields,
  volumeName: string,
): void {
  switch (kind) {
    case "local":
      if (text(source.path) === "") errors.push(required(child(path, "path")));
      else checkNoBackSteps(errors, child(path, "path"), text(source.path));
      if (!isPresent(spec.nodeAffinity)) {
        errors.push(required("spec.nodeAffinity", "Local volume requires node affinity"));
      }
      return;
    case "csi":
      checkCsiDriverName(errors, child(path, "driver"), text(source.driver));
      if (text(source.volumeHandle) === "") errors.push(required(child(path, "volumeHandle")));
      for (const name of [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
      ]) {
        if (isPresent(source[name])) checkSecretReference(errors, child(path, name), record(source[name]));
      }
      return;
    default:
      checkPersistentSource(errors, kind, path, source, volumeName);
      if (kind === "azureFile" && source.secretNamespace === "") {
        errors.push(required(child(path, "secretNamespace")));
      }
  }
}

function checkSecretReference(errors: Errors, field: string, { name, namespace }: Fields): void {
  if (text(name) === "") errors.push(required(child(field, "name")));
  else addInvalid(errors, child(field, "name"), name, validateDns1123Subdomain(text(name)));
  if (text(namespace) === "") errors.push(required(child(field, "namespace")));
  else addInvalid(errors, child(field, "namespace"), namespace, validateDns1123Label(text(namespace)));
}

export function validatePersistentVolumeUpdate(errors: Errors, object: Fields, old: Fields, subresource: string): void {
  if (subresource === "status") {
    checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
    return;
  }
  validatePersistentVolume(errors, object);
  const [spec, before] = [record(object.spec), record(old.spec)];
  if (PERSISTENT_SOURCES.some((kind) => !sameSource(kind, spec[kind], before[kind]))) {
    const why = "spec.persistentvolumesource is immutable after creation";
    const difference = goDiff("PersistentVolumeSource", spec, before);
    errors.push(forbidden("spec.persistentvolumesource", `${why}\n${difference}`));
  }
  checkImmutable(errors, "volumeMode", spec.volumeMode, before.volumeMode);
  if (
    isPresent(before.nodeAffinity) &&
    !equalJson(withStableLabels(spec.nodeAffinity, before.nodeAffinity), before.nodeAffinity)
  ) {
    errors.push(invalid("nodeAffinity", spec.nodeAffinity, `${IMMUTABLE}, except for updating from beta label to GA`));
  }
  checkAttributesClass(errors, spec, before);
}

/** A CSI volume may be given the secret for its expansion later on. */
function sameSource(kind: string, now: unknown, before: unknown): boolean {
  if (kind !== "csi" || !isPresent(now) || !isPresent(before)) return equalJson(now ?? null, before ?? null);
  const { controllerExpandSecretRef: secret, ...rest } = record(now);
  const added = isPresent(secret) && !isPresent(record(before).controllerExpandSecretRef);
  return equalJson(added ? rest : record(now), before);
}

function checkAttributesClass(errors: Errors, spec: Fields, old: Fields): void {
  if ((spec.volumeAttributesClassName ?? null) === (old.volumeAttributesClassName ?? null)) return;
  const path = "spec.volumeAttributesClassName";
  errors.push(forbidden(path, "update is forbidden when the VolumeAttributesClass feature gate is disabled"));
  if (isPresent(old.volumeAttributesClassName) && !isPresent(spec.volumeAttributesClassName))
    errors.push(forbidden(path, "update from non-nil value to nil is forbidden"));
}

const STABLE_LABELS: Readonly<Record<string, string>> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
};

/** `now` with the beta names of `before` wherever it has their stable ones. */
function withStableLabels(now: unknown, before: unknown): unknown {
  const terms = list(record(record(now).required).nodeSelectorTerms).map(record);
  const oldTerms = list(record(record(before).required).nodeSelectorTerms).map(record);
  if (terms.length !== oldTerms.length) return now;
  const renamed = terms.map((term, index) => {
    if (!isPresent(term.matchExpressions)) return term;
    const oldExpressions = list(oldTerms[index]!.matchExpressions).map(record);
    const matchExpressions = list(term.matchExpressions).map((value, at) => {
      const key = text(oldExpressions[at]?.key);
      return STABLE_LABELS[key] !== undefined && STABLE_LABELS[key] === record(value).key
        ? { ...record(value), key }
        : value;
    });
    return { ...term, matchExpressions };
  });
  return { ...record(now), required: { ...record(record(now).required), nodeSelectorTerms: renamed } };
}

const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

export function validatePersistentVolumeClaim(errors: Errors, object: Fields): void {
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  checkClaimSpec(errors, "spec", record(object.spec));
}

export function validatePersistentVolumeClaimUpdate(
  errors: Errors,
  object: Fields,
  old: Fields,
  subresource: string,
): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") {
    checkClaimStatus(errors, object);
    return;
  }
  validatePersistentVolumeClaim(errors, object);
  const [spec, before] = [record(object.spec), record(old.spec)];
  const masked: Record<string, unknown> = { ...spec };
  const expected: Record<string, unknown> = { ...before };
  // A claim is bound once.
  if (text(before.volumeName) === "") expected.volumeName = masked.volumeName;
  maskStorageClass(errors, masked, object, old);
  const bound = record(object.status).phase === "Bound";
  const storage = (of: Fields): string => text(record(record(of.resources).requests).storage) || "0";
  if (bound) {
    if (isPresent(record(spec.resources).requests)) {
      const requests = { ...record(record(spec.resources).requests), storage: storage(before) };
      masked.resources = { ...record(spec.resources), requests };
    }
    if (isPresent(masked.volumeAttributesClassName))
      masked.volumeAttributesClassName = before.volumeAttributesClassName;
  }
  if (!equalJson(withoutNulls(masked), withoutNulls(expected))) {
    const why =
      "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
    errors.push(forbidden("spec", `${why}\n${goDiff("PersistentVolumeClaimSpec", masked, expected)}`));
  }
  const capacity = text(record(record(old.status).capacity).storage) || "0";
  if (compareQuantities(storage(spec), storage(before)) < 0 && compareQuantities(storage(spec), capacity) <= 0) {
    errors.push(forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"));
  }
  checkImmutable(errors, "volumeMode", spec.volumeMode, before.volumeMode);
  checkAttributesClass(errors, spec, before);
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isPresent(value) && value !== ""));
}

/** The class may move from its old annotation into the spec, and a claim without one may be given one. */
function maskStorageClass(errors: Errors, masked: Record<string, unknown>, object: Fields, old: Fields): void {
  const annotation = (of: Fields): unknown => record(record(of.metadata).annotations)[CLASS_ANNOTATION];
  const [now, before] = [annotation(object), annotation(old)];
  const oldClass = record(old.spec).storageClassName;
  const newClass = record(object.spec).storageClassName;
  const fits = isPresent(newClass) && !isPresent(oldClass) && (!isPresent(before) || newClass === before);
  if (fits) masked.storageClassName = undefined;
  const moved = fits && isPresent(before) && (!isPresent(now) || now === before);
  if (!moved && text(now) !== text(before))
    errors.push(invalid(`metadata.annotations.${CLASS_ANNOTATION}`, text(now), IMMUTABLE));
}

const RESIZE_STATUSES: readonly string[] = [
  "ControllerResizeInProgress",
  "ControllerResizeInfeasible",
  "NodeResizeInProgress",
  "NodeResizeInfeasible",
  "NodeResizePending",
];

function checkClaimStatus(errors: Errors, object: Fields): void {
  if (list(record(object.spec).accessModes).length === 0) errors.push(required("Spec.accessModes"));
  const { capacity, allocatedResources, allocatedResourceStatuses } = record(object.status);
  for (const [name, amount] of Object.entries(record(capacity))) {
    checkNotNegative(errors, item("status.capacity", name), text(amount));
  }
  for (const [name, status] of Object.entries(record(allocatedResourceStatuses))) {
    checkClaimResource(errors, "status.allocatedResourceStatus", name);
    if (!RESIZE_STATUSES.includes(text(status))) {
      errors.push({ ...notSupported("status.allocatedResourceStatus", name, RESIZE_STATUSES), bare: true });
    }
  }
  for (const [name, amount] of Object.entries(record(allocatedResources))) {
    if (checkClaimResource(errors, "status.allocatedResources", name)) {
      checkNotNegative(errors, item("status.allocatedResources", name), text(amount));
    }
  }
}

function checkClaimResource(errors: Errors, field: string, name: string): boolean {
  const messages = validateQualifiedName(name);
  addInvalid(errors, field, name, messages);
  if (messages.length > 0) return false;
  if (!isNative(name) || name === "storage") return true;
  errors.push(notSupported(field, name, ["storage"]));
  return false;
}
