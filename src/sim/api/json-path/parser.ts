/** kubectl's dialect of JSONPath, as a list of plain text and actions (`{...}`). */

export type Node =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "identifier"; readonly name: string }
  | { readonly type: "field"; readonly name: string }
  | { readonly type: "array"; readonly from: Bound; readonly to: Bound; readonly step: Bound }
  | { readonly type: "filter"; readonly left: List; readonly right: List; readonly operator: string }
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "wildcard" }
  | { readonly type: "recursive" }
  | { readonly type: "union"; readonly lists: readonly List[] }
  | { readonly type: "list"; readonly nodes: List };

export type List = readonly Node[];

/** A bound of `[from:to:step]`; `derived` when `to` follows from a single index. */
export interface Bound {
  readonly value: number;
  readonly known: boolean;
  readonly derived?: boolean;
}

export class JsonPathError extends Error {}

/** Deeper nesting of unions and filters than this is refused. */
const maxDepth = 100;

export function parseJsonPath(text: string, depth = 0): List {
  if (depth > maxDepth) throw new JsonPathError("the template is nested too deeply");
  return new Parser(text, depth).root();
}

function isTerminator(letter: string): boolean {
  return letter === "" || /[\s.,[\]$@{}]/.test(letter);
}

/** Letters and digits; beyond Latin-1 everything counts as one: Unicode's tables differ between engines. */
function startsName(letter: string): boolean {
  return /[A-Za-z0-9_\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\uffff]/.test(letter);
}

class Parser {
  readonly #input: string;
  readonly #depth: number;
  #at = 0;

  constructor(input: string, depth: number) {
    this.#input = input;
    this.#depth = depth;
  }

