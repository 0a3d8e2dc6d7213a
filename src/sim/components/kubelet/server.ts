import { deepFreeze } from "../../api/object.ts";
import { formatTime, parseTime } from "../../api/time.ts";
import type { Context, LogLine, NetworkError, RequestId, StreamId } from "../../kernel/types.ts";
import type { CriResponse } from "../container-runtime/messages.ts";
import {
  type ExecFrame,
  KUBELET_PORT,
  type KubeletAnswer,
  type KubeletRequest,
  type ResourceMetricsAnswer,
  type StreamHead,
} from "./messages.ts";
import { openRuntimeStream, unavailableText } from "./runtime-link.ts";
import type { KubeletState, PodWorker, Relay } from "./state.ts";
import { resourceMetricsText, resourceSample, statsSummary } from "./stats.ts";

const HEALTHZ_PORT = 10248;

/** Opens 10250 (for the API server) and 10248 (health, on the machine only). */
export function openServer(context: Context): void {
  context.listen(KUBELET_PORT);
  context.listen(HEALTHZ_PORT);
}

type LogOptions = Extract<KubeletRequest, { type: "containerLogs" }>["options"];

/** What comes back with the runtime's log lines. */
export interface LogTag {
  readonly kubelet: "logs";
  readonly request: RequestId;
  readonly options: LogOptions;
}

export function serveRequest(
  state: KubeletState,
  context: Context,
  id: RequestId,
  body: KubeletRequest | { readonly type: "http"; readonly path: string },
): void {
  if (body.type === "http") {
    const [path = ""] = body.path.split("?");
    context.respond(id, { type: "http", ...httpAnswer(state, context, path) });
    return;
  }
  if (body.type === "healthz") {
    context.respond(id, answerOk("ok"));
    return;
  }
  if (body.type === "resourceMetrics") {
    const answer: ResourceMetricsAnswer = { ok: true, samples: body.atUs.map((atUs) => resourceSample(context, atUs)) };
    context.respond(id, deepFreeze(answer), {
      label: "200",
      sizeBytes: 300 * (answer.samples[0]?.containers.length ?? 1),
    });
    return;
  }
  if (body.type !== "containerLogs") {
    context.respond(id, answerError(400, `${body.type} needs a stream`));
    return;
  }
  const found = findContainer(state, body.namespace, body.pod, body.container, body.options.previous === true);
  if ("error" in found) {
    context.respond(id, answerError(found.code, found.error));
    return;
  }
  const tag: LogTag = { kubelet: "logs", request: id, options: body.options };
  context.request({
    to: "unix:/run/containerd/containerd.sock",
    body: { call: "ReadLogs", containerId: found.id },
    timeoutUs: 30_000_000,
    tag,
    label: "ReadLogs",
  });
}

/** What a plain GET on 10250 or 10248 finds. */
function httpAnswer(
  state: KubeletState,
  context: Context,
  path: string,
): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const text = { "content-type": "text/plain; charset=utf-8" };
  const document = documentAt(state, context, path);
  if (document !== null)
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(document) };
  if (path === "/metrics/resource") return { status: 200, headers: text, body: resourceMetricsText(context) };
  if (path === "/healthz") return { status: 200, headers: text, body: "ok" };
  return { status: 404, headers: text, body: "404 page not found\n" };
}

/** Null: no such document. */
function documentAt(state: KubeletState, context: Context, path: string): unknown {
  switch (path) {
    case "/stats/summary":
      return statsSummary(context);
    case "/configz":
      return { kubeletconfig: state.config };
    case "/pods":
      return {
        kind: "PodList",
        apiVersion: "v1",
        metadata: {},
        items: [...state.workers.values()].map(({ pod, status }) => (status === null ? pod : { ...pod, status })),
      };
    default:
      return null;
  }
}

function answerOk(text: string): KubeletAnswer {
  return { ok: true, text };
}

function answerError(code: number, text: string): KubeletAnswer {
  return { ok: false, code, text };
}

type Found = { readonly id: string } | { readonly code: number; readonly error: string };

