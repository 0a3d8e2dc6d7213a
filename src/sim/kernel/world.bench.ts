import type { Benchmark } from "../../headless/benchmark.ts";
import type { Component } from "./types.ts";
import { createWorld } from "./world.ts";

const ticker: Component<{ ticks: number }, { type: "tick" }> = {
  kind: "ticker",
  start(context) {
    for (let index = 0; index < 1_000; index += 1) context.setTimer(1 + context.random.int(1_000), { type: "tick" });
    return { ticks: 0 };
  },
  step(state, message, context) {
    if (message.type !== "tick") return;
    state.ticks += 1;
    context.setTimer(1 + ((state.ticks * 7919) % 1_000), message);
  },
};

const kernel: Benchmark = {
  name: "kernel: trivial events, 1,000 in flight",
  goal: ">= 4,000,000 events/s",
  run({ nowMs }) {
    const world = createWorld(
      { components: new Map([[ticker.kind, ticker as unknown as Component<never, never>]]), routePacket: null },
      {
        seed: 1,
        epochWallUs: 0,
        machines: [
          {
            info: { name: "a", ip: "10.0.0.1", zone: "", role: "worker", cpuMillicores: 1, memoryBytes: 1, extra: {} },
            boot: [{ name: "ticker@a", kind: "ticker", args: null }],
            bootUs: 0,
            fsyncUs: 1,
            files: {},
          },
        ],
      },
    );
    world.advance(100_000_000, 500_000);
    const startMs = nowMs();
    const events = world.advance(Number.MAX_SAFE_INTEGER, 4_000_000);
    const perSecond = Math.round((events / (nowMs() - startMs)) * 1000);
    return { reached: `${(perSecond / 1_000_000).toFixed(2)} M events/s`, held: perSecond >= 4_000_000 };
  },
};

export default kernel;
