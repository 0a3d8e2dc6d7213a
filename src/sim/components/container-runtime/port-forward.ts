import type { Context, NetworkError, StreamId } from "../../kernel/types.ts";
import type { HttpResponse } from "../kube-apiserver/messages.ts";
import type { PortFrame } from "../kubelet/messages.ts";
import { httpResponseText, readHttpRequest } from "./http-text.ts";
import type { ForwardedConnection, RuntimeState } from "./state.ts";
import { after } from "./timers.ts";
import { sendTcp, TCP, type TcpFrame } from "./workloads/tcp.ts";

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
      if (connection !== undefined) return true;
      connections.set(frame.connection, {
        port: frame.port,
        raw: null,
        accepted: false,
        unread: "",
        ended: false,
        asking: false,
        answered: false,
      });
      after(context, SILENCE_US, { type: "forwardSilent", stream, connection: frame.connection });
      return true;
    case "portData":
      if (connection === undefined) return true;
      // What came before goes first: it waits until the pod has taken the connection.
      if (connection.raw !== null && connection.accepted) {
        sendTcp(context, connection.raw, frame.data);
        return true;
      }
      connection.unread += frame.data;
      if (connection.unread.length > UNREAD_MAX) hangUp(state, context, stream, frame.connection);
      else if (connection.raw === null) serveNext(state, context, stream, frame.connection);
      return true;
    case "portEnd":
      if (connection === undefined) return true;
      if (connection.raw !== null && connection.accepted) {
        const end: TcpFrame = { tcp: "end" };
        context.sendFrame(connection.raw, end);
        return true;
      }
      connection.ended = true;
      if (connection.raw === null) serveNext(state, context, stream, frame.connection);
      return true;
    case "portError":
      if (connection?.raw != null && state.rawForwards.delete(connection.raw)) context.closeStream(connection.raw);
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
    openRaw(state, context, stream, number);
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

/** A client that says nothing waits for the server's greeting. */
const SILENCE_US = 300_000;

export function forwardSilent(state: RuntimeState, context: Context, stream: StreamId, number: number): void {
  const connection = state.forwards.get(stream)?.connections.get(number);
  if (connection === undefined || connection.raw !== null || connection.asking) return;
  if (connection.unread === "" && !connection.ended && !connection.answered) openRaw(state, context, stream, number);
}

/** From here on bytes go to the pod as they are. */
function openRaw(state: RuntimeState, context: Context, stream: StreamId, number: number): void {
  const forward = state.forwards.get(stream);
  const connection = forward?.connections.get(number);
  if (forward === undefined || connection === undefined) return;
  const ip = state.sandboxes.get(forward.sandboxId)?.ip ?? "";
  const to = `${ip === "" ? "127.0.0.1" : ip}:${connection.port}`;
  connection.raw = context.openStream({ to, body: TCP, timeoutUs: TIMEOUT_US, label: "forwarded bytes" });
  state.rawForwards.set(connection.raw, { forward: stream, connection: number });
}

/** A frame from the pod. False: the stream is none of these. */
export function rawFrame(state: RuntimeState, context: Context, stream: StreamId, frame: TcpFrame): boolean {
  const at = state.rawForwards.get(stream);
  const connection = at === undefined ? undefined : state.forwards.get(at.forward)?.connections.get(at.connection);
  if (at === undefined || connection === undefined) return at !== undefined;
  if (frame.tcp === "accepted") {
    connection.accepted = true;
    if (connection.unread !== "") sendTcp(context, stream, connection.unread);
    connection.unread = "";
    const end: TcpFrame = { tcp: "end" };
    if (connection.ended) context.sendFrame(stream, end);
  } else if (frame.tcp === "data") {
    send(context, at.forward, { type: "portData", connection: at.connection, data: frame.data });
  }
  return true;
}

export function rawClosed(
  state: RuntimeState,
  context: Context,
  stream: StreamId,
  error: NetworkError | null,
): boolean {
  const at = state.rawForwards.get(stream);
  if (at === undefined) return false;
  state.rawForwards.delete(stream);
  if (error?.kind === "refused") refused(state, context, at.forward, at.connection);
  hangUp(state, context, at.forward, at.connection);
  return true;
}

/** The client of a forward is gone, and with it what it had to the pod. */
export function forwardClosed(state: RuntimeState, context: Context, stream: StreamId): void {
  state.forwards.delete(stream);
  for (const [raw, { forward }] of state.rawForwards) {
    if (forward !== stream) continue;
    state.rawForwards.delete(raw);
    context.closeStream(raw);
  }
}

export function forwardAnswered(state: RuntimeState, context: Context, tag: ForwardTag, body: unknown): void {
  const connection = connectionOf(state, tag);
  if (connection === undefined) return;
  connection.asking = false;
  connection.answered = true;
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
  if (error.kind === "refused") refused(state, context, tag.forward, tag.connection);
  hangUp(state, context, tag.forward, tag.connection);
}

function refused(state: RuntimeState, context: Context, stream: StreamId, number: number): void {
  const forward = state.forwards.get(stream);
  const connection = forward?.connections.get(number);
  if (forward === undefined || connection === undefined) return;
  const { sandboxId } = forward;
  const namespace = `cni-${sandboxId.slice(0, 8)}-${sandboxId.slice(8, 12)}-${sandboxId.slice(12, 16)}-${sandboxId.slice(16, 20)}-${sandboxId.slice(20, 32)}`;
  const text = `error forwarding port ${connection.port} to pod ${sandboxId}, uid : failed to execute portforward in network namespace "/var/run/netns/${namespace}": failed to connect to localhost:${connection.port} inside namespace "${sandboxId}", IPv4: dial tcp4 127.0.0.1:${connection.port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `;
  send(context, stream, { type: "portError", connection: number, text });
}

function connectionOf(state: RuntimeState, tag: ForwardTag): ForwardedConnection | undefined {
  return state.forwards.get(tag.forward)?.connections.get(tag.connection);
}

function hangUp(state: RuntimeState, context: Context, stream: StreamId, number: number): void {
  const raw = state.forwards.get(stream)?.connections.get(number)?.raw ?? null;
  if (raw !== null && state.rawForwards.delete(raw)) context.closeStream(raw);
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
    forwardClosed(state, context, stream);
    context.closeStream(stream);
  }
}
