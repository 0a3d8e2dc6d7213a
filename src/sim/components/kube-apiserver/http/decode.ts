import { normalCustom } from "../../../api/custom/convert.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import { type ApiObject, deepFreeze, type Status } from "../../../api/object.ts";
import { isRecord } from "../../../api/patch/json.ts";
import {
  cannotBeHandledMessage,
  DecodeError,
  decodeKind,
  decodeObject,
  jsonTypeOf,
  strictDecodingMessage,
} from "../../../api/schema/decode.ts";
import { inOrderOfText } from "../../../api/schema/duplicates.ts";
import { OBJECT_META, type StructType } from "../../../api/schema/schema.ts";
import { badRequest } from "../../../api/status-errors.ts";
import { withFields } from "../../../kernel/records.ts";
import type { ResourceRequest } from "../messages.ts";
import { type Body, duplicatesIn, summaryOf } from "./body.ts";

/** The body as it is decoded. Or why it is none: what Go's decoder says, without the words around it. */
type Decoded = { readonly body: unknown; readonly warnings: readonly string[] } | { readonly problem: string };

const NO_WARNINGS: readonly string[] = Object.freeze([]);

/** What is served at a path of the kind: the kind itself, or its subresource. */
function servedAt(kind: Kind, subresource: string): Pick<Kind, "group" | "version" | "kind"> {
  return subresource === "" ? kind : (kind.subresources.find(({ name }) => name === subresource) ?? kind);
}

const GO_TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** The request's body decoded by the kind's schema; unknown fields refused, warned of or dropped, as asked. */
export function decodeBody(
  kind: Kind,
  request: ResourceRequest,
  body: Body,
): Exclude<Decoded, { readonly problem: string }> | { readonly refusal: Status } {
  const given = request.body;
  if (request.verb !== "create" && request.verb !== "update") return { body: given, warnings: NO_WARNINGS };
  const served = servedAt(kind, request.subresource);
  const text = body.text === "" || body.isYaml ? JSON.stringify(given ?? null) : body.text;
  const unrecognized = (why: string) => ({
    refusal: badRequest(
      `the object provided is unrecognized (must be of type ${served.kind}): ${why} (${summaryOf(text)})`,
    ),
  });
  if (given !== undefined && given !== null && !isRecord(given)) {
    const why = `json: cannot unmarshal ${jsonTypeOf(given)} into Go value of type ${GO_TYPE_META}`;
    return unrecognized(`couldn't get version/kind; json parse error: ${why}`);
  }
  const missing = kind.custom === null || request.subresource === "scale" ? null : missingTypeOf(given, text);
  if (missing !== null) return unrecognized(missing);
  const decoded = decodeObjectOf(kind, request, duplicatesIn(body), body.isYaml ? "" : body.text);
  return "problem" in decoded
    ? { refusal: badRequest(cannotBeHandledMessage(served.kind, served.version, decoded.problem)) }
    : decoded;
}

/** A custom resource must say what it is. */
function missingTypeOf(body: unknown, text: string): string | null {
  const { kind, apiVersion } = (body ?? {}) as ApiObject;
  if (!kind) return `Object 'Kind' is missing in '${text}'`;
  return apiVersion ? null : `Object 'apiVersion' is missing in '${text}'`;
}

/** What a custom resource's schema does not know is unknown. */
function decodeCustom(kind: Kind, request: ResourceRequest, duplicates: readonly string[]): Decoded {
  const given = request.body as ApiObject;
  if (given.apiVersion !== apiVersionOf(kind) || given.kind !== kind.kind)
    return { body: given, warnings: NO_WARNINGS };
  const unknown: string[] = [];
  try {
    const metadata = decodeObject({ metadata: given.metadata ?? {} }, METADATA_ONLY);
    const { metadata: decoded } = metadata.object as { metadata?: ApiObject["metadata"] };
    const object = normalCustom(kind, { ...given, metadata: decoded ?? {} }, unknown);
    const problems = [
      ...duplicates,
      ...metadata.unknownFields,
      ...unknown.sort().map((field) => `unknown field ${JSON.stringify(field)}`),
    ];
    const mode = request.options.fieldValidation ?? "Warn";
    if (problems.length > 0 && mode === "Strict") return { problem: strictDecodingMessage(problems) };
    return { body: deepFreeze(object), warnings: mode === "Warn" ? problems : NO_WARNINGS };
  } catch (error) {
    if (error instanceof DecodeError) return { problem: error.message };
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

/**
 * A body that is known to be an object of the kind (or of its subresource). `duplicates`: what the text tells beside the
 * object; `json`: that text, where it is what the object was read from.
 */
export function decodeObjectOf(
  kind: Kind,
  request: ResourceRequest,
  duplicates: readonly string[] = [],
  json = "",
): Decoded {
  const given = request.body as ApiObject;
  if (!isRecord(given)) return { body: given, warnings: NO_WARNINGS };
  const served = servedAt(kind, request.subresource);
  const apiVersion = apiVersionOf(served);
  if (kind.custom !== null && request.subresource !== "scale") return decodeCustom(kind, request, duplicates);
  const typed = { apiVersion: given.apiVersion ?? apiVersion, kind: given.kind ?? served.kind };
  // The registry says what is wrong with another kind.
  if (typed.apiVersion !== apiVersion || typed.kind !== served.kind) return { body: given, warnings: NO_WARNINGS };
  const body = given.apiVersion === typed.apiVersion && given.kind === typed.kind ? given : withFields(given, typed);
  try {
    const decoded = decodeKind(body);
    if (decoded === undefined) return { body: given, warnings: NO_WARNINGS };
    const told = [...duplicates, ...decoded.unknownFields];
    const problems = json === "" || told.length < 2 ? told : inOrderOfText(json, told);
    const mode = request.options.fieldValidation ?? "Warn";
    if (problems.length > 0 && mode === "Strict") return { problem: strictDecodingMessage(problems) };
    return { body: deepFreeze(decoded.object), warnings: mode === "Warn" ? problems : NO_WARNINGS };
  } catch (error) {
    if (error instanceof DecodeError) return { problem: error.message };
    throw error;
  }
}
