import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { type ConnectionFailure, type HttpRequest, type HttpStream, isFailure } from "../../shell/doors.ts";
import type { Status } from "../../sim/api/object.ts";
import { expired, serviceUnavailable } from "../../sim/api/status-errors.ts";
import { issueServingCertificate } from "./certificates.ts";
import { encodeBody } from "./compress.ts";
import { type Backend, type Entrance, TOO_MANY_STREAMS } from "./entrance.ts";
import { type KubeconfigFile, writeKubeconfig } from "./kubeconfig.ts";
import { CONNECTIONS_MAX, HEADER_BYTES_MAX, OpenStreams, REQUEST_MS_MAX, UNREAD_BYTES_MAX } from "./limits.ts";
import { type Gate, isAdministrator, isLongRunning, isWatch, readBytes, refusal, requestOf } from "./requests.ts";
import { createUpgrades } from "./upgrades.ts";

export interface Front {
  readonly port: number;
  readonly token: string;
  /** PEM. */
  readonly authority: string;
  readonly kubeconfig: KubeconfigFile;
  /** For tests: watches, execs and the like that are open. */
  readonly openStreams: () => number;
  close(): Promise<void>;
}

/**
 * Answers the Kubernetes API by HTTPS on the loopback address, with what `backend` answers, to whoever has the token of
 * the kubeconfig that it writes. Port 0: any free one. Rejects when the port is taken.
 */
export async function openFront(options: {
  readonly port: number;
  readonly backend: Backend;
  readonly streamsMax?: number;
}): Promise<Front> {
  const certificate = await issueServingCertificate(Date.now());
  const token = randomBytes(24).toString("base64url");
  let gate: Gate = { port: options.port, token };
  const streams = new OpenStreams(options.streamsMax);
  const entrance: Entrance = { gate: () => gate, backend: options.backend, streams };
  const server = createServer({
    key: certificate.key,
    cert: certificate.certificate,
    minVersion: "TLSv1.2",
    // The authority that client certificates must come from is the world's: its API server looks at them.
    requestCert: true,
    rejectUnauthorized: false,
    keepAliveTimeout: 120_000,
    requestTimeout: REQUEST_MS_MAX,
    maxHeaderSize: HEADER_BYTES_MAX,
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.on("request", (request, response) => {
    answer(request, response, entrance).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  const upgrades = createUpgrades(entrance);
  server.on("upgrade", upgrades.upgrade);
  const port = await listen(server, options.port);
  gate = { port, token };
  const kubeconfig = writeKubeconfig(port, certificate.authority, token);
  return {
    port,
    token,
    authority: certificate.authority,
    kubeconfig,
    openStreams: () => streams.count,
    close: () =>
      new Promise((resolve) => {
        kubeconfig.remove();
        upgrades.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, entrance: Entrance): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  response.on("error", () => gone.abort());
  const gate = entrance.gate();
  const refused = refusal(request, gate);
  if (refused !== null) return refuse(request, response, refused);
  const bytes = await readBytes(request).catch(() => null);
  if (bytes === null) return;
  if (!Buffer.isBuffer(bytes)) return refuse(request, response, bytes);
  const doors = entrance.backend();
  if (typeof doors === "string") return refuse(request, response, serviceUnavailable(doors));
  const administrator = isAdministrator(request, gate);
  const door = administrator ? doors.administrator : doors.stranger;
  const ask = requestOf(request, bytes, administrator);
  const { signal } = gone;
  if (isLongRunning(ask)) {
    if (!entrance.streams.enter()) return refuse(request, response, TOO_MANY_STREAMS);
    try {
      await follow(request, response, await door.stream(ask, { signal }), ask, signal);
    } finally {
      entrance.streams.leave();
    }
    return;
  }
  const answered = await door.request(ask, { signal });
  if (isFailure(answered)) return fail(request, response, answered);
  const { body, headers } = encodeBody(ask.path, ask.headers["accept-encoding"] ?? "", answered.body);
  writeHead(response, answered.status, { ...answered.headers, ...headers }, body);
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Head at once, then what comes, as it comes. */
async function follow(
  request: IncomingMessage,
  response: ServerResponse,
  stream: HttpStream | ConnectionFailure,
  ask: HttpRequest,
  signal: AbortSignal,
): Promise<void> {
  if (isFailure(stream)) return fail(request, response, stream);
  writeHead(response, stream.response.status, stream.response.headers, null);
  response.flushHeaders();
  if (stream.response.body !== "") response.write(stream.response.body);
  for await (const frame of stream.frames) {
    if (signal.aborted) break;
    if (frame.type === "chunk") response.write(frame.data);
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
  }
  const failure = stream.ended?.() ?? null;
  if (failure === null) response.end();
  else if (isWatch(ask) && stream.response.status === 200) {
    // Informers list anew after this; a broken connection alone would have them go on from a revision of another life.
    response.end(`${JSON.stringify({ type: "ERROR", object: expired(failure.text) })}\n`);
  } else response.destroy();
}

function writeHead(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer | null,
): void {
  if (response.headersSent || response.destroyed) return;
  for (const [name, value] of Object.entries(headers)) {
    if (name !== "transfer-encoding" && name !== "content-length") response.setHeader(name, value);
  }
  if (body !== null && status !== 304) response.setHeader("content-length", Buffer.byteLength(body));
  response.writeHead(status);
}

/** Refused before all of the body was read: the connection cannot be used again. */
function refuse(request: IncomingMessage, response: ServerResponse, status: Status): void {
  const body = `${JSON.stringify(status)}\n`;
  const { retryAfterSeconds } = status.details ?? {};
  response.setHeader("connection", "close");
  if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
  // While it looks for the API's groups kubectl hides what a 503 says; a warning it prints.
  if (status.code === 503) response.setHeader("warning", `299 - ${JSON.stringify(status.message ?? "")}`);
  writeHead(response, status.code ?? 500, { "content-type": "application/json" }, body);
  response.end(body);
  request.resume();
}

/** No API server answered, or time was moved while it was about to. */
function fail(request: IncomingMessage, response: ServerResponse, { text }: ConnectionFailure): void {
  if (!response.destroyed) refuse(request, response, serviceUnavailable(text));
}
