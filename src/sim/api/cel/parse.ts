/** The Common Expression Language: text to tree. Grammar and messages are those of cel-go 0.23. */

/** Longer lines are not shown. */
const SNIPPET_MAX = 16_384;
/** More errors of one expression are counted only. */
export const CEL_ERRORS_MAX = 100;

export class CelError extends Error {
  /** `at` is an offset in `source`. */
  constructor(source: string, at: number, message: string) {
    const before = source.slice(0, at);
    const line = before.split("\n").length;
    const column = at - (before.lastIndexOf("\n") + 1);
    const shown = source.split("\n")[line - 1] ?? "";
    const snippet = shown.length > SNIPPET_MAX ? "" : `\n | ${shown}\n | ${".".repeat(column)}^`;
    super(`ERROR: <input>:${line}:${column + 1}: ${message}${snippet}`);
    this.at = at;
  }

  readonly at: number;

  /** Several of one expression as one, in the order of their places; `more`: how many there were beside them. */
  static all(errors: readonly CelError[], more: number): CelError {
    const sorted = [...errors].sort((a, b) => a.at - b.at);
    const first = sorted[0]!;
    const rest = more > 0 ? [`${more} more errors were truncated`] : [];
    first.message = [...sorted.map(({ message }) => message), ...rest].join("\n");
    return first;
  }
}

export type CelNode =
  | { readonly kind: "literal"; readonly at: number; readonly type: CelLiteralType; readonly value: string }
  | { readonly kind: "ident"; readonly at: number; readonly name: string }
  | {
      readonly kind: "select";
      readonly at: number;
      readonly operand: CelNode;
      readonly field: string;
      readonly optional: boolean;
    }
  | {
      readonly kind: "index";
      readonly at: number;
      readonly operand: CelNode;
      readonly index: CelNode;
      readonly optional: boolean;
    }
  /** Operators are calls too, of functions such as `_+_`; `target` is what a method is called on. */
  | {
      readonly kind: "call";
      readonly at: number;
      readonly name: string;
      readonly target: CelNode | null;
      readonly args: readonly CelNode[];
    }
  /** `optional`: which of them are there only if they have a value. */
  | {
      readonly kind: "list";
      readonly at: number;
      readonly items: readonly CelNode[];
      readonly optional: readonly number[];
    }
  | {
      readonly kind: "map";
      readonly at: number;
      readonly entries: readonly (readonly [CelNode, CelNode])[];
      readonly optional: readonly number[];
    }
  | {
      readonly kind: "message";
      readonly at: number;
      readonly name: string;
      readonly fields: readonly (readonly [string, CelNode])[];
    };

export type CelLiteralType = "int" | "uint" | "double" | "string" | "bytes" | "bool" | "null_type";

interface Token {
  readonly kind: "ident" | "number" | "string" | "operator" | "end";
  readonly text: string;
  readonly at: number;
}

const SPACE = /(?:\s|\/\/[^\n]*)+/y;
const NUMBER = /0x[0-9a-fA-F]+u?|(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+[uU]?/y;
const STRING =
  /[bB]?[rR]?(?:"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/y;
const IDENT = /[A-Za-z_]\w*|`[\w.\-/ ]+`/y;
const OPERATOR = /&&|\|\||==|!=|<=|>=|[<>+\-*/%!?:.,()[\]{}]/y;

const LEXEMES: readonly (readonly [Token["kind"], RegExp])[] = [
  ["string", STRING],
  ["ident", IDENT],
  ["number", NUMBER],
  ["operator", OPERATOR],
];

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    at += SPACE.exec(source)?.[0].length ?? 0;
    if (at >= source.length) break;
    let found = false;
    for (const [kind, pattern] of LEXEMES) {
      pattern.lastIndex = at;
      const match = pattern.exec(source);
      if (match === null) continue;
      tokens.push({ kind, text: match[0], at });
      at += match[0].length;
      found = true;
      break;
    }
    if (!found) throw new CelError(source, at, `Syntax error: token recognition error at: '${source.slice(at)}'`);
  }
  tokens.push({ kind: "end", text: "<EOF>", at: source.length });
  return tokens;
}

const EXPRESSION_STARTS =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const RESERVED =
  "as break const continue else false for function if import in let loop package namespace null return true var void while".split(
    " ",
  );
/** These are no names, not even of fields. */
const KEYWORDS = ["true", "false", "null", "in"];
const MAX_DEPTH = 200;

