import { PythonSyntaxError } from "./syntax.ts";

export interface Token {
  readonly kind: "name" | "number" | "string" | "format" | "operator" | "newline" | "indent" | "dedent" | "end";
  readonly text: string;
  readonly line: number;
}

const TOKEN =
  /(?<space>[ \t]+|\\\n|#[^\n]*)|(?<string>[rbufRBUF]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(?<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<operator>\*\*=|\/\/=|\*\*|\/\/|<<|>>|[-+*/%<>=!]=|[-+*/%<>=()[\]{},:.;&|^~@])/y;

/** A script's tokens; indentation is told by tokens of its own. */
export function tokensOf(script: string): readonly Token[] {
  const tokens: Token[] = [];
  const indents = [0];
  let depth = 0;
  let line = 0;
  const text = script.replaceAll("\r\n", "\n");
  let at = 0;
  let atStart = true;
  const push = (kind: Token["kind"], value: string): void => {
    tokens.push({ kind, text: value, line });
  };
  line = 1;
  while (at < text.length) {
    if (atStart) {
      const blank = /[ \t]*(#[^\n]*)?(\n|$)/y;
      blank.lastIndex = at;
      const skipped = blank.exec(text);
      if (skipped !== null && skipped[0] !== "") {
        at += skipped[0].length;
        line += 1;
        continue;
      }
      const width = (/[ \t]*/y.exec(text.slice(at))?.[0] ?? "").replaceAll("\t", "        ").length;
      if (width > (indents.at(-1) as number)) {
        indents.push(width);
        push("indent", "");
      }
      while (width < (indents.at(-1) as number)) {
        indents.pop();
        push("dedent", "");
      }
      if (width !== indents.at(-1))
        throw new PythonSyntaxError("unindent does not match any outer indentation level", line);
      atStart = false;
    }
    if (text[at] === "\n") {
      if (depth === 0) {
        push("newline", "\n");
        atStart = true;
      }
      at += 1;
      line += 1;
      continue;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw new PythonSyntaxError("invalid syntax", line);
    at += match[0].length;
    const { string, number, name, operator } = match.groups as Record<string, string | undefined>;
    if (string !== undefined) push(/^[rb]*f/i.test(string) ? "format" : "string", string);
    else if (number !== undefined) push("number", number);
    else if (name !== undefined) push("name", name);
    else if (operator !== undefined) {
      if ("([{".includes(operator)) depth += 1;
      if (")]}".includes(operator)) depth -= 1;
      push("operator", operator);
    }
    line += match[0].split("\n").length - 1;
  }
  if (!atStart) push("newline", "\n");
  for (; indents.length > 1; indents.pop()) push("dedent", "");
  push("end", "");
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "", "0": "\0", a: "\x07" };

/** What a string literal stands for, its quotes taken off. */
export function textOf(literal: string): string {
  const prefix = /^[a-zA-Z]*/.exec(literal)?.[0] ?? "";
  const body = literal.slice(prefix.length);
  const width = body.startsWith('"""') || body.startsWith("'''") ? 3 : 1;
  const inner = body.slice(width, -width);
  if (/r/i.test(prefix)) return inner;
  return inner.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\s\S])/g, (_whole, code: string) =>
    /^[xu]./.test(code)
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : (ESCAPES[code] ?? (/[\\'"]/.test(code) ? code : `\\${code}`)),
  );
}
