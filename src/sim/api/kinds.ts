/**
 * The kind catalogue: every built-in resource as data. A kind is one row of `RESOURCES`; what storage, registry and
 * discovery must know about it follows from the row.
 */
import type { PrinterColumn, ScalePaths } from "./custom/definition.ts";
import type { JsonSchema } from "./custom/json-schema.ts";
import { RESOURCES, SUBRESOURCES } from "./kinds.generated.ts";

export interface Subresource {
  /** `status`, `scale`, `binding`, ... */
  readonly name: string;
  /** Kind that is sent and answered, with its group and version where they are not the resource's own. */
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

export interface Kind {
  /** "" is the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, lower case: `pods`. */
  readonly resource: string;
  readonly kind: string;
  readonly listKind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /** `metadata.generation` is 1 at creation and grows with the spec. */
  readonly hasGeneration: boolean;
  /** Has the `/status` subresource: writes to the object itself leave `status` alone, and the other way round. */
  readonly hasStatus: boolean;
  /** A PUT without resourceVersion overwrites whatever is there; otherwise it is refused. */
  readonly unconditionalUpdate: boolean;
  /** A PUT to a missing name creates it. */
  readonly createOnUpdate: boolean;
  /** Key prefix in etcd, without a slash at the end: `/registry/minions`. "" where nothing is stored. */
  readonly storagePrefix: string;
  /** Of a kind that a CustomResourceDefinition defines; null for those of the catalogue. */
  readonly custom: CustomKind | null;
}

/** What a custom kind has beside its row. */
export interface CustomKind {
  /** Name of the CustomResourceDefinition. */
  readonly definition: string;
  /** Objects are stored in this version, whatever version they are written in. */
  readonly storageVersion: string;
  /** Null: everything is kept as it is sent. */
  readonly schema: JsonSchema | null;
  readonly columns: readonly PrinterColumn[];
  /** Where the `scale` subresource finds its numbers; null: there is none. */
  readonly scale: ScalePaths | null;
  /** Paths that field selectors may name: `spec.color`. */
  readonly selectableFields: readonly string[];
  /** What every request is warned of; "" for versions that are not deprecated. */
  readonly deprecationWarning: string;
}

const VERBS: Readonly<Record<string, string>> = {
  c: "create",
  d: "delete",
  D: "deletecollection",
  g: "get",
  l: "list",
  p: "patch",
  u: "update",
  w: "watch",
};

const GROUPS_WITH_GENERATION: readonly string[] = [
  "apps",
  "batch",
  "admissionregistration.k8s.io",
  "flowcontrol.apiserver.k8s.io",
];
const KINDS_WITH_GENERATION: readonly string[] = [
  "Pod",
  "ReplicationController",
  "PodDisruptionBudget",
  "Ingress",
  "IngressClass",
  "NetworkPolicy",
  "EndpointSlice",
  "PriorityClass",
  "CustomResourceDefinition",
];
const KINDS_WITHOUT_UNCONDITIONAL_UPDATE: readonly string[] = [
  "PodDisruptionBudget",
  "Lease",
  "CSIDriver",
  "CSINode",
  "VolumeAttachment",
  "RuntimeClass",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "CSIStorageCapacity",
  "CustomResourceDefinition",
  "APIService",
];
const KINDS_CREATED_ON_UPDATE: readonly string[] = [
  "Service",
  "Event",
  "LimitRange",
  "Lease",
  "RuntimeClass",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
];
const STORAGE_PREFIXES: Readonly<Record<string, string>> = {
  nodes: "minions",
  services: "services/specs",
  endpoints: "services/endpoints",
  replicationcontrollers: "controllers",
  ingresses: "ingress",
  customresourcedefinitions: "apiextensions.k8s.io/customresourcedefinitions",
  apiservices: "apiregistration.k8s.io/apiservices",
};

function words(text: string): readonly string[] {
  return text === "" ? [] : text.split(",");
}

function verbsOf(letters: string): readonly string[] {
  return [...letters].map((letter) => VERBS[letter]!);
}

function subresourcesOf(group: string, version: string, resource: string): readonly Subresource[] {
  const found: Subresource[] = [];
  for (const row of SUBRESOURCES) {
    const [ofGroup, path, kind, letters, kindsGroup] = row.split(" ") as [string, string, string, string, string?];
    const slash = path.indexOf("/");
    if (ofGroup !== `${group}/${version}` || path.slice(0, slash) !== resource) continue;
    const [otherGroup, otherVersion] = kindsGroup === undefined ? [group, version] : kindsGroup.split("/");
    found.push({
      name: path.slice(slash + 1),
      kind,
      group: otherGroup!,
      version: otherVersion!,
      verbs: verbsOf(letters),
    });
  }
  return found;
}

function kindOfRow(row: string): Kind {
  const [groupVersion, resource, kind, scope, singular, shortNames, categories, letters] = row.split(" ") as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const [group, version] = groupVersion.split("/") as [string, string];
  const subresources = subresourcesOf(group, version, resource);
  const stored = letters.includes("l") && kind !== "ComponentStatus";
  return {
    group,
    version,
    resource,
    kind,
    listKind: `${kind}List`,
    singular,
    shortNames: words(shortNames === "-" ? "" : shortNames),
    categories: words(categories === "-" ? "" : categories),
    namespaced: scope === "namespaced",
    verbs: verbsOf(letters),
    subresources,
    hasGeneration: GROUPS_WITH_GENERATION.includes(group)
      ? kind !== "ControllerRevision"
      : KINDS_WITH_GENERATION.includes(kind),
    hasStatus: subresources.some(({ name }) => name === "status"),
    unconditionalUpdate: !KINDS_WITHOUT_UNCONDITIONAL_UPDATE.includes(kind),
    createOnUpdate: KINDS_CREATED_ON_UPDATE.includes(kind),
    storagePrefix: stored ? `/registry/${STORAGE_PREFIXES[resource] ?? resource}` : "",
    custom: null,
  };
}

/** In discovery's order: groups as the API server lists them, resources by name. */
export const KINDS: readonly Kind[] = Object.freeze(RESOURCES.map(kindOfRow));

/** Groups with their versions, the preferred one first, in discovery's order. The core group is "". */
export const GROUPS: readonly { readonly group: string; readonly versions: readonly string[] }[] = groupsOf(KINDS);

function groupsOf(kinds: readonly Kind[]): { group: string; versions: string[] }[] {
  const groups: { group: string; versions: string[] }[] = [];
  for (const { group, version } of kinds) {
    const known = groups.find((one) => one.group === group);
    if (!known) groups.push({ group, versions: [version] });
    else if (!known.versions.includes(version)) known.versions.push(version);
  }
  return groups;
}

/** A handful at most under one name: every request looks here. */
const byResource: ReadonlyMap<string, readonly Kind[]> = groupedByResource();
const byKind: ReadonlyMap<string, Kind> = indexed((kind) => `${kind.group}/${kind.kind}`);
const byApiVersion: ReadonlyMap<string, Kind> = indexed((kind) => `${apiVersionOf(kind)} ${kind.kind}`);

/** The first row wins: that of the preferred version. */
function indexed(keyOf: (kind: Kind) => string): ReadonlyMap<string, Kind> {
  const index = new Map<string, Kind>();
  for (const kind of KINDS) if (!index.has(keyOf(kind))) index.set(keyOf(kind), kind);
  return index;
}

function groupedByResource(): ReadonlyMap<string, readonly Kind[]> {
  const index = new Map<string, Kind[]>();
  for (const kind of KINDS) {
    const known = index.get(kind.resource);
    if (known === undefined) index.set(kind.resource, [kind]);
    else known.push(kind);
  }
  return index;
}

/** `kindOfResource("apps", "deployments")`; with a version, that version only. */
export function kindOfResource(group: string, resource: string, version?: string): Kind | undefined {
  for (const kind of byResource.get(resource) ?? []) {
    if (kind.group === group && (version === undefined || kind.version === version)) return kind;
  }
  return undefined;
}

/** `kindOfName("apps", "Deployment")`. */
export function kindOfName(group: string, kind: string): Kind | undefined {
  return byKind.get(`${group}/${kind}`);
}

/** The row for an object: `kindOfObject("apps/v1", "Deployment")`. */
export function kindOfObject(apiVersion: string | undefined, kind: string | undefined): Kind | undefined {
  return byApiVersion.get(`${apiVersion} ${kind}`);
}

/** `v1`, `apps/v1`: what stands in an object's `apiVersion`. */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === "" ? version : `${group}/${version}`;
}

/** `pods`, `deployments.apps`: how errors name a resource. */
export function qualifiedResource(group: string, resource: string): string {
  return group === "" ? resource : `${resource}.${group}`;
}

/** The object's key in etcd: `/registry/services/specs/default/web`. `namespace` is "" for cluster-scoped kinds. */
export function storageKey(kind: Kind, namespace: string, name: string): string {
  return kind.namespaced ? `${kind.storagePrefix}/${namespace}/${name}` : `${kind.storagePrefix}/${name}`;
}
