import type { Context, TimerId } from "../../kernel/types.ts";
import type { KubeletMessage } from "./state.ts";

/** A timer of the kubelet's own: heart-beats and polls are nobody's doing; "keep" goes on with what is being done. */
export function after(
  context: Context,
  delayUs: number,
  message: KubeletMessage,
  trace: "new" | "keep" = "new",
): TimerId {
  return context.setTimer(delayUs, message, trace);
}
