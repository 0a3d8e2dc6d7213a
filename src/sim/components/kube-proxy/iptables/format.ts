import { type AddressMatch, type IptablesTable, type Rule, rulesOf } from "./rules.ts";

/** A rule as kube-proxy hands it to iptables-restore. */
export function formatRestore(rule: Rule): string {
  const parts = [`-A ${rule.chain}`];
  if (rule.comment !== undefined) parts.push(`-m comment --comment ${quoted(rule.comment)}`);
  if (rule.local !== undefined) parts.push(`-m addrtype --${rule.local}-type LOCAL`);
  if (rule.recent !== undefined) parts.push(recentText(rule.recent));
  if (rule.protocol !== undefined) parts.push(`-m ${rule.protocol} -p ${rule.protocol}`);
  if (rule.destination !== undefined) parts.push(addressText("-d", rule.destination));
  if (rule.destinationPort !== undefined) parts.push(`--dport ${rule.destinationPort}`);
  if (rule.source !== undefined) parts.push(addressText("-s", rule.source));
  parts.push(...endOfRule(rule));
  return parts.join(" ");
}

/** `iptables -t TABLE -S [CHAIN]`. Null: there is no such chain. */
export function formatSpecification(name: string, table: IptablesTable, chain?: string): string[] | null {
  const builtIn = BUILT_IN[name] ?? [];
  if (chain !== undefined) {
    if (!builtIn.includes(chain) && !chainsOf(table).includes(chain)) return null;
    return [declaration(chain, builtIn), ...rulesOf(table, chain).map(formatAppend)];
  }
  const chains = [...builtIn, ...chainsOf(table).filter((one) => !builtIn.includes(one))];
  return [
    ...chains.map((one) => declaration(one, builtIn)),
    ...chains.flatMap((one) => rulesOf(table, one).map(formatAppend)),
  ];
}

export const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
};

function declaration(chain: string, builtIn: readonly string[]): string {
  return builtIn.includes(chain) ? `-P ${chain} ACCEPT` : `-N ${chain}`;
}

/** A rule as iptables prints it back. */
function formatAppend(rule: Rule): string {
  const parts = [`-A ${rule.chain}`];
  if (rule.source !== undefined) parts.push(addressText("-s", withLength(rule.source)));
  if (rule.destination !== undefined) parts.push(addressText("-d", withLength(rule.destination)));
  if (rule.protocol !== undefined) parts.push(`-p ${rule.protocol}`);
  if (rule.comment !== undefined) parts.push(`-m comment --comment "${rule.comment}"`);
  if (rule.local !== undefined) parts.push(`-m addrtype --${rule.local}-type LOCAL`);
  if (rule.recent !== undefined) parts.push(`${recentText(rule.recent)} --mask 255.255.255.255 --rsource`);
  if (rule.protocol !== undefined && (rule.destinationPort !== undefined || rule.target === "DNAT")) {
    parts.push(`-m ${rule.protocol}`);
  }
  if (rule.destinationPort !== undefined) parts.push(`--dport ${rule.destinationPort}`);
  parts.push(...endOfRule(rule));
  if (rule.target === "REJECT") parts.push("--reject-with icmp-port-unreachable");
  return parts
    .join(" ")
    .replace("MARK --or-mark 0x4000", "MARK --set-xmark 0x4000/0x4000")
    .replace("MARK --xor-mark 0x4000", "MARK --set-xmark 0x4000/0x0");
}

function endOfRule(rule: Rule): string[] {
  const parts: string[] = [];
  if (rule.ctstate !== undefined) {
    parts.push(`-m conntrack ${rule.ctstate.not ? "! " : ""}--ctstate ${rule.ctstate.states}`);
  }
  if (rule.mark !== undefined) parts.push(`-m mark ${rule.mark.not ? "! " : ""}--mark 0x4000/0x4000`);
  if (rule.oneIn !== undefined) parts.push(`-m statistic --mode random --probability ${probabilityText(rule.oneIn)}`);
  if (rule.nfacct !== undefined) parts.push(`-m nfacct --nfacct-name ${rule.nfacct}`);
  if (rule.target !== "") parts.push(`-j ${rule.target}`);
  if (rule.targetOptions !== undefined) parts.push(rule.targetOptions);
  return parts;
}

/** 1/n with ten decimals, rounded: integers only, so that every engine prints the same. */
function probabilityText(n: number): string {
  if (n === 1) return "1.0000000000";
  const digits = String(Math.floor((20_000_000_000 + n) / (2 * n)));
  return `0.${digits.padStart(10, "0")}`;
}

