import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type HttpStream, isFailure } from "../../shell/doors.ts";
import type { Status } from "../../sim/api/object.ts";
import { badRequest, serviceUnavailable } from "../../sim/api/status-errors.ts";
import type { Doors } from "./api-server.ts";
import type { Clock } from "./clock.ts";
import { type Gate, isAdministrator, refusal, requestOf } from "./requests.ts";

/** In the order of preference. Both speak in binary frames whose first byte is the channel; v5 can close standard input. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const FRAME_BYTES_MAX = 32 * 1024 * 1024;
const CLOSE_CHANNEL = 255;

/** exec and attach by WebSocket. */
export function createSocketServer(gate: () => Gate, doors: Doors, clock: Clock) {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_MAX,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  return {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      upgrade(server, request, socket, head, { gate: gate(), doors, clock }).catch((error: unknown) => {
        console.error(error);
        socket.destroy();
      });
    },
    close(): void {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

async function upgrade(
  server: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { gate, doors, clock }: { readonly gate: Gate; readonly doors: Doors; readonly clock: Clock },
): Promise<void> {
  const gone = new AbortController();
  socket.on("close", () => gone.abort());
  socket.on("error", () => gone.abort());
  const refused = refusal(request, gate) ?? wrongProtocol(request);
  if (refused !== null) {
    writeStatus(socket, refused.code ?? 500, `${JSON.stringify(refused)}\n`);
    return;
  }
  const administrator = isAdministrator(request, gate);
  const door = administrator ? doors.administrator : doors.stranger;
  const ask = requestOf(request, Buffer.alloc(0), administrator);
  const stream = await clock.hurryFor(door.stream(ask, { signal: gone.signal }));
  if (isFailure(stream)) {
    writeStatus(socket, 503, `${JSON.stringify(serviceUnavailable(stream.text))}\n`);
    return;
  }
  if (stream.response.status !== 101) {
    let body = stream.response.body;
    for await (const frame of stream.frames) body += frame.data;
    writeStatus(socket, stream.response.status, body);
    return;
  }
  server.handleUpgrade(request, socket, head, (client) => {
    connect(client, stream).catch(() => client.terminate());
  });
}

function wrongProtocol(request: IncomingMessage): Status | null {
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  if (request.headers.upgrade?.toLowerCase() !== "websocket")
    return badRequest("unable to upgrade: only websocket is served");
  return PROTOCOLS.some((protocol) => offered.includes(protocol))
    ? null
    : badRequest(`unable to upgrade: unsupported protocols, want one of ${PROTOCOLS.join(", ")}`);
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

async function connect(client: WebSocket, stream: HttpStream): Promise<void> {
  const decoders = new Map<number, TextDecoder>();
  client.on("error", () => client.terminate());
  client.on("close", () => stream.close());
  client.on("message", (message: Buffer) => {
    const channel = message[0];
    if (channel === undefined) return;
    if (channel === CLOSE_CHANNEL) {
      stream.send({ type: "channel", channel, data: String(message[1] ?? 0) });
      return;
    }
    const decoder = decoders.get(channel) ?? new TextDecoder();
    decoders.set(channel, decoder);
    stream.send({ type: "channel", channel, data: decoder.decode(message.subarray(1), { stream: true }) });
  });
  for await (const frame of stream.frames) {
    if (client.readyState !== client.OPEN) break;
    if (frame.type === "channel") client.send(Buffer.concat([Buffer.from([frame.channel]), Buffer.from(frame.data)]));
  }
  client.close(1000);
}
