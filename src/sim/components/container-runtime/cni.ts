import type { Context, MachineInfo } from "../../kernel/types.ts";
import type { RuntimeState } from "./state.ts";
import { remove, write } from "./store.ts";

/** The bridge plugin with host-local IPAM (containernetworking/plugins): round robin through the node's range. */
const CONFIG_DIRECTORY = "/etc/cni/net.d/";
const NETWORKS = "/var/lib/cni/networks/";

export interface CniConfig {
  readonly name: string;
  readonly type: string;
  /** From the plugin's own config; null: the node's pod CIDR, as the kubelet says it. */
  readonly subnet: string | null;
}

/** The first config in `/etc/cni/net.d`, or null: `cni plugin not initialized`. */
export function readCniConfig(context: Context): CniConfig | null {
  for (const path of context.disk.list(CONFIG_DIRECTORY)) {
    if (!/\.(conflist|conf|json)$/.test(path)) continue;
    const config = parseCniConfig(context, context.disk.read(path));
    if (config !== null) return config;
  }
  return null;
}

/** Cache: what files say. */
const parsed = new WeakMap<object, CniConfig>();

/** Cache, by the machine: what the text that was read last says. */
const parsedTexts = new WeakMap<MachineInfo, { readonly text: string; readonly config: CniConfig | null }>();

function parseCniConfig({ machine }: Context, file: unknown): CniConfig | null {
  if (typeof file === "object" && file !== null) {
    const known = parsed.get(file);
    if (known !== undefined) return known;
    const { data, text } = file as { data?: unknown; text?: unknown };
    const config = readConfig(data) ?? parseText(text);
    if (config !== null) parsed.set(file, config);
    return config;
  }
  if (typeof file !== "string") return null;
  const last = parsedTexts.get(machine);
  if (last?.text === file) return last.config;
  const config = parseText(file);
  parsedTexts.set(machine, { text: file, config });
  return config;
}

function parseText(text: unknown): CniConfig | null {
  if (typeof text !== "string") return null;
  try {
    return readConfig(JSON.parse(text));
  } catch {
    return null;
  }
}

interface PluginConfig {
  readonly type?: string;
  readonly ipam?: { readonly subnet?: string; readonly ranges?: readonly (readonly { readonly subnet?: string }[])[] };
}

function readConfig(value: unknown): CniConfig | null {
  if (typeof value !== "object" || value === null) return null;
  const config = value as { readonly name?: string; readonly plugins?: readonly PluginConfig[] } & PluginConfig;
  const plugin = config.plugins?.[0] ?? config;
  const subnet = plugin.ipam?.subnet ?? plugin.ipam?.ranges?.[0]?.[0]?.subnet ?? null;
  const fixed = subnet !== null && /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(subnet);
  return { name: config.name ?? "cni0", type: plugin.type ?? "bridge", subnet: fixed ? subnet : null };
}

/** Whether pods can get addresses now; the text is the runtime's `NetworkReady=false` message. */
export function networkProblem(state: RuntimeState, context: Context): string | null {
  const config = readCniConfig(context);
  if (config === null || (config.subnet ?? state.podCidr) === "") return "cni plugin not initialized";
  return null;
}

export type AddressResult = { readonly ip: string } | { readonly error: string };

/** CNI ADD: the next free address after the last one given out; `.1` is the gateway. */
export function allocateAddress(state: RuntimeState, context: Context, sandboxId: string): AddressResult {
  const config = readCniConfig(context);
  if (config === null) return { error: "cni plugin not initialized" };
  const range = rangeOf(config.subnet ?? state.podCidr);
  if (range === null) return { error: "cni plugin not initialized" };
  const last = state.lastAddress === "" ? range.first - 1 : toNumber(state.lastAddress);
  const count = range.last - range.first + 1;
  for (let i = 1; i <= count; i++) {
    const offset = (((last - range.first + i) % count) + count) % count;
    const ip = toText(range.first + offset);
    if (state.addresses.has(ip)) continue;
    state.addresses.set(ip, sandboxId);
    state.lastAddress = ip;
    write(state, context, `${NETWORKS}${config.name}/${ip}`, `${sandboxId}\neth0`);
    write(state, context, `${NETWORKS}${config.name}/last_reserved_ip.0`, ip);
    return { ip };
  }
  const set = `${toText(range.first)}-${toText(range.last)}`;
  return {
    error: `plugin type="${config.type}" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${set}`,
  };
}

/** CNI DEL. */
export function releaseAddress(state: RuntimeState, context: Context, ip: string, sandboxId: string): void {
  if (state.addresses.get(ip) !== sandboxId) return;
  state.addresses.delete(ip);
  const config = readCniConfig(context);
  if (config !== null) remove(state, context, `${NETWORKS}${config.name}/${ip}`);
}

export function loadAddresses(state: RuntimeState, context: Context): void {
  for (const path of context.disk.list(NETWORKS)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const value = context.disk.read(path);
    if (typeof value !== "string") continue;
    if (name === "last_reserved_ip.0") state.lastAddress = value;
    else state.addresses.set(name, value.split("\n")[0] ?? "");
  }
}

function rangeOf(cidr: string): { readonly first: number; readonly last: number } | null {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr);
  if (match === null) return null;
  const size = powerOfTwo(32 - Number(match[2]));
  const base = Math.floor(toNumber(match[1] as string) / size) * size;
  return { first: base + 2, last: base + size - 2 };
}

function toNumber(ip: string): number {
  return ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / powerOfTwo(shift)) % 256).join(".");
}

function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power *= 2;
  return power;
}
