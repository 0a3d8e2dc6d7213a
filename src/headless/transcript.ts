/** One command of a transcript and what it shall print. Lines are numbered from 0. */
export interface Step {
  readonly line: number;
  readonly command: string;
  /** Expected output lines, without the two spaces. */
  readonly expected: readonly string[];
  /** How many lines of the file command and output take. */
  readonly lines: number;
  readonly sourceLines: number;
}

/** Cuts a transcript (cram's form) into its commands. */
export function parseTranscript(text: string): Step[] {
  const lines = text.split("\n");
  const steps: Step[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] as string;
    if (!line.startsWith("  $ ")) {
      index += 1;
      continue;
    }
    const start = index;
    const command = [line.slice(4)];
    index += 1;
    while (lines[index]?.startsWith("  > ") || lines[index] === "  >") {
      command.push((lines[index] as string).slice(4));
      index += 1;
    }
    const sourceLines = index - start;
    const expected: string[] = [];
    while (
      index < lines.length &&
      (lines[index] as string).startsWith("  ") &&
      !(lines[index] as string).startsWith("  $ ")
    ) {
      expected.push((lines[index] as string).slice(2));
      index += 1;
    }
    steps.push({ line: start, command: command.join("\n"), expected, lines: index - start, sourceLines });
  }
  return steps;
}

/** What a command printed, as the lines of a transcript. */
export function outputLines(stdout: string, stderr: string, exitCode: number): string[] {
  const lines: string[] = [];
  for (const text of [stdout, stderr]) {
    if (text === "") continue;
    const parts = text.split("\n");
    const last = parts.pop() as string;
    lines.push(...parts);
    if (last !== "") lines.push(`${last} (no-eol)`);
  }
  if (exitCode !== 0) lines.push(`[${exitCode}]`);
  return lines;
}

/** True when a line of output is what the transcript says. */
export function lineMatches(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  if (expected.endsWith(" (re)")) return matchesRegExp(expected.slice(0, -5), actual);
  if (expected.endsWith(" (glob)")) return matchesRegExp(globToRegExp(expected.slice(0, -7)), actual);
  if (expected.endsWith(" (esc)")) return unescapeText(expected.slice(0, -6)) === actual;
  return false;
}

function matchesRegExp(pattern: string, actual: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(actual);
  } catch {
    return false;
  }
}

function globToRegExp(glob: string): string {
  let pattern = "";
  for (let index = 0; index < glob.length; index += 1) {
    const char = glob[index] as string;
    if (char === "\\" && index + 1 < glob.length) {
      index += 1;
      pattern += escapeChar(glob[index] as string);
    } else pattern += char === "*" ? ".*" : char === "?" ? "." : escapeChar(char);
  }
  return pattern;
}

function escapeChar(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function unescapeText(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|([tnr\\]))/g,
    (_whole, hex: string | undefined, letter: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return { t: "\t", n: "\n", r: "\r", "\\": "\\" }[letter as string] ?? "";
    },
  );
}

/** Null when all lines match; otherwise the lines as they should stand, where matching patterns are kept. */
export function compare(expected: readonly string[], actual: readonly string[]): readonly string[] | null {
  if (expected.length === actual.length && expected.every((line, index) => lineMatches(line, actual[index] as string)))
    return null;
  return actual.map((line, index) => {
    const pattern = expected[index];
    return pattern !== undefined && lineMatches(pattern, line) ? pattern : line;
  });
}
