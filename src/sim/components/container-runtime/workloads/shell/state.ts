import type { StreamId } from "../../../../kernel/types.ts";
import type { ProgramArgs } from "../../messages.ts";
import type { WatchedFile } from "./agnhost.ts";
import type { Program } from "./compile.ts";
import type { NetworkJob } from "./network.ts";
import type { PythonState } from "./python/run.ts";

/** Where a file descriptor leads. */
export type Sink =
  | { readonly to: "stdout" | "stderr" | "null" }
  /** The capture that was open, by its place in `captures`. */
  | { readonly to: "capture"; readonly index: number }
  | { readonly to: "file"; readonly path: string };

export interface Descriptors {
  readonly out: Sink;
  readonly err: Sink;
  /** Text at the standard input; null: the process's own. */
  readonly input: string | null;
}

export interface Frame {
  readonly program: Program;
  pc: number;
  readonly kind: "script" | "function" | "trap";
  readonly positional: readonly string[];
}

export interface Scope {
  readonly variables: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly loops: number;
  readonly fors: number;
  readonly cases: number;
  readonly captures: number;
  readonly savedFds: number;
  readonly end: number;
  readonly frame: number;
}

export interface ShellState {
  readonly args: ProgramArgs;
  readonly frames: Frame[];
  variables: Record<string, string>;
  exported: Record<string, true>;
  directory: string;
  status: number;
  name: string;
  fds: Descriptors;
  /** Descriptors to come back to. */
  readonly savedFds: Descriptors[];
  readonly captures: string[];
  slots: Record<string, string>;
  readonly loops: { readonly onBreak: number; readonly onContinue: number }[];
  readonly fors: { readonly words: readonly string[]; next: number }[];
  readonly cases: string[];
  readonly scopes: Scope[];
  readonly functions: Map<string, { readonly program: Program; readonly at: number }>;
  readonly traps: Map<string, string>;
  options: { exitOnError: boolean; trace: boolean };
  /** The program that the script has become (`nginx -g "daemon off;"`), with its own state. */
  delegate: { readonly kind: string; readonly state: unknown } | null;
  /** What a command waits for. */
  pending: Pending | null;
  nextJob: number;
  /** The last `$RANDOM`, before it was cut to size. */
  random: number;
  /** Characters handled since the world last went on. */
  work: number;
  /** Text that is not a whole line yet (for the log). */
  partial: string;
  /** Exec: the stream to the runtime. */
  io: StreamId | null;
  stdin: string;
  stdinClosed: boolean;
  /** At a terminal: the line that is being typed, and whether Ctrl-D has ended what the present command reads. */
  line: string;
  inputEnded: boolean;
  /** Rows and columns of the client's terminal. */
  size: { readonly rows: number; readonly columns: number } | null;
  /** Interactive shell at a terminal. */
  interactive: boolean;
  ended: boolean;
}

export type Pending =
  | { readonly kind: "sleep" | "yield"; readonly job: number }
  /** A program of the image runs in the shell's place. */
  | { readonly kind: "delegate"; readonly argv: readonly string[]; readonly program: string }
  | { readonly kind: "network"; readonly job: number; readonly fds: Descriptors; network: NetworkJob }
  /** A file is read again and again. */
  | { readonly kind: "watch"; readonly job: number; readonly fds: Descriptors; readonly watch: WatchedFile }
  /** It never ends; `says` is what it prints in a slice. */
  | { readonly kind: "endless"; readonly job: number; readonly fds: Descriptors; readonly says: string }
  /** It fills memory. */
  | {
      readonly kind: "greedy";
      readonly job: number;
      readonly fds: Descriptors;
      readonly bytes: number;
      readonly takenBytes: number;
    }
  /** A Python script sleeps, or lets the world go on. */
  | {
      readonly kind: "python";
      readonly job: number;
      readonly fds: Descriptors;
      readonly python: PythonState;
      readonly argv: readonly string[];
    }
  | {
      readonly kind: "stdin";
      readonly fds: Descriptors;
      /** `filter`: a command that reads all of its input before it answers. */
      readonly what: "read" | "cat" | "line" | "filter";
      /** Variables to read into, or the filter's arguments. */
      readonly names: readonly string[];
    };

export type ShellMessage =
  | { readonly type: "shellTimer"; readonly job: number }
  | { readonly type: "leave"; readonly exitCode: number };
