import type { Context, NetworkError } from "../../../kernel/types.ts";
import type { CriError, CriResponse } from "../../container-runtime/messages.ts";
import type { HttpRequest, HttpResponse } from "../../kube-apiserver/messages.ts";
import type { PodWorker } from "../state.ts";
import type { Container, Handler, ProbeResult } from "../types.ts";

const USER_AGENT = "kube-probe/1.33";

export interface HandlerRequest {
  readonly to: string;
  readonly body: unknown;
  readonly url: string;
}

/** A TCP or gRPC probe's question: any answer means that somebody listens. */
export interface TcpProbe {
  readonly type: "tcp";
}

/** What an httpGet, tcpSocket or grpc handler asks of a container. */
export function handlerRequest(
  worker: PodWorker,
  container: Container,
  handler: Handler,
  context: Context,
): HandlerRequest {
  const podIp = worker.pod.spec.hostNetwork === true ? context.machine.ip : (worker.sandboxes[0]?.ip ?? "");
  const http = handler.httpGet;
  if (http === undefined) {
    const port = portNumber(container, handler.tcpSocket?.port ?? handler.grpc?.port ?? 0);
    const to = `${handler.tcpSocket?.host ?? podIp}:${port}`;
    const body: TcpProbe = { type: "tcp" };
    return { to, body, url: to };
  }
  const host = http.host ?? podIp;
  const to = `${host}:${portNumber(container, http.port)}`;
  const path = http.path ?? "/";
  const headers: Record<string, string> = { host: to, "user-agent": USER_AGENT, accept: "*/*" };
  for (const { name, value } of http.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const body: HttpRequest = { type: "http", method: "GET", path, headers, body: "" };
  return { to, body, url: `${(http.scheme ?? "HTTP").toLowerCase()}://${to}${path}` };
}

function portNumber(container: Container, port: number | string): number {
  if (typeof port === "number") return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

const URL_PARTS = /^(https?):\/\/([^/:?#]+)(?::(\d+))?([^#]*)/;

/** Where a redirect leads, if that is the host that was asked; null: it is none, or leads elsewhere. */
export function redirectTarget(
  url: string,
  body: unknown,
): { readonly to: string; readonly path: string; readonly url: string } | null {
  const { type, status, headers } = body as Partial<HttpResponse>;
  const location = headers?.location ?? "";
  if (type !== "http" || ![301, 302, 303, 307, 308].includes(status ?? 0) || location === "") return null;
  const [, scheme = "", host = "", port, path = "/"] = URL_PARTS.exec(url) ?? [];
  const folder = path.replace(/\?.*$/, "").replace(/[^/]*$/, "");
  const origin = `${scheme}://${host}${port === undefined ? "" : `:${port}`}`;
  const next = URL_PARTS.test(location) ? location : `${origin}${location.startsWith("/") ? "" : folder}${location}`;
  const [, nextScheme, nextHost, nextPort, nextPath] = URL_PARTS.exec(next) ?? [];
  if (nextHost !== host) return null;
  return { to: `${host}:${nextPort ?? (nextScheme === "https" ? "443" : "80")}`, path: nextPath || "/", url: next };
}

export interface ProbeOutcome {
  /** It counts as a success, with an event. */
  readonly warned?: boolean;
  readonly result: ProbeResult;
  readonly output: string;
}

export function answeredOutcome(handler: Handler, body: unknown): ProbeOutcome {
  if (handler.httpGet === undefined) {
    const { status } = body as { readonly type?: string; readonly status?: string };
    if (handler.grpc === undefined || status === undefined || status === "SERVING")
      return { result: "success", output: "" };
    return { result: "failure", output: `service unhealthy (responded with "${status}")` };
  }
  const response = body as HttpResponse;
  if (response.status >= 300 && response.status < 400)
    return { result: "success", warned: true, output: `Probe terminated redirects, Response body: ${response.body}` };
  if (response.status >= 200 && response.status < 300) return { result: "success", output: response.body };
  return { result: "failure", output: `HTTP probe failed with statuscode: ${response.status}` };
}

export function failedOutcome(handler: Handler, url: string, error: NetworkError): ProbeOutcome {
  // Certificates are not verified by probes.
  if (error.kind === "tls") return { result: "success", output: "" };
  if (handler.httpGet === undefined) return { result: "failure", output: error.text };
  const text =
    error.kind === "timedOut"
      ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
      : error.kind === "reset"
        ? "EOF"
        : error.text;
  return { result: "failure", output: `Get "${url}": ${text}` };
}

/** `error`: the command could not be run at all (upstream: probe errored). */
export function execOutcome(
  answer: CriResponse,
  command: readonly string[],
  timeoutSeconds: number,
): ProbeOutcome & { readonly errored?: boolean } {
  if (answer.call === "ExecSync") {
    const output = `${answer.stdout}${answer.stderr}`;
    return { result: answer.exitCode === 0 ? "success" : "failure", output };
  }
  const error = answer as CriError;
  if (error.code === "DeadlineExceeded") {
    return {
      result: "failure",
      output: `command timed out: "${command.join(" ")}" timed out after ${timeoutSeconds}s`,
    };
  }
  return { result: "failure", output: `rpc error: code = ${error.code} desc = ${error.text}`, errored: true };
}
