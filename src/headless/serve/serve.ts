import { readFileSync } from "node:fs";
import type { Doors } from "../../bridge/front/entrance.ts";
import { type Front, openFront } from "../../bridge/front/front.ts";
import { createClientDoor } from "../../session/doors.ts";
import { SessionHost } from "../../session/host.ts";
import { withSettings } from "../../session/lab/settings.ts";
import { formatTime } from "../../sim/api/time.ts";
import { parseTopology, readEpoch, type Topology, topologyByName } from "../../sim/cluster/topology.ts";
import { Clock } from "./clock.ts";

export interface ServeOptions {
  readonly port: number;
  readonly topology: Topology;
  readonly seed: number;
  readonly speed: number;
}

/** A cluster that is served was switched on this long ago: by then a usual one has everything running. */
const AGE_US = 60_000_000;

export interface ServedCluster extends Front {
  readonly host: SessionHost;
}

/**
 * Boots a cluster until it is ready and serves its API. Unless the topology names an epoch, the world's clocks show
 * this computer's time, from which clients count ages.
 */
export async function serveCluster(options: ServeOptions): Promise<ServedCluster> {
  const host = new SessionHost();
  if (options.topology.epoch === undefined) startAtThisHour(host, options);
  else host.start(options.topology, options.seed);
  const current = () => host.session;
  const doors: Doors = { administrator: createClientDoor(current, true), stranger: createClientDoor(current, false) };
  const front = await openFront({ port: options.port, backend: () => doors });
  const clock = new Clock(host, options.speed, () => performance.now());
  return {
    ...front,
    host,
    async close() {
      clock.stop();
      host.session.abortAll();
      await front.close();
    },
  };
}

function startAtThisHour(host: SessionHost, { topology, seed }: ServeOptions): void {
  const epoch = formatTime(Date.now() * 1000 - AGE_US);
  const session = host.start({ ...topology, epoch }, seed);
  session.advance(Math.max(session.nowUs, Date.now() * 1000 - session.world.state.epochWallUs));
}

/** Reads `--serve PORT [--topology NAME|FILE] [--set KEY=VALUE] [--seed N] [--speed N] [--epoch TIME]`. A text says what is wrong. */
export function parseServeFlags(args: readonly string[]): ServeOptions | string {
  const values = new Map<string, string>();
  const settings: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, flag = "", inline] = /^([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (!["--serve", "--topology", "--set", "--seed", "--speed", "--epoch"].includes(flag))
      return `unknown flag: ${flag}`;
    const value = inline ?? rest.shift();
    if (value === undefined) return `flag needs an argument: ${flag}`;
    if (flag === "--set") settings.push(value);
    else values.set(flag, value);
  }
  const port = Number(values.get("--serve"));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return `no port: ${values.get("--serve")}`;
  const seed = Number(values.get("--seed") ?? 1);
  if (!Number.isInteger(seed) || seed < 0) return `no seed: ${values.get("--seed")}`;
  const speed = Number(values.get("--speed") ?? 1);
  if (!(speed > 0 && speed <= 10_000)) return `no speed: ${values.get("--speed")}`;
  const epoch = parseEpoch(values.get("--epoch"));
  if (typeof epoch === "string") return epoch;
  const name = values.get("--topology") ?? "basic";
  try {
    const topology = topologyByName(name) ?? parseTopology(readFileSync(name, "utf8"));
    return { port, topology: { ...withSettings(topology, settings), ...epoch }, seed, speed };
  } catch (error) {
    return `no topology: ${name}: ${(error as Error).message}`;
  }
}

function parseEpoch(text: string | undefined): Pick<Topology, "epoch"> | string {
  if (text === undefined) return {};
  try {
    return { epoch: readEpoch(text) };
  } catch (error) {
    return `no epoch: ${text}: ${(error as Error).message}`;
  }
}

/** Serves until Ctrl-C. Gives the exit status. */
export async function serveUntilInterrupted(options: ServeOptions): Promise<number> {
  let cluster: ServedCluster;
  try {
    cluster = await serveCluster(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    console.error(`lab: port ${options.port} is taken`);
    return 1;
  }
  console.log(`KUBECONFIG=${cluster.kubeconfig.path}`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  await cluster.close();
  return 0;
}