function findContainer(
  state: KubeletState,
  namespace: string,
  pod: string,
  container: string,
  previous: boolean,
): Found {
  const uid = state.byName.get(`${namespace}/${pod}`);
  const worker = uid === undefined ? undefined : state.workers.get(uid);
  if (worker === undefined) return { code: 404, error: `pod "${namespace}/${pod}" does not exist` };
  const attempts = worker.containers.filter(({ name }) => name === container);
  const newest = attempts[0];
  if (previous) {
    const ended = newest?.state === "CONTAINER_EXITED" && worker.reasons.has(container) ? newest : attempts[1];
    if (ended !== undefined) return { id: ended.id };
    return { code: 400, error: `previous terminated container "${container}" in pod "${pod}" not found` };
  }
  if (newest !== undefined && newest.state !== "CONTAINER_CREATED") return { id: newest.id };
  const { spec } = worker.pod;
  const known = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])].some(
    ({ name }) => name === container,
  );
  if (!known) return { code: 400, error: `container ${container} is not valid for pod ${pod}` };
  const reason = worker.reasons.get(container);
  const why =
    reason === undefined
      ? (spec.initContainers?.length ?? 0) > 0 && !worker.initialized
        ? "PodInitializing"
        : "ContainerCreating"
      : "";
  const text = reason !== undefined && reason.reason !== "CrashLoopBackOff" ? describeWaiting(reason.reason) : why;
  return { code: 400, error: `container "${container}" in pod "${pod}" is waiting to start: ${text}` };
}

/** As upstream: pull problems are told in words. */
function describeWaiting(reason: string): string {
  if (reason === "ErrImagePull") return "image can't be pulled";
  if (reason === "ImagePullBackOff") return "trying and failing to pull image";
  return reason;
}

export function logsRead(context: Context, tag: LogTag, answer: CriResponse): void {
  if (answer.call !== "ReadLogs") {
    context.respond(tag.request, answerError(500, answer.call === "error" ? answer.text : "no logs"));
    return;
  }
  const sizeBytes = answer.lines.length * 100 + 200;
  context.respond(tag.request, answerOk(logText(answer.lines, tag.options, context.wallUs())), {
    label: "200 logs",
    sizeBytes,
  });
}

/** Lines as `kubectl logs` shows them: since, then tail, then the byte limit. */
export function logText(lines: readonly LogLine[], options: LogOptions, nowWallUs: number): string {
  let chosen = lines;
  const sinceWallUs = sinceOf(options, nowWallUs);
  if (sinceWallUs !== null) chosen = chosen.filter(({ wallUs }) => wallUs >= sinceWallUs);
  if (options.tailLines !== undefined) chosen = options.tailLines <= 0 ? [] : chosen.slice(-options.tailLines);
  let text = "";
  for (const line of chosen) text += lineText(line, options.timestamps === true);
  return options.limitBytes !== undefined ? text.slice(0, options.limitBytes) : text;
}

function sinceOf({ sinceSeconds, sinceTime }: LogOptions, nowWallUs: number): number | null {
  if (sinceSeconds !== undefined) return nowWallUs - sinceSeconds * 1_000_000;
  return sinceTime === undefined ? null : (parseTime(sinceTime) ?? 0);
}

function lineText({ text, wallUs, partial }: LogLine, timestamps: boolean): string {
  const end = partial === true ? "" : "\n";
  if (!timestamps) return `${text}${end}`;
  const nanos = String((wallUs % 1_000_000) * 1000).padStart(9, "0");
  return `${formatTime(wallUs).slice(0, 19)}.${nanos}Z ${text}${end}`;
}

