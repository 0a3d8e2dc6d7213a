import { formatIp, parseIp } from "../../../sim/api/ip.ts";
import type { ApiObject } from "../../../sim/api/object.ts";
import type { DnsAnswer, DnsQuery, DnsRecord, DnsType } from "../../../sim/components/coredns/messages.ts";
import { fullName } from "../../../sim/components/coredns/names.ts";
import {
  answerZone,
  type ClusterRecords,
  type DnsEndpointSlice,
  type DnsService,
  type ZoneOptions,
} from "../../../sim/components/coredns/zone.ts";
import { allOf, expectSame, expectSameSet, type Suite } from "../suite.ts";

interface Input {
  readonly zone: string;
  readonly options: {
    readonly pods?: ZoneOptions["pods"];
    readonly namespaces?: readonly string[];
    readonly ignoreEmptyService?: boolean;
  };
  readonly objects: readonly ApiObject[];
  readonly query: { readonly name: string; readonly type: DnsType };
}

interface Expected {
  readonly rcode: string;
  readonly answers: readonly DnsRecord[];
  readonly authority?: readonly DnsRecord[];
  readonly additional?: readonly DnsRecord[];
}

export const dns: Suite = {
  name: "dns",
  run(recorded) {
    const { zone, options, objects, query } = recorded.input as Input;
    const expected = recorded.expect as Expected;
    const asked: DnsQuery = { type: "dns", name: query.name, qtype: query.type };
    const zoneOptions: ZoneOptions = {
      zone,
      pods: options.pods ?? "disabled",
      ttl: 5,
      namespaces: options.namespaces ?? [],
      ignoreEmptyService: options.ignoreEmptyService ?? false,
      endpointPodNames: false,
    };
    const answer = answerZone(asked, zoneOptions, recordsOf(objects));
    return allOf(
      expectSame(answer.rcode, expected.rcode),
      expectSameSet(comparable(answer.answers), comparable(expected.answers)),
      expected.authority === undefined
        ? expectSame(answer.authority.length, 0)
        : expectSameSet(comparable(answer.authority), comparable(expected.authority)),
      expectSameSet(comparable(answer.additional), comparable(expected.additional ?? [])),
    );
  },
};

/** What is between the quotes of a TXT record is its text. */
function textOf(data: DnsRecord["data"]): DnsRecord["data"] {
  return data.replace(/^"(.*)"$/, "$1");
}

/**
 * Data of SOA records are not recorded. Neither is their TTL where the recorded test did not look at it: it then stands
 * there as 300, the upper bound.
 */
function comparable(records: readonly DnsRecord[]): unknown[] {
  return records.map(({ name, type, ttl, data }) =>
    type === "SOA"
      ? { name, type, ttl: ttl === 300 ? 5 : ttl }
      : { name, type, ttl, data: type === "TXT" ? textOf(data) : data },
  );
}

function recordsOf(objects: readonly ApiObject[]): ClusterRecords {
  const of = <T extends ApiObject>(kind: string) => objects.filter((object) => object.kind === kind) as T[];
  const services = of<DnsService>("Service");
  const slices = of<DnsEndpointSlice>("EndpointSlice");
  const pods = of<ApiObject & { readonly status?: { readonly podIP?: string } }>("Pod");
  const normal = (ip: string) => formatIp(parseIp(ip) ?? parseIp("0.0.0.0")!);
  return {
    service: (namespace, name) =>
      services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    slicesOf: (namespace, service) =>
      slices.filter(
        ({ metadata }) =>
          metadata.namespace === namespace && metadata.labels?.["kubernetes.io/service-name"] === service,
      ),
    hasNamespace: (name) => of("Namespace").some(({ metadata }) => metadata?.name === name),
    hasPod: (namespace, ip) =>
      pods.some(({ metadata, status }) => metadata?.namespace === namespace && status?.podIP === ip),
    serviceWithIp: (ip) => services.find(({ spec }) => spec.clusterIP !== undefined && normal(spec.clusterIP) === ip),
    slicesWithIp: (ip) => slices.filter(({ endpoints }) => endpoints?.some(({ addresses }) => addresses?.includes(ip))),
    outside,
  };
}

/** The only name outside of the cluster that the recorded tests know. */
function outside(name: string, qtype: DnsType): DnsAnswer | null {
  if (qtype !== "A" || fullName(name) !== "ext.interwebs.test.") return null;
  const answers = [{ name: "ext.interwebs.test.", type: "A" as const, ttl: 5, data: "1.2.3.4" }];
  return { type: "dns", rcode: "NOERROR", answers, authority: [], additional: [] };
}
