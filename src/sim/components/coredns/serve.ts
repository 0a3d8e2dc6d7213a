import { formatIp, parseIp } from "../../api/ip.ts";
import type { ApiObject } from "../../api/object.ts";
import { informerOf, type Machinery } from "../../machinery/machinery.ts";
import { objectsByIndex } from "../../machinery/store.ts";
import type { DnsConfig } from "./config.ts";
import type { DnsAnswer, DnsQuery, DnsRecord } from "./messages.ts";
import { fullName, isBelow, lower } from "./names.ts";
import { lookUpOutside } from "./outside.ts";
import { answerReverse, answerZone, type ClusterRecords, type DnsEndpointSlice, type DnsService } from "./zone.ts";

/** What the informers know, as the zone asks for it. */
export function recordsOf(machinery: Machinery): ClusterRecords {
  const services = informerOf(machinery, "services").store;
  const slices = informerOf(machinery, "endpointslices").store;
  const namespaces = informerOf(machinery, "namespaces").store;
  return {
    service: (namespace, name) => services.objects.get(`${namespace}/${name}`) as DnsService | undefined,
    slicesOf: (namespace, name) => objectsByIndex<DnsEndpointSlice>(slices, "service", `${namespace}/${name}`),
    hasNamespace: (name) => namespaces.objects.has(name),
    hasPod: (namespace, ip) =>
      machinery.informers.has("pods") &&
      objectsByIndex(informerOf(machinery, "pods").store, "podIp", ip).some(
        ({ metadata }) => metadata?.namespace === namespace,
      ),
    serviceWithIp: (ip) => objectsByIndex<DnsService>(services, "clusterIp", ip)[0],
    slicesWithIp: (ip) => slicesWithIp(slices.objects.values(), ip),
    outside: lookUpOutside,
  };
}

/** Of a server without the plugin `kubernetes`. */
export const NO_RECORDS: ClusterRecords = Object.freeze({
  service: () => undefined,
  slicesOf: () => [],
  hasNamespace: () => false,
  hasPod: () => false,
  serviceWithIp: () => undefined,
  slicesWithIp: () => [],
  outside: lookUpOutside,
});

/** A scan: reverse look-ups are rare, while slices of thousands of endpoints change often. */
function slicesWithIp(slices: Iterable<ApiObject>, ip: string): DnsEndpointSlice[] {
  const found: DnsEndpointSlice[] = [];
  for (const slice of slices as Iterable<DnsEndpointSlice>) {
    if (slice.endpoints?.some(({ addresses }) => addresses?.some((address) => canonicalIp(address) === ip)))
      found.push(slice);
  }
  return found;
}

export function canonicalIp(text: string): string {
  const address = parseIp(text);
  return address === null ? text : formatIp(address);
}

/** Through the plugins in CoreDNS's order: hosts, kubernetes, forward. */
export function answerQuery(query: DnsQuery, config: DnsConfig, records: ClusterRecords, synced: boolean): DnsAnswer {
  const name = fullName(query.name);
  const fromHosts = answerFromHosts(query, name, config);
  if (fromHosts !== null) return fromHosts;
  const { kubernetes } = config;
  if (kubernetes !== null && isBelow(name, kubernetes.zone)) {
    const answer = answerZone(query, kubernetes, records);
    if (answer.rcode !== "NXDOMAIN") return answer;
    // What is not known yet may exist.
    if (!synced) return { ...answer, rcode: "SERVFAIL" };
    if (!config.fallthrough.some((zone) => isBelow(name, zone))) return answer;
  }
  if (kubernetes !== null && config.reverseZones.some((zone) => isBelow(name, zone))) {
    const answer = answerReverse(query, kubernetes, records);
    if (answer !== null) return answer;
    if (!config.fallthrough.some((zone) => isBelow(name, zone))) return empty(synced ? "NXDOMAIN" : "SERVFAIL");
  }
  if (config.forward.some((zone) => isBelow(name, zone))) return lookUpOutside(name, query.qtype);
  return empty("REFUSED");
}

function answerFromHosts({ qtype }: DnsQuery, name: string, { hosts }: DnsConfig): DnsAnswer | null {
  const ips = hosts[lower(name)];
  if (ips === undefined || (qtype !== "A" && qtype !== "AAAA")) return null;
  const answers = ips
    .filter((ip) => ip.includes(":") === (qtype === "AAAA"))
    .map((data): DnsRecord => ({ name, type: qtype, ttl: 3600, data }));
  return { ...empty("NOERROR"), answers };
}

function empty(rcode: DnsAnswer["rcode"]): DnsAnswer {
  return { type: "dns", rcode, answers: [], authority: [], additional: [] };
}

/** Plugin `loadbalance`: addresses in random order, names before them. */
export function shuffled(answer: DnsAnswer, randomInt: (bound: number) => number): DnsAnswer {
  const isAddress = ({ type }: DnsRecord) => type === "A" || type === "AAAA";
  const addresses = answer.answers.filter(isAddress);
  if (addresses.length < 2) return answer;
  for (let last = addresses.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [addresses[last], addresses[other]] = [addresses[other]!, addresses[last]!];
  }
  return { ...answer, answers: [...answer.answers.filter((record) => !isAddress(record)), ...addresses] };
}
