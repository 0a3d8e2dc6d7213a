import type { HttpStream } from "../../shell/doors.ts";
import { ByteDecoder, bytesOfText } from "../../sim/api/byte-text.ts";
import { internalError } from "../../sim/api/status-errors.ts";
import { UNREAD_BYTES_MAX } from "./limits.ts";
import type { SpdyConnection, SpdyStream } from "./spdy/connection.ts";

type Open = (onStream: (stream: SpdyStream) => void) => SpdyConnection;

const STDIN = 0;
const ERROR = 3;
const RESIZE = 4;
const CHANNEL_OF_STREAM: Readonly<Record<string, number>> = {
  stdin: STDIN,
  stdout: 1,
  stderr: 2,
  error: ERROR,
  resize: RESIZE,
};
const CLOSE_CHANNEL = 255;

/** exec and attach: the client opens a stream for each of what it asked for, told apart by the header `streamType`. */
export async function execBySpdy(open: Open, stream: HttpStream, query: URLSearchParams): Promise<void> {
  const opened = new Map<number, SpdyStream>();
  const asked = (name: string) => ["1", "true"].includes(query.get(name) ?? "");
  const wanted = 1 + ["stdin", "stdout"].filter(asked).length + (asked("tty") ? 1 : asked("stderr") ? 1 : 0);
  let ready: () => void = () => {};
  const complete = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const decoder = new ByteDecoder();
  const connection = open((one) => {
    const channel = CHANNEL_OF_STREAM[one.headers.streamtype?.toLowerCase() ?? ""];
    if (channel === undefined || opened.has(channel)) return one.end();
    opened.set(channel, one);
    one.onData = (bytes) => {
      if (channel === STDIN) stream.send({ type: "channel", channel, data: decoder.write(bytes) });
      else if (channel === RESIZE) stream.send({ type: "channel", channel, data: bytes.toString("utf8") });
    };
    one.onEnd = () => {
      if (channel === STDIN) stream.send({ type: "channel", channel: CLOSE_CHANNEL, data: String.fromCharCode(STDIN) });
    };
    if (opened.size >= wanted) ready();
  });
  connection.onClose = () => {
    ready();
    stream.close();
  };
  await complete;
  let told = false;
  for await (const frame of stream.frames) {
    if (frame.type !== "channel") continue;
    told ||= frame.channel === ERROR;
    // By SPDY the kubelet's own words go through; the API server's "Internal error occurred: " is for WebSockets.
    const data =
      frame.channel === ERROR ? frame.data.replace('"message":"Internal error occurred: ', '"message":"') : frame.data;
    opened.get(frame.channel)?.write(bytesOfText(data));
    if (connection.unwrittenBytes > UNREAD_BYTES_MAX) connection.destroy();
  }
  const failure = stream.ended?.() ?? null;
  if (failure !== null && !told) opened.get(ERROR)?.write(Buffer.from(JSON.stringify(internalError(failure.text))));
  connection.end();
}

interface Pair {
  data: SpdyStream | null;
  error: SpdyStream | null;
}

/**
 * port-forward: for each connection to its port the client opens two streams with the same header `requestID`, one for
 * errors and then one for data.
 */
export async function portsBySpdy(open: Open, stream: HttpStream): Promise<void> {
  const pairs = new Map<number, Pair>();
  const connection = open((one) => {
    const number = Number(one.headers.requestid ?? one.id);
    const pair = pairs.get(number) ?? { data: null, error: null };
    pairs.set(number, pair);
    if (one.headers.streamtype === "error") {
      pair.error = one;
      return;
    }
    pair.data = one;
    const decoder = new ByteDecoder();
    stream.send({ type: "portOpen", connection: number, port: Number(one.headers.port) });
    one.onData = (bytes) => stream.send({ type: "portData", connection: number, data: decoder.write(bytes) });
    one.onEnd = () => stream.send({ type: "portEnd", connection: number });
  });
  connection.onClose = () => stream.close();
  for await (const frame of stream.frames) {
    if (!("connection" in frame)) continue;
    const pair = pairs.get(frame.connection);
    if (frame.type === "portData") pair?.data?.write(bytesOfText(frame.data));
    else if (frame.type === "portError") pair?.error?.write(bytesOfText(frame.text));
    else if (frame.type === "portEnd") {
      pair?.data?.end();
      pair?.error?.end();
      pairs.delete(frame.connection);
    }
    if (connection.unwrittenBytes > UNREAD_BYTES_MAX) connection.destroy();
  }
  connection.end();
}
