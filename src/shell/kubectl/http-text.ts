/** HTTP/1.1 as it stands on a connection, for what goes through a forwarded port. */
import { byteLength, indexAfterBytes } from "../../sim/api/byte-text.ts";
import type { HttpRequest, HttpResponse } from "../doors.ts";

export function requestText({ method, path, headers, body }: HttpRequest): string {
  const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}`);
  const length = body === "" ? [] : [`content-length: ${byteLength(body)}`];
  return [`${method} ${path} HTTP/1.1`, ...lines, ...length, "", body].join("\r\n");
}

/** Null: it is no HTTP. */
export function parseResponse(text: string): HttpResponse | null {
  const end = text.indexOf("\r\n\r\n");
  const [status = "", ...lines] = text.slice(0, Math.max(0, end)).split("\r\n");
  const match = /^HTTP\/1\.[01] (\d{3})/.exec(status);
  if (end < 0 || !match) return null;
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = text.slice(end + 4);
  const body = /chunked/i.test(headers["transfer-encoding"] ?? "") ? dechunked(rest) : rest;
  return { status: Number(match[1]), headers, body };
}

function dechunked(text: string): string {
  let body = "";
  for (let at = 0; ; ) {
    const line = text.indexOf("\r\n", at);
    const size = line < 0 ? 0 : Number.parseInt(text.slice(at, line), 16);
    if (!(size > 0)) return body;
    const end = indexAfterBytes(text, line + 2, size);
    if (end < 0) return body + text.slice(line + 2);
    body += text.slice(line + 2, end);
    at = end + 2;
  }
}
