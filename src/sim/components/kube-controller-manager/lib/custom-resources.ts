import { type Definition, isTrue, servedVersions } from "../../../api/custom/definition.ts";
import { kindOfName } from "../../../api/kinds.ts";
import type { Resource } from "../../../machinery/resources.ts";
import type { Store } from "../../../machinery/store.ts";

/** A kind by its name, as a RESTMapper finds it, and whether its objects have a scale. */
export interface NamedKind {
  readonly resource: Resource;
  readonly scales: boolean;
}

/** `namedKind(definitions, "apps", "Deployment")`: of the catalogue, or of a CustomResourceDefinition. */
export function namedKind(definitions: Store, group: string, kind: string): NamedKind | undefined {
  const known = kindOfName(group, kind);
  if (known !== undefined) return { resource: known, scales: known.subresources.some(({ name }) => name === "scale") };
  const resource = customResources(definitions).find((each) => each.group === group && each.kind === kind);
  if (resource === undefined) return undefined;
  const definition = definitions.objects.get(`${resource.resource}.${group}`) as Definition | undefined;
  const version = definition === undefined ? undefined : servedVersions(definition)[0];
  return { resource, scales: version?.subresources?.scale !== undefined };
}

const NO_RESOURCES: readonly Resource[] = Object.freeze([]);

/** Kinds of custom resources that are served, in their preferred version, from the store of their definitions. */
export function customResources(definitions: Store): readonly Resource[] {
  if (definitions.objects.size === 0) return NO_RESOURCES;
  const resources: Resource[] = [];
  definitions.objects.forEach((object) => {
    const definition = object as Definition;
    const [version] = servedVersions(definition);
    if (version === undefined || !isTrue(definition, "Established")) return;
    const { group, names, scope } = definition.spec;
    const { plural, kind } = definition.status?.acceptedNames ?? names;
    resources.push(
      Object.freeze({ group, version: version.name, resource: plural, kind, namespaced: scope === "Namespaced" }),
    );
  });
  return resources;
}
