import type { ApiObject, Status } from "../../../api/object.ts";
import { totalLimits, totalRequests } from "../../../api/pod/resources.ts";
import type { Pod, ResourceList } from "../../../api/pod/types.ts";
import { compareQuantities, parseQuantity } from "../../../api/quantity.ts";
import { EXACT } from "../../../api/quota/resource-list.ts";
import { forbidden } from "../../../api/status-errors.ts";
import { type AdmissionPlugin, type AdmissionRequest, createsPod } from "./plugin.ts";

interface Limit {
  readonly type: string;
  readonly min?: ResourceList;
  readonly max?: ResourceList;
  readonly default?: ResourceList;
  readonly defaultRequest?: ResourceList;
  readonly maxLimitRequestRatio?: ResourceList;
}

interface LimitRange extends ApiObject {
  readonly spec?: { readonly limits?: readonly Limit[] };
}

interface Resources {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

interface Container {
  readonly name: string;
  readonly resources?: Resources;
}

const ANNOTATION = "kubernetes.io/limit-ranger";

/** Gives pods the namespace's default requests and limits, and refuses what is smaller or greater than it allows. */
export const limitRanger: AdmissionPlugin = {
  name: "LimitRanger",
  enabledByDefault: true,
  resources: ["pods", "persistentvolumeclaims"],
  admit(request, view) {
    if (!createsPod(request)) return null;
    let pod = request.object!;
    for (const range of view.inNamespace("limitranges", request.namespace)) pod = withDefaults(pod, range);
    return pod === request.object ? null : pod;
  },
  validate(request, view) {
    const concerns = concernsPod(request) || concernsClaim(request);
    if (!concerns) return null;
    for (const range of view.inNamespace("limitranges", request.namespace)) {
      const refusal = violation(request, range);
      if (refusal !== null) return refusal;
    }
    return null;
  },
};

function concernsPod({ kind, operation, subresource }: AdmissionRequest): boolean {
  if (kind.resource !== "pods") return false;
  return subresource === "" ? operation === "CREATE" : subresource === "resize" && operation === "UPDATE";
}

function concernsClaim({ kind, operation, subresource }: AdmissionRequest): boolean {
  return kind.resource === "persistentvolumeclaims" && subresource === "" && operation !== "DELETE";
}

function limitsOf(range: LimitRange): readonly Limit[] {
  return range.spec?.limits ?? [];
}

function withDefaults(pod: ApiObject, range: LimitRange): ApiObject {
  const requests: Record<string, string> = {};
  const limits: Record<string, string> = {};
  for (const limit of limitsOf(range)) {
    if (limit.type !== "Container") continue;
    Object.assign(requests, limit.defaultRequest);
    Object.assign(limits, limit.default);
  }
  const said: string[] = [];
  const spec: Record<string, unknown> = { ...(pod.spec as object) };
  for (const [list, title] of [
    ["containers", "container"],
    ["initContainers", "init container"],
  ] as const) {
    const containers = spec[list] as readonly Container[] | undefined;
    if (containers === undefined) continue;
    spec[list] = containers.map((container) => filled(container, requests, limits, title, said));
  }
  if (said.length === 0) return pod;
  const annotations = { ...pod.metadata?.annotations, [ANNOTATION]: `LimitRanger plugin set: ${said.join("; ")}` };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec };
}

function filled(
  container: Container,
  requests: ResourceList,
  limits: ResourceList,
  title: string,
  said: string[],
): Container {
  const given = container.resources ?? {};
  const missing = (defaults: ResourceList, has: ResourceList | undefined): string[] =>
    Object.keys(defaults)
      .filter((name) => has?.[name] === undefined)
      .sort();
  const [newRequests, newLimits] = [missing(requests, given.requests), missing(limits, given.limits)];
  if (newRequests.length > 0) said.push(`${newRequests.join(", ")} request for ${title} ${container.name}`);
  if (newLimits.length > 0) said.push(`${newLimits.join(", ")} limit for ${title} ${container.name}`);
  if (newRequests.length + newLimits.length === 0) return container;
  const resources = {
    ...given,
    ...(newLimits.length > 0 ? { limits: { ...limits, ...given.limits } } : {}),
    ...(newRequests.length > 0 ? { requests: { ...requests, ...given.requests } } : {}),
  };
  return { ...container, resources };
}

