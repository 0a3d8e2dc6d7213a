/**
 * The list of command lines: `kubectl WORDS [< FILE]`, one a line, and files that they read as here-documents
 * (`cat > NAME <<'EOF'`). `[1.32]` before a line: older ones answer it otherwise, and it is left out for them. A line that
 * begins with `~ ` is run on both sides, and only its exit code counts: what it prints depends on the moment. After `% `
 * the lines printed may come in any order, where the real one goes through a map of Go's. `#` begins a comment.
 */
export type Step =
  | { readonly type: "file"; readonly name: string; readonly text: string }
  | {
      readonly type: "command";
      readonly line: string;
      readonly args: readonly string[];
      /** `NAME=VALUE` before the command. */
      readonly env: Readonly<Record<string, string>>;
      readonly stdinFile: string | null;
      readonly loose: boolean;
      readonly unordered: boolean;
      /** The minor version from which on the real one answers like 1.33. */
      readonly sinceMinor: number;
    };

export function parseScript(text: string): readonly Step[] {
  const steps: Step[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!.trimEnd();
    if (line.trim() === "" || line.startsWith("#")) continue;
    const file = /^cat > (\S+) <<'EOF'$/.exec(line);
    if (file) {
      const end = lines.indexOf("EOF", index);
      steps.push({ type: "file", name: file[1]!, text: `${lines.slice(index + 1, end).join("\n")}\n` });
      index = end;
      continue;
    }
    const [, minor = "0", command = ""] = /^(?:\[1\.(\d+)\] )?(.*)$/.exec(line) ?? [];
    const loose = command.startsWith("~ ");
    const unordered = command.startsWith("% ");
    const words = splitWords(loose || unordered ? command.slice(2) : command);
    const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
    const env = Object.fromEntries(words.slice(0, start).map((word) => word.split(/=(.*)/s).slice(0, 2)));
    if (words[start] !== "kubectl") throw new Error(`line ${index + 1} is no kubectl command: ${line}`);
    const from = words.indexOf("<");
    const stdinFile = from < 0 ? null : (words[from + 1] ?? null);
    steps.push({
      type: "command",
      line: command,
      sinceMinor: Number(minor),
      args: words.slice(start + 1, from < 0 ? undefined : from),
      env,
      stdinFile,
      loose,
      unordered,
    });
  }
  return steps;
}

function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)) {
    words.push(
      word.replace(/'([^']*)'|"([^"]*)"/g, (_all, single?: string, double?: string) => single ?? double ?? ""),
    );
  }
  return words;
}
