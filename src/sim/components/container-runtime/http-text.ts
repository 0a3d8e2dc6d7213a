import { byteLength, indexAfterBytes } from "../../api/byte-text.ts";

/** An HTTP/1.x request out of what was sent over a connection. */
export interface ReadRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Where, in the text, the next one begins. */
  readonly end: number;
  readonly keepAlive: boolean;
}

const HEAD_MAX = 65_536;
const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/;

/** The first request of a connection's bytes; `more`: it is not all there; `malformed`: these bytes are no HTTP. */
export function readHttpRequest(text: string): ReadRequest | "more" | "malformed" {
  const headEnd = text.indexOf("\r\n\r\n");
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  if (headEnd < 0) {
    const soFar = text.includes("\r")
      ? REQUEST_LINE.test(firstLine)
      : /^[A-Z]{0,16}( \S* ?[HTP/1.0]*)?$/.test(firstLine);
    return soFar && text.length < HEAD_MAX ? "more" : "malformed";
  }
  const [line = "", ...fields] = text.slice(0, headEnd).split("\r\n");
  const [, method, path, minor] = REQUEST_LINE.exec(line) ?? [];
  if (method === undefined || path === undefined) return "malformed";
  const headers: Record<string, string> = {};
  for (const field of fields) {
    const colon = field.indexOf(":");
    if (colon <= 0) return "malformed";
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
  }
  const connection = headers.connection?.toLowerCase() ?? "";
  const keepAlive = minor === "1" ? connection !== "close" : connection === "keep-alive";
  const start = headEnd + 4;
  const about = { method, path, headers, keepAlive };
  if (headers["transfer-encoding"]?.toLowerCase() === "chunked") {
    const read = readChunks(text, start);
    return typeof read === "string" ? read : { ...about, ...read };
  }
  const length = headers["content-length"] ?? "0";
  if (!/^\d{1,9}$/.test(length)) return "malformed";
  const end = indexAfterBytes(text, start, Number(length));
  return end < 0 ? "more" : { ...about, body: text.slice(start, end), end };
}

function readChunks(
  text: string,
  start: number,
): { readonly body: string; readonly end: number } | "more" | "malformed" {
  let body = "";
  for (let at = start; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return "more";
    const size = /^([0-9a-f]{1,8})(;|$)/i.exec(text.slice(at, lineEnd))?.[1];
    if (size === undefined) return "malformed";
    const from = lineEnd + 2;
    const end = indexAfterBytes(text, from, Number.parseInt(size, 16));
    if (end < 0 || text.length < end + 2) return "more";
    if (!text.startsWith("\r\n", end)) return "malformed";
    if (end === from) return { body, end: end + 2 };
    body += text.slice(from, end);
    at = end + 2;
  }
}

/** An answer as the bytes that a server writes. */
export function httpResponseText(
  {
    status,
    headers,
    body,
  }: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string },
  { method, keepAlive }: { readonly method: string; readonly keepAlive: boolean },
): string {
  const lines = [`HTTP/1.1 ${status} ${REASONS[status] ?? "Status"}`];
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(content-length|transfer-encoding|connection)$/i.test(name)) lines.push(`${canonical(name)}: ${value}`);
  }
  lines.push(`Content-Length: ${byteLength(body)}`, `Connection: ${keepAlive ? "keep-alive" : "close"}`);
  return `${lines.join("\r\n")}\r\n\r\n${method === "HEAD" ? "" : body}`;
}

/** `content-type` -> `Content-Type`. */
function canonical(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};
