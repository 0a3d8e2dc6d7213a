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

/** A file that went through another system may end its lines with CR LF. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

/** Cuts a transcript (cram's form) into its commands. */
export function parseTranscript(text: string): Step[] {
  const lines = linesOf(text);
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

const NO_EOL = " (no-eol)";

/** What a command printed, as the lines of a transcript. */
export function outputLines(stdout: string, stderr: string, exitCode: number): string[] {
  const lines: string[] = [];
  for (const text of [stdout, stderr]) {
    if (text === "") continue;
    const parts = text.split("\n");
    const last = parts.pop() as string;
    lines.push(...parts);
    if (last !== "") lines.push(`${last}${NO_EOL}`);
  }
  if (exitCode !== 0) lines.push(`[${exitCode}]`);
  return lines;
}

/** True when a line of output is what the transcript says. */
export function lineMatches(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  if (expected.endsWith(NO_EOL) && actual.endsWith(NO_EOL))
    return lineMatches(expected.slice(0, -NO_EOL.length), actual.slice(0, -NO_EOL.length));
  if (expected.endsWith(" (re)")) return matchesRegExp(expected.slice(0, -5), actual);
  if (expected.endsWith(" (glob)")) return matchesRegExp(globToRegExp(expected.slice(0, -7)), actual);
  if (expected.endsWith(" (esc)")) return unescapeText(expected.slice(0, -6)) === actual;
  return false;
}

/** A line of output as a transcript can hold it: what cannot be seen, or would be taken for a command, is escaped. */
export function asExpected(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (!/[\x00-\x1f\x7f]|^[$>] /.test(line)) return line;
  const hasEnd = !line.endsWith(NO_EOL);
  const text = hasEnd ? line : line.slice(0, -NO_EOL.length);
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replace(/^[$>]/, hexOf)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    .replace(/[\x00-\x1f\x7f]/g, (char) => ({ "\t": "\\t", "\r": "\\r" })[char] ?? hexOf(char));
  return `${escaped} (esc)${hasEnd ? "" : NO_EOL}`;
}

function hexOf(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
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
    return pattern !== undefined && lineMatches(pattern, line) ? pattern : asExpected(line);
  });
}
