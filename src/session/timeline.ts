import { type Checkpoint, restore, takeCheckpoint } from "../sim/kernel/checkpoint.ts";
import type { World } from "../sim/kernel/world.ts";
import { applyInput, type InputResult, type LoggedInput, type SessionInput } from "./inputs.ts";

/** Where in a world's life: after so many events, at that time. */
export interface Position {
  readonly atUs: number;
  readonly handled: number;
}

/** The exact moment: many things, inputs among them, may happen in one microsecond. */
export interface Moment extends Position {
  /** How many of the branch's inputs the world has seen. */
  readonly inputs: number;
}

interface PlacedCheckpoint extends Moment {
  readonly checkpoint: Checkpoint;
}

/** One line of history: the inputs, and checkpoints to go back to. */
export interface Branch {
  readonly id: string;
  name: string;
  readonly parent: string | null;
  readonly forkedAt: Position;
  inputs: LoggedInput[];
  checkpoints: PlacedCheckpoint[];
  /** How far it has been lived. */
  end: Position;
}

/** A rewind replays at most about what lies between two checkpoints; one costs in proportion to the processes. */
export const CHECKPOINT_EVERY_EVENTS = 10_000;
const CHECKPOINT_EVENTS_PER_PROCESS = 100;
const CHECKPOINTS_MAX = 240;

const BIRTH: Position = Object.freeze({ atUs: 0, handled: 0 });

export function createBranch(id: string, name: string): Branch {
  return { id, name, parent: null, forkedAt: BIRTH, inputs: [], checkpoints: [], end: BIRTH };
}

/** A branch that shares `parent`'s history up to `at`, of which `cursor` inputs. */
export function forkBranch(parent: Branch, id: string, name: string, at: Position, cursor: number): Branch {
  return {
    id,
    name,
    parent: parent.id,
    forkedAt: at,
    inputs: parent.inputs.slice(0, cursor),
    checkpoints: parent.checkpoints.filter(
      (each) => each.handled <= at.handled && each.atUs <= at.atUs && each.inputs <= cursor,
    ),
    end: at,
  };
}

export function positionOf(world: World): Position {
  return { atUs: world.nowUs, handled: world.state.handled };
}

/** Takes a checkpoint if enough has happened since the last, and thins out old ones. `inputs`: how many the world has seen. */
export function rememberPlace(branch: Branch, world: World, inputs: number): void {
  const last = branch.checkpoints.at(-1);
  const here = positionOf(world);
  const every = Math.max(CHECKPOINT_EVERY_EVENTS, CHECKPOINT_EVENTS_PER_PROCESS * world.state.processes.size);
  if (last !== undefined && here.handled - last.handled < every) return;
  branch.checkpoints.push({ ...here, inputs, checkpoint: takeCheckpoint(world, last?.checkpoint) });
  if (branch.checkpoints.length > CHECKPOINTS_MAX) branch.checkpoints = thinOut(branch.checkpoints);
}

/** Drops every second of the older half; the first one stays, so that any moment can be reached. */
export function thinOut<T>(checkpoints: readonly T[]): T[] {
  const half = checkpoints.length >> 1;
  return checkpoints.filter((_each, index) => index === 0 || index >= half || index % 2 === 0);
}

/** Who is told what a replay does. */
interface Replay {
  /** The world that it begins with, before anything happens. */
  begins(world: World): void;
  applied(input: SessionInput, result: InputResult): void;
}

/**
 * A world at some time of the branch's life, with the number of inputs that it has seen: exactly at a `Moment`, or when
 * all has happened that was due by `atUs`.
 */
export function travel(
  branch: Branch,
  world: World,
  to: Moment | { readonly atUs: number },
  replay: Replay,
): { readonly world: World; readonly cursor: number } {
  const { atUs } = to;
  const { handled, inputs } = "inputs" in to ? to : { handled: Number.POSITIVE_INFINITY, inputs: branch.inputs.length };
  const from = branch.checkpoints.findLast(
    (each) => each.atUs <= atUs && each.handled <= handled && each.inputs <= inputs,
  );
  if (from === undefined) throw new Error("A branch without a first checkpoint.");
  const there = restore(world.code, from.checkpoint);
  replay.begins(there);
  let cursor = from.inputs;
  while (cursor < inputs) {
    const next = branch.inputs[cursor];
    if (next === undefined || next.atUs > atUs) break;
    approach(there, next, Number.POSITIVE_INFINITY);
    replay.applied(next.input, applyLogged(branch, cursor, there));
    cursor += 1;
  }
  if ("inputs" in to) approach(there, to, Number.POSITIVE_INFINITY);
  else there.advance(atUs);
  return { world: there, cursor };
}

/**
 * Runs towards a place in the world's life, at most `maxEvents` events. A log that another version of the product wrote
 * may name a place where this world never is: then the place is where all is done that was due by its time.
 */
export function approach(
  world: World,
  place: Position,
  maxEvents: number,
): { readonly ran: number; readonly arrived: boolean } {
  const missing = place.handled - world.state.handled;
  let ran = 0;
  if (missing > 0) {
    const room = Math.min(missing, maxEvents);
    ran = world.advance(place.atUs, room);
    if (ran < missing) return { ran, arrived: ran < room };
  }
  if (missing >= 0) {
    world.settle(place.atUs);
    if (world.nowUs >= place.atUs) return { ran, arrived: true };
  }
  const room = maxEvents - ran;
  const late = room > 0 ? world.advance(place.atUs, room) : 0;
  return { ran: ran + late, arrived: late < room };
}

/** Gives the world its next logged input, and puts the log right if it named another place than this. */
export function applyLogged(branch: Branch, cursor: number, world: World): InputResult {
  const logged = branch.inputs[cursor] as LoggedInput;
  const here = positionOf(world);
  if (here.atUs !== logged.atUs || here.handled !== logged.handled)
    branch.inputs[cursor] = { ...here, input: logged.input };
  return applyInput(world, logged.input);
}
