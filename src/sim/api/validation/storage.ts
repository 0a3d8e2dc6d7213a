/** StorageClasses, VolumeAttachments, CSIStorageCapacities. */
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { validateDns1123Subdomain, validateQualifiedName } from "../names.ts";
import { equalJson } from "../patch/json.ts";
import { addInvalid, child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";
import { validateWith } from "./core.ts";
import { checkImmutable } from "./metadata.ts";
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
