import type { ProgramArgs } from "../components/container-runtime/messages.ts";
import type { Process } from "../kernel/state.ts";
import type { ProcessName } from "../kernel/types.ts";
import type { World } from "../kernel/world.ts";
import type { TargetKind } from "./fault.ts";

/** What a target's text means in this world, or one sentence why it means nothing. */
export function kindOfTarget(world: World, target: string): TargetKind | { readonly error: string } {
  if (target === "registry") return "registry";
  if (target.startsWith("pod/")) {
    return containerProcesses(world, target).length > 0
      ? "container"
      : { error: `No container of ${target} is running.` };
  }
  if (world.state.machines.has(target)) return "machine";
  const colon = target.indexOf(":");
  if (colon > 0) {
    const unknown = [target.slice(0, colon), target.slice(colon + 1)].find((end) => !isPlace(world, end));
    return unknown === undefined ? "link" : { error: `There is no machine or zone "${unknown}".` };
  }
  const at = target.lastIndexOf("@");
  if (at > 0) {
    const machine = target.slice(at + 1);
    if (!world.state.machines.has(machine)) return { error: `There is no machine "${machine}".` };
    return isKnownProcess(world, target)
      ? "component"
      : { error: `No component "${target.slice(0, at)}" on ${machine}.` };
  }
  return {
    error: `"${target}" is no target: give COMPONENT@MACHINE, a machine, a link A:B, pod/NAME[/CONTAINER] or registry.`,
  };
}

function isPlace(world: World, name: string): boolean {
  if (name === "*" || world.state.machines.has(name)) return true;
  for (const machine of world.state.machines.values()) if (machine.info.zone === name && name !== "") return true;
  return false;
}

/** Running, or known from before (ended, barred, or with a log). */
function isKnownProcess(world: World, name: ProcessName): boolean {
  if (world.state.names.has(name) || world.state.barred.has(name)) return true;
  const machine = world.state.machines.get(name.slice(name.lastIndexOf("@") + 1));
  return machine !== undefined && (machine.exited.has(name) || machine.logBounds.has(name));
}

/** The running process of a component target; null when there is none. */
export function processOf(world: World, target: string): ProcessName | null {
  return world.state.names.has(target) ? target : null;
}

/** Running containers of `pod/NAME`, `pod/NAME/CONTAINER`, or `pod/NAMESPACE/NAME/CONTAINER`. */
export function containerProcesses(world: World, target: string): Process[] {
  const parts = target.split("/").slice(1);
  const [namespace, pod, container] = parts.length === 3 ? parts : ["", parts[0], parts[1]];
  const found: Process[] = [];
  for (const process of world.state.processes.values()) {
    const args = process.args as Partial<ProgramArgs> | null;
    if (args?.sandbox === undefined || args.container === undefined) continue;
    if (args.sandbox.name !== pod || (namespace !== "" && args.sandbox.namespace !== namespace)) continue;
    if (container === undefined || args.container.name === container) found.push(process);
  }
  return found;
}
