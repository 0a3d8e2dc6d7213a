import { milliValue } from "../../../../api/quantity.ts";
import type { EventToRecord } from "../../../../machinery/event-recorder.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Node, Service } from "../../lib/types.ts";
import type { AddressType, Endpoint } from "./endpoint.ts";
import { endpointsOf, type SliceChange, withEndpoints } from "./reconcile.ts";

/**
 * Which zone's clients an endpoint is meant for (pkg topologycache and trafficdist). `auto`, by annotation, shares the
 * endpoints out by the zones' processors; `close`, by `trafficDistribution`, gives each its own zone.
 */
export type HintsMode = "auto" | "close" | "none";

/** Zone -> how many endpoints are meant for it. */
export type EndpointsByZone = Readonly<Record<string, number>>;

export interface HintsMemory {
  /** Zone -> its share of the cluster's processors. Null: the nodes do not say enough, or are all in one zone. */
  cpuShares: Readonly<Record<string, number>> | null;
  /** Service -> address type -> what was shared out. */
  readonly hinted: Map<string, Readonly<Partial<Record<AddressType, EndpointsByZone>>>>;
}

type Told = Pick<EventToRecord, "type" | "reason" | "message">;

export interface Hinted {
  readonly changes: readonly SliceChange[];
  readonly event: Told | null;
}

const ANNOTATIONS = ["service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"] as const;
const ZONE_LABEL = "topology.kubernetes.io/zone";
const CONTROL_PLANE_LABELS = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"] as const;
/** An endpoint may get so much more than its share. */
const OVERLOAD = 0.2;

export function hintsMode(service: Service): HintsMode {
  const annotations = service.metadata?.annotations ?? {};
  const mode = ANNOTATIONS.map((name) => annotations[name]).find((value) => value !== undefined);
  if (mode === "Auto" || mode === "auto") return "auto";
  return service.spec?.trafficDistribution === "PreferClose" ? "close" : "none";
}

/** SetNodes: ready workers count. One of them without zone or processors, and nothing can be said. */
export function cpuSharesOf(nodes: readonly Node[]): HintsMemory["cpuShares"] {
  const milliByZone: Record<string, number> = {};
  let total = 0;
  for (const node of nodes) {
    const labels = node.metadata?.labels ?? {};
    if (CONTROL_PLANE_LABELS.some((label) => labels[label] !== undefined)) continue;
    if (conditionOf(node.status?.conditions, "Ready")?.status !== "True") continue;
    const zone = labels[ZONE_LABEL] ?? "";
    const milli = milliValue(node.status?.allocatable?.cpu);
    if (zone === "" || milli === 0) return null;
    milliByZone[zone] = (milliByZone[zone] ?? 0) + milli;
    total += milli;
  }
  const zones = Object.keys(milliByZone).sort();
  if (zones.length < 2) return null;
  return Object.freeze(Object.fromEntries(zones.map((zone) => [zone, milliByZone[zone]! / total])));
}

/** GetOverloadedServices: those whose hints do not suit the nodes any more. */
export function overloadedServices({ cpuShares, hinted }: HintsMemory): string[] {
  const isOverloaded = (byZone: EndpointsByZone): boolean => {
    const total = Object.values(byZone).reduce((sum, count) => sum + count, 0);
    if (cpuShares === null) return true;
    return Object.entries(cpuShares).some(
      ([zone, share]) => (byZone[zone] ?? -1) < Math.ceil(total * share * (1 / (1 + OVERLOAD))),
    );
  };
  return [...hinted].filter(([, byType]) => Object.values(byType).some(isOverloaded)).map(([key]) => key);
}

/** The changes with the hints that the service asks for; `memory` notes what was shared out. */
export function withHints(
  service: Service,
  key: string,
  addressType: AddressType,
  changes: readonly SliceChange[],
  memory: HintsMemory,
): Hinted {
  const mode = hintsMode(service);
  if (mode === "auto") return shareOut(key, addressType, changes, memory);
  const had = memory.hinted.has(key);
  forget(memory, key, addressType);
  const event = had ? disabled("Topology Aware Hints has been disabled", addressType) : null;
  return { changes: changes.map((change) => hintEach(change, mode === "close" ? ownZone : nowhere)), event };
}

