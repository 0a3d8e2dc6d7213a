import type { Condition, Node } from "../../lib/types.ts";

export type ZoneState = "Initial" | "Normal" | "PartialDisruption" | "FullDisruption";

/** Share of nodes that must not be ready for a zone to count as partly disrupted. */
export const UNHEALTHY_ZONE_THRESHOLD = 0.55;
export const LARGE_ZONE_NODES = 50;
/** Nodes a second. */
export const EVICTION_RATE = 0.1;
export const SECONDARY_EVICTION_RATE = 0.01;

/** `region/zone`; "" when the node has neither label. */
export function zoneOf(node: Node): string {
  const labels = node.metadata?.labels ?? {};
  const region = labels["topology.kubernetes.io/region"] ?? labels["failure-domain.beta.kubernetes.io/region"] ?? "";
  const zone = labels["topology.kubernetes.io/zone"] ?? labels["failure-domain.beta.kubernetes.io/zone"] ?? "";
  return region === "" && zone === "" ? "" : `${region}/${zone}`;
}

/** ComputeZoneState: `conditions` are the nodes' Ready conditions, null where a node has none. */
export function zoneState(
  conditions: readonly (Pick<Condition, "status"> | null | undefined)[],
  threshold = UNHEALTHY_ZONE_THRESHOLD,
): { readonly notReady: number; readonly state: ZoneState } {
  const notReady = conditions.filter((condition) => condition?.status !== "True").length;
  return { notReady, state: stateOfCounts(conditions.length - notReady, notReady, threshold) };
}

export function stateOfCounts(ready: number, notReady: number, threshold = UNHEALTHY_ZONE_THRESHOLD): ZoneState {
  if (ready === 0 && notReady > 0) return "FullDisruption";
  if (notReady > 2 && notReady / (notReady + ready) >= threshold) return "PartialDisruption";
  return "Normal";
}

/** How fast nodes of a zone get NoExecute taints, in nodes a second. */
export function evictionRate(
  nodes: number,
  state: ZoneState,
  rate = EVICTION_RATE,
  secondaryRate = SECONDARY_EVICTION_RATE,
  largeZone = LARGE_ZONE_NODES,
): number {
  if (state !== "PartialDisruption") return rate;
  return nodes > largeZone ? secondaryRate : 0;
}

export interface ZoneTransition {
  readonly states: ReadonlyMap<string, ZoneState>;
  /** Every zone is down now: taints go and evictions stop, since it is probably this side that is cut off. */
  readonly masterDisruption: "entered" | "left" | "none";
}

/** handleDisruption, as far as states go. */
export function nextZoneStates(
  previous: ReadonlyMap<string, ZoneState>,
  computed: ReadonlyMap<string, ZoneState>,
): ZoneTransition {
  const allAre = every(computed);
  const known = new Map([...computed.keys()].map((zone) => [zone, previous.get(zone) ?? ("Initial" as const)]));
  const allWere = every(known);
  if (allAre && allWere) return { states: known, masterDisruption: "none" };
  return { states: computed, masterDisruption: allAre ? "entered" : allWere && computed.size > 0 ? "left" : "none" };
}

function every(states: ReadonlyMap<string, ZoneState>): boolean {
  for (const state of states.values()) if (state !== "FullDisruption") return false;
  return true;
}
