import { printerOfCustom } from "../../../api/custom/columns.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import { printerOf } from "../../../api/table/table.ts";
import type { ResponseForm } from "./form.ts";
import { partialOf } from "./partial.ts";

/** A `meta.k8s.io/v1` Table of the object or of the list's items. All columns are given; kubectl chooses. */
export function tableOf(kind: Kind, form: ResponseForm, object: ApiObject, nowWallUs: number): ApiObject {
  const isList = Array.isArray(object.items);
  const items = isList ? (object.items as readonly ApiObject[]) : [object];
  const apiVersion = object.apiVersion ?? apiVersionOf(kind);
  const slash = apiVersion.indexOf("/");
  const name = isList ? kind.kind : (object.kind ?? kind.kind);
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  const printer = kind.custom !== null && group === kind.group ? printerOfCustom(kind) : printerOf(group, name);
  const { resourceVersion } = object.metadata ?? {};
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: isList ? (object.metadata ?? {}) : resourceVersion === undefined ? {} : { resourceVersion },
    columnDefinitions: printer.columns,
    rows: items.map((item) => ({
      cells: printer.cells(item, { nowWallUs, wide: true }),
      ...rowObject(form, item),
    })),
  };
}

function rowObject(form: ResponseForm, item: ApiObject): { readonly object?: ApiObject } {
  if (form.includeObject === "None") return {};
  return { object: form.includeObject === "Object" ? item : partialOf(item) };
}
