/** Changing what stands at many places of an object: `spec/template/spec/containers[]/env[]/name`. */
import { isObject, type Json, type JsonObject } from "../json.ts";

/** Where nothing stands the function is not called, unless `creates`: then it gets undefined for the last field. */
export function changeAt(
  value: JsonObject,
  path: string,
  change: (value: Json | undefined) => Json | undefined,
  creates = false,
): JsonObject {
  return changed(value, path.split("/"), change, creates) as JsonObject;
}

function changed(
  value: Json | undefined,
  steps: readonly string[],
  change: (value: Json | undefined) => Json | undefined,
  creates: boolean,
): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return change(value);
  const isList = step.endsWith("[]");
  const key = isList ? step.slice(0, -2) : step;
  const holder = isObject(value) ? value : creates && value === undefined ? {} : null;
  if (holder === null) return value;
  const before = holder[key];
  if (before === undefined && (!creates || isList)) return value;
  const after = isList
    ? Array.isArray(before)
      ? before.map((item: Json) => changed(item, rest, change, creates) ?? null)
      : before
    : changed(before, rest, change, creates);
  return after === before ? value : { ...holder, [key]: after };
}
