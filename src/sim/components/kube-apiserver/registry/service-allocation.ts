import { decodeBase64, encodeBase64 } from "../../../api/base64.ts";
import { invalid as invalidField } from "../../../api/field-errors.ts";
import { randomUid } from "../../../api/hash.ts";
import { cidrContains, parseCidr, parseIp } from "../../../api/ip.ts";
import { type ApiObject, deepFreeze, type Status } from "../../../api/object.ts";
import { invalid } from "../../../api/status-errors.ts";
import { formatTime } from "../../../api/time.ts";
import type { Context } from "../../../kernel/types.ts";
import type { Compare, TxnOperation, TxnResponse } from "../../etcd/messages.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { modEquals } from "./etcd-client.ts";
import { lookup } from "./lookup.ts";
import { estimateSize } from "./size.ts";

/**
 * Addresses and ports of Services. Upstream writes IPAddress objects and a port bitmap before the Service and repairs
 * what a crash leaves behind; here all of it is one transaction, which leaves the same keys.
 */
export interface Companions {
  readonly compare: readonly Compare[];
  readonly success: readonly TxnOperation[];
  /** Read when a comparison fails, so that the next try knows better. */
  readonly failure: readonly TxnOperation[];
}

export interface Refused {
  readonly refusal: Status;
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly nodePort?: number;
}

interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ports?: readonly ServicePort[];
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly [field: string]: unknown;
}

const RANGE_KEY = "/registry/ranges/servicenodeports";

function isService({ kind }: Exchange): boolean {
  return kind.resource === "services" && kind.group === "";
}

function specOf(service: ApiObject): ServiceSpec {
  return (service.spec ?? {}) as ServiceSpec;
}

/** Chooses what the new Service is to have and puts it in the draft. Null: not a Service, or nothing to choose. */
export function companionsOfCreate(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
): Companions | Refused | null {
  if (!isService(exchange)) return null;
  exchange.unallocated ??= exchange.draft;
  return allocate(state, exchange, context, exchange.unallocated!, null);
}

/** The same for a change of the Service `current` into the draft. */
export function companionsOfUpdate(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  current: ApiObject,
): Companions | Refused | null {
  return isService(exchange) ? allocate(state, exchange, context, exchange.draft!, current) : null;
}

export function companionsOfRemoval(state: ApiServerState, exchange: Exchange, current: ApiObject): Companions | null {
  if (!isService(exchange)) return null;
  const plan = newPlan();
  releaseIps(plan, addressesOf(specOf(current)));
  changePorts(state, exchange, plan, [], portsOf(specOf(current)));
  return plan;
}

interface Plan {
  readonly compare: Compare[];
  readonly success: TxnOperation[];
  readonly failure: TxnOperation[];
}

function newPlan(): Plan {
  return { compare: [], success: [], failure: [] };
}

function isRefused(value: ServiceSpec | Refused): value is Refused {
  return "refusal" in value;
}

function allocate(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  service: ApiObject,
  current: ApiObject | null,
): Companions | Refused | null {
  const plan = newPlan();
  const before = current === null ? {} : specOf(current);
  const withIp = chooseAddress(state, exchange, context, plan, specOf(service), before);
  if (isRefused(withIp)) return withIp;
  const withPorts = choosePorts(state, exchange, context, withIp, before);
  if (isRefused(withPorts)) return withPorts;
  const spec = withPorts;
  exchange.draft = deepFreeze({ ...service, spec });
  releaseIps(
    plan,
    addressesOf(before).filter((ip) => !addressesOf(spec).includes(ip)),
  );
  const had = portsOf(before);
  const has = portsOf(spec);
  changePorts(
    state,
    exchange,
    plan,
    has.filter((port) => !had.includes(port)),
    had.filter((port) => !has.includes(port)),
  );
  return plan.compare.length + plan.success.length === 0 ? null : plan;
}

function addressesOf({ clusterIP }: ServiceSpec): string[] {
  return clusterIP === undefined || clusterIP === "" || clusterIP === "None" ? [] : [clusterIP];
}

function portsOf({ ports }: ServiceSpec): number[] {
  return (ports ?? []).map(({ nodePort }) => nodePort ?? 0).filter((port) => port > 0);
}

