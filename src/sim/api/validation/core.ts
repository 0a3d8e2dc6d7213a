/** Nodes, Namespaces, ConfigMaps, Secrets, ServiceAccounts, Leases, Events, PriorityClasses and other small kinds. */

import { decodeBase64Text } from "../base64.ts";
import { equalJson } from "../equal.ts";
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from "../field-errors.ts";
import { jsonSyntaxError } from "../go-json-syntax.ts";
import { parseCidr } from "../ip.ts";
import {
  type NameValidation,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  validateConfigMapKey,
  validateLabelValue,
  validateQualifiedName,
} from "../names.ts";
import { checkTaintEffect } from "./affinity.ts";
import {
  addInvalid,
  checkQualifiedName,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";
import { checkImmutable, checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";
import { checkResourceName, checkResourceQuantity } from "./resources.ts";

export type Validate = (errors: Errors, object: Fields, old?: Fields, subresource?: string) => void;

/** Nothing but metadata is looked at. */
export function validateMetadata(namespaced: boolean, nameIsValid: NameValidation = nameIsDnsSubdomain): Validate {
  return (errors, object, old) => {
    if (old) checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
    else checkObjectMeta(errors, record(object.metadata), namespaced, nameIsValid);
  };
}

/** Metadata and what `check` looks at, at creation and update alike. */
export function validateWith(
  namespaced: boolean,
  check: (errors: Errors, object: Fields, old?: Fields) => void,
  nameIsValid: NameValidation = nameIsDnsSubdomain,
): Validate {
  const metadata = validateMetadata(namespaced, nameIsValid);
  return (errors, object, old) => {
    metadata(errors, object, old);
    check(errors, object, old);
  };
}

function checkTaints(errors: Errors, field: string, taints: unknown): void {
  const seen = new Set<string>();
  list(taints).forEach((value, index) => {
    const taint = record(value);
    const path = item(field, index);
    checkQualifiedName(errors, child(path, "key"), taint.key);
    const messages = validateLabelValue(text(taint.value));
    if (messages.length > 0) errors.push(invalid(child(path, "value"), taint.value, messages.join(";")));
    checkTaintEffect(errors, child(path, "effect"), text(taint.effect), false);
    const key = `${text(taint.effect)}/${text(taint.key)}`;
    if (seen.has(key))
      errors.push({ ...duplicate(path, taint), detail: "taints must be unique by key and effect pair" });
    seen.add(key);
  });
}

const AVOID_PODS = "scheduler.alpha.kubernetes.io/preferAvoidPods";

function checkAvoidPods(errors: Errors, annotations: Fields): void {
  const annotation = text(annotations[AVOID_PODS]);
  if (annotation === "") return;
  const field = `metadata.annotations.${AVOID_PODS}`;
  let value: unknown;
  try {
    value = JSON.parse(annotation);
  } catch (error) {
    errors.push(invalid("metadata.AvoidPods", annotation, (error as Error).message));
    return;
  }
  list(record(value).preferAvoidPods).forEach((entry, index) => {
    const path = child(item(field, index), "PodSignature");
    const controller = record(record(entry).podSignature).podController;
    if (!isPresent(controller)) errors.push(required(path));
    else if (record(controller).controller !== true) {
      errors.push(
        invalid(
          `${path}.PodController.Controller`,
          record(controller).controller ?? false,
          "must point to a controller",
        ),
      );
    }
  });
}

function checkNode(errors: Errors, node: Fields): void {
  checkAvoidPods(errors, record(record(node.metadata).annotations));
  const spec = record(node.spec);
  if (list(spec.taints).length > 0) checkTaints(errors, "metadata.taints", spec.taints);
  for (const [name, quantity] of Object.entries(record(record(node.status).capacity))) {
    const path = item("status.capacity", name);
    checkResourceName(errors, path, name);
    checkResourceQuantity(errors, path, name, quantity);
  }
  const swap = record(record(record(node.status).nodeInfo).swap).capacity;
  if (isPresent(swap) && Number(swap) <= 0)
    errors.push(invalid("metadata.nodeSwapStatus.capacity", swap, "must be greater than zero"));
  checkPodCidrs(errors, list(spec.podCIDRs).map(text));
}

function checkPodCidrs(errors: Errors, cidrs: readonly string[]): void {
  cidrs.forEach((cidr, index) => {
    if (!parseCidr(cidr)) {
      errors.push(
        invalid(item("spec.podCIDRs", index), cidr, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
      );
    }
  });
  const families = cidrs.map((cidr) => parseCidr(cidr)?.address.version);
  if (cidrs.length > 1 && !families.includes(undefined) && (cidrs.length > 2 || families[0] === families[1])) {
    errors.push(invalid("spec.podCIDRs", cidrs, "may specify no more than one CIDR for each IP family"));
  }
}

export const validateNode: Validate = (errors, node, old, subresource) => {
  if (!old) {
    checkObjectMeta(errors, record(node.metadata), false, nameIsDnsSubdomain);
    checkNode(errors, node);
    return;
  }
  checkObjectMetaUpdate(errors, record(node.metadata), record(old.metadata));
  checkAvoidPods(errors, record(record(node.metadata).annotations));
  const [spec, oldSpec] = [record(node.spec), record(old.spec)];
  if (subresource !== "status" && list(spec.taints).length > 0) checkTaints(errors, "metadata.taints", spec.taints);
  for (const part of ["capacity", "allocatable"]) {
    for (const [name, quantity] of Object.entries(record(record(node.status)[part]))) {
      checkResourceQuantity(errors, item(child("status", part), name), name, quantity);
    }
  }
  const before = list(oldSpec.podCIDRs);
  if (before.length > 0 && !equalJson(before, list(spec.podCIDRs))) {
    errors.push(forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid'));
  }
  if (text(oldSpec.providerID) !== "" && spec.providerID !== oldSpec.providerID) {
    errors.push(forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid'));
  }
};

export const validateNamespace: Validate = (errors, namespace, old, subresource) => {
  if (!old) {
    checkObjectMeta(errors, record(namespace.metadata), false, nameIsDnsLabel);
    for (const finalizer of list(record(namespace.spec).finalizers))
      checkFinalizerName(errors, "spec.finalizers", text(finalizer));
    return;
  }
  checkObjectMetaUpdate(errors, record(namespace.metadata), record(old.metadata));
  if (subresource !== "status") return;
  const phase = record(namespace.status).phase;
  if (!isPresent(record(namespace.metadata).deletionTimestamp)) {
    if (phase !== "Active")
      errors.push(invalid("status.Phase", phase, "may only be 'Active' if `deletionTimestamp` is empty"));
  } else if (phase !== "Terminating") {
    errors.push(invalid("status.Phase", phase, "may only be 'Terminating' if `deletionTimestamp` is not empty"));
  }
};

function checkFinalizerName(errors: Errors, field: string, name: string): void {
  addInvalid(errors, field, name, validateQualifiedName(name));
}

const MAX_DATA_BYTES = 1_048_576;

/** `immutable: true` cannot be undone, and freezes what is in the object. */
function checkImmutableData(errors: Errors, object: Fields, old: Fields, parts: readonly string[]): void {
  if (old.immutable !== true) return;
  const message = "field is immutable when `immutable` is set";
  if (object.immutable !== true) errors.push(forbidden("immutable", message));
  for (const part of parts) {
    if (!equalJson(record(object[part]), record(old[part]))) errors.push(forbidden(part, message));
  }
}

export const validateConfigMap: Validate = (errors, object, old) => {
  if (old) {
    checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
    checkImmutableData(errors, object, old, ["data", "binaryData"]);
  } else checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  const [data, binary] = [record(object.data), record(object.binaryData)];
  let size = 0;
  for (const key in data) {
    addInvalid(errors, item("data", key), key, validateConfigMapKey(key));
    if (Object.hasOwn(binary, key))
      errors.push(invalid(item("data", key), key, "duplicate of key present in binaryData"));
    size += text(data[key]).length;
  }
  for (const key in binary) {
    addInvalid(errors, item("binaryData", key), key, validateConfigMapKey(key));
    size += decodedLength(text(binary[key]));
  }
  if (size > MAX_DATA_BYTES) errors.push(tooLong("", MAX_DATA_BYTES));
};

function decodedLength(base64: string): number {
  return Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
}

export const validateSecret: Validate = (errors, object, old) => {
  if (old) {
    checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
    checkImmutable(errors, "type", object.type, old.type);
    checkImmutableData(errors, object, old, ["data"]);
  } else checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  const data = record(object.data);
  let size = 0;
  for (const key in data) {
    addInvalid(errors, item("data", key), key, validateConfigMapKey(key));
    size += decodedLength(text(data[key]));
  }
  if (size > MAX_DATA_BYTES) errors.push(tooLong("data", MAX_DATA_BYTES));
  checkSecretType(errors, object, data);
};

function checkSecretType(errors: Errors, object: Fields, data: Fields): void {
  const needs = (key: string): void => {
    if (!Object.hasOwn(data, key)) errors.push(required(item("data", key)));
  };
  switch (object.type) {
    case "kubernetes.io/service-account-token": {
      const name = "kubernetes.io/service-account.name";
      if (text(record(record(object.metadata).annotations)[name]) === "")
        errors.push(required(item("metadata.annotations", name)));
      break;
    }
    case "kubernetes.io/dockercfg":
      checkJsonKey(errors, data, ".dockercfg");
      break;
    case "kubernetes.io/dockerconfigjson":
      checkJsonKey(errors, data, ".dockerconfigjson");
      break;
    case "kubernetes.io/basic-auth":
      if (!Object.hasOwn(data, "username") && !Object.hasOwn(data, "password")) {
        needs("username");
        needs("password");
      }
      break;
    case "kubernetes.io/ssh-auth":
      if (decodedLength(text(data["ssh-privatekey"])) === 0) errors.push(required(item("data", "ssh-privatekey")));
      break;
    case "kubernetes.io/tls":
      needs("tls.crt");
      needs("tls.key");
      break;
  }
}

function checkJsonKey(errors: Errors, data: Fields, key: string): void {
  const path = item("data", key);
  if (!Object.hasOwn(data, key)) {
    errors.push(required(path));
    return;
  }
  const content = decodeBase64Text(text(data[key])) ?? "";
  try {
    JSON.parse(content);
  } catch {
    errors.push(invalid(path, "<secret contents redacted>", jsonSyntaxError(content) ?? "invalid JSON"));
  }
}

export const validateLease = validateWith(true, (errors, lease) => {
  const spec = record(lease.spec);
  if (isPresent(spec.leaseDurationSeconds) && Number(spec.leaseDurationSeconds) <= 0) {
    errors.push(invalid("spec.leaseDurationSeconds", spec.leaseDurationSeconds, "must be greater than 0"));
  }
  if (isPresent(spec.leaseTransitions) && Number(spec.leaseTransitions) < 0) {
    errors.push(invalid("spec.leaseTransitions", spec.leaseTransitions, "must be greater than or equal to 0"));
  }
  if (isPresent(spec.strategy)) checkQualifiedName(errors, "spec.strategy", spec.strategy);
  if (text(spec.preferredHolder) !== "" && text(spec.strategy) === "") {
    errors.push(forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined"));
  }
});

export const validateEvent: Validate = (errors, event, old) => {
  if (old) checkObjectMetaUpdate(errors, record(event.metadata), record(old.metadata));
  else checkObjectMeta(errors, record(event.metadata), true, nameIsDnsSubdomain);
  const involved = record(event.involvedObject ?? event.regarding);
  const namespace = text(record(event.metadata).namespace);
  const meant = text(involved.namespace) || "default";
  if (event.involvedObject && namespace !== meant) {
    errors.push(invalid("involvedObject.namespace", text(involved.namespace), "does not match event.namespace"));
  }
};

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  "system-node-critical": 2_000_001_000,
  "system-cluster-critical": 2_000_000_000,
};
const HIGHEST_USER_PRIORITY = 1_000_000_000;

export const validatePriorityClass: Validate = (errors, object, old) => {
  if (old) {
    checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
    if (Number(object.value ?? 0) !== Number(old.value ?? 0))
      errors.push(forbidden("value", "may not be changed in an update."));
    checkImmutable(errors, "preemptionPolicy", object.preemptionPolicy, old.preemptionPolicy);
    return;
  }
  checkObjectMeta(errors, record(object.metadata), false, nameIsDnsSubdomain);
  const name = text(record(object.metadata).name);
  const value = Number(object.value ?? 0);
  if (name.startsWith("system-")) {
    const known = SYSTEM_CLASSES[name];
    const why =
      known === undefined
        ? `${name} is not a known system priority class`
        : value !== known
          ? `value of ${name} PriorityClass must be ${known}`
          : object.globalDefault === true
            ? `globalDefault of ${name} PriorityClass must be false`
            : null;
    if (why !== null) {
      errors.push(
        forbidden(
          "metadata.name",
          `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`,
        ),
      );
    }
  } else if (value > HIGHEST_USER_PRIORITY) {
    errors.push(forbidden("value", `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  }
  const policies = ["Never", "PreemptLowerPriority"];
  if (isPresent(object.preemptionPolicy) && !policies.includes(text(object.preemptionPolicy))) {
    errors.push(notSupported("preemptionPolicy", object.preemptionPolicy, policies));
  }
};
