import { describe, expect, it } from "vitest";
import { topologyByName } from "../../sim/cluster/topology.ts";
import { SessionHost } from "../host.ts";
import { podViews } from "./pods.ts";

const SINGLE = topologyByName("single") as NonNullable<ReturnType<typeof topologyByName>>;

function pod(name: string, phase: string, state: object): Parameters<typeof podViews>[1][number] {
  return {
    metadata: { namespace: "default", name, uid: name },
    spec: { nodeName: "control-plane-1", containers: [{ name: "work" }] },
    status: { phase, containerStatuses: [{ name: "work", ready: phase === "Running", restartCount: 0, state }] },
  };
}

const PODS = [
  pod("done", "Succeeded", { terminated: { exitCode: 0, reason: "Completed" } }),
  pod("broken", "Failed", { terminated: { exitCode: 3, reason: "Error" } }),
  pod("busy", "Running", { running: {} }),
];

describe("pods on the stage", () => {
  const session = new SessionHost().startBooting(SINGLE, 1);
  session.advance(1_000_000);
  const shown = () =>
    podViews(session.world, PODS, new Map()).views.map(({ name, state, status }) => [name, state, status]);

  it("tell what has ended from what runs", () => {
    expect(shown()).toEqual([
      ["done", "succeeded", "Completed"],
      ["broken", "failed", "Error"],
      ["busy", "not ready", "Running"],
    ]);
  });

  it("that have ended stay so when their node is lost; what ran there is unknown", () => {
    session.do({ type: "break", fault: "power-off", target: "control-plane-1", parameters: {} });
    expect(shown().map(([name, state]) => [name, state])).toEqual([
      ["done", "succeeded"],
      ["broken", "failed"],
      ["busy", "lost"],
    ]);
  });
});
