import { deepFreeze } from "../api/object.ts";
import type { FaultRecord } from "../kernel/state.ts";
import type { World } from "../kernel/world.ts";
import type { Fault, TargetKind } from "./fault.ts";
import { FAULTS } from "./list.ts";
import { kindOfTarget } from "./targets.ts";

export function faultByName(name: string): Fault | undefined {
  return FAULTS.find((fault) => fault.name === name);
}

export function faultsFor(kind: TargetKind): readonly Fault[] {
  return FAULTS.filter((fault) => fault.appliesTo === kind);
}

/** Breaks something. Gives null, or one sentence why not; then nothing has changed. */
export function breakTarget(
  world: World,
  name: string,
  target: string,
  given: Readonly<Record<string, string>>,
): string | null {
  const fault = faultByName(name);
  if (fault === undefined) return `There is no fault "${name}"; "lab fail" lists them.`;
  const kind = kindOfTarget(world, target);
  if (typeof kind === "object") return kind.error;
  if (kind !== fault.appliesTo) return `"${name}" applies to a ${fault.appliesTo}, and ${target} is a ${kind}.`;
  const unknown = Object.keys(given).find((key) => !fault.parameters.some((parameter) => parameter.name === key));
  if (unknown !== undefined) return `"${name}" has no parameter "${unknown}".`;
  const id = `${name} ${target}`;
  if (world.state.faults.has(id)) return `${target} has that fault already; heal it first.`;
  const parameters: Record<string, string> = {};
  for (const parameter of fault.parameters) parameters[parameter.name] = given[parameter.name] ?? parameter.default;
  const outcome = fault.break(world, target, parameters);
  if ("error" in outcome) return outcome.error;
  if (outcome.lasting) {
    world.state.faults.set(
      id,
      deepFreeze({ id, fault: name, target, parameters, sinceUs: world.nowUs, memo: outcome.memo }),
    );
  }
  return null;
}

/** Mends one fault. Gives null, or one sentence why not. */
export function healFault(world: World, id: string): string | null {
  const record = world.state.faults.get(id);
  if (record === undefined) return `Nothing is broken by that name: ${id}.`;
  world.state.faults.delete(id);
  faultByName(record.fault)?.heal(world, record.target, record.memo);
  return null;
}

export function healEverything(world: World): void {
  for (const id of [...world.state.faults.keys()]) healFault(world, id);
}

export function signOf(record: FaultRecord): string {
  return faultByName(record.fault)?.sign(record.parameters) ?? record.fault;
}
