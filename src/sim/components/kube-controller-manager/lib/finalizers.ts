import type { ApiObject } from "../../../api/object.ts";

/**
 * The finalizers that an object should have for the sake of a protection: with `finalizer` while it lives, without it
 * once it is being deleted. Null: they are as they should be.
 */
export function finalizersAfter(object: ApiObject, finalizer: string): readonly string[] | null {
  const { finalizers = [], deletionTimestamp } = object.metadata ?? {};
  const held = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined) return held ? null : [...finalizers, finalizer];
  return held ? finalizers.filter((each) => each !== finalizer) : null;
}
