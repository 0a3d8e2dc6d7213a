import { type ApiObject, deepFreeze, type Status } from "../../../api/object.ts";
import {
  badRequest,
  genericServerResponse,
  methodNotSupported,
  notFound,
  storageError,
} from "../../../api/status-errors.ts";
import type { Context, NetworkError, StreamId } from "../../../kernel/types.ts";
import type { ExecFrame, KubeletAnswer, KubeletRequest, StreamHead } from "../../kubelet/messages.ts";
import type { HttpChunk, HttpResponse } from "../messages.ts";
import { answer, recordRequest, refuse } from "../respond.ts";
import type { ApiServerState, Exchange, ServedStream } from "../state.ts";
import { lookup } from "./lookup.ts";

const KUBELET_PORT = 10250;

type ProxyStream = ServedStream & { readonly use: "proxy" };

interface Spec {
  readonly nodeName?: string;
  readonly containers?: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly name: string }[];
  readonly ephemeralContainers?: readonly { readonly name: string }[];
}

/** Log, exec, attach, port-forward: the pod's kubelet answers, the API server passes on. */
export function beginConnect(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { request, kind, name } = exchange;
  const pod = kind.resource === "pods" ? lookup(state, "pods", request.namespace, name) : undefined;
  if (kind.resource !== "pods" || request.subresource === "proxy") {
    refuse(
      state,
      exchange,
      context,
      methodNotSupported({ group: "", resource: `${kind.resource}/${request.subresource}` }, request.verb),
    );
    return;
  }
  if (pod === undefined) {
    refuse(state, exchange, context, notFound(kind, name));
    return;
  }
  const container =
    request.subresource === "portforward"
      ? ""
      : containerOf(name, pod, request.options.connect?.container as string | undefined);
  if (typeof container !== "string") {
    refuse(state, exchange, context, badRequest(container.problem));
    return;
  }
  const { stdin, stdout, stderr } = request.options.connect ?? {};
  if (["exec", "attach"].includes(request.subresource) && stdin !== true && stdout !== true && stderr !== true) {
    refuse(state, exchange, context, badRequest("you must specify at least 1 of stdin, stdout, stderr"));
    return;
  }
  const node = (pod.spec as Spec).nodeName ?? "";
  if (node === "") {
    const what = request.subresource === "log" ? "" : `pod ${name} does not have a host assigned`;
    if (what === "") answer(state, exchange, context, 200, { kind: "Text", text: "" });
    else refuse(state, exchange, context, badRequest(what));
    return;
  }
  const host = addressOfNode(lookup(state, "nodes", "", node)) ?? node;
  connect(state, exchange, context, `${host}:${KUBELET_PORT}`, kubeletRequestOf(exchange, container));
}

function containerOf(pod: string, object: ApiObject, given: string | undefined): string | { readonly problem: string } {
  const spec = object.spec as Spec;
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map(
    ({ name }) => name,
  );
  if (given) return names.includes(given) ? given : { problem: `container ${given} is not valid for pod ${pod}` };
  const own = spec.containers ?? [];
  if (own.length === 1) return own[0]!.name;
  const fallback = object.metadata?.annotations?.["kubectl.kubernetes.io/default-container"];
  if (fallback !== undefined && names.includes(fallback)) return fallback;
  const choose = `a container name must be specified for pod ${pod}, choose one of: [${own.map(({ name }) => name).join(" ")}]`;
  const init = (spec.initContainers ?? []).map(({ name }) => name).join(" ");
  return { problem: init === "" ? choose : `${choose} or one of the init containers: [${init}]` };
}

function addressOfNode(node: ApiObject | undefined): string | undefined {
  const addresses =
    (node?.status as { addresses?: readonly { type: string; address: string }[] } | undefined)?.addresses ?? [];
  return addresses.find(({ type }) => type === "InternalIP")?.address;
}

function kubeletRequestOf({ request, name }: Exchange, container: string): KubeletRequest {
  const options = request.options.connect ?? {};
  const at = { namespace: request.namespace, pod: name, container };
  if (request.subresource === "portforward") return { type: "portForward", namespace: at.namespace, pod: at.pod };
  if (request.subresource === "attach") return { type: "attach", ...at, stdin: options.stdin === true };
  if (request.subresource !== "log") {
    const command = (options.command ?? []) as readonly string[];
    return { type: "exec", ...at, command, stdin: options.stdin === true, tty: options.tty === true };
  }
  const { follow, previous, tailLines, sinceSeconds, sinceTime, timestamps, limitBytes } =
    options as KubeletRequest extends { options: infer O } ? O : Record<string, never>;
  const wanted = { follow, previous, tailLines, sinceSeconds, sinceTime, timestamps, limitBytes };
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  return { type: "containerLogs", ...at, options: given };
}

