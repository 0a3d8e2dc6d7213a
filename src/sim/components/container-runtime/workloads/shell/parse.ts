import { type Assignment, type Command, type Redirect, ShellSyntaxError, type Word, type WordPart } from "./syntax.ts";

/** The parser of `sh -c`: POSIX shell as course manifests use it. Throws `ShellSyntaxError` with busybox's words. */
export function parseScript(text: string): Command {
  const parser = new Parser(text);
  const command = parser.list([]);
  parser.skipBlank(true);
  if (!parser.atEnd()) throw unexpected(parser.peekOperator() || parser.rest());
  return command;
}

function unexpected(token: string): ShellSyntaxError {
  return new ShellSyntaxError(`syntax error: unexpected ${token === "" ? "end of file" : `"${token.split(/\s/)[0]}"`}`);
}

const OPERATORS = ["&&", "||", ";;", ";", "&", "|", "(", ")", "\n"];
const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const DEPTH_MAX = 100;

class Parser {
  private readonly text: string;
  private at = 0;
  private depth = 0;
  /** Here-documents whose text begins after the present line. */
  private heredocs: {
    readonly delimiter: string;
    readonly literal: boolean;
    readonly strip: boolean;
    readonly fill: (word: Word) => void;
  }[] = [];

  constructor(text: string) {
    this.text = text;
  }

  atEnd(): boolean {
    return this.at >= this.text.length;
  }

  rest(): string {
    return this.text.slice(this.at, this.at + 20);
  }

