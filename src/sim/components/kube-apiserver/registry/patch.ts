import type { ApiObject, Status } from "../../../api/object.ts";
import { isRecord, PatchError } from "../../../api/patch/json.ts";
import { applyMergePatch } from "../../../api/patch/json-merge.ts";
import { applyJsonPatch, type JsonPatchOperation, MAX_JSON_PATCH_OPERATIONS } from "../../../api/patch/json-patch.ts";
import {
  badRequest,
  requestEntityTooLarge,
  unprocessablePatch,
  unsupportedMediaType,
} from "../../../api/status-errors.ts";
import type { PatchType } from "../messages.ts";

/** The patched object, or why not. */
export function patched(object: ApiObject, type: PatchType, body: unknown): ApiObject | Status {
  try {
    switch (type) {
      case "json": {
        const operations = body as readonly JsonPatchOperation[];
        if (!Array.isArray(operations))
          return badRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        if (operations.length > MAX_JSON_PATCH_OPERATIONS) {
          return requestEntityTooLarge(
            `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${operations.length}`,
          );
        }
        return applyJsonPatch(object, operations) as ApiObject;
      }
      case "merge":
        if (!isRecord(body))
          return badRequest("json: cannot unmarshal array into Go value of type map[string]interface {}");
        return applyMergePatch(object, body) as ApiObject;
      case "strategic":
        if (!isRecord(body))
          return badRequest("json: cannot unmarshal array into Go value of type map[string]interface {}");
        return applyMergePatch(object, body) as ApiObject;
      default:
        return unsupportedMediaType([
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json",
        ]);
    }
  } catch (error) {
    if (error instanceof PatchError) return unprocessablePatch(error.message);
    throw error;
  }
}
