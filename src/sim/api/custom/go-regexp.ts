/** Go's regular expressions as this engine's: what they write differently is rewritten. */

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Null: it is none. */
export function regularExpression(pattern: string): RegExp | null {
  const [head = "", given = ""] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  const source = pattern
    .slice(head.length)
    .replaceAll("(?P<", "(?<")
    .replaceAll("\\z", "$")
    .replaceAll("\\A", "^")
    .replace(/\[:(\w+):\]/g, (text, name: string) => POSIX_CLASSES[name] ?? text);
  const flags = [...new Set(given)].join("");
  return compiled(source, `${flags}u`) ?? compiled(source, flags);
}

function compiled(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}
