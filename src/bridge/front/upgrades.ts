import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws";
import { type HttpStream, isFailure } from "../../shell/doors.ts";
import type { Status } from "../../sim/api/object.ts";
import { badRequest, serviceUnavailable } from "../../sim/api/status-errors.ts";
import { execByChannels, portsByChannels } from "./channels.ts";
import { type Entrance, TOO_MANY_STREAMS } from "./entrance.ts";
import { FRAME_BYTES_MAX } from "./limits.ts";
import { isAdministrator, refusal, requestOf } from "./requests.ts";
import { SpdyConnection } from "./spdy/connection.ts";
import { execBySpdy, portsBySpdy } from "./spdy-streams.ts";

/**
 * exec, attach and port-forward. A client speaks by WebSocket (kubectl 1.30 and later, the official JavaScript client)
 * or by SPDY (older ones); kubectl's port-forward speaks SPDY inside of a WebSocket.
 */

/** WebSocket protocols in the order of preference: what a frame's first byte or letter is, is the channel. */
const CHANNELS = ["v5.channel.k8s.io", "v4.channel.k8s.io", "v4.base64.channel.k8s.io"];
const TUNNEL = "SPDY/3.1+portforward.k8s.io";
const SPDY = "spdy/3.1";
/** What is spoken over SPDY, newest first. */
const SPDY_COMMANDS = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];
const SPDY_PORTS = ["portforward.k8s.io"];

type Way = { readonly by: "websocket"; readonly protocol: string } | { readonly by: "spdy"; readonly protocol: string };

export function createUpgrades(entrance: Entrance) {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_MAX,
    handleProtocols: (offered: ReadonlySet<string>, request) => chosenFor(request.url ?? "", offered) ?? false,
  });
  const connections = new Set<Duplex>();
  return {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      connections.add(socket);
      socket.on("close", () => connections.delete(socket));
      upgrade(server, request, socket, head, entrance).catch((error: unknown) => {
        console.error(error);
        socket.destroy();
      });
    },
    close(): void {
      for (const socket of connections) socket.destroy();
      server.close();
    },
  };
}

function isPortForward(url: string): boolean {
  return /\/portforward\/?(\?|$)/.test(url);
}

function chosenFor(url: string, offered: ReadonlySet<string>): string | undefined {
  const known = isPortForward(url) ? [TUNNEL, ...CHANNELS.slice(1)] : CHANNELS;
  return known.find((protocol) => offered.has(protocol));
}

async function upgrade(
  server: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  entrance: Entrance,
): Promise<void> {
  const gone = new AbortController();
  socket.on("close", () => gone.abort());
  socket.on("error", () => gone.abort());
  const gate = entrance.gate();
  const way = wayOf(request);
  const refused = refusal(request, gate) ?? (typeof way === "string" ? badRequest(`unable to upgrade: ${way}`) : null);
  if (refused !== null || typeof way === "string") return refuse(socket, refused as Status);
  const doors = entrance.backend();
  if (typeof doors === "string") return refuse(socket, serviceUnavailable(doors));
  if (!entrance.streams.enter()) return refuse(socket, TOO_MANY_STREAMS);
  try {
    const administrator = isAdministrator(request, gate);
    const door = administrator ? doors.administrator : doors.stranger;
    const ask = requestOf(request, Buffer.alloc(0), administrator);
    const stream = await door.stream(ask, { signal: gone.signal });
    if (isFailure(stream)) return refuse(socket, serviceUnavailable(stream.text));
    if (stream.response.status !== 101) {
      let { body } = stream.response;
      for await (const frame of stream.frames) if ("data" in frame) body += frame.data;
      return writeStatus(socket, stream.response.status, body);
    }
    if (socket.destroyed) return stream.close();
    if (way.by === "websocket") {
      await new Promise<void>((resolve) => {
        socket.once("close", () => resolve());
        server.handleUpgrade(request, socket, head, (client) => {
          byWebSocket(client, request.url ?? "", stream)
            .catch(() => client.terminate())
            .finally(resolve);
        });
      });
    } else await bySpdy(socket, head, way.protocol, request.url ?? "", stream);
  } finally {
    entrance.streams.leave();
  }
}

async function byWebSocket(client: WebSocket, url: string, stream: HttpStream): Promise<void> {
  client.on("error", () => client.terminate());
  if (client.protocol === TUNNEL) {
    const duplex = createWebSocketStream(client);
    duplex.on("error", () => client.terminate());
    await portsBySpdy((onStream) => new SpdyConnection(duplex, onStream), stream);
  } else if (isPortForward(url)) await portsByChannels(client, stream, portsOf(url));
  else await execByChannels(client, stream);
}

function portsOf(url: string): readonly number[] {
  return new URLSearchParams(url.split("?")[1] ?? "")
    .getAll("ports")
    .flatMap((text) => text.split(","))
    .map(Number)
    .filter((port) => Number.isInteger(port) && port > 0 && port < 65_536);
}

async function bySpdy(socket: Duplex, head: Buffer, protocol: string, url: string, stream: HttpStream): Promise<void> {
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Connection: Upgrade",
    "Upgrade: SPDY/3.1",
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  const open = (onStream: ConstructorParameters<typeof SpdyConnection>[1]) => new SpdyConnection(socket, onStream);
  if (isPortForward(url)) await portsBySpdy(open, stream);
  else await execBySpdy(open, stream, new URLSearchParams(url.split("?")[1] ?? ""));
}

/** How the client wants to speak; a text: it is not spoken here. */
function wayOf(request: IncomingMessage): Way | string {
  const upgrade = request.headers.upgrade?.toLowerCase();
  const url = request.url ?? "";
  if (upgrade === "websocket") {
    const offered = listOf(request.headers["sec-websocket-protocol"]);
    const protocol = chosenFor(url, new Set(offered));
    if (protocol !== undefined) return { by: "websocket", protocol };
    return `unsupported protocols [${offered.join(" ")}], want one of [${CHANNELS.join(" ")}]`;
  }
  if (upgrade !== SPDY) return "only websocket and SPDY/3.1 are served";
  const offered = listOf(request.headers["x-stream-protocol-version"]);
  const protocol = (isPortForward(url) ? SPDY_PORTS : SPDY_COMMANDS).find((each) => offered.includes(each));
  if (protocol !== undefined) return { by: "spdy", protocol };
  return `unable to negotiate protocol: client supports [${offered.join(" ")}]`;
}

function listOf(header: string | string[] | undefined): string[] {
  return [header ?? ""].flat().flatMap((text) => text.split(",").map((each) => each.trim()));
}

function refuse(socket: Duplex, status: Status): void {
  writeStatus(socket, status.code ?? 500, `${JSON.stringify(status)}\n`);
}

function writeStatus(socket: Duplex, code: number, body: string): void {
  if (socket.destroyed) return;
  const head = [
    `HTTP/1.1 ${code} ${code === 401 ? "Unauthorized" : "Refused"}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
