import type { ApiObject } from "../../../api/object.ts";
import type { MetaVersion } from "./form.ts";

/** `meta.k8s.io` PartialObjectMetadata: an object's metadata alone. */
export function partialOf(object: ApiObject, metaVersion: MetaVersion = "v1"): ApiObject {
  return {
    kind: "PartialObjectMetadata",
    apiVersion: `meta.k8s.io/${metaVersion}`,
    metadata: object.metadata ?? {},
  };
}
