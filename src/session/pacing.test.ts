import { beforeEach, describe, expect, it } from "vitest";
import { topologyByName } from "../sim/cluster/topology.ts";
import { SessionHost } from "./host.ts";
import { Pacer } from "./pacing.ts";

const single = topologyByName("single") as NonNullable<ReturnType<typeof topologyByName>>;

let nowMs: number;
let host: SessionHost;
let pacer: Pacer;

beforeEach(() => {
  nowMs = 0;
  host = new SessionHost();
  pacer = new Pacer(host, () => nowMs);
  host.keeper = pacer;
  host.startBooting(single, 1);
});

function ticks(count: number, everyMs: number): void {
  for (let tick = 0; tick < count; tick += 1) {
    nowMs += everyMs;
    pacer.tick();
  }
}

describe("pacing", () => {
  it("maps wall time to virtual time by the speed, and loses no fraction", () => {
    ticks(100, 10);
    expect(host.session.nowUs).toBe(1_000_000);
    pacer.speed = 1 / 1000;
    ticks(1_000, 1);
    expect(host.session.nowUs).toBe(1_001_000);
    pacer.speed = 1 / 4096;
    ticks(4_096, 1);
    expect(host.session.nowUs).toBe(1_002_000);
  });

  it("does not make up for a time when the page was away", () => {
    nowMs += 60_000;
    pacer.tick();
    expect(host.session.nowUs).toBe(250_000);
  });

  it("stands still while paused, and hurries nevertheless when somebody asked for it", async () => {
    pacer.playing = false;
    ticks(10, 100);
    expect(host.session.nowUs).toBe(0);
    const passed = pacer.pass(5_000_000, new AbortController().signal);
    ticks(1, 10);
    expect(await passed).toBe(true);
    expect([host.session.nowUs, pacer.skippingTo]).toEqual([5_000_000, null]);
    pacer.skipTo(1_000_000);
    expect(pacer.skippingTo).toBe(null);
  });

  it("cuts long work into slices of 8 ms", () => {
    let reads = 0;
    const slow = new Pacer(host, () => (reads++ === 0 ? 0 : reads * 3));
    slow.skipTo(600_000_000);
    slow.tick();
    expect(host.session.nowUs).toBeGreaterThan(0);
    expect(host.session.nowUs).toBeLessThan(600_000_000);
  });

  it("forgets what it hurried to when time is moved, and when it is interrupted", async () => {
    host.session.advance(2_000_000);
    pacer.skipTo(9_000_000);
    host.session.rewindTo(1_000_000, false);
    expect(pacer.skippingTo).toBe(null);
    const controller = new AbortController();
    const passed = pacer.pass(1_000_000_000, controller.signal);
    controller.abort();
    expect(await passed).toBe(false);
    expect(pacer.skippingTo).toBe(null);
  });

  it("runs no faster than ten times while a command waits", () => {
    pacer.speed = 1_000;
    void host.session.sleep(10_000_000_000);
    ticks(1, 10);
    expect(host.session.nowUs).toBe(100_000);
    expect(pacer.report).toEqual({ rate: 10, text: "a command waits for its answer" });
  });

  it("runs no slower than life while a command waits, and says when paused time keeps it waiting", () => {
    pacer.speed = 1 / 1_000;
    void host.session.sleep(10_000_000_000);
    ticks(1, 10);
    expect(host.session.nowUs).toBe(10_000);
    expect(pacer.report).toEqual({ rate: 1, text: "a command waits for its answer" });
    pacer.playing = false;
    expect(pacer.tick()).toBe(true);
    ticks(1, 10);
    expect(host.session.nowUs).toBe(10_000);
    expect(pacer.report.text).toBe("a command waits until time goes on");
  });

  it("lets who only watches wait at any speed", () => {
    host.session.advance(20_000_000);
    const body = { type: "http", method: "GET", path: "/api/v1/nodes?watch=1", headers: {}, body: "" };
    const ask = { type: "stream", to: "10.0.0.11:6443", body, timeoutUs: 60_000_000, label: "GET nodes" } as const;
    host.session.open("laptop", { ...ask, certificate: "/home/you/.kube/config" }, { end() {} });
    expect(host.session.awaited).toBe(true);
    host.session.advance(21_000_000);
    expect([host.session.awaited, host.session.waiting]).toEqual([false, 1]);
  });

  it("slows down for the followed trace's messages and says so", () => {
    host.session.advance(20_000_000);
    const { session } = host;
    const body = { type: "http", method: "GET", path: "/api/v1/nodes", headers: {}, body: "" };
    const ask = { type: "request", to: "10.0.0.11:6443", body, timeoutUs: 60_000_000, label: "GET nodes" } as const;
    session.open("laptop", { ...ask, certificate: "/home/you/.kube/config" }, { end() {} });
    pacer.followed = session.spans.lastInputTrace;
    session.step();
    const beforeUs = session.nowUs;
    ticks(1, 10);
    expect(pacer.report.text).toMatch(/^slow: .* is on its way$/);
    expect(session.nowUs - beforeUs).toBeLessThan(100);
    ticks(3_000, 10);
    expect(pacer.report.text).toBe("nothing of it is on its way");
  });
});

