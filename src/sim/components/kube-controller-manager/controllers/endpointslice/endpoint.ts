import { formatIp, parseIp } from "../../../../api/ip.ts";
import { isPodReady, isPodTerminal } from "../../../../api/pod/status.ts";
import type { Node, Pod, Service } from "../../lib/types.ts";

export type AddressType = "IPv4" | "IPv6";

export interface EndpointPort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean };
  readonly hostname?: string;
  readonly targetRef?: {
    readonly kind: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly nodeName?: string;
  readonly zone?: string;
  /** For whose clients it is. */
  readonly hints?: { readonly forZones: readonly { readonly name: string }[] };
}

/** podToEndpoint. Null: the pod has no address of that family. */
export function podToEndpoint(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  addressType: AddressType,
): Endpoint | null {
  const found = podAddresses(pod).find((ip) => isOfType(ip, addressType));
  if (found === undefined) return null;
  const address = addressType === "IPv6" ? canonical(found) : found;
  const serving = isPodReady(pod);
  const terminating = pod.metadata?.deletionTimestamp !== undefined;
  const ready = (service.spec?.publishNotReadyAddresses ?? false) || (serving && !terminating);
  const { namespace, name, uid } = pod.metadata ?? {};
  const zone = node?.metadata?.labels?.["topology.kubernetes.io/zone"];
  const nodeName = pod.spec?.nodeName;
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(publishesHostname(pod, service) ? { hostname: pod.spec?.hostname ?? "" } : {}),
    targetRef: {
      kind: "Pod",
      ...(namespace ? { namespace } : {}),
      ...(name ? { name } : {}),
      ...(uid ? { uid } : {}),
    },
    ...(nodeName ? { nodeName } : {}),
    ...(zone ? { zone } : {}),
  };
}

function canonical(text: string): string {
  const ip = parseIp(text);
  return ip === null ? text : formatIp(ip);
}

/** ShouldSetHostname: the pod's subdomain is the (headless) service. */
export function publishesHostname(pod: Pod, service: Service): boolean {
  return (
    Boolean(pod.spec?.hostname) &&
    pod.spec?.subdomain === service.metadata?.name &&
    pod.metadata?.namespace === service.metadata?.namespace
  );
}

/** ShouldPodBeInEndpoints. */
export function belongs(pod: Pod, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod)) return false;
  if (podAddresses(pod).length === 0) return false;
  return includeTerminating || pod.metadata?.deletionTimestamp === undefined;
}

export function podAddresses(pod: Pod): readonly string[] {
  const { podIPs, podIP } = pod.status ?? {};
  if (podIPs !== undefined && podIPs.length > 0) return podIPs.map(({ ip }) => ip);
  return podIP ? [podIP] : [];
}

export function isOfType(ip: string, addressType: AddressType): boolean {
  return ip.includes(":") === (addressType === "IPv6");
}

/** The service's ports as this pod serves them; a port that the pod does not have by name is left out. */
export function endpointPorts(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const port of service.spec?.ports ?? []) {
    const number = portNumber(pod, port.targetPort ?? port.port, port.protocol ?? "TCP");
    if (number === null) continue;
    ports.push({
      ...(port.name === undefined ? {} : { name: port.name }),
      port: number,
      protocol: port.protocol ?? "TCP",
      ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    });
  }
  return ports;
}

/** FindPort: a sidecar's port counts too, a finished init container's does not. */
export function portNumber(pod: Pod, target: number | string, protocol: string): number | null {
  if (typeof target === "number") return target;
  const sidecars = (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
    for (const port of container.ports ?? []) {
      if (port.name === target && (port.protocol ?? "TCP") === protocol) return port.containerPort;
    }
  }
  return null;
}

/** getAddressTypesForService: by IP families, or by cluster IP where they are not set (or both for old headless ones). */
export function addressTypes(service: Service): AddressType[] {
  const { ipFamilies, clusterIP } = service.spec ?? {};
  if (ipFamilies !== undefined && ipFamilies.length > 0) return [...new Set(ipFamilies)] as AddressType[];
  if (clusterIP && clusterIP !== "None") return [clusterIP.includes(":") ? "IPv6" : "IPv4"];
  return ["IPv4", "IPv6"];
}
