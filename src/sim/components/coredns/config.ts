import { parseGoDuration } from "../../api/duration.ts";
import { parseCidr } from "../../api/ip.ts";
import type { Directive, ServerBlock } from "./corefile.ts";
import { DNS_PORT } from "./messages.ts";
import { fullName } from "./names.ts";
import type { ZoneOptions } from "./zone.ts";

/** What the first server block asks for. */
export interface DnsConfig {
  readonly port: number;
  readonly zone: string;
  readonly kubernetes: ZoneOptions | null;
  readonly reverseZones: readonly string[];
  /** Zones whose unknown names go on to the next plugin; "" for all. */
  readonly fallthrough: readonly string[];
  /** Zones that are asked of others. */
  readonly forward: readonly string[];
  /** Of plugin `hosts`: name -> addresses. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  readonly logs: boolean;
  readonly health: { readonly port: number; readonly lameduckUs: number } | null;
  readonly readyPort: number | null;
  readonly reloads: boolean;
  readonly shuffles: boolean;
}

export function dnsConfig(blocks: readonly ServerBlock[]): DnsConfig {
  const { keys, plugins } = blocks[0] ?? { keys: [".:53"], plugins: [] };
  const named = (name: string) => plugins.find((plugin) => plugin.name === name);
  const [zone = ".", port = "53"] = (keys[0] ?? ".:53").replace(/^dns:\/\//, "").split(":");
  const kubernetes = named("kubernetes");
  const zones = (kubernetes?.args.length ? kubernetes.args : [zone]).map(fullName);
  const forward = plugins.filter(({ name }) => name === "forward").map(({ args }) => fullName(args[0] ?? "."));
  const health = named("health");
  const ready = named("ready");
  const through = kubernetes === undefined ? undefined : sub(kubernetes, "fallthrough");
  return Object.freeze({
    port: Number(port) || DNS_PORT,
    zone: fullName(zone),
    kubernetes: kubernetes === undefined ? null : zoneOptions(kubernetes, zones),
    reverseZones: Object.freeze(zones.flatMap(reverseZone)),
    fallthrough: Object.freeze(
      through === undefined ? [] : through.args.length === 0 ? ["."] : through.args.map(fullName),
    ),
    forward: Object.freeze(forward),
    hosts: hostsOf(named("hosts")),
    logs: named("log") !== undefined,
    health:
      health === undefined
        ? null
        : {
            port: portOf(health.args[0], 8080),
            lameduckUs: parseGoDuration(sub(health, "lameduck")?.args[0] ?? "0s") ?? 0,
          },
    readyPort: ready === undefined ? null : portOf(ready.args[0], 8181),
    reloads: named("reload") !== undefined,
    shuffles: named("loadbalance") !== undefined,
  });
}

function sub(directive: Directive, name: string): Directive | undefined {
  return directive.block.find((one) => one.name === name);
}

function portOf(address: string | undefined, otherwise: number): number {
  return Number(address?.slice(address.lastIndexOf(":") + 1)) || otherwise;
}

function zoneOptions(kubernetes: Directive, zones: readonly string[]): ZoneOptions {
  const pods = sub(kubernetes, "pods")?.args[0];
  return Object.freeze({
    zone: zones.find((zone) => !zone.endsWith(".arpa.") && !zone.includes("/")) ?? "cluster.local.",
    pods: pods === "insecure" || pods === "verified" ? pods : "disabled",
    ttl: Number(sub(kubernetes, "ttl")?.args[0] ?? 5),
    namespaces: Object.freeze([...(sub(kubernetes, "namespaces")?.args ?? [])]),
    ignoreEmptyService: sub(kubernetes, "ignore")?.args[0] === "empty_service",
    endpointPodNames: sub(kubernetes, "endpoint_pod_names") !== undefined,
  });
}

/** `in-addr.arpa.` as it is; `10.96.0.0/16` becomes its reverse zone. */
function reverseZone(zone: string): string[] {
  if (zone.endsWith(".arpa.")) return [zone];
  const cidr = parseCidr(zone.replace(/\.$/, ""));
  if (cidr === null || cidr.address.version !== 4) return [];
  const octets = zone
    .split("/")[0]!
    .split(".")
    .slice(0, Math.max(1, Math.trunc(cidr.prefix / 8)));
  return [`${octets.reverse().join(".")}.in-addr.arpa.`];
}

function hostsOf(directive: Directive | undefined): Readonly<Record<string, readonly string[]>> {
  const hosts: Record<string, string[]> = {};
  for (const { name: ip, args } of directive?.block ?? []) {
    if (!/^[0-9a-f:.]*\d[0-9a-f:.]*$/i.test(ip) || ip === "ttl") continue;
    for (const name of args) hosts[fullName(name).toLowerCase()] = [...(hosts[fullName(name).toLowerCase()] ?? []), ip];
  }
  return hosts;
}