export function openStream(state: KubeletState, context: Context, id: StreamId, body: KubeletRequest): void {
  if (body.type === "portForward") {
    openPortForward(state, context, id, body);
    return;
  }
  if (body.type !== "exec" && body.type !== "containerLogs" && body.type !== "attach") {
    context.closeStream(id);
    return;
  }
  const found = findContainer(
    state,
    body.namespace,
    body.pod,
    body.container,
    body.type === "containerLogs" && body.options.previous === true,
  );
  if ("error" in found || (body.type !== "containerLogs" && !isRunning(state, body, found.id))) {
    if (body.type !== "containerLogs") {
      sendHead(context, id, { type: "accepted" });
      const error = `unable to upgrade connection: container not found ("${body.container}")`;
      const exit: ExecFrame = { type: "exit", exitCode: 1, error };
      context.sendFrame(id, exit);
    } else if ("error" in found) sendHead(context, id, { type: "refused", code: found.code, text: found.error });
    context.closeStream(id);
    return;
  }
  sendHead(context, id, { type: "accepted" });
  if (body.type === "exec") {
    const { command, stdin, tty } = body;
    const other = openRuntimeStream(
      context,
      { stream: "exec", containerId: found.id, command, stdin, tty },
      { runtime: "relay" },
    );
    join(state, id, other, { kind: "exec" });
  } else if (body.type === "attach") {
    const ask = { stream: "attach" as const, containerId: found.id, stdin: body.stdin };
    join(state, id, openRuntimeStream(context, ask, { runtime: "relay" }), { kind: "io" });
  } else {
    const { tailLines } = body.options;
    const ask = {
      stream: "logs" as const,
      containerId: found.id,
      ...(tailLines === undefined ? {} : { tailLines }),
      sinceWallUs: sinceOf(body.options, context.wallUs()) ?? 0,
    };
    const other = openRuntimeStream(context, ask, { runtime: "relay" });
    join(state, id, other, { kind: "logs", timestamps: body.options.timestamps === true });
  }
}

interface PodAt {
  readonly namespace: string;
  readonly pod: string;
}

function workerOf(state: KubeletState, { namespace, pod }: PodAt): PodWorker | undefined {
  const uid = state.byName.get(`${namespace}/${pod}`);
  return uid === undefined ? undefined : state.workers.get(uid);
}

/** Commands run only in containers that run. */
function isRunning(state: KubeletState, at: PodAt, id: string): boolean {
  return workerOf(state, at)?.containers.find((one) => one.id === id)?.state === "CONTAINER_RUNNING";
}

function openPortForward(state: KubeletState, context: Context, id: StreamId, at: PodAt): void {
  const sandbox = workerOf(state, at)?.sandboxes[0];
  if (sandbox === undefined) {
    const text = `unable to upgrade connection: pod not found ("${at.pod}_${at.namespace}")`;
    sendHead(context, id, { type: "refused", code: 404, text });
    context.closeStream(id);
    return;
  }
  sendHead(context, id, { type: "accepted" });
  const ask = { stream: "portForward" as const, sandboxId: sandbox.id };
  join(state, id, openRuntimeStream(context, ask, { runtime: "relay" }), { kind: "io" });
}

function sendHead(context: Context, id: StreamId, head: StreamHead): void {
  context.sendFrame(id, head);
}

function join(
  state: KubeletState,
  outer: StreamId,
  inner: StreamId,
  relay: { readonly kind: Relay["kind"]; readonly timestamps?: boolean },
): void {
  state.relays.set(outer, { ...relay, other: inner, inner: false });
  state.relays.set(inner, { ...relay, other: outer, inner: true });
}

/** A frame of a joined stream. False: the stream is none of them. */
export function relayFrame(state: KubeletState, context: Context, id: StreamId, frame: unknown): boolean {
  const relay = state.relays.get(id);
  if (relay === undefined) return false;
  if (relay.kind !== "logs") context.sendFrame(relay.other, frame);
  else if (relay.inner)
    context.sendFrame(relay.other, { type: "chunk", data: lineText(frame as LogLine, relay.timestamps === true) });
  return true;
}

export function relayClosed(state: KubeletState, context: Context, id: StreamId, error: NetworkError | null): boolean {
  const relay = state.relays.get(id);
  if (relay === undefined) return false;
  state.relays.delete(id);
  state.relays.delete(relay.other);
  if (relay.kind === "exec" && error !== null) {
    const lost = `unable to upgrade connection: ${unavailableText(error.text)}`;
    const exit: ExecFrame = { type: "exit", exitCode: 1, error: lost };
    context.sendFrame(relay.other, exit);
  }
  context.closeStream(relay.other);
  return true;
}
