import { printerOfCustom } from "../../../api/custom/columns.ts";
import { errorLine, invalid } from "../../../api/field-errors.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import { badRequest } from "../../../api/status-errors.ts";
import { printerOf } from "../../../api/table/table.ts";
import type { ResponseForm } from "./form.ts";
import { partialOf } from "./partial.ts";

/** A `meta.k8s.io` Table of the object or of the list's items. All columns are given; kubectl chooses. */
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
    apiVersion: `meta.k8s.io/${form.metaVersion ?? "v1"}`,
    metadata: isList ? (object.metadata ?? {}) : resourceVersion === undefined ? {} : { resourceVersion },
    columnDefinitions: printer.columns,
    rows: items.map((item) => ({
      cells: printer.cells(item, { nowWallUs, wide: true }),
      ...rowObject(form, item),
    })),
  };
}

function rowObject(form: ResponseForm, item: ApiObject): { readonly object: ApiObject | null } {
  if (form.includeObject === "None") return { object: null };
  return { object: form.includeObject === "Object" ? item : partialOf(item, form.metaVersion) };
}

/** Whether such an answer can be shown as a table: what is only posted, as reviews are, cannot (`rest.TableConvertor`). */
export function hasTable(kind: Kind, subresource: string): boolean {
  if (subresource !== "") return TABLE_SUBRESOURCES.includes(subresource);
  return kind.verbs.includes("get") || kind.verbs.includes("list");
}

const TABLE_SUBRESOURCES: readonly string[] = ["status", "scale"];

/** What is wrong with a table's options. */
export function checkTableOptions({ as, includeObject }: ResponseForm): Status | null {
  if (as !== "table" || INCLUDED.includes(includeObject)) return null;
  const why = "must be 'Metadata', 'Object', 'None', or empty";
  return badRequest(
    `Unable to convert to Table as requested: ${errorLine(invalid("includeObject", includeObject, why))}`,
  );
}

const INCLUDED: readonly string[] = ["Metadata", "Object", "None"];
