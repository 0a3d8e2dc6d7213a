import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { HttpRequest } from "../../shell/doors.ts";
import { CERTIFICATE_HEADER } from "../../sim/api/certificates/header.ts";
import type { Status } from "../../sim/api/object.ts";
import { badRequest, forbidden, requestEntityTooLarge, unauthorized } from "../../sim/api/status-errors.ts";
import { BODY_BYTES_MAX } from "./limits.ts";
import { decodeProtobuf, PROTOBUF } from "./protobuf.ts";

/** Who may ask: nobody but programs of this machine that read the kubeconfig, and no page of any browser. */
export interface Gate {
  readonly port: number;
  /** The administrator's token; what else is sent goes to the API server to judge. */
  readonly token: string;
}

/** Why a request does not even reach the API server; null: it may. */
export function refusal(request: IncomingMessage, gate: Gate): Status | null {
  const { host, origin, authorization } = request.headers;
  const hosts = [`127.0.0.1:${gate.port}`, `localhost:${gate.port}`];
  if (host === undefined || !hosts.includes(host.toLowerCase()))
    return forbidden({ resource: "" }, "", "this server answers on the loopback address only");
  if (origin !== undefined && !hosts.some((each) => origin === `https://${each}`))
    return forbidden({ resource: "" }, "", "pages of other origins may not use this server");
  const bearer = authorization !== undefined && /^bearer +\S/i.test(authorization);
  if (!bearer && clientCertificate(request) === null) return unauthorized();
  return (request.url ?? "").startsWith("/") ? null : badRequest("the request's target is not a path");
}

/**
 * In PEM, the certificate that the client showed while TLS was set up, with proof that it has the key; null: none. What
 * it is worth, the API server judges.
 */
function clientCertificate({ socket }: IncomingMessage): string | null {
  return (socket as TLSSocket).getPeerX509Certificate()?.toString() ?? null;
}

/** A client certificate goes before a token, as in upstream's order of authenticators. */
export function isAdministrator(request: IncomingMessage, gate: Gate): boolean {
  if (clientCertificate(request) !== null) return false;
  const given = Buffer.from((request.headers.authorization ?? "").replace(/^bearer +/i, ""));
  const wanted = Buffer.from(gate.token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The whole body, or why not. Stops reading where it gets too long. */
export async function readBytes(request: IncomingMessage): Promise<Buffer | Status> {
  const tooLarge = requestEntityTooLarge(`limit is ${BODY_BYTES_MAX}`);
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) return tooLarge;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > BODY_BYTES_MAX) return tooLarge;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** What the API server is given. Protobuf becomes JSON here; what cannot be read goes on as it is, to be refused there. */
export function requestOf(request: IncomingMessage, bytes: Buffer, administrator: boolean): HttpRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || (name === "authorization" && administrator)) continue;
    headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  // Nobody can show a certificate by a header of their own.
  delete headers[CERTIFICATE_HEADER];
  const certificate = clientCertificate(request);
  if (certificate !== null) headers[CERTIFICATE_HEADER] = Buffer.from(certificate).toString("base64");
  const ask = { method: request.method ?? "GET", path: request.url ?? "/", headers };
  if (bytes.length === 0 || (headers["content-type"] ?? "").split(";")[0]?.trim() !== PROTOBUF)
    return { ...ask, body: bytes.toString("utf8") };
  const object = decodeProtobuf(bytes);
  if (object === null) return { ...ask, body: bytes.toString("latin1") };
  return {
    ...ask,
    headers: { ...headers, "content-type": "application/json", "content-length": "" },
    body: JSON.stringify(object),
  };
}

/** Watches, followed logs: answered bit by bit, as long as the client likes. */
export function isLongRunning(request: HttpRequest): boolean {
  const [path = "", query = ""] = request.path.split("?", 2);
  if (request.method !== "GET") return false;
  return isWatch(request) || (path.endsWith("/log") && isOn(query, "follow"));
}

export function isWatch({ method, path: target }: HttpRequest): boolean {
  const [path = "", query = ""] = target.split("?", 2);
  return method === "GET" && (isOn(query, "watch") || /\/watch\//.test(path));
}

function isOn(query: string, name: string): boolean {
  const parameters = new URLSearchParams(query);
  return parameters.has(name) && !["false", "0"].includes(parameters.get(name) as string);
}
