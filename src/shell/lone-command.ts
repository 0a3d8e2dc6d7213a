/**
 * True when a line is one simple command: no pipe, list, redirection or substitution. Its output can be shown as it is
 * made, which a `kubectl get -w` needs.
 */
export function isLoneCommand(line: string): boolean {
  let quote = "";
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index] as string;
    if (quote === "'") {
      if (char === "'") quote = "";
      continue;
    }
    if (char === "\\") {
      index += 1;
      continue;
    }
    if (char === "`" || (char === "$" && line[index + 1] === "(")) return false;
    if (quote === '"') {
      if (char === '"') quote = "";
      continue;
    }
    if (char === "'" || char === '"') quote = char;
    else if ("|&;<>()\n{}".includes(char))
      return "{}".includes(char) ? isBraceInWord(line, index) && isLoneCommand(line.slice(index + 1)) : false;
  }
  return quote === "";
}

/** `{.items}` inside a word is no group. */
function isBraceInWord(line: string, index: number): boolean {
  const before = line[index - 1];
  return before !== undefined && before !== " ";
}
