import { normalCustom } from "../../../api/custom/convert.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import { type ApiObject, deepFreeze, type Status } from "../../../api/object.ts";
import { isRecord } from "../../../api/patch/json.ts";
import {
  cannotBeHandledMessage,
  DecodeError,
  decodeKind,
  decodeObject,
  strictDecodingMessage,
} from "../../../api/schema/decode.ts";
import { duplicateFields } from "../../../api/schema/duplicates.ts";
import { OBJECT_META, type StructType } from "../../../api/schema/schema.ts";
import { badRequest } from "../../../api/status-errors.ts";
import type { ResourceRequest } from "../messages.ts";

type Decoded =
  | { readonly request: ResourceRequest; readonly warnings: readonly string[] }
  | { readonly refusal: Status };

/** The request with its body decoded by the kind's schema; unknown fields refused, warned of or dropped, as asked. */
export function decodeBody(kind: Kind, request: ResourceRequest, json: string): Decoded {
  return request.verb === "create" || request.verb === "update"
    ? decodeObjectOf(kind, request, json)
    : { request, warnings: [] };
}

/** A custom resource must say what it is; what its schema does not know is unknown. */
function decodeCustom(kind: Kind, request: ResourceRequest, json: string): Decoded {
  const given = request.body as ApiObject;
  const text = json === "" ? JSON.stringify(given) : json;
  for (const field of ["kind", "apiVersion"] as const) {
    if (given[field]) continue;
    const summary = text.length > 30 ? `${text.slice(0, 30)} ...` : text;
    const name = field === "kind" ? "Kind" : "apiVersion";
    const why = `Object '${name}' is missing in '${text}'`;
    const head = `the object provided is unrecognized (must be of type ${kind.kind}): ${why}`;
    return { refusal: badRequest(`${head} (${summary})`) };
  }
  if (given.apiVersion !== apiVersionOf(kind) || given.kind !== kind.kind) return { request, warnings: [] };
  const unknown: string[] = [];
  try {
    const metadata = decodeObject({ metadata: given.metadata ?? {} }, METADATA_ONLY);
    const { metadata: decoded } = metadata.object as { metadata?: ApiObject["metadata"] };
    const object = normalCustom(kind, { ...given, metadata: decoded ?? {} }, unknown);
    const problems = [
      ...duplicateFields(json),
      ...unknown.map((field) => `unknown field ${JSON.stringify(field)}`),
      ...metadata.unknownFields,
    ];
    const mode = request.options.fieldValidation ?? "Warn";
    if (problems.length > 0 && mode === "Strict")
      return { refusal: badRequest(cannotBeHandledMessage(kind.kind, kind.version, strictDecodingMessage(problems))) };
    return { request: { ...request, body: deepFreeze(object) }, warnings: mode === "Warn" ? problems : [] };
  } catch (error) {
    if (error instanceof DecodeError)
      return { refusal: badRequest(cannotBeHandledMessage(kind.kind, kind.version, error.message)) };
    throw error;
  }
}

const METADATA_ONLY: StructType = Object.freeze({
  index: -1,
  package: "unstructured",
  name: "Unstructured",
  atomic: false,
  fields: new Map([["metadata", OBJECT_META]]),
  required: [],
});

/** The same for a body that is known to be an object of the kind (or of its subresource). */
export function decodeObjectOf(kind: Kind, request: ResourceRequest, json: string): Decoded {
  if (!isRecord(request.body)) return { request, warnings: [] };
  const served = kind.subresources.find(({ name }) => name === request.subresource) ?? kind;
  const given = request.body as ApiObject;
  const apiVersion = apiVersionOf(served);
  if (kind.custom !== null && request.subresource !== "scale") return decodeCustom(kind, request, json);
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