function connect(state: ApiServerState, exchange: Exchange, context: Context, to: string, body: KubeletRequest): void {
  exchange.phase = "kubelet";
  const certificate = state.kubeletCertificate;
  const tag = { use: "kubelet", exchange: exchange.id };
  const label =
    body.type === "exec" || body.type === "attach" ? `${body.type} ${body.pod}/${body.container}` : body.type;
  const streams = exchange.replyTo.via === "stream" && (body.type !== "containerLogs" || body.options.follow === true);
  if (!streams || exchange.replyTo.via !== "stream") {
    if (exchange.request.subresource !== "log") {
      refuse(state, exchange, context, badRequest("Upgrade request required"));
      return;
    }
    context.request({
      to,
      body,
      timeoutUs: Math.max(1, exchange.deadlineAtUs - context.nowUs),
      tag,
      certificate,
      label,
    });
    return;
  }
  const client = exchange.replyTo.id;
  const kubelet = context.openStream({ to, body, tag, certificate, label });
  const served: ServedStream = Object.freeze({
    use: "proxy",
    client,
    kubelet,
    http: exchange.form !== null,
    what: exchange.request.subresource as ProxyStream["what"],
    shown: Object.freeze(shownOf(exchange)),
    exchange: exchange.id,
  });
  state.streams.set(client, served);
  state.streams.set(kubelet, served);
}

function upgraded(protocol: string): HttpResponse {
  const headers = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-protocol": protocol };
  return deepFreeze({ type: "http", status: 101, headers, body: "" });
}

const HEAD_OF_EXEC = upgraded("v5.channel.k8s.io");

const HEAD_OF_LOGS: HttpResponse = Object.freeze({
  type: "http",
  status: 200,
  headers: Object.freeze({ "content-type": "text/plain", "transfer-encoding": "chunked" }),
  body: "",
});

const HEADS: Readonly<Record<ProxyStream["what"], HttpResponse>> = {
  log: HEAD_OF_LOGS,
  exec: HEAD_OF_EXEC,
  attach: HEAD_OF_EXEC,
  portforward: upgraded("SPDY/3.1+portforward.k8s.io"),
};

/** The kubelet takes the stream, or does not. */
function headReceived(
  state: ApiServerState,
  context: Context,
  served: ProxyStream,
  exchange: Exchange,
  head: StreamHead,
): void {
  if (head.type === "refused") {
    forgetProxy(state, served);
    refuse(state, exchange, context, refusalOf(exchange, head));
    context.closeStream(served.kubelet);
    return;
  }
  state.exchanges.delete(exchange.id);
  const joined: ServedStream = Object.freeze({ ...served, exchange: null });
  state.streams.set(served.client, joined);
  state.streams.set(served.kubelet, joined);
  recordRequest(state, exchange, context, served.what === "log" ? 200 : 101);
  if (!served.http) return;
  const accepted = HEADS[served.what];
  context.sendFrame(served.client, { ...accepted, headers: { ...accepted.headers, ...exchange.form?.headers } });
}

/** The kubelet's answer to a log request without `follow`. */
export function kubeletAnswered(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  body: KubeletAnswer | NetworkError,
): void {
  if ("kind" in body) {
    refuse(state, exchange, context, storageError(unreachableText(state, exchange, body)));
    return;
  }
  if (!body.ok) {
    refuse(state, exchange, context, refusalOf(exchange, body));
    return;
  }
  answer(state, exchange, context, 200, { kind: "Text", text: body.text });
}

function refusalOf({ kind, name }: Exchange, { code, text }: { readonly code: number; readonly text: string }): Status {
  return code === 400 ? badRequest(text) : genericServerResponse(code, "get", kind, name, text);
}

/** What a client hears of a kubelet that does not answer. */
function unreachableText(state: ApiServerState, { request, name }: Exchange, error: NetworkError): string {
  if (request.subresource !== "log") return `error dialing backend: ${error.text}`;
  const pod = lookup(state, "pods", request.namespace, name);
  const container = pod && containerOf(name, pod, request.options.connect?.container as string | undefined);
  const node = (pod?.spec as Spec | undefined)?.nodeName ?? "";
  const host = addressOfNode(lookup(state, "nodes", "", node)) ?? node;
  const follow = request.options.connect?.follow === true ? "?follow=true" : "";
  const path = `containerLogs/${request.namespace}/${name}/${typeof container === "string" ? container : ""}`;
  return `Get "https://${host}:${KUBELET_PORT}/${path}${follow}": ${error.text}`;
}

