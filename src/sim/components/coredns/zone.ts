import { formatIp, parseIp } from "../../api/ip.ts";
import type { ApiObject, ObjectMeta } from "../../api/object.ts";
import type { DnsAnswer, DnsQuery, DnsRcode, DnsRecord, DnsType } from "./messages.ts";
import { addressOfReverseName, fullName, isBelow, labelsBelow, lower, sameName } from "./names.ts";

export interface DnsService extends ApiObject {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalName?: string;
    readonly ports?: readonly { readonly name?: string; readonly protocol?: string; readonly port: number }[];
  };
}

export interface DnsEndpointSlice extends ApiObject {
  readonly metadata: ObjectMeta;
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
    readonly hostname?: string;
    readonly targetRef?: { readonly name?: string };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly protocol?: string; readonly port?: number }[];
}

/** What the answers are made from. */
export interface ClusterRecords {
  service(namespace: string, name: string): DnsService | undefined;
  slicesOf(namespace: string, service: string): readonly DnsEndpointSlice[];
  hasNamespace(name: string): boolean;
  /** Addresses of pods of a namespace, for `pods verified`. */
  hasPod(namespace: string, ip: string): boolean;
  serviceWithIp(ip: string): DnsService | undefined;
  slicesWithIp(ip: string): readonly DnsEndpointSlice[];
  /** Answers for names outside of the cluster; null: none can be had. */
  outside(name: string, qtype: DnsType): DnsAnswer | null;
}

export interface ZoneOptions {
  /** `cluster.local.` */
  readonly zone: string;
  readonly pods: "disabled" | "insecure" | "verified";
  readonly ttl: number;
  /** Only these are served; empty: all. */
  readonly namespaces: readonly string[];
  readonly ignoreEmptyService: boolean;
  readonly endpointPodNames: boolean;
}

/** Something that a name leads to: an address, or another name. */
interface Found {
  readonly host: string;
  readonly port: number;
  /** Its own full name. */
  readonly name: string;
}

/** `null`: there is no such name. */
type Lookup = readonly Found[] | null;

interface Request {
  readonly kind: "" | "pod" | "svc";
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

const SCHEMA_VERSION = "1.1.0";
const CNAMES_MAX = 8;

/** Answers a query below the zone; the plugin `kubernetes`. */
export function answerZone(query: DnsQuery, options: ZoneOptions, records: ClusterRecords): DnsAnswer {
  const name = fullName(query.name);
  // The zone as the question spelt it: names in the answer keep its case.
  const zone = name.slice(name.length - options.zone.length);
  return new ZoneQuery(name, zone, options, records).answer(query.qtype);
}

/** The name of an address: services before endpoints. Null: nothing in the cluster has it. */
export function answerReverse(query: DnsQuery, options: ZoneOptions, records: ClusterRecords): DnsAnswer | null {
  const name = fullName(query.name);
  const ip = addressOfReverseName(name);
  if (query.qtype !== "PTR" || ip === null) return null;
  const targets = namesOf(normal(ip), options, records);
  if (targets.length === 0) return null;
  return reply(
    "NOERROR",
    targets.map((data) => ({ name, type: "PTR", ttl: options.ttl, data })),
  );
}

function namesOf(ip: string, { zone, endpointPodNames }: ZoneOptions, records: ClusterRecords): string[] {
  const service = records.serviceWithIp(ip);
  if (service !== undefined) return [`${service.metadata.name}.${service.metadata.namespace}.svc.${zone}`];
  const names = new Set<string>();
  for (const slice of records.slicesWithIp(ip)) {
    const owner = slice.metadata.labels?.["kubernetes.io/service-name"];
    for (const endpoint of slice.endpoints ?? []) {
      if (!(endpoint.addresses ?? []).some((address) => normal(address) === ip)) continue;
      names.add(`${endpointName(endpoint, ip, endpointPodNames)}.${owner}.${slice.metadata.namespace}.svc.${zone}`);
    }
  }
  return [...names].sort();
}

function normal(ip: string): string {
  const address = parseIp(ip);
  return address === null ? ip : formatIp(address);
}

function endpointName(
  { hostname, targetRef }: NonNullable<DnsEndpointSlice["endpoints"]>[number],
  ip: string,
  podNames: boolean,
): string {
  if (hostname) return hostname;
  if (podNames && targetRef?.name) return targetRef.name;
  return ip.replace(/[.:]/g, "-");
}

function reply(
  rcode: DnsRcode,
  answers: readonly DnsRecord[],
  authority: readonly DnsRecord[] = [],
  additional: readonly DnsRecord[] = [],
): DnsAnswer {
  return { type: "dns", rcode, answers, authority, additional };
}

class ZoneQuery {
  private readonly name: string;
  private readonly zone: string;
  private readonly options: ZoneOptions;
  private readonly records: ClusterRecords;

