import type { Context } from "../../kernel/types.ts";
import type { EtcdState } from "./state.ts";

/** Ends the process, as upstream's Fatal and panic do. */
export function fail(state: EtcdState, context: Context, exitCode: number, message: string): void {
  state.phase = "failed";
  context.exit(exitCode, "Error", message);
}
