/** The part of Go's text/template that people use with kubectl: actions, pipelines, if, range, with, variables. */

export type Expr =
  | { readonly type: "dot" }
  | { readonly type: "literal"; readonly value: string | number | boolean | null }
  | { readonly type: "chain"; readonly base: Expr; readonly fields: readonly string[] }
  | { readonly type: "variable"; readonly name: string }
  | { readonly type: "call"; readonly name: string; readonly args: readonly Expr[] };

export type TemplateNode =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "print"; readonly expr: Expr }
  | { readonly type: "assign"; readonly name: string; readonly expr: Expr }
  | {
      readonly type: "if" | "with" | "range";
      readonly expr: Expr;
      readonly variables: readonly string[];
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

export class TemplateError extends Error {}

const maxDepth = 100;

export function parseTemplate(text: string): readonly TemplateNode[] {
  return new Parser(cut(text)).block([]).nodes;
}

type Piece = { readonly action: boolean; readonly text: string };

/** Text and actions; `{{-` and `-}}` eat the white space beside them. */
function cut(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let rest = text;
  let trims = false;
  for (;;) {
    const open = rest.indexOf("{{");
    let before = open < 0 ? rest : rest.slice(0, open);
    if (trims) before = before.trimStart();
    if (open < 0) {
      pieces.push({ action: false, text: before });
      return pieces;
    }
    const match = /^\{\{(- )?((?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?! -\}\})[^}]|\}(?!\}))*?)( -)?\}\}/s.exec(
      rest.slice(open),
    );
    if (!match) throw new TemplateError("template: output:1: unclosed action");
    if (match[1]) before = before.trimEnd();
    pieces.push({ action: false, text: before }, { action: true, text: match[2]!.trim() });
    trims = match[3] !== undefined;
    rest = rest.slice(open + match[0].length);
  }
}

class Parser {
  readonly #pieces: readonly Piece[];
  #at = 0;
  #depth = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  block(ends: readonly string[]): { readonly nodes: readonly TemplateNode[]; readonly end: string } {
    if (++this.#depth > maxDepth) throw new TemplateError("template: exceeded maximum nesting depth");
    const nodes: TemplateNode[] = [];
    while (this.#at < this.#pieces.length) {
      const piece = this.#pieces[this.#at]!;
      this.#at += 1;
      if (!piece.action) {
        if (piece.text !== "") nodes.push({ type: "text", text: piece.text });
        continue;
      }
      const word = /^\w+/.exec(piece.text)?.[0] ?? "";
      if (word === "end" || word === "else") {
        if (!ends.includes(word)) throw new TemplateError(`template: output:1: unexpected {{${word}}}`);
        this.#depth -= 1;
        return { nodes, end: piece.text };
      }
      if (piece.text.startsWith("/*") || piece.text === "") continue;
      nodes.push(this.#action(word, piece.text));
    }
    if (ends.length > 0) throw new TemplateError("template: output:1: unexpected EOF");
    this.#depth -= 1;
    return { nodes, end: "" };
  }

  #action(word: string, text: string): TemplateNode {
    if (word === "if" || word === "with" || word === "range") return this.#branch(word, text.slice(word.length).trim());
    const assign = /^\$(\w+)\s*:?=\s*(.*)$/s.exec(text);
    if (assign) return { type: "assign", name: assign[1]!, expr: parsePipeline(assign[2]!) };
    return { type: "print", expr: parsePipeline(text) };
  }

