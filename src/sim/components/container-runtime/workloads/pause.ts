import type { Component } from "../../../kernel/types.ts";

/** `/pause`: waits to be told to stop. */
export const pause: Component<Record<string, never>> = {
  kind: "workload/pause",
  start: () => ({}),
  step(_state, message, context): void {
    if (message.type !== "signal") return;
    context.log("Shutting down, got signal: Terminated");
    context.exit(2, "Error");
  },
};