function ownZone(endpoint: Endpoint): string | null {
  return endpoint.conditions.ready && endpoint.zone ? endpoint.zone : null;
}

function nowhere(): null {
  return null;
}

/** `zoneOf` says for whom an endpoint is; a slice that says so already stays as it is. */
function hintEach(change: SliceChange, zoneOf: (endpoint: Endpoint) => string | null): SliceChange {
  const before = endpointsOf(change);
  const after = before.map((endpoint) => hinted(endpoint, zoneOf(endpoint)));
  return after.some((endpoint, index) => endpoint !== before[index]) ? withEndpoints(change, after) : change;
}

/** The same object where nothing changes. */
function hinted(endpoint: Endpoint, zone: string | null): Endpoint {
  const held = endpoint.hints?.forZones;
  if (zone === null) {
    if (endpoint.hints === undefined) return endpoint;
    const { hints: _, ...rest } = endpoint;
    return rest;
  }
  return held?.length === 1 && held[0]?.name === zone
    ? endpoint
    : { ...endpoint, hints: { forZones: [{ name: zone }] } };
}

function forget(memory: HintsMemory, key: string, addressType: AddressType): void {
  const { [addressType]: _, ...rest } = memory.hinted.get(key) ?? {};
  if (Object.keys(rest).length === 0) memory.hinted.delete(key);
  else memory.hinted.set(key, Object.freeze(rest));
}

interface Allocation {
  readonly maximum: number;
  readonly desired: number;
}

/** AddHints. */
function shareOut(key: string, addressType: AddressType, changes: readonly SliceChange[], memory: HintsMemory): Hinted {
  const live = changes.filter(({ action }) => action !== "delete");
  const total = live.flatMap(endpointsOf).filter(({ conditions }) => conditions.ready).length;
  const allocations = allocate(memory.cpuShares, total);
  const giveUp = (why: string): Hinted => {
    forget(memory, key, addressType);
    return { changes: changes.map((change) => hintEach(change, nowhere)), event: disabled(why, addressType) };
  };
  if (typeof allocations === "string") return giveUp(allocations);
  const { open, byZone } = keepSuitable(changes, allocations);
  const loose = changes.filter((change) => open.has(change)).flatMap(endpointsOf);
  const ready = loose.filter(({ conditions }) => conditions.ready);
  if (ready.some(({ zone }) => !zone)) return giveUp("One or more endpoints do not have a zone specified");
  for (const { zone = "" } of ready) byZone[zone] = (byZone[zone] ?? 0) + 1;
  const moved = redistribute(ready, allocations, byZone);
  for (const [endpoint, zone] of moved) {
    byZone[zone] = (byZone[zone] ?? 0) + 1;
    byZone[endpoint.zone ?? ""] = (byZone[endpoint.zone ?? ""] ?? 0) - 1;
  }
  if (Object.keys(byZone).length === 0) return giveUp("No hints allocated for zones");
  const isNew = !memory.hinted.has(key);
  memory.hinted.set(key, Object.freeze({ ...memory.hinted.get(key), [addressType]: Object.freeze(byZone) }));
  return {
    changes: changes.map((change) =>
      open.has(change) ? hintEach(change, (endpoint) => moved.get(endpoint) ?? ownZone(endpoint)) : change,
    ),
    event: isNew ? enabled(addressType) : null,
  };
}

/** getAllocations: how many endpoints each zone should have, or why that cannot be. */
function allocate(shares: HintsMemory["cpuShares"], total: number): ReadonlyMap<string, Allocation> | string {
  if (shares === null)
    return "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes";
  const zones = Object.entries(shares);
  const counts = `(${total} endpoints, ${zones.length} zones)`;
  if (zones.length > total) return `Insufficient number of endpoints ${counts}`;
  const rows = zones.map(([zone, share]) => {
    const minimum = Math.ceil(share * total * (1 / (1 + OVERLOAD)));
    return { zone, minimum, desired: Math.max(share * total, minimum) };
  });
  const spare = total - rows.reduce((sum, { minimum }) => sum + minimum, 0);
  if (spare < 0) {
    const what = "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold";
    return `${what} ${counts}`;
  }
  return new Map(rows.map(({ zone, minimum, desired }) => [zone, { maximum: minimum + spare, desired }]));
}

