import { describe, expect, it } from "vitest";
import type { Node } from "../../lib/types.ts";
import type { Endpoint } from "./endpoint.ts";
import { cpuSharesOf, type HintsMemory, overloadedServices, withHints } from "./hints.ts";
import { endpointsOf, type SliceChange } from "./reconcile.ts";

const AUTO = { metadata: { name: "web", annotations: { "service.kubernetes.io/topology-mode": "Auto" } } };
const CLOSE = { metadata: { name: "web" }, spec: { trafficDistribution: "PreferClose" } };

/** `aab` are three ready endpoints of the zones a and b; capitals are not ready, `-` has no zone. */
function endpoints(zones: string): Endpoint[] {
  return [...zones].map((letter, index) => ({
    addresses: [`10.0.0.${index}`],
    conditions: { ready: letter === letter.toLowerCase(), serving: true, terminating: false },
    ...(letter === "-" ? {} : { zone: letter.toLowerCase() }),
  }));
}

function memoryOf(cpuShares: HintsMemory["cpuShares"]): HintsMemory {
  return { cpuShares, hinted: new Map() };
}

function create(zones: string): SliceChange {
  return { action: "create", ports: [], endpoints: endpoints(zones) };
}

function hintsOf(changes: readonly SliceChange[]): string {
  return changes
    .map((change) =>
      endpointsOf(change)
        .map(({ hints }) => hints?.forZones[0]?.name ?? ".")
        .join(""),
    )
    .join(" ");
}

describe("hints by annotation", () => {
  const shared: readonly (readonly [shares: Record<string, number>, zones: string, hints: string])[] = [
    [{ a: 0.5, b: 0.5 }, "ab", "ab"],
    [{ a: 0.5, b: 0.5 }, "aaab", "baab"],
    [{ a: 0.5, b: 0.5 }, "aAb", "a.b"],
    [{ a: 0.25, b: 0.75 }, "aabb", "babb"],
    [{ a: 0.4, b: 0.4, c: 0.2 }, "aaaaa", "bbcaa"],
  ];
  it.each(shared)("shares %j: endpoints in %s are for %s", (shares, zones, hints) => {
    const memory = memoryOf(shares);
    const { changes, event } = withHints(AUTO, "default/web", "IPv4", [create(zones)], memory);
    expect(hintsOf(changes)).toBe(hints);
    expect(event?.reason).toBe("TopologyAwareHintsEnabled");
    expect(withHints(AUTO, "default/web", "IPv4", [create(zones)], memory).event).toBeNull();
  });

  const refused: readonly (readonly [shares: HintsMemory["cpuShares"], zones: string, why: string])[] = [
    [
      null,
      "ab",
      "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4",
    ],
    [{ a: 0.5, b: 0.5 }, "a", "Insufficient number of endpoints (1 endpoints, 2 zones), addressType: IPv4"],
    [{ a: 0.5, b: 0.5 }, "a-", "One or more endpoints do not have a zone specified, addressType: IPv4"],
    [
      { a: 0.5, b: 0.5 },
      "abb",
      "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 2 zones), addressType: IPv4",
    ],
  ];
  it.each(refused)("shares %j: endpoints in %s get none: %s", (shares, zones, why) => {
    const { changes, event } = withHints(AUTO, "default/web", "IPv4", [create(zones)], memoryOf(shares));
    expect(hintsOf(changes)).toBe(".".repeat(zones.length));
    expect(event).toEqual({ type: "Warning", reason: "TopologyAwareHintsDisabled", message: why });
  });

  it("leaves a slice alone whose hints still fit, and takes them off when the annotation goes", () => {
    const memory = memoryOf({ a: 0.5, b: 0.5 });
    const [made] = withHints(AUTO, "default/web", "IPv4", [create("aaab")], memory).changes;
    const slice = { addressType: "IPv4", endpoints: endpointsOf(made!) };
    const kept: SliceChange = { action: "keep", slice };
    expect(withHints(AUTO, "default/web", "IPv4", [kept], memory).changes).toEqual([kept]);
    const without = withHints({ metadata: { name: "web" } }, "default/web", "IPv4", [kept], memory);
    expect(hintsOf(without.changes)).toBe("....");
    expect(without.changes[0]?.action).toBe("update");
    expect(without.event?.message).toBe("Topology Aware Hints has been disabled, addressType: IPv4");
    expect(memory.hinted.size).toBe(0);
  });
});

it("PreferClose means each ready endpoint for its own zone", () => {
  expect(hintsOf(withHints(CLOSE, "default/web", "IPv4", [create("aB-b")], memoryOf(null)).changes)).toBe("a..b");
});

describe("shares of zones", () => {
  const node = (zone: string, cpu: string, label?: string, ready = "True"): Node => ({
    metadata: { labels: { "topology.kubernetes.io/zone": zone, ...(label === undefined ? {} : { [label]: "" }) } },
    status: { allocatable: { cpu }, conditions: [{ type: "Ready", status: ready }] },
  });

  it("are those of ready workers' processors", () => {
    const nodes = [node("a", "2"), node("b", "1500m"), node("b", "500m"), node("b", "8", undefined, "False")];
    expect(cpuSharesOf([...nodes, node("c", "4", "node-role.kubernetes.io/control-plane")])).toEqual({
      a: 0.5,
      b: 0.5,
    });
    expect(cpuSharesOf([node("a", "2")])).toBeNull();
    expect(cpuSharesOf([...nodes, node("", "2")])).toBeNull();
  });

  it("decide which services must be looked at again", () => {
    const memory = memoryOf({ a: 0.5, b: 0.5 });
    withHints(AUTO, "default/web", "IPv4", [create("ab")], memory);
    expect(overloadedServices(memory)).toEqual([]);
    memory.cpuShares = { a: 0.2, b: 0.2, c: 0.6 };
    expect(overloadedServices(memory)).toEqual(["default/web"]);
  });
});
