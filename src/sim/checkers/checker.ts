import type { World } from "../kernel/world.ts";

/** What must hold in every moment of every world (safety; not what will hold later). */
export interface Checker {
  /** `etcd-one-leader-per-term`. */
  readonly name: string;
  /** Why it must hold, one sentence. */
  readonly because: string;
  /** A sentence per violation; empty when all is well. */
  check(world: World): string[];
}
