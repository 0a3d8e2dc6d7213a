import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import { badRequest, notFound, serviceUnavailable } from "../../../api/status-errors.ts";
import { lookup, objectsOf } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";

const KUBELET_PORT = 10250;

/** Where the `proxy` subresource of nodes, pods and services leads (ResourceLocation of their strategies). */
export function proxyAddress(
  state: ApiServerState,
  kind: Kind,
  namespace: string,
  idText: string,
): { readonly address: string } | Status {
  const id = nameAndPort(idText);
  if (id === null) return badRequest(`invalid ${kind.kind.toLowerCase()} request "${idText}"`);
  const object = lookup(state, kind.resource, kind.namespaced ? namespace : "", id.name);
  if (object === undefined) return notFound(kind, id.name);
  if (kind.resource === "nodes") return nodeAddress(object, id.port);
  return kind.resource === "pods" ? podAddress(object, id.port) : serviceAddress(state, object, id.port);
}

/** `name`, `name:port`, `scheme:name:port`. */
function nameAndPort(text: string): { readonly name: string; readonly port: string } | null {
  const parts = text.split(":");
  if (parts.length === 3 && !["", "http", "https"].includes(parts[0]!)) return null;
  if (parts.length > 3) return null;
  const [name = "", port = ""] = parts.length === 3 ? parts.slice(1) : parts;
  return name === "" ? null : { name, port };
}

function nodeAddress(node: ApiObject, port: string): { readonly address: string } | Status {
  const { addresses = [] } = (node.status ?? {}) as { addresses?: readonly { type: string; address: string }[] };
  const found = addresses.find(({ type }) => type === "InternalIP")?.address;
  if (found === undefined) return serviceUnavailable(`node ${node.metadata?.name} has no address`);
  return { address: `${found}:${port === "" ? KUBELET_PORT : port}` };
}

function podAddress(pod: ApiObject, port: string): { readonly address: string } | Status {
  const { podIP = "" } = (pod.status ?? {}) as { podIP?: string };
  const { containers = [] } = (pod.spec ?? {}) as {
    containers?: readonly { ports?: readonly { containerPort: number }[] }[];
  };
  if (podIP === "") return badRequest("address not allowed");
  const first = containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort ?? 80;
  return { address: `${podIP}:${port === "" ? first : port}` };
}

interface Slice extends ApiObject {
  readonly endpoints?: readonly { addresses: readonly string[]; conditions?: { readonly ready?: boolean } }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
}

/** The first ready endpoint of the port that is named, or has the number, or has no name. */
function serviceAddress(
  state: ApiServerState,
  service: ApiObject,
  asked: string,
): { readonly address: string } | Status {
  const { namespace, name } = service.metadata!;
  const { ports = [] } = (service.spec ?? {}) as { ports?: readonly { name?: string; port: number }[] };
  let wanted = asked;
  if (/^\d+$/.test(asked)) {
    const found = ports.find(({ port }) => String(port) === asked);
    if (found === undefined)
      return serviceUnavailable(`no service port ${asked} found for service ${JSON.stringify(name)}`);
    wanted = found.name ?? "";
  }
  for (const object of objectsOf(state, "endpointslices.discovery.k8s.io")) {
    const { metadata, endpoints = [], ports: served = [] } = object as Slice;
    if (metadata?.namespace !== namespace || metadata?.labels?.["kubernetes.io/service-name"] !== name) continue;
    const port = served.find((each) => (each.name ?? "") === wanted)?.port;
    const ready = endpoints.find(({ conditions }) => conditions?.ready !== false);
    if (port !== undefined && ready !== undefined) return { address: `${ready.addresses[0]}:${port}` };
  }
  return serviceUnavailable(
    `no endpoints available for service ${JSON.stringify(asked === "" ? name : `${name}:${asked}`)}`,
  );
}