  #branch(type: "if" | "with" | "range", text: string): TemplateNode {
    const match = /^((?:\$\w+\s*,\s*)?\$\w+)\s*:=\s*(.*)$/s.exec(text);
    const variables = match ? [...match[1]!.matchAll(/\$(\w+)/g)].map((found) => found[1]!) : [];
    const expr = parsePipeline(match ? match[2]! : text);
    const { nodes: body, end } = this.block(["end", "else"]);
    if (end === "end") return { type, expr, variables, body, otherwise: [] };
    const chained = /^else\s+(if|with)\s+(.*)$/s.exec(end);
    if (chained) return { type, expr, variables, body, otherwise: [this.#branch(chained[1] as "if", chained[2]!)] };
    return { type, expr, variables, body, otherwise: this.block(["end"]).nodes };
  }
}

const tokenPattern = /\s+|"(?:[^"\\]|\\.)*"|`[^`]*`|[()|]|-?\d+(?:\.\d+)?|(?:\$\w*|\w+)?(?:\.\w+)+|\$\w*|\.|\w+/gy;

function parsePipeline(text: string): Expr {
  const tokens: string[] = [];
  let end = 0;
  for (const match of text.matchAll(tokenPattern)) {
    end = match.index + match[0].length;
    if (match[0].trim() !== "") tokens.push(match[0]);
  }
  if (end !== text.length)
    throw new TemplateError(`template: output:1: unexpected ${JSON.stringify(text[end])} in operand`);
  const state = { tokens, at: 0, depth: 0 };
  const expr = pipeline(state);
  if (state.at < tokens.length)
    throw new TemplateError(`template: output:1: unexpected ${JSON.stringify(tokens[state.at])} in command`);
  return expr;
}

interface State {
  readonly tokens: readonly string[];
  at: number;
  depth: number;
}

function pipeline(state: State): Expr {
  if (++state.depth > maxDepth) throw new TemplateError("template: exceeded maximum nesting depth");
  let expr = command(state, undefined);
  while (state.tokens[state.at] === "|") {
    state.at += 1;
    expr = command(state, expr);
  }
  state.depth -= 1;
  return expr;
}

/** A call takes what was piped into it as its last argument. */
function command(state: State, piped: Expr | undefined): Expr {
  const first = state.tokens[state.at];
  if (first === undefined || first === ")" || first === "|")
    throw new TemplateError("template: output:1: missing value for command");
  if (!/^[A-Za-z_]\w*$/.test(first) || /^(true|false|nil)$/.test(first)) return operand(state);
  state.at += 1;
  const args: Expr[] = [];
  while (state.at < state.tokens.length && !/^[)|]$/.test(state.tokens[state.at]!)) args.push(operand(state));
  if (!functionNames.has(first))
    throw new TemplateError(`template: output:1: function ${JSON.stringify(first)} not defined`);
  return { type: "call", name: first, args: piped ? [...args, piped] : args };
}

function operand(state: State): Expr {
  const token = state.tokens[state.at]!;
  state.at += 1;
  if (token === "(") {
    const inside = pipeline(state);
    if (state.tokens[state.at] !== ")") throw new TemplateError("template: output:1: unclosed left paren");
    state.at += 1;
    const next = state.tokens[state.at];
    if (next?.startsWith(".") && next.length > 1) {
      state.at += 1;
      return { type: "chain", base: inside, fields: next.slice(1).split(".") };
    }
    return inside;
  }
  if (token === ".") return { type: "dot" };
  if (token.startsWith('"')) return { type: "literal", value: JSON.parse(token) as string };
  if (token.startsWith("`")) return { type: "literal", value: token.slice(1, -1) };
  if (/^-?\d/.test(token)) return { type: "literal", value: Number(token) };
  if (token === "true" || token === "false") return { type: "literal", value: token === "true" };
  if (token === "nil") return { type: "literal", value: null };
  const [head, ...fields] = token.split(".");
  if (head === "") return { type: "chain", base: { type: "dot" }, fields };
  if (head!.startsWith("$")) return { type: "chain", base: { type: "variable", name: head!.slice(1) }, fields };
  return { type: "call", name: head!, args: [] };
}

export const functionNames: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "len",
  "index",
  "slice",
  "print",
  "printf",
  "println",
  "html",
  "js",
  "urlquery",
  "exists",
  "base64decode",
]);
