import type { Rule, TableName } from "./rules.ts";
import type { PlacedRule, ProxyConfig } from "./service-rules.ts";
import { containsLoopback, matchesAll, nodePortIps } from "./service-rules.ts";

const NEW = { states: "NEW", not: false };

/** Jumps from the kernel's own chains, in the order in which packets meet them. */
const JUMPS: readonly (readonly [table: TableName, rule: Rule])[] = [
  ["filter", jump("INPUT", "KUBE-PROXY-FIREWALL", "kubernetes load balancer firewall", true)],
  ["filter", jump("INPUT", "KUBE-NODEPORTS", "kubernetes health check service ports", false)],
  ["filter", jump("INPUT", "KUBE-EXTERNAL-SERVICES", "kubernetes externally-visible service portals", true)],
  ["filter", { chain: "INPUT", target: "KUBE-FIREWALL" }],
  ["filter", jump("FORWARD", "KUBE-PROXY-FIREWALL", "kubernetes load balancer firewall", true)],
  ["filter", jump("FORWARD", "KUBE-FORWARD", "kubernetes forwarding rules", false)],
  ["filter", jump("FORWARD", "KUBE-SERVICES", "kubernetes service portals", true)],
  ["filter", jump("FORWARD", "KUBE-EXTERNAL-SERVICES", "kubernetes externally-visible service portals", true)],
  ["filter", jump("OUTPUT", "KUBE-PROXY-FIREWALL", "kubernetes load balancer firewall", true)],
  ["filter", jump("OUTPUT", "KUBE-SERVICES", "kubernetes service portals", true)],
  ["filter", { chain: "OUTPUT", target: "KUBE-FIREWALL" }],
  ["nat", jump("PREROUTING", "KUBE-SERVICES", "kubernetes service portals", false)],
  ["nat", jump("OUTPUT", "KUBE-SERVICES", "kubernetes service portals", false)],
  ["nat", jump("POSTROUTING", "KUBE-POSTROUTING", "kubernetes postrouting rules", false)],
];

function jump(chain: string, target: string, comment: string, isNew: boolean): Rule {
  return { chain, comment, target, ...(isNew ? { ctstate: NEW } : {}) };
}

/** Chains that are there with or without rules. */
export const BASE_CHAINS: Readonly<Record<TableName, readonly string[]>> = {
  filter: [
    "KUBE-NODEPORTS",
    "KUBE-SERVICES",
    "KUBE-EXTERNAL-SERVICES",
    "KUBE-FIREWALL",
    "KUBE-FORWARD",
    "KUBE-PROXY-FIREWALL",
  ],
  nat: ["KUBE-NODEPORTS", "KUBE-SERVICES", "KUBE-MARK-MASQ", "KUBE-POSTROUTING"],
};

/** The rules that belong to no service. They stand behind those of the services in their chains. */
export function baseRules(config: ProxyConfig): PlacedRule[] {
  const rules: PlacedRule[] = JUMPS.map(([table, rule]) => ({ table, rule }));
  const nat = (rule: Rule) => rules.push({ table: "nat", rule });
  const filter = (rule: Rule) => rules.push({ table: "filter", rule });
  if (config.localhostNodePorts && containsLoopback(config)) {
    filter({
      chain: "KUBE-FIREWALL",
      comment: "block incoming localnet connections",
      destination: { address: "127.0.0.0/8", not: false },
      source: { address: "127.0.0.0/8", not: true },
      ctstate: { states: "RELATED,ESTABLISHED,DNAT", not: true },
      target: "DROP",
    });
  }
  if (!config.conntrackTcpLiberal) {
    const ctstate = { states: "INVALID", not: false };
    filter({ chain: "KUBE-FORWARD", ctstate, nfacct: "ct_state_invalid_dropped_pkts", target: "DROP" });
  }
  const comment = "kubernetes forwarding rules";
  filter({ chain: "KUBE-FORWARD", comment, mark: { not: false }, target: "ACCEPT" });
  filter({
    chain: "KUBE-FORWARD",
    comment: "kubernetes forwarding conntrack rule",
    ctstate: { states: "RELATED,ESTABLISHED", not: false },
    target: "ACCEPT",
  });
  nat({ chain: "KUBE-MARK-MASQ", target: "MARK", targetOptions: "--or-mark 0x4000" });
  nat({ chain: "KUBE-POSTROUTING", mark: { not: true }, target: "RETURN" });
  nat({ chain: "KUBE-POSTROUTING", target: "MARK", targetOptions: "--xor-mark 0x4000" });
  const masquerade = { comment: "kubernetes service traffic requiring SNAT", target: "MASQUERADE" };
  nat({ chain: "KUBE-POSTROUTING", ...masquerade, ...(config.randomFully ? { targetOptions: "--random-fully" } : {}) });
  for (const rule of nodePortJumps(config)) nat(rule);
  return rules;
}

function nodePortJumps(config: ProxyConfig): Rule[] {
  const comment = "kubernetes service nodeports; NOTE: this must be the last rule in this chain";
  const rule: Rule = { chain: "KUBE-SERVICES", comment, target: "KUBE-NODEPORTS" };
  const isV6 = config.ipFamily === "IPv6";
  if (matchesAll(config.nodePortAddresses)) {
    if (isV6) return [{ ...rule, local: "dst", destination: { address: "::1/128", not: true } }];
    if (config.localhostNodePorts) return [{ ...rule, local: "dst" }];
    return [{ ...rule, local: "dst", destination: { address: "127.0.0.0/8", not: true } }];
  }
  return nodePortIps(config)
    .filter((ip) => !(ip === "::1" || ip.startsWith("127.")) || (!isV6 && config.localhostNodePorts))
    .map((address) => ({ ...rule, destination: { address, not: false } }));
}
