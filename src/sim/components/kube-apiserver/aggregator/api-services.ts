import type { ApiObject } from "../../../api/object.ts";
import type { TimerId } from "../../../kernel/types.ts";
import { objectsOf } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";

/** Name of the cache of APIServices. */
export const API_SERVICES = "apiservices.apiregistration.k8s.io";

export interface ApiServiceCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** apiregistration.k8s.io/v1 APIService. Without a service it stands for a part of the API that is served right here. */
export interface ApiService extends ApiObject {
  readonly spec?: {
    readonly group?: string;
    readonly version?: string;
    readonly service?: { readonly namespace?: string; readonly name?: string; readonly port?: number };
  };
  readonly status?: { readonly conditions?: readonly ApiServiceCondition[] };
}

/** An APIService whose part of the API somebody else serves. */
export interface RemoteApiService extends ApiService {
  readonly spec: {
    readonly group: string;
    readonly version: string;
    readonly service: { readonly namespace: string; readonly name: string; readonly port?: number };
  };
}

/** What this server knows of one that is served elsewhere. */
export interface AggregatedApi {
  /** `APIResourceList.resources`, as the last check brought them. */
  resources: readonly unknown[];
  /** A check is under way; it is to be made again when it is over. */
  checking: boolean;
  again: boolean;
  /** The next look, and how many checks in a row have failed. */
  timer: TimerId | null;
  failures: number;
}

export function isRemote(service: ApiService | undefined): service is RemoteApiService {
  const { group, version, service: target } = service?.spec ?? {};
  return group !== undefined && version !== undefined && target?.name !== undefined && target.namespace !== undefined;
}

/** Those that this server proxies, by name. */
export function remoteApiServices(state: ApiServerState): RemoteApiService[] {
  if (state.aggregatedApis.size === 0) return [];
  return [...(objectsOf(state, API_SERVICES) as Iterable<ApiService>)].filter(isRemote);
}

/** Who serves a group's version, where it is not this server. */
export function remoteFor(state: ApiServerState, group: string, version: string): RemoteApiService | undefined {
  if (state.aggregatedApis.size === 0) return undefined;
  return remoteApiServices(state).find(({ spec }) => spec.group === group && spec.version === version);
}

export function isAvailable(service: ApiService): boolean {
  return service.status?.conditions?.some(({ type, status }) => type === "Available" && status === "True") ?? false;
}

export function portOf({ spec }: RemoteApiService): number {
  return spec.service.port ?? 443;
}