  constructor(name: string, zone: string, options: ZoneOptions, records: ClusterRecords) {
    this.name = name;
    this.zone = zone;
    this.options = options;
    this.records = records;
  }

  answer(qtype: DnsType): DnsAnswer {
    if (sameName(this.name, this.zone)) return this.apex(qtype);
    if (qtype === "TXT") return this.text();
    const found = this.find(this.name);
    if (found === null) return this.negative("NXDOMAIN");
    switch (qtype) {
      case "A":
      case "AAAA": {
        const answers = this.addresses(this.name, found, qtype, []);
        return answers.length === 0 ? this.negative("NOERROR") : reply("NOERROR", answers);
      }
      case "CNAME": {
        const alias = found[0];
        if (alias === undefined || isAddress(alias.host)) return this.negative("NOERROR");
        return reply("NOERROR", [this.record("CNAME", fullName(alias.host))]);
      }
      case "SRV":
        return this.srv(found);
      default:
        return this.negative("NOERROR");
    }
  }

  private record(type: DnsType, data: string, name = this.name): DnsRecord {
    return { name, type, ttl: this.options.ttl, data };
  }

  private apex(qtype: DnsType): DnsAnswer {
    if (qtype === "SOA") return reply("NOERROR", [this.soa()]);
    if (qtype === "NS") return reply("NOERROR", [this.record("NS", `ns.dns.${this.zone}`)]);
    return this.negative("NOERROR");
  }

  private soa(): DnsRecord {
    const data = `ns.dns.${this.zone} hostmaster.${this.zone} 1 7200 1800 86400 ${this.options.ttl}`;
    return this.record("SOA", data, this.zone);
  }

  private negative(rcode: "NXDOMAIN" | "NOERROR"): DnsAnswer {
    return reply(rcode, [], [this.soa()]);
  }

  /** The only text is the version of the naming scheme. */
  private text(): DnsAnswer {
    const labels = labelsBelow(this.name, this.zone);
    if (labels.length === 1 && labels[0] === "dns-version") {
      return reply("NOERROR", [{ name: this.name, type: "TXT", ttl: 28_800, data: `"${SCHEMA_VERSION}"` }]);
    }
    const found = this.find(this.name);
    return this.negative(found === null || found.length === 0 ? "NXDOMAIN" : "NOERROR");
  }

  private find(name: string): Lookup {
    const request = parseRequest(labelsBelow(name, this.zone));
    if (request === null) return null;
    if (request.kind === "") return [];
    if (request.namespace === "") return [];
    if (!this.isServed(request.namespace)) return null;
    return request.kind === "pod" ? this.findPods(request) : this.findServices(request);
  }

  private isServed(namespace: string): boolean {
    const { namespaces } = this.options;
    return this.records.hasNamespace(namespace) && (namespaces.length === 0 || namespaces.includes(namespace));
  }

  private findPods({ service: podName, namespace }: Request): Lookup {
    const { pods } = this.options;
    if (pods === "disabled") return null;
    if (podName === "") return [];
    const isV4 = podName.split("-").length === 4 && !podName.includes("--");
    const ip = podName.replaceAll("-", isV4 ? "." : ":");
    if (parseIp(ip) === null) return null;
    if (pods === "verified" && !this.records.hasPod(namespace, ip)) return null;
    return [{ host: ip, port: 0, name: `${podName}.${namespace}.pod.${this.zone}` }];
  }

  private findServices(request: Request): Lookup {
    if (request.service === "") return [];
    const { namespace, endpoint, port, protocol } = request;
    const service = this.records.service(namespace, request.service);
    if (service === undefined) return null;
    const { spec } = service;
    const slices = this.records.slicesOf(namespace, request.service);
    const base = `${request.service}.${namespace}.svc.${this.zone}`;
    const isHeadless = spec.clusterIP === "None";
    if (spec.type === "ExternalName") {
      if (endpoint !== "" || port !== "" || protocol !== "" || !spec.externalName) return null;
      return [{ host: spec.externalName, port: 0, name: base }];
    }
    if (this.options.ignoreEmptyService && !isHeadless && slices.every((slice) => readyOf(slice).length === 0))
      return null;
    if (isHeadless || endpoint !== "") return this.findEndpoints(request, slices, base);
    const ips = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ""];
    const ports = (spec.ports ?? []).filter((one) => portMatches(request, one));
    if (ports.length === 0) return null;
    return ports.flatMap(({ port }) => ips.map((host) => ({ host, port, name: base })));
  }

