import { takeSteadily } from "../../../kernel/cgroups.ts";
import type { Component, Context } from "../../../kernel/types.ts";
import type { ProgramArgs } from "../messages.ts";

/**
 * Programs that use up CPU or memory (`stress --cpu 2`, `stress --vm 1 --vm-bytes 150M`). What they use goes to
 * their container's account; one that takes more memory than its limit is killed as by the kernel.
 */
export type StressState = Record<string, never>;

interface StressMessage {
  readonly type: "allocated" | "timeout";
}

/** `stress --vm 1` without a size. */
const DEFAULT_VM_BYTES = 256 * 1_048_576;

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1_048_576, G: 1_073_741_824 };

export const stress: Component<StressState, StressMessage> = {
  kind: "workload/stress",
  start(context: Context, given: unknown): StressState {
    const args = given as ProgramArgs;
    const { argv } = args;
    const cpus = countOf(valueAfter(argv, ["--cpu", "-c", "-cpus"]));
    const workers = countOf(valueAfter(argv, ["--vm", "-m"]));
    const wanted = valueAfter(argv, ["--vm-bytes", "-mem-total", "-mem-alloc-size"]);
    const eachBytes = wanted === "" && workers > 0 ? DEFAULT_VM_BYTES : bytesOf(wanted);
    // A memory worker writes all the time, unless it is told to hold what it has.
    const isHolding = valueAfter(argv, ["--vm-hang"]) !== "";
    context.log(`stress: info: [1] dispatching hogs: ${cpus} cpu, 0 io, ${workers} vm, 0 hdd`);
    const cpuMillicores = (cpus + (isHolding ? 0 : workers)) * 1000;
    const memoryBytes = eachBytes * Math.max(1, workers);
    if (!takeSteadily(context, args.cgroup, { cpuMillicores, memoryBytes })) later(context, 200_000, "allocated");
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

function countOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : 0;
}

function bytesOf(text: string): number {
  const match = /^(\d+)([KMG]?)i?B?$/i.exec(text);
  return match === null ? 0 : Number(match[1]) * (UNITS[(match[2] ?? "").toUpperCase()] ?? 1);
}
