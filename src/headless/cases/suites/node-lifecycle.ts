import { parseGoDuration } from "../../../sim/api/duration.ts";
import { parseTime } from "../../../sim/api/time.ts";
import {
  conditionTaints,
  expiredConditions,
} from "../../../sim/components/kube-controller-manager/controllers/node-lifecycle/health.ts";
import {
  evictionRate,
  nextZoneStates,
  type ZoneState,
  zoneOf,
  zoneState,
} from "../../../sim/components/kube-controller-manager/controllers/node-lifecycle/zones.ts";
import type { Condition, Node } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { allOf, expectSame, expectSameSet, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly readyConditions: readonly (Condition | null)[];
  readonly unhealthyZoneThreshold: number;
  readonly nodes: readonly Node[];
  readonly node: Node;
  readonly laterStatuses?: readonly Node["status"][];
  readonly laterStatus?: Node["status"];
  readonly secondPassAfter?: string;
  readonly now: string;
  readonly gracePeriod: string;
  readonly startupGracePeriod?: string;
  readonly nodesInZone: number;
  readonly zoneState: ZoneState;
  readonly evictionRate: number;
  readonly secondaryRate: number;
  readonly largeClusterThreshold: number;
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "zone-state": ({ readyConditions, unhealthyZoneThreshold }, expected) =>
    expectSame(zoneState(readyConditions, unhealthyZoneThreshold), expected),
  "zone-transitions": ({ nodes, laterStatuses }, { first, then }) => {
    const before = nextZoneStates(new Map(), statesOf(nodes)).states;
    const later = nodes.map((node, index) => ({ ...node, status: laterStatuses?.[index] ?? node.status ?? {} }));
    const after = nextZoneStates(before, statesOf(later)).states;
    return allOf(expectSame(Object.fromEntries(before), first), expectSame(Object.fromEntries(after), then));
  },
  "condition-taints": ({ node }, { taints }) => expectSameSet(conditionTaints(node), taints as unknown[]),
  "stale-heartbeat": (input, { conditions }) =>
    expectSame(
      input.nodes.map((node) => afterPasses(node, input) ?? []),
      (conditions as (unknown[] | null)[]).map((held) => held ?? []),
    ),
  "eviction-rate": (input, { rate }) =>
    expectSame(
      evictionRate(
        input.nodesInZone,
        input.zoneState,
        input.evictionRate,
        input.secondaryRate,
        input.largeClusterThreshold,
      ),
      rate,
    ),
};

function statesOf(nodes: readonly Node[]): Map<string, ZoneState> {
  const byZone = new Map<string, (Condition | undefined)[]>();
  for (const node of nodes) {
    const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
    byZone.set(zoneOf(node), [...(byZone.get(zoneOf(node)) ?? []), ready]);
  }
  return new Map([...byZone].map(([zone, conditions]) => [zone, zoneState(conditions).state]));
}

/** A node's conditions after a pass at `now`, and a second one when time has passed and its status has been replaced. */
function afterPasses(node: Node, input: Input): readonly Condition[] | undefined {
  const now = parseTime(input.now) ?? 0;
  const graceUs = parseGoDuration(input.gracePeriod) ?? 0;
  const startupGraceUs = parseGoDuration(input.startupGracePeriod ?? input.gracePeriod) ?? 0;
  const createdUs = parseTime(node.metadata?.creationTimestamp ?? "") ?? now;
  const isReported = readyOf(node.status) !== undefined;
  const first = isReported || createdUs + startupGraceUs >= now ? null : expiredConditions(node, now);
  const held: Node = first === null ? node : { ...node, status: { ...node.status, conditions: first } };
  const laterUs = input.secondPassAfter === undefined ? null : parseGoDuration(input.secondPassAfter);
  if (laterUs === null) return held.status?.conditions;
  const next: Node = input.laterStatus ? { ...held, status: input.laterStatus } : held;
  const isAlive = readyOf(next.status)?.lastHeartbeatTime !== readyOf(held.status)?.lastHeartbeatTime;
  if (isAlive || laterUs <= graceUs) return next.status?.conditions;
  return expiredConditions(next, now + laterUs) ?? next.status?.conditions;
}

function readyOf(status: Node["status"]): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

/** Zones, heart-beats and taints of nodes. */
export const nodeLifecycle: Suite = { name: "node-lifecycle", run: (recorded) => ask(ANSWERS, recorded) };
