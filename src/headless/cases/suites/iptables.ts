import { deepFreeze } from "../../../sim/api/object.ts";
import { BASE_CHAINS } from "../../../sim/components/kube-proxy/iptables/base-rules.ts";
import { formatRestore } from "../../../sim/components/kube-proxy/iptables/format.ts";
import { type WalkedPacket, walk } from "../../../sim/components/kube-proxy/iptables/packet-walk.ts";
import {
  createTable,
  type Ruleset,
  rulesOf,
  type TableName,
} from "../../../sim/components/kube-proxy/iptables/rules.ts";
import type { ProxyConfig } from "../../../sim/components/kube-proxy/iptables/service-rules.ts";
import { type Tables, writeBaseRules, writeService } from "../../../sim/components/kube-proxy/iptables/sync.ts";
import type { EndpointSlice, IpFamily, Service } from "../../../sim/components/kube-proxy/services.ts";
import { allOf, expectSame, fail, type Outcome, type Suite } from "../suite.ts";

interface Input {
  readonly ipFamily: IpFamily;
  readonly nodeName: string;
  readonly nodeIP: string;
  readonly nodeIPs?: readonly string[];
  readonly masqueradeAll: boolean;
  readonly localDetector?: { readonly podCIDR: string };
  readonly localhostNodePorts: boolean;
  readonly nodePortAddresses: readonly string[];
  readonly largeClusterMode: boolean;
  readonly conntrackTCPLiberal: boolean;
  readonly services: readonly Service[];
  readonly endpointslices: readonly EndpointSlice[];
  readonly fullSync?: boolean;
  readonly table: TableName;
  readonly chain: string;
  readonly flows: readonly { from: string; to: string; port: number; protocol: WalkedPacket["protocol"] }[];
}

export const iptables: Suite = {
  name: "iptables",
  run(recorded) {
    const input = recorded.input as Input;
    const tables = tablesOf(input);
    switch (recorded.ask) {
      case "rules":
        return judgeRules(tables, (recorded.expect as { rules: string[] }).rules, input.fullSync ?? true);
      case "chain": {
        const rules = rulesOf(tables[input.table], input.chain).map(formatRestore);
        return expectSame(rules, (recorded.expect as { rules: string[] }).rules);
      }
      case "traffic":
        return judgeTraffic(tables, input, recorded.expect as { flows: readonly unknown[] });
      default:
        return fail(`no such question: ${recorded.ask}`);
    }
  },
};

function tablesOf(input: Input): Tables {
  const tables = { nat: createTable(), filter: createTable() };
  const config: ProxyConfig = {
    ipFamily: input.ipFamily,
    nodeName: input.nodeName,
    nodeIp: input.nodeIP,
    nodeIps: input.nodeIPs ?? [input.nodeIP],
    zone: "",
    podCidr: input.localDetector?.podCIDR ?? "",
    masqueradeAll: input.masqueradeAll,
    localhostNodePorts: input.localhostNodePorts,
    nodePortAddresses: input.nodePortAddresses,
    conntrackTcpLiberal: input.conntrackTCPLiberal,
    randomFully: false,
    largeClusterMode: input.largeClusterMode,
  };
  writeBaseRules(tables, config);
  for (const service of input.services) {
    const { namespace, name } = service.metadata;
    const slices = input.endpointslices.filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.labels?.["kubernetes.io/service-name"] === name,
    );
    writeService(tables, deepFreeze(service), slices, config, []);
  }
  return tables;
}

/**
 * The recorded text is one sync's input to iptables-restore. A partial one (`fullSync` false) leaves out the chains of
 * services that did not change, and any may delete chains of the sync before (`-X`): what is compared is what is in
 * force afterwards, chain by chain.
 */
function judgeRules(tables: Tables, lines: readonly string[], fullSync: boolean): Outcome {
  const outcomes: Outcome[] = [];
  for (const table of ["filter", "nat"] as const) {
    const section = lines.slice(lines.indexOf(`*${table}`) + 1);
    const text = section.slice(0, section.indexOf("COMMIT"));
    const gone = new Set(text.filter((line) => line.startsWith("-X ")).map((line) => line.slice(3)));
    const declared = text.filter((line) => line.startsWith(":")).map((line) => line.slice(1).split(" ")[0]!);
    const chains = declared.filter((chain) => !gone.has(chain));
    for (const chain of chains) {
      const recorded = text.filter((line) => line.startsWith(`-A ${chain} `));
      outcomes.push(expectSame(rulesOf(tables[table], chain).map(formatRestore), recorded));
    }
    const ours = new Set(BASE_CHAINS[table]);
    for (const { chain } of tables[table].rules.values()) if (chain.startsWith("KUBE-")) ours.add(chain);
    if (fullSync) outcomes.push(expectSame([...ours].sort(), [...chains].sort()));
    for (const chain of gone) if (ours.has(chain)) outcomes.push(fail(`${chain} is still there`));
  }
  return allOf(...outcomes);
}

function judgeTraffic(tables: Tables, input: Input, expected: { readonly flows: readonly unknown[] }): Outcome {
  const rules: Ruleset = { ...tables, localIps: input.nodeIPs ?? [input.nodeIP] };
  const answers = input.flows.map(({ from, to, port, protocol }) => {
    const packet = { sourceIp: from, destinationIp: to, destinationPort: port, protocol };
    const endpoints = new Set<string>();
    let walked = walk(rules, packet, () => 0);
    // The endpoint is chosen by a row of dice; let each of them fall in turn.
    for (let taken = 0; taken < 64; taken += 1) {
      let thrown = 0;
      walked = walk(rules, packet, () => (thrown++ === taken ? 0 : 1));
      if (walked.to !== null) {
        endpoints.add(
          walked.to.ip.includes(":") ? `[${walked.to.ip}]:${walked.to.port}` : `${walked.to.ip}:${walked.to.port}`,
        );
      }
      if (thrown <= taken) break;
    }
    const delivered = walked.verdict === "deliver";
    return {
      result: walked.verdict,
      endpoints: delivered ? [...endpoints].sort() : [],
      masquerade: walked.masqueraded,
    };
  });
  return expectSame({ flows: answers }, expected);
}
