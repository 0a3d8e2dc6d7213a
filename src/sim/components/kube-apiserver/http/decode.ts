import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import { type ApiObject, deepFreeze, type Status } from "../../../api/object.ts";
import { isRecord } from "../../../api/patch/json.ts";
import { cannotBeHandledMessage, DecodeError, decodeKind, strictDecodingMessage } from "../../../api/schema/decode.ts";
import { duplicateFields } from "../../../api/schema/duplicates.ts";
import { badRequest } from "../../../api/status-errors.ts";
import type { ResourceRequest } from "../messages.ts";

/** The request with its body decoded by the kind's schema; unknown fields refused, warned of or dropped, as asked. */
export function decodeBody(
  kind: Kind,
  request: ResourceRequest,
  json: string,
): { readonly request: ResourceRequest; readonly warnings: readonly string[] } | { readonly refusal: Status } {
  return request.verb === "create" || request.verb === "update"
    ? decodeObjectOf(kind, request, json)
    : { request, warnings: [] };
}

/** The same for a body that is known to be an object of the kind (or of its subresource). */
export function decodeObjectOf(
  kind: Kind,
  request: ResourceRequest,
  json: string,
): { readonly request: ResourceRequest; readonly warnings: readonly string[] } | { readonly refusal: Status } {
  if (!isRecord(request.body)) return { request, warnings: [] };
  const served = kind.subresources.find(({ name }) => name === request.subresource) ?? kind;
  const given = request.body as ApiObject;
  const apiVersion = apiVersionOf(served);
  const body: ApiObject = { ...given, apiVersion: given.apiVersion ?? apiVersion, kind: given.kind ?? served.kind };
  // The registry says what is wrong with another kind.
  if (body.apiVersion !== apiVersion || body.kind !== served.kind) return { request, warnings: [] };
  try {
    const decoded = decodeKind(body);
    if (decoded === undefined) return { request, warnings: [] };
    const problems = [...duplicateFields(json), ...decoded.unknownFields];
    const mode = request.options.fieldValidation ?? "Warn";
    if (problems.length > 0 && mode === "Strict") {
      return {
        refusal: badRequest(cannotBeHandledMessage(served.kind, served.version, strictDecodingMessage(problems))),
      };
    }
    const object = deepFreeze(decoded.object as ApiObject);
    return { request: { ...request, body: object }, warnings: mode === "Warn" ? problems : [] };
  } catch (error) {
    if (error instanceof DecodeError)
      return { refusal: badRequest(cannotBeHandledMessage(served.kind, served.version, error.message)) };
    throw error;
  }
}
