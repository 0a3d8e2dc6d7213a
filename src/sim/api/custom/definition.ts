/**
 * CustomResourceDefinitions (apiextensions.k8s.io/v1) as data, and the kinds that one defines. A kind of these is a row
 * like those of the catalogue with `custom` filled in; it lives in the state of each API server, not here.
 */
import type { CustomKind, Kind } from "../kinds.ts";
import type { ApiObject } from "../object.ts";
import type { JsonSchema } from "./json-schema.ts";

export interface Names {
  readonly plural: string;
  readonly singular?: string;
  readonly kind: string;
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema };
  readonly subresources?: { readonly status?: object; readonly scale?: ScalePaths };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface DefinitionCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Definition extends ApiObject {
  readonly spec: {
    readonly group: string;
    readonly names: Names;
    readonly scope: string;
    readonly versions: readonly DefinitionVersion[];
    readonly conversion?: { readonly strategy: string };
    readonly preserveUnknownFields?: boolean;
  };
  readonly status?: {
    readonly conditions?: readonly DefinitionCondition[] | null;
    readonly acceptedNames?: Names;
    readonly storedVersions?: readonly string[] | null;
  };
}

export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

export function conditionOf(definition: Definition, type: string): DefinitionCondition | undefined {
  return definition.status?.conditions?.find((condition) => condition.type === type);
}

export function isTrue(definition: Definition, type: string): boolean {
  return conditionOf(definition, type)?.status === "True";
}

export function storageVersionOf(definition: Definition): string {
  return definition.spec.versions.find(({ storage }) => storage)?.name ?? "";
}

/** Served versions, the preferred one first: stable before beta before alpha, higher before lower. */
export function servedVersions(definition: Definition): readonly DefinitionVersion[] {
  return definition.spec.versions.filter(({ served }) => served).sort((a, b) => compareVersions(a.name, b.name));
}

/** `version.CompareKubeAwareVersionStrings`, the newest first: v10, v2, v1, v11beta2, v10beta3, v3alpha1, foo10. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === null || right === null) {
    if (left !== null) return -1;
    if (right !== null) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor;
}

function partsOf(version: string): { stability: number; major: number; minor: number } | null {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (match === null) return null;
  const stability = match[2] === undefined ? 2 : match[2] === "beta" ? 1 : 0;
  return { stability, major: Number(match[1]), minor: Number(match[3] ?? 0) };
}

/** A row for each served version; none before the definition is established. */
export function kindsOfDefinition(definition: Definition): readonly Kind[] {
  if (!isTrue(definition, "Established")) return [];
  return servedVersions(definition).map((version) => kindOfVersion(definition, version));
}

const VERBS: readonly string[] = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const SUBRESOURCE_VERBS: readonly string[] = ["get", "patch", "update"];

function kindOfVersion(definition: Definition, version: DefinitionVersion): Kind {
  const { group, scope } = definition.spec;
  const names = definition.status?.acceptedNames ?? definition.spec.names;
  const { plural, kind } = names;
  const { status, scale } = version.subresources ?? {};
  const own = { group, version: version.name };
  return {
    ...own,
    resource: plural,
    kind,
    listKind: names.listKind ?? `${kind}List`,
    singular: names.singular ?? kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === "Namespaced",
    verbs: VERBS,
    subresources: [
      ...(status === undefined ? [] : [{ name: "status", kind, ...own, verbs: SUBRESOURCE_VERBS }]),
      ...(scale === undefined
        ? []
        : [{ name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: SUBRESOURCE_VERBS }]),
    ],
    hasGeneration: true,
    hasStatus: status !== undefined,
    unconditionalUpdate: false,
    createOnUpdate: false,
    storagePrefix: `/registry/${group}/${plural}`,
    custom: customPart(definition, version),
  };
}

function customPart(definition: Definition, version: DefinitionVersion): CustomKind {
  const { group, names } = definition.spec;
  const warning = version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated`;
  return {
    definition: definition.metadata!.name!,
    storageVersion: storageVersionOf(definition),
    schema: version.schema?.openAPIV3Schema ?? null,
    columns: version.additionalPrinterColumns ?? [],
    scale: version.subresources?.scale ?? null,
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, "")),
    deprecationWarning: version.deprecated === true ? warning : "",
  };
}
