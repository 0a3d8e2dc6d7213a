import { diskLoseUnsynced, diskWipe } from "./disk.ts";
import { EventKind } from "./event-queue.ts";
import { reconsiderStreams } from "./network.ts";
import type { Machine, NetworkRule, Process } from "./state.ts";
import type { KernelMessage, MachineName, ProcessName } from "./types.ts";
import type { World } from "./world.ts";

/**
 * What faults do to a world. These are its only doors beside `input`; each is an input of its own and is logged by the
 * session. All give false, and change nothing, when the target is not there.
 */

function alive(world: World, name: ProcessName): Process | undefined {
  const pid = world.state.names.get(name);
  return pid === undefined ? undefined : world.state.processes.get(pid);
}

/** Ends a process as if it had died by itself; its supervisor does what it does then. */
export function crash(world: World, name: ProcessName, exitCode = 2, reason = "Error", message = ""): boolean {
  const process = alive(world, name);
  if (process === undefined) return false;
  world.end(process, { atUs: world.nowUs, exitCode, reason, message }, false);
  return true;
}

/** Ends a process (if it runs) and keeps whoever asks from starting it, until `allow`. */
export function bar(world: World, name: ProcessName): boolean {
  const process = alive(world, name);
  world.state.barred.set(name, process?.parent ?? null);
  if (process !== undefined)
    world.end(process, { atUs: world.nowUs, exitCode: 137, reason: "Error", message: "" }, false);
  return true;
}

export function allow(world: World, name: ProcessName): boolean {
  const parent = world.state.barred.get(name);
  if (parent === undefined) return false;
  world.state.barred.delete(name);
  const pid = parent === null ? undefined : world.state.names.get(parent);
  if (pid !== undefined) {
    const message: KernelMessage = { type: "childAllowed", process: name };
    world.scheduleRoot(world.nowUs, EventKind.Deliver, pid, message, "");
  }
  return true;
}

export function hang(world: World, name: ProcessName, hung: boolean): boolean {
  const process = alive(world, name);
  if (process === undefined) return false;
  process.hung = hung || world.state.machines.get(process.machine)?.frozen === true;
  if (!process.hung && process.inbox.length > 0) world.scheduleWake(process);
  world.observer?.changed(hung ? "hung" : "resumed", name, world.nowUs);
  return true;
}

/** Multiplies a process's service times; 1 mends it. Outlives restarts. */
export function slowDown(world: World, name: ProcessName, factor: number): boolean {
  if (factor === 1) return world.state.slow.delete(name);
  world.state.slow.set(name, factor);
  return true;
}

export function powerOff(world: World, name: MachineName): boolean {
  const machine = world.state.machines.get(name);
  if (machine === undefined || !machine.powered) return false;
  machine.powered = false;
  machine.frozen = false;
  machine.host = new Map();
  machine.exited.clear();
  diskLoseUnsynced(machine.disk);
  for (const process of [...world.state.processes.values()]) {
    if (process.machine === name)
      world.end(process, { atUs: world.nowUs, exitCode: 137, reason: "Error", message: "" }, true);
  }
  reconsiderStreams(world);
  world.observer?.changed("powered-off", name, world.nowUs);
  return true;
}

export function powerOn(world: World, name: MachineName): boolean {
  const machine = world.state.machines.get(name);
  if (machine === undefined || machine.powered) return false;
  world.scheduleRoot(world.nowUs + machine.bootUs, EventKind.PowerOn, 0, name, "");
  return true;
}

/** The whole machine stands still (a paused virtual machine); what was sent to it waits on the wire. */
export function freeze(world: World, name: MachineName, frozen: boolean): boolean {
  const machine = world.state.machines.get(name);
  if (machine === undefined || !machine.powered) return false;
  machine.frozen = frozen;
  for (const process of world.state.processes.values()) if (process.machine === name) hang(world, process.name, frozen);
  reconsiderStreams(world);
  return true;
}

export function skewClock(world: World, name: MachineName, offsetUs: number): boolean {
  const machine = world.state.machines.get(name);
  if (machine === undefined) return false;
  machine.clockOffsetUs = offsetUs;
  return true;
}

export function fillDisk(world: World, name: MachineName, full: boolean): boolean {
  const machine = world.state.machines.get(name);
  if (machine === undefined) return false;
  machine.disk.full = full;
  return true;
}

export function slowDisk(world: World, name: MachineName, factor: number): boolean {
  const machine = world.state.machines.get(name);
  if (machine === undefined) return false;
  machine.disk.slowFactor = factor;
  return true;
}

/** Removes all files below `prefix`, as a lost disk would. */
export function wipeDisk(world: World, name: MachineName, prefix: string): boolean {
  const machine = world.state.machines.get(name);
  if (machine === undefined) return false;
  diskWipe(machine.disk, prefix);
  return true;
}

export function addNetworkRule(world: World, rule: NetworkRule): void {
  world.state.networkRules.push(rule);
  reconsiderStreams(world);
}

export function removeNetworkRule(world: World, id: string): boolean {
  const index = world.state.networkRules.findIndex((rule) => rule.id === id);
  if (index < 0) return false;
  world.state.networkRules.splice(index, 1);
  reconsiderStreams(world);
  return true;
}

export function machineOf(world: World, name: MachineName): Machine | undefined {
  return world.state.machines.get(name);
}