function violation(request: AdmissionRequest, range: LimitRange): Status | null {
  const object = request.object!;
  const errors = limitsOf(range).flatMap((limit) =>
    request.kind.resource === "pods" ? errorsOfPod(limit, object as Pod) : errorsOfClaim(limit, object),
  );
  if (errors.length === 0) return null;
  return forbidden(request.kind, request.name, errors.length === 1 ? errors[0]! : `[${errors.join(", ")}]`);
}

function errorsOfPod(limit: Limit, pod: Pod): string[] {
  if (limit.type === "Container") {
    const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    return containers.flatMap(({ resources }) => errorsOf(limit, resources?.requests ?? {}, resources?.limits ?? {}));
  }
  if (limit.type !== "Pod") return [];
  return errorsOf(limit, totalRequests(pod, {}, EXACT), totalLimits(pod, {}, EXACT));
}

function errorsOf(limit: Limit, requests: ResourceList, limits: ResourceList): string[] {
  return [
    ...each(limit.min, (name, min) => belowMin(limit.type, name, min, requests[name], limits[name])),
    ...each(limit.max, (name, max) => aboveMax(limit.type, name, max, requests[name], limits[name])),
    ...each(limit.maxLimitRequestRatio, (name, max) => aboveRatio(limit.type, name, max, requests[name], limits[name])),
  ];
}

function errorsOfClaim(limit: Limit, claim: ApiObject): string[] {
  if (limit.type !== "PersistentVolumeClaim") return [];
  const { resources } = (claim.spec ?? {}) as { resources?: Resources };
  const requests = resources?.requests ?? {};
  return [
    ...each(limit.min, (name, min) => belowMin(limit.type, name, min, requests[name], undefined)),
    ...each(limit.max, (name, max) => {
      const head = `maximum ${name} usage per ${limit.type} is ${max}`;
      if (requests[name] === undefined) return `${head}.  No request is specified`;
      return compareQuantities(requests[name]!, max) > 0 ? `${head}, but request is ${requests[name]}` : "";
    }),
  ];
}

/** By name; upstream walks a map. */
function each(list: ResourceList | undefined, check: (name: string, amount: string) => string): string[] {
  if (list === undefined) return [];
  return Object.keys(list)
    .sort()
    .map((name) => check(name, list[name]!))
    .filter((error) => error !== "");
}

type Maybe = string | undefined;

function belowMin(type: string, name: string, min: string, request: Maybe, limit: Maybe): string {
  const head = `minimum ${name} usage per ${type} is ${min}`;
  if (request === undefined) return `${head}.  No request is specified`;
  if (compareQuantities(request, min) < 0) return `${head}, but request is ${request}`;
  return limit !== undefined && compareQuantities(limit, min) < 0 ? `${head}, but limit is ${limit}` : "";
}

function aboveMax(type: string, name: string, max: string, request: Maybe, limit: Maybe): string {
  const head = `maximum ${name} usage per ${type} is ${max}`;
  if (limit === undefined) return `${head}.  No limit is specified`;
  if (compareQuantities(limit, max) > 0) return `${head}, but limit is ${limit}`;
  return request !== undefined && compareQuantities(request, max) > 0 ? `${head}, but request is ${request}` : "";
}

function aboveRatio(type: string, name: string, max: string, request: Maybe, limit: Maybe): string {
  const head = `${name} max limit to request ratio per ${type} is ${max}`;
  const [asked, allowed] = [request ?? "0", limit ?? "0"].map((amount) => parseQuantity(amount).nano) as [
    bigint,
    bigint,
  ];
  if (asked === 0n) return `${head}, but no request is specified or request is 0`;
  if (allowed === 0n) return `${head}, but no limit is specified or limit is 0`;
  const tooMuch = allowed * 1_000_000_000n > parseQuantity(max).nano * asked;
  return tooMuch ? `${head}, but provided ratio is ${sixDecimals(allowed, asked)}` : "";
}

/** As `%f` prints a quotient. */
function sixDecimals(a: bigint, b: bigint): string {
  const millionths = (a * 2_000_000n + b) / (b * 2n);
  return `${millionths / 1_000_000n}.${String(millionths % 1_000_000n).padStart(6, "0")}`;
}
