import type { Invocation } from "../programs/program.ts";

/** What these commands need of the program that they are part of; etcdctl offers some of them still. */
export interface Host {
  readonly invocation: Invocation;
  readonly sheet: { readonly format: string };
}
