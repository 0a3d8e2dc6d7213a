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
      readonly label: string;
    }
  | { readonly type: "frame"; readonly exchange: number; readonly frame: unknown }
  | { readonly type: "close"; readonly exchange: number }
  | { readonly type: "writeFile"; readonly path: string; readonly value: unknown }
  | { readonly type: "removeFile"; readonly path: string };

export type ConsoleOutput =
  | { readonly type: "answer"; readonly exchange: number; readonly body: unknown }
  | { readonly type: "failed"; readonly exchange: number; readonly error: NetworkError }
  | { readonly type: "frame"; readonly exchange: number; readonly frame: unknown }
  | { readonly type: "closed"; readonly exchange: number; readonly error: NetworkError | null };
