import type { ApiObject } from "../../api/object.ts";
import type { ResourceRequest } from "../../components/kube-apiserver/messages.ts";
import type { Component, MachineInfo, SpawnOptions } from "../../kernel/types.ts";
import { createWorld, type World } from "../../kernel/world.ts";
import type { KubeconfigFile } from "../kubeconfig.ts";
import type { ApiRequest } from "../requests.ts";
import { type FakeApiServerState, fakeApiServer } from "./fake-api-server.ts";

/** 2026-11-20T09:00:00Z */
export const EPOCH_WALL_US = 1_795_165_200_000_000;

const SERVER = "10.0.0.11:6443";

export const TEST_KUBECONFIG: KubeconfigFile = Object.freeze({ server: SERVER, user: "test" });

/** A world of one machine with the fake API server and the given processes, for tests of components. */
export function smallWorld(options: {
  readonly components: readonly Component<never, never>[];
  readonly processes: readonly SpawnOptions[];
  readonly objects?: Readonly<Record<string, readonly ApiObject[]>>;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
}): World {
  const info: MachineInfo = {
    name: "control-plane-1",
    ip: "10.0.0.11",
    zone: "a",
    role: "control-plane",
    cpuMillicores: 2000,
    memoryBytes: 4 * 1024 ** 3,
    extra: {},
  };
  const all: readonly Component<never, never>[] = [
    fakeApiServer as unknown as Component<never, never>,
    ...options.components,
  ];
  const server: SpawnOptions = { name: "api", kind: fakeApiServer.kind, args: { objects: options.objects ?? {} } };
  return createWorld(
    { components: new Map(all.map((component) => [component.kind, component])), routePacket: null },
    {
      seed: options.seed ?? 1,
      epochWallUs: EPOCH_WALL_US,
      machines: [{ info, boot: [server, ...options.processes], bootUs: 0, fsyncUs: 1_000, files: options.files ?? {} }],
    },
  );
}

/** State of the process named `name`. */
export function stateOf<S>(world: World, name: string): S {
  const pid = world.state.names.get(name);
  const process = pid === undefined ? undefined : world.state.processes.get(pid);
  if (process === undefined) throw new Error(`no process ${name}`);
  return process.state as S;
}

export function fakeApi(world: World): FakeApiServerState {
  return stateOf<FakeApiServerState>(world, "api");
}

/** Objects of a resource (`apps/replicasets`) as the fake API server has them, by key. */
export function stored(world: World, resource: string): ReadonlyMap<string, ApiObject> {
  return fakeApi(world).objects.get(resource) ?? new Map();
}

/** Makes a request as an outsider, at once. */
export function ask(world: World, request: ApiRequest): void {
  const body: ResourceRequest = { type: "resource", ...request, credentials: {}, userAgent: "test" };
  world.input("api", { request: body });
}

/** Lets `seconds` of virtual time pass. */
export function pass(world: World, seconds: number): void {
  world.advance(world.nowUs + seconds * 1_000_000);
}

/** Log of a process, a text a line. */
export function logOf(world: World, name: string, machine = "control-plane-1"): string[] {
  const lines: string[] = [];
  const prefix = `${name}\u0000`;
  world.state.machines.get(machine)?.logs.range(prefix, `${prefix}\uffff`, (_key, line) => {
    lines.push(line.text);
  });
  return lines;
}
