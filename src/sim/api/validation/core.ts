/** Nodes, Namespaces, ConfigMaps, Secrets, ServiceAccounts, Leases, Events, PriorityClasses and other small kinds. */

import { decodeBase64Text } from "../base64.ts";
import { byteLength } from "../byte-text.ts";
import { equalJson } from "../equal.ts";
import {
  asGo,
  duplicate,
  forbidden,
  internalError,
  invalid,
  notSupported,
  required,
  tooLong,
} from "../field-errors.ts";
import { jsonSyntaxError } from "../go-json-syntax.ts";
import { goNodeAddress, goTaint } from "../go-values.ts";
import { canonicalText } from "../hash.ts";
import { parseCidr } from "../ip.ts";
import {
  type NameValidation,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  validateConfigMapKey,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabelValue,
} from "../names.ts";
import { checkTaintEffect } from "./affinity.ts";
import {
  addInvalid,
  CIDR_MESSAGE,
  checkQualifiedName,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  repetitions,
  text,
  WHOLE,
} from "./common.ts";
import { checkFinalizerName, checkImmutable, checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";
import { checkResourceQuantity } from "./resources.ts";

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
      errors.push({ ...asGo(duplicate(path, goTaint(taint))), detail: "taints must be unique by key and effect pair" });
    seen.add(key);
  });
}

/** What taints were before they were fields. */
const TAINTS = "scheduler.alpha.kubernetes.io/taints";
const AVOID_PODS = "scheduler.alpha.kubernetes.io/preferAvoidPods";

function checkNodeAnnotations(errors: Errors, annotations: Fields): void {
  const field = "metadata.annotations";
  const taints = text(annotations[TAINTS]);
  if (taints !== "") {
    const wrong = jsonSyntaxError(taints);
    if (wrong !== null) errors.push(invalid(field, TAINTS, wrong));
    else checkTaints(errors, child(field, TAINTS), JSON.parse(taints));
  }
  const avoided = text(annotations[AVOID_PODS]);
  if (avoided === "") return;
  const wrong = jsonSyntaxError(avoided);
  if (wrong !== null) errors.push(invalid(child(field, "AvoidPods"), AVOID_PODS, wrong));
  else checkAvoidPods(errors, child(field, AVOID_PODS), JSON.parse(avoided));
}

