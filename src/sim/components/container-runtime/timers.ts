import type { Context, TimerId } from "../../kernel/types.ts";
import type { RuntimeMessage } from "./state.ts";

/** A timer whose effect belongs to what is being done now: all of the runtime's delays are parts of somebody's call. */
export function after(context: Context, delayUs: number, message: RuntimeMessage): TimerId {
  return context.setTimer(delayUs, message, "keep");
}
