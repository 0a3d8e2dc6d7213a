/** Go's regular expressions as programs: what takes a character, what asks for a place, and forks. */

export type Instruction =
  | { readonly kind: "take"; readonly takes: (code: number) => boolean }
  | { readonly kind: "assert"; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: "fork"; preferred: number; other: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "match" };

export type LinearProgram = readonly Instruction[];

/** Go has another bound, of the memory that a program takes. */
const SIZE_MAX = 5_000;
const REPEAT_MAX = 1_000;
const DEPTH_MAX = 200;

/** Its message is what Go says; "": nothing that is known here. */
class NotSupported extends Error {}

/** Or why the text is no pattern, as Go says it; "": it just is none. */
export function programOf(pattern: string): LinearProgram | string {
  try {
    const node = new PatternParser(pattern).parse();
    const program: Instruction[] = [];
    emit(program, node);
    program.push({ kind: "match" });
    return program;
  } catch (error) {
    if (error instanceof NotSupported) return error.message;
    throw error;
  }
}

type Node =
  | { readonly kind: "one"; readonly instruction: Instruction }
  | { readonly kind: "all"; readonly parts: readonly Node[] }
  | { readonly kind: "any"; readonly parts: readonly Node[] }
  | {
      readonly kind: "repeat";
      readonly part: Node;
      readonly least: number;
      /** Infinity: any number. */
      readonly most: number;
      readonly isLazy: boolean;
    };

/** How often the innermost of what is repeated in it is written out. */
function copies(node: Node): number {
  if (node.kind === "one") return 1;
  if (node.kind !== "repeat") return node.parts.reduce((most, part) => Math.max(most, copies(part)), 1);
  const count = node.most === Number.POSITIVE_INFINITY ? node.least : node.most;
  return copies(node.part) * Math.max(count, 1);
}

function emit(program: Instruction[], node: Node): void {
  if (program.length > SIZE_MAX) throw new NotSupported("expression too large");
  switch (node.kind) {
    case "one":
      program.push(node.instruction);
      return;
    case "all":
      // What is nothing counts, too, so that it cannot be repeated for ever.
      if (node.parts.length === 0) program.push({ kind: "jump", to: program.length + 1 });
      for (const part of node.parts) emit(program, part);
      return;
    case "any":
      emitAny(program, node.parts);
      return;
    case "repeat":
      emitRepeat(program, node);
  }
}

function emitAny(program: Instruction[], parts: readonly Node[]): void {
  const ends: { kind: "jump"; to: number }[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) {
      emit(program, part);
      break;
    }
    const fork = { kind: "fork" as const, preferred: program.length + 1, other: 0 };
    program.push(fork);
    emit(program, part);
    const end = { kind: "jump" as const, to: 0 };
    ends.push(end);
    program.push(end);
    fork.other = program.length;
  }
  for (const end of ends) end.to = program.length;
}

function emitRepeat(program: Instruction[], { part, least, most, isLazy }: Node & { readonly kind: "repeat" }): void {
  for (let count = 0; count < least; count++) emit(program, part);
  const forks: (Instruction & { readonly kind: "fork" })[] = [];
  const optional = (): void => {
    const fork = { kind: "fork" as const, preferred: program.length + 1, other: program.length + 1 };
    program.push(fork);
    forks.push(fork);
    emit(program, part);
  };
  if (most === Number.POSITIVE_INFINITY) {
    const start = program.length;
    optional();
    program.push({ kind: "jump", to: start });
  } else for (let count = least; count < most; count++) optional();
  for (const fork of forks) {
    if (isLazy) fork.preferred = program.length;
    else fork.other = program.length;
  }
}

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

const GROUP = /\(\?(?:P?<(\w+)>|([imsU]*)(?:-([imsU]+))?([:)]))/y;
const REPEAT = /[*+?]|\{(\d+)(?:(,)(\d*))?\}/y;
const CLASS = /\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/y;
const ESCAPE = /\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([pP])(?:\{(\^?\w+)\}|(\w))|([0-7]{3}|0)|([\s\S]))/y;

class PatternParser {
  private at = 0;
  private depth = 0;
  private count = 0;
  private flags = "";

  constructor(private readonly pattern: string) {}

  parse(): Node {
    const node = this.alternatives();
    if (this.at < this.pattern.length) throw new NotSupported();
    return node;
  }

  private alternatives(): Node {
    if (++this.depth > DEPTH_MAX) throw new NotSupported("expression nests too deeply");
    const flags = this.flags;
    const parts = [this.sequence()];
    while (this.pattern[this.at] === "|") {
      this.at++;
      parts.push(this.sequence());
    }
    this.flags = flags;
    this.depth--;
    return parts.length === 1 ? parts[0]! : { kind: "any", parts };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    while (this.at < this.pattern.length && !"|)".includes(this.pattern[this.at]!)) {
      if (++this.count > SIZE_MAX) throw new NotSupported("expression too large");
      const part = this.atom();
      parts.push(part === null ? { kind: "all", parts: [] } : this.repeated(part));
    }
    return { kind: "all", parts };
  }

