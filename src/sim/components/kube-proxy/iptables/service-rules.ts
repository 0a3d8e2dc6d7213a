import { type Cidr, cidrContains, parseCidr, parseIp } from "../../../api/ip.ts";
import {
  type CategorizedEndpoints,
  categorizeEndpoints,
  type Endpoint,
  externallyAccessible,
  type IpFamily,
  type ServicePort,
  usesClusterEndpoints,
  usesLocalEndpoints,
} from "../services.ts";
import { endpointChain, servicePortChain } from "./chain-names.ts";
import type { Rule, TableName } from "./rules.ts";

/** What the proxy is told about its node and by its configuration. */
export interface ProxyConfig {
  readonly ipFamily: IpFamily;
  readonly nodeName: string;
  readonly nodeIp: string;
  /** All addresses of the node. */
  readonly nodeIps: readonly string[];
  readonly zone: string;
  /** `clusterCIDR`: traffic from elsewhere to a ClusterIP is masqueraded; "" when not known. */
  readonly podCidr: string;
  readonly masqueradeAll: boolean;
  readonly localhostNodePorts: boolean;
  /** CIDRs; all addresses when they match everything. */
  readonly nodePortAddresses: readonly string[];
  readonly conntrackTcpLiberal: boolean;
  /** The kernel knows `MASQUERADE --random-fully`. */
  readonly randomFully: boolean;
  /** Many endpoints: comments are left out. */
  readonly largeClusterMode: boolean;
}

export interface PlacedRule {
  readonly table: TableName;
  readonly rule: Rule;
}

const MARK_MASQ = "KUBE-MARK-MASQ";

export function servesNodePorts({ nodePortAddresses, nodeIps, ipFamily }: ProxyConfig): boolean {
  return matchesAll(nodePortAddresses) || nodePortIps({ nodePortAddresses, nodeIps, ipFamily }).length > 0;
}

export function matchesAll(nodePortAddresses: readonly string[]): boolean {
  return nodePortAddresses.length === 0 || nodePortAddresses.some((cidr) => cidr === "0.0.0.0/0" || cidr === "::/0");
}

/** The node's addresses that node ports are served on, when not on all. */
export function nodePortIps({
  nodePortAddresses,
  nodeIps,
  ipFamily,
}: Pick<ProxyConfig, "nodePortAddresses" | "nodeIps" | "ipFamily">): string[] {
  const cidrs = nodePortAddresses.map(parseCidr).filter((cidr): cidr is Cidr => cidr !== null);
  const loopback = ipFamily === "IPv4" ? "127.0.0.1" : "::1";
  return [...nodeIps, loopback].filter((ip) => {
    const address = parseIp(ip);
    return (
      address !== null &&
      ip.includes(":") === (ipFamily === "IPv6") &&
      cidrs.some((cidr) => cidrContains(cidr, address))
    );
  });
}

export function containsLoopback({ nodePortAddresses, ipFamily }: ProxyConfig): boolean {
  if (ipFamily === "IPv6") return false;
  const loopback = parseIp("127.0.0.1")!;
  return (
    matchesAll(nodePortAddresses) ||
    nodePortAddresses.some((text) => {
      const cidr = parseCidr(text);
      return cidr !== null && cidrContains(cidr, loopback);
    })
  );
}

/** All rules of one service port, chain by chain in order. Upstream: the loop of `syncProxyRules`. */
export function servicePortRules(port: ServicePort, endpoints: readonly Endpoint[], config: ProxyConfig): PlacedRule[] {
  return new ServicePortRules(port, categorizeEndpoints(endpoints, port, config.zone), config).build();
}

class ServicePortRules {
  private readonly rules: PlacedRule[] = [];
  private readonly clusterChain: string;
  private readonly localChain: string;
  private readonly externalChain: string;
  private readonly firewallChain: string;
  private readonly hasInternal: boolean;
  private readonly hasExternal: boolean;
  private readonly usesFirewall: boolean;
  private readonly port: ServicePort;
  private readonly endpoints: CategorizedEndpoints;
  private readonly config: ProxyConfig;

