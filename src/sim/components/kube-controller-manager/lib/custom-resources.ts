import { type Definition, isTrue, servedVersions } from "../../../api/custom/definition.ts";
import type { Resource } from "../../../machinery/resources.ts";
import type { Store } from "../../../machinery/store.ts";

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