/** Passes a frame on, in the other end's form. */
export function proxyFrame(
  state: ApiServerState,
  context: Context,
  served: ProxyStream,
  from: StreamId,
  frame: unknown,
): void {
  const exchange = served.exchange === null ? undefined : state.exchanges.get(served.exchange);
  if (exchange !== undefined) {
    if (from === served.kubelet) headReceived(state, context, served, exchange, frame as StreamHead);
    return;
  }
  if (from === served.kubelet) {
    if (served.http && hasChannels(served)) {
      for (const chunk of channelsOf(frame as ExecFrame, served)) context.sendFrame(served.client, chunk);
    } else context.sendFrame(served.client, frame);
    return;
  }
  if (!served.http || !hasChannels(served)) {
    context.sendFrame(served.kubelet, frame);
    return;
  }
  const sent = execFrameOf(frame as HttpChunk);
  if (sent !== null) context.sendFrame(served.kubelet, sent);
}

/** A terminal has but one output. */
function shownOf({ request }: Exchange): ProxyStream["shown"] {
  const { stdout, stderr, tty } = request.options.connect ?? {};
  return { stdout: stdout === true, stderr: stderr === true && tty !== true };
}

function hasChannels({ what }: ProxyStream): boolean {
  return what === "exec" || what === "attach";
}

/** What a client says on a channel: 0 standard input, 4 its terminal's size, 255 a channel's end. */
function execFrameOf(chunk: HttpChunk): ExecFrame | null {
  if (chunk.type !== "channel") return null;
  if (chunk.channel === 0) return { type: "stdin", data: chunk.data };
  if (chunk.channel === 255) return (chunk.data.charCodeAt(0) || 0) === 0 ? { type: "stdinClosed" } : null;
  if (chunk.channel !== 4) return null;
  const [, columns] = /"Width" *: *(\d{1,5})/i.exec(chunk.data) ?? [];
  const [, rows] = /"Height" *: *(\d{1,5})/i.exec(chunk.data) ?? [];
  return columns === undefined || rows === undefined
    ? null
    : { type: "resize", columns: Number(columns), rows: Number(rows) };
}

/** v5.channel.k8s.io: 1 stdout, 2 stderr, 3 a Status that tells how it ended. */
function channelsOf(frame: ExecFrame, { shown }: ProxyStream): HttpChunk[] {
  switch (frame.type) {
    case "stdout":
      return shown.stdout ? [{ type: "channel", channel: 1, data: frame.data }] : [];
    case "stderr":
      return shown.stderr ? [{ type: "channel", channel: 2, data: frame.data }] : [];
    case "exit":
      return [{ type: "channel", channel: 3, data: JSON.stringify(exitStatus(frame)) }];
    default:
      return [];
  }
}

function exitStatus({ exitCode, error }: ExecFrame & { type: "exit" }): ApiObject {
  if (error !== undefined)
    return {
      metadata: {},
      status: "Failure",
      // The API server tells a client that speaks by WebSocket what it met itself, in words of its own.
      message: `Internal error occurred: ${error}`,
      reason: "InternalError",
      details: { causes: [{ message: error }] },
      code: 500,
    };
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  const message = `command terminated with non-zero exit code: error executing command, exit code ${exitCode}`;
  return {
    metadata: {},
    status: "Failure",
    message,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] },
  };
}

/** One end closed: so does the other. A client that waits for the kubelet is told why it did not come to that. */
export function proxyClosed(
  state: ApiServerState,
  context: Context,
  served: ProxyStream,
  closed: StreamId,
  error: NetworkError | null,
): void {
  forgetProxy(state, served);
  const exchange = served.exchange === null ? undefined : state.exchanges.get(served.exchange);
  if (exchange !== undefined && closed === served.kubelet) {
    const lost = error ?? { kind: "reset", text: "EOF" };
    refuse(state, exchange, context, storageError(unreachableText(state, exchange, lost)));
    return;
  }
  if (exchange !== undefined) state.exchanges.delete(exchange.id);
  if (served.what === "attach" && served.exchange === null && closed === served.kubelet) {
    const ended = exitStatus({ type: "exit", exitCode: 0 });
    context.sendFrame(served.client, { type: "channel", channel: 3, data: JSON.stringify(ended) });
  }
  context.closeStream(closed === served.client ? served.kubelet : served.client);
}

function forgetProxy(state: ApiServerState, served: ProxyStream): void {
  state.streams.delete(served.client);
  state.streams.delete(served.kubelet);
}
