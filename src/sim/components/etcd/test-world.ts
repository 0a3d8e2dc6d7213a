import type { Certificate, Component, StreamId } from "../../kernel/types.ts";
import { createWorld, type World } from "../../kernel/world.ts";
import { etcd } from "./component.ts";
import type { EtcdProgressRequest, EtcdRequest, EtcdResponse, EtcdWatchFrame, EtcdWatchRequest } from "./messages.ts";
import type { EtcdState } from "./state.ts";

/** A small world for tests: `members` machines with one etcd each, and a client beside each of them. */
export const EPOCH_WALL_US = 1_790_000_000_000_000;

interface AskInput {
  readonly to: string;
  readonly request?: EtcdRequest;
  readonly watch?: EtcdWatchRequest;
  readonly frame?: EtcdProgressRequest;
  readonly tag: string;
  readonly timeoutUs?: number;
}

/** What the client heard, in order. */
export interface Heard {
  readonly tag: string;
  readonly atUs: number;
  readonly response?: EtcdResponse;
  readonly frame?: EtcdWatchFrame;
  readonly failure?: string;
}

const certificate: Certificate = Object.freeze({
  commonName: "kube-apiserver-etcd-client",
  organizations: [],
  issuer: "etcd-ca",
  dnsNames: [],
  ipAddresses: [],
  notBeforeWallUs: 0,
  notAfterWallUs: 4_000_000_000_000_000,
  serial: "client",
});

const client: Component<{ heard: Heard[]; streams: Record<string, StreamId> }> = {
  kind: "client",
  start: () => ({ heard: [], streams: {} }),
  step(state, message, context) {
    switch (message.type) {
      case "input": {
        const { to, request, watch, frame, tag, timeoutUs = 60_000_000 } = message.input as AskInput;
        if (request !== undefined) context.request({ to, body: request, timeoutUs, tag, certificate });
        if (watch !== undefined) state.streams[tag] = context.openStream({ to, body: watch, tag, certificate });
        if (frame !== undefined) context.sendFrame(state.streams[tag] as StreamId, frame);
        return;
      }
      case "response":
        state.heard.push({ tag: String(message.tag), atUs: context.nowUs, response: message.body as EtcdResponse });
        return;
      case "requestFailed":
        state.heard.push({ tag: String(message.tag), atUs: context.nowUs, failure: message.error.kind });
        return;
      case "streamFrame":
        state.heard.push({ tag: String(message.tag), atUs: context.nowUs, frame: message.frame as EtcdWatchFrame });
        return;
      case "streamClosed":
        state.heard.push({ tag: String(message.tag), atUs: context.nowUs, failure: message.error?.kind ?? "closed" });
        return;
      default:
        return;
    }
  },
};

/** Starts etcd again whenever it ends, half a second later. */
const supervisor: Component<null, { type: "again" }> = {
  kind: "supervisor",
  start(context, args) {
    if (context.machine.extra.spare !== true) spawnEtcd(context, args);
    return null;
  },
  step(_state, message, context) {
    if (message.type === "input") {
      context.host.set("flags", message.input);
      if (context.machine.extra.spare === true)
        spawnEtcd(context, argsOf(context.machine.name, { ...context.machine.extra, ...(message.input as object) }));
    }
    if (message.type === "childExited") {
      context.reap(message.process);
      context.setTimer(500_000, { type: "again" });
    }
    if (message.type === "again" || message.type === "childAllowed")
      spawnEtcd(
        context,
        argsOf(context.machine.name, {
          ...context.machine.extra,
          ...(context.host.get("flags") as object | undefined),
        }),
      );
  },
};

function spawnEtcd(context: Parameters<typeof supervisor.start>[0], args: unknown): void {
  context.spawn({ name: `etcd@${context.machine.name}`, kind: "etcd", args });
}

function argsOf(name: string, extra: Readonly<Record<string, unknown>>): unknown {
  const ip = String(extra.ip);
  return {
    argv: [
      "etcd",
      `--name=${name}`,
      `--initial-cluster=${String(extra.cluster)}`,
      `--initial-cluster-state=${String(extra.clusterState ?? "new")}`,
      `--initial-advertise-peer-urls=https://${ip}:2380`,
      `--listen-peer-urls=https://${ip}:2380`,
      `--listen-client-urls=https://127.0.0.1:2379,https://${ip}:2379`,
      `--advertise-client-urls=https://${ip}:2379`,
      "--listen-metrics-urls=http://127.0.0.1:2381",
      "--data-dir=/var/lib/etcd",
      "--cert-file=/pki/server.crt",
      "--key-file=/pki/server.key",
      "--client-cert-auth=true",
      "--trusted-ca-file=/pki/ca.crt",
      "--peer-cert-file=/pki/server.crt",
      "--peer-key-file=/pki/server.key",
      "--peer-client-cert-auth=true",
      "--peer-trusted-ca-file=/pki/ca.crt",
      `--snapshot-count=${String(extra.snapshotCount)}`,
      `--quota-backend-bytes=${String(extra.quotaBytes)}`,
      `--force-new-cluster=${String(extra.force === true)}`,
      "--experimental-watch-progress-notify-interval=5s",
      "--experimental-initial-corrupt-check=true",
      ...((extra.argv as readonly string[] | undefined) ?? []),
    ],
  };
}

