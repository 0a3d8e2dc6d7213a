import type { World } from "../kernel/world.ts";

export type TargetKind = "component" | "machine" | "link" | "container" | "registry";

export interface FaultParameter {
  readonly name: string;
  /** For the Break menu: `How many times slower`. */
  readonly label: string;
  readonly default: string;
  readonly unit: string;
}

/** Something that can be broken. One file each; `list.ts` names them all. */
export interface Fault {
  readonly name: string;
  readonly appliesTo: TargetKind;
  /** For the Break menu: `Stop`. */
  readonly label: string;
  /** One sentence: what happens, and what mends it. */
  readonly hint: string;
  readonly parameters: readonly FaultParameter[];
  /** What the sign on the target says: `stopped`, `10 x slower`. */
  sign(parameters: Readonly<Record<string, string>>): string;
  /**
   * Breaks the target. `memo` is what `heal` will be given; `lasting: false` for what is over at once (a crash). An error
   * is one sentence.
   */
  break(world: World, target: string, parameters: Readonly<Record<string, string>>): Outcome;
  heal(world: World, target: string, memo: unknown): void;
}

export type Outcome =
  | { readonly error: string }
  | { readonly lasting: false }
  | { readonly lasting: true; readonly memo: unknown };

export const OVER_AT_ONCE: Outcome = { lasting: false };

export function lasting(memo: unknown = null): Outcome {
  return { lasting: true, memo };
}

export function failed(error: string): Outcome {
  return { error };
}