function chooseAddress(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  plan: Plan,
  spec: ServiceSpec,
  before: ServiceSpec,
): ServiceSpec | Refused {
  if (spec.type === "ExternalName") return without(spec, ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]);
  const family = { ipFamilies: ["IPv4"], ipFamilyPolicy: spec.ipFamilyPolicy ?? "SingleStack" };
  const wanted =
    spec.clusterIP || spec.clusterIPs?.[0] || (before.type === "ExternalName" ? "" : (before.clusterIP ?? ""));
  if (wanted === "None") return { ...spec, clusterIP: "None", clusterIPs: ["None"], ...family };
  if (wanted !== "" && wanted === before.clusterIP)
    return { ...spec, clusterIP: wanted, clusterIPs: [wanted], ...family };
  const address = wanted === "" ? randomAddress(state, context) : wanted;
  const problem = addressProblem(state, address);
  if (problem !== "") {
    const error = invalidField("spec.clusterIPs", [address], `failed to allocate IP ${address}: ${problem}`);
    return { refusal: invalid(exchange.kind, exchange.name, [error]) };
  }
  const object = ipAddressObject(exchange, context, address);
  const key = `/registry/ipaddresses/${address}`;
  plan.compare.push(modEquals(key, 0));
  plan.success.push({ op: "put", key, value: { data: object, sizeBytes: estimateSize(object) } });
  return { ...spec, clusterIP: address, clusterIPs: [address], ...family };
}

function without(spec: ServiceSpec, fields: readonly string[]): ServiceSpec {
  const kept: Record<string, unknown> = {};
  for (const key in spec) if (!fields.includes(key)) kept[key] = spec[key];
  return kept as ServiceSpec;
}

