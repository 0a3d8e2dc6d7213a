/** What `ps`, `free`, `df`, `ss` and `ip` show of a machine. */
import type { MachineFacts } from "../shell/doors.ts";
import { readCgroups, readRootCgroup, sampleAt } from "../sim/kernel/cgroups.ts";
import type { HostState } from "../sim/kernel/types.ts";
import type { Session } from "./session.ts";

const DISK_BYTES = 107_374_182_400;
const SYSTEM_DISK_BYTES = 6_442_450_944;
/** What the operating system takes beside the programs. */
const SYSTEM_MEMORY_BYTES = 380_000_000;

export function machineFacts({ world }: Session, name: string): MachineFacts | null {
  const { state } = world;
  const machine = state.machines.get(name);
  if (machine === undefined) return null;
  const { info } = machine;
  const host = reading(machine.host);
  const used = [readRootCgroup(host), ...readCgroups(host)].reduce(
    (sum, group) =>
      sum + (group === undefined ? 0 : (sampleAt(group, state.nowUs)?.memoryBytes ?? group.idle.memoryBytes)),
    0,
  );
  const processes = [...state.processes.values()]
    .filter((process) => process.machine === name && process.kind !== "console")
    .sort((a, b) => a.pid - b.pid)
    .map((process) => ({
      pid: process.pid,
      name: process.name.replace(/@.*$/, ""),
      startedWallUs: state.epochWallUs + process.startedAtUs,
      listening: process.listening.map(addressOf).filter((where) => where.startsWith(`${info.ip}:`)),
    }));
  return {
    name,
    address: info.ip,
    cpus: Math.ceil(info.cpuMillicores / 1_000),
    memoryBytes: info.memoryBytes,
    memoryUsedBytes: Math.min(info.memoryBytes, SYSTEM_MEMORY_BYTES + used),
    diskBytes: DISK_BYTES,
    diskUsedBytes: machine.disk.full ? DISK_BYTES : SYSTEM_DISK_BYTES,
    bootedWallUs: state.epochWallUs + machine.bootedAtUs - machine.bootUs,
    processes,
    neighbours: [...state.machines.values()].map(({ info: other }) => ({ name: other.name, address: other.ip })),
  };
}

/** `10.0.0.11:6443` of a listener's key; "" for sockets in files. */
function addressOf(key: string): string {
  const port = /[^\d](\d+)$/.exec(key)?.[1];
  const ip = /\d+\.\d+\.\d+\.\d+/.exec(key)?.[0];
  return port === undefined || ip === undefined ? "" : `${ip}:${port}`;
}

/** The machine's volatile state, for looking only. */
function reading(host: ReadonlyMap<string, unknown>): HostState {
  return {
    get: (key) => host.get(key),
    set: () => {},
    delete: () => {},
    keys: (prefix) => [...host.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
}
