import type { CommandResult, FilesDoor } from "../../shell/doors.ts";
import type { SessionHost } from "../host.ts";
import type { Session } from "../session.ts";

export interface LabContext {
  readonly host: SessionHost;
  readonly session: Session;
  readonly args: readonly string[];
  readonly files: FilesDoor;
  readonly signal: AbortSignal;
}

/** One `lab` command. Throws a `LabError` for what the person did wrong. */
export interface LabCommand {
  readonly name: string;
  readonly usage: string;
  /** Runs without a cluster (`topology`, `load`). */
  readonly anytime?: boolean;
  run(context: LabContext): Promise<CommandResult> | CommandResult;
}

export class LabError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const SILENT: CommandResult = { stdout: "", stderr: "", exitCode: 0 };

export function print(text: string, exitCode = 0): CommandResult {
  return { stdout: text === "" || text.endsWith("\n") ? text : `${text}\n`, stderr: "", exitCode };
}

/** Columns padded to their widest cell, three spaces between, as kubectl prints tables. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows
    .map(
      (row) =>
        `${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd((widths[index] as number) + 3))).join("")}\n`,
    )
    .join("");
}

/** `1m32.415s` for virtual times. */
export function timeText(us: number): string {
  const totalMs = Math.floor(us / 1000);
  const hours = Math.floor(totalMs / 3_600_000);
  const minutes = Math.floor(totalMs / 60_000) % 60;
  const seconds = Math.floor(totalMs / 1000) % 60;
  const rest = totalMs % 1000;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(3, "0").replace(/0+$/, "")}`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}${fraction}s`;
  return minutes > 0 ? `${minutes}m${seconds}${fraction}s` : `${seconds}${fraction}s`;
}
