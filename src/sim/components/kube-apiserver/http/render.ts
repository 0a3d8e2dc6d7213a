import { stringify } from "yaml";
import type { ApiObject } from "../../../api/object.ts";
import type { HttpResponse } from "../messages.ts";
import type { Exchange } from "../state.ts";
import type { ResponseForm } from "./form.ts";
import { jsonText } from "./json-text.ts";
import { presented } from "./present.ts";

/** Keys in order, lists not indented, and quoted whatever YAML 1.1 reads as something else. */
const YAML_AS_GO_WRITES_IT = {
  lineWidth: 0,
  aliasDuplicateObjects: false,
  sortMapEntries: true,
  indentSeq: false,
  compat: "yaml-1.1",
} as const;

/** The answer of the registry as HTTP. */
export function renderAnswer(
  exchange: Exchange,
  form: ResponseForm,
  code: number,
  object: ApiObject,
  nowWallUs: number,
): HttpResponse {
  if (object.kind === "Text" && typeof object.text === "string") {
    const response = textResponse(code, object.text);
    return { ...response, headers: { ...response.headers, ...form.headers } };
  }
  const shown = presented(exchange.kind, form, object, nowWallUs);
  const response = jsonResponse(code, shown, form);
  const headers: Record<string, string> = { ...response.headers, ...form.headers };
  if (exchange.warnings.length > 0)
    headers.warning = exchange.warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(", ");
  const retry = (object.details as { retryAfterSeconds?: number } | undefined)?.retryAfterSeconds;
  if (code >= 400 && retry !== undefined) headers["retry-after"] = String(retry);
  return { ...response, headers };
}

export function jsonResponse(
  code: number,
  object: unknown,
  form: Pick<ResponseForm, "media" | "pretty"> | null,
  contentType?: string,
): HttpResponse {
  if (form?.media === "yaml") {
    return {
      type: "http",
      status: code,
      headers: headersOf("application/yaml"),
      body: stringify(object, YAML_AS_GO_WRITES_IT),
    };
  }
  const body = form?.pretty === true ? JSON.stringify(object, null, 2) : `${jsonText(object)}\n`;
  return { type: "http", status: code, headers: headersOf(contentType ?? "application/json"), body };
}

export function textResponse(code: number, text: string): HttpResponse {
  return {
    type: "http",
    status: code,
    headers: { ...headersOf("text/plain; charset=utf-8"), "x-content-type-options": "nosniff" },
    body: text,
  };
}

function headersOf(contentType: string): Record<string, string> {
  return { "cache-control": "no-cache, private", "content-type": contentType };
}
