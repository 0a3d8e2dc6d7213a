import { describe, expect, it } from "vitest";
import { crash, powerOff } from "../../kernel/control.ts";
import type { Component, MachineInfo } from "../../kernel/types.ts";
import { createWorld, type World } from "../../kernel/world.ts";
import { type LoadBalancerState, loadBalancer } from "./program.ts";
import { loadBalancerView } from "./view.ts";

const certificate = {
  commonName: "kubernetes-admin",
  organizations: [],
  issuer: "kubernetes-ca",
  dnsNames: [],
  ipAddresses: [],
  notBeforeWallUs: 0,
  notAfterWallUs: 4_000_000_000_000_000,
  serial: "1",
};

/** Says who it is, and greets on streams. */
const server: Component<{ readonly streams: number[] }> = {
  kind: "server",
  start(context) {
    context.listen(6443);
    return { streams: [] };
  },
  step(state, message, context) {
    if (message.type === "request") {
      const { body, from } = message;
      const isCheck = (body as { type?: string }).type === "http";
      context.respond(
        message.id,
        isCheck ? { type: "http", status: 200 } : `${context.machine.name} to ${from.certificate?.commonName}: ${body}`,
      );
    }
    if (message.type === "streamOpened") context.sendFrame(message.id, `hello from ${context.machine.name}`);
    if (message.type === "streamFrame") context.sendFrame(message.id, `${message.frame} too`);
  },
};

interface ClientState {
  readonly heard: string[];
}

const client: Component<ClientState> = {
  kind: "client",
  start: () => ({ heard: [] }),
  step(state, message, context) {
    const to = "10.0.0.5:6443";
    if (message.type === "input" && message.input === "stream") context.openStream({ to, body: null, certificate });
    else if (message.type === "input") context.request({ to, body: message.input, timeoutUs: 5_000_000, certificate });
    if (message.type === "response") state.heard.push(String(message.body));
    if (message.type === "requestFailed") state.heard.push(message.error.kind);
    if (message.type === "streamFrame") {
      state.heard.push(String(message.frame));
      if (state.heard.length === 1) context.sendFrame(message.id, "me");
    }
    if (message.type === "streamClosed") state.heard.push(`closed: ${message.error?.kind ?? "in good order"}`);
  },
};

function machine(name: string, ip: string, kind: string, args: unknown = null, role: MachineInfo["role"] = "worker") {
  const info: MachineInfo = { name, ip, zone: "", role, cpuMillicores: 1, memoryBytes: 1, extra: {} };
  return { info, boot: [{ name: `${kind}@${name}`, kind, args }], bootUs: 0, fsyncUs: 1, files: {} };
}

function world(clientMachine = "laptop"): World {
  const backends = [1, 2, 3].map((n) => ({ name: `cp-${n}`, address: `10.0.0.1${n}:6443` }));
  const components = [loadBalancer, server, client] as unknown as Component<never, never>[];
  return createWorld(
    { components: new Map(components.map((component) => [component.kind, component])), routePacket: null },
    {
      seed: 1,
      epochWallUs: 0,
      machines: [
        machine("lb-1", "10.0.0.5", "load-balancer", { backends }),
        machine("cp-1", "10.0.0.11", "server"),
        machine("cp-2", "10.0.0.12", "server"),
        machine("cp-3", "10.0.0.13", "server"),
        machine(clientMachine, "10.0.0.99", "client"),
      ],
    },
  );
}

function stateOf<S>(w: World, name: string): S {
  return w.state.processes.get(w.state.names.get(name)!)!.state as S;
}

function view(w: World) {
  return loadBalancerView(stateOf<LoadBalancerState>(w, "load-balancer@lb-1"));
}

function heard(w: World, on = "laptop"): string[] {
  return stateOf<ClientState>(w, `client@${on}`).heard;
}

describe("load balancer", () => {
  it("hands requests on in turn, with the caller's certificate", () => {
    const w = world();
    w.advance(1_000_000);
    for (const text of ["a", "b", "c", "d"]) {
      w.input("client@laptop", text);
      w.advance(w.nowUs + 100_000);
    }
    expect(heard(w).sort()).toEqual([
      "cp-1 to kubernetes-admin: a",
      "cp-1 to kubernetes-admin: d",
      "cp-2 to kubernetes-admin: b",
      "cp-3 to kubernetes-admin: c",
    ]);
  });

  it("keeps a program that stays connected at one server", () => {
    const w = world("worker-1");
    w.advance(1_000_000);
    for (const text of ["a", "b"]) w.input("client@worker-1", text);
    w.advance(2_000_000);
    expect(heard(w, "worker-1").sort()).toEqual(["cp-1 to kubernetes-admin: a", "cp-1 to kubernetes-admin: b"]);
  });

  it("passes streams both ways and ends them when the server dies", () => {
    const w = world();
    w.advance(1_000_000);
    w.input("client@laptop", "stream");
    w.advance(2_000_000);
    expect(heard(w)).toEqual(["hello from cp-1", "me too"]);
    expect(view(w).sessions).toBe(1);
    crash(w, "server@cp-1");
    w.advance(3_000_000);
    expect(heard(w)).toEqual(["hello from cp-1", "me too", "closed: reset"]);
    expect(view(w)).toMatchObject({ sessions: 0 });
  });

  it("ends streams whose server has fallen silent", () => {
    const w = world();
    w.advance(1_000_000);
    w.input("client@laptop", "stream");
    w.advance(2_000_000);
    powerOff(w, "cp-1");
    w.advance(60_000_000);
    expect(heard(w).at(-1)).toBe("closed: reset");
    expect(view(w).sessions).toBe(0);
  });

  it("goes on to the next server when one refuses, and takes it out after three checks", () => {
    const w = world();
    w.advance(1_000_000);
    crash(w, "server@cp-1");
    w.input("client@laptop", "a");
    w.advance(2_000_000);
    expect(heard(w)).toEqual(["cp-2 to kubernetes-admin: a"]);
    expect(view(w).servers[0]?.state).toBe("UP");
    w.advance(8_000_000);
    expect(view(w).servers[0]).toMatchObject({
      state: "DOWN",
      lastCheck: 'Layer4 connection problem, info: "Connection refused"',
    });
  });

  it("resets callers when there is no server left", () => {
    const w = world();
    w.advance(1_000_000);
    for (const name of ["cp-1", "cp-2", "cp-3"]) powerOff(w, name);
    w.advance(12_000_000);
    expect(view(w).servers.map(({ state }) => state)).toEqual(["DOWN", "DOWN", "DOWN"]);
    w.input("client@laptop", "a");
    w.advance(13_000_000);
    expect(heard(w)).toEqual(["reset"]);
  });
});
