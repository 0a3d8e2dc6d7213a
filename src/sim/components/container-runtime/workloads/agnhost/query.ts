import type { HttpResponse } from "../../../kube-apiserver/messages.ts";

export type Query = Readonly<Record<string, string>>;

export function splitPath(full: string): { readonly path: string; readonly query: Query } {
  const [path = "/", rest = ""] = full.split(/\?(.*)/s, 2);
  const query: Record<string, string> = {};
  for (const pair of rest.split("&")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s, 2);
    if (name !== "") query[unescaped(name)] ??= unescaped(value);
  }
  return { path: unescaped(path), query };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

export function ok(body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return reply(200, body, headers);
}

export function reply(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { type: "http", status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body };
}

/** Go's http.Error. */
export function problem(status: number, text: string): HttpResponse {
  return reply(status, `${text}\n`, { "x-content-type-options": "nosniff" });
}

export const NOT_FOUND = problem(404, "404 page not found");