function addressProblem(state: ApiServerState, address: string): string {
  const range = state.flags.serviceClusterIpRange;
  const ip = parseIp(address);
  const cidr = parseCidr(range);
  if (ip === null || cidr === null || !cidrContains(cidr, ip)) {
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range}`;
  }
  return lookup(state, "ipaddresses.networking.k8s.io", "", address) === undefined
    ? ""
    : "provided IP is already allocated";
}

/** Random from the upper band; the lower one is kept for those who ask for an address by name. */
function randomAddress(state: ApiServerState, context: Context): string {
  const [base, bits] = state.flags.serviceClusterIpRange.split("/") as [string, string];
  const size = 1 << (32 - Number(bits));
  const band = Math.min(Math.max(16, Math.floor(size / 16)), 256);
  const first = base.split(".").reduce((value, part) => value * 256 + Number(part), 0);
  const usable = size - 1 - band;
  const start = context.random.int(Math.max(1, usable));
  for (let step = 0; step < usable; step += 1) {
    const address = dotted(first + band + ((start + step) % usable));
    if (lookup(state, "ipaddresses.networking.k8s.io", "", address) === undefined) return address;
  }
  return dotted(first + 1);
}

function dotted(value: number): string {
  return [16_777_216, 65_536, 256, 1].map((place) => Math.floor(value / place) % 256).join(".");
}

function ipAddressObject(exchange: Exchange, context: Context, address: string): ApiObject {
  return deepFreeze({
    kind: "IPAddress",
    apiVersion: "networking.k8s.io/v1",
    metadata: {
      name: address,
      uid: randomUid((bound) => context.random.int(bound)),
      creationTimestamp: formatTime(context.wallUs()),
      labels: {
        "ipaddress.kubernetes.io/ip-family": "IPv4",
        "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
      },
    },
    spec: {
      parentRef: { group: "", resource: "services", namespace: exchange.request.namespace, name: exchange.name },
    },
  });
}

function releaseIps(plan: Plan, addresses: readonly string[]): void {
  for (const address of addresses) plan.success.push({ op: "deleteRange", key: `/registry/ipaddresses/${address}` });
}

function choosePorts(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  spec: ServiceSpec,
  before: ServiceSpec,
): ServiceSpec | Refused {
  const wants =
    spec.type === "NodePort" || (spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false);
  const ports = spec.ports ?? [];
  if (!wants) {
    if (spec.type === "LoadBalancer" || ports.every(({ nodePort }) => nodePort === undefined || nodePort === 0))
      return spec;
    // Given back by whoever changes the type to ClusterIP.
    return { ...spec, ports: ports.map(({ nodePort: _, ...port }) => port) };
  }
  const [low, high] = state.flags.serviceNodePortRange.split("-").map(Number) as [number, number];
  const used = usedPorts(state);
  const own = portsOf(before);
  const chosen: ServicePort[] = [];
  for (const [index, port] of ports.entries()) {
    const explicit = port.nodePort ?? 0;
    // A port that keeps its number or protocol keeps its node port.
    const kept = (before.ports ?? []).find(
      (old) => old.port === port.port && (old.protocol ?? "TCP") === (port.protocol ?? "TCP"),
    )?.nodePort;
    if (explicit === 0 && kept !== undefined && kept > 0) {
      chosen.push({ ...port, nodePort: kept });
      continue;
    }
    if (explicit !== 0) {
      const shared = chosen.some(
        (other) => other.nodePort === explicit && (other.protocol ?? "TCP") !== (port.protocol ?? "TCP"),
      );
      const problem = own.includes(explicit) || shared ? "" : portProblem(explicit, low, high, used);
      if (problem !== "") {
        return {
          refusal: invalid(exchange.kind, exchange.name, [
            invalidField(`spec.ports[${index}].nodePort`, explicit, problem),
          ]),
        };
      }
      used.add(explicit);
      chosen.push(port);
      continue;
    }
    const nodePort = randomPort(context, low, high, used);
    used.add(nodePort);
    chosen.push({ ...port, nodePort });
  }
  return { ...spec, ports: chosen };
}

function portProblem(port: number, low: number, high: number, used: ReadonlySet<number>): string {
  if (port < low || port > high)
    return `provided port is not in the valid range. The range of valid ports is ${low}-${high}`;
  return used.has(port) ? "provided port is already allocated" : "";
}

function randomPort(context: Context, low: number, high: number, used: ReadonlySet<number>): number {
  const size = high - low + 1;
  const band = Math.min(Math.max(16, Math.floor(size / 32)), 128);
  const upper = size - band;
  const start = context.random.int(upper);
  for (let step = 0; step < upper; step += 1) {
    const port = low + band + ((start + step) % upper);
    if (!used.has(port)) return port;
  }
  for (let port = low; port < low + band; port += 1) if (!used.has(port)) return port;
  return low;
}

/** The bitmap as stored: bit n stands for the n-th port of the range. */
function usedPorts(state: ApiServerState): Set<number> {
  const low = Number(state.flags.serviceNodePortRange.split("-")[0]);
  const bytes = decodeBase64(state.nodePorts?.data ?? "") ?? [];
  const used = new Set<number>();
  bytes.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit += 1) if ((byte >> bit) & 1) used.add(low + index * 8 + bit);
  });
  return used;
}

function changePorts(
  state: ApiServerState,
  exchange: Exchange,
  plan: Plan,
  added: readonly number[],
  released: readonly number[],
): void {
  exchange.nodePorts = null;
  if (added.length + released.length === 0) return;
  const [low, high] = state.flags.serviceNodePortRange.split("-").map(Number) as [number, number];
  const bytes = new Array<number>(Math.ceil((high - low + 1) / 8)).fill(0);
  const used = usedPorts(state);
  for (const port of added) used.add(port);
  for (const port of released) used.delete(port);
  for (const port of used) bytes[(port - low) >> 3]! |= 1 << ((port - low) & 7);
  const data = encodeBase64(bytes);
  const object = deepFreeze({
    kind: "RangeAllocation",
    apiVersion: "v1",
    metadata: {},
    range: state.flags.serviceNodePortRange,
    data,
  });
  exchange.nodePorts = data;
  plan.compare.push(modEquals(RANGE_KEY, state.nodePorts?.modRevision ?? 0));
  plan.success.push({ op: "put", key: RANGE_KEY, value: { data: object, sizeBytes: estimateSize(object) } });
  plan.failure.push({ op: "range", key: RANGE_KEY });
}

/** After a failed comparison: what the range is now. */
export function rememberRange(state: ApiServerState, txn: TxnResponse): void {
  for (const response of txn.responses) {
    const pair = response.op === "range" ? response.kvs[0] : undefined;
    if (pair?.key !== RANGE_KEY) continue;
    state.nodePorts = { modRevision: pair.modRevision, data: (pair.value.data as { data: string }).data };
  }
}

/** After a write that changed it. */
export function rangeWritten(state: ApiServerState, exchange: Exchange, revision: number): void {
  if (exchange.nodePorts !== null) state.nodePorts = { modRevision: revision, data: exchange.nodePorts };
}
