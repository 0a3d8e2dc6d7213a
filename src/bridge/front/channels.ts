import type { WebSocket } from "ws";
import type { HttpStream } from "../../shell/doors.ts";
import { ByteDecoder, bytesOfText } from "../../sim/api/byte-text.ts";
import { internalError } from "../../sim/api/status-errors.ts";
import { UNREAD_BYTES_MAX } from "./limits.ts";

const ERROR_CHANNEL = 3;
/** v5 only: the byte after it is the channel that is over. */
const CLOSE_CHANNEL = 255;
const BASE64 = "v4.base64.channel.k8s.io";

/** A WebSocket as numbered channels of bytes. */
class Channels {
  private readonly client: WebSocket;
  private readonly base64: boolean;

  constructor(client: WebSocket) {
    this.client = client;
    this.base64 = client.protocol === BASE64;
  }

  /** `channel` -1: nothing that can be understood. */
  read(message: Buffer): { readonly channel: number; readonly bytes: Buffer } {
    const first = message[0] ?? -1;
    if (!this.base64) return { channel: first, bytes: message.subarray(1) };
    return { channel: first - 0x30, bytes: Buffer.from(message.toString("latin1", 1), "base64") };
  }

  send(channel: number, bytes: Uint8Array): void {
    if (this.client.readyState !== this.client.OPEN) return;
    if (this.base64) this.client.send(`${channel}${Buffer.from(bytes).toString("base64")}`);
    else this.client.send(Buffer.concat([Buffer.from([channel]), bytes]));
    if (this.client.bufferedAmount > UNREAD_BYTES_MAX) this.client.terminate();
  }
}

/** exec and attach. Resolves when it is over. */
export async function execByChannels(client: WebSocket, stream: HttpStream): Promise<void> {
  const channels = new Channels(client);
  const decoder = new ByteDecoder();
  client.on("close", () => stream.close());
  client.on("message", (message: Buffer) => {
    const { channel, bytes } = channels.read(message);
    if (channel === CLOSE_CHANNEL) {
      const [over] = bytes;
      if (over !== undefined) stream.send({ type: "channel", channel, data: String.fromCharCode(over) });
    } else if (channel === 0) stream.send({ type: "channel", channel, data: decoder.write(bytes) });
    else if (channel > 0) stream.send({ type: "channel", channel, data: bytes.toString("utf8") });
  });
  let told = false;
  for await (const frame of stream.frames) {
    if (client.readyState !== client.OPEN) break;
    if (frame.type !== "channel") continue;
    told ||= frame.channel === ERROR_CHANNEL;
    channels.send(frame.channel, bytesOfText(frame.data));
  }
  const failure = stream.ended?.() ?? null;
  if (failure !== null && !told) channels.send(ERROR_CHANNEL, Buffer.from(JSON.stringify(internalError(failure.text))));
  client.close(failure === null ? 1000 : 1001);
}

/**
 * port-forward as browsers and the official JavaScript client ask for it: `?ports=80&ports=443`, a channel for each
 * port's data and the next one for its errors. Each begins with the port's number, two bytes, the lower first.
 */
export async function portsByChannels(client: WebSocket, stream: HttpStream, ports: readonly number[]): Promise<void> {
  const channels = new Channels(client);
  const decoders = ports.map(() => new ByteDecoder());
  for (const [index, port] of ports.entries()) {
    const number = Buffer.from([port & 0xff, port >> 8]);
    channels.send(2 * index, number);
    channels.send(2 * index + 1, number);
    stream.send({ type: "portOpen", connection: index, port });
  }
  client.on("close", () => stream.close());
  client.on("message", (message: Buffer) => {
    const { channel, bytes } = channels.read(message);
    const decoder = decoders[channel / 2];
    if (decoder !== undefined) stream.send({ type: "portData", connection: channel / 2, data: decoder.write(bytes) });
  });
  for await (const frame of stream.frames) {
    if (client.readyState !== client.OPEN) break;
    if (frame.type === "portData") channels.send(2 * frame.connection, bytesOfText(frame.data));
    else if (frame.type === "portError") channels.send(2 * frame.connection + 1, bytesOfText(frame.text));
    // There is no way to say that one port is over: with the only one all is.
    else if (frame.type === "portEnd" && ports.length === 1) break;
  }
  stream.close();
  client.close(1000);
}
