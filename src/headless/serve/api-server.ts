import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createApiDoor } from "../../session/doors.ts";
import type { SessionHost } from "../../session/host.ts";
import { type ApiDoor, type ConnectionFailure, isFailure } from "../../shell/doors.ts";
import type { Status } from "../../sim/api/object.ts";
import { serviceUnavailable } from "../../sim/api/status-errors.ts";
import type { ServingCertificate } from "./certificates.ts";
import type { Clock } from "./clock.ts";
import { type Gate, isAdministrator, isLongRunning, readBytes, refusal, requestOf } from "./requests.ts";
import { createSocketServer } from "./sockets.ts";

/** A client that does not read is let go when this much waits for it. */
const UNREAD_BYTES_MAX = 32 * 1024 * 1024;
const CLIENTS_MAX = 2_000;

/** The two ways into the cluster: as kubernetes-admin by its client certificate, or with nothing but what was sent. */
export interface Doors {
  readonly administrator: ApiDoor;
  readonly stranger: ApiDoor;
}

export interface ServedApi {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a session's API by HTTPS on the loopback address. Port 0: any free one. Rejects when the port is taken. */
export async function serveApi(options: {
  readonly host: SessionHost;
  readonly clock: Clock;
  readonly port: number;
  readonly token: string;
  readonly certificate: ServingCertificate;
}): Promise<ServedApi> {
  const { host, clock, certificate } = options;
  const current = () => host.session;
  const doors: Doors = { administrator: createApiDoor(current), stranger: createApiDoor(current, null) };
  let gate: Gate = { port: options.port, token: options.token };
  const server = createServer({
    key: certificate.key,
    cert: certificate.certificate,
    minVersion: "TLSv1.2",
    keepAliveTimeout: 120_000,
    requestTimeout: 60_000,
  });
  server.maxConnections = CLIENTS_MAX;
  server.on("request", (request, response) => {
    answer(request, response, gate, doors, clock).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  const sockets = createSocketServer(() => gate, doors, clock);
  server.on("upgrade", sockets.upgrade);
  const port = await listen(server, options.port);
  gate = { ...gate, port };
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        sockets.close();
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Gate,
  doors: Doors,
  clock: Clock,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  response.on("error", () => gone.abort());
  const refused = refusal(request, gate);
  if (refused !== null) return refuse(request, response, refused);
  const bytes = await readBytes(request).catch(() => null);
  if (bytes === null) return;
  if (!Buffer.isBuffer(bytes)) return refuse(request, response, bytes);
  const administrator = isAdministrator(request, gate);
  const door = administrator ? doors.administrator : doors.stranger;
  const ask = requestOf(request, bytes, administrator);
  const options = { signal: gone.signal };
  if (!isLongRunning(ask)) {
    const answered = await clock.hurryFor(door.request(ask, options));
    if (isFailure(answered)) return fail(request, response, answered);
    writeHead(response, answered.status, answered.headers, answered.body);
    response.end(request.method === "HEAD" ? undefined : answered.body);
    return;
  }
  const stream = await clock.hurryFor(door.stream(ask, options));
  if (isFailure(stream)) return fail(request, response, stream);
  writeHead(response, stream.response.status, stream.response.headers, null);
  response.flushHeaders();
  for await (const frame of stream.frames) {
    if (gone.signal.aborted) break;
    if (frame.type === "chunk") response.write(frame.data);
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
  }
  response.end();
}

function writeHead(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | null,
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
  response.setHeader("connection", "close");
  writeHead(response, status.code ?? 500, { "content-type": "application/json" }, body);
  response.end(body);
  request.resume();
}

/** No API server answered. */
function fail(request: IncomingMessage, response: ServerResponse, { failure, text }: ConnectionFailure): void {
  if (failure === "aborted") response.destroy();
  else refuse(request, response, serviceUnavailable(text));
}
