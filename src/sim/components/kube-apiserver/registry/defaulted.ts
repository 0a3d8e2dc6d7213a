import { normalCustom } from "../../../api/custom/convert.ts";
import { applyDefaults } from "../../../api/defaulting/defaulting.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";

/** The object with its kind's default values. */
export function defaulted(kind: Kind, object: ApiObject): ApiObject {
  const named =
    object.kind === undefined || object.apiVersion === undefined
      ? { ...object, kind: kind.kind, apiVersion: apiVersionOf(kind) }
      : object;
  return kind.custom === null ? applyDefaults(named) : normalCustom(kind, named);
}