  private findEndpoints(request: Request, slices: readonly DnsEndpointSlice[], base: string): Lookup {
    const found: Found[] = [];
    for (const slice of slices) {
      // A slice without ports still has addresses.
      const ports = slice.ports?.length ? slice.ports : [{ port: -1 }];
      for (const endpoint of readyOf(slice)) {
        for (const ip of endpoint.addresses ?? []) {
          const own = endpointName(endpoint, ip, this.options.endpointPodNames);
          if (request.endpoint !== "" && request.endpoint !== own) continue;
          for (const port of ports) {
            if (portMatches(request, port)) found.push({ host: ip, port: port.port ?? -1, name: `${own}.${base}` });
          }
        }
      }
    }
    return found.length === 0 ? null : found;
  }

  /** Addresses of one family; aliases are followed, inside the zone and out of it. */
  private addresses(
    name: string,
    found: readonly Found[],
    qtype: "A" | "AAAA",
    before: readonly string[],
  ): DnsRecord[] {
    const answers: DnsRecord[] = [];
    const seen = new Set<string>();
    for (const { host } of found) {
      if (isAddress(host)) {
        if (host.includes(":") !== (qtype === "AAAA") || seen.has(host)) continue;
        seen.add(host);
        answers.push(this.record(qtype, host, name));
        continue;
      }
      const target = fullName(host);
      if (sameName(target, name) || before.length >= CNAMES_MAX || before.includes(lower(target))) continue;
      const alias = this.record("CNAME", target, name);
      if (isBelow(target, this.zone)) {
        const further = this.find(target);
        const rest = this.addresses(target, further ?? [], qtype, [...before, lower(name)]);
        if (rest.length > 0) answers.push(alias, ...rest);
      } else {
        const outside = this.records.outside(target, qtype);
        if (outside !== null) answers.push(alias, ...outside.answers);
      }
    }
    return answers;
  }

  private srv(found: readonly Found[]): DnsAnswer {
    const usable = found.filter(({ host, port }) => isAddress(host) && port !== -1);
    if (usable.length === 0) return this.negative("NOERROR");
    const weight = Math.max(1, Math.floor(100 / usable.length));
    const answers = new Map<string, DnsRecord>();
    const additional = new Map<string, DnsRecord>();
    for (const { host, port, name } of usable) {
      const data = `0 ${weight} ${port} ${name}`;
      answers.set(data, this.record("SRV", data));
      const type = host.includes(":") ? "AAAA" : "A";
      additional.set(`${name} ${host}`, this.record(type, host, name));
    }
    return reply("NOERROR", [...answers.values()], [], [...additional.values()]);
  }
}

function isAddress(host: string): boolean {
  return parseIp(host) !== null;
}

function readyOf(slice: DnsEndpointSlice): NonNullable<DnsEndpointSlice["endpoints"]> {
  return (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
}

function portMatches(
  request: Request,
  port: { readonly name?: string | undefined; readonly protocol?: string | undefined },
): boolean {
  if (request.port !== "" && request.port !== lower(port.name ?? "")) return false;
  return request.protocol === "" || request.protocol === lower(port.protocol ?? "TCP");
}

/** `[_port._protocol | endpoint].service.namespace.svc`; null: no name of the scheme. */
function parseRequest(labels: readonly string[]): Request | null {
  const request = { kind: "" as Request["kind"], namespace: "", service: "", endpoint: "", port: "", protocol: "" };
  const rest = [...labels];
  const kind = rest.pop();
  if (kind === undefined) return request;
  if (kind !== "pod" && kind !== "svc") return null;
  request.kind = kind;
  request.namespace = rest.pop() ?? "";
  request.service = rest.pop() ?? "";
  switch (rest.length) {
    case 0:
      return request;
    case 1:
      return { ...request, endpoint: rest[0]! };
    case 2:
      return { ...request, port: withoutUnderscore(rest[0]!), protocol: withoutUnderscore(rest[1]!) };
    default:
      return null;
  }
}

function withoutUnderscore(label: string): string {
  return label.startsWith("_") ? label.slice(1) : label;
}
