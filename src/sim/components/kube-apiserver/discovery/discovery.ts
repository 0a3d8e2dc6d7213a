import { fnv32a } from "../../../api/hash.ts";
import { apiVersionOf, GROUPS, KINDS, type Kind } from "../../../api/kinds.ts";
import { acceptsAggregatedDiscovery } from "../http/accept.ts";
import type { ApiServerState } from "../state.ts";

export interface Document {
  readonly document: unknown;
  readonly contentType: string;
  readonly etag?: string;
}

const JSON_TYPE = "application/json";

/** `/`, `/api`, `/apis`, `/api/v1`, `/apis/GROUP`, `/apis/GROUP/VERSION`; null: another path. */
export function discoveryDocument(state: ApiServerState, path: string, accept: string): Document | null {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length === 0) return { document: { paths: rootPaths() }, contentType: JSON_TYPE };
  if (parts[0] === "api" && parts.length === 1) return aggregated(accept, [""]) ?? plain(apiVersions(state));
  if (parts[0] === "apis" && parts.length === 1) return aggregated(accept, groupNames()) ?? plain(groupList());
  if (parts[0] === "api" && parts.length === 2) return parts[1] === "v1" ? plain(resourceList("", "v1")) : null;
  if (parts[0] !== "apis" || parts.length > 3) return null;
  const group = GROUPS.find((one) => one.group === parts[1]);
  if (group === undefined || parts[1] === "") return null;
  if (parts.length === 2) return plain({ kind: "APIGroup", apiVersion: "v1", ...groupOf(group) });
  return group.versions.includes(parts[2]!) ? plain(resourceList(parts[1]!, parts[2]!)) : null;
}

function plain(document: unknown): Document {
  return { document, contentType: JSON_TYPE };
}

function groupNames(): string[] {
  return GROUPS.map(({ group }) => group).filter((group) => group !== "");
}

function rootPaths(): string[] {
  const groups = GROUPS.filter(({ group }) => group !== "");
  return [
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

function groupList(): unknown {
  return { kind: "APIGroupList", apiVersion: "v1", groups: GROUPS.filter(({ group }) => group !== "").map(groupOf) };
}

function groupOf({
  group,
  versions,
}: {
  readonly group: string;
  readonly versions: readonly string[];
}): Record<string, unknown> {
  const all = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: all, preferredVersion: all[0] };
}

function kindsOf(group: string, version: string): Kind[] {
  return KINDS.filter((kind) => kind.group === group && kind.version === version);
}

function resourceList(group: string, version: string): unknown {
  const resources: unknown[] = [];
  for (const kind of kindsOf(group, version)) {
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
function aggregated(accept: string, groups: readonly string[]): Document | null {
  const version = acceptsAggregatedDiscovery(accept);
  if (version === null) return null;
  const items = groups.map((name) => {
    const { versions } = GROUPS.find(({ group }) => group === name)!;
    return {
      metadata: { ...(name === "" ? {} : { name }), creationTimestamp: null },
      versions: versions.map((each) => ({
        version: each,
        resources: kindsOf(name, each).map(resourceDiscovery),
        freshness: "Current",
      })),
    };
  });
  const document = { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
  return {
    document,
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    etag: fnv32a(`${version} ${groups.join(" ")}`)
      .toString(16)
      .toUpperCase(),
  };
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
