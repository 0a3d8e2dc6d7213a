import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import { isStatus } from "../registry/exchange.ts";
import type { MetaVersion, ResponseForm } from "./form.ts";
import { partialOf } from "./partial.ts";
import { tableOf } from "./table.ts";
import { withTemplateMetadata } from "./templates.ts";

/** The object (or list) in the shape that the client's Accept asks for. */
export function presented(kind: Kind, form: ResponseForm, object: ApiObject, nowWallUs: number): ApiObject {
  if (isStatus(object)) return object;
  switch (form.as) {
    case "table":
      return tableOf(kind, form, object, nowWallUs);
    case "partial":
      return partial(object, form.metaVersion);
    default:
      return asObjects(kind, object);
  }
}

/** The items of a list do not say their kind: the list does. */
function asObjects(kind: Kind, object: ApiObject): ApiObject {
  const { items } = object;
  if (!Array.isArray(items)) return object.kind === kind.kind ? withTemplateMetadata(kind, object) : object;
  const shown = (items as readonly ApiObject[]).map((one) => {
    const { kind: _, apiVersion: __, ...item } = withTemplateMetadata(kind, one);
    return item;
  });
  return { ...object, items: shown };
}

function partial(object: ApiObject, metaVersion: MetaVersion = "v1"): ApiObject {
  const { items } = object;
  if (!Array.isArray(items)) return partialOf(object, metaVersion);
  return {
    kind: "PartialObjectMetadataList",
    apiVersion: `meta.k8s.io/${metaVersion}`,
    metadata: object.metadata ?? {},
    items: (items as readonly ApiObject[]).map((item) => partialOf(item, metaVersion)),
  };
}
