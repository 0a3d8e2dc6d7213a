/**
 * What validations of many kinds share: paths, plain values, names, addresses, object metadata. Validations append to a
 * list that is handed along; `field` is the path of the value itself.
 */
import type { FieldError } from "../field-errors.ts";
import { invalid, notSupported, required } from "../field-errors.ts";
import { formatCidr, formatIp, networkOf, parseCidr, parseIp } from "../ip.ts";
import { validateDns1123Label, validateDns1123Subdomain, validatePortNumber, validateQualifiedName } from "../names.ts";

export type Errors = FieldError[];

/** A part of an API object whose fields are looked at one by one. */
export type Fields = Readonly<Record<string, unknown>>;

/** The path of the object as a whole, as Go prints one with an empty name. */
export const WHOLE = "[]";

export const NO_FIELDS: Fields = Object.freeze({});
const NO_LIST: readonly never[] = Object.freeze([]);

/** The record at a field; an absent or null one is an empty record. */
export function record(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;
}

/** The list at a field; an absent or null one is empty. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_LIST;
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function child(field: string, name: string): string {
  return field === "" ? name : `${field}.${name}`;
}

export function item(field: string, index: number | string): string {
  return `${field}[${index}]`;
}

export function addInvalid(errors: Errors, field: string, value: unknown, messages: readonly string[]): void {
  if (messages.length === 0) return;
  for (const message of messages) errors.push(invalid(field, value, message));
}

/** Where values stand that stood before in the same list. */
export function repetitions(values: readonly unknown[]): ReadonlySet<number> {
  const seen = new Set<unknown>();
  const found = new Set<number>();
  values.forEach((value, index) => {
    if (seen.has(value)) found.add(index);
    seen.add(value);
  });
  return found;
}

export const NON_NEGATIVE_MESSAGE = "must be greater than or equal to 0";

export function checkNonNegative(errors: Errors, field: string, value: unknown): void {
  if (typeof value === "number" && value < 0) errors.push(invalid(field, value, NON_NEGATIVE_MESSAGE));
}

/** One of `supported`; an empty value is reported as unsupported too. */
export function checkOneOf(errors: Errors, field: string, value: unknown, supported: readonly string[]): void {
  if (!supported.includes(text(value))) errors.push(notSupported(field, text(value), supported));
}

/** As `checkOneOf`, but an empty value is a missing one. */
export function checkRequiredOneOf(errors: Errors, field: string, value: unknown, supported: readonly string[]): void {
  if (text(value) === "") errors.push(required(field));
  else checkOneOf(errors, field, value, supported);
}

export function checkPort(errors: Errors, field: string, value: unknown): void {
  addInvalid(errors, field, value, validatePortNumber(typeof value === "number" ? value : 0));
}

export function checkDnsLabel(errors: Errors, field: string, value: unknown): void {
  addInvalid(errors, field, text(value), validateDns1123Label(text(value)));
}

export function checkDnsSubdomain(errors: Errors, field: string, value: unknown): void {
  addInvalid(errors, field, text(value), validateDns1123Subdomain(text(value)));
}

export function checkQualifiedName(errors: Errors, field: string, value: unknown): void {
  addInvalid(errors, field, text(value), validateQualifiedName(text(value)));
}

export const IP_MESSAGE = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
export const CIDR_MESSAGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

/** Strict: canonical form only. */
export function validateIp(field: string, value: string): FieldError[] {
  const ip = parseIp(value);
  if (!ip) return [invalid(field, value, IP_MESSAGE)];
  if (ip.leadingZeros) return [invalid(field, value, "must not have leading 0s")];
  if (ip.mapped) return [invalid(field, value, "must not be an IPv4-mapped IPv6 address")];
  const canonical = formatIp(ip);
  return value === canonical ? [] : [invalid(field, value, `must be in canonical form ("${canonical}")`)];
}

/** Strict: canonical form only, no bits set beyond the prefix. */
export function validateCidr(field: string, value: string): FieldError[] {
  const cidr = parseCidr(value);
  if (!cidr) return [invalid(field, value, CIDR_MESSAGE)];
  if (cidr.leadingZeros) return [invalid(field, value, "must not have leading 0s in IP or prefix length")];
  if (cidr.address.mapped) return [invalid(field, value, "must not have an IPv4-mapped IPv6 address")];
  const network = networkOf(cidr);
  if (network.groups.some((group, index) => group !== cidr.address.groups[index])) {
    return [invalid(field, value, "must not have bits set beyond the prefix length")];
  }
  const canonical = formatCidr(cidr);
  return value === canonical ? [] : [invalid(field, value, `must be in canonical form ("${canonical}")`)];
}

/** At least two labels; a final dot is fine. */
export function validateFullyQualifiedDomainName(field: string, value: string): FieldError[] {
  if (value === "") return [required(field)];
  const name = value.endsWith(".") ? value.slice(0, -1) : value;
  const messages = validateDns1123Subdomain(name);
  if (messages.length > 0) return [invalid(field, name, messages.join(","))];
  const labels = name.split(".");
  if (labels.length < 2)
    return [invalid(field, name, "should be a domain with at least two segments separated by dots")];
  for (const label of labels) {
    const wrong = validateDns1123Label(label);
    if (wrong.length > 0) return [invalid(field, label, wrong.join(","))];
  }
  return [];
}

/** `a.domain.name`: three parts at least, as webhooks are named. */
export function validateFullyQualifiedName(field: string, value: string): FieldError[] {
  if (value === "") return [required(field)];
  const messages = validateDns1123Subdomain(value);
  if (messages.length > 0) return [invalid(field, value, messages.join(","))];
  if (value.split(".").length >= 3) return [];
  return [invalid(field, value, "should be a domain with at least three segments separated by dots")];
}

const URL_PATH_FORM = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const URL_PATH = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** `acme.io/foo`: a domain and a path, as who is in charge of a Job or an IngressClass is named. */
export function validateDomainPrefixedPath(field: string, value: string): FieldError[] {
  if (value === "") return [required(field)];
  const slash = value.indexOf("/");
  if (slash <= 0 || slash === value.length - 1) {
    return [invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const [host, path] = [value.slice(0, slash), value.slice(slash + 1)];
  const errors = validateDns1123Subdomain(host).map((message) => invalid(field, host, message));
  if (!URL_PATH.test(path)) {
    errors.push(invalid(field, path, `Invalid path (regex used for validation is '${URL_PATH_FORM}')`));
  }
  return errors;
}

/** A relative path that stays below. */
export function checkLocalDescendingPath(errors: Errors, field: string, path: string): void {
  if (path.startsWith("/")) errors.push(invalid(field, path, "must be a relative path"));
  checkNoBackSteps(errors, field, path);
}

export function checkNoBackSteps(errors: Errors, field: string, path: string): void {
  if (path.split("/").includes("..")) errors.push(invalid(field, path, "must not contain '..'"));
}
