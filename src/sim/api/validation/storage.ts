/** StorageClasses, VolumeAttachments, CSIStorageCapacities. */

import { byteLength } from "../byte-text.ts";
import { equalJson, semanticEqual } from "../equal.ts";
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from "../field-errors.ts";
import { validateQualifiedName } from "../names.ts";
import {
  addInvalid,
  checkDnsSubdomain,
  checkNonNegative,
  checkOneOf,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  NON_NEGATIVE_MESSAGE,
  record,
  repetitions,
  text,
} from "./common.ts";
import { type Validate, validateMetadata } from "./core.ts";
import { checkImmutable, IMMUTABLE } from "./metadata.ts";
import { checkInlineVolumeSpec } from "./persistent-volumes.ts";
import { checkLabelSelector } from "./selectors.ts";
import { checkCsiDriverName } from "./volumes.ts";

const BINDING_MODES: readonly string[] = ["Immediate", "WaitForFirstConsumer"];
const RECLAIM_POLICIES: readonly string[] = ["Delete", "Retain"];

const MAX_PARAMETERS = 512;
const MAX_PARAMETERS_BYTES = 256 * 1024;
const storageClassMetadata = validateMetadata(false);

export const validateStorageClass: Validate = (errors, object, old) => {
  storageClassMetadata(errors, object, old);
  if (old) {
    for (const name of ["parameters", "provisioner", "reclaimPolicy"]) {
      if (!equalJson(object[name] ?? null, old[name] ?? null))
        errors.push(forbidden(name, `updates to ${name} are forbidden.`));
    }
    checkImmutable(errors, "volumeBindingMode", object.volumeBindingMode, old.volumeBindingMode);
    return;
  }
  const provisioner = text(object.provisioner);
  if (provisioner === "") errors.push(required("provisioner"));
  else addInvalid(errors, "provisioner", provisioner, validateQualifiedName(provisioner.toLowerCase()));
  checkClassParameters(errors, Object.entries(record(object.parameters)));
  if (isPresent(object.reclaimPolicy) && text(object.reclaimPolicy) !== "")
    checkOneOf(errors, "reclaimPolicy", object.reclaimPolicy, RECLAIM_POLICIES);
  if (isPresent(object.volumeBindingMode))
    checkOneOf(errors, "volumeBindingMode", object.volumeBindingMode, BINDING_MODES);
  else errors.push(required("volumeBindingMode"));
  checkTopologies(errors, list(object.allowedTopologies));
};

function checkClassParameters(errors: Errors, parameters: readonly (readonly [string, unknown])[]): void {
  if (parameters.length > MAX_PARAMETERS) errors.push(tooLong("parameters", MAX_PARAMETERS));
  let size = 0;
  for (const [key, value] of parameters) {
    if (key === "") errors.push(invalid("parameters", key, "field can not be empty."));
    size += byteLength(key) + byteLength(text(value));
  }
  if (size > MAX_PARAMETERS_BYTES) errors.push(tooLong("parameters", MAX_PARAMETERS_BYTES));
}

function checkTopologies(errors: Errors, topologies: readonly unknown[]): void {
  const seen = new Set<string>();
  topologies.forEach((topology, index) => {
    const path = child(item("allowedTopologies", index), "matchLabelExpressions");
    const keys = new Set<string>();
    const expressions = list(record(topology).matchLabelExpressions).map(record);
    expressions.forEach((expression, at) => {
      checkTopologyExpression(errors, item(path, at), expression, keys);
    });
    const shape = shapeOf(expressions);
    if (seen.has(shape)) errors.push(duplicate(path, ""));
    seen.add(shape);
  });
}

/** Which values each key may have: orders do not count. */
function shapeOf(expressions: readonly Fields[]): string {
  const shape = new Map(expressions.map(({ key, values }) => [text(key), [...new Set(list(values).map(text))].sort()]));
  return JSON.stringify([...shape].sort(([a], [b]) => (a < b ? -1 : 1)));
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

const nodeMetadata = validateMetadata(false);

export const validateCsiNode: Validate = (errors, object, old) => {
  nodeMetadata(errors, object);
  const drivers = list(record(object.spec).drivers).map(record);
  const repeated = repetitions(drivers.map(({ name }) => name));
  drivers.forEach((driver, index) => {
    const path = item("spec.drivers", index);
    checkDriver(errors, path, driver);
    if (repeated.has(index)) errors.push(duplicate(child(path, "name"), driver.name));
  });
  const byName = new Map([...drivers].reverse().map((driver) => [driver.name, driver]));
  for (const before of list(record(old?.spec).drivers).map(record)) {
    const now = byName.get(before.name);
    if (now && !semanticEqual(now, before)) errors.push(invalid("spec.drivers", now, IMMUTABLE));
  }
};

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

const attachmentMetadata = validateMetadata(false);
const MAX_ATTACHMENT_BYTES = 256 * 1024;
const MAX_ERROR_BYTES = 1024;

export const validateVolumeAttachment: Validate = (errors, object, old) => {
  attachmentMetadata(errors, object);
  const [spec, status] = [record(object.spec), record(object.status)];
  const attacher = text(spec.attacher);
  if (attacher === "") errors.push(required("spec.attacher"));
  else if (!old) checkCsiDriverName(errors, "spec.attacher", attacher);
  checkAttachedSource(errors, "spec.source", record(spec.source));
  checkDnsSubdomain(errors, "spec.nodeName", spec.nodeName);
  let size = 0;
  for (const [key, value] of Object.entries(record(status.attachmentMetadata)))
    size += byteLength(key) + byteLength(text(value));
  if (size > MAX_ATTACHMENT_BYTES) errors.push(tooLong("status.attachmentMetadata", MAX_ATTACHMENT_BYTES));
  for (const name of ["attachError", "detachError"]) {
    const { message, errorCode } = record(status[name]);
    const path = child("status", name);
    if (byteLength(text(message)) > MAX_ERROR_BYTES) errors.push(tooLong(child(path, "message"), MAX_ERROR_BYTES));
    checkNonNegative(errors, child(path, "errorCode"), errorCode);
  }
  if (old && !semanticEqual(spec, record(old.spec))) errors.push(invalid("spec", spec, IMMUTABLE));
};

function checkAttachedSource(errors: Errors, field: string, source: Fields): void {
  const why = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
  const [inline, name] = [source.inlineVolumeSpec, source.persistentVolumeName];
  if (isPresent(inline) && isPresent(name)) errors.push(forbidden(field, why));
  else if (isPresent(inline)) checkInlineVolumeSpec(errors, child(field, "inlineVolumeSpec"), record(inline));
  else if (!isPresent(name)) errors.push(required(field, why));
  else if (name === "") {
    errors.push(required(child(field, "persistentVolumeName"), "must specify non empty persistentVolumeName"));
  } else checkDnsSubdomain(errors, child(field, "persistentVolumeName"), name);
}

const capacityMetadata = validateMetadata(true);

export const validateCsiStorageCapacity: Validate = (errors, object, old) => {
  capacityMetadata(errors, object, old);
  if (old) {
    checkImmutable(errors, "nodeTopology", object.nodeTopology, old.nodeTopology);
    checkImmutable(errors, "storageClassName", object.storageClassName, old.storageClassName);
    return;
  }
  checkDnsSubdomain(errors, "storageClassName", object.storageClassName);
  checkLabelSelector(errors, "nodeTopology", object.nodeTopology);
  for (const name of ["capacity", "maximumVolumeSize"]) {
    if (text(object[name]).startsWith("-")) errors.push(invalid(name, object[name], NON_NEGATIVE_MESSAGE));
  }
};
