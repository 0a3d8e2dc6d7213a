import { utf8Bytes } from "../../../api/base64.ts";
import { jsonSyntaxError } from "../../../api/go-json-syntax.ts";
import { duplicateKeys, parseYaml as parseYamlText, YamlError } from "../../../api/go-yaml.ts";
import { deepFreeze, type Status } from "../../../api/object.ts";
import { cannotBeHandledMessage } from "../../../api/schema/decode.ts";
import { duplicateFields, keysInText, keysInValue } from "../../../api/schema/duplicates.ts";
import { badRequest, requestEntityTooLarge, unsupportedMediaType } from "../../../api/status-errors.ts";
import type { HttpRequest, PatchType } from "../messages.ts";
import { describeUnread } from "./protobuf-envelope.ts";

const BODY_BYTES_MAX = 3_145_728;
const ACCEPTED = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const PROTOBUF = "application/vnd.kubernetes.protobuf";
/** Beyond it recursion would end the engine's stack. */
const DEPTH_MAX = 1_000;

export const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

export interface Body {
  /** Frozen; undefined when nothing was sent. */
  readonly value: unknown;
  /** As it was sent, for what only the text tells (duplicate fields). "" when it was neither JSON nor YAML. */
  readonly text: string;
  readonly isYaml: boolean;
  /** How many keys the value has, at any depth; -1: nobody has counted. */
  readonly keys: number;
}

/** An empty body. */
export const NOTHING: Body = Object.freeze({ value: undefined, text: "", isYaml: false, keys: 0 });

/** What cannot be read is refused in words that name the kind that was expected. */
export interface UnreadableBody {
  readonly refusal: (kind: string) => Status;
}

/** Reads a request's body by its Content-Type. */
export function readBody(request: HttpRequest): Body | UnreadableBody {
  const { body, method } = request;
  if (body.length > BODY_BYTES_MAX) return refuse(requestEntityTooLarge(`limit is ${BODY_BYTES_MAX}`));
  const type = (request.headers["content-type"] ?? "application/json").split(";")[0]!.trim();
  if (method === "PATCH") return readPatch(type, body);
  if (body.length === 0) return method === "POST" || method === "PUT" ? unrecognized(body, END_OF_JSON) : NOTHING;
  if (type === PROTOBUF) return unreadableProtobuf(body);
  if (typeof body !== "string") return refuse(unsupportedMediaType(ACCEPTED));
  if (type === "application/yaml") return parseYaml(body, (why) => unrecognized(body, why));
  if (type !== "application/json" && type !== "*/*") return refuse(unsupportedMediaType(ACCEPTED));
  return parseJson(body, (why) => unrecognized(body, `couldn't get version/kind; json parse error: ${why}`));
}

const END_OF_JSON = "couldn't get version/kind; json parse error: unexpected end of JSON input";

function refuse(status: Status): UnreadableBody {
  return { refusal: () => status };
}

function readPatch(type: string, body: HttpRequest["body"]): Body | UnreadableBody {
  const patch = PATCH_TYPES[type];
  if (patch === undefined || typeof body !== "string") return refuse(unsupportedMediaType(Object.keys(PATCH_TYPES)));
  switch (patch) {
    case "apply":
      return parseYaml(body, (why) => refuse(badRequest(`error decoding YAML: error converting YAML to JSON: ${why}`)));
    case "json":
      return parseJson(body, (why) => refuse(badRequest(why)));
    default:
      return parseJson(body, (why) => refuse(badRequest(`error decoding patch: ${why}`)));
  }
}

/** `transformDecodeError`: what it should have been, why it is not, and how it begins. */
function unrecognized(body: HttpRequest["body"], why: string): UnreadableBody {
  const summary = typeof body === "string" ? summaryOf(body) : "";
  return { refusal: (expected) => badRequest(unrecognizedText(expected, why, summary)) };
}

const SUMMARY_BYTES = 30;

/** The beginning of a body: as it is where it looks like JSON, else in hexadecimal. */
export function summaryOf(text: string): string {
  if (text === "") return "<empty>";
  if (text.startsWith("{")) return text.length > SUMMARY_BYTES ? `${text.slice(0, SUMMARY_BYTES)} ...` : text;
  const bytes = utf8Bytes(text.slice(0, 4 * SUMMARY_BYTES));
  const hex = hexOf(bytes.slice(0, SUMMARY_BYTES));
  return bytes.length > SUMMARY_BYTES ? `${hex} ...` : hex;
}

/** What can be read of protobuf has become JSON before it comes here. */
function unreadableProtobuf(body: string | Uint8Array): UnreadableBody {
  const byteAt = (index: number) =>
    typeof body === "string" ? (index < body.length ? body.charCodeAt(index) : undefined) : body[index];
  const { problem, kind, version } = describeUnread(byteAt, body.length);
  if (kind !== "")
    return { refusal: (expected) => badRequest(cannotBeHandledMessage(kind, version, problem, expected)) };
  const bytes = Array.from({ length: Math.min(body.length, SUMMARY_BYTES) }, (_, index) => byteAt(index) ?? 0);
  const summary = body.length > SUMMARY_BYTES ? `${hexOf(bytes)} ...` : hexOf(bytes);
  return { refusal: (expected) => badRequest(unrecognizedText(expected, problem, summary)) };
}

function unrecognizedText(expected: string, problem: string, summary: string): string {
  return `the object provided is unrecognized (must be of type ${expected}): ${problem} (${summary})`;
}

function hexOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function parseJson(text: string, refused: (why: string) => UnreadableBody): Body | UnreadableBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(jsonSyntaxError(text) ?? "invalid JSON");
  }
  const keys = keysInValue(value, DEPTH_MAX);
  return keys < 0 ? refused("exceeded max depth") : { value: deepFreeze(value), text, isYaml: false, keys };
}

function parseYaml(text: string, refused: (why: string) => UnreadableBody): Body | UnreadableBody {
  // Clients send JSON as YAML: large definitions are read much faster so.
  const json = looksLikeJson(text) ? parseJson(text, refused) : null;
  if (json !== null && "value" in json) return { ...json, isYaml: true };
  try {
    return { value: deepFreeze(parseYamlText(text)), text, isYaml: true, keys: -1 };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return refused(error.message);
  }
}

function looksLikeJson(text: string): boolean {
  return /^\s*\{\s*["}]/.test(text);
}

/** Fields that are given twice, as strict decoding reports them. */
export function duplicatesIn({ text, isYaml, keys }: Body): readonly string[] {
  if (text === "" || (keys >= 0 && keys === keysInText(text))) return [];
  const fields = isYaml && !looksLikeJson(text) ? null : duplicateFields(text);
  if (fields !== null && (!isYaml || fields.length === 0)) return fields;
  const twice = duplicateKeys(text);
  return twice.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${twice.join("\n  ")}`];
}
