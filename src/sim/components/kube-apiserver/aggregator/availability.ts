import { deepFreeze } from "../../../api/object.ts";
import { formatTime } from "../../../api/time.ts";
import type { Context, NetworkError } from "../../../kernel/types.ts";
import { loopback } from "../bootstrap/loopback.ts";
import type { HttpRequest, HttpResponse } from "../messages.ts";
import { lookup, objectsOf } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import type { CachedEvent } from "../watch/history.ts";
import {
  type AggregatedApi,
  API_SERVICES,
  type ApiService,
  type ApiServiceCondition,
  isRemote,
  portOf,
  type RemoteApiService,
} from "./api-services.ts";

/**
 * kube-aggregator's controller of the condition Available: every API server looks at each APIService that is served
 * elsewhere, every 30 s and when its Service or endpoints change.
 */
export interface ApiServiceTimer {
  readonly type: "apiService";
  readonly name: string;
}

export interface AvailabilityTag {
  readonly use: "apiService";
  readonly name: string;
}

const CHECK_EVERY_US = 30_000_000;
const RETRY_US = 5_000_000;
const CHECK_TIMEOUT_US = 5_000_000;
const SLICES = "endpointslices.discovery.k8s.io";

/** The APIServices are there (again): looks at those that are new, and forgets those that are gone. */
export function apiServicesListed(state: ApiServerState, context: Context): void {
  const seen = new Set<string>();
  for (const service of objectsOf(state, API_SERVICES) as Iterable<ApiService>) {
    const name = service.metadata!.name!;
    if (!isRemote(service)) continue;
    seen.add(name);
    if (state.aggregatedApis.has(name)) continue;
    state.aggregatedApis.set(name, { resources: [], checking: false, again: false, timer: null, failures: 0 });
    check(state, context, name);
  }
  for (const name of state.aggregatedApis.keys()) if (!seen.has(name)) state.aggregatedApis.delete(name);
}

export function apiServiceDue(state: ApiServerState, context: Context, timer: ApiServiceTimer): void {
  const known = state.aggregatedApis.get(timer.name);
  if (known === undefined) return;
  known.timer = null;
  check(state, context, timer.name);
}

/** Looks again in 30 s, or sooner while the way there fails for reasons that nobody tells of. */
function lookAgain(context: Context, name: string, known: AggregatedApi, isFailing: boolean): void {
  known.failures = isFailing ? known.failures + 1 : 0;
  const delayUs = isFailing ? Math.min(CHECK_EVERY_US, RETRY_US << Math.min(3, known.failures - 1)) : CHECK_EVERY_US;
  if (known.timer !== null) context.clearTimer(known.timer);
  const timer: ApiServiceTimer = { type: "apiService", name };
  known.timer = context.setTimer(delayUs, timer);
}

/** Something changed in a cache. Cheap where nothing is served elsewhere. */
export function cacheChanged(
  state: ApiServerState,
  context: Context,
  resource: string,
  events: readonly CachedEvent[],
): void {
  if (resource === API_SERVICES) {
    apiServicesListed(state, context);
    return;
  }
  if (state.aggregatedApis.size === 0 || (resource !== SLICES && resource !== "services")) return;
  for (const { object } of events) {
    const { namespace, name, labels } = object.metadata!;
    const service = resource === SLICES ? labels?.["kubernetes.io/service-name"] : name;
    for (const each of objectsOf(state, API_SERVICES) as Iterable<ApiService>) {
      if (isRemote(each) && each.spec.service.name === service && each.spec.service.namespace === namespace)
        check(state, context, each.metadata!.name!);
    }
  }
}

function check(state: ApiServerState, context: Context, name: string): void {
  const known = state.aggregatedApis.get(name);
  const service = lookup(state, API_SERVICES, "", name) as ApiService | undefined;
  if (known === undefined || !isRemote(service) || state.phase !== "serving") return;
  if (known.checking) {
    known.again = true;
    return;
  }
  const target = addressOf(state, service);
  if ("reason" in target) {
    conclude(state, context, service, target);
    return;
  }
  known.checking = true;
  const { group, version } = service.spec;
  const body: HttpRequest = {
    type: "http",
    method: "GET",
    path: `/apis/${group}/${version}`,
    headers: { accept: "application/json" },
    body: "",
  };
  const tag: AvailabilityTag = { use: "apiService", name };
  context.request({ to: target.address, body, timeoutUs: CHECK_TIMEOUT_US, tag, label: `GET ${body.path}` });
}

type Problem = { readonly reason: string; readonly message: string };

