import { formatTime } from "../../../api/time.ts";
import { now, type Steps } from "./effects.ts";
import type { Terminal } from "./program.ts";

/** The calendar time of now, as zap writes it. */
export function* stamp(): Steps<string> {
  const wallUs = yield* now();
  const milliseconds = String(Math.floor(wallUs / 1000) % 1000).padStart(3, "0");
  return `${formatTime(wallUs).slice(0, -1)}.${milliseconds}Z`;
}

/** A line as a program's zap logger writes it to standard error. */
export function* logLine(
  terminal: Terminal,
  { caller, msg, fields, logger }: { caller: string; msg: string; fields: object; logger?: string },
): Steps<void> {
  const ts = yield* stamp();
  terminal.err(
    `${JSON.stringify({ level: "info", ts, ...(logger === undefined ? {} : { logger }), caller, msg, ...fields })}\n`,
  );
}

/** A line as zap's console encoder writes it: what etcdutl's logger does. */
export function* consoleLine(
  terminal: Terminal,
  { caller, msg, fields }: { caller: string; msg: string; fields: object },
): Steps<void> {
  const ts = formatTime(yield* now());
  terminal.err(`${[ts, "info", caller, msg, spaced(fields)].join("\t")}\n`);
}

/** JSON with a space after commas and colons. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${spaced(field)}`);
  return `{${fields.join(", ")}}`;
}
