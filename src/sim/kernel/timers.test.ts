import { describe, expect, it } from "vitest";
import { restore, takeCheckpoint, worldHash } from "./checkpoint.ts";
import type { Component } from "./types.ts";
import { createWorld, type World } from "./world.ts";

interface State {
  rounds: number;
  rung: number[];
  late: number[];
}
type Message = { type: "round" } | { type: "ring"; round: number };

/** Each round sets two timers and clears one at once; it also clears one that has gone off long ago. */
const clock: Component<State, Message> = {
  kind: "clock",
  start(context) {
    context.setTimer(10, { type: "round" });
    return { rounds: 0, rung: [], late: [] };
  },
  step(state, message, context) {
    if (message.type === "ring") state.rung.push(message.round);
    if (message.type !== "round") return;
    state.rounds += 1;
    state.late.push(context.setTimer(5, { type: "ring", round: state.rounds }));
    context.clearTimer(context.setTimer(1_000, { type: "ring", round: -state.rounds }));
    const old = state.late[state.late.length - 2];
    if (old !== undefined) context.clearTimer(old);
    if (state.rounds < 2_000) context.setTimer(10, { type: "round" });
  },
};

function clockWorld(): World {
  const info = { name: "a", ip: "10.0.0.1", zone: "", role: "worker", cpuMillicores: 1, memoryBytes: 1, extra: {} };
  const boot = [{ name: "clock@a", kind: "clock", args: null }];
  return createWorld(
    { components: new Map([[clock.kind, clock as unknown as Component<never, never>]]), routePacket: null },
    { seed: 1, epochWallUs: 0, machines: [{ info: info as never, boot, bootUs: 0, fsyncUs: 1, files: {} }] },
  );
}

function processOf(world: World) {
  return [...world.state.processes.values()][0]!;
}

describe("timers", () => {
  it("go off once unless they were cleared, however many were", () => {
    const world = clockWorld();
    world.advance(100_000);
    const { rung } = processOf(world).state as State;
    expect(rung).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 1));
  });

  it("that had gone off before they were cleared are forgotten in time", () => {
    const world = clockWorld();
    world.advance(100_000);
    expect(processOf(world).cancelled.size).toBeLessThan(512);
  });

  it("stay cleared across a checkpoint", () => {
    const world = clockWorld();
    world.advance(5_005);
    const there = restore(world.code, takeCheckpoint(world));
    world.advance(100_000);
    there.advance(100_000);
    expect(worldHash(there)).toBe(worldHash(world));
    expect((processOf(there).state as State).rung.every((round) => round > 0)).toBe(true);
  });
});