/** From loosest to tightest, all left-associative. */
const BINARY: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["<", "<=", ">=", ">", "==", "!=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** The first levels: any number of conditions may stand in a row. */
const LOGIC = 1;

function operation(token: Token, left: CelNode, right: CelNode): CelNode {
  const name = token.text === "in" ? "@in" : `_${token.text}_`;
  return { kind: "call", at: token.at, name, target: null, args: [left, right] };
}

/** The same from left to right, but not deep. */
function balanced(operands: readonly CelNode[], between: readonly Token[], from: number, to: number): CelNode {
  if (from === to) return operands[from]!;
  const middle = Math.floor((from + to) / 2);
  const left = balanced(operands, between, from, middle);
  return operation(between[middle]!, left, balanced(operands, between, middle + 1, to));
}

const SIZE_MAX = 100_000;

/** Throws CelError. */
export function parseCel(source: string): CelNode {
  const size = source.length > SIZE_MAX ? [...source].length : source.length;
  if (size > SIZE_MAX)
    throw new CelError("", 0, `expression code point size exceeds limit: size: ${size}, limit ${SIZE_MAX}`);
  const node = new Parser(source).parse();
  if (isDeeperThan(node, MAX_DEPTH)) throw tooDeep(source, 0);
  return node;
}

function tooDeep(source: string, at: number): CelError {
  return new CelError(source, at, `expression recursion limit exceeded: ${MAX_DEPTH}`);
}

/** Chains of operators and fields are deep as trees, too. */
function isDeeperThan(root: CelNode, most: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((node) => childrenOf(node as CelNode));
  }
  return false;
}

function childrenOf(node: CelNode): readonly CelNode[] {
  switch (node.kind) {
    case "select":
      return [node.operand];
    case "index":
      return [node.operand, node.index];
    case "call":
      return node.target === null ? node.args : [node.target, ...node.args];
    case "list":
      return node.items;
    case "map":
      return node.entries.flat();
    case "message":
      return node.fields.map(([, value]) => value);
    default:
      return [];
  }
}

class Parser {
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;

  constructor(private readonly source: string) {
    this.tokens = tokensOf(source);
  }

  parse(): CelNode {
    const node = this.expression();
    const rest = this.peek();
    if (rest.kind !== "end") throw this.syntax(rest, `extraneous input '${rest.text}' expecting <EOF>`);
    return node;
  }

  private peek(): Token {
    return this.tokens[this.position]!;
  }

