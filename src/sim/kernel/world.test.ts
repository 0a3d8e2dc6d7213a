import { describe, expect, it } from "vitest";
import { restore, takeCheckpoint, worldHash } from "./checkpoint.ts";
import {
  addNetworkRule,
  allow,
  bar,
  crash,
  freeze,
  hang,
  powerOff,
  powerOn,
  removeNetworkRule,
  skewClock,
  slowDown,
} from "./control.ts";
import type { Component, KernelMessage } from "./types.ts";
import { createWorld, type MachineOptions, type World } from "./world.ts";

/** Answers what it is asked, remembers on disk how often, and says what became of its own questions in its log. */
interface EchoState {
  asked: number;
  streams: number[];
}
type EchoMessage = { type: "ask"; to: string; timeoutUs: number } | { type: "open"; to: string };

const certificate = {
  commonName: "echo",
  organizations: [],
  issuer: "ca",
  dnsNames: [],
  ipAddresses: [],
  notBeforeWallUs: 0,
  notAfterWallUs: 4_000_000_000_000_000,
  serial: "1",
};

const echo: Component<EchoState, EchoMessage> = {
  kind: "echo",
  start(context) {
    context.listen(7);
    context.listen(8, { tls: { certificate, clientAuthority: null } });
    const asked = context.disk.read("/asked");
    return { asked: typeof asked === "number" ? asked : 0, streams: [] };
  },
  step(state, message, context) {
    switch (message.type) {
      case "request":
        state.asked += 1;
        context.disk.write("/asked", state.asked);
        context.respond(message.id, { echo: message.body, count: state.asked });
        break;
      case "streamOpened":
        context.sendFrame(message.id, "hello");
        context.sendFrame(message.id, "again");
        break;
      case "ask":
        context.request({ to: message.to, body: "hi", timeoutUs: message.timeoutUs, tag: "t" });
        break;
      case "open":
        state.streams.push(context.openStream({ to: message.to, body: null }));
        break;
      case "response":
        context.log(`answer ${JSON.stringify(message.body)}`);
        break;
      case "requestFailed":
        context.log(`${message.error.kind}: ${message.error.text}`);
        break;
      case "streamFrame":
        context.log(`frame ${String(message.frame)}`);
        break;
      case "streamClosed":
        context.log(`closed ${message.error?.kind ?? "well"}`);
        break;
      case "input":
        context.setTimer(0, message.input as EchoMessage, "keep");
        break;
      case "diskSynced":
        context.log("synced");
        break;
      case "childExited":
        context.log(`child ${message.process} ${message.exit.exitCode}`);
        break;
      case "childAllowed":
        context.log(`allowed ${message.process}`);
        break;
      default:
        break;
    }
  },
  serviceTimeUs: (message: KernelMessage | EchoMessage) => (message.type === "request" ? 100 : 0),
};

const init: Component<{ child: string }, never> = {
  kind: "init",
  start(context, args) {
    const child = args as string;
    context.spawn({ name: child, kind: "echo", args: null });
    return { child };
  },
  step(state, message, context) {
    if (message.type === "childExited" || message.type === "childAllowed") {
      context.log(`${message.type}`);
      context.spawn({ name: state.child, kind: "echo", args: null });
    }
  },
};

function machine(name: string, ip: string): MachineOptions {
  return {
    info: { name, ip, zone: "zone-a", role: "worker", cpuMillicores: 1000, memoryBytes: 1, extra: {} },
    boot: [{ name: `init@${name}`, kind: "init", args: `echo@${name}` }],
    bootUs: 1000,
    fsyncUs: 500,
    files: {},
  };
}

function twoMachines(seed = 1): World {
  const world = createWorld(
    {
      components: new Map(
        [echo, init].map((component) => [component.kind, component as unknown as Component<never, never>]),
      ),
      routePacket: null,
    },
    { seed, epochWallUs: 1_760_000_000_000_000, machines: [machine("a", "10.0.0.1"), machine("b", "10.0.0.2")] },
  );
  world.advance(10_000);
  return world;
}

