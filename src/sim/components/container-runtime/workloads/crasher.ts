import type { Component, Context } from "../../../kernel/types.ts";
import type { ProgramArgs } from "../messages.ts";
import { readFile, writeFile } from "./files.ts";

/**
 * Programs that end: `crash` fails, `job` succeeds, `flaky` fails the first times and then serves. Environment:
 * `AFTER_SECONDS` (default 1), `EXIT_CODE`, `FAILURES` (flaky: default 2).
 */
export interface CrasherState {
  readonly exitCode: number;
  readonly serving: boolean;
}

interface CrasherMessage {
  readonly type: "end";
}

const COUNT_FILE = "/tmp/failures";

export const crasher: Component<CrasherState, CrasherMessage> = {
  kind: "workload/crasher",
  start(context: Context, given: unknown): CrasherState {
    const args = given as ProgramArgs;
    const name = (args.argv[0] ?? "").split("/").at(-1);
    const seconds = numberOf(args.env.AFTER_SECONDS, 1);
    if (name === "flaky") {
      const before = numberOf(readFile(context, args, COUNT_FILE) ?? "0", 0);
      if (before >= numberOf(args.env.FAILURES, 0) && context.random.int(2) === 0) {
        context.listen(8080);
        context.log("flaky: serving on :8080");
        return { exitCode: 0, serving: true };
      }
      writeFile(context, args, COUNT_FILE, String(before + 1));
    }
    const exitCode = numberOf(args.env.EXIT_CODE, name === "job" ? 0 : 1);
    context.log(`${name}: working`);
    const message: CrasherMessage = { type: "end" };
    context.setTimer(seconds * 1_000_000, message, "keep");
    return { exitCode, serving: false };
  },
  step(state, message, context): void {
    if (message.type === "signal") context.exit(143);
    if (message.type === "request")
      context.respond(message.id, { type: "http", status: 200, headers: {}, body: "flaky, but here\n" });
    if (message.type !== "end") return;
    context.log(state.exitCode === 0 ? "done" : `fatal: something went wrong, exit code ${state.exitCode}`);
    context.exit(state.exitCode);
  },
};

function numberOf(text: string | undefined, fallback: number): number {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : fallback;
}