  skipBlank(newlines: boolean): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === " " || c === "\t" || c === "\r") this.at += 1;
      else if (c === "\\" && this.text[this.at + 1] === "\n") this.at += 2;
      else if (c === "#") this.skipComment();
      else if (c === "\n" && newlines) this.newline();
      else return;
    }
  }

  private skipComment(): void {
    while (this.at < this.text.length && this.text[this.at] !== "\n") this.at += 1;
  }

  private newline(): void {
    this.at += 1;
    const due = this.heredocs;
    this.heredocs = [];
    for (const { delimiter, literal, strip, fill } of due) {
      const lines: string[] = [];
      for (;;) {
        if (this.atEnd()) break;
        const end = this.text.indexOf("\n", this.at);
        const raw = this.text.slice(this.at, end < 0 ? this.text.length : end);
        this.at = end < 0 ? this.text.length : end + 1;
        const line = strip ? raw.replace(/^\t+/, "") : raw;
        if (line === delimiter) break;
        lines.push(`${line}\n`);
      }
      const text = lines.join("");
      fill(literal ? [{ part: "text", text, quoted: true }] : new Parser(text).quotedParts(null));
    }
  }

  peekOperator(): string {
    return OPERATORS.find((operator) => this.text.startsWith(operator, this.at)) ?? "";
  }

  /** The bare word that comes next, without taking it: for reserved words. */
  private peekWord(): string {
    return /^[A-Za-z_{}!]+(?=[\s;&|()]|$)/.exec(this.text.slice(this.at, this.at + 12))?.[0] ?? "";
  }

  private take(word: string): boolean {
    this.skipBlank(true);
    if (this.peekWord() !== word) return false;
    this.at += word.length;
    return true;
  }

  private expect(word: string): void {
    if (!this.take(word)) throw unexpected(this.peekWord() || this.rest());
  }

  /** Commands up to one of `ends` (reserved words, `)` or `;;`), which is left. */
  list(ends: readonly string[]): Command {
    this.depth += 1;
    if (this.depth > DEPTH_MAX) throw new ShellSyntaxError("syntax error: nested too deeply");
    const commands: Command[] = [];
    for (;;) {
      this.skipBlank(true);
      if (this.atEnd() || ends.includes(this.peekWord()) || ends.includes(this.peekOperator())) break;
      if (this.peekOperator() !== "" && this.peekOperator() !== "(") break;
      let command = this.andOr();
      this.skipBlank(false);
      const operator = this.peekOperator();
      if (operator === "&") {
        this.at += 1;
        command = { kind: "background", command };
      } else if (operator === ";") {
        this.at += 1;
      } else if (operator === "\n") {
        this.newline();
      }
      commands.push(command);
      if (operator !== "&" && operator !== ";" && operator !== "\n") break;
    }
    this.skipBlank(true);
    this.depth -= 1;
    return commands.length === 1 ? (commands[0] as Command) : { kind: "list", commands };
  }

  private andOr(): Command {
    let left = this.pipeline();
    for (;;) {
      this.skipBlank(false);
      const operator = this.peekOperator();
      if (operator !== "&&" && operator !== "||") return left;
      this.at += 2;
      this.skipBlank(true);
      left = { kind: operator === "&&" ? "and" : "or", left, right: this.pipeline() };
    }
  }

  private pipeline(): Command {
    this.skipBlank(true);
    if (this.peekWord() === "!") {
      this.at += 1;
      return { kind: "not", command: this.pipeline() };
    }
    const commands = [this.command()];
    for (;;) {
      this.skipBlank(false);
      if (this.peekOperator() !== "|") break;
      this.at += 1;
      this.skipBlank(true);
      commands.push(this.command());
    }
    return commands.length === 1 ? (commands[0] as Command) : { kind: "pipe", commands };
  }

  private command(): Command {
    this.skipBlank(true);
    if (this.peekOperator() === "(") {
      this.at += 1;
      const body = this.list([")"]);
      this.closeParenthesis();
      return { kind: "subshell", body, redirects: this.redirects() };
    }
    switch (this.peekWord()) {
      case "if":
        return this.ifCommand();
      case "while":
      case "until":
        return this.loop();
      case "for":
        return this.forLoop();
      case "case":
        return this.caseCommand();
      case "{": {
        this.at += 1;
        const body = this.list(["}"]);
        this.expect("}");
        return { kind: "group", body, redirects: this.redirects() };
      }
      case "then":
      case "do":
      case "done":
      case "fi":
      case "else":
      case "elif":
      case "esac":
      case "}":
        throw unexpected(this.peekWord());
      default:
        return this.simple();
    }
  }

  private closeParenthesis(): void {
    this.skipBlank(true);
    if (this.text[this.at] !== ")") throw unexpected(this.rest());
    this.at += 1;
  }

  private ifCommand(): Command {
    this.expect("if");
    const branches: { condition: Command; body: Command }[] = [];
    let otherwise: Command | null = null;
    for (;;) {
      const condition = this.list(["then"]);
      this.expect("then");
      branches.push({ condition, body: this.list(["elif", "else", "fi"]) });
      if (this.take("elif")) continue;
      if (this.take("else")) otherwise = this.list(["fi"]);
      this.expect("fi");
      return { kind: "if", branches, otherwise };
    }
  }

  private loop(): Command {
    const kind = this.take("while") ? "while" : "until";
    if (kind === "until") this.expect("until");
    const condition = this.list(["do"]);
    const body = this.doGroup();
    return { kind, condition, body, redirects: this.redirects() };
  }

  private doGroup(): Command {
    this.expect("do");
    const body = this.list(["done"]);
    this.expect("done");
    return body;
  }

  private forLoop(): Command {
    this.expect("for");
    this.skipBlank(false);
    const name = NAME.exec(this.text.slice(this.at))?.[0];
    if (name === undefined) throw unexpected(this.rest());
    this.at += name.length;
    let words: Word[] | null = null;
    if (this.take("in")) {
      words = [];
      for (;;) {
        this.skipBlank(false);
        if (this.atEnd() || this.peekOperator() !== "") break;
        words.push(this.word());
      }
    }
    this.skipBlank(true);
    if (this.peekOperator() === ";") this.at += 1;
    return { kind: "for", name, words, body: this.doGroup(), redirects: this.redirects() };
  }

  private caseCommand(): Command {
    this.expect("case");
    this.skipBlank(false);
    const word = this.word();
    this.expect("in");
    const clauses: { patterns: Word[]; body: Command }[] = [];
    while (!this.take("esac")) {
      if (this.text[this.at] === "(") this.at += 1;
      const patterns: Word[] = [];
      for (;;) {
        this.skipBlank(true);
        patterns.push(this.word());
        this.skipBlank(false);
        if (this.text[this.at] !== "|") break;
        this.at += 1;
      }
      this.closeParenthesis();
      const body = this.list([";;", "esac"]);
      clauses.push({ patterns, body });
      this.skipBlank(true);
      if (this.peekOperator() === ";;") this.at += 2;
      else if (this.peekWord() !== "esac") throw unexpected(this.rest());
    }
    return { kind: "case", word, clauses };
  }

  private simple(): Command {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      this.skipBlank(false);
      const redirect = this.redirect();
      if (redirect !== null) {
        redirects.push(redirect);
        continue;
      }
      if (this.atEnd() || this.peekOperator() !== "") break;
      const name =
        words.length === 0
          ? /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(this.text.slice(this.at, this.at + 100))?.[1]
          : undefined;
      if (name !== undefined) {
        this.at += name.length + 1;
        assignments.push({ name, value: this.word() });
        continue;
      }
      words.push(this.word());
    }
    const [only] = words;
    if (words.length === 1 && this.text[this.at] === "(" && only !== undefined) {
      this.at += 1;
      this.closeParenthesis();
      const named = only.map((part) => (part.part === "text" ? part.text : "")).join("");
      return { kind: "function", name: named, body: this.command() };
    }
    if (words.length === 0 && assignments.length === 0 && redirects.length === 0)
      throw unexpected(this.peekOperator() || this.rest());
    return { kind: "simple", assignments, words, redirects };
  }

  private redirects(): Redirect[] {
    const found: Redirect[] = [];
    for (;;) {
      this.skipBlank(false);
      const redirect = this.redirect();
      if (redirect === null) return found;
      found.push(redirect);
    }
  }

  private redirect(): Redirect | null {
    const match = /^(\d*)(>>|>&|<<-?|<|>)|^(&>)/.exec(this.text.slice(this.at, this.at + 6));
    if (match === null) return null;
    this.at += match[0].length;
    const operator = match[2] ?? ">";
    const fd = match[1] ? Number(match[1]) : operator.startsWith("<") ? 0 : match[3] === undefined ? 1 : -1;
    this.skipBlank(false);
    if (operator.startsWith("<<")) return this.hereDocument(operator === "<<-");
    const target = this.word();
    const mode = operator === ">>" ? "append" : operator === ">&" ? "duplicate" : operator === "<" ? "read" : "write";
    return { fd, mode, target };
  }

  private hereDocument(strip: boolean): Redirect {
    const literal = /^['"\\]/.test(this.text.slice(this.at, this.at + 1));
    const delimiter = this.word()
      .map((part) => (part.part === "text" ? part.text : ""))
      .join("");
    const redirect: { fd: number; mode: "here"; target: Word } = { fd: 0, mode: "here", target: [] };
    this.heredocs.push({
      delimiter,
      literal,
      strip,
      fill: (word) => {
        redirect.target = word;
      },
    });
    return redirect;
  }

  word(): Word {
    const parts: WordPart[] = [];
    const add = (text: string, quoted: boolean): void => {
      parts.push({ part: "text", text, quoted });
    };
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || /[\s;&|()<>]/.test(c)) break;
      if (c === "'") {
        const end = this.text.indexOf("'", this.at + 1);
        if (end < 0) throw new ShellSyntaxError("syntax error: unterminated quoted string");
        add(this.text.slice(this.at + 1, end), true);
        this.at = end + 1;
      } else if (c === '"') {
        this.at += 1;
        const inner = this.quotedParts('"');
        if (inner.length === 0) add("", true);
        parts.push(...inner);
      } else if (c === "\\") {
        const next = this.text[this.at + 1];
        if (next !== "\n") add(next ?? "\\", true);
        this.at += 2;
      } else if (c === "$") {
        parts.push(this.dollar(false));
      } else if (c === "`") {
        parts.push(this.backquote(false));
      } else {
        const plain = /^[^\s;&|()<>'"\\$`]+/.exec(this.text.slice(this.at))?.[0] ?? c;
        add(plain, false);
        this.at += plain.length;
      }
    }
    return parts;
  }

  /** Inside double quotes (`end` '"') or a here-document (`end` null: all of the text). */
  quotedParts(end: '"' | null): WordPart[] {
    const parts: WordPart[] = [];
    let text = "";
    const flush = (): void => {
      if (text !== "") parts.push({ part: "text", text, quoted: true });
      text = "";
    };
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) {
        if (end !== null) throw new ShellSyntaxError("syntax error: unterminated quoted string");
        break;
      }
      if (c === end) {
        this.at += 1;
        break;
      }
      if (c === "\\") {
        const next = this.text[this.at + 1] ?? "";
        if (next === "\n") text += "";
        else text += '$`"\\'.includes(next) && next !== "" ? next : `\\${next}`;
        this.at += 2;
      } else if (c === "$") {
        flush();
        parts.push(this.dollar(true));
      } else if (c === "`") {
        flush();
        parts.push(this.backquote(true));
      } else {
        text += c;
        this.at += 1;
      }
    }
    flush();
    return parts;
  }

  private dollar(quoted: boolean): WordPart {
    const after = this.text.slice(this.at + 1);
    if (after.startsWith("((")) {
      this.at += 3;
      const inner = this.balanced("(", ")", 2);
      return { part: "arithmetic", expression: new Parser(inner).quotedParts(null), quoted };
    }
    if (after.startsWith("(")) {
      this.at += 2;
      const command = this.list([")"]);
      this.closeParenthesis();
      return { part: "command", command, quoted };
    }
    if (after.startsWith("{")) {
      this.at += 2;
      return this.braced(quoted);
    }
    const name = /^([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/.exec(after)?.[0];
    if (name === undefined) {
      this.at += 1;
      return { part: "text", text: "$", quoted: true };
    }
    this.at += 1 + name.length;
    return { part: "variable", name, operator: "", argument: [], quoted };
  }

  private braced(quoted: boolean): WordPart {
    const inner = this.balanced("{", "}", 1);
    const match = /^(#?)([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])(:?[-=+?]|%%?|##?|)([\s\S]*)$/.exec(inner);
    if (match === null) throw new ShellSyntaxError("syntax error: bad substitution");
    const [, length, name = "", operator = "", rest = ""] = match;
    if (length === "#" && operator === "") return { part: "variable", name, operator: "length", argument: [], quoted };
    return { part: "variable", name, operator, argument: new Parser(rest).quotedParts(null), quoted };
  }

  /** Text up to the closing mark (`count` times), nested ones included. */
  private balanced(open: string, close: string, count: number): string {
    const from = this.at;
    let depth = count;
    for (; this.at < this.text.length; this.at += 1) {
      const c = this.text[this.at];
      if (c === open) depth += 1;
      if (c === close) depth -= 1;
      if (depth === 0) {
        const inner = this.text.slice(from, this.at - count + 1);
        this.at += 1;
        return inner;
      }
    }
    throw new ShellSyntaxError("syntax error: unterminated substitution");
  }

  private backquote(quoted: boolean): WordPart {
    const end = this.text.indexOf("`", this.at + 1);
    if (end < 0) throw new ShellSyntaxError("syntax error: EOF in backquote substitution");
    const inner = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return { part: "command", command: parseScript(inner), quoted };
  }
}