function log(world: World, process = "echo@a"): string[] {
  const lines: string[] = [];
  world.state.machines.get(process.slice(process.indexOf("@") + 1))?.logs.forEach((line, key) => {
    if (key.startsWith(`${process}\u0000`)) lines.push(line.text);
  });
  return lines;
}

function ask(world: World, to: string, timeoutUs = 5_000_000): void {
  world.input("echo@a", { type: "ask", to, timeoutUs });
}

describe("requests", () => {
  it("are answered across the network", () => {
    const world = twoMachines();
    ask(world, "b:7");
    world.advance(1_000_000);
    expect(log(world)).toEqual(['answer {"echo":"hi","count":1}']);
  });

  it("tell refused, unreachable, timed out, reset and TLS failure apart", () => {
    const world = twoMachines();
    ask(world, "b:99");
    ask(world, "nobody:7");
    ask(world, "10.9.9.9:7");
    world.advance(10_000_000);
    expect(log(world)).toEqual([
      "unreachable: dial tcp: lookup nobody on 10.0.0.2:53: no such host",
      "refused: dial tcp b:99: connect: connection refused",
      "timedOut: dial tcp 10.9.9.9:7: i/o timeout",
    ]);
    hang(world, "echo@b", true);
    ask(world, "b:7");
    world.advance(11_000_000);
    crash(world, "echo@b");
    world.advance(12_000_000);
    expect(log(world).at(-1)).toMatch(/^reset: /);
    skewClock(world, "a", 4_000_000_000_000_000);
    ask(world, "b:8");
    world.advance(13_000_000);
    expect(log(world).at(-1)).toMatch(/^tls: tls: failed to verify certificate: x509: certificate has expired/);
  });

  it("time out when the machine is off, and arrive late when a cut link heals in time", () => {
    const world = twoMachines();
    powerOff(world, "b");
    ask(world, "b:7", 1_000_000);
    world.advance(2_000_000);
    expect(log(world)).toEqual(["timedOut: dial tcp b:7: i/o timeout"]);
    powerOn(world, "b");
    world.advance(3_000_000);
    addNetworkRule(world, { id: "cut", between: ["a", "b"], oneway: false, effect: { type: "drop", percent: 100 } });
    ask(world, "b:7");
    world.advance(4_000_000);
    removeNetworkRule(world, "cut");
    world.advance(6_000_000);
    expect(log(world).at(-1)).toBe('answer {"echo":"hi","count":1}');
  });

  it("lose patience on time and in order, each on its own trace, however many were answered before", () => {
    const world = twoMachines();
    for (let index = 0; index < 1_000; index += 1) ask(world, "b:7", 40_000_000);
    world.advance(1_000_000);
    expect(log(world)).toHaveLength(1_000);
    // One event stands for all that were answered, not one each.
    expect(world.state.heap.length).toBeLessThan(10);
    hang(world, "echo@b", true);
    const traces = [50_000_000, 40_000_000, 1_000_000].map((timeoutUs) => {
      const trace = world.input("echo@a", { type: "ask", to: "b:7", timeoutUs });
      return { trace, atUs: world.nowUs + timeoutUs };
    });
    const failures: { trace: number; atUs: number }[] = [];
    world.observer = {
      handled: (event, _process, message) => {
        if ((message as KernelMessage | null)?.type === "requestFailed")
          failures.push({ trace: event.trace, atUs: event.atUs });
      },
      noted: () => undefined,
      changed: () => undefined,
    };
    world.advance(100_000_000);
    expect(failures).toEqual(traces.toReversed());
    expect(world.state.heap).toEqual([]);
    expect(world.state.deadlines.size).toBe(0);
  });

  it("wait for each other at a busy server, longer at a slow one", () => {
    const world = twoMachines();
    slowDown(world, "echo@b", 1000);
    for (let index = 0; index < 3; index += 1) ask(world, "b:7");
    world.advance(world.nowUs + 250_000);
    expect(log(world)).toHaveLength(2);
    world.advance(world.nowUs + 100_000);
    expect(log(world)).toHaveLength(3);
  });
});