  private next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.position++;
    return token;
  }

  private takes(text: string): Token | null {
    const token = this.peek();
    if (token.kind === "string" || token.text !== text) return null;
    this.position++;
    return token;
  }

  private syntax(token: Token, message: string): CelError {
    return new CelError(this.source, token.at, `Syntax error: ${message}`);
  }

  private close(text: string): void {
    if (this.takes(text) !== null) return;
    const token = this.peek();
    throw this.syntax(token, `missing '${text}' at '${token.text}'`);
  }

  private expression(): CelNode {
    if (++this.depth > MAX_DEPTH) throw tooDeep(this.source, this.peek().at);
    const condition = this.binary(0);
    const question = this.takes("?");
    let node = condition;
    if (question !== null) {
      const yes = this.binary(0);
      this.close(":");
      node = { kind: "call", at: question.at, name: "_?_:_", target: null, args: [condition, yes, this.expression()] };
    }
    this.depth--;
    return node;
  }

  private binary(level: number): CelNode {
    const operators = BINARY[level];
    if (operators === undefined) return this.unary();
    const operands = [this.binary(level + 1)];
    const between: Token[] = [];
    for (;;) {
      const token = this.peek();
      if (token.kind === "string" || !operators.includes(token.text)) break;
      this.position++;
      between.push(token);
      operands.push(this.binary(level + 1));
    }
    if (level <= LOGIC) return balanced(operands, between, 0, between.length);
    return operands.reduce((left, right, index) => operation(between[index - 1]!, left, right));
  }

  private unary(): CelNode {
    const operator = this.takes("!") ?? this.takes("-");
    if (operator === null) return this.member(this.primary());
    if (++this.depth > MAX_DEPTH) throw tooDeep(this.source, operator.at);
    const operand = this.unary();
    this.depth--;
    return { kind: "call", at: operator.at, name: `${operator.text}_`, target: null, args: [operand] };
  }

  private member(start: CelNode): CelNode {
    let node = start;
    for (;;) {
      const dot = this.takes(".");
      if (dot !== null) {
        const optional = this.takes("?") !== null;
        const name = this.next();
        if (name.kind !== "ident" || KEYWORDS.includes(name.text))
          throw this.syntax(name, `mismatched input '${name.text}' expecting IDENTIFIER`);
        const open = optional ? null : this.takes("(");
        node =
          open === null
            ? { kind: "select", at: dot.at, operand: node, field: name.text.replaceAll("`", ""), optional }
            : { kind: "call", at: open.at, name: name.text, target: node, args: this.items(")").items };
        continue;
      }
      const open = this.takes("[");
      if (open !== null) {
        const optional = this.takes("?") !== null;
        const index = this.expression();
        this.close("]");
        node = { kind: "index", at: open.at, operand: node, index, optional };
        continue;
      }
      if (this.peek().text !== "{" || qualifiedName(node) === null) return node;
      const brace = this.next();
      node = { kind: "message", at: brace.at, name: qualifiedName(node)!, fields: this.messageFields() };
    }
  }

  private primary(): CelNode {
    const token = this.next();
    const { at, text } = token;
    if (token.kind === "number") {
      const type = /[uU]$/.test(text) ? "uint" : /^\d+$|^0x/.test(text) ? "int" : "double";
      return { kind: "literal", at, type, value: text };
    }
    if (token.kind === "string") {
      return { kind: "literal", at, type: /^[rR]?[bB]/.test(text) ? "bytes" : "string", value: text };
    }
    if (text === "true" || text === "false") return { kind: "literal", at, type: "bool", value: text };
    if (text === "null") return { kind: "literal", at, type: "null_type", value: text };
    if (text === "(") {
      const node = this.expression();
      this.close(")");
      return node;
    }
    if (text === "[") return { kind: "list", at, ...this.items("]") };
    if (text === "{") return { kind: "map", at, ...this.mapEntries() };
    const name = text === "." ? this.next() : token;
    if (name.kind !== "ident" || name.text.startsWith("`")) {
      throw this.syntax(name, `mismatched input '${name.text}' expecting ${EXPRESSION_STARTS}`);
    }
    if (RESERVED.includes(name.text)) throw new CelError(this.source, at, `reserved identifier: ${name.text}`);
    const open = this.takes("(");
    if (open === null) return { kind: "ident", at, name: name.text };
    return { kind: "call", at: open.at, name: name.text, target: null, args: this.items(")").items };
  }

  /** Expressions up to `end`; a list may have a comma behind its last one. */
  private items(end: string): { readonly items: CelNode[]; readonly optional: number[] } {
    const items: CelNode[] = [];
    const optional: number[] = [];
    if (this.takes(end) !== null) return { items, optional };
    for (;;) {
      if (end === "]" && this.takes("?") !== null) optional.push(items.length);
      items.push(this.expression());
      if (this.takes(",") === null || (end === "]" && (this.peek().text === end || this.peek().kind === "end"))) break;
    }
    this.close(end);
    return { items, optional };
  }

  private mapEntries(): { readonly entries: (readonly [CelNode, CelNode])[]; readonly optional: number[] } {
    const entries: (readonly [CelNode, CelNode])[] = [];
    const optional: number[] = [];
    while (this.peek().text !== "}" && this.peek().kind !== "end") {
      if (this.takes("?") !== null) optional.push(entries.length);
      const key = this.expression();
      this.close(":");
      entries.push([key, this.expression()]);
      if (this.takes(",") === null) break;
    }
    this.close("}");
    return { entries, optional };
  }

  private messageFields(): (readonly [string, CelNode])[] {
    const fields: (readonly [string, CelNode])[] = [];
    while (this.peek().text !== "}" && this.peek().kind !== "end") {
      const name = this.next();
      this.close(":");
      fields.push([name.text, this.expression()]);
      if (this.takes(",") === null) break;
    }
    this.close("}");
    return fields;
  }
}

/** `a.b.c` of selects down to an identifier, else null. */
export function qualifiedName(node: CelNode, depth = 0): string | null {
  if (depth > MAX_DEPTH) return null;
  if (node.kind === "ident") return node.name;
  if (node.kind !== "select") return null;
  const operand = qualifiedName(node.operand, depth + 1);
  return operand === null ? null : `${operand}.${node.field}`;
}

/** What a call calls: a method of its target, or a function whose name has the target in it (`sets.contains`). */
export function calledFunction(
  node: CelNode & { readonly kind: "call" },
  isVariable: (name: string) => boolean,
  isFunction: (name: string) => boolean,
): { readonly name: string; readonly target: CelNode | null } {
  const { name, target } = node;
  const head = target === null ? null : qualifiedName(target);
  if (head === null || isVariable(head.split(".")[0]!) || !isFunction(`${head}.${name}`)) return { name, target };
  return { name: `${head}.${name}`, target: null };
}
