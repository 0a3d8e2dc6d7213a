/** A custom resource as it is stored and as one of its versions shows it (conversion strategy None). */
import { apiVersionOf, type Kind } from "../kinds.ts";
import type { ApiObject } from "../object.ts";
import { prune, withDefaults } from "./prune.ts";

/** Cache, by row and frozen stored object: what both say. */
const served = new WeakMap<Kind, WeakMap<object, ApiObject>>();

/** As the kind's version shows it: without fields that its schema does not know, with its defaults. */
export function servedCustom(kind: Kind, object: ApiObject): ApiObject {
  let known = served.get(kind);
  if (known === undefined) {
    known = new WeakMap();
    served.set(kind, known);
  }
  const before = known.get(object);
  if (before !== undefined) return before;
  const apiVersion = apiVersionOf(kind);
  const normal = normalCustom(kind, object.apiVersion === apiVersion ? object : { ...object, apiVersion });
  const result = normal === object ? object : Object.freeze(normal);
  if (Object.isFrozen(object)) known.set(object, result);
  return result;
}

export function storedCustom(kind: Kind, object: ApiObject): ApiObject {
  const apiVersion = apiVersionOf({ group: kind.group, version: kind.custom!.storageVersion });
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** Pruned, and with defaults; unknown fields go to `unknown`. */
export function normalCustom(kind: Kind, object: ApiObject, unknown: string[] = []): ApiObject {
  const { schema } = kind.custom!;
  if (schema === null) return object;
  return withDefaults(prune(object, schema, true, unknown), schema) as ApiObject;
}
