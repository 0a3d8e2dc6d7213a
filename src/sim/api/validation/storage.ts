/** StorageClasses, VolumeAttachments, CSIStorageCapacities. */

import { equalJson } from "../equal.ts";
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { validateDns1123Subdomain, validateQualifiedName } from "../names.ts";
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
import { type Validate, validateMetadata, validateWith } from "./core.ts";
import { checkImmutable, IMMUTABLE } from "./metadata.ts";
import { checkLabelSelector } from "./selectors.ts";
import { checkCsiDriverName } from "./volumes.ts";

const BINDING_MODES: readonly string[] = ["Immediate", "WaitForFirstConsumer"];
const RECLAIM_POLICIES: readonly string[] = ["Delete", "Retain"];

export const validateStorageClass = validateWith(false, (errors, object, old) => {
  if (old) {
    for (const name of ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"]) {
      const unchanged = equalJson(object[name] ?? null, old[name] ?? null);
      if (unchanged) continue;
      if (name === "volumeBindingMode") checkImmutable(errors, name, object[name], old[name]);
      else errors.push(forbidden(name, `updates to ${name} are forbidden.`));
    }
    checkTopologies(errors, list(object.allowedTopologies));
    return;
  }
  const provisioner = text(object.provisioner);
  if (provisioner === "") errors.push(required("provisioner", provisioner));
  else addInvalid(errors, "provisioner", provisioner, validateQualifiedName(provisioner.toLowerCase()));
  for (const key in record(object.parameters))
    if (key === "") errors.push(invalid("parameters", key, "field can not be empty."));
  if (isPresent(object.reclaimPolicy) && !RECLAIM_POLICIES.includes(text(object.reclaimPolicy))) {
    errors.push(notSupported("reclaimPolicy", object.reclaimPolicy, RECLAIM_POLICIES));
  }
  if (!BINDING_MODES.includes(text(object.volumeBindingMode))) {
    errors.push(notSupported("volumeBindingMode", object.volumeBindingMode, BINDING_MODES));
  }
  checkTopologies(errors, list(object.allowedTopologies));
});

function checkTopologies(errors: Errors, topologies: readonly unknown[]): void {
  topologies.forEach((topology, index) => {
    const path = child(item("allowedTopologies", index), "matchLabelExpressions");
    const keys = new Set<string>();
    list(record(topology).matchLabelExpressions).forEach((expression, at) => {
      checkTopologyExpression(errors, item(path, at), record(expression), keys);
    });
    if (topologies.slice(0, index).some((other) => equalJson(other, topology))) {
      errors.push(duplicate(path, ""));
    }
  });
}

function checkTopologyExpression(errors: Errors, field: string, expression: Fields, keys: Set<string>): void {
  const key = text(expression.key);
  const values = list(expression.values).map(text);
  if (values.length === 0) errors.push(required(child(field, "values")));
  values.forEach((value, index) => {
    if (values.indexOf(value) < index) errors.push(duplicate(item(child(field, "values"), index), value));
  });
  addInvalid(errors, child(field, "key"), key, validateQualifiedName(key));
  if (keys.has(key)) errors.push(duplicate(child(field, "key"), key));
  keys.add(key);
}

function checkDriver(errors: Errors, field: string, driver: Fields): void {
  checkCsiDriverName(errors, child(field, "name"), text(driver.name));
  const node = text(driver.nodeID);
  if (node === "") errors.push(required(child(field, "nodeID")));
  if (node.length > 192) errors.push(invalid(child(field, "nodeID"), node, "must be 192 characters or less"));
  const count = record(driver.allocatable).count;
  if (isPresent(count)) checkNonNegative(errors, child(field, "allocatable.count"), count);
  const keys = list(driver.topologyKeys).map(text);
  keys.forEach((key, index) => {
    if (key === "") errors.push(required(field));
    if (keys.indexOf(key) < index) errors.push(duplicate(field, key));
    addInvalid(errors, field, key, validateQualifiedName(key));
  });
}

export const validateCsiNode = validateWith(false, (errors, object, old) => {
  const drivers = list(record(object.spec).drivers).map(record);
  drivers.forEach((driver, index) => {
    const path = item("spec.drivers", index);
    checkDriver(errors, path, driver);
    const repeated = drivers.slice(0, index).some(({ name }) => name === driver.name);
    if (repeated) errors.push(duplicate(child(path, "name"), driver.name));
  });
  for (const before of list(record(old?.spec).drivers).map(record)) {
    const now = drivers.find(({ name }) => name === before.name);
    if (now && !equalJson(now, before)) errors.push(invalid("spec.drivers", now, IMMUTABLE));
  }
});

