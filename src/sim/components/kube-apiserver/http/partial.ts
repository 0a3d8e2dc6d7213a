import type { ApiObject } from "../../../api/object.ts";

/** `meta.k8s.io/v1` PartialObjectMetadata: an object's metadata alone. */
export function partialOf(object: ApiObject): ApiObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata ?? {} };
}
