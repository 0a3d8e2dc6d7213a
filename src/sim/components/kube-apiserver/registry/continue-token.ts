import { decodeBase64Text, encodeBase64Url } from "../../../api/base64.ts";
import { jsonSyntaxError } from "../../../api/go-json-syntax.ts";

/** Where the next page of a list begins: at which revision, and after which key (without the resource's prefix). */
export interface ContinueToken {
  readonly revision: number;
  readonly start: string;
}

export function encodeContinue({ revision, start }: ContinueToken): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start }).replaceAll("\u0000", "\\u0000");
  return encodeBase64Url(json);
}

/** Or why the token is no good: the text of a 400. */
export function decodeContinue(token: string): ContinueToken | string {
  const text = decodeBase64Text(token);
  if (text === null) return `continue key is not valid: illegal base64 data at input byte ${firstIllegal(token)}`;
  let value: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return `continue key is not valid: ${jsonSyntaxError(text) ?? "unexpected end of JSON input"}`;
  }
  if (value.v !== "meta.k8s.io/v1")
    return `continue key is not valid: server does not recognize this encoded version ${JSON.stringify(value.v)}`;
  if (typeof value.rv !== "number" || value.rv === 0)
    return "continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)";
  if (typeof value.start !== "string" || value.start === "")
    return "continue key is not valid: encoded start key empty (version meta.k8s.io/v1)";
  return { revision: value.rv, start: value.start };
}

function firstIllegal(token: string): number {
  const at = token.search(/[^A-Za-z0-9_-]/);
  return at < 0 ? token.length : at;
}