function checkAvoidPods(errors: Errors, field: string, value: unknown): void {
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

/** What a node is promised to have; in upstream's paths. */
function checkNodeResources(errors: Errors, node: Fields): void {
  for (const part of ["capacity", "allocatable"]) {
    for (const [name, quantity] of Object.entries(record(record(node.status)[part])))
      checkResourceQuantity(errors, child(child("status", part), name), name, quantity);
  }
}

function checkNode(errors: Errors, node: Fields): void {
  checkObjectMeta(errors, record(node.metadata), false, nameIsDnsSubdomain);
  checkNodeAnnotations(errors, record(record(node.metadata).annotations));
  const spec = record(node.spec);
  checkTaints(errors, "metadata.taints", spec.taints);
  checkNodeResources(errors, node);
  checkPodCidrs(errors, list(spec.podCIDRs).map(text));
  const swap = record(record(record(node.status).nodeInfo).swap).capacity;
  if (isPresent(swap) && Number(swap) <= 0)
    errors.push(invalid("metadata.nodeSwapStatus.capacity", swap, "must be greater than zero"));
}

function checkPodCidrs(errors: Errors, cidrs: readonly string[]): void {
  const field = "spec.podCIDRs";
  const families = cidrs.map((cidr) => parseCidr(cidr)?.address.version);
  cidrs.forEach((cidr, index) => {
    if (families[index] === undefined) errors.push(invalid(item(field, index), cidr, CIDR_MESSAGE));
  });
  if (cidrs.length < 2) return;
  const unknown = families.indexOf(undefined);
  if (unknown >= 0) {
    const why = `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${unknown}]: <nil> (invalid CIDR address: ${cidrs[unknown]})`;
    errors.push(internalError(field, why));
  }
  if (unknown >= 0 || new Set(families).size < 2 || cidrs.length > 2) {
    errors.push(invalid(field, cidrs, "may specify no more than one CIDR for each IP family"));
  }
}

export const validateNode: Validate = (errors, node, old) => {
  if (old) checkNodeUpdate(errors, node, old);
  else checkNode(errors, node);
};

function checkNodeUpdate(errors: Errors, node: Fields, old: Fields): void {
  checkObjectMetaUpdate(errors, record(node.metadata), record(old.metadata));
  checkNodeAnnotations(errors, record(record(node.metadata).annotations));
  checkNodeResources(errors, node);
  const addresses = list(record(node.status).addresses);
  const repeated = repetitions(addresses.map(canonicalText));
  addresses.forEach((address, index) => {
    if (repeated.has(index)) errors.push(asGo(duplicate(item("status.addresses", index), goNodeAddress(address))));
  });
  const [spec, before] = [record(node.spec), record(old.spec)];
  checkPodCidrsUpdate(errors, list(spec.podCIDRs), list(before.podCIDRs));
  if (text(before.providerID) !== "" && spec.providerID !== before.providerID) {
    errors.push(forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid'));
  }
  if (isPresent(spec.configSource)) checkConfigSource(errors, "spec.configSource", record(spec.configSource), false);
  for (const part of ["assigned", "active", "lastKnownGood"]) {
    const source = record(record(node.status).config)[part];
    if (isPresent(source)) checkConfigSource(errors, child("status.config", part), record(source), true);
  }
  checkTaints(errors, "metadata.taints", spec.taints);
  if (text(spec.externalID) !== text(before.externalID))
    errors.push(forbidden("spec.externalID", "may not be updated"));
}

/** One error for each that is another one. */
function checkPodCidrsUpdate(errors: Errors, cidrs: readonly unknown[], old: readonly unknown[]): void {
  if (old.length === 0) return;
  const changed = cidrs.length === old.length ? old.filter((cidr, index) => cidr !== cidrs[index]).length : 1;
  for (let times = 0; times < changed; times++) {
    errors.push(forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid'));
  }
}

/** Where a kubelet of old took its configuration from. */
function checkConfigSource(errors: Errors, field: string, source: Fields, inStatus: boolean): void {
  if (!isPresent(source.configMap)) {
    errors.push(invalid(field, source, "exactly one reference subfield must be non-nil"));
    return;
  }
  const reference = record(source.configMap);
  const path = child(field, "configMap");
  for (const name of ["uid", "resourceVersion"]) {
    const given = text(reference[name]) !== "";
    if (given && !inStatus) errors.push(forbidden(child(path, name), `${name} must not be set in spec`));
    if (!given && inStatus) errors.push(required(child(path, name), `${name} must be set in status`));
  }
  for (const [name, check] of [
    ["namespace", validateDns1123Label],
    ["name", validateDns1123Subdomain],
    ["kubeletConfigKey", validateConfigMapKey],
  ] as const) {
    const value = text(reference[name]);
    if (value === "") errors.push(required(child(path, name), `${name} must be set`));
    else addInvalid(errors, child(path, name), value, check(value));
  }
}

export const validateNamespace: Validate = (errors, namespace, old, subresource) => {
  const finalizers = list(record(namespace.spec).finalizers).map(text);
  if (!old) {
    checkObjectMeta(errors, record(namespace.metadata), false, nameIsDnsLabel);
    for (const finalizer of finalizers) checkNamespaceFinalizer(errors, "spec.finalizers", finalizer);
    return;
  }
  checkObjectMetaUpdate(errors, record(namespace.metadata), record(old.metadata));
  if (subresource === "finalize") {
    finalizers.forEach((finalizer, index) => {
      checkNamespaceFinalizer(errors, item("spec.finalizers", index), finalizer);
    });
  }
  if (subresource !== "status") return;
  const phase = record(namespace.status).phase;
  if (!isPresent(record(namespace.metadata).deletionTimestamp)) {
    if (phase !== "Active")
      errors.push(invalid("status.Phase", text(phase), "may only be 'Active' if `deletionTimestamp` is empty"));
  } else if (phase !== "Terminating") {
    errors.push(invalid("status.Phase", text(phase), "may only be 'Terminating' if `deletionTimestamp` is not empty"));
  }
};

function checkNamespaceFinalizer(errors: Errors, field: string, name: string): void {
  checkQualifiedName(errors, field, name);
  checkFinalizerName(errors, field, name);
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

function checkDataKey(errors: Errors, field: string, key: string): void {
  const messages = validateConfigMapKey(key);
  if (messages.length > 0) addInvalid(errors, item(field, key), key, messages);
}

export const validateConfigMap: Validate = (errors, object, old) => {
  if (old) {
    checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
    checkImmutableData(errors, object, old, ["data", "binaryData"]);
  }
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  const [data, binary] = [record(object.data), record(object.binaryData)];
  let size = 0;
  for (const key in data) {
    checkDataKey(errors, "data", key);
    if (Object.hasOwn(binary, key))
      errors.push(invalid(item("data", key), key, "duplicate of key present in binaryData"));
    size += byteLength(text(data[key]));
  }
  for (const key in binary) {
    checkDataKey(errors, "binaryData", key);
    size += decodedLength(text(binary[key]));
  }
  if (size > MAX_DATA_BYTES) errors.push(tooLong(WHOLE, MAX_DATA_BYTES));
};

function decodedLength(base64: string): number {
  return Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
}

export const validateSecret: Validate = (errors, object, old) => {
  if (old) {
    checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
    checkImmutable(errors, "type", object.type, old.type);
    checkImmutableData(errors, object, old, ["data"]);
  }
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  const data = record(object.data);
  let size = 0;
  for (const key in data) {
    checkDataKey(errors, "data", key);
    size += decodedLength(text(data[key]));
  }
  if (size > MAX_DATA_BYTES) errors.push(tooLong("data", MAX_DATA_BYTES));
  checkSecretType(errors, object, data);
};

/** Any name that a subdomain may be; both at creation and after. */
export const validateServiceAccount: Validate = (errors, object, old) => {
  if (old) checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
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
  const wrong = jsonSyntaxError(content) ?? wrongForMap(JSON.parse(content));
  if (wrong !== null) errors.push(invalid(path, "<secret contents redacted>", wrong));
}

/** What Go says of JSON that is no object where it wants one. */
function wrongForMap(value: unknown): string | null {
  if (value === null || (typeof value === "object" && !Array.isArray(value))) return null;
  const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
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
