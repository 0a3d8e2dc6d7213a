import { walk } from "./iptables/packet-walk.ts";
import { FILTER_KEY, type IptablesTable, LOCAL_KEY, NAT_KEY, type Ruleset } from "./iptables/rules.ts";

/** A new connection's first packet, as the kernel's network asks about it. */
export interface Packet {
  readonly sourceIp: string;
  readonly destinationIp: string;
  readonly destinationPort: number;
  readonly protocol: "TCP" | "UDP";
  readonly fromPod: boolean;
}

export type RouteVerdict =
  | { readonly verdict: "pass" }
  | { readonly verdict: "deliver"; readonly ip: string; readonly port: number; readonly hops?: readonly string[] }
  | { readonly verdict: "reject" }
  | { readonly verdict: "drop" };

const PASS: RouteVerdict = Object.freeze({ verdict: "pass" });

/** Where the rules in a machine's state send a packet. `read` gives the machine's state by key. */
export function routePacket(
  read: (key: string) => unknown,
  packet: Packet,
  randomInt: (bound: number) => number,
): RouteVerdict {
  const rules = readRuleset(read);
  if (rules === null) return PASS;
  const { verdict, to, steps } = walk(rules, packet, randomInt);
  switch (verdict) {
    case "deliver":
      return { verdict, ip: to!.ip, port: to!.port, hops: steps.map(({ chain }) => chain) };
    case "reject":
    case "drop":
      return { verdict };
    default:
      return PASS;
  }
}

/** The rules as the host's state holds them; null before kube-proxy first wrote them. */
export function readRuleset(read: (key: string) => unknown): Ruleset | null {
  const nat = read(NAT_KEY) as IptablesTable | undefined;
  const filter = read(FILTER_KEY) as IptablesTable | undefined;
  if (nat === undefined || filter === undefined) return null;
  return { nat, filter, localIps: (read(LOCAL_KEY) ?? []) as readonly string[] };
}