  private taken(form: RegExp): RegExpExecArray | null {
    form.lastIndex = this.at;
    const match = form.exec(this.pattern);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  private repeated(part: Node): Node {
    const match = this.taken(REPEAT);
    if (match === null) return part;
    const isLazy = this.pattern[this.at] === "?";
    if (isLazy) this.at++;
    REPEAT.lastIndex = this.at;
    if (REPEAT.test(this.pattern)) throw new NotSupported();
    const [text, first, comma, last] = match;
    const least = first === undefined ? (text === "+" ? 1 : 0) : Number(first);
    const unbounded = text === "*" || text === "+" || (comma !== undefined && last === "");
    const most = unbounded ? Number.POSITIVE_INFINITY : text === "?" ? 1 : Number(comma === undefined ? first : last);
    const count = unbounded ? least : most;
    if (most < least || copies(part) * count > REPEAT_MAX) throw new NotSupported(`invalid repeat count: \`${text}\``);
    return { kind: "repeat", part, least, most, isLazy: isLazy !== this.flags.includes("U") };
  }

  /** Null: it only says how to read what follows. */
  private atom(): Node | null {
    switch (this.pattern[this.at]) {
      case "(":
        return this.group();
      case "[":
        return this.characterClass();
      case "\\":
        return this.escape();
      case "*":
      case "+":
      case "?":
        throw new NotSupported();
      case "^":
        this.at++;
        return assertion(this.flags.includes("m") ? isLineStart : isStart);
      case "$":
        this.at++;
        return assertion(this.flags.includes("m") ? isLineEnd : isEnd);
      case ".":
        this.at++;
        return this.taking(this.flags.includes("s") ? "[^]" : "[^\\n]");
      default: {
        const code = this.pattern.codePointAt(this.at)!;
        this.at += code > 0xffff ? 2 : 1;
        return this.literal(code);
      }
    }
  }

  private group(): Node | null {
    const flags = this.flags;
    if (this.pattern[this.at + 1] === "?") {
      const match = this.taken(GROUP);
      if (match === null) throw new NotSupported();
      const [, , set = "", unset = "", end] = match;
      this.flags = [...new Set(this.flags + set)].filter((flag) => !unset.includes(flag)).join("");
      if (end === ")") return null;
    } else this.at++;
    const inner = this.alternatives();
    if (this.pattern[this.at++] !== ")") throw new NotSupported();
    this.flags = flags;
    return inner;
  }

  private characterClass(): Node {
    const match = this.taken(CLASS);
    if (match === null) throw new NotSupported();
    const source = match[0]
      .replace(/^\[(\^?)\]/, "[$1\\]")
      .replace(/\[:(\w+):\]|\\[\s\S]|(?!^)\[/g, (text, name: string | undefined) => {
        if (text === "[") return "\\[";
        if (name === undefined) return text === "\\s" ? "\\t\\n\\f\\r " : text;
        const characters = POSIX_CLASSES[name];
        if (characters === undefined) throw new NotSupported();
        return characters;
      })
      .replace(/\\x\{([0-9A-Fa-f]+)\}/g, "\\u{$1}")
      .replace(/\\([pP])(\w)/g, "\\$1{$2}");
    return this.taking(source);
  }

  private escape(): Node {
    const match = this.taken(ESCAPE);
    if (match === null) throw new NotSupported();
    const [, wide, narrow, category, inBraces, letter, octal, other = ""] = match;
    const hexadecimal = wide ?? narrow;
    if (hexadecimal !== undefined) return this.literal(Number.parseInt(hexadecimal, 16));
    if (octal !== undefined) return this.literal(Number.parseInt(octal, 8));
    if (category !== undefined) return this.category(category === "P", inBraces ?? letter!);
    if (/[^\w]/.test(other) || other === "_") return this.literal(other.codePointAt(0)!);
    switch (other) {
      case "A":
        return assertion(isStart);
      case "z":
        return assertion(isEnd);
      case "b":
        return assertion(isWordBoundary);
      case "B":
        return assertion((text, at) => !isWordBoundary(text, at));
      case "a":
        return this.literal(7);
      case "s":
        return this.taking("[\\t\\n\\f\\r ]");
      case "S":
        return this.taking("[^\\t\\n\\f\\r ]");
      default:
        if (!"dDwWfnrtv".includes(other)) throw new NotSupported();
        return this.taking(`[\\${other}]`);
    }
  }

  private category(isNot: boolean, given: string): Node {
    const name = given.replace("^", "");
    const letter = isNot !== given.startsWith("^") ? "P" : "p";
    for (const property of [name, `Script=${name}`]) {
      try {
        return this.taking(`[\\${letter}{${property}}]`);
      } catch (error) {
        if (!(error instanceof NotSupported)) throw error;
      }
    }
    throw new NotSupported();
  }

  private literal(code: number): Node {
    if (code > 0x10ffff) throw new NotSupported();
    if (this.flags.includes("i")) return this.taking(`[\\u{${code.toString(16)}}]`);
    return { kind: "one", instruction: { kind: "take", takes: (given) => given === code } };
  }

  /** A class is asked of one character at a time, so this engine's own will do. */
  private taking(source: string): Node {
    const flags = this.flags.includes("i") ? "i" : "";
    const one = compiled(`^${source}$`, `${flags}u`) ?? compiled(`^${source}$`, flags);
    if (one === null) throw new NotSupported();
    const ascii = Array.from({ length: 128 }, (_, code) => one.test(String.fromCharCode(code)));
    const takes = (code: number): boolean => (code < 128 ? ascii[code]! : one.test(String.fromCodePoint(code)));
    return { kind: "one", instruction: { kind: "take", takes } };
  }
}

function compiled(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

function assertion(holds: (text: string, at: number) => boolean): Node {
  return { kind: "one", instruction: { kind: "assert", holds } };
}

function isStart(_text: string, at: number): boolean {
  return at === 0;
}

function isEnd(text: string, at: number): boolean {
  return at === text.length;
}

function isLineStart(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === "\n";
}

function isLineEnd(text: string, at: number): boolean {
  return at === text.length || text[at] === "\n";
}

function isWordBoundary(text: string, at: number): boolean {
  return isWord(text[at - 1]) !== isWord(text[at]);
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}
