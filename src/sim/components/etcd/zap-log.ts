import { formatMicroTime } from "../../api/time.ts";
import type { Context } from "../../kernel/types.ts";

/** A line as etcd's zap logger writes it. */
export function zap(
  context: Pick<Context, "log" | "wallUs">,
  level: "info" | "warn" | "error" | "fatal" | "panic",
  caller: string,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  context.log(JSON.stringify({ level, ts: formatMicroTime(context.wallUs()), caller, msg: message, ...fields }));
}

/** What the Raft library says: `raft` is its logger. */
export function raftLog(context: Pick<Context, "log" | "wallUs">, message: string): void {
  context.log(
    JSON.stringify({
      level: "info",
      ts: formatMicroTime(context.wallUs()),
      logger: "raft",
      caller: "etcdserver/zap_raft.go:77",
      msg: message,
    }),
  );
}
