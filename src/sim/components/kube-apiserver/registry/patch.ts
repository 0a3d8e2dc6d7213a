import { invalid as invalidField } from "../../../api/field-errors.ts";
import { canonicalJson, type Json } from "../../../api/go-json.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import { goFormat, isRecord, type JsonRecord, PatchError } from "../../../api/patch/json.ts";
import { applyMergePatch } from "../../../api/patch/json-merge.ts";
import { applyJsonPatch, type JsonPatchOperation, MAX_JSON_PATCH_OPERATIONS } from "../../../api/patch/json-patch.ts";
import { applyStrategicPatch } from "../../../api/patch/strategic.ts";
import { jsonTypeOf } from "../../../api/schema/decode.ts";
import { schemaOf } from "../../../api/schema/schema.ts";
import {
  badRequest,
  invalid,
  requestEntityTooLarge,
  unprocessablePatch,
  unsupportedMediaType,
} from "../../../api/status-errors.ts";
import type { PatchType, ResourceRequest } from "../messages.ts";

/** Of custom resources: there is nothing that says how their lists are merged. */
const MEDIA_TYPES = ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"];

/** The patched object, or why not. */
export function patched(object: ApiObject, type: PatchType, body: unknown): ApiObject | Status {
  try {
    if (type === "json") return patchedByOperations(object, body);
    if (!isRecord(body))
      return badRequest(
        `error decoding patch: json: cannot unmarshal ${jsonTypeOf(body)} into Go value of type map[string]interface {}`,
      );
    // An apply to what is no object of its own (a scale) is a merge.
    return type === "merge" || type === "apply"
      ? (applyMergePatch(object, body) as ApiObject)
      : patchedStrategically(object, body);
  } catch (error) {
    if (error instanceof PatchError) return unprocessablePatch(error.message);
    throw error;
  }
}

/** What came of a patch cannot be read: shown as upstream does, the whole of it or, of a strategic patch, the patch. */
export function undecodablePatch(request: ResourceRequest, object: unknown, problem: string): Status {
  const shown = request.patchType === "strategic" ? goFormat(request.body) : canonicalJson(object as Json);
  return invalid({ group: "", kind: "" }, "", [invalidField("patch", shown, problem)]);
}

function patchedByOperations(object: ApiObject, body: unknown): ApiObject | Status {
  if (!Array.isArray(body)) return badRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  if (body.length > MAX_JSON_PATCH_OPERATIONS) {
    const why = `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${body.length}`;
    return requestEntityTooLarge(why);
  }
  return applyJsonPatch(object, body as readonly JsonPatchOperation[]) as ApiObject;
}

function patchedStrategically(object: ApiObject, body: JsonRecord): ApiObject | Status {
  const schema = schemaOf(object.apiVersion, object.kind);
  if (schema === undefined) return unsupportedMediaType(MEDIA_TYPES);
  return applyStrategicPatch(object, body, schema) as ApiObject;
}
