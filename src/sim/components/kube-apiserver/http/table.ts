import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import type { ResponseForm } from "./form.ts";
import { partialOf } from "./present.ts";

/** A `meta.k8s.io/v1` Table of the object or of the list's items. */
export function tableOf(_kind: Kind, form: ResponseForm, object: ApiObject, _nowWallUs: number): ApiObject {
  const items = Array.isArray(object.items) ? (object.items as readonly ApiObject[]) : [object];
  const { resourceVersion, ...rest } = object.metadata ?? {};
  const list = Array.isArray(object.items) ? { resourceVersion, ...rest } : { resourceVersion };
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: list as NonNullable<ApiObject["metadata"]>,
    columnDefinitions: [],
    rows: items.map((item) => ({ cells: [], ...rowObject(form, item) })),
  };
}

function rowObject(form: ResponseForm, item: ApiObject): { readonly object?: ApiObject } {
  if (form.includeObject === "None") return {};
  return { object: form.includeObject === "Object" ? item : partialOf(item) };
}