describe("following a pod", () => {
  /** A pod of busybox that runs `script`, created and followed; gives the virtual time that two wall seconds bring, once it has run for a while. */
  function follow(script: string): { readonly passedUs: number; readonly text: string } {
    host.session.advance(40_000_000);
    const { session } = host;
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { containers: [{ name: "c", image: "busybox:1.36", command: ["sh", "-c", script] }] },
    };
    const headers = { "content-type": "application/json" };
    const path = "/api/v1/namespaces/default/pods";
    const body = { type: "http", method: "POST", path, headers, body: JSON.stringify(pod) };
    const ask = { type: "request", to: "10.0.0.11:6443", body, timeoutUs: 60_000_000, label: `POST ${path}` } as const;
    session.open("laptop", { ...ask, certificate: "/home/you/.kube/config" }, { answer() {}, end() {} });
    pacer.followed = session.spans.lastInputTrace;
    pacer.skipTo(session.nowUs + 120_000_000);
    ticks(2_000, 10);
    const beforeUs = session.nowUs;
    ticks(200, 10);
    return { passedUs: session.nowUs - beforeUs, text: pacer.report.text };
  }

  it("that sleeps for hours does not hurry through them", () => {
    expect(follow("sleep 36000")).toEqual({ passedUs: 2_000_000, text: "nothing of it is on its way" });
  });

  it("that works in a loop lets it go on by itself", () => {
    const { passedUs, text } = follow("while true; do wget -q -O- http://10.96.0.1:443; sleep 0.1; done");
    expect(text).toBe("nothing of it is on its way");
    expect(passedUs).toBe(2_000_000);
  });
});

describe("steps", () => {
  it("stop at the next message, hop or change, and give up in a silent world", () => {
    host.session.advance(1_000_000);
    for (const kind of ["message", "hop", "change"] as const) {
      const { handled } = host.session.world.state;
      const changes = host.session.spans.changes.length;
      pacer.step(kind, () => 0);
      expect(pacer.playing).toBe(false);
      expect(host.session.world.state.handled).toBeGreaterThan(handled);
      if (kind === "change") expect(host.session.spans.changes.length).toBeGreaterThan(changes);
    }
    const { nowUs } = host.session;
    pacer.step("warning", () => 0, 3_000_000);
    expect(host.session.nowUs - nowUs).toBeLessThanOrEqual(3_000_000);
  });

  it("stop at the first warning", () => {
    host.session.advance(1_000_000);
    let warnings = 0;
    pacer.step("warning", () => Math.floor(warnings++ / 50));
    expect(warnings).toBe(51);
  });
});