  constructor(port: ServicePort, endpoints: CategorizedEndpoints, config: ProxyConfig) {
    this.port = port;
    this.endpoints = endpoints;
    this.config = config;
    const { name, protocol } = port;
    this.clusterChain = servicePortChain("KUBE-SVC-", name, protocol);
    this.localChain = servicePortChain("KUBE-SVL-", name, protocol);
    this.externalChain = servicePortChain("KUBE-EXT-", name, protocol);
    this.firewallChain = servicePortChain("KUBE-FW-", name, protocol);
    const { any, local } = endpoints;
    this.hasInternal = any && !(port.internalPolicyLocal && local.length === 0);
    this.hasExternal = any && !(port.externalPolicyLocal && local.length === 0);
    this.usesFirewall = any && port.loadBalancerIps.length > 0 && port.sourceRanges.length > 0;
  }

  build(): PlacedRule[] {
    this.internalTraffic();
    this.externalIps();
    this.loadBalancerIps();
    this.nodePort();
    this.healthCheckNodePort();
    if (this.endpoints.any && externallyAccessible(this.port)) this.externalTraffic();
    if (this.usesFirewall) this.firewall();
    const { cluster, local, reachable } = this.endpoints;
    if (cluster.length > 0 && usesClusterEndpoints(this.port)) this.toEndpoints(this.clusterChain, cluster);
    if (local.length > 0 && usesLocalEndpoints(this.port)) this.toEndpoints(this.localChain, local);
    for (const endpoint of reachable) this.endpoint(endpoint);
    return this.rules;
  }

  private nat(rule: Rule): void {
    this.rules.push({ table: "nat", rule });
  }

  private filter(rule: Rule): void {
    this.rules.push({ table: "filter", rule });
  }

  private to(address: string, port = this.port.port): Pick<Rule, "protocol" | "destination" | "destinationPort"> {
    return { protocol: this.port.protocol, destination: { address, not: false }, destinationPort: port };
  }

  /** Traffic that finds no endpoint: refused when there is none at all, dropped when there is none here. */
  private refuse(chain: string, match: Partial<Rule>): void {
    const { any } = this.endpoints;
    const comment = `${this.port.name} has no ${any ? "local " : ""}endpoints`;
    this.filter(Object.assign({ chain, comment }, match, { target: any ? "DROP" : "REJECT" }));
  }

  private internalTraffic(): void {
    const { port, config } = this;
    const match = this.to(port.clusterIp);
    const comment = `${port.name} cluster IP`;
    if (!this.hasInternal) {
      this.refuse("KUBE-SERVICES", match);
      return;
    }
    const chain = port.internalPolicyLocal ? this.localChain : this.clusterChain;
    this.nat(Object.assign({ chain: "KUBE-SERVICES", comment }, match, { target: chain }));
    if (config.masqueradeAll) this.nat({ chain, comment, ...match, target: MARK_MASQ });
    else if (config.podCidr !== "") {
      const source = { address: config.podCidr, not: true };
      this.nat(Object.assign({ chain, comment }, match, { source, target: MARK_MASQ }));
    }
  }

  private externalIps(): void {
    for (const ip of this.port.externalIps) {
      const comment = `${this.port.name} external IP`;
      if (this.endpoints.any) this.nat({ chain: "KUBE-SERVICES", comment, ...this.to(ip), target: this.externalChain });
      if (!this.hasExternal) this.refuse("KUBE-EXTERNAL-SERVICES", this.to(ip));
    }
  }

  private loadBalancerIps(): void {
    const { port, firewallChain } = this;
    for (const ip of port.loadBalancerIps) {
      const target = this.usesFirewall ? firewallChain : this.externalChain;
      const comment = `${port.name} loadbalancer IP`;
      if (this.endpoints.any) this.nat({ chain: "KUBE-SERVICES", comment, ...this.to(ip), target });
      if (this.usesFirewall) {
        const refused = `${port.name} traffic not accepted by ${firewallChain}`;
        this.filter({ chain: "KUBE-PROXY-FIREWALL", comment: refused, ...this.to(ip), target: "DROP" });
      }
    }
    if (!this.hasExternal) for (const ip of port.loadBalancerIps) this.refuse("KUBE-EXTERNAL-SERVICES", this.to(ip));
  }

