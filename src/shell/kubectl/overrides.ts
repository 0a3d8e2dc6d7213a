/** `--overrides`: inline JSON that is laid over what a command makes. */
import { applyMergePatch } from "../../sim/api/patch/json-merge.ts";
import { applyJsonPatch, type JsonPatchOperation } from "../../sim/api/patch/json-patch.ts";
import { applyStrategicPatch } from "../../sim/api/patch/strategic.ts";
import { schemaOf } from "../../sim/api/schema/schema.ts";
import type { Invocation } from "./command.ts";
import { CommandError } from "./errors.ts";
import { isObject, type JsonObject, textOf } from "./json.ts";

export function overridden(object: JsonObject, { flags }: Invocation): JsonObject {
  const [text, type] = [flags.text("overrides"), flags.text("override-type")];
  if (text === "") return object;
  if (!["merge", "strategic", "json"].includes(type)) throw new CommandError(`invalid override type: ${type}`);
  try {
    const patch: unknown = JSON.parse(text);
    if (type === "json" && Array.isArray(patch))
      return applyJsonPatch(object, patch as readonly JsonPatchOperation[]) as JsonObject;
    const schema = type === "strategic" ? schemaOf(textOf(object.apiVersion), textOf(object.kind)) : undefined;
    if (isObject(patch))
      return (schema ? applyStrategicPatch(object, patch, schema) : applyMergePatch(object, patch)) as JsonObject;
  } catch {
    // Said below.
  }
  throw new CommandError("Invalid JSON Patch");
}
