import type { Context } from "../../../../kernel/types.ts";

/** Commands that fill memory: `tail /dev/zero` looks for the last lines of what has neither lines nor an end. */

const ENDLESS = /^\/dev\/(zero|urandom|random)$/;
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  kB: 1000,
  M: 1_048_576,
  MB: 1_000_000,
  G: 1_073_741_824,
  GB: 1_000_000_000,
};

/** What is read of a device that never ends: as much as anybody makes something of. */
export function readDevice(context: Context, path: string): string | null {
  if (path === "/dev/zero") return "\0".repeat(ZEROS);
  if (!ENDLESS.test(path)) return null;
  return String.fromCharCode(...Array.from({ length: RANDOM_BYTES }, () => context.random.int(256)));
}

const ZEROS = 65_536;
const RANDOM_BYTES = 4_096;

/** Commands that go on for ever without filling memory, and take all the CPU time that they get. */
export function isEndless(name: string, argv: readonly string[]): boolean {
  if (name === "yes") return true;
  if (name === "dd")
    return (
      argv.some((one) => /^if=\/dev\/(zero|urandom|random)$/.test(one)) && !argv.some((one) => one.startsWith("count="))
    );
  return name === "cat" && argv.some((one) => ENDLESS.test(one));
}

/** How much memory the command fills before it is done; infinity: until it is killed. 0: it is none of these. */
export function memoryFilledBytes(name: string, argv: readonly string[]): number {
  if (name === "tail" || name === "sort" || name === "tac")
    return argv.slice(1).some((one) => ENDLESS.test(one)) ? Number.POSITIVE_INFINITY : 0;
  if (name !== "dd") return 0;
  const operand = (key: string): string => argv.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
  if (!ENDLESS.test(operand("if"))) return 0;
  const [, count = "512", unit = ""] = /^(\d+)([a-zA-Z]*)$/.exec(operand("bs")) ?? [];
  return Number(count) * (UNITS[unit] ?? 1);
}