describe("streams", () => {
  it("keep order and break by reset when the server dies", () => {
    const world = twoMachines();
    world.input("echo@a", { type: "open", to: "b:7" });
    world.advance(100_000);
    crash(world, "echo@b");
    world.advance(200_000);
    expect(log(world)).toEqual(["frame hello", "frame again", "closed reset"]);
  });

  it("fall silent when the way is cut, and are given up after the keep-alive", () => {
    const world = twoMachines();
    world.input("echo@a", { type: "open", to: "b:7" });
    world.advance(100_000);
    addNetworkRule(world, { id: "cut", between: ["a", "*"], oneway: false, effect: { type: "drop", percent: 100 } });
    world.advance(40_000_000);
    expect(log(world)).toEqual(["frame hello", "frame again"]);
    world.advance(50_000_000);
    expect(log(world).at(-1)).toBe("closed timedOut");
    expect(log(world, "echo@b")).toEqual(["closed timedOut"]);
  });
});

describe("processes and disks", () => {
  it("come back by their supervisor, not while barred, and remember what is on disk", () => {
    const world = twoMachines();
    ask(world, "b:7");
    world.advance(1_000_000);
    bar(world, "echo@b");
    world.advance(2_000_000);
    expect(world.state.names.has("echo@b")).toBe(false);
    allow(world, "echo@b");
    world.advance(3_000_000);
    ask(world, "b:7");
    world.advance(4_000_000);
    expect(log(world).at(-1)).toBe('answer {"echo":"hi","count":2}');
  });

  it("lose with the power what was not synced", () => {
    const world = twoMachines();
    ask(world, "b:7");
    world.advance(1_000_000);
    powerOff(world, "b");
    powerOn(world, "b");
    world.advance(2_000_000);
    ask(world, "b:7");
    world.advance(3_000_000);
    expect(log(world).at(-1)).toBe('answer {"echo":"hi","count":1}');
  });

  it("stand still while frozen and go on afterwards", () => {
    const world = twoMachines();
    freeze(world, "b", true);
    ask(world, "b:7", 60_000_000);
    world.advance(5_000_000);
    expect(log(world)).toEqual([]);
    freeze(world, "b", false);
    world.advance(30_000_000);
    expect(log(world)).toEqual(['answer {"echo":"hi","count":1}']);
  });
});

describe("checkpoints", () => {
  it("go back exactly, again and again", () => {
    const world = twoMachines(42);
    const checkpoint = takeCheckpoint(world);
    const play = (target: World) => {
      ask(target, "b:7");
      target.input("echo@a", { type: "open", to: "b:7" });
      target.advance(500_000);
      crash(target, "echo@b");
      target.advance(60_000_000);
      return worldHash(target);
    };
    const first = play(world);
    const later = takeCheckpoint(world, checkpoint);
    expect(play(restore(world.code, checkpoint))).toBe(first);
    expect(play(restore(world.code, checkpoint))).toBe(first);
    expect(worldHash(restore(world.code, later))).toBe(first);
    expect(play(restore(twoMachines(43).code, takeCheckpoint(twoMachines(43))))).not.toBe(first);
  });

  it("refuse state that is not plain data", () => {
    const world = twoMachines();
    const process = world.state.processes.get(world.state.names.get("echo@a") as number);
    (process as { state: unknown }).state = { when: new URLSearchParams() };
    expect(() => takeCheckpoint(world)).toThrow("plain data, not a URLSearchParams");
  });
});

describe("causes", () => {
  it("lead from an answer back to the input", () => {
    const world = twoMachines();
    const traces: number[] = [];
    world.observer = {
      handled: (event, _process, message) => {
        if ((message as KernelMessage | null)?.type === "response") traces.push(event.trace);
      },
      noted: () => {},
      changed: () => {},
    };
    const root = world.input("echo@a", { type: "ask", to: "b:7", timeoutUs: 1_000_000 });
    world.advance(1_000_000);
    expect(traces).toEqual([root]);
  });
});
