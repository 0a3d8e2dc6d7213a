/** What a command line still lacks: the shell asks for more lines until it lacks nothing. */
export function isIncomplete(text: string): boolean {
  if (openHeredoc(text)) return true;
  const { quote, escaped } = scan(text);
  return quote !== "" || escaped;
}

/** Pasted text as commands, each whole; the rest has no line end yet. */
export function splitCommands(text: string): { readonly commands: readonly string[]; readonly rest: string } {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const rest = lines.pop() ?? "";
  const commands: string[] = [];
  let open = "";
  for (const line of lines) {
    const whole = open === "" ? line : `${open}\n${line}`;
    if (isIncomplete(whole)) {
      open = whole;
      continue;
    }
    open = "";
    if (whole.trim() !== "") commands.push(whole);
  }
  return { commands, rest: open === "" ? rest : rest === "" ? open : `${open}\n${rest}` };
}

function scan(text: string): { readonly quote: string; readonly escaped: boolean } {
  let quote = "";
  let escaped = false;
  // What stands inside a heredoc is text, not quotes.
  for (const line of withoutHeredocs(text)) {
    for (const letter of line) {
      if (escaped) escaped = false;
      else if (letter === "\\" && quote !== "'") escaped = true;
      else if (quote !== "") quote = letter === quote ? "" : quote;
      else if (letter === "'" || letter === '"') quote = letter;
      else if (letter === "#" && line.trimStart().startsWith("#")) break;
    }
    if (escaped && line !== lastOf(text)) escaped = false;
  }
  return { quote, escaped };
}

function lastOf(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}

const heredoc = /<<-?\s*(['"]?)([A-Za-z_][A-Za-z0-9_]*)\1/;

function withoutHeredocs(text: string): string[] {
  const kept: string[] = [];
  let end: string | null = null;
  for (const line of text.split("\n")) {
    if (end !== null) {
      if (line.trim() === end) end = null;
      continue;
    }
    kept.push(line);
    end = heredoc.exec(line)?.[2] ?? null;
  }
  return kept;
}

function openHeredoc(text: string): boolean {
  let end: string | null = null;
  for (const line of text.split("\n")) {
    if (end === null) end = heredoc.exec(line)?.[2] ?? null;
    else if (line.trim() === end) end = null;
  }
  return end !== null;
}

/** Newest first: the nth command that contains the query. */
export function searchHistory(history: readonly string[], query: string, nth: number): string | null {
  const found = history.filter((line) => line.includes(query));
  return query === "" ? null : (found.at(-1 - Math.min(nth, found.length - 1)) ?? null);
}

/** What all candidates begin with. */
export function commonPrefix(candidates: readonly string[]): string {
  const [first = "", ...others] = candidates;
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}

/** Candidates side by side, as wide as the terminal. */
export function inColumns(candidates: readonly string[], columns: number): string {
  const width = Math.max(...candidates.map((candidate) => candidate.length)) + 2;
  const perRow = Math.max(1, Math.floor(columns / width));
  let text = "";
  candidates.forEach((candidate, index) => {
    const ends = (index + 1) % perRow === 0 || index === candidates.length - 1;
    text += ends ? `${candidate}\n` : candidate.padEnd(width);
  });
  return text;
}