function recentText({ name, seconds }: NonNullable<Rule["recent"]>): string {
  return seconds === undefined
    ? `-m recent --name ${name} --set`
    : `-m recent --name ${name} --rcheck --seconds ${seconds} --reap`;
}

function addressText(flag: string, { address, not }: AddressMatch): string {
  return `${not ? "! " : ""}${flag} ${address}`;
}

function withLength({ address, not }: AddressMatch): AddressMatch {
  if (address.includes("/")) return { address: address.trim(), not };
  return { address: `${address}/${address.includes(":") ? 128 : 32}`, not };
}

function quoted(comment: string): string {
  return comment.includes(" ") ? `"${comment}"` : comment;
}

/** In code-unit order; base chains that only have a name are among them. */
export function chainsOf(table: IptablesTable): string[] {
  const chains = new Set<string>();
  for (const key of table.rules.keys()) chains.add(key.slice(0, key.indexOf("\u0000")));
  for (const rule of table.rules.values()) if (rule.target.startsWith("KUBE-")) chains.add(rule.target);
  return [...chains].sort();
}

/** `iptables -t TABLE -L [CHAIN] -n`. Null: there is no such chain. */
export function formatListing(name: string, table: IptablesTable, chain?: string): string[] | null {
  const builtIn = BUILT_IN[name] ?? [];
  const all = [...builtIn, ...chainsOf(table).filter((one) => !builtIn.includes(one))];
  if (chain !== undefined && !all.includes(chain)) return null;
  const references = new Map<string, number>();
  for (const { target } of table.rules.values()) references.set(target, (references.get(target) ?? 0) + 1);
  const lines: string[] = [];
  for (const one of chain === undefined ? all : [chain]) {
    if (lines.length > 0) lines.push("");
    lines.push(`Chain ${one} (${builtIn.includes(one) ? "policy ACCEPT" : `${references.get(one) ?? 0} references`})`);
    lines.push("target     prot opt source               destination         ");
    for (const rule of rulesOf(table, one)) lines.push(listed(rule));
  }
  return lines;
}

function listed(rule: Rule): string {
  const anywhere = "0.0.0.0/0";
  const address = (match: AddressMatch | undefined) =>
    match === undefined ? anywhere : `${match.not ? "!" : ""}${match.address.trim()}`;
  const notes: string[] = [];
  if (rule.comment !== undefined) notes.push(`/* ${rule.comment} */`);
  if (rule.local !== undefined) notes.push(`ADDRTYPE match ${rule.local}-type LOCAL`);
  if (rule.recent !== undefined) {
    const { name, seconds } = rule.recent;
    const what = seconds === undefined ? "SET" : `CHECK seconds: ${seconds} reap`;
    notes.push(`recent: ${what} name: ${name} side: source mask: 255.255.255.255`);
  }
  if (rule.destinationPort !== undefined) notes.push(`${rule.protocol} dpt:${rule.destinationPort}`);
  else if (rule.target === "DNAT") notes.push(`${rule.protocol}`);
  if (rule.ctstate !== undefined) notes.push(`${rule.ctstate.not ? "! " : ""}ctstate ${rule.ctstate.states}`);
  if (rule.mark !== undefined) notes.push(`mark match ${rule.mark.not ? "! " : ""}0x4000/0x4000`);
  if (rule.oneIn !== undefined) notes.push(`statistic mode random probability ${probabilityText(rule.oneIn)}`);
  if (rule.nfacct !== undefined) notes.push(`nfacct-name  ${rule.nfacct}`);
  if (rule.target === "MARK")
    notes.push(rule.targetOptions === "--or-mark 0x4000" ? "MARK or 0x4000" : "MARK xor 0x4000");
  if (rule.target === "DNAT") notes.push(`to:${rule.targetOptions?.slice("--to-destination ".length)}`);
  if (rule.target === "MASQUERADE" && rule.targetOptions !== undefined) notes.push("random-fully");
  if (rule.target === "REJECT") notes.push("reject-with icmp-port-unreachable");
  const columns = [
    rule.target.padEnd(10),
    (rule.protocol ?? "all").padEnd(4),
    "-- ",
    address(rule.source).padEnd(20),
    address(rule.destination).padEnd(20),
  ];
  return `${columns.join(" ")} ${notes.join(" ")}`.trimEnd();
}