const FS_GROUP_POLICIES: readonly string[] = ["File", "None", "ReadWriteOnceWithFSType"];
const LIFECYCLE_MODES: readonly string[] = ["Ephemeral", "Persistent"];
const csiDriverMetadata = validateMetadata(false);

export const validateCsiDriver: Validate = (errors, object, old) => {
  csiDriverMetadata(errors, object, old);
  const [spec, before] = [record(object.spec), record(old?.spec)];
  if (old) {
    checkImmutable(errors, "spec.attachedRequired", spec.attachRequired, before.attachRequired);
    checkImmutable(errors, "spec.volumeLifecycleModes", spec.volumeLifecycleModes, before.volumeLifecycleModes);
    return;
  }
  for (const name of ["attachRequired", "podInfoOnMount", "storageCapacity"]) {
    if (!isPresent(spec[name])) errors.push(required(child("spec", name)));
  }
  if (isPresent(spec.fsGroupPolicy) && !FS_GROUP_POLICIES.includes(text(spec.fsGroupPolicy))) {
    errors.push(notSupported("spec.fsGroupPolicy", spec.fsGroupPolicy, FS_GROUP_POLICIES));
  }
  list(spec.volumeLifecycleModes).forEach((mode, index) => {
    if (LIFECYCLE_MODES.includes(text(mode))) return;
    errors.push(notSupported(item("spec.volumeLifecycleModes", index), mode, LIFECYCLE_MODES));
  });
  checkTokenRequests(errors, list(spec.tokenRequests).map(record));
};

function checkTokenRequests(errors: Errors, requests: readonly Fields[]): void {
  requests.forEach((request, index) => {
    const path = item("spec.tokenRequests", index);
    const audience = text(request.audience);
    if (requests.slice(0, index).some((other) => text(other.audience) === audience)) {
      errors.push(duplicate(child(path, "audience"), audience));
    }
    const seconds = request.expirationSeconds;
    if (!isPresent(seconds)) return;
    if (Number(seconds) < 600) {
      errors.push(
        invalid(child(path, "expirationSeconds"), seconds, "may not specify a duration less than 10 minutes"),
      );
    }
    if (Number(seconds) > 4_294_967_296) {
      errors.push(
        invalid(child(path, "expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds"),
      );
    }
  });
}

export const validateVolumeAttachment = validateWith(false, (errors, object, old) => {
  const spec = record(object.spec);
  const attacher = text(spec.attacher);
  if (attacher === "") errors.push(required("spec.attacher"));
  else checkCsiDriverName(errors, "spec.attacher", attacher);
  const source = record(spec.source);
  const given = ["inlineVolumeSpec", "persistentVolumeName"].filter((name) => isPresent(source[name]));
  if (given.length === 0)
    errors.push(required("spec.source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName"));
  if (given.length === 2)
    errors.push(forbidden("spec.source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName"));
  if (isPresent(source.persistentVolumeName) && text(source.persistentVolumeName) === "") {
    errors.push(required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName"));
  }
  addInvalid(errors, "spec.nodeName", text(spec.nodeName), validateDns1123Subdomain(text(spec.nodeName)));
  if (old && !equalJson(spec, record(old.spec))) errors.push(invalid("spec", spec, "field is immutable"));
});

export const validateCsiStorageCapacity = validateWith(true, (errors, object, old) => {
  if (old) {
    checkImmutable(errors, "nodeTopology", object.nodeTopology, old.nodeTopology);
    checkImmutable(errors, "storageClassName", object.storageClassName, old.storageClassName);
    return;
  }
  checkLabelSelector(errors, "nodeTopology", object.nodeTopology);
  addInvalid(
    errors,
    "storageClassName",
    text(object.storageClassName),
    validateDns1123Subdomain(text(object.storageClassName)),
  );
  for (const name of ["capacity", "maximumVolumeSize"]) {
    if (text(object[name]).startsWith("-"))
      errors.push(invalid(name, object[name], "must be greater than or equal to 0"));
  }
});
