/** What Go's encoding/json says of a text that is no JSON. Engines word it differently, so it is found here. */

/** The first problem, as `json.SyntaxError` words it; null: the text is JSON. Nesting is followed without recursion. */
export function jsonSyntaxError(text: string): string | null {
  const scanner = new Scanner(text);
  return scanner.run();
}

const END = "unexpected end of JSON input";
const SPACE = /[ \t\r\n]/;

type Expecting = "value" | "valueOrEnd" | "key" | "keyOrEnd" | "colon" | "commaOrEnd" | "end";

class Scanner {
  readonly #text: string;
  #at = 0;
  /** `{` and `[` that are open. */
  readonly #open: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  run(): string | null {
    let expecting: Expecting = "value";
    for (;;) {
      while (SPACE.test(this.#peek())) this.#at += 1;
      const character = this.#peek();
      if (character === "") return expecting === "end" ? null : END;
      const next: Expecting | { readonly problem: string } = this.#step(character, expecting);
      if (typeof next === "object") return next.problem;
      expecting = next;
    }
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  #step(character: string, expecting: Expecting): Expecting | { readonly problem: string } {
    switch (expecting) {
      case "end":
        return this.#invalid(character, "after top-level value");
      case "colon":
        if (character !== ":") return this.#invalid(character, "after object key");
        this.#at += 1;
        return "value";
      case "commaOrEnd":
        return this.#afterValue(character);
      case "key":
      case "keyOrEnd":
        if (character === "}" && expecting === "keyOrEnd") return this.#close();
        if (character !== '"') return this.#invalid(character, "looking for beginning of object key string");
        return this.#string() ?? "colon";
      case "valueOrEnd":
        if (character === "]") return this.#close();
        return this.#value(character);
      default:
        return this.#value(character);
    }
  }

  #invalid(character: string, where: string): { readonly problem: string } {
    return { problem: character === "" ? END : `invalid character ${quoted(character)} ${where}` };
  }

  #close(): Expecting {
    this.#at += 1;
    this.#open.pop();
    return this.#open.length === 0 ? "end" : "commaOrEnd";
  }

  #afterValue(character: string): Expecting | { readonly problem: string } {
    const inside = this.#open.at(-1);
    if (character === ",") {
      this.#at += 1;
      return inside === "{" ? "key" : "value";
    }
    if (character === (inside === "{" ? "}" : "]")) return this.#close();
    return this.#invalid(character, inside === "{" ? "after object key:value pair" : "after array element");
  }

  #value(character: string): Expecting | { readonly problem: string } {
    const done: Expecting = this.#open.length === 0 ? "end" : "commaOrEnd";
    if (character === "{" || character === "[") {
      this.#at += 1;
      this.#open.push(character);
      return character === "{" ? "keyOrEnd" : "valueOrEnd";
    }
    if (character === '"') return this.#string() ?? done;
    if (character === "-" || /\d/.test(character)) return this.#number() ?? done;
    for (const literal of ["true", "false", "null"])
      if (character === literal[0]) return this.#literal(literal) ?? done;
    return this.#invalid(character, "looking for beginning of value");
  }

  #literal(literal: string): { readonly problem: string } | null {
    for (const expected of literal) {
      const character = this.#peek();
      if (character !== expected) return this.#invalid(character, `in literal ${literal} (expecting '${expected}')`);
      this.#at += 1;
    }
    return null;
  }

  #string(): { readonly problem: string } | null {
    this.#at += 1;
    for (;;) {
      const character = this.#peek();
      if (character === "" || character < " ") return this.#invalid(character, "in string literal");
      this.#at += character.length;
      if (character === '"') return null;
      if (character !== "\\") continue;
      const escaped = this.#peek();
      this.#at += 1;
      if (escaped === "u") {
        for (let digit = 0; digit < 4; digit += 1) {
          const hex = this.#peek();
          if (!/^[0-9a-fA-F]$/.test(hex)) return this.#invalid(hex, "in \\u hexadecimal character escape");
          this.#at += 1;
        }
      } else if (escaped === "" || !'bfnrt\\/"'.includes(escaped)) {
        return this.#invalid(escaped, "in string escape code");
      }
    }
  }

  #number(): { readonly problem: string } | null {
    if (this.#peek() === "-") this.#at += 1;
    if (this.#peek() === "0") this.#at += 1;
    else if (!this.#digits()) return this.#invalid(this.#peek(), "in numeric literal");
    if (this.#peek() === ".") {
      this.#at += 1;
      if (!this.#digits()) return this.#invalid(this.#peek(), "after decimal point in numeric literal");
    }
    if (/^[eE]$/.test(this.#peek())) {
      this.#at += 1;
      if (/^[+-]$/.test(this.#peek())) this.#at += 1;
      if (!this.#digits()) return this.#invalid(this.#peek(), "in exponent of numeric literal");
    }
    return null;
  }

  #digits(): boolean {
    const start = this.#at;
    while (/^\d$/.test(this.#peek())) this.#at += 1;
    return this.#at > start;
  }
}

function quoted(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return `'"'`;
  const code = character.codePointAt(0)!;
  if (code >= 32 && code !== 127) return `'${character}'`;
  const short: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\" };
  return `'${short[character] ?? `\\x${code.toString(16).padStart(2, "0")}`}'`;
}
