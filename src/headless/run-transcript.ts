import { createApiDoor, createConsoleDoor } from "../session/doors.ts";
import { drive } from "../session/drive.ts";
import { SessionHost } from "../session/host.ts";
import { createSessionDoor } from "../session/lab/lab.ts";
import { pacingCommands } from "../session/lab/pacing-commands.ts";
import { Shell } from "../shell/shell.ts";
import { compare, linesOf, outputLines, parseTranscript } from "./transcript.ts";

/** A shell over a world of its own, where time moves only by commands. */
export interface HeadlessShell {
  readonly host: SessionHost;
  readonly shell: Shell;
  run(
    line: string,
    onOutput?: (stream: "out" | "err", text: string) => void,
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>;
}

export function createHeadlessShell(
  breathe: () => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): HeadlessShell {
  const host = new SessionHost();
  const current = () => host.session;
  const shell = new Shell(
    {
      api: createApiDoor(current),
      session: createSessionDoor(
        host,
        pacingCommands(null, () => 0),
      ),
      console: (machine) => createConsoleDoor(current, machine),
    },
    files,
  );
  return {
    host,
    shell,
    async run(line, onOutput) {
      let stdout = "";
      let stderr = "";
      const exitCode = await drive(
        host,
        shell.run(line, null, (stream, text) => {
          if (stream === "out") stdout += text;
          else stderr += text;
          onOutput?.(stream, text);
        }),
        breathe,
      );
      return { stdout, stderr, exitCode };
    },
  };
}

export interface TranscriptResult {
  readonly passed: boolean;
  /** The whole transcript as it came out. */
  readonly text: string;
  /** Lines of a diff, empty when passed. */
  readonly difference: readonly string[];
}

/** An exception in the world is one transcript's failure, not the end of all. */
async function linesFrom(run: () => ReturnType<HeadlessShell["run"]>): Promise<readonly string[]> {
  try {
    const { stdout, stderr, exitCode } = await run();
    return outputLines(stdout, stderr, exitCode);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return [...text.split("\n"), "[the simulation failed]"];
  }
}

/** Runs a transcript in a fresh world and shell. */
export async function runTranscript(text: string, breathe: () => Promise<void>): Promise<TranscriptResult> {
  const { run } = createHeadlessShell(breathe);
  const lines = linesOf(text);
  const out: string[] = [];
  const difference: string[] = [];
  let from = 0;
  for (const step of parseTranscript(text)) {
    out.push(...lines.slice(from, step.line + step.sourceLines));
    from = step.line + step.lines;
    const fixed = compare(step.expected, await linesFrom(() => run(`${step.command}\n`)));
    const shown = fixed ?? step.expected;
    out.push(...shown.map((line) => `  ${line}`));
    if (fixed === null) continue;
    difference.push(`@@ line ${step.line + 1} @@`, `   $ ${step.command.replaceAll("\n", "\n   > ")}`);
    for (const line of step.expected) difference.push(`-  ${line}`);
    for (const line of fixed) difference.push(`+  ${line}`);
  }
  out.push(...lines.slice(from));
  return { passed: difference.length === 0, text: out.join("\n"), difference };
}
