/** APIServices (kube-aggregator's `validation.go`). */

import { invalid, notSupported, required } from "../field-errors.ts";
import {
  type NameValidation,
  validateDns1035Label,
  validateDns1123Subdomain,
  validatePathSegmentName,
} from "../names.ts";
import { addInvalid, child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";
import type { Validate } from "./core.ts";
import { checkGenericObjectMeta, checkGenericObjectMetaUpdate } from "./metadata.ts";

const GROUP_PRIORITY_MAX = 20_000;
const VERSION_PRIORITY_MAX = 1000;

const CONDITION_STATUSES = ["True", "False", "Unknown"];

export const validateApiService: Validate = (errors, object, old, subresource) => {
  if (old) checkGenericObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") checkStatus(errors, record(object.status));
  else checkService(errors, object);
};

function checkStatus(errors: Errors, status: Fields): void {
  list(status.conditions).forEach((condition, index) => {
    const value = text(record(condition).status);
    if (CONDITION_STATUSES.includes(value)) return;
    errors.push(notSupported(child(item("status.conditions", index), "status"), value, CONDITION_STATUSES));
  });
}

function checkService(errors: Errors, object: Fields): void {
  const spec = record(object.spec);
  checkGenericObjectMeta(errors, record(object.metadata), false, nameOf(`${text(spec.version)}.${text(spec.group)}`));
  const group = text(spec.group);
  if (group !== "") addInvalid(errors, "spec.group", group, validateDns1123Subdomain(group));
  addInvalid(errors, "spec.version", spec.version, validateDns1035Label(text(spec.version)));
  checkPriority(errors, "spec.groupPriorityMinimum", spec.groupPriorityMinimum, GROUP_PRIORITY_MAX);
  checkPriority(errors, "spec.versionPriority", spec.versionPriority, VERSION_PRIORITY_MAX);
  if (isPresent(spec.service)) checkRemote(errors, spec);
  else checkLocal(errors, spec);
}

function nameOf(wanted: string): NameValidation {
  return (name) => {
    const wrong = validatePathSegmentName(name);
    if (wrong.length > 0 || name === wanted) return wrong;
    return [`must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`];
  };
}

function checkPriority(errors: Errors, field: string, value: unknown, most: number): void {
  const priority = typeof value === "number" ? value : 0;
  if (priority <= 0 || priority > most) errors.push(invalid(field, priority, `must be positive and less than ${most}`));
}

function checkLocal(errors: Errors, { caBundle, insecureSkipTLSVerify }: Fields): void {
  if (text(caBundle) !== "")
    errors.push(
      invalid("spec.caBundle", `${lengthOf(text(caBundle))} bytes`, "local APIServices may not have a caBundle"),
    );
  if (insecureSkipTLSVerify === true)
    errors.push(invalid("spec.insecureSkipTLSVerify", true, "local APIServices may not have insecureSkipTLSVerify"));
}

function lengthOf(base64: string): number {
  return Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
}

function checkRemote(errors: Errors, { service, caBundle, insecureSkipTLSVerify }: Fields): void {
  const { namespace, name, port = 443 } = record(service);
  if (text(namespace) === "") errors.push(required(child("spec.service", "namespace")));
  if (text(name) === "") errors.push(required(child("spec.service", "name")));
  if (typeof port !== "number" || port < 1 || port > 65_535)
    errors.push(invalid("spec.service.port", port, "port is not valid: must be between 1 and 65535, inclusive"));
  if (insecureSkipTLSVerify === true && text(caBundle) !== "")
    errors.push(invalid("spec.insecureSkipTLSVerify", true, "may not be true if caBundle is present"));
}