/** getAllocatedHintsByZone: slices that nothing else changes keep their hints while those fit; all others are open. */
function keepSuitable(
  changes: readonly SliceChange[],
  allocations: ReadonlyMap<string, Allocation>,
): { readonly open: ReadonlySet<SliceChange>; readonly byZone: Record<string, number> } {
  const open = new Set<SliceChange>();
  const byZone: Record<string, number> = {};
  for (const change of changes) {
    if (change.action === "delete") continue;
    const own = change.action === "keep" ? hintsOf(change, byZone, allocations) : null;
    if (own === null) open.add(change);
    else for (const [zone, count] of Object.entries(own)) byZone[zone] = (byZone[zone] ?? 0) + count;
  }
  return { open, byZone };
}

function hintsOf(
  change: SliceChange,
  taken: EndpointsByZone,
  allocations: ReadonlyMap<string, Allocation>,
): EndpointsByZone | null {
  const own: Record<string, number> = {};
  for (const { conditions, hints } of endpointsOf(change)) {
    if (!conditions.ready) continue;
    if (hints === undefined || hints.forZones.length === 0) return null;
    for (const { name } of hints.forZones) own[name] = (own[name] ?? 0) + 1;
  }
  const fits = ([zone, count]: [string, number]): boolean =>
    count + (taken[zone] ?? 0) <= (allocations.get(zone)?.maximum ?? -1);
  return Object.entries(own).every(fits) ? own : null;
}

/** Endpoints that serve another zone than their own, since that has too few. */
function redistribute(
  ready: readonly Endpoint[],
  allocations: ReadonlyMap<string, Allocation>,
  byZone: EndpointsByZone,
): ReadonlyMap<Endpoint, string> {
  const { giving, receiving } = transfers(allocations, byZone);
  const moved = new Map<Endpoint, string>();
  for (const endpoint of ready) {
    const from = endpoint.zone ?? "";
    if ((giving[from] ?? 0) === 0) continue;
    const to = Object.keys(receiving).find((zone) => receiving[zone]! > 0);
    if (to === undefined) break;
    giving[from]! -= 1;
    receiving[to]! -= 1;
    moved.set(endpoint, to);
  }
  return moved;
}

/** getGivingAndReceivingZones: whole endpoints, from where most are too many to where most are missing. */
function transfers(
  allocations: ReadonlyMap<string, Allocation>,
  byZone: EndpointsByZone,
): { readonly giving: Record<string, number>; readonly receiving: Record<string, number> } {
  const excess: Record<string, number> = {};
  for (const [zone, { desired }] of allocations) excess[zone] = (byZone[zone] ?? 0) - desired;
  const giving: Record<string, number> = {};
  const receiving: Record<string, number> = {};
  for (;;) {
    const [from, surplus] = most(excess, 1);
    const [to, lack] = most(excess, -1);
    if ((surplus < 1 && lack < 1) || surplus < 0.5 || lack < 0.5) return { giving, receiving };
    giving[from] = (giving[from] ?? 0) + 1;
    receiving[to] = (receiving[to] ?? 0) + 1;
    excess[from]! -= 1;
    excess[to]! += 1;
  }
}

function most(excess: EndpointsByZone, sign: 1 | -1): readonly [zone: string, amount: number] {
  let best: readonly [string, number] = ["", 0];
  for (const [zone, amount] of Object.entries(excess)) if (amount * sign > best[1]) best = [zone, amount * sign];
  return best;
}

function disabled(why: string, addressType: AddressType): Told {
  return { type: "Warning", reason: "TopologyAwareHintsDisabled", message: `${why}, addressType: ${addressType}` };
}

function enabled(addressType: AddressType): Told {
  const message = `Topology Aware Hints has been enabled, addressType: ${addressType}`;
  return { type: "Normal", reason: "TopologyAwareHintsEnabled", message };
}