  root(): List {
    const nodes: Node[] = [];
    while (this.#at < this.#input.length) {
      const open = this.#input.indexOf("{", this.#at);
      const end = open < 0 ? this.#input.length : open;
      if (end > this.#at) nodes.push({ type: "text", text: this.#input.slice(this.#at, end) });
      this.#at = end;
      if (open < 0) break;
      this.#at += 1;
      nodes.push({ type: "list", nodes: this.#action() });
    }
    return nodes;
  }

  #action(): List {
    const nodes: Node[] = [];
    for (;;) {
      if (this.#takes("}")) return nodes;
      if (this.#takes("[?(")) nodes.push(this.#filter());
      else if (this.#takes("..")) this.#recursive(nodes);
      else this.#one(nodes);
    }
  }

  #one(nodes: Node[]): void {
    const letter = this.#next();
    if (letter === "" || letter === "\n" || letter === "\r") throw new JsonPathError("unclosed action");
    if (letter === " " || letter === "@" || letter === "$") return;
    if (letter === "[") nodes.push(...this.#array());
    else if (letter === '"' || letter === "'") nodes.push(this.#quote(letter));
    else if (letter === ".") nodes.push(this.#field());
    else if (/[+\-\d]/.test(letter)) nodes.push(this.#number(letter));
    else if (startsName(letter)) nodes.push(this.#identifier());
    else throw new JsonPathError(`unrecognized character in action: ${unicodeName(letter)}`);
  }

  #recursive(nodes: Node[]): void {
    if (nodes.at(-1)?.type === "recursive") throw new JsonPathError("invalid multiple recursive descent");
    nodes.push({ type: "recursive" });
    if (startsName(this.#peek())) nodes.push(this.#field());
  }

  #identifier(): Node {
    this.#at -= 1;
    const start = this.#at;
    while (!isTerminator(this.#peek())) this.#at += 1;
    const name = this.#input.slice(start, this.#at);
    return name === "true" || name === "false"
      ? { type: "bool", value: name === "true" }
      : { type: "identifier", name };
  }

  #field(): Node {
    const start = this.#at;
    for (;;) {
      const letter = this.#peek();
      if (isTerminator(letter)) break;
      this.#at += letter === "\\" ? 2 : 1;
    }
    const name = this.#input.slice(start, this.#at);
    return name === "*" ? { type: "wildcard" } : { type: "field", name: name.replaceAll("\\", "") };
  }

  #number(first: string): Node {
    const start = this.#at - 1;
    while (/[.\d]/.test(this.#peek())) this.#at += 1;
    const text = this.#input.slice(start, this.#at);
    const value = Number(text);
    if (first === "" || Number.isNaN(value)) throw new JsonPathError(`cannot parse number ${text}`);
    return { type: "number", value };
  }

  #quote(quote: string): Node {
    const start = this.#at;
    for (;;) {
      const letter = this.#next();
      if (letter === "" || letter === "\n") throw new JsonPathError("unterminated quoted string");
      if (letter === "\\") this.#at += 1;
      else if (letter === quote) break;
    }
    return { type: "text", text: unquote(this.#input.slice(start, this.#at - 1)) };
  }

  #array(): List {
    const start = this.#at;
    for (;;) {
      const letter = this.#next();
      if (letter === "" || letter === "\n") throw new JsonPathError("unterminated array");
      if (letter === "]") break;
    }
    const inside = this.#input.slice(start, this.#at - 1);
    const text = inside === "*" ? ":" : inside;
    const parts = text.split(",");
    if (parts.length > 1) {
      return [{ type: "union", lists: parts.map((part) => this.#sub(`[${part.replace(/^ +| +$/g, "")}]`)) }];
    }
    const key = /^'([^']*)'$/.exec(text);
    if (key) return this.#sub(`.${key[1]}`);
    const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
    if (!slice) throw new JsonPathError(`invalid array index ${text}`);
    return [sliceNode(slice[1]!, slice[2], slice[3])];
  }

  #filter(): Node {
    const start = this.#at;
    let begun = false;
    let ended = false;
    let pair = "";
    for (;;) {
      const letter = this.#next();
      if (letter === "" || letter === "\n") throw new JsonPathError("unterminated filter");
      if (letter === '"' || letter === "'") {
        if (!begun) {
          begun = true;
          pair = letter;
        } else if (this.#input[this.#at - 2] !== "\\" && letter === pair) ended = true;
      } else if (letter === ")" && begun === ended) break;
    }
    const text = this.#input.slice(start, this.#at - 1);
    if (this.#next() !== "]") throw new JsonPathError("unclosed array expect ]");
    const compare = /^([^!<>=]+)([!<>=]+)(.+?)$/s.exec(text);
    if (!compare) return { type: "filter", left: this.#sub(text), right: [], operator: "exists" };
    return { type: "filter", left: this.#sub(compare[1]!), right: this.#sub(compare[3]!), operator: compare[2]! };
  }

  /** What stands inside of one action. */
  #sub(text: string): List {
    const [first] = parseJsonPath(`{${text}}`, this.#depth + 1);
    return first?.type === "list" ? first.nodes : [];
  }

  #takes(text: string): boolean {
    if (!this.#input.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #peek(): string {
    return this.#input[this.#at] ?? "";
  }

  #next(): string {
    const letter = this.#peek();
    if (letter !== "") this.#at += 1;
    return letter;
  }
}

function sliceNode(from: string, to: string | undefined, step: string | undefined): Node {
  const bound = (text: string | undefined): Bound => {
    const digits = text?.slice(1) ?? "";
    return digits === "" || digits === "-" ? { value: 0, known: false } : { value: Number(digits), known: true };
  };
  const first: Bound = from === "" || from === "-" ? { value: 0, known: false } : { value: Number(from), known: true };
  const second: Bound = to === undefined ? { value: first.value + 1, known: true, derived: true } : bound(to);
  return { type: "array", from: first, to: second, step: bound(step) };
}

function unicodeName(letter: string): string {
  const code = letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return `U+${code} '${letter}'`;
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
};

function unquote(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/gs, (_whole, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? code;
  });
}
