import type { Program } from "../doors.ts";
import { consoleOf } from "./here.ts";
import { shortTime } from "./times.ts";

const FOLLOW_EVERY_MS = 500;

/** `journalctl -u UNIT [-f] [-n LINES] [--no-pager]`. */
export const journalctl: Program = async (context) => {
  const console = consoleOf(context);
  if (console === null) {
    context.out.write("No journal files were found.\n-- No entries --\n");
    return 0;
  }
  let unit = "";
  let lines: number | null = null;
  let follow = false;
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] as string;
    if (arg === "-u" || arg === "--unit") unit = context.args[++index] ?? "";
    else if (arg.startsWith("--unit=")) unit = arg.slice(7);
    else if (arg.startsWith("-u")) unit = arg.slice(2);
    else if (arg === "-n" || arg === "--lines") lines = Number(context.args[++index]);
    else if (/^-n\d+$/.test(arg)) lines = Number(arg.slice(2));
    else if (arg.startsWith("--lines=")) lines = Number(arg.slice(8));
    else if (arg === "-f" || arg === "--follow") follow = true;
    else if (arg === "-xeu" || arg === "-xu" || arg === "-eu") unit = context.args[++index] ?? "";
    else if (arg === "-fu" || arg === "-xefu") {
      follow = true;
      unit = context.args[++index] ?? "";
    } else if (arg !== "--no-pager" && arg !== "-e" && arg !== "-x" && arg !== "-xe" && arg !== "-r") {
      context.err.write(`journalctl: unrecognized option '${arg}'\n`);
      return 1;
    }
  }
  unit = unit.replace(/\.service$/, "");
  if (unit === "") {
    context.err.write("journalctl: name a unit: journalctl -u kubelet\n");
    return 1;
  }
  const shown = follow && lines === null ? 10 : lines;
  let seen = await console.journal(unit);
  const first = shown === null || Number.isNaN(shown) ? seen : seen.slice(-shown);
  const print = (line: { readonly wallUs: number; readonly text: string }) =>
    context.out.write(`${shortTime(line.wallUs)} ${console.machine} ${unit}: ${line.text}\n`);
  if (first.length === 0 && !follow) context.out.write("-- No entries --\n");
  for (const line of first) print(line);
  while (follow && !context.signal.aborted) {
    await context.session.sleep(FOLLOW_EVERY_MS, context.signal);
    const now = await console.journal(unit);
    const last = seen.at(-1);
    const from =
      last === undefined ? 0 : now.findLastIndex((line) => line.wallUs === last.wallUs && line.text === last.text) + 1;
    for (const line of now.slice(from)) print(line);
    seen = now;
  }
  return 0;
};
