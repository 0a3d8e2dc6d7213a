import type { Context } from "../../kernel/types.ts";
import type { PortMapping } from "./messages.ts";
import type { SandboxRecord } from "./state.ts";

/** The portmap plugin: host ports that lead to pods, in the machine's volatile state as netfilter's rules are. */
const KEY = "cni/portmap";

interface HostPort extends PortMapping {
  readonly sandbox: string;
  readonly ip: string;
  /** Of the machine. */
  readonly nodeIp: string;
}

function read(host: { get(key: string): unknown }): readonly HostPort[] {
  return (host.get(KEY) ?? []) as readonly HostPort[];
}

export function mapPorts({ host, machine }: Context, { id, ip, config }: SandboxRecord): void {
  const { portMappings = [] } = config;
  if (portMappings.length === 0) return;
  const ports = portMappings.map((mapping) => Object.freeze({ ...mapping, sandbox: id, ip, nodeIp: machine.ip }));
  host.set(KEY, Object.freeze([...read(host), ...ports]));
}

export function unmapPorts({ host }: Context, id: string): void {
  const ports = read(host);
  if (ports.some(({ sandbox }) => sandbox === id))
    host.set(KEY, Object.freeze(ports.filter(({ sandbox }) => sandbox !== id)));
}

interface Packet {
  readonly destinationIp: string;
  readonly destinationPort: number;
  readonly protocol: string;
  readonly loopback: boolean;
}

/** Where a packet to one of the machine's own addresses goes; null: it is for no host port. */
export function hostPortTarget(
  get: (key: string) => unknown,
  { destinationIp, destinationPort, protocol, loopback }: Packet,
): { readonly ip: string; readonly port: number } | null {
  const address = loopback ? "127.0.0.1" : destinationIp;
  const found = read({ get }).find(
    (port) =>
      port.hostPort === destinationPort &&
      port.protocol === protocol &&
      destinationIp === port.nodeIp &&
      (port.hostIp === "" || port.hostIp === address),
  );
  return found === undefined ? null : { ip: found.ip, port: found.containerPort };
}