interface ServiceObject {
  readonly spec?: {
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly port: number; readonly name?: string }[];
  };
}

interface SliceObject {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
  readonly ports?: readonly { readonly name?: string }[];
}

/** Where the Service is reached, or why it cannot be. */
export function addressOf(state: ApiServerState, service: RemoteApiService): { readonly address: string } | Problem {
  const { namespace, name } = service.spec.service;
  const found = lookup(state, "services", namespace, name) as ServiceObject | undefined;
  const text = `service/${name} in "${namespace}"`;
  if (found === undefined) return { reason: "ServiceNotFound", message: `${text} is not present` };
  const port = found.spec?.ports?.find((each) => each.port === portOf(service));
  if (port === undefined)
    return { reason: "ServicePortError", message: `${text} is not listening on port ${portOf(service)}` };
  const slices = [...objectsOf(state, SLICES)].filter(
    ({ metadata }) => metadata?.namespace === namespace && metadata.labels?.["kubernetes.io/service-name"] === name,
  ) as readonly SliceObject[];
  if (slices.length === 0) return { reason: "EndpointsNotFound", message: `cannot find endpointslices for ${text}` };
  const isServed = slices.some(
    ({ endpoints, ports }) =>
      ports?.some((each) => (each.name ?? "") === (port.name ?? "")) &&
      endpoints?.some(({ conditions }) => conditions?.ready !== false),
  );
  if (!isServed) {
    const message = `endpoints for ${text} have no addresses with port name "${port.name ?? ""}"`;
    return { reason: "MissingEndpoints", message };
  }
  return { address: `${found.spec?.clusterIP}:${port.port}` };
}

/** The answer to a check. */
export function availabilityAnswered(
  state: ApiServerState,
  context: Context,
  { name }: AvailabilityTag,
  answer: HttpResponse | NetworkError,
): void {
  const known = state.aggregatedApis.get(name);
  const service = lookup(state, API_SERVICES, "", name) as ApiService | undefined;
  if (known === undefined || !isRemote(service)) return;
  known.checking = false;
  const target = addressOf(state, service);
  if ("reason" in target) conclude(state, context, service, target);
  else {
    const url = `https://${target.address}/apis/${service.spec.group}/${service.spec.version}`;
    const problem = problemOf(answer, url);
    if (problem === null) known.resources = resourcesOf(answer as HttpResponse);
    conclude(state, context, service, problem);
  }
  if (!known.again) return;
  known.again = false;
  check(state, context, name);
}

function problemOf(answer: HttpResponse | NetworkError, url: string): Problem | null {
  const reason = "FailedDiscoveryCheck";
  if ("kind" in answer)
    return { reason, message: `failing or missing response from ${url}: Get "${url}": ${answer.text}` };
  if (answer.status >= 200 && answer.status < 300) return null;
  return { reason, message: `failing or missing response from ${url}: bad status from ${url}: ${answer.status}` };
}

function resourcesOf(answer: HttpResponse): readonly unknown[] {
  try {
    const { resources } = JSON.parse(answer.body) as { readonly resources?: readonly unknown[] };
    return deepFreeze(resources ?? []);
  } catch {
    return [];
  }
}

/** Writes the condition where it says something else. */
function conclude(state: ApiServerState, context: Context, service: RemoteApiService, problem: Problem | null): void {
  const name = service.metadata!.name!;
  const known = state.aggregatedApis.get(name);
  if (known !== undefined) lookAgain(context, name, known, problem?.reason === "FailedDiscoveryCheck");
  const next: ApiServiceCondition = {
    type: "Available",
    status: problem === null ? "True" : "False",
    reason: problem?.reason ?? "Passed",
    message: problem?.message ?? "all checks passed",
  };
  const conditions = service.status?.conditions ?? [];
  const held = conditions.find(({ type }) => type === next.type);
  if (held?.status === next.status && held.reason === next.reason && held.message === next.message) return;
  const lastTransitionTime =
    held?.status === next.status && held.lastTransitionTime !== undefined
      ? held.lastTransitionTime
      : formatTime(context.wallUs());
  const written = { ...next, lastTransitionTime };
  const all =
    held === undefined ? [...conditions, written] : conditions.map((each) => (each === held ? written : each));
  loopback(state, context, `apiService ${name}`, {
    verb: "update",
    group: "apiregistration.k8s.io",
    version: "v1",
    resource: "apiservices",
    subresource: "status",
    namespace: "",
    name,
    body: deepFreeze({ ...service, status: { ...service.status, conditions: all } }),
  });
}
