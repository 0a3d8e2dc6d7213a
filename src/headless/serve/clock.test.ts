import { afterEach, expect, it } from "vitest";
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
