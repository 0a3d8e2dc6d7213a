import type { ApiObject } from "../sim/api/object.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** `status` of one of an object's conditions; "" when it has none of that type. */
export function conditionStatus(object: ApiObject, type: string): string {
  return conditionOf(object, type)?.status ?? "";
}

export function conditionOf(object: ApiObject, type: string): Condition | undefined {
  const { conditions } = (object.status ?? {}) as { readonly conditions?: readonly Condition[] };
  return conditions?.find((condition) => condition.type === type);
}
