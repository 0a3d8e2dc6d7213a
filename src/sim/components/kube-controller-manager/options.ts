import type { Flags } from "./flags.ts";

/** What every controller is given at its start. */
export interface ControllerOptions extends Flags {
  /** Text of `--root-ca-file`. */
  readonly rootCa: string;
}
