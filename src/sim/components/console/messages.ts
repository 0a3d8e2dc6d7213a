import type { NetworkError } from "../../kernel/types.ts";

/**
 * A machine's console, and on the laptop the door for kubectl: a program that runs outside of the world has its
 * requests sent from here. Inputs are logged with their virtual time; a rewind replays them, never the program.
 */
export type ConsoleInput =
  | {
      readonly type: "request" | "stream";
      /** Chosen by the session, unique in its life. */
      readonly exchange: number;
      readonly to: string;
      readonly body: unknown;
      readonly timeoutUs: number;
      /** Path of the client certificate on this machine's disk; null: none. */
      readonly certificate: string | null;
      /** Without: TCP. */
      readonly protocol?: "UDP";
      readonly label: string;
    }
  | { readonly type: "frame"; readonly exchange: number; readonly frame: unknown }
  | { readonly type: "close"; readonly exchange: number }
  | { readonly type: "writeFile"; readonly path: string; readonly value: unknown }
  | { readonly type: "removeFile"; readonly path: string }
  | ({ readonly type: "changeFiles" } & FileChanges);

/** Where a console serves the programs that are typed on it. */
export const CONSOLE_SOCKET = "unix:/run/console.sock";

/**
 * What is said to that socket. `run` opens a stream: frames are what the program prints (`stdout`, `stderr`), at last
 * `exit`; closing it is Ctrl-C. `output` is the program's own end.
 */
export type ConsoleService =
  | {
      readonly op: "run";
      /** A program of the world's own: `etcdctl`, `etcdutl`. */
      readonly program: string;
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly directory: string;
      readonly stdin: string;
    }
  | { readonly op: "output"; readonly run: number }
  /** A request: copies a file from another machine's disk. Answered with `CopyAnswer`. */
  | { readonly op: "copyFrom"; readonly machine: string; readonly from: string; readonly to: string };

/** What `scp` prints; null: it is there. */
export interface CopyAnswer {
  readonly error: string | null;
}

/** Every machine hands out its files to root of another. */
export const SSH_PORT = 22;

export interface FileRequest {
  readonly op: "file";
  readonly path: string;
}

/** `value` undefined: there is no such file. */
export interface FileAnswer {
  readonly value: unknown;
}

/** All at once: copies see the disk as it was before. */
export interface FileChanges {
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  readonly removals: readonly string[];
  readonly writes: readonly { readonly path: string; readonly text: string }[];
}

/** What a program that is typed on a console is started with. */
export interface ConsoleProgramArgs {
  /** Socket for its output, and which run it is there. */
  readonly console: string;
  readonly run: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly stdin: string;
}

export type ConsoleOutput =
  | { readonly type: "answer"; readonly exchange: number; readonly body: unknown }
  | { readonly type: "failed"; readonly exchange: number; readonly error: NetworkError }
  | { readonly type: "frame"; readonly exchange: number; readonly frame: unknown }
  | { readonly type: "closed"; readonly exchange: number; readonly error: NetworkError | null };