  private nodePort(): void {
    const { port, config } = this;
    if (port.nodePort === 0 || !servesNodePorts(config)) return;
    if (this.endpoints.any) {
      const match = { protocol: port.protocol, destinationPort: port.nodePort };
      const rule = { chain: "KUBE-NODEPORTS", comment: port.name, ...match, target: this.externalChain };
      if (config.localhostNodePorts && containsLoopback(config)) {
        const destination = { address: "127.0.0.0/8", not: false };
        this.nat({ ...rule, destination, nfacct: "localhost_nps_accepted_pkts" });
      }
      this.nat(rule);
    }
    if (!this.hasExternal) {
      const match = { protocol: port.protocol, destinationPort: port.nodePort };
      this.refuse("KUBE-EXTERNAL-SERVICES", { local: "dst", ...match });
    }
  }

  private healthCheckNodePort(): void {
    const { name, healthCheckNodePort } = this.port;
    if (healthCheckNodePort === 0) return;
    const comment = `${name} health check node port`;
    const match = { protocol: "tcp", destinationPort: healthCheckNodePort };
    this.filter({ chain: "KUBE-NODEPORTS", comment, ...match, target: "ACCEPT" });
  }

  private externalTraffic(): void {
    const { port, config, externalChain: chain, clusterChain } = this;
    const what = `${port.name} external destinations`;
    if (!port.externalPolicyLocal) {
      this.nat({ chain, comment: `masquerade traffic for ${what}`, target: MARK_MASQ });
    } else {
      if (config.podCidr !== "") {
        const source = { address: config.podCidr, not: false };
        this.nat({ chain, comment: `pod traffic for ${what}`, source, target: clusterChain });
      }
      this.nat({ chain, comment: `masquerade LOCAL traffic for ${what}`, local: "src", target: MARK_MASQ });
      this.nat({ chain, comment: `route LOCAL traffic for ${what}`, local: "src", target: clusterChain });
    }
    if (this.hasExternal) this.nat({ chain, target: port.externalPolicyLocal ? this.localChain : clusterChain });
  }

  private firewall(): void {
    const { port, config, firewallChain: chain } = this;
    const comment = `${port.name} loadbalancer IP`;
    let nodeAllowed = false;
    for (const address of port.sourceRanges) {
      this.nat({ chain, comment, source: { address, not: false }, target: this.externalChain });
      const cidr = parseCidr(address);
      const node = parseIp(config.nodeIp);
      if (cidr !== null && node !== null && cidrContains(cidr, node)) nodeAllowed = true;
    }
    // The balancer's address may be the node's own, and then be the source of the node's requests.
    if (nodeAllowed) {
      for (const address of port.loadBalancerIps) {
        this.nat({ chain, comment, source: { address, not: false }, target: this.externalChain });
      }
    }
    const rest = `other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`;
    this.nat({ chain, comment: rest, target: "" });
  }

  private commentOf(text: string): string | undefined {
    return this.config.largeClusterMode ? undefined : text;
  }

  private toEndpoints(chain: string, endpoints: readonly Endpoint[]): void {
    const { name, protocol, affinitySeconds } = this.port;
    const count = endpoints.length;
    const targets = endpoints.map(({ text }) => ({
      comment: this.commentOf(`${name} -> ${text}`),
      target: endpointChain(name, protocol, text),
    }));
    if (affinitySeconds > 0) {
      for (const [index, { comment, target }] of targets.entries()) {
        this.nat({ chain, comment, recent: { name: target, seconds: affinitySeconds, index, count }, target });
      }
    }
    for (const [index, { comment, target }] of targets.entries()) {
      const oneIn = index < count - 1 ? count - index : undefined;
      this.nat({ chain, comment, oneIn, target });
    }
  }

  private endpoint({ ip, text }: Endpoint): void {
    const { name, protocol, affinitySeconds } = this.port;
    const chain = endpointChain(name, protocol, text);
    const comment = this.commentOf(name);
    this.nat({ chain, comment, source: { address: ip, not: false }, target: MARK_MASQ });
    const recent = affinitySeconds > 0 ? { name: chain } : undefined;
    this.nat({ chain, comment, recent, protocol, target: "DNAT", targetOptions: `--to-destination ${text}` });
  }
}
