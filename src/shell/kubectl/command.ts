/** What a verb is, and what it gets to run with. What it says of itself stands in the help texts. */
import type { ProgramContext } from "../doors.ts";
import type { Client } from "./client.ts";
import type { Mapper } from "./discovery.ts";
import type { FlagSpec, FlagValues } from "./flags.ts";

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly flags?: readonly FlagSpec[];
  readonly subcommands?: readonly Command[];
  /** What words may stand after it, for completion. */
  readonly completes?: "resources" | "pods" | "nodes" | "workloads" | "signingRequests" | "shells" | "none";
  run?(invocation: Invocation): Promise<number | undefined>;
}

export interface Invocation {
  readonly command: Command;
  /** `kubectl create deployment` */
  readonly path: string;
  readonly args: readonly string[];
  readonly argsLenAtDash: number;
  readonly flags: FlagValues;
  readonly context: ProgramContext;
  readonly client: Client;
  readonly mapper: Mapper;
  /** The namespace that the command works in, and whether a flag named it. */
  readonly namespace: string;
  readonly namespaceGiven: boolean;
  out(line: string): void;
  err(line: string): void;
}

/** Words and order of a verb: fill in what is missing, refuse what cannot be, then do it. */
export interface Steps<Options> {
  complete(invocation: Invocation): Options | Promise<Options>;
  validate?(options: Options, invocation: Invocation): void;
  run(options: Options, invocation: Invocation): Promise<number | undefined>;
}

export function inSteps<Options>(steps: Steps<Options>): (invocation: Invocation) => Promise<number | undefined> {
  return async (invocation) => {
    const options = await steps.complete(invocation);
    steps.validate?.(options, invocation);
    return steps.run(options, invocation);
  };
}
