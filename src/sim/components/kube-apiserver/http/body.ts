import { parse, YAMLParseError } from "yaml";
import { deepFreeze, type Status } from "../../../api/object.ts";
import { badRequest, requestEntityTooLarge, unsupportedMediaType } from "../../../api/status-errors.ts";
import type { HttpRequest, PatchType } from "../messages.ts";

const BODY_BYTES_MAX = 3_145_728;
const ACCEPTED = ["application/json", "application/yaml"];
const PROTOBUF = "application/vnd.kubernetes.protobuf";
const PROTOBUF_PREFIX = "k8s\0";
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

/** Reads a request's body by its Content-Type, or refuses it. */
export function readBody(request: HttpRequest): Body | { readonly refusal: Status } {
  const { body } = request;
  if (body.length > BODY_BYTES_MAX) return { refusal: requestEntityTooLarge(`limit is ${BODY_BYTES_MAX}`) };
  if (body.length === 0) return { value: undefined, json: "" };
  const type = (request.headers["content-type"] ?? "application/json").split(";")[0]!.trim();
  if (type === PROTOBUF) return { refusal: unreadable(body) };
  if (typeof body !== "string") return { refusal: unsupportedMediaType(ACCEPTED) };
  if (request.method === "PATCH") {
    if (PATCH_TYPES[type] === undefined) return { refusal: unsupportedMediaType(Object.keys(PATCH_TYPES)) };
    return type === "application/apply-patch+yaml" ? parseYaml(body) : parseJson(body);
  }
  if (type === "application/yaml") return parseYaml(body);
  return type === "application/json" || type === "*/*" ? parseJson(body) : { refusal: unsupportedMediaType(ACCEPTED) };
}

/** What can be read of protobuf has become JSON before it comes here. */
function unreadable(body: string | Uint8Array): Status {
  const starts = [...PROTOBUF_PREFIX].every(
    (character, index) => (typeof body === "string" ? body.charCodeAt(index) : body[index]) === character.charCodeAt(0),
  );
  if (starts) return badRequest("unexpected EOF");
  return badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
}

function parseJson(text: string): Body | { readonly refusal: Status } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refusal: badRequest(`couldn't get version/kind; json parse error: ${jsonProblem(text)}`) };
  }
  return tooDeep(value) ? { refusal: badRequest("exceeded max depth") } : { value: deepFreeze(value), json: text };
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