export interface EtcdWorld {
  readonly world: World;
  /** Lets the client on `machine` ask the member on its own machine, or another's address. */
  ask(machine: string, request: EtcdRequest, tag: string, to?: string): void;
  watch(machine: string, watch: EtcdWatchRequest, tag: string): void;
  askProgress(machine: string, tag: string): void;
  heard(machine: string, tag: string): Heard[];
  /** Asks and lets time pass until the answer is there. */
  answer(machine: string, request: EtcdRequest, withinUs?: number): EtcdResponse | string;
  advance(us: number): void;
  stateOf(machine: string): EtcdState | null;
  leader(): string | null;
  /** Flags for the next start of a machine's etcd; one that is spare starts now. */
  flags(machine: string, flags: { cluster?: string; clusterState?: string; force?: boolean }): void;
}

export function createEtcdWorld(
  members: number,
  options: {
    readonly seed?: number;
    readonly snapshotCount?: number;
    readonly quotaBytes?: number;
    /** Flags beside the usual ones. */
    readonly argv?: readonly string[];
    /** Machines beside these that start an etcd when they are told to. */
    readonly spares?: number;
  } = {},
): EtcdWorld {
  const names = Array.from({ length: members + (options.spares ?? 0) }, (_none, index) => `m${index + 1}`);
  const ipOf = (name: string) => `10.0.0.1${name.slice(1)}`;
  const cluster = names
    .slice(0, members)
    .map((name) => `${name}=https://${ipOf(name)}:2380`)
    .join(",");
  const components = [etcd, client, supervisor] as unknown as readonly Component<never, never>[];
  const world = createWorld(
    { components: new Map(components.map((component) => [component.kind, component])), routePacket: null },
    {
      seed: options.seed ?? 1,
      epochWallUs: EPOCH_WALL_US,
      machines: names.map((name, index) => {
        const extra = {
          ip: ipOf(name),
          cluster,
          spare: index >= members,
          snapshotCount: options.snapshotCount ?? 10_000,
          quotaBytes: options.quotaBytes ?? 0,
          argv: options.argv ?? [],
        };
        const server = {
          ...certificate,
          commonName: name,
          serial: name,
          dnsNames: [name, "localhost"],
          ipAddresses: [ipOf(name), "127.0.0.1"],
        };
        return {
          info: {
            name,
            ip: ipOf(name),
            zone: `zone-${name}`,
            role: "control-plane" as const,
            cpuMillicores: 2000,
            memoryBytes: 2 ** 32,
            extra,
          },
          boot: [
            { name: `supervisor@${name}`, kind: "supervisor", args: argsOf(name, extra) },
            { name: `client@${name}`, kind: "client", args: null },
          ],
          bootUs: 0,
          fsyncUs: 1_000,
          files: {
            "/pki/server.crt": { text: "", data: server },
            "/pki/ca.crt": { text: "", data: { ...certificate, commonName: "etcd-ca", serial: "ca" } },
          },
        };
      }),
    },
  );
  return doorsOf(world, names);
}

function doorsOf(world: World, names: readonly string[]): EtcdWorld {
  const stateOfProcess = (name: string): unknown => {
    const pid = world.state.names.get(name);
    return pid === undefined ? null : (world.state.processes.get(pid)?.state ?? null);
  };
  let asked = 0;
  const self: EtcdWorld = {
    world,
    ask: (machine, request, tag, to = "127.0.0.1:2379") => {
      world.input(`client@${machine}`, { to, request, tag });
    },
    watch: (machine, watch, tag) => {
      world.input(`client@${machine}`, { to: "127.0.0.1:2379", watch, tag });
    },
    askProgress: (machine, tag) => {
      world.input(`client@${machine}`, { to: "", frame: { type: "progressRequest" }, tag });
    },
    heard: (machine, tag) =>
      (stateOfProcess(`client@${machine}`) as { heard: Heard[] }).heard.filter((each) => each.tag === tag),
    answer(machine, request, withinUs = 10_000_000) {
      asked += 1;
      const tag = `answer-${asked}`;
      self.ask(machine, request, tag);
      const untilUs = world.nowUs + withinUs;
      while (world.nowUs < untilUs && self.heard(machine, tag).length === 0) world.advance(world.nowUs + 1_000);
      const heard = self.heard(machine, tag)[0];
      return heard?.response ?? heard?.failure ?? "no answer";
    },
    advance: (us) => {
      world.advance(world.nowUs + us);
    },
    stateOf: (machine) => stateOfProcess(`etcd@${machine}`) as EtcdState | null,
    flags: (machine, flags) => {
      world.input(`supervisor@${machine}`, flags);
    },
    leader: () => names.find((name) => self.stateOf(name)?.raft.role === "leader") ?? null,
  };
  return self;
}
