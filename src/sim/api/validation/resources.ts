/** Resource names and amounts of containers (core validation's ValidateContainerResourceRequirements). */
import { duplicate, type FieldError, forbidden, invalid, required } from "../field-errors.ts";
import { goQuantity } from "../go-values.ts";
import { validateDns1123Label, validateQualifiedName } from "../names.ts";
import { compareQuantities, formatQuantity, parseQuantity, QuantityError } from "../quantity.ts";
import {
  addInvalid,
  child,
  type Errors,
  type Fields,
  item,
  list,
  NON_NEGATIVE_MESSAGE,
  record,
  text,
} from "./common.ts";

const STANDARD_CONTAINER_RESOURCES: readonly string[] = ["cpu", "memory", "ephemeral-storage"];
/** Pieces, of which there is no half. */
const COUNTED_RESOURCES: readonly string[] = [
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers",
];
const STANDARD_RESOURCES: readonly string[] = [
  ...STANDARD_CONTAINER_RESOURCES,
  "requests.cpu",
  "requests.memory",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  "storage",
  "requests.storage",
  ...COUNTED_RESOURCES,
];

export function isHugePage(name: string): boolean {
  return name.startsWith("hugepages-");
}

function isQuotaHugePage(name: string): boolean {
  return isHugePage(name) || name.startsWith("requests.hugepages-");
}

/** What a quota can count, beside qualified names. */
export function isStandardQuotaResource(name: string): boolean {
  return isQuotaHugePage(name) || (STANDARD_RESOURCES.includes(name) && name !== "storage");
}

/** In Kubernetes' own domain: without a prefix, or with one that holds `kubernetes.io/`. */
export function isNative(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && validateQualifiedName(`requests.${name}`).length === 0;
}

/** Whether more of it may be promised than there is. */
export function isOvercommittable(name: string): boolean {
  return isNative(name) && !isHugePage(name);
}

function invalidName(field: string, name: string, detail: string): FieldError {
  return { ...invalid(field, name, detail), bare: true };
}

export function checkResourceName(errors: Errors, field: string, name: string): void {
  const messages = validateQualifiedName(name);
  for (const message of messages) errors.push(invalidName(field, name, message));
  if (messages.length > 0 || name.includes("/")) return;
  if (!STANDARD_RESOURCES.includes(name) && !isQuotaHugePage(name)) {
    errors.push(invalidName(field, name, "must be a standard resource type or fully qualified"));
  }
}

export function checkContainerResourceName(errors: Errors, field: string, name: string): void {
  checkResourceName(errors, field, name);
  if (!name.includes("/")) {
    if (!STANDARD_CONTAINER_RESOURCES.includes(name) && !isHugePage(name)) {
      errors.push(invalidName(field, name, "must be a standard resource for containers"));
    }
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(invalidName(field, name, "doesn't follow extended resource name standard"));
  }
}

export function checkQuotaResourceName(errors: Errors, field: string, name: string): void {
  checkResourceName(errors, field, name);
  if (!name.includes("/") && !isStandardQuotaResource(name)) {
    errors.push(invalidName(field, name, "must be a standard resource for quota"));
  }
}

/** Not negative, and a whole number where pieces are counted. */
export function checkResourceQuantity(errors: Errors, field: string, name: string, quantity: unknown): void {
  const amount = text(quantity);
  if (amount.startsWith("-")) errors.push(invalid(field, amount, NON_NEGATIVE_MESSAGE));
  if (!COUNTED_RESOURCES.includes(name) && !isExtended(name)) return;
  if (parseQuantity(amount || "0").nano % 1_000_000_000n !== 0n) {
    errors.push({ ...invalid(field, goQuantity(amount), "must be an integer"), bare: true });
  }
}

export function checkResourceRequirements(
  errors: Errors,
  field: string,
  resources: Fields,
  claimNames: readonly string[],
): void {
  const [limits, requests] = [record(resources.limits), record(resources.requests)];
  const [limitPath, requestPath] = [child(field, "limits"), child(field, "requests")];
  for (const name in limits) checkAmount(errors, item(limitPath, name), name, limits[name]);
  for (const name in requests) {
    checkAmount(errors, item(requestPath, name), name, requests[name]);
    if (limits[name] !== undefined) {
      checkAgainstLimit(errors, requestPath, name, text(requests[name]), text(limits[name]));
    } else if (!isOvercommittable(name)) {
      errors.push(required(limitPath, "Limit must be set for non overcommitable resources"));
    }
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePage) && !names.includes("cpu") && !names.includes("memory")) {
    errors.push(forbidden(field, "HugePages require cpu or memory"));
  }
  checkClaims(errors, child(field, "claims"), list(resources.claims).map(record), claimNames);
}

function checkAmount(errors: Errors, field: string, name: string, amount: unknown): void {
  checkContainerResourceName(errors, field, name);
  checkResourceQuantity(errors, field, name, amount);
  if (!isHugePage(name) || isDivisible(name, text(amount))) return;
  const shown = canonical(text(amount));
  errors.push(invalid(field, shown, `${shown} is not positive integer multiple of ${name}`));
}

function isDivisible(name: string, amount: string): boolean {
  try {
    const { nano: size } = parseQuantity(name.slice("hugepages-".length));
    if (size <= 0n || size % 1_000_000_000n !== 0n) return false;
    return parseQuantity(amount || "0").nano % size === 0n;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    return false;
  }
}

function checkAgainstLimit(errors: Errors, field: string, name: string, request: string, limit: string): void {
  const order = compareQuantities(request || "0", limit || "0");
  if (order !== 0 && !isOvercommittable(name)) {
    errors.push(invalid(field, canonical(request), `must be equal to ${name} limit of ${canonical(limit)}`));
  } else if (order > 0) {
    errors.push(
      invalid(field, canonical(request), `must be less than or equal to ${name} limit of ${canonical(limit)}`),
    );
  }
}

function canonical(quantity: string): string {
  return formatQuantity(parseQuantity(quantity || "0"));
}

/** Each claim, or request within it, once; and a claim as a whole not beside its parts. */
function checkClaims(errors: Errors, field: string, claims: readonly Fields[], claimNames: readonly string[]): void {
  const seen = new Set<string>();
  // Claims that a request of was seen.
  const inParts = new Map<string, number>();
  const known = new Set(claimNames);
  const which = known.size === 0 ? " which is empty" : `: ${[...known].sort().join(", ")}`;
  claims.forEach((claim, index) => {
    const path = item(field, index);
    const [name, request] = [text(claim.name), text(claim.request)];
    if (name === "") {
      errors.push(required(path));
      return;
    }
    if (seen.has(name)) errors.push(duplicate(path, name));
    else {
      if (request !== "") addInvalid(errors, child(path, "request"), request, validateDns1123Label(request));
      const key = request === "" ? name : `${name}/${request}`;
      if (seen.has(key)) errors.push(duplicate(path, key));
      else if (request === "") {
        for (let count = inParts.get(name) ?? 0; count > 0; count--) errors.push(duplicate(path, name));
      } else inParts.set(name, (inParts.get(name) ?? 0) + 1);
      seen.add(key);
    }
    if (!known.has(name)) errors.push(unknownClaim(path, name, which));
  });
}

function unknownClaim(field: string, name: string, which: string): FieldError {
  const detail = `must be one of the names in pod.spec.resourceClaims${which}`;
  return { type: "FieldValueNotFound", field, value: name, detail };
}
