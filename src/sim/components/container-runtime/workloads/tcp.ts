/**
 * A TCP connection whose bytes matter, as a stream with `TCP` for its opening: the server takes it, then both send
 * data. What only asks whether somebody listens (a probe) is a request instead.
 */
import type { Context, StreamId } from "../../../kernel/types.ts";
import type { HttpRequest, HttpResponse } from "../../kube-apiserver/messages.ts";
import { httpResponseText, readHttpRequest } from "../http-text.ts";

export const TCP = Object.freeze({ type: "tcp" } as const);

/** `data` is bytes as text, a character each. */
export type TcpFrame =
  | { readonly tcp: "accepted" }
  | { readonly tcp: "data"; readonly data: string }
  /** The sender has no more to say. */
  | { readonly tcp: "end" };

/** Connections at their serving end: what came and was not understood yet. */
export type TcpConnections = Map<StreamId, { unread: string }>;

export function isTcp(body: unknown): boolean {
  return (body as { readonly type?: unknown } | null)?.type === "tcp";
}

export function acceptTcp(connections: TcpConnections, context: Context, stream: StreamId): void {
  connections.set(stream, { unread: "" });
  const accepted: TcpFrame = { tcp: "accepted" };
  context.sendFrame(stream, accepted);
}

export function sendTcp(context: Context, stream: StreamId, data: string): void {
  const frame: TcpFrame = { tcp: "data", data };
  context.sendFrame(stream, frame);
}

export function hangUp(connections: TcpConnections, context: Context, stream: StreamId): void {
  if (connections.delete(stream)) context.closeStream(stream);
}

/** Of a request that is not whole yet. */
const UNREAD_MAX = 4 * 1024 * 1024;

const BAD_REQUEST =
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request";

/** Bytes for a server of HTTP: `answer` is asked for each whole request; what is no HTTP is told so, and hung up on. */
export function serveHttpBytes(
  connections: TcpConnections,
  context: Context,
  stream: StreamId,
  frame: TcpFrame,
  answer: (request: HttpRequest) => HttpResponse | null,
): void {
  const connection = connections.get(stream);
  if (connection === undefined) return;
  if (frame.tcp === "data") connection.unread += frame.data;
  for (;;) {
    const { unread } = connection;
    const read = unread === "" ? "more" : readHttpRequest(unread);
    const request = read === "more" && unread.length > UNREAD_MAX ? "malformed" : read;
    if (request === "more") {
      if (frame.tcp === "end") hangUp(connections, context, stream);
      return;
    }
    if (request === "malformed") {
      sendTcp(context, stream, BAD_REQUEST);
      hangUp(connections, context, stream);
      return;
    }
    connection.unread = connection.unread.slice(request.end);
    const { method, path, headers, body, keepAlive } = request;
    const response = answer({ type: "http", method, path, headers, body });
    if (response !== null) sendTcp(context, stream, httpResponseText(response, { method, keepAlive }));
    if (response === null || !keepAlive) {
      hangUp(connections, context, stream);
      return;
    }
  }
}
