/** ServiceCIDRs and IPAddresses (pkg/apis/networking/validation). */
import { invalid, required } from "../field-errors.ts";
import { formatIp, parseCidr, parseIp } from "../ip.ts";
import {
  type NameValidation,
  nameIsDnsSubdomain,
  validateDns1123Subdomain,
  validatePathSegmentName,
} from "../names.ts";
import {
  addInvalid,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
  validateCidr,
} from "./common.ts";
import { type Validate, validateMetadata } from "./core.ts";
import { checkImmutable, IMMUTABLE } from "./metadata.ts";

const serviceCidrMetadata = validateMetadata(false, nameIsDnsSubdomain);

export const validateServiceCidr: Validate = (errors, object, old, subresource) => {
  serviceCidrMetadata(errors, object, old);
  const cidrs = cidrsOf(object);
  if (!old) checkCidrs(errors, cidrs);
  else if (subresource !== "status") checkCidrsUnchanged(errors, cidrs, cidrsOf(old));
};

function cidrsOf(object: Fields): readonly string[] {
  return list(record(object.spec).cidrs).map(text);
}

const ONE_OF_EACH_FAMILY = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96";

function checkCidrs(errors: Errors, cidrs: readonly string[]): void {
  if (cidrs.length === 0) errors.push(required("spec.cidrs", "at least one CIDR required"));
  else if (cidrs.length > 2) errors.push(invalid("spec.cidrs", cidrs, "may only hold up to 2 values"));
  else if (cidrs.length === 2 && !isDualStack(cidrs)) errors.push(invalid("spec.cidrs", cidrs, ONE_OF_EACH_FAMILY));
  else
    cidrs.forEach((cidr, index) => {
      errors.push(...validateCidr(item("spec.cidrs", index), cidr));
    });
}

function isDualStack(cidrs: readonly string[]): boolean {
  const versions = cidrs.map((cidr) => parseCidr(cidr)?.address.version);
  return !versions.includes(undefined) && new Set(versions).size === 2;
}

/** A second family may be added, that is all. */
function checkCidrsUnchanged(errors: Errors, cidrs: readonly string[], old: readonly string[]): void {
  const grows = old.length === 1 && cidrs.length === 2;
  if (cidrs.length !== old.length && !grows) {
    errors.push(invalid("spec.cidrs", cidrs, IMMUTABLE));
    return;
  }
  old.forEach((cidr, index) => {
    if (cidrs[index] !== cidr) errors.push(invalid(item("spec.cidrs", index), cidrs[index], IMMUTABLE));
  });
  if (grows) checkCidrs(errors, cidrs);
}

const nameIsAddress: NameValidation = (name) => {
  const address = parseIp(name);
  if (!address || address.leadingZeros) return [`ParseAddr(${JSON.stringify(name)}): unable to parse IP`];
  return formatIp(address) === name ? [] : ["must be a canonical format IP address"];
};

const addressMetadata = validateMetadata(false, nameIsAddress);

export const validateIpAddress: Validate = (errors, object, old) => {
  addressMetadata(errors, object, old);
  const { parentRef } = record(object.spec);
  if (old) checkImmutable(errors, "spec.parentRef", parentRef, record(old.spec).parentRef);
  else if (isPresent(parentRef)) checkParent(errors, "spec.parentRef", record(parentRef));
  else errors.push(required("spec.parentRef"));
};

function checkParent(errors: Errors, field: string, parent: Fields): void {
  const group = text(parent.group);
  if (group !== "") addInvalid(errors, child(field, "group"), group, validateDns1123Subdomain(group));
  for (const name of ["resource", "name", "namespace"]) {
    const value = text(parent[name]);
    if (value !== "") addInvalid(errors, child(field, name), value, validatePathSegmentName(value));
    else if (name !== "namespace") errors.push(required(child(field, name)));
  }
}
