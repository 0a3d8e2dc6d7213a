import type { Context, NetworkError, StreamId } from "../../kernel/types.ts";
import type { HttpResponse } from "../kube-apiserver/messages.ts";
import type { PortFrame } from "../kubelet/messages.ts";
import { httpResponseText, readHttpRequest } from "./http-text.ts";
import type { ForwardedConnection, RuntimeState } from "./state.ts";

const TIMEOUT_US = 60_000_000;
/** What a client may send ahead of the answers. */
const UNREAD_MAX = 4 * 1024 * 1024;

/** Comes back with a forwarded request's answer. */
export interface ForwardTag {
  readonly forward: StreamId;
  readonly connection: number;
  readonly method: string;
  readonly keepAlive: boolean;
}

export function isForwardTag(tag: unknown): tag is ForwardTag {
  return typeof tag === "object" && tag !== null && "forward" in tag;
}

export function openPortForward(state: RuntimeState, context: Context, stream: StreamId, sandboxId: string): void {
  const sandbox = state.sandboxes.get(sandboxId);
  if (sandbox === undefined || sandbox.stopped) context.closeStream(stream);
  else state.forwards.set(stream, { sandboxId, connections: new Map() });
}

/** A frame of a port-forward. False: the stream is none. */
export function forwardFrame(state: RuntimeState, context: Context, stream: StreamId, frame: PortFrame): boolean {
  const forward = state.forwards.get(stream);
  if (forward === undefined) return false;
  const { connections } = forward;
  const connection = connections.get(frame.connection);
  switch (frame.type) {
    case "portOpen":
      if (connection === undefined)
        connections.set(frame.connection, { port: frame.port, unread: "", ended: false, asking: false });
      return true;
    case "portData":
      if (connection === undefined) return true;
      connection.unread += frame.data;
      if (connection.unread.length > UNREAD_MAX) hangUp(state, context, stream, frame.connection);
      else serveNext(state, context, stream, frame.connection);
      return true;
    case "portEnd":
      if (connection === undefined) return true;
      connection.ended = true;
      serveNext(state, context, stream, frame.connection);
      return true;
    case "portError":
      connections.delete(frame.connection);
      return true;
  }
}

/** Asks the pod the next request of a connection, one at a time. */
function serveNext(state: RuntimeState, context: Context, stream: StreamId, number: number): void {
  const forward = state.forwards.get(stream);
  const connection = forward?.connections.get(number);
  if (forward === undefined || connection === undefined || connection.asking) return;
  const request = connection.unread === "" ? "more" : readHttpRequest(connection.unread);
  if (request === "more") {
    if (connection.ended) hangUp(state, context, stream, number);
    return;
  }
  if (request === "malformed") {
    hangUp(state, context, stream, number);
    return;
  }
  connection.unread = connection.unread.slice(request.end);
  connection.asking = true;
  const { method, path, headers, body, keepAlive } = request;
  const tag: ForwardTag = { forward: stream, connection: number, method, keepAlive };
  const ip = state.sandboxes.get(forward.sandboxId)?.ip ?? "";
  context.request({
    to: `${ip === "" ? "127.0.0.1" : ip}:${connection.port}`,
    body: { type: "http", method, path, headers, body },
    timeoutUs: TIMEOUT_US,
    tag,
    label: `${method} ${path}`,
  });
}

export function forwardAnswered(state: RuntimeState, context: Context, tag: ForwardTag, body: unknown): void {
  const connection = connectionOf(state, tag);
  if (connection === undefined) return;
  connection.asking = false;
  const response = body as HttpResponse | { readonly type: "tcp" };
  if (response.type !== "http") {
    hangUp(state, context, tag.forward, tag.connection);
    return;
  }
  send(context, tag.forward, { type: "portData", connection: tag.connection, data: httpResponseText(response, tag) });
  if (tag.keepAlive) serveNext(state, context, tag.forward, tag.connection);
  else hangUp(state, context, tag.forward, tag.connection);
}

export function forwardFailed(state: RuntimeState, context: Context, tag: ForwardTag, error: NetworkError): void {
  const connection = connectionOf(state, tag);
  const forward = state.forwards.get(tag.forward);
  if (connection === undefined || forward === undefined) return;
  if (error.kind === "refused") {
    const { sandboxId } = forward;
    const namespace = `cni-${sandboxId.slice(0, 8)}-${sandboxId.slice(8, 12)}-${sandboxId.slice(12, 16)}-${sandboxId.slice(16, 20)}-${sandboxId.slice(20, 32)}`;
    const text = `error forwarding port ${connection.port} to pod ${sandboxId}, uid : failed to execute portforward in network namespace "/var/run/netns/${namespace}": failed to connect to localhost:${connection.port} inside namespace "${sandboxId}", IPv4: dial tcp4 127.0.0.1:${connection.port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `;
    send(context, tag.forward, { type: "portError", connection: tag.connection, text });
  }
  hangUp(state, context, tag.forward, tag.connection);
}

function connectionOf(state: RuntimeState, tag: ForwardTag): ForwardedConnection | undefined {
  return state.forwards.get(tag.forward)?.connections.get(tag.connection);
}

function hangUp(state: RuntimeState, context: Context, stream: StreamId, number: number): void {
  if (state.forwards.get(stream)?.connections.delete(number) === true)
    send(context, stream, { type: "portEnd", connection: number });
}

function send(context: Context, stream: StreamId, frame: PortFrame): void {
  context.sendFrame(stream, frame);
}

/** A pod's sandbox is stopped: its connections are over. */
export function endForwardsOf(state: RuntimeState, context: Context, sandboxId: string): void {
  for (const [stream, forward] of state.forwards) {
    if (forward.sandboxId !== sandboxId) continue;
    state.forwards.delete(stream);
    context.closeStream(stream);
  }
}
