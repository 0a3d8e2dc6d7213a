import { digestHex } from "../../../api/hash.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import { isAvailable, type RemoteApiService, remoteApiServices, remoteFor } from "../aggregator/api-services.ts";
import { type ServedGroup, servedGroups, servedKinds } from "../apiextensions/kinds.ts";
import { acceptsAggregatedDiscovery } from "../http/accept.ts";
import type { ApiServerState } from "../state.ts";

/** An APIService's group and version, in the place of the kinds that this server has itself. */
function remoteGroups(
  state: ApiServerState,
): { readonly group: string; readonly versions: readonly RemoteApiService[] }[] {
  const groups = new Map<string, RemoteApiService[]>();
  for (const service of remoteApiServices(state)) {
    const { group } = service.spec;
    groups.set(group, [...(groups.get(group) ?? []), service]);
  }
  return [...groups].map(([group, versions]) => ({ group, versions }));
}

/** Groups that somebody else serves come last. */
function allGroups(state: ApiServerState): readonly ServedGroup[] {
  const remote = remoteGroups(state).map(({ group, versions }) => ({
    group,
    versions: versions.map(({ spec }) => spec.version),
  }));
  return remote.length === 0 ? servedGroups(state) : [...servedGroups(state), ...remote];
}

export interface Document {
  readonly document: unknown;
  readonly contentType: string;
  readonly etag?: string;
}

const JSON_TYPE = "application/json";

/** `/`, `/api`, `/apis`, `/api/v1`, `/apis/GROUP`, `/apis/GROUP/VERSION`; null: another path. */
export function discoveryDocument(state: ApiServerState, path: string, accept: string): Document | null {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length === 0) return { document: { paths: rootPaths(state) }, contentType: JSON_TYPE };
  if (parts[0] === "api" && parts.length === 1) return aggregated(state, accept, coreOnly) ?? plain(apiVersions(state));
  if (parts[0] === "apis" && parts.length === 1) return aggregated(state, accept, namedOnly) ?? plain(groupList(state));
  if (parts[0] === "api" && parts.length === 2) return parts[1] === "v1" ? plain(resourceList(state, "", "v1")) : null;
  if (parts[0] !== "apis" || parts.length > 3) return null;
  const group = allGroups(state).find((one) => one.group === parts[1]);
  if (group === undefined || parts[1] === "") return null;
  if (parts.length === 2) return plain({ kind: "APIGroup", apiVersion: "v1", ...groupOf(group) });
  return group.versions.includes(parts[2]!) ? plain(resourceList(state, parts[1]!, parts[2]!)) : null;
}

function plain(document: unknown): Document {
  return { document, contentType: JSON_TYPE };
}

function coreOnly({ group }: ServedGroup): boolean {
  return group === "";
}

function namedOnly({ group }: ServedGroup): boolean {
  return group !== "";
}

function rootPaths(state: ApiServerState): string[] {
  const groups = allGroups(state).filter(namedOnly);
  return [
    "/.well-known/openid-configuration",
    "/api",
    "/api/v1",
    "/apis",
    ...groups.flatMap(({ group, versions }) => [
      `/apis/${group}`,
      ...versions.map((version) => `/apis/${group}/${version}`),
    ]),
    "/healthz",
    "/livez",
    "/metrics",
    "/openapi/v2",
    "/openapi/v3",
    "/openid/v1/jwks",
    "/readyz",
    "/version",
  ];
}

function apiVersions(state: ApiServerState): unknown {
  const serverAddress = `${state.flags.advertiseAddress}:${state.flags.securePort}`;
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
  };
}

function groupList(state: ApiServerState): unknown {
  return { kind: "APIGroupList", apiVersion: "v1", groups: allGroups(state).filter(namedOnly).map(groupOf) };
}

function groupOf({ group, versions }: ServedGroup): Record<string, unknown> {
  const all = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: all, preferredVersion: all[0] };
}

function kindsOf(state: ApiServerState, group: string, version: string): Kind[] {
  return servedKinds(state).filter((kind) => kind.group === group && kind.version === version);
}

function resourceList(state: ApiServerState, group: string, version: string): unknown {
  const resources: unknown[] = [];
  for (const kind of kindsOf(state, group, version)) {
    resources.push({
      name: kind.resource,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: [...kind.verbs].sort(),
      ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    });
    for (const sub of kind.subresources) {
      const foreign = sub.group !== kind.group || sub.version !== kind.version;
      resources.push({
        name: `${kind.resource}/${sub.name}`,
        singularName: "",
        namespaced: kind.namespaced,
        ...(foreign ? { group: sub.group, version: sub.version } : {}),
        kind: sub.kind,
        verbs: [...sub.verbs].sort(),
      });
    }
  }
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersionOf({ group, version }), resources };
}

/** All of some groups at once (`APIGroupDiscoveryList`), when the client asks for it. */
function aggregated(state: ApiServerState, accept: string, wanted: (group: ServedGroup) => boolean): Document | null {
  const version = acceptsAggregatedDiscovery(accept);
  if (version === null) return null;
  const groups = allGroups(state).filter(wanted);
  const items = groups.map(({ group, versions }) => ({
    metadata: { ...(group === "" ? {} : { name: group }), creationTimestamp: null },
    versions: versions.map((each) => {
      const remote = remoteFor(state, group, each);
      if (remote !== undefined) return remoteVersion(state, remote);
      return { version: each, resources: kindsOf(state, group, each).map(resourceDiscovery), freshness: "Current" };
    }),
  }));
  const document = { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
  return {
    document,
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    etag: digestHex(JSON.stringify(document), 64).toUpperCase(),
  };
}

/** Stale: clients take it as not there. */
function remoteVersion(state: ApiServerState, service: RemoteApiService): unknown {
  const { group, version } = service.spec;
  const { resources = [] } = state.aggregatedApis.get(service.metadata!.name!) ?? {};
  return {
    version,
    resources: (resources as readonly RemoteResource[]).map((resource) => ({
      resource: resource.name,
      responseKind: { group: resource.group || group, version: resource.version || version, kind: resource.kind },
      scope: resource.namespaced ? "Namespaced" : "Cluster",
      singularResource: resource.singularName ?? "",
      verbs: resource.verbs ?? [],
      ...(resource.shortNames === undefined ? {} : { shortNames: resource.shortNames }),
    })),
    freshness: isAvailable(service) ? "Current" : "Stale",
  };
}

/** `metav1.APIResource`. */
interface RemoteResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced?: boolean;
  readonly singularName?: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
}

function resourceDiscovery(kind: Kind): unknown {
  return {
    resource: kind.resource,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: [...kind.verbs].sort(),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.subresources.length === 0
      ? {}
      : {
          subresources: kind.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
            verbs: [...sub.verbs].sort(),
          })),
        }),
  };
}
