import type { Context } from "../../kernel/types.ts";
import type { Proposal } from "./raft/types.ts";
import type { Command, EtcdState, Operation } from "./state.ts";

/** Puts a command on its way to the leader. `request` 0: nobody waits for it. */
export function enqueue(
  state: EtcdState,
  context: Context,
  operation: Operation,
  request: number,
  sizeBytes: number,
): void {
  const { trace } = context;
  const command: Command = Object.freeze({
    operation,
    origin: state.id,
    incarnation: context.self.pid,
    request,
    trace: trace.trace === 0 ? null : Object.freeze(trace),
  });
  const proposal: Proposal = Object.freeze({
    kind: operation.op === "membership" ? "membership" : "normal",
    data: command,
    sizeBytes,
  });
  state.queue.push(proposal);
}
