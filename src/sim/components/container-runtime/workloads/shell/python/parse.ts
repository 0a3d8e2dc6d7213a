import { type Expression, type Named, type PythonProgram, PythonSyntaxError, type Step, type Value } from "./syntax.ts";
import { type Token, textOf, tokensOf } from "./tokens.ts";

/** Words that begin what is not understood here. */
const NOT_HERE = new Set([
  "def",
  "class",
  "try",
  "with",
  "lambda",
  "async",
  "await",
  "yield",
  "global",
  "nonlocal",
  "del",
]);
const DEPTH_MAX = 100;
const LINKS_MAX = 500;
const CONSTANTS: Readonly<Record<string, Value>> = { True: true, False: false, None: null };
const AUGMENTED = /^(\*\*|\/\/|[-+*/%])=$/;
/** Binding of operators, weakest first; `**` is taken with the operand. */
const LEVELS: readonly (readonly string[])[] = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%"]];
const COMPARISONS = new Set(["<", ">", "<=", ">=", "==", "!=", "in", "is"]);

/** Throws PythonSyntaxError. */
export function parsePython(script: string): PythonProgram {
  return new Parser(tokensOf(script)).program();
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;
  private nested = 0;
  private readonly steps: Step[] = [];
  private readonly lines: number[] = [];
  /** Loops around the present statement: where `continue` goes, and the jumps of `break` to be filled in. */
  private readonly loops: { readonly start: number; readonly breaks: number[]; readonly drops: boolean }[] = [];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  program(): PythonProgram {
    while (this.peek.kind !== "end") this.statement();
    return { steps: this.steps, lines: this.lines };
  }

  private get peek(): Token {
    return this.tokens[this.at] as Token;
  }

  private next(): Token {
    const token = this.peek;
    this.at += 1;
    return token;
  }

  private is(text: string): boolean {
    return (this.peek.kind === "operator" || this.peek.kind === "name") && this.peek.text === text;
  }

  private accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw this.problem();
  }

  private problem(): PythonSyntaxError {
    const { text, line } = this.peek;
    return new PythonSyntaxError("invalid syntax", line, NOT_HERE.has(text) || text === "{" || text === "@");
  }

  private emit(step: Step): number {
    this.lines.push(this.peek.line);
    return this.steps.push(step) - 1;
  }

  private patch(index: number): void {
    const step = this.steps[index] as Extract<Step, { readonly to: number }>;
    this.steps[index] = { ...step, to: this.steps.length };
  }

  private statement(): void {
    this.nested += 1;
    if (this.nested > DEPTH_MAX) throw new PythonSyntaxError("too many statically nested blocks", this.peek.line);
    this.anyStatement();
    this.nested -= 1;
  }

  private anyStatement(): void {
    if (this.accept("if")) this.conditional();
    else if (this.accept("while")) this.whileLoop();
    else if (this.accept("for")) this.forLoop();
    else this.simpleLine();
  }

  private simpleLine(): void {
    do {
      if (this.peek.kind === "newline") break;
      this.simple();
    } while (this.accept(";"));
    if (this.peek.kind !== "newline") throw this.problem();
    this.next();
  }

  private block(): void {
    this.expect(":");
    if (this.peek.kind !== "newline") {
      this.simpleLine();
      return;
    }
    this.at += 1;
    if (this.next().kind !== "indent") throw new PythonSyntaxError("expected an indented block", this.peek.line);
    while (!this.atEnd()) this.statement();
    if (this.tokens[this.at]?.kind === "dedent") this.at += 1;
  }

  private atEnd(): boolean {
    return this.peek.kind === "dedent" || this.peek.kind === "end";
  }

  private conditional(): void {
    const skip = this.emit({ op: "unless", test: this.expression(), to: -1 });
    this.block();
    if (!this.is("elif") && !this.is("else")) {
      this.patch(skip);
      return;
    }
    const done = this.emit({ op: "jump", to: -1 });
    this.patch(skip);
    if (this.next().text === "elif") this.conditional();
    else this.block();
    this.patch(done);
  }

  private whileLoop(): void {
    const start = this.steps.length;
    const leave = this.emit({ op: "unless", test: this.expression(), to: -1 });
    this.loop(start, false);
    this.patch(leave);
    this.endLoop();
  }

  private forLoop(): void {
    const names = this.targets();
    this.expect("in");
    this.emit({ op: "iterate", expression: this.expressionList() });
    const start = this.emit({ op: "next", names, to: -1 });
    this.loop(start, true);
    this.patch(start);
    this.endLoop();
  }

  private loop(start: number, drops: boolean): void {
    this.loops.push({ start, breaks: [], drops });
    this.block();
    this.emit({ op: "jump", to: start });
  }

  private endLoop(): void {
    for (const index of this.loops.pop()?.breaks ?? []) this.patch(index);
  }

  private targets(): readonly string[] {
    const names: string[] = [];
    do {
      const token = this.next();
      if (token.kind !== "name") throw this.problem();
      names.push(token.text);
    } while (this.accept(","));
    return names;
  }

  private simple(): void {
    if (this.accept("pass")) return;
    if (this.accept("import") || this.is("from")) {
      this.import();
      return;
    }
    if (this.is("break") || this.is("continue")) {
      const loop = this.loops.at(-1);
      if (loop === undefined) throw new PythonSyntaxError(`'${this.peek.text}' outside loop`, this.peek.line);
      if (this.next().text === "continue") {
        this.emit({ op: "jump", to: loop.start });
        return;
      }
      if (loop.drops) this.emit({ op: "drop" });
      loop.breaks.push(this.emit({ op: "jump", to: -1 }));
      return;
    }
    if (this.accept("raise")) {
      this.emit({ op: "raise", expression: this.expression() });
      return;
    }
    this.assignment();
  }

  /** `import a, b as c`, `from a import b`: each name stands for its module, or the part of it. */
  private import(): void {
    const dotted = (): string => {
      const parts: string[] = [];
      do parts.push(this.next().text);
      while (this.accept("."));
      return parts.join(".");
    };
    const from = this.accept("from") ? dotted() : null;
    if (from !== null) this.expect("import");
    do {
      const name = dotted();
      const as = this.accept("as") ? this.next().text : (name.split(".")[0] as string);
      const module = from === null ? name : `${from}.${name}`;
      this.emit({ op: "assign", names: [as], expression: { kind: "value", value: { module } } });
    } while (this.accept(","));
  }

  private assignment(): void {
    const left = this.expressionList();
    if (this.peek.kind === "operator" && AUGMENTED.test(this.peek.text)) {
      const operator = this.next().text.slice(0, -1);
      const right = this.expressionList();
      this.store(left, { kind: "binary", operator, left, right });
    } else if (this.accept("=")) {
      const targets = [left];
      let value = this.expressionList();
      while (this.accept("=")) {
        targets.push(value);
        value = this.expressionList();
      }
      for (const target of targets) this.store(target, value);
    } else this.emit({ op: "evaluate", expression: left });
  }

  private store(target: Expression, expression: Expression): void {
    const parts = target.kind === "list" ? target.items : [target];
    const names = parts.map((part) => {
      if (part.kind !== "name") throw new PythonSyntaxError("cannot assign to expression here", this.peek.line, true);
      return part.name;
    });
    this.emit({ op: "assign", names, expression });
  }

  private expressionList(): Expression {
    const first = this.expression();
    if (!this.is(",")) return first;
    const items = [first];
    while (this.accept(",")) {
      if (this.peek.kind === "newline" || this.is("=") || this.is(")") || this.is(";")) break;
      items.push(this.expression());
    }
    return { kind: "list", items };
  }

  private expression(): Expression {
    const yes = this.or();
    if (!this.accept("if")) return yes;
    const test = this.or();
    this.expect("else");
    return { kind: "choice", test, yes, no: this.expression() };
  }

  private or(): Expression {
    let left = this.and();
    while (this.accept("or")) left = { kind: "either", until: true, left, right: this.and() };
    return left;
  }

  private and(): Expression {
    let left = this.not();
    while (this.accept("and")) left = { kind: "either", until: false, left, right: this.not() };
    return left;
  }

  private not(): Expression {
    return this.deeper(() => this.negated());
  }

  /** Neither what is nested nor what is strung together may be deeper than a tree that can be walked. */
  private deeper(part: () => Expression): Expression {
    this.depth += 1;
    if (this.depth > DEPTH_MAX) throw new PythonSyntaxError("too many nested parentheses", this.peek.line);
    const found = part();
    this.depth -= 1;
    return found;
  }

  private negated(): Expression {
    return this.accept("not") ? { kind: "unary", operator: "not", of: this.not() } : this.comparison();
  }

  private comparison(): Expression {
    const first = this.binary(0);
    const rest: [string, Expression][] = [];
    for (;;) {
      let operator = this.peek.text;
      if (this.is("not")) {
        this.next();
        this.expect("in");
        operator = "not in";
      } else if (COMPARISONS.has(operator) && this.is(operator)) {
        this.next();
        if (operator === "is" && this.accept("not")) operator = "is not";
      } else break;
      rest.push([operator, this.binary(0)]);
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  private binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.factor();
    let left = this.binary(level + 1);
    let links = 0;
    while (this.peek.kind === "operator" && operators.includes(this.peek.text)) {
      const operator = this.next().text;
      links += 1;
      if (links > LINKS_MAX) throw new PythonSyntaxError("too many operators", this.peek.line, true);
      left = { kind: "binary", operator, left, right: this.binary(level + 1) };
    }
    return left;
  }

  private factor(): Expression {
    return this.deeper(() => this.signed());
  }

  private signed(): Expression {
    if (this.is("-") || this.is("+")) {
      const operator = this.next().text as "-" | "+";
      return { kind: "unary", operator, of: this.factor() };
    }
    const base = this.trailers(this.atom());
    return this.accept("**") ? { kind: "binary", operator: "**", left: base, right: this.factor() } : base;
  }

  private trailers(start: Expression): Expression {
    let of = start;
    for (let links = 0; ; links += 1) {
      if (links > LINKS_MAX) throw new PythonSyntaxError("too many calls", this.peek.line, true);
      if (this.accept(".")) of = { kind: "attribute", of, name: this.next().text };
      else if (this.accept("(")) of = this.call(of);
      else if (this.accept("[")) of = this.subscript(of);
      else return of;
    }
  }

  private call(callee: Expression): Expression {
    const args: Expression[] = [];
    const named: Record<string, Expression> = {};
    while (!this.is(")")) {
      const name = this.peek;
      const after = this.tokens[this.at + 1];
      if (name.kind === "name" && after?.kind === "operator" && after.text === "=") {
        this.at += 2;
        named[name.text] = this.expression();
      } else args.push(this.comprehension(this.expression()));
      if (!this.accept(",")) break;
    }
    this.expect(")");
    return { kind: "call", callee, args, named: named as Named };
  }

  private subscript(of: Expression): Expression {
    const from = this.is(":") ? null : this.expression();
    if (from !== null && this.accept("]")) return { kind: "index", of, at: from };
    this.expect(":");
    const to = this.is("]") ? null : this.expression();
    this.expect("]");
    return { kind: "slice", of, from, to };
  }

  private comprehension(item: Expression): Expression {
    if (!this.accept("for")) return item;
    const [name = ""] = this.targets();
    this.expect("in");
    const source = this.or();
    const test = this.accept("if") ? this.or() : null;
    return { kind: "each", item, name, source, test };
  }

  private atom(): Expression {
    const token = this.peek;
    if (token.kind === "number") {
      this.next();
      const digits = token.text.replaceAll("_", "");
      return { kind: "value", value: /^\d+$/.test(digits) ? BigInt(digits) : Number(digits) };
    }
    if (token.kind === "string" || token.kind === "format") return this.strings();
    if (token.kind === "name" && !NOT_HERE.has(token.text)) {
      this.next();
      const constant = Object.hasOwn(CONSTANTS, token.text) ? CONSTANTS[token.text] : undefined;
      return constant === undefined ? { kind: "name", name: token.text } : { kind: "value", value: constant };
    }
    if (this.accept("(")) {
      if (this.accept(")")) return { kind: "list", items: [] };
      const inner = this.comprehension(this.expressionList());
      this.expect(")");
      return inner;
    }
    if (this.accept("[")) {
      if (this.accept("]")) return { kind: "list", items: [] };
      const first = this.comprehension(this.expression());
      if (first.kind === "each") {
        this.expect("]");
        return first;
      }
      const items: Expression[] = [first];
      while (this.accept(",")) {
        if (this.is("]")) break;
        items.push(this.expression());
      }
      this.expect("]");
      return { kind: "list", items };
    }
    throw this.problem();
  }

  /** Strings that stand side by side are one. */
  private strings(): Expression {
    const parts: (string | { readonly value: Expression; readonly how: string })[] = [];
    while (this.peek.kind === "string" || this.peek.kind === "format") {
      const { kind, text, line } = this.next();
      if (kind === "string") parts.push(textOf(text));
      else parts.push(...formatParts(textOf(text), line));
    }
    if (parts.every((part) => typeof part === "string")) return { kind: "value", value: parts.join("") };
    return { kind: "format", parts };
  }
}

function formatParts(text: string, line: number): (string | { readonly value: Expression; readonly how: string })[] {
  return text.split(/(\{\{|\}\}|\{[^{}]*\})/).map((part) => {
    if (part === "{{") return "{";
    if (part === "}}") return "}";
    if (!part.startsWith("{")) return part;
    const inner = /^\{(.*?)(!r|!s)?(?::([^:]*))?\}$/s.exec(part);
    const value = new ExpressionParser(inner?.[1] ?? "", line).value();
    return { value, how: `${inner?.[2] ?? ""}${inner?.[3] ?? ""}` };
  });
}

/** A lone expression, as between a format's braces. */
class ExpressionParser {
  private readonly text: string;
  private readonly line: number;

  constructor(text: string, line: number) {
    this.text = text;
    this.line = line;
  }

  value(): Expression {
    const [step, more] = parsePython(`${this.text.trim()}\n`).steps;
    if (step?.op !== "evaluate" || more !== undefined)
      throw new PythonSyntaxError("f-string: invalid syntax", this.line);
    return step.expression;
  }
}
