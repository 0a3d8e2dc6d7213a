import { parseTime } from "../../sim/api/time.ts";
import type { Program } from "../doors.ts";
import { consoleOf } from "./here.ts";
import { shortTime } from "./times.ts";

const FOLLOW_EVERY_MS = 500;
/** In a pipe or a transcript nobody presses Ctrl-C: there `-f` ends after this much virtual time. */
const FOLLOW_UNSEEN_MS = 10_000;

/** `journalctl -u UNIT [-f] [-n LINES] [--since WHEN] [--no-pager]`. */
export const journalctl: Program = async (context) => {
  const console = consoleOf(context);
  if (console === null) {
    context.out.write("No journal files were found.\n-- No entries --\n");
    return 0;
  }
  let unit = "";
  let lines: number | null = null;
  let follow = false;
  let sinceText = "";
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] as string;
    if (arg === "-u" || arg === "--unit") unit = context.args[++index] ?? "";
    else if (arg.startsWith("--unit=")) unit = arg.slice(7);
    else if (arg.startsWith("-u")) unit = arg.slice(2);
    else if (arg === "-n" || arg === "--lines") lines = Number(context.args[++index]);
    else if (/^-n\d+$/.test(arg)) lines = Number(arg.slice(2));
    else if (arg.startsWith("--lines=")) lines = Number(arg.slice(8));
    else if (arg === "--since" || arg === "-S") sinceText = context.args[++index] ?? "";
    else if (arg.startsWith("--since=")) sinceText = arg.slice(8);
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
  const sinceUs = sinceText === "" ? 0 : sinceWallUs(sinceText, await context.session.wallUs());
  if (sinceUs === null) {
    context.err.write(`Failed to parse timestamp: ${sinceText}\n`);
    return 1;
  }
  const shown = follow && lines === null ? 10 : lines;
  let seen = await console.journal(unit);
  const recent = seen.filter(({ wallUs }) => wallUs >= sinceUs);
  const first = shown === null || Number.isNaN(shown) ? recent : recent.slice(-shown);
  const print = (line: { readonly wallUs: number; readonly text: string }) =>
    context.out.write(`${shortTime(line.wallUs)} ${console.machine} ${unit}: ${line.text}\n`);
  if (first.length === 0 && !follow) context.out.write("-- No entries --\n");
  for (const line of first) print(line);
  const limitMs = context.columns === null ? FOLLOW_UNSEEN_MS : Number.POSITIVE_INFINITY;
  for (let passedMs = 0; follow && passedMs < limitMs && !context.signal.aborted; passedMs += FOLLOW_EVERY_MS) {
    await context.session.sleep(FOLLOW_EVERY_MS, context.signal);
    const now = await console.journal(unit);
    const last = seen.at(-1);
    const from =
      last === undefined ? 0 : now.findLastIndex((line) => line.wallUs === last.wallUs && line.text === last.text) + 1;
    for (const line of now.slice(from)) print(line);
    seen = now;
  }
  if (follow && !context.signal.aborted)
    context.err.write(
      `Hint: journalctl -f follows for ever, so in a pipe nothing ends it (here it was stopped after ${FOLLOW_UNSEEN_MS / 1_000} s). For the last lines: journalctl -u ${unit} -n 20\n`,
    );
  return 0;
};

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3_600,
  hour: 3_600,
  d: 86_400,
  day: 86_400,
};

/** `10 minutes ago`, `-5m`, `2026-11-20 09:00:00`, `today`. Null: none of these. */
function sinceWallUs(text: string, nowWallUs: number): number | null {
  if (text === "today") return nowWallUs - (nowWallUs % 86_400_000_000);
  const ago = /^-?(\d+) ?([a-z]+?)(?:utes?|onds?)?s?(?: ago)?$/.exec(text);
  const seconds = ago === null ? undefined : SECONDS[ago[2] as string];
  if (ago !== null && seconds !== undefined) return nowWallUs - Number(ago[1]) * seconds * 1_000_000;
  const at = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?$/.exec(text);
  const time = at === null ? null : parseTime(`${at[1]}T${at[2] ?? "00:00"}${at[3] ?? ":00"}Z`);
  return time;
}
