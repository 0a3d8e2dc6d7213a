import { afterEach, describe, expect, it } from "vitest";
import { createApiDoor } from "../../session/doors.ts";
import { SessionHost } from "../../session/host.ts";
import { topologyByName } from "../../sim/cluster/topology.ts";
import { Clock } from "./clock.ts";

let clock: Clock | null = null;

afterEach(() => clock?.stop());

it("hurries while a client waits, and never comes to a fraction of a microsecond", async () => {
  const host = new SessionHost();
  host.start(topologyByName("single")!, 1);
  // A wall clock as they are: with fractions that no power of two divides.
  let nowMs = 0;
  clock = new Clock(host, 0.001, () => {
    nowMs += 0.0371;
    return nowMs;
  });
  const door = createApiDoor(() => host.session);
  const signal = new AbortController().signal;
  const ask = { method: "GET", path: "/api/v1/nodes", headers: {}, body: "" };
  for (let count = 0; count < 5; count += 1) {
    expect(await door.request(ask, { signal })).toMatchObject({ status: 200 });
    expect(Number.isInteger(host.session.nowUs)).toBe(true);
  }
});

describe("at speed 1", () => {
  const ask = { method: "GET", path: "/api/v1/nodes", headers: {}, body: "" };

  it("hurries ahead of the wall clock by no more than about a second, and gives it back", async () => {
    const host = new SessionHost();
    host.start(topologyByName("single")!, 1);
    const startUs = host.session.nowUs;
    const wall = { ms: 0, perReading: 0.001 };
    const leadMs = () => (host.session.nowUs - startUs) / 1000 - wall.ms;
    clock = new Clock(host, 1, () => {
      wall.ms += wall.perReading;
      return wall.ms;
    });
    const door = createApiDoor(() => host.session);
    const signal = new AbortController().signal;
    for (let count = 0; count < 2_000 && leadMs() < 1_000; count += 1) await door.request(ask, { signal });
    expect(leadMs()).toBeGreaterThanOrEqual(1_000);
    // From now on no hurry: the wall clock must go on for an answer to come.
    wall.perReading = 0.1;
    for (let count = 0; count < 5; count += 1) await door.request(ask, { signal });
    expect(leadMs()).toBeLessThan(1_150);
    const before = leadMs();
    wall.perReading = 20;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(leadMs()).toBeLessThan(before);
  });

  it("catches up with the wall clock after this computer stood still", async () => {
    const host = new SessionHost();
    host.start(topologyByName("single")!, 1);
    const startUs = host.session.nowUs;
    const wall = { ms: 0, perReading: 0 };
    const leadMs = () => (host.session.nowUs - startUs) / 1000 - wall.ms;
    clock = new Clock(host, 1, () => {
      wall.ms += wall.perReading;
      return wall.ms;
    });
    wall.ms += 3_000;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(leadMs()).toBeCloseTo(-2_750, -1);
    wall.perReading = 200;
    for (let count = 0; count < 400 && leadMs() < -500; count += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(leadMs()).toBeGreaterThanOrEqual(-500);
  });
});
