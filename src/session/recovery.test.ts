import { describe, expect, it } from "vitest";
import { CLUSTER_CODE } from "../sim/cluster/code.ts";
import { topologyByName } from "../sim/cluster/topology.ts";
import type { Component } from "../sim/kernel/types.ts";
import { SimulationError, type WorldCode } from "../sim/kernel/world.ts";
import { SessionHost } from "./host.ts";
import { Pacer } from "./pacing.ts";
import { Recovery } from "./recovery.ts";
import type { Session } from "./session.ts";

const single = topologyByName("single") as NonNullable<ReturnType<typeof topologyByName>>;

/** The laptop's console fails at its first input, or by itself when it has counted to `limit`. */
function failingCode(limit: number): WorldCode {
  const bomb: Component<{ count: number; readonly open: Map<number, unknown> }, never> = {
    kind: "console",
    start(context) {
      context.setTimer(1_000_000, { type: "tick" } as never);
      return { count: 0, open: new Map() };
    },
    step(state, message: { readonly type: string }, context) {
      state.count += 1;
      if (message.type === "input" || state.count === limit) throw new Error("too much");
      context.setTimer(1_000_000, { type: "tick" } as never);
    },
  };
  return { ...CLUSTER_CODE, components: new Map([...CLUSTER_CODE.components, [bomb.kind, bomb as never]]) };
}

function host(limit: number): { host: SessionHost; session: Session; recovery: Recovery; pacer: Pacer } {
  const made = new SessionHost(failingCode(limit));
  const pacer = new Pacer(made, () => 0);
  made.keeper = pacer;
  const recovery = new Recovery(made);
  return { host: made, session: made.startBooting(single, 9), recovery, pacer };
}

function fail(session: Session, untilUs: number): unknown {
  try {
    session.advance(untilUs);
  } catch (error) {
    return error;
  }
  throw new Error("Nothing failed.");
}

describe("an exception in the world", () => {
  it("that an input set off is gone with the input, and is told with all that reproduces it", () => {
    const { session, recovery } = host(1_000);
    session.advance(2_500_000);
    session.do({ type: "console", machine: "laptop", input: { type: "removeFile", path: "/x" } });
    const error = fail(session, 3_000_000);
    expect(error).toBeInstanceOf(SimulationError);
    const { text, detail } = recovery.recover(error);
    expect(text).toContain("failed at 2.500 s");
    expect(detail).toMatch(/^topology single, seed 9\n.*console@laptop failed at 2500000 us/);
    expect(detail).toContain('"path":"/x"');
    expect(recovery.stopped).toBe(false);
    expect(session.nowUs).toBeLessThan(2_500_000);
    session.advance(10_000_000);
    expect(session.nowUs).toBe(10_000_000);
  });

  it("that comes back at the same place does not loop for ever", () => {
    const { session, recovery } = host(5);
    const texts: string[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) texts.push(recovery.recover(fail(session, 60_000_000)).text);
    expect(recovery.stopped).toBe(true);
    expect(texts[2]).toContain("time stands still");
    session.rewindTo(0, true);
    expect(recovery.stopped).toBe(false);
  });

  it("stops whatever was being hurried to", async () => {
    const { session, recovery, pacer } = host(5);
    const slept = pacer.pass(60_000_000, new AbortController().signal);
    recovery.recover(fail(session, 60_000_000));
    expect(await slept).toBe(false);
    expect(pacer.skippingTo).toBe(null);
  });
});
