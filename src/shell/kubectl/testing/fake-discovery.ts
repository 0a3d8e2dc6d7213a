/** Discovery documents of the fake server, from the kind catalogue. */
import { GROUPS, KINDS, type Kind } from "../../../sim/api/kinds.ts";
import type { JsonObject } from "../json.ts";

export function aggregatedDiscovery(core: boolean): JsonObject {
  const groups = core ? [{ group: "", versions: ["v1"] }] : GROUPS.filter(({ group }) => group !== "");
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: group === "" ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        freshness: "Current",
        resources: KINDS.filter((kind) => kind.group === group && kind.version === version).map(resourceOf),
      })),
    })),
  };
}

function resourceOf(kind: Kind): JsonObject {
  return {
    resource: kind.resource,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: kind.verbs,
    shortNames: kind.shortNames,
    categories: kind.categories,
    subresources: kind.subresources.map((sub) => ({
      subresource: sub.name,
      responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
      verbs: sub.verbs,
    })),
  };
}

/** `/api/v1`, `/apis/apps/v1` */
export function resourceList(path: string): JsonObject | null {
  const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path);
  if (!match) return null;
  const [, group = "", version] = match;
  const kinds = KINDS.filter((kind) => kind.group === group && kind.version === version);
  if (kinds.length === 0) return null;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: kinds.flatMap((kind) => [
      {
        name: kind.resource,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs: kind.verbs,
        shortNames: kind.shortNames,
        categories: kind.categories,
      },
      ...kind.subresources.map((sub) => ({
        name: `${kind.resource}/${sub.name}`,
        singularName: "",
        namespaced: kind.namespaced,
        group: sub.group,
        version: sub.version,
        kind: sub.kind,
        verbs: sub.verbs,
      })),
    ]),
  };
}
