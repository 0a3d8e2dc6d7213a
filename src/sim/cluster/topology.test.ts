import { describe, expect, it } from "vitest";
import { parseTime } from "../api/time.ts";
import { createCluster } from "./cluster.ts";
import { CLUSTER_CODE } from "./code.ts";
import { epochWallUsOf, parseTopology, topologyByName } from "./topology.ts";

const CONTROL_PLANE = { name: "a", role: "control-plane" };
const file = (rest: object) => JSON.stringify({ machines: [CONTROL_PLANE], ...rest });

describe("a topology file", () => {
  it("names machines; what it leaves out is usual", () => {
    const topology = parseTopology(file({ name: "mine" }));
    expect(topology.name).toBe("mine");
    expect(topology.machines).toMatchObject([{ name: "a", zone: "zone-a", cpuMillicores: 4_000 }]);
    expect(epochWallUsOf(topology)).toBe(parseTime("2026-11-20T09:00:00Z"));
  });

  it("with several control planes gets a load balancer", () => {
    const machines = ["a", "b", "c"].map((name) => ({ name, role: "control-plane" }));
    const topology = parseTopology(JSON.stringify({ machines }));
    expect(topology.machines.map(({ role }) => role)).toEqual(["load-balancer", ...Array(3).fill("control-plane")]);
    expect(topology.kubernetes.etcdMembers).toBe(3);
  });

  it("says when its clocks begin", () => {
    const topology = parseTopology(file({ epoch: "2030-01-01T00:00:00+02:00" }));
    const { epochWallUs } = createCluster(CLUSTER_CODE, topology, 1).state;
    expect(epochWallUs).toBe(parseTime("2029-12-31T22:00:00Z"));
  });

  it.each([
    ["no JSON", "{", "The topology file is not valid JSON."],
    ["no machines", "{}", 'A topology file is a JSON object with a list "machines".'],
    ["no control plane", '{"machines":[{"name":"w"}]}', 'at least one machine of role "control-plane"'],
    ["two of a name", file({ machines: [CONTROL_PLANE, CONTROL_PLANE] }), "Two machines of the topology"],
    ["a bad name", file({ machines: [{ name: "A" }] }), "Machine 1 of the topology needs a name"],
    ["a bad role", file({ machines: [{ ...CONTROL_PLANE, role: "king" }] }), 'has role "king"'],
    ["no size", file({ machines: [{ ...CONTROL_PLANE, cpu: -1 }] }), "Machine a: cpu must be a number above 0."],
    ["an unknown setting", file({ kubernetes: { colour: 1 } }), 'There is no setting "colour"'],
    ["too many members", file({ kubernetes: { etcdMembers: 2 } }), "etcdMembers must be between 1 and"],
    ["no time", file({ epoch: "noon" }), "The epoch must be a time such as 2026-11-20T09:00:00Z"],
    ["a time before clocks", file({ epoch: "1492-10-12T00:00:00Z" }), "between the years 1971 and 9000"],
    ["a number for a time", file({ epoch: 5 }), "The epoch must be a time"],
  ])("is refused for %s", (_why, text, sentence) => {
    expect(() => parseTopology(text)).toThrow(sentence);
  });

  it("named single, basic or ha ships", () => {
    expect(["single", "basic", "ha"].map((name) => topologyByName(name)?.machines.length)).toEqual([1, 4, 9]);
  });
});
