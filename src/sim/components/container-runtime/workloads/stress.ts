import type { Component, Context } from "../../../kernel/types.ts";
import type { ProgramArgs } from "../messages.ts";

/**
 * Programs that use up CPU or memory (`stress --cpu 2`, `stress --vm 1 --vm-bytes 150M`). What they use is what the
 * runtime's stats say; one that takes more memory than its limit is killed as by the kernel.
 */
export type StressState = Record<string, never>;

interface StressMessage {
  readonly type: "allocated" | "timeout";
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1_048_576, G: 1_073_741_824 };

export const stress: Component<StressState, StressMessage> = {
  kind: "workload/stress",
  start(context: Context, given: unknown): StressState {
    const { argv, container } = given as ProgramArgs;
    const wantedBytes = bytesOf(valueAfter(argv, ["--vm-bytes", "-mem-total", "-mem-alloc-size"]));
    const limitBytes = container.limits.memoryBytes;
    context.log(
      `stress: info: [1] dispatching hogs: ${valueAfter(argv, ["--cpu", "-c", "-cpus"]) || "0"} cpu, 0 io, ${valueAfter(argv, ["--vm", "-m"]) || "0"} vm, 0 hdd`,
    );
    if (limitBytes !== undefined && wantedBytes > limitBytes) later(context, 200_000, "allocated");
    const seconds = /^(\d+)s?$/.exec(valueAfter(argv, ["--timeout", "-t"]))?.[1];
    if (seconds !== undefined) later(context, Number(seconds) * 1_000_000, "timeout");
    context.listen(8080);
    return {};
  },
  step(_state, message, context): void {
    if (message.type === "allocated") context.exit(137, "OOMKilled");
    else if (message.type === "timeout") context.exit(0);
    else if (message.type === "signal") context.exit(143);
    else if (message.type === "request")
      context.respond(message.id, { type: "http", status: 200, headers: {}, body: "burning\n" });
  },
};

function later(context: Context, delayUs: number, type: StressMessage["type"]): void {
  const message: StressMessage = { type };
  context.setTimer(delayUs, message, "keep");
}

function valueAfter(argv: readonly string[], names: readonly string[]): string {
  for (const [index, argument] of argv.entries()) {
    for (const name of names) {
      if (argument === name) return argv[index + 1] ?? "";
      if (argument.startsWith(`${name}=`)) return argument.slice(name.length + 1);
    }
  }
  return "";
}

function bytesOf(text: string): number {
  const match = /^(\d+)([KMG]?)i?B?$/i.exec(text);
  return match === null ? 0 : Number(match[1]) * (UNITS[(match[2] ?? "").toUpperCase()] ?? 1);
}
