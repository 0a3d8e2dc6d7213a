import { endOfPrefix, Table } from "../../../kernel/table.ts";

/** One rule of netfilter as data: what the text is printed from and what a packet walks through. */
export interface Rule {
  readonly chain: string;
  readonly comment?: string | undefined;
  /** `-m addrtype --src-type LOCAL` or `--dst-type LOCAL`. */
  readonly local?: "src" | "dst" | undefined;
  /** Session affinity. `seconds`: rcheck of the endpoint `index` of `count`; absent: set. */
  readonly recent?:
    | { readonly name: string; readonly seconds?: number; readonly index?: number; readonly count?: number }
    | undefined;
  readonly protocol?: string | undefined;
  readonly destination?: AddressMatch | undefined;
  readonly destinationPort?: number | undefined;
  readonly source?: AddressMatch | undefined;
  readonly ctstate?: { readonly states: string; readonly not: boolean } | undefined;
  /** The masquerade mark, 0x4000. */
  readonly mark?: { readonly not: boolean } | undefined;
  /** One packet in this many. */
  readonly oneIn?: number | undefined;
  readonly nfacct?: string | undefined;
  /** A chain or a built-in target; "" counts only. */
  readonly target: string;
  readonly targetOptions?: string | undefined;
}

export interface AddressMatch {
  /** Address or CIDR, as kube-proxy writes it. */
  readonly address: string;
  readonly not: boolean;
}

export type TableName = "nat" | "filter";

/** One table of the kernel. Frozen once it is in the host's state; the next sync puts a copy there that shares all but what changed. */
export interface IptablesTable {
  /** `chain NUL order` -> rule: a chain is a range of keys. */
  readonly rules: Table<Rule>;
  /** `chain|protocol|destination|port` -> keys of the rules that name just these, in long chains. */
  readonly index: Table<readonly string[]>;
}

export interface Ruleset {
  readonly nat: IptablesTable;
  readonly filter: IptablesTable;
  /** The node's own addresses: what `LOCAL` means. */
  readonly localIps: readonly string[];
}

/** Keys of the host's state. */
export const NAT_KEY = "iptables/nat";
export const FILTER_KEY = "iptables/filter";
export const LOCAL_KEY = "iptables/local";

/** Chains with a rule per service port: looked up, not walked. */
export const LONG_CHAINS: ReadonlySet<string> = new Set([
  "KUBE-SERVICES",
  "KUBE-NODEPORTS",
  "KUBE-EXTERNAL-SERVICES",
  "KUBE-PROXY-FIREWALL",
]);

/** Orders of rules that stand behind all services'. */
export const LAST = "~";

export function createTable(): IptablesTable {
  return { rules: new Table<Rule>(), index: new Table<readonly string[]>() };
}

export function copyTable({ rules, index }: IptablesTable): IptablesTable {
  return Object.freeze({ rules: rules.copy(), index: index.copy() });
}

export function ruleKey(chain: string, order: string): string {
  return `${chain}\u0000${order}`;
}

export function indexKey(chain: string, protocol: string, destination: string, port: number): string {
  return `${chain}|${protocol}|${destination}|${port}`;
}

/** Gives the rule's key. */
export function addRule(table: IptablesTable, order: string, rule: Rule): string {
  const key = ruleKey(rule.chain, order);
  table.rules.set(key, Object.freeze(rule));
  const entry = indexOf(rule, order);
  if (entry !== null) {
    table.index.set(entry, Object.freeze([...(table.index.get(entry) ?? []).filter((one) => one !== key), key].sort()));
  }
  return key;
}

export function removeRule(table: IptablesTable, key: string): void {
  const rule = table.rules.get(key);
  if (rule === undefined) return;
  table.rules.delete(key);
  const entry = indexOf(rule, key.slice(rule.chain.length + 1));
  if (entry === null) return;
  const left = (table.index.get(entry) ?? []).filter((one) => one !== key);
  if (left.length === 0) table.index.delete(entry);
  else table.index.set(entry, Object.freeze(left));
}

function indexOf(rule: Rule, order: string): string | null {
  if (!LONG_CHAINS.has(rule.chain) || order.startsWith(LAST)) return null;
  const { protocol, destination, destinationPort } = rule;
  const single = destination !== undefined && !destination.not && !destination.address.includes("/");
  return indexKey(rule.chain, protocol ?? "", single ? destination.address : "", destinationPort ?? 0);
}

const chains = new WeakMap<IptablesTable, Map<string, readonly Rule[]>>();

/** The rules of a chain in order; of a table that will not change any more they are looked up once. */
export function rulesOf(table: IptablesTable, chain: string): readonly Rule[] {
  if (!Object.isFrozen(table)) return readChain(table, chain);
  let known = chains.get(table);
  if (known === undefined) {
    known = new Map();
    chains.set(table, known);
  }
  let rules = known.get(chain);
  if (rules === undefined) {
    rules = readChain(table, chain);
    known.set(chain, rules);
  }
  return rules;
}

function readChain(table: IptablesTable, chain: string): Rule[] {
  const rules: Rule[] = [];
  const prefix = ruleKey(chain, "");
  table.rules.range(prefix, endOfPrefix(prefix), (_key, rule) => {
    rules.push(rule);
  });
  return rules;
}

/** Those of a long chain that may concern a packet, in order; all of a short one. */
export function candidateRules(
  table: IptablesTable,
  chain: string,
  protocol: string,
  destination: string,
  port: number,
): readonly Rule[] {
  if (!LONG_CHAINS.has(chain)) return rulesOf(table, chain);
  const exact = table.index.get(indexKey(chain, protocol, destination, port)) ?? [];
  const anywhere = table.index.get(indexKey(chain, protocol, "", port)) ?? [];
  const keys = anywhere.length === 0 ? exact : [...exact, ...anywhere].sort();
  const rules = keys.map((key) => table.rules.get(key)!);
  const from = ruleKey(chain, LAST);
  table.rules.range(from, endOfPrefix(ruleKey(chain, "")), (_key, rule) => {
    rules.push(rule);
  });
  return rules;
}
