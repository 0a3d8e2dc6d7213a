import { NO_ENTRIES, NO_MEMBERS } from "./collections.ts";
import { copyState } from "./copy.ts";
import type { DeadlineLane } from "./deadlines.ts";
import { hashState } from "./hash.ts";
import type { Connection, DiskState, Histogram, Machine, Process, WorldState } from "./state.ts";
import type { Pid } from "./types.ts";
import { World, type WorldCode } from "./world.ts";

/** A moment of a world, to go back to. Shares with the world, and with earlier checkpoints, all that cannot change. */
export interface Checkpoint {
  readonly atUs: number;
  readonly state: WorldState;
}

/** `previous` saves work: processes that did nothing since then are not copied again. */
export function takeCheckpoint(world: World, previous?: Checkpoint): Checkpoint {
  return { atUs: world.nowUs, state: copyWorldState(world.state, previous?.state.processes) };
}

/** A new world that stands at the checkpoint; the checkpoint stays good. */
export function restore(code: WorldCode, checkpoint: Checkpoint): World {
  return new World(code, copyWorldState(checkpoint.state, undefined));
}

/** Equal for worlds with equal futures, in every JavaScript engine. Metrics count; traces' spans live elsewhere. */
export function worldHash(world: World): string {
  const { state } = world;
  const { heap, ...rest } = state;
  return hashState({ ...rest, heap: [...heap].sort((a, b) => a.sequence - b.sequence) });
}

function copyWorldState(state: WorldState, known: ReadonlyMap<Pid, Process> | undefined): WorldState {
  return {
    ...state,
    heap: state.heap.slice(),
    machines: copyMap(state.machines, copyMachine),
    processes: copyMap(state.processes, (process) => copyProcess(process, known?.get(process.pid))),
    names: new Map(state.names),
    barred: new Map(state.barred),
    slow: new Map(state.slow),
    listeners: new Map(state.listeners),
    addresses: new Map(state.addresses),
    connections: copyMap(state.connections, copyConnection),
    deadlines: copyMap(state.deadlines, copyLane),
    networkRules: state.networkRules.slice(),
    expired: new Map(state.expired),
    faults: new Map(state.faults),
    randoms: copyMap(state.randoms, (random) => ({ ...random })),
  };
}

function copyMap<K, V>(map: ReadonlyMap<K, V>, copy: (value: V) => V): Map<K, V> {
  const result = new Map<K, V>();
  for (const [key, value] of map) result.set(key, copy(value));
  return result;
}

function copyProcess(process: Process, known: Process | undefined): Process {
  return {
    ...process,
    state: known !== undefined && known.steps === process.steps ? known.state : copyState(process.state),
    inbox: process.inbox.slice(),
    cancelled: copySet(process.cancelled),
    connections: copySet(process.connections),
    counters: copyEntries(process.counters),
    gauges: copyEntries(process.gauges),
    histograms: process.histograms.size === 0 ? NO_ENTRIES : copyMap(process.histograms, copyHistogram),
  };
}

function copySet<T>(set: ReadonlySet<T>): ReadonlySet<T> {
  return set.size === 0 ? NO_MEMBERS : new Set(set);
}

function copyEntries<K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return map.size === 0 ? NO_ENTRIES : new Map(map);
}

function copyHistogram(histogram: Histogram): Histogram {
  return { ...histogram, buckets: histogram.buckets.slice() };
}

function copyMachine(machine: Machine): Machine {
  return {
    ...machine,
    exited: new Map(machine.exited),
    disk: copyDisk(machine.disk),
    host: new Map(machine.host),
    logs: machine.logs.copy(),
    logBounds: copyMap(machine.logBounds, (bounds) => ({ ...bounds })),
  };
}

function copyDisk(disk: DiskState): DiskState {
  return {
    ...disk,
    files: disk.files.copy(),
    unsynced: new Map(disk.unsynced),
    syncing: disk.syncing.map((layer) => ({ id: layer.id, before: new Map(layer.before) })),
  };
}

function copyLane(lane: DeadlineLane): DeadlineLane {
  return { ...lane, connections: lane.connections.slice(), atUs: lane.atUs.slice() };
}

function copyConnection(connection: Connection): Connection {
  return {
    ...connection,
    toServer: { ...connection.toServer, waiting: connection.toServer.waiting.slice() },
    toClient: { ...connection.toClient, waiting: connection.toClient.waiting.slice() },
  };
}
