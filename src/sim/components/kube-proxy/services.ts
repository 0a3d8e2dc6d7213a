import type { ApiObject, ObjectMeta } from "../../api/object.ts";

export interface ServicePortSpec {
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
  readonly nodePort?: number;
}

export interface Service extends ApiObject {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalIPs?: readonly string[];
    readonly ports?: readonly ServicePortSpec[];
    readonly sessionAffinity?: string;
    readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
    readonly externalTrafficPolicy?: string;
    readonly internalTrafficPolicy?: string;
    readonly healthCheckNodePort?: number;
    readonly loadBalancerSourceRanges?: readonly string[];
  };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly ipMode?: string }[] };
  };
}

export interface EndpointSlice extends ApiObject {
  readonly metadata: ObjectMeta;
  readonly addressType?: string;
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
    readonly nodeName?: string;
    readonly hints?: { readonly forZones?: readonly { readonly name: string }[] };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[];
}

/** One port of a Service as the proxy sees it. */
export interface ServicePort {
  /** `default/web:http`, or `default/web` for an unnamed port. */
  readonly name: string;
  /** `tcp`. */
  readonly protocol: string;
  readonly clusterIp: string;
  readonly port: number;
  readonly nodePort: number;
  readonly externalIps: readonly string[];
  readonly loadBalancerIps: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly healthCheckNodePort: number;
  readonly externalPolicyLocal: boolean;
  readonly internalPolicyLocal: boolean;
  /** Session affinity by client address; 0: none. */
  readonly affinitySeconds: number;
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  /** `10.244.1.5:80`, `[fd00::1]:80`. */
  readonly text: string;
  readonly isLocal: boolean;
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  readonly zones: readonly string[];
}

export type IpFamily = "IPv4" | "IPv6";

function isOfFamily(ip: string, family: IpFamily): boolean {
  return ip.includes(":") === (family === "IPv6");
}

export function servicePorts(service: Service, family: IpFamily): ServicePort[] {
  const { spec, metadata, status } = service;
  if (spec.type === "ExternalName") return [];
  const ips = spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : [];
  const clusterIp = ips.find((ip) => ip !== "None" && isOfFamily(ip, family));
  if (clusterIp === undefined) return [];
  const ofFamily = (list: readonly string[]) => list.filter((ip) => isOfFamily(ip, family));
  const ingress = (status?.loadBalancer?.ingress ?? []).filter(({ ipMode }) => (ipMode ?? "VIP") === "VIP");
  const isExternal = spec.type === "NodePort" || spec.type === "LoadBalancer" || (spec.externalIPs?.length ?? 0) > 0;
  const base = `${metadata.namespace}/${metadata.name}`;
  return (spec.ports ?? []).map((port) => ({
    name: port.name ? `${base}:${port.name}` : base,
    protocol: (port.protocol ?? "TCP").toLowerCase(),
    clusterIp,
    port: port.port,
    nodePort: port.nodePort ?? 0,
    externalIps: ofFamily(spec.externalIPs ?? []),
    loadBalancerIps: ofFamily(ingress.flatMap(({ ip }) => (ip ? [ip] : []))),
    sourceRanges: ofFamily(spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()),
    healthCheckNodePort: isExternal && spec.externalTrafficPolicy === "Local" ? (spec.healthCheckNodePort ?? 0) : 0,
    externalPolicyLocal: isExternal && spec.externalTrafficPolicy === "Local",
    internalPolicyLocal: spec.internalTrafficPolicy === "Local",
    affinitySeconds:
      spec.sessionAffinity === "ClientIP" ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0,
  }));
}

/** All endpoints of a service port, each once (the node's own before others), in the order of their text. */
export function endpointsOf(
  slices: readonly EndpointSlice[],
  portName: string,
  protocol: string,
  family: IpFamily,
  nodeName: string,
): Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const { addressType, endpoints, ports } of slices) {
    if ((addressType ?? "IPv4") !== family) continue;
    for (const { name, port, protocol: own } of ports ?? []) {
      if ((name ?? "") !== portName || port === undefined) continue;
      if ((own ?? "TCP").toLowerCase() !== protocol) continue;
      for (const { addresses, conditions, nodeName: on, hints } of endpoints ?? []) {
        const ip = addresses?.[0];
        if (ip === undefined) continue;
        const text = ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
        if (found.get(text)?.isLocal) continue;
        found.set(text, {
          ip,
          port,
          text,
          isLocal: on === nodeName,
          isReady: conditions?.ready ?? true,
          isServing: conditions?.serving ?? true,
          isTerminating: conditions?.terminating ?? false,
          zones: (hints?.forZones ?? []).map(({ name }) => name),
        });
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

export function externallyAccessible(port: ServicePort): boolean {
  return port.nodePort !== 0 || port.externalIps.length > 0 || port.loadBalancerIps.length > 0;
}

export function usesClusterEndpoints(port: ServicePort): boolean {
  return !port.internalPolicyLocal || (!port.externalPolicyLocal && externallyAccessible(port));
}

export function usesLocalEndpoints(port: ServicePort): boolean {
  return port.internalPolicyLocal || (port.externalPolicyLocal && externallyAccessible(port));
}

export interface CategorizedEndpoints {
  readonly cluster: readonly Endpoint[];
  readonly local: readonly Endpoint[];
  /** All that traffic through this node may reach. */
  readonly reachable: readonly Endpoint[];
  /** There is a usable endpoint somewhere. */
  readonly any: boolean;
}

/** The proxy whose answers were recorded is OpenShift's: it keeps the DNS of that distribution on the node. */
const PREFERS_LOCAL: ReadonlySet<string> = new Set([
  "openshift-dns/dns-default:dns",
  "openshift-dns/dns-default:dns-tcp",
]);

/** Ready endpoints; where there is none, those that still serve while they end. Zone hints count when all ready ones have them. */
export function categorizeEndpoints(
  endpoints: readonly Endpoint[],
  port: ServicePort,
  zone: string,
): CategorizedEndpoints {
  const servingTerminating = ({ isServing, isTerminating }: Endpoint) => isServing && isTerminating;
  let cluster: readonly Endpoint[] = [];
  if (usesClusterEndpoints(port)) {
    cluster = inZone(
      endpoints.filter(({ isReady }) => isReady),
      zone,
    );
    if (cluster.length === 0) cluster = endpoints.filter(servingTerminating);
    if (PREFERS_LOCAL.has(port.name)) {
      const here = cluster.filter(({ isLocal, isReady }) => isLocal && isReady);
      if (here.length > 0) cluster = here;
    }
  }
  if (!usesLocalEndpoints(port)) return { cluster, local: [], reachable: cluster, any: cluster.length > 0 };
  const any = endpoints.some((endpoint) => endpoint.isReady || servingTerminating(endpoint));
  let local = endpoints.filter(({ isLocal, isReady }) => isLocal && isReady);
  if (local.length === 0) local = endpoints.filter((endpoint) => endpoint.isLocal && servingTerminating(endpoint));
  const names = new Set(cluster.map(({ text }) => text));
  return { cluster, local, reachable: [...cluster, ...local.filter(({ text }) => !names.has(text))], any };
}

function inZone(ready: readonly Endpoint[], zone: string): readonly Endpoint[] {
  if (zone === "" || ready.some(({ zones }) => zones.length === 0)) return ready;
  const own = ready.filter(({ zones }) => zones.includes(zone));
  return own.length === 0 ? ready : own;
}
