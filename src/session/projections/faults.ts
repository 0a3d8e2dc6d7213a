import type { BreakAction, FaultMark } from "../../protocol/views.ts";
import type { TargetKind } from "../../sim/faults/fault.ts";
import { faultsFor, signOf } from "../../sim/faults/faults.ts";
import type { World } from "../../sim/kernel/world.ts";

const NONE: readonly FaultMark[] = Object.freeze([]);

/** What is broken on exactly this target (a pod's containers count for the pod). */
export function marksOf(world: World, target: string): readonly FaultMark[] {
  if (world.state.faults.size === 0) return NONE;
  const marks = allMarks(world).filter((mark) => mark.target === target || mark.target.startsWith(`${target}/`));
  return marks.length === 0 ? NONE : marks;
}

export function allMarks(world: World): FaultMark[] {
  return [...world.state.faults.values()].map((record) => ({
    id: record.id,
    fault: record.fault,
    target: record.target,
    label: signOf(record),
    sinceUs: record.sinceUs,
  }));
}

/** The Break menu of a target. */
export function actionsFor(kind: TargetKind, target: string): BreakAction[] {
  return faultsFor(kind).map((fault) => ({
    fault: fault.name,
    target,
    label: fault.label,
    hint: fault.hint,
    parameters: fault.parameters,
  }));
}
