import { type Checkpoint, restore, takeCheckpoint } from "../sim/kernel/checkpoint.ts";
import type { World } from "../sim/kernel/world.ts";
import { applyInput, type LoggedInput } from "./inputs.ts";

/** Where in a world's life: after so many events, at that time. */
export interface Position {
  readonly atUs: number;
  readonly handled: number;
}

interface PlacedCheckpoint extends Position {
  readonly checkpoint: Checkpoint;
}

/** One line of history: the inputs, and checkpoints to go back to. */
export interface Branch {
  readonly id: string;
  name: string;
  readonly parent: string | null;
  readonly forkedAtUs: number;
  inputs: LoggedInput[];
  checkpoints: PlacedCheckpoint[];
  /** How far it has been lived. */
  end: Position;
}

const CHECKPOINT_EVERY_EVENTS = 20_000;
const CHECKPOINTS_MAX = 240;

export function createBranch(id: string, name: string): Branch {
  return { id, name, parent: null, forkedAtUs: 0, inputs: [], checkpoints: [], end: { atUs: 0, handled: 0 } };
}

/** A branch that shares `parent`'s history up to `at`, of which `cursor` inputs. */
export function forkBranch(parent: Branch, id: string, name: string, at: Position, cursor: number): Branch {
  return {
    id,
    name,
    parent: parent.id,
    forkedAtUs: at.atUs,
    inputs: parent.inputs.slice(0, cursor),
    checkpoints: parent.checkpoints.filter((each) => each.handled <= at.handled && each.atUs <= at.atUs),
    end: at,
  };
}

export function positionOf(world: World): Position {
  return { atUs: world.nowUs, handled: world.state.handled };
}

/** Takes a checkpoint if enough has happened since the last, and thins out old ones. */
export function rememberPlace(branch: Branch, world: World, force = false): void {
  const last = branch.checkpoints.at(-1);
  const here = positionOf(world);
  if (last !== undefined) {
    if (last.handled > here.handled) return;
    if (!force && here.handled - last.handled < CHECKPOINT_EVERY_EVENTS) return;
    if (last.handled === here.handled && last.atUs === here.atUs) return;
  }
  branch.checkpoints.push({ ...here, checkpoint: takeCheckpoint(world, last?.checkpoint) });
  if (branch.checkpoints.length > CHECKPOINTS_MAX) thinOut(branch);
}

/** Drops every second of the older half; the first one stays, so that any moment can be reached. */
function thinOut(branch: Branch): void {
  const half = branch.checkpoints.length >> 1;
  branch.checkpoints = branch.checkpoints.filter((_each, index) => index === 0 || index >= half || index % 2 === 0);
}

/**
 * A world at time `atUs` of the branch's life, with the number of inputs that it has seen. `observe` is told of the
 * world before anything is replayed.
 */
export function travel(
  branch: Branch,
  world: World,
  atUs: number,
  observe: (world: World) => void,
): { readonly world: World; readonly cursor: number } {
  const from = branch.checkpoints.findLast((each) => each.atUs <= atUs);
  if (from === undefined) throw new Error("A branch without a first checkpoint.");
  const there = restore(world.code, from.checkpoint);
  observe(there);
  let cursor = branch.inputs.findIndex(
    (logged) => logged.handled > from.handled || (logged.handled === from.handled && logged.atUs > from.atUs),
  );
  // Inputs at the very place of a checkpoint came after it: checkpoints are taken before inputs.
  const same = branch.inputs.findIndex((logged) => logged.handled === from.handled && logged.atUs === from.atUs);
  if (same >= 0) cursor = same;
  if (cursor < 0) cursor = branch.inputs.length;
  for (;;) {
    const next = branch.inputs[cursor];
    if (next === undefined || next.atUs > atUs) break;
    runTo(there, next);
    applyInput(there, next.input);
    cursor += 1;
  }
  there.advance(atUs);
  return { world: there, cursor };
}

/** Runs exactly to a place in the world's life. */
export function runTo(world: World, place: Position): void {
  world.advance(place.atUs, place.handled - world.state.handled);
  world.settle(place.atUs);
}
