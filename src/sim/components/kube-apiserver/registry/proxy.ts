import type { ApiObject, Status } from "../../../api/object.ts";
import { badRequest, notFound, serviceUnavailable } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import type { ForwardTag } from "../aggregator/forward.ts";
import type { RequestInfo } from "../http/path.ts";
import { type Incoming, reply } from "../http/reply.ts";
import type { HttpRequest } from "../messages.ts";
import type { ApiServerState } from "../state.ts";
import { lookup } from "./lookup.ts";

const TIMEOUT_US = 30_000_000;
const PATH = /^(\/api\/v1\/namespaces\/[^/]+\/(?:pods|services)\/[^/]+\/proxy)(\/[^?]*)?(\?.*)?$/;

export function canProxy({ group, resource, subresource }: RequestInfo & { isResource: true }): boolean {
  return group === "" && subresource === "proxy" && (resource === "pods" || resource === "services");
}

/**
 * `pods/NAME/proxy` and `services/NAME/proxy`: what a pod's server answers, by way of the API server. A Status: it goes nowhere. Null:
 * it has been sent on, or answered.
 */
export function proxy(
  state: ApiServerState,
  context: Context,
  incoming: Incoming,
  http: HttpRequest,
  info: RequestInfo & { isResource: true },
): Status | null {
  const [, own = "", rest, query = ""] = PATH.exec(http.path) ?? [];
  if (rest === undefined && (http.method === "GET" || http.method === "HEAD")) {
    const location = `${own}/${query}`;
    reply(context, incoming, { type: "http", status: 301, headers: { location }, body: "" });
    return null;
  }
  const target = info.resource === "pods" ? podAddress(state, info) : serviceAddress(state, info);
  if (typeof target !== "string") return target;
  const { authorization: _own, ...headers } = http.headers;
  const tag: ForwardTag = { use: "forward", replyTo: incoming.replyTo, as: "proxy", prefix: own };
  const body = { ...http, path: `${rest ?? "/"}${query}`, headers };
  context.request({ to: target, body, timeoutUs: TIMEOUT_US, tag, label: `${body.method} ${body.path}` });
  return null;
}

/** `[scheme:]name[:port]`. The scheme makes no difference here: there is no real TLS inside. */
function splitId(id: string): { readonly name: string; readonly port: string } {
  const parts = id.split(":");
  if (parts.length === 3) return { name: parts[1] ?? "", port: parts[2] ?? "" };
  return { name: parts[0] ?? "", port: parts[1] ?? "" };
}

interface PodLike {
  readonly spec?: {
    readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
  };
  readonly status?: { readonly podIP?: string };
}

function podAddress(
  state: ApiServerState,
  { namespace, name: id }: RequestInfo & { isResource: true },
): string | Status {
  const { name, port } = splitId(id);
  const pod = lookup(state, "pods", namespace, name) as (ApiObject & PodLike) | undefined;
  if (pod === undefined) return notFound({ resource: "pods" }, name);
  const ip = pod.status?.podIP ?? "";
  if (ip === "") return badRequest("address not allowed");
  const first = pod.spec?.containers?.find(({ ports }) => (ports?.length ?? 0) > 0)?.ports?.[0]?.containerPort;
  return `${ip}:${port === "" ? (first ?? 80) : port}`;
}

interface ServiceLike {
  readonly spec?: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
}

interface EndpointsLike {
  readonly subsets?: readonly {
    readonly addresses?: readonly { readonly ip: string }[];
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  }[];
}

function serviceAddress(
  state: ApiServerState,
  { namespace, name: id }: RequestInfo & { isResource: true },
): string | Status {
  const { name, port } = splitId(id);
  const service = lookup(state, "services", namespace, name) as (ApiObject & ServiceLike) | undefined;
  if (service === undefined) return notFound({ resource: "services" }, name);
  let wanted = port;
  if (/^\d+$/.test(port)) {
    const known = service.spec?.ports?.find((each) => each.port === Number(port));
    if (known === undefined)
      return serviceUnavailable(`no service port ${port} found for service ${JSON.stringify(name)}`);
    wanted = known.name ?? "";
  }
  const endpoints = lookup(state, "endpoints", namespace, name) as (ApiObject & EndpointsLike) | undefined;
  for (const { addresses = [], ports = [] } of endpoints?.subsets ?? []) {
    const found = ports.find((each) => (each.name ?? "") === wanted);
    const [address] = addresses;
    if (found !== undefined && address !== undefined) return `${address.ip}:${found.port}`;
  }
  return serviceUnavailable(`no endpoints available for service ${JSON.stringify(id)}`);
}
