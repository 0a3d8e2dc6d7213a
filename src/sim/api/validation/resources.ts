/** Resource names and amounts of containers (core validation's ValidateResourceRequirements). */
import { type FieldError, invalid, required } from "../field-errors.ts";
import { validateQualifiedName } from "../names.ts";
import { compareQuantities, formatQuantity, parseQuantity } from "../quantity.ts";
import { child, type Errors, type Fields, item, NON_NEGATIVE_MESSAGE, record, text } from "./common.ts";

const STANDARD_CONTAINER_RESOURCES: readonly string[] = ["cpu", "memory", "ephemeral-storage"];
const STANDARD_RESOURCES: readonly string[] = [
  "cpu",
  "memory",
  "ephemeral-storage",
  "requests.cpu",
  "requests.memory",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "storage",
  "requests.storage",
  "services.nodeports",
  "services.loadbalancers",
];
const INTEGER_RESOURCES: readonly string[] = [
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

/** What a quota can count, beside qualified names. */
export const QUOTA_RESOURCES: readonly string[] = STANDARD_RESOURCES.filter((name) => name !== "storage");

export function isHugePage(name: string): boolean {
  return name.startsWith("hugepages-");
}

/** In Kubernetes' own domain: without a prefix, or with one that holds `kubernetes.io/`. */
export function isNative(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && validateQualifiedName(`requests.${name}`).length === 0;
}

/** Whether more of it may be promised than there is. */
function isOvercommittable(name: string): boolean {
  return isNative(name) && !isHugePage(name);
}

function invalidName(field: string, name: string, detail: string): FieldError {
  return { ...invalid(field, name, detail), bare: true };
}

export function checkResourceName(errors: Errors, field: string, name: string): void {
  for (const message of validateQualifiedName(name)) errors.push(invalidName(field, name, message));
  if (!name.includes("/") && !STANDARD_RESOURCES.includes(name) && !isHugePage(name)) {
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
  if (!name.includes("/") && !QUOTA_RESOURCES.includes(name) && !/^(requests\.|limits\.)?hugepages-/.test(name)) {
    errors.push(invalidName(field, name, "must be a standard resource for quota"));
  }
}

/** Not negative, and a whole number where pieces are counted. */
export function checkResourceQuantity(errors: Errors, field: string, name: string, quantity: unknown): void {
  const amount = text(quantity);
  if (amount.startsWith("-")) errors.push(invalid(field, amount, NON_NEGATIVE_MESSAGE));
  if (INTEGER_RESOURCES.includes(name) || (isExtended(name) && !isNative(name))) {
    if (parseQuantity(amount || "0").nano % 1_000_000_000n !== 0n) {
      errors.push(invalid(field, amount, "must be an integer"));
    }
  }
}

export function checkResourceRequirements(
  errors: Errors,
  field: string,
  resources: Fields,
  claimNames: readonly string[],
): void {
  const limits = record(resources.limits);
  const requests = record(resources.requests);
  const [limitPath, requestPath] = [child(field, "limits"), child(field, "requests")];
  let hugePages = false;
  let cpuOrMemory = false;
  for (const name in limits) {
    const path = item(limitPath, name);
    checkContainerResourceName(errors, path, name);
    checkResourceQuantity(errors, path, name, limits[name]);
    if (isHugePage(name)) {
      hugePages = true;
      checkHugePage(errors, path, name, limits[name]);
    }
    if (name === "cpu" || name === "memory") cpuOrMemory = true;
  }
  for (const name in requests) {
    const path = item(requestPath, name);
    checkContainerResourceName(errors, path, name);
    checkResourceQuantity(errors, path, name, requests[name]);
    if (name === "cpu" || name === "memory") cpuOrMemory = true;
    if (isHugePage(name)) {
      hugePages = true;
      checkHugePage(errors, path, name, requests[name]);
    }
    if (limits[name] !== undefined) {
      const [request, limit] = [text(requests[name]), text(limits[name])];
      const order = compareQuantities(request || "0", limit || "0");
      if (order !== 0 && !isOvercommittable(name)) {
        errors.push(invalid(requestPath, canonical(request), `must be equal to ${name} limit of ${canonical(limit)}`));
      } else if (order > 0) {
        errors.push(
          invalid(
            requestPath,
            canonical(request),
            `must be less than or equal to ${name} limit of ${canonical(limit)}`,
          ),
        );
      }
    } else if (!isOvercommittable(name)) {
      errors.push(required(limitPath, "Limit must be set for non overcommitable resources"));
    }
  }
  if (hugePages && !cpuOrMemory) {
    errors.push({ type: "FieldValueForbidden", field, detail: "HugePages require cpu or memory" });
  }
  checkClaims(errors, child(field, "claims"), resources.claims, claimNames);
}

function canonical(quantity: string): string {
  return formatQuantity(parseQuantity(quantity || "0"));
}

function checkHugePage(errors: Errors, field: string, name: string, quantity: unknown): void {
  const size = parseQuantity(name.slice("hugepages-".length));
  const amount = text(quantity);
  const { nano } = parseQuantity(amount || "0");
  if (nano !== 0n && nano % size.nano !== 0n) {
    errors.push(invalid(field, amount, `must be a multiple of ${name.slice("hugepages-".length)}`));
  }
}

function checkClaims(errors: Errors, field: string, claims: unknown, claimNames: readonly string[]): void {
  if (!Array.isArray(claims)) return;
  const seen = new Set<string>();
  claims.forEach((claim, index) => {
    const path = item(field, index);
    const { name, request } = record(claim);
    if (text(name) === "") errors.push(required(child(path, "name")));
    else {
      const key = text(request) === "" ? text(name) : `${text(name)}/${text(request)}`;
      if (seen.has(key)) errors.push({ type: "FieldValueDuplicate", field: path, value: text(name), detail: "" });
      seen.add(key);
      if (!claimNames.includes(text(name))) {
        errors.push({ type: "FieldValueNotFound", field: child(path, "name"), value: text(name), detail: "" });
      }
    }
  });
}
