/** `patches`, `patchesStrategicMerge`, `patchesJson6902`. */
import { matchesSelector, parseSelector } from "../../../sim/api/labels.ts";
import { applyMergePatch } from "../../../sim/api/patch/json-merge.ts";
import { applyJsonPatch, type JsonPatchOperation } from "../../../sim/api/patch/json-patch.ts";
import { applyStrategicPatch } from "../../../sim/api/patch/strategic.ts";
import { schemaOf } from "../../../sim/api/schema/schema.ts";
import { CommandError } from "../errors.ts";
import { at, type Json, type JsonObject, objectOf, textOf } from "../json.ts";
import { kindOf, namespaceOf, type Resource } from "./resources.ts";

type All = readonly Resource[];

/** `target:`: which resources a patch is for. Texts are regular expressions for the whole. */
export function matchesTarget(resource: Resource, target: JsonObject): boolean {
  const { object } = resource;
  const [group, version] = groupVersion(textOf(object.apiVersion));
  const whole = (pattern: unknown, text: string): boolean =>
    pattern === undefined || pattern === "" || new RegExp(`^(?:${textOf(pattern)})$`).test(text);
  const labels = (selector: unknown, field: "labels" | "annotations"): boolean =>
    selector === undefined ||
    matchesSelector(parseSelector(textOf(selector)), objectOf(at(object, "metadata", field)) as Record<string, string>);
  return (
    whole(target.group, group) &&
    whole(target.version, version) &&
    whole(target.kind, kindOf(resource)) &&
    (target.name === undefined || resource.names.some((name) => whole(target.name, name))) &&
    whole(target.namespace, namespaceOf(resource)) &&
    labels(target.labelSelector, "labels") &&
    labels(target.annotationSelector, "annotations")
  );
}

function groupVersion(apiVersion: string): readonly [group: string, version: string] {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

/** One patch, for those that `target` says, or for the object that it names itself. */
export function patched(all: All, patch: Json, target: JsonObject | null): All {
  if (Array.isArray(patch)) {
    if (target === null) throw new CommandError("must specify a target for JSON patch");
    return all.map((resource) =>
      matchesTarget(resource, target)
        ? { ...resource, object: jsonPatched(resource.object, patch as unknown as readonly JsonPatchOperation[]) }
        : resource,
    );
  }
  const content = objectOf(patch);
  const isFor = target === null ? namedBy(content) : (resource: Resource) => matchesTarget(resource, target);
  if (target === null && all.filter(isFor).length === 0) throw noMatch(content);
  return all.flatMap((resource) => {
    if (!isFor(resource)) return [resource];
    if (content.$patch === "delete") return [];
    return [{ ...resource, object: mergePatched(resource.object, content) }];
  });
}

function jsonPatched(object: JsonObject, operations: readonly JsonPatchOperation[]): JsonObject {
  try {
    return applyJsonPatch(object, operations) as JsonObject;
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

function namedBy(patch: JsonObject): (resource: Resource) => boolean {
  return (resource) =>
    resource.object.apiVersion === patch.apiVersion &&
    kindOf(resource) === patch.kind &&
    resource.names.includes(textOf(at(patch, "metadata", "name")));
}

function noMatch(patch: JsonObject): CommandError {
  const [group, version] = groupVersion(textOf(patch.apiVersion));
  const name = textOf(at(patch, "metadata", "name"));
  const namespace = textOf(at(patch, "metadata", "namespace")) || "[noNs]";
  const id = `${textOf(patch.kind)}.${version || "[noVer]"}.${group || "[noGrp]"}/${name || "[noName]"}.${namespace}`;
  return new CommandError(
    `no resource matches strategic merge patch "${id}": no matches for Id ${id}; failed to find unique target for patch ${id}`,
  );
}

/** What the patch calls the object stays the object's: its name and kind. */
function mergePatched(object: JsonObject, patch: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = patch;
  const { name: _name, namespace: _namespace, ...named } = objectOf(metadata);
  const content = { ...rest, ...(Object.keys(named).length > 0 ? { metadata: named } : {}) };
  const schema = schemaOf(textOf(object.apiVersion), textOf(object.kind));
  return (schema ? applyStrategicPatch(object, content, schema) : applyMergePatch(object, content)) as JsonObject;
}
