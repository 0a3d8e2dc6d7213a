import { EventKind } from "./event-queue.ts";
import { nextFloat } from "./random.ts";
import type { DiskState, Machine } from "./state.ts";
import { endOfPrefix } from "./table.ts";
import type { DiskError, KernelMessage, MachineName, Pid } from "./types.ts";
import type { World } from "./world.ts";

export function diskWrite(disk: DiskState, path: string, value: unknown): DiskError | null {
  if (disk.full) return "ENOSPC";
  remember(disk, path);
  disk.files.set(path, value);
  return null;
}

export function diskRemove(disk: DiskState, path: string): void {
  if (!disk.files.has(path)) return;
  remember(disk, path);
  disk.files.delete(path);
}

export function diskList(disk: DiskState, prefix: string): string[] {
  const paths: string[] = [];
  disk.files.range(prefix, endOfPrefix(prefix), (path) => {
    paths.push(path);
  });
  return paths;
}

/** Begins an fsync of all that was written so far; one after the other, as a disk does. */
export function diskSync(world: World, machine: Machine, pid: Pid, tag: unknown, departUs: number): number {
  const { disk } = machine;
  const id = disk.nextSync;
  disk.nextSync = id + 1;
  disk.syncing.push({ id, before: disk.unsynced });
  disk.unsynced = new Map();
  const jitter = 0.75 + nextFloat(world.randomOf(`disk/${machine.info.name}`)) / 2;
  const takesUs = Math.max(1, Math.round(disk.fsyncUs * disk.slowFactor * jitter));
  const atUs = Math.max(disk.busyUntilUs, departUs) + takesUs;
  disk.busyUntilUs = atUs;
  const message: KernelMessage = { type: "diskSynced", id, error: null, tag };
  world.schedule(atUs, EventKind.Synced, 0, machine.info.name, id, pid, "fsync");
  world.schedule(atUs, EventKind.Deliver, pid, message, 0, pid, "fsync");
  return id;
}

export function diskSyncDone(world: World, name: MachineName, id: number, _pid: Pid): void {
  const disk = (world.state.machines.get(name) as Machine).disk;
  // Layers complete in order; one that power-off undid is gone already.
  while (disk.syncing.length > 0 && (disk.syncing[0]?.id ?? 0) <= id) disk.syncing.shift();
}

/** What power-off does: everything since the last completed fsync never happened. */
export function diskLoseUnsynced(disk: DiskState): void {
  undo(disk, disk.unsynced);
  for (let index = disk.syncing.length - 1; index >= 0; index -= 1)
    undo(disk, (disk.syncing[index] as { before: Map<string, unknown> }).before);
  disk.unsynced = new Map();
  disk.syncing = [];
  disk.busyUntilUs = 0;
}

export function diskWipe(disk: DiskState, prefix: string): void {
  for (const path of diskList(disk, prefix)) disk.files.delete(path);
  disk.unsynced = new Map();
  disk.syncing = [];
}

function remember(disk: DiskState, path: string): void {
  if (!disk.unsynced.has(path)) disk.unsynced.set(path, disk.files.get(path));
}

function undo(disk: DiskState, before: Map<string, unknown>): void {
  for (const [path, value] of before) {
    if (value === undefined) disk.files.delete(path);
    else disk.files.set(path, value);
  }
}
