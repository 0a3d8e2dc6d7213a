import { parseGoDuration } from "../../../../api/duration.ts";
import { formatTime } from "../../../../api/time.ts";
import type { Context } from "../../../../kernel/types.ts";
import { flagOf } from "./flags.ts";
import type { AgnhostMessage, AgnhostState } from "./state.ts";

const METHODS = ["GET", "PUT", "POST", "DELETE"] as const;
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** `agnhost logs-generator --log-lines-total 10 --run-duration 1s`: so many lines, evenly spread, then it ends. */
export function startLogs(state: AgnhostState, context: Context): void {
  const { totalLines, durationUs } = planOf(state);
  if (totalLines <= 0 || durationUs === null || durationUs < 0) {
    context.log("Invalid total number of lines or duration");
    context.exit(255);
    return;
  }
  writeLine(state, context);
}

function planOf({ args }: AgnhostState): { readonly totalLines: number; readonly durationUs: number | null } {
  const short = (name: string): string => {
    const at = args.argv.indexOf(name);
    return at < 0 ? "" : (args.argv[at + 1] ?? "");
  };
  const lines = flagOf(args, "log-lines-total") || short("-t");
  return { totalLines: Number(lines) || 0, durationUs: parseGoDuration(flagOf(args, "run-duration") || short("-d")) };
}

/** No pause is shorter; what is to be written in it comes at once, as far as a program can write. */
const PAUSE_MIN_US = 1_000;
const LINES_AT_ONCE = 50;

export function writeLine(state: AgnhostState, context: Context): void {
  const { totalLines, durationUs } = planOf(state);
  const pauseUs = Math.max(1, Math.floor((durationUs ?? 0) / totalLines));
  const lines = Math.min(LINES_AT_ONCE, totalLines - state.lines, Math.max(1, Math.floor(PAUSE_MIN_US / pauseUs)));
  if (state.lines >= totalLines) {
    context.exit(0);
    return;
  }
  for (let count = 0; count < lines; count += 1) logLine(state, context);
  const message: AgnhostMessage = { type: "agnhostLine" };
  context.setTimer(Math.max(pauseUs * lines, lines > 1 ? PAUSE_MIN_US : 1), message, "keep");
}

function logLine(state: AgnhostState, context: Context): void {
  const pick = (length: number): string =>
    Array.from({ length }, () => LETTERS[context.random.int(LETTERS.length)]).join("");
  const namespace = context.random.int(2) === 0 ? "kube-system" : "default";
  const path = `/api/v1/namespaces/${namespace}/pods/${pick(4)}`;
  const method = METHODS[context.random.int(METHODS.length)];
  // As klog writes it: the date and time are the line's own.
  const at = formatTime(context.wallUs());
  context.log(
    `I${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 19)}.000000       1 logs_generator.go:76] ${state.lines} ${method} ${path} ${200 + context.random.int(400)}`,
  );
  state.lines += 1;
}
