import { fnv32a } from "../../../api/hash.ts";
import { cidrContains, parseCidr, parseIp } from "../../../api/ip.ts";
import { type AddressMatch, candidateRules, type Rule, type Ruleset, type TableName } from "./rules.ts";

export interface WalkedPacket {
  readonly sourceIp: string;
  readonly destinationIp: string;
  readonly destinationPort: number;
  readonly protocol: "TCP" | "UDP" | "SCTP";
}

export interface Step {
  readonly table: TableName;
  readonly chain: string;
  readonly rule: Rule;
}

/** `pass`: no rule concerned it. `accept`: one let it through as it is. */
export interface Walk {
  readonly verdict: "deliver" | "reject" | "drop" | "accept" | "pass";
  readonly to: { readonly ip: string; readonly port: number } | null;
  /** Its source becomes the node's address. */
  readonly masqueraded: boolean;
  /** The rules that matched, in order. */
  readonly steps: readonly Step[];
}

interface Traveller {
  readonly rules: Ruleset;
  readonly packet: WalkedPacket;
  readonly protocol: string;
  readonly randomInt: (bound: number) => number;
  readonly steps: Step[];
  ip: string;
  port: number;
  translated: boolean;
  marked: boolean;
  masqueraded: boolean;
}

type Verdict = "ACCEPT" | "DROP" | "REJECT";

/** A new connection's first packet on its way through this node: nat first, then filter by its new destination. */
export function walk(rules: Ruleset, packet: WalkedPacket, randomInt: (bound: number) => number): Walk {
  const traveller: Traveller = {
    rules,
    packet,
    protocol: packet.protocol.toLowerCase(),
    randomInt,
    steps: [],
    ip: packet.destinationIp,
    port: packet.destinationPort,
    translated: false,
    marked: false,
    masqueraded: false,
  };
  const fromHere = isLocal(rules, packet.sourceIp);
  walkChain(traveller, "nat", fromHere ? "OUTPUT" : "PREROUTING");
  const filtered = walkChain(traveller, "filter", filterChain(traveller, fromHere));
  if (filtered === null || filtered === "ACCEPT") walkChain(traveller, "nat", "POSTROUTING");
  return {
    verdict: verdictOf(traveller, filtered),
    to: traveller.translated ? { ip: traveller.ip, port: traveller.port } : null,
    masqueraded: traveller.masqueraded,
    steps: traveller.steps,
  };
}

function filterChain({ rules, ip }: Traveller, fromHere: boolean): string {
  if (fromHere) return "OUTPUT";
  return isLocal(rules, ip) ? "INPUT" : "FORWARD";
}

function verdictOf({ translated, masqueraded }: Traveller, filtered: Verdict | null): Walk["verdict"] {
  if (filtered === "REJECT") return "reject";
  if (filtered === "DROP") return "drop";
  if (translated) return "deliver";
  return filtered === "ACCEPT" || masqueraded ? "accept" : "pass";
}

/** Null: the chain's end, or RETURN. */
function walkChain(traveller: Traveller, table: TableName, chain: string): Verdict | null {
  const { rules, protocol, ip, port } = traveller;
  for (const rule of candidateRules(rules[table], chain, protocol, ip, port)) {
    if (!matches(traveller, rule)) continue;
    traveller.steps.push({ table, chain, rule });
    switch (rule.target) {
      case "ACCEPT":
      case "DROP":
      case "REJECT":
        return rule.target;
      case "RETURN":
        return null;
      case "MASQUERADE":
        traveller.masqueraded = true;
        return "ACCEPT";
      case "MARK":
        traveller.marked = rule.targetOptions === "--or-mark 0x4000";
        break;
      case "DNAT":
        translate(traveller, rule.targetOptions ?? "");
        return "ACCEPT";
      case "":
        break;
      default: {
        const verdict = walkChain(traveller, table, rule.target);
        if (verdict !== null) return verdict;
      }
    }
  }
  return null;
}

function translate(traveller: Traveller, options: string): void {
  const to = options.slice("--to-destination ".length);
  const colon = to.lastIndexOf(":");
  traveller.ip = to.slice(0, colon).replace(/^\[|\]$/g, "");
  traveller.port = Number(to.slice(colon + 1));
  traveller.translated = true;
}

function matches(traveller: Traveller, rule: Rule): boolean {
  const { packet, rules } = traveller;
  if (rule.protocol !== undefined && rule.protocol !== traveller.protocol) return false;
  if (rule.destinationPort !== undefined && rule.destinationPort !== traveller.port) return false;
  if (rule.destination !== undefined && !addressMatches(rule.destination, traveller.ip)) return false;
  if (rule.source !== undefined && !addressMatches(rule.source, packet.sourceIp)) return false;
  if (rule.local !== undefined && !isLocal(rules, rule.local === "src" ? packet.sourceIp : traveller.ip)) return false;
  if (rule.mark !== undefined && traveller.marked === rule.mark.not) return false;
  if (rule.ctstate !== undefined && stateMatches(traveller, rule.ctstate.states) === rule.ctstate.not) return false;
  if (rule.recent?.seconds !== undefined && !isSticky(packet, rule.recent)) return false;
  return rule.oneIn === undefined || traveller.randomInt(rule.oneIn) === 0;
}

function stateMatches({ translated }: Traveller, states: string): boolean {
  return states.split(",").some((state) => state === "NEW" || (state === "DNAT" && translated));
}

/**
 * Session affinity without memory: the client's address alone chooses the endpoint, as if it had come before. It stays
 * the same for as long as the endpoints do.
 */
function isSticky({ sourceIp }: WalkedPacket, { index, count }: NonNullable<Rule["recent"]>): boolean {
  return index !== undefined && count !== undefined && fnv32a(sourceIp) % count === index;
}

function isLocal({ localIps }: Ruleset, ip: string): boolean {
  return localIps.includes(ip) || ip.startsWith("127.") || ip === "::1";
}

/** Of IPv4 as numbers; null: IPv6, or nothing that can be read. */
interface CompiledMatch {
  readonly network: number;
  readonly mask: number;
}

const compiled = new WeakMap<AddressMatch, CompiledMatch | null>();

function addressMatches(match: AddressMatch, ip: string): boolean {
  if (match.address === ip) return !match.not;
  if (!match.address.includes("/")) return match.not;
  let range = compiled.get(match);
  if (range === undefined) {
    range = compile(match.address.trim());
    compiled.set(match, range);
  }
  const number = range === null ? -1 : ipv4Number(ip);
  if (range !== null && number >= 0) return ((number & range.mask) >>> 0 === range.network) !== match.not;
  const cidr = parseCidr(match.address.trim());
  const address = parseIp(ip);
  return (cidr !== null && address !== null && cidrContains(cidr, address)) !== match.not;
}

function compile(text: string): CompiledMatch | null {
  const cidr = parseCidr(text);
  if (cidr === null || cidr.address.version !== 4) return null;
  const mask = cidr.prefix === 0 ? 0 : (-1 << (32 - cidr.prefix)) >>> 0;
  const network = ipv4Number(text.slice(0, text.indexOf("/")));
  return network < 0 ? null : { network: (network & mask) >>> 0, mask };
}

/** -1: no IPv4 address. */
function ipv4Number(text: string): number {
  let number = 0;
  let octet = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      number = number * 256 + octet;
      octet = 0;
      dots += 1;
    } else if (code >= 48 && code <= 57) octet = octet * 10 + code - 48;
    else return -1;
  }
  return dots === 3 ? number * 256 + octet : -1;
}
