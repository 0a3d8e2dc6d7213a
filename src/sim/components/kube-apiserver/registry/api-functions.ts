import type { FieldError } from "../../../api/field-errors.ts";
import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";

export function defaulted(_kind: Kind, object: ApiObject): ApiObject {
  return object;
}

export function createErrors(_kind: Kind, _object: ApiObject): readonly FieldError[] {
  return [];
}

export function updateErrors(
  _kind: Kind,
  _object: ApiObject,
  _old: ApiObject,
  _subresource: string,
): readonly FieldError[] {
  return [];
}
