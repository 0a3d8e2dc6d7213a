import type { ConsoleInput } from "../sim/components/console/messages.ts";
import { breakTarget, healEverything, healFault } from "../sim/faults/faults.ts";
import type { World } from "../sim/kernel/world.ts";

/** Everything that a person does to a world. With seed and topology, a list of these is the whole story. */
export type SessionInput =
  | {
      readonly type: "console";
      readonly machine: string;
      readonly input: ConsoleInput;
      /** The trace that it is part of: that of the first request of the same command. Absent: its own. */
      readonly trace?: number;
      /** The command line that it is the first request of. */
      readonly command?: string;
    }
  | {
      readonly type: "break";
      readonly fault: string;
      readonly target: string;
      readonly parameters: Readonly<Record<string, string>>;
    }
  | { readonly type: "heal"; readonly id: string }
  | { readonly type: "healEverything" };

/** An input and the exact place in the world's life where it came: after `handled` events, at `atUs`. */
export interface LoggedInput {
  readonly atUs: number;
  readonly handled: number;
  readonly input: SessionInput;
}

export interface InputResult {
  /** One sentence, when the input was refused; the world is unchanged then. */
  readonly error: string | null;
  /** The trace that it roots, if it sets off something by itself. */
  readonly trace: number | null;
}

/** True for a request that asks the API server to change something. */
export function isWrite(input: SessionInput): boolean {
  return input.type === "console" && "label" in input.input && /^(POST|PUT|PATCH|DELETE) /.test(input.input.label);
}

/** True for what a person wants to see travel: a change, a command in a container, a packet to a Service. Not for a look. */
export function isWorthFollowing(input: SessionInput): boolean {
  if (isWrite(input)) return true;
  return (
    input.type === "console" && "label" in input.input && /\/(exec|attach|portforward)\b|^curl /.test(input.input.label)
  );
}

/** The exchange that an input is about; 0: none. */
export function exchangeOf(input: SessionInput): number {
  return input.type === "console" && "exchange" in input.input ? input.input.exchange : 0;
}

const DONE: InputResult = { error: null, trace: null };

export function applyInput(world: World, input: SessionInput): InputResult {
  switch (input.type) {
    case "console": {
      const label = "label" in input.input ? input.input.label : "";
      const trace = world.input(`console@${input.machine}`, input.input, label, input.trace);
      return trace === null
        ? { error: `No route to host: ${input.machine} does not answer.`, trace }
        : { error: null, trace };
    }
    case "break":
      return { error: breakTarget(world, input.fault, input.target, input.parameters), trace: null };
    case "heal":
      return { error: healFault(world, input.id), trace: null };
    case "healEverything":
      healEverything(world);
      return DONE;
  }
}
