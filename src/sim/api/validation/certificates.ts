/** CertificateSigningRequests (pkg/apis/certificates/validation). */
import { decodeBase64Text } from "../base64.ts";
import { equalJson } from "../equal.ts";
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from "../field-errors.ts";
import { validateDns1123Label, validateDns1123Subdomain } from "../names.ts";
import {
  addInvalid,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  repetitions,
  text,
} from "./common.ts";
import { checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";

const USAGES: readonly string[] = [
  "any",
  "cert sign",
  "client auth",
  "code signing",
  "content commitment",
  "crl sign",
  "data encipherment",
  "decipher only",
  "digital signature",
  "email protection",
  "encipher only",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "key agreement",
  "key encipherment",
  "microsoft sgc",
  "netscape sgc",
  "ocsp signing",
  "s/mime",
  "server auth",
  "signing",
  "timestamping",
];
const LEGACY_SIGNER = "kubernetes.io/legacy-unknown";
const LASTING = ["Approved", "Denied", "Failed"] as const;

/** Any name will do. */
const anyName = (): readonly string[] => [];

export function validateCertificateSigningRequest(errors: Errors, object: Fields): void {
  checkObjectMeta(errors, record(object.metadata), false, anyName);
  const spec = record(object.spec);
  const wrong = wrongWithRequest(text(spec.request));
  if (wrong !== "") errors.push(invalid("spec.request", spec.request, wrong));
  const usages = list(spec.usages).map(text);
  if (usages.length === 0) errors.push(required("spec.usages", "usages must be provided"));
  usages.forEach((usage, index) => {
    if (!USAGES.includes(usage)) errors.push(notSupported(item("spec.usages", index), usage, USAGES));
  });
  const repeated = repetitions(usages);
  usages.forEach((usage, index) => {
    if (repeated.has(index)) errors.push(duplicate(item("spec.usages", index), usage));
  });
  if (spec.signerName === LEGACY_SIGNER) {
    errors.push(
      invalid("spec.signerName", spec.signerName, "the legacy signerName is not allowed via this API version"),
    );
  } else checkSignerName(errors, "spec.signerName", text(spec.signerName));
  if (isPresent(spec.expirationSeconds) && Number(spec.expirationSeconds) < 600) {
    const why = "may not specify a duration less than 600 seconds (10 minutes)";
    errors.push(invalid("spec.expirationSeconds", spec.expirationSeconds, why));
  }
  checkConditions(errors, list(record(object.status).conditions).map(record));
}

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----\s[\s\S]*?-----END \1-----/;

/** "" where `request`, in base64, is a PEM block of the right kind. */
function wrongWithRequest(request: string): string {
  const block = PEM.exec(decodeBase64Text(request) ?? "");
  return block?.[1] === "CERTIFICATE REQUEST" ? "" : "PEM block type must be CERTIFICATE REQUEST";
}

export function checkSignerName(errors: Errors, field: string, name: string): void {
  if (name === "") {
    errors.push(required(field));
    return;
  }
  const segments = name.split("/");
  if (segments.length !== 2) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    errors.push(invalid(field, name, why));
    return;
  }
  const [domain, path] = segments as [string, string];
  if (domain.length > 253) errors.push(tooLong(field, 253));
  const labels = domain.split(".");
  for (const label of labels) {
    const messages = validateDns1123Label(label).map((why) => `validating label ${JSON.stringify(label)}: ${why}`);
    addInvalid(errors, field, domain, messages);
  }
  for (const label of path.split(".")) {
    const messages = validateDns1123Subdomain(label).map((why) => `validating label ${JSON.stringify(label)}: ${why}`);
    addInvalid(errors, field, path, messages);
  }
  if (labels.length < 2) {
    errors.push(invalid(field, domain, "should be a domain with at least two segments separated by dots"));
  }
}

function checkConditions(errors: Errors, conditions: readonly Fields[]): void {
  const types = conditions.map(({ type }) => text(type));
  const repeated = repetitions(types);
  conditions.forEach(({ type, status }, index) => {
    const path = item("status.conditions", index);
    if (text(type) === "") errors.push(required(child(path, "type")));
    if (text(status) === "") errors.push(required(child(path, "status")));
    else if (LASTING.includes(text(type) as (typeof LASTING)[number]) && status !== "True") {
      errors.push(notSupported(child(path, "status"), status, ["True"]));
    } else if (!["True", "False", "Unknown"].includes(text(status))) {
      errors.push(notSupported(child(path, "status"), status, ["True", "False", "Unknown"]));
    }
    if (repeated.has(index)) errors.push(duplicate(child(path, "type"), type));
  });
  const denied = types.indexOf("Denied");
  const approved = types.indexOf("Approved");
  if (approved < 0 || denied < 0) return;
  const later = Math.max(approved, denied);
  const why = "Approved and Denied conditions are mutually exclusive";
  errors.push(invalid(child(item("status.conditions", later), "type"), types[later], why));
}

export function validateCertificateSigningRequestUpdate(
  errors: Errors,
  object: Fields,
  old: Fields,
  subresource: string,
): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  const [status, before] = [record(object.status), record(old.status)];
  checkConditions(errors, list(status.conditions).map(record));
  for (const type of LASTING) {
    const find = (of: Fields): unknown[] => list(of.conditions).filter((one) => record(one).type === type);
    const [now, then] = [find(status), find(before)];
    const path = "status.conditions";
    const quoted = JSON.stringify(type);
    if (now.length < then.length) errors.push(forbidden(path, `updates may not remove a condition of type ${quoted}`));
    else if (now.length > then.length) {
      if (subresource !== "approval" && type !== "Failed") {
        errors.push(forbidden(path, `updates may not add a condition of type ${quoted}`));
      }
    } else if (!equalJson(now, then)) {
      errors.push(forbidden(path, `updates may not modify a condition of type ${quoted}`));
    }
  }
  if ((status.certificate ?? "") === (before.certificate ?? "")) return;
  if (subresource !== "status") errors.push(forbidden("status.certificate", "updates may not set certificate content"));
  else if (text(before.certificate) !== "") {
    errors.push(forbidden("status.certificate", "updates may not modify existing certificate content"));
  }
}
