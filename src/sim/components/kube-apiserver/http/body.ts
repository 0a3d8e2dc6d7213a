import { parse, YAMLParseError } from "yaml";
import { utf8Bytes } from "../../../api/base64.ts";
import { deepFreeze, type Status } from "../../../api/object.ts";
import { badRequest, requestEntityTooLarge, unsupportedMediaType } from "../../../api/status-errors.ts";
import type { HttpRequest, PatchType } from "../messages.ts";
import { describeUnread, type Unread } from "./protobuf-envelope.ts";

const BODY_BYTES_MAX = 3_145_728;
const ACCEPTED = ["application/json", "application/yaml"];
const PROTOBUF = "application/vnd.kubernetes.protobuf";
const SUMMARY_BYTES = 30;
const DEPTH_MAX = 10_000;

export const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

export interface Body {
  /** Frozen; undefined when nothing was sent. */
  readonly value: unknown;
  /** As it was sent, for what only the text tells (duplicate fields). "" when it was no JSON. */
  readonly json: string;
}

/** What cannot be read, and how it begins. */
export interface UnreadBody extends Unread {
  readonly summary: string;
}

interface Refused {
  readonly refusal: Status;
  /** Set where the refusal's words depend on the kind that was expected. */
  readonly unread?: UnreadBody;
}

/** Reads a request's body by its Content-Type, or refuses it. */
export function readBody(request: HttpRequest): Body | Refused {
  const { body } = request;
  if (body.length > BODY_BYTES_MAX) return { refusal: requestEntityTooLarge(`limit is ${BODY_BYTES_MAX}`) };
  if (body.length === 0) return { value: undefined, json: "" };
  const type = (request.headers["content-type"] ?? "application/json").split(";")[0]!.trim();
  if (type === PROTOBUF) return unreadable(body);
  if (typeof body !== "string") return { refusal: unsupportedMediaType(ACCEPTED) };
  if (request.method === "PATCH") {
    if (PATCH_TYPES[type] === undefined) return { refusal: unsupportedMediaType(Object.keys(PATCH_TYPES)) };
    if (type === "application/apply-patch+yaml") return parseYaml(body);
    const patch = parseJson(body);
    // A patch that cannot be read is told in the problem's own words.
    return "refusal" in patch ? { refusal: patch.refusal } : patch;
  }
  if (type === "application/yaml") return parseYaml(body);
  return type === "application/json" || type === "*/*" ? parseJson(body) : { refusal: unsupportedMediaType(ACCEPTED) };
}

/** What can be read of protobuf has become JSON before it comes here. */
function unreadable(body: string | Uint8Array): Refused {
  const byteAt = (index: number) =>
    typeof body === "string" ? (index < body.length ? body.charCodeAt(index) : undefined) : body[index];
  const unread = describeUnread(byteAt, body.length);
  const shown = Math.min(body.length, SUMMARY_BYTES);
  let hex = "";
  for (let index = 0; index < shown; index += 1) hex += (byteAt(index) ?? 0).toString(16).padStart(2, "0");
  const summary = body.length > SUMMARY_BYTES ? `${hex} ...` : hex;
  return { refusal: badRequest(unread.problem), unread: { ...unread, summary } };
}

/** As kube-apiserver words it once it knows what was expected (transformDecodeError). */
export function unrecognized({ kind, version, problem, summary }: UnreadBody, expected: string): Status {
  return badRequest(
    kind === ""
      ? `the object provided is unrecognized (must be of type ${expected}): ${problem} (${summary})`
      : `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected}: ${problem}`,
  );
}

function parseJson(text: string): Body | Refused {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const problem = `couldn't get version/kind; json parse error: ${jsonProblem(text)}`;
    return { refusal: badRequest(problem), unread: { problem, kind: "", version: "", summary: summaryOf(text) } };
  }
  return tooDeep(value) ? { refusal: badRequest("exceeded max depth") } : { value: deepFreeze(value), json: text };
}

/** How a body begins (summarizeData): text where it looks like JSON, else its bytes. */
function summaryOf(text: string): string {
  if (text.startsWith("{")) return text.length > SUMMARY_BYTES ? `${text.slice(0, SUMMARY_BYTES)} ...` : text;
  const bytes = utf8Bytes(text.slice(0, SUMMARY_BYTES)).slice(0, SUMMARY_BYTES);
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.length > SUMMARY_BYTES ? `${hex} ...` : hex;
}

/** Engines word their errors differently: ours says only what all can tell. */
function jsonProblem(text: string): string {
  return text.trim() === "" ? "unexpected end of JSON input" : "invalid JSON";
}

function parseYaml(text: string): Body | { readonly refusal: Status } {
  try {
    const value: unknown = parse(text, { maxAliasCount: 100, uniqueKeys: true });
    return { value: deepFreeze(value), json: "" };
  } catch (error) {
    const { line } = (error instanceof YAMLParseError ? error.linePos?.[0] : undefined) ?? { line: 1 };
    return { refusal: badRequest(`error converting YAML to JSON: yaml: line ${line}: could not be parsed`) };
  }
}

/** Breadth first, so that a deep document does not overflow the stack. */
function tooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX / 10) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === "object" && item !== null)
        for (const inner of Object.values(item)) if (typeof inner === "object") next.push(inner);
    }
    level = next;
  }
  return false;
}
