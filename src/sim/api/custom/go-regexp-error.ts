import { programOf } from "./go-regexp-program.ts";

/** What Go's regexp/syntax says of a pattern that is none. */
export function regularExpressionError(pattern: string): string {
  return `error parsing regexp: ${problemOf(pattern)}`;
}

function problemOf(pattern: string): string {
  const open: number[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]!;
    if (character === "\\") {
      if (at === pattern.length - 1) return "trailing backslash at end of expression: ``";
      const escaped = pattern[at + 1]!;
      if (/[A-Za-z1-9]/.test(escaped) && !"aAbBcCdDfnpPQrsStvwWxzE".includes(escaped))
        return `invalid escape sequence: \`\\${escaped}\``;
      at += 1;
    } else if (/^\(\?<?[=!]/.test(pattern.slice(at, at + 4))) {
      return `invalid or unsupported Perl syntax: \`${pattern[at + 2] === "<" ? "(?<" : pattern.slice(at, at + 3)}\``;
    } else if (character === "[") {
      const end = endOfClass(pattern, at);
      if (end < 0) return `missing closing ]: \`${pattern.slice(at)}\``;
      at = end;
    } else if (character === "(") open.push(at);
    else if (character === ")" && open.pop() === undefined) return `unexpected ): \`${pattern}\``;
    else if (
      "*+?".includes(character) &&
      (at === 0 || "(|".includes(pattern[at - 1]!)) &&
      pattern.slice(at - 1, at + 1) !== "(?"
    )
      return `missing argument to repetition operator: \`${character}\``;
  }
  if (open.length > 0) return `missing closing ): \`${pattern}\``;
  const program = programOf(pattern);
  return typeof program === "string" && program !== "" ? program : `invalid or unsupported Perl syntax: \`${pattern}\``;
}

/** -1: it does not end. */
function endOfClass(pattern: string, from: number): number {
  let at = from + 1;
  if (pattern[at] === "^") at += 1;
  // A bracket that comes first stands for itself.
  if (pattern[at] === "]") at += 1;
  for (; at < pattern.length; at += 1) {
    if (pattern[at] === "\\") at += 1;
    else if (pattern[at] === "]") return at;
  }
  return -1;
}
