import type { ApiObject } from "../../../api/object.ts";
import { serviceUnavailable } from "../../../api/status-errors.ts";
import type { Context, NetworkError } from "../../../kernel/types.ts";
import { type ApiRequest, methodOf, pathOf } from "../../../machinery/requests.ts";
import type { UserInfo } from "../authn/user.ts";
import { textResponse } from "../http/render.ts";
import { type Incoming, reply } from "../http/reply.ts";
import type { HttpRequest, HttpResponse, ResourceRequest, ResourceResponse } from "../messages.ts";
import type { ApiServerState } from "../state.ts";
import { isAvailable, type RemoteApiService } from "./api-services.ts";
import { addressOf } from "./availability.ts";

/** kube-aggregator's proxy: a request that somebody else answers. Who asks is told in headers. */
export interface ForwardTag {
  readonly use: "forward";
  readonly replyTo: Incoming["replyTo"];
  /** How the caller wants its answer: bytes, or the object in them. `proxy`: bytes, of a pod's own server. */
  readonly as: "http" | "resource" | "proxy";
  /** Of a proxy: the path of its own that stands before the server's. */
  readonly prefix?: string;
}

const TIMEOUT_US = 30_000_000;
const UNAVAILABLE = "service unavailable";

export function forwardHttp(
  state: ApiServerState,
  context: Context,
  incoming: Incoming,
  service: RemoteApiService,
  http: HttpRequest,
  user: UserInfo,
): void {
  const target = isAvailable(service) ? addressOf(state, service) : null;
  if (target === null || "reason" in target) {
    reply(context, incoming, textResponse(503, `${target === null ? UNAVAILABLE : target.message}\n`));
    return;
  }
  const { authorization: _told, ...headers } = http.headers;
  const body: HttpRequest = { ...http, headers: { ...headers, ...identityHeaders(user) } };
  send(context, target.address, body, incoming, "http");
}

/** The `proxy` subresource: passes the rest of the path on, without saying who asks. */
export function forwardTo(
  context: Context,
  incoming: Incoming,
  address: string,
  path: string,
  http: HttpRequest,
): void {
  const { authorization: _kept, ...headers } = http.headers;
  send(context, address, { ...http, path, headers }, incoming, "http");
}

export function forwardResource(
  state: ApiServerState,
  context: Context,
  incoming: Incoming,
  service: RemoteApiService,
  request: ResourceRequest,
  user: UserInfo,
): void {
  const target = isAvailable(service) ? addressOf(state, service) : null;
  if (target === null || "reason" in target) {
    answerResource(context, incoming.replyTo, { type: "http", status: 503, headers: {}, body: UNAVAILABLE });
    return;
  }
  const body: HttpRequest = {
    type: "http",
    method: methodOf(request as ApiRequest),
    path: pathOf(request as ApiRequest) + queryOf(request),
    headers: { accept: "application/json", "user-agent": request.userAgent, ...identityHeaders(user) },
    body: request.body === undefined ? "" : JSON.stringify(request.body),
  };
  send(context, target.address, body, incoming, "resource");
}

function queryOf({ options }: ResourceRequest): string {
  const parts = [
    ["labelSelector", options.labelSelector],
    ["fieldSelector", options.fieldSelector],
  ] as const;
  const given = parts.flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : []));
  return given.length === 0 ? "" : `?${given.join("&")}`;
}

function identityHeaders(user: UserInfo): Record<string, string> {
  return { "x-remote-user": user.name, "x-remote-group": user.groups.join(",") };
}

function send(context: Context, to: string, body: HttpRequest, { replyTo }: Incoming, as: ForwardTag["as"]): void {
  const tag: ForwardTag = { use: "forward", replyTo, as };
  context.request({ to, body, timeoutUs: TIMEOUT_US, tag, label: `${body.method} ${body.path}` });
}

export function forwardAnswered(context: Context, tag: ForwardTag, answer: HttpResponse | NetworkError): void {
  // A server that speaks no HTTP hangs up.
  const text = "kind" in answer ? answer.text : answer.type === "http" ? null : "EOF";
  const response =
    text === null
      ? throughProxy(answer as HttpResponse, tag)
      : unreachable(tag, `error trying to reach service: ${text}`);
  if (tag.as === "resource") answerResource(context, tag.replyTo, response);
  else reply(context, { replyTo: tag.replyTo, from: NOBODY, deadlineAtUs: 0 }, response);
}

/** Links of pages lead through the proxy as well (apimachinery's proxy transport), in time by the length of the page. */
export function throughProxy(response: HttpResponse, { prefix }: ForwardTag): HttpResponse {
  if (prefix === undefined) return response;
  const { location = "" } = response.headers;
  const headers = location.startsWith("/")
    ? { ...response.headers, location: `${prefix}${location}` }
    : response.headers;
  if (!(headers["content-type"] ?? "").startsWith("text/html")) return { ...response, headers };
  const body = response.body.replace(
    /(<[a-z][^<>]*?\s(?:action|background|cite|classid|codebase|data|formaction|href|icon|longdesc|manifest|poster|profile|src|usemap)=["'])(\/(?!\/)[^"']*)/gi,
    (_whole, before: string, path: string) => `${before}${prefix}${path}`,
  );
  return { ...response, headers, body };
}

function unreachable({ as }: ForwardTag, text: string): HttpResponse {
  if (as !== "proxy") return textResponse(503, text);
  const body = `${JSON.stringify(serviceUnavailable(text))}\n`;
  return { type: "http", status: 503, headers: { "content-type": "application/json" }, body };
}

const NOBODY: Incoming["from"] = { process: "", machine: "", ip: "", dialled: "", certificate: null };

function answerResource(context: Context, replyTo: Incoming["replyTo"], { status, body }: HttpResponse): void {
  const response: ResourceResponse = { type: "resource", code: status, object: objectOf(status, body) };
  if (replyTo.via === "request") {
    context.respond(replyTo.id, response, { label: String(status), sizeBytes: body.length + 256 });
    return;
  }
  context.sendFrame(replyTo.id, { type: "refused", response });
  context.closeStream(replyTo.id);
}

function objectOf(status: number, body: string): ApiObject {
  try {
    return JSON.parse(body) as ApiObject;
  } catch {
    return status === 503
      ? serviceUnavailable(body.trim())
      : { kind: "Status", apiVersion: "v1", message: body, code: status };
  }
}
