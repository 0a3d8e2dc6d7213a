import type { Flags } from "./flags.ts";

/** What every controller is given at its start. */
export interface ControllerOptions extends Flags {
  /** Text of `--root-ca-file`. */
  readonly rootCa: string;
  /** Of `--cluster-signing-key-file`: signs certificates. "": there is none, and nothing is signed. */
  readonly caKey: string;
  /** Of `--service-account-private-key-file`: signs service accounts' tokens. "": there is none. */
  readonly tokenKey: string;
}
