/**
 * POSIX regular expressions for grep, sed and awk, in time that grows with the text and never faster: all ways to match
 * are followed side by side, so that no expression can hang the world.
 */

type Test = (character: string) => boolean;

type Node =
  | { readonly kind: "one"; readonly test: Test }
  | { readonly kind: "assert"; readonly at: "start" | "end" | "word" }
  | { readonly kind: "group"; readonly index: number; readonly of: Node }
  | { readonly kind: "all" | "any"; readonly of: readonly Node[] }
  | { readonly kind: "repeat"; readonly of: Node; readonly least: number; readonly most: number };

type Instruction =
  | { readonly op: "one"; readonly test: Test }
  | { readonly op: "assert"; readonly at: "start" | "end" | "word" }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "split"; readonly to: readonly number[] }
  | { readonly op: "match" };

/** Begin and end of the whole and of each group; -1: it had no part. */
export type Match = readonly number[];

export interface Regex {
  /** The first match at or after `from`. */
  find(text: string, from?: number): Match | null;
}

const DEPTH_MAX = 100;
const REPEAT_MAX = 255;
const PROGRAM_MAX = 5_000;

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[^ -~\u0080-\uffff]/,
  digit: /\d/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};
const ESCAPED: Readonly<Record<string, RegExp>> = { w: /\w/, W: /\W/, s: /\s/, S: /\S/, d: /\d/ };
const ESCAPED_CHARACTERS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** Null: it is none. */
export function compileRegex(
  pattern: string,
  { extended, ignoreCase = false }: { readonly extended: boolean; readonly ignoreCase?: boolean },
): Regex | null {
  const parser = new Parser(pattern, extended, ignoreCase);
  const node = parser.parse();
  const program: Instruction[] = [];
  if (node === null || !generate({ kind: "group", index: 0, of: node }, program)) return null;
  program.push({ op: "match" });
  return { find: (text, from = 0) => search(program, text, from) };
}

class Parser {
  private at = 0;
  private groups = 0;
  private depth = 0;
  private readonly pattern: string;
  private readonly extended: boolean;
  private readonly ignoreCase: boolean;

  constructor(pattern: string, extended: boolean, ignoreCase: boolean) {
    this.pattern = pattern;
    this.extended = extended;
    this.ignoreCase = ignoreCase;
  }

  parse(): Node | null {
    const node = this.either();
    return this.at < this.pattern.length ? null : node;
  }

  /** The sign that is next: one with a backslash where basic expressions want it, or without where extended ones do. */
  private sign(character: string): boolean {
    const written = this.extended ? character : `\\${character}`;
    if (!this.pattern.startsWith(written, this.at)) return false;
    this.at += written.length;
    return true;
  }

  private isSign(character: string): boolean {
    return this.pattern.startsWith(this.extended ? character : `\\${character}`, this.at);
  }

  private either(): Node | null {
    this.depth += 1;
    if (this.depth > DEPTH_MAX) return null;
    const ways: Node[] = [];
    do {
      const way = this.sequence();
      if (way === null) return null;
      ways.push(way);
    } while (this.sign("|"));
    this.depth -= 1;
    return ways.length === 1 ? (ways[0] as Node) : { kind: "any", of: ways };
  }

  private sequence(): Node | null {
    const parts: Node[] = [];
    while (this.at < this.pattern.length && !this.isSign("|") && !(this.depth > 1 && this.isSign(")"))) {
      let part = this.atom(parts.length === 0);
      while (part !== null) {
        const times = this.times();
        if (times === "none") break;
        part = times === null ? null : { kind: "repeat", of: part, ...times };
      }
      if (part === null) return null;
      parts.push(part);
    }
    return { kind: "all", of: parts };
  }

  private times(): { readonly least: number; readonly most: number } | "none" | null {
    if (this.pattern[this.at] === "*") {
      this.at += 1;
      return { least: 0, most: Number.POSITIVE_INFINITY };
    }
    if (this.sign("+")) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.sign("?")) return { least: 0, most: 1 };
    if (!this.isSign("{")) return "none";
    const range = (this.extended ? /\{(\d+)(,?)(\d*)\}/y : /\\\{(\d+)(,?)(\d*)\\\}/y) as RegExp;
    range.lastIndex = this.at;
    const found = range.exec(this.pattern);
    if (found === null) return null;
    this.at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === "" ? least : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    return least > REPEAT_MAX || (most !== Number.POSITIVE_INFINITY && most > REPEAT_MAX) || most < least
      ? null
      : { least, most };
  }

  private atom(first: boolean): Node | null {
    if (this.sign("(")) {
      this.groups += 1;
      const index = this.groups;
      const of = this.either();
      return of === null || !this.sign(")") ? null : { kind: "group", index, of };
    }
    const character = this.pattern[this.at] as string;
    this.at += 1;
    if (character === ".") return { kind: "one", test: () => true };
    if (character === "^" && (this.extended || first)) return { kind: "assert", at: "start" };
    if (character === "$" && (this.extended || this.at === this.pattern.length || this.isSign(")") || this.isSign("|")))
      return { kind: "assert", at: "end" };
    if (character === "[") return this.set();
    if (character === "*" && !first) return null;
    if (this.extended && "+?{".includes(character) && character !== "{") return null;
    if (character !== "\\") return this.literal(character);
    const escaped = this.pattern[this.at];
    if (escaped === undefined) return null;
    this.at += 1;
    if (escaped === "b" || escaped === "<" || escaped === ">") return { kind: "assert", at: "word" };
    const known = ESCAPED[escaped];
    if (known !== undefined) return { kind: "one", test: (one) => known.test(one) };
    if (/[1-9]/.test(escaped)) return null;
    return this.literal(ESCAPED_CHARACTERS[escaped] ?? escaped);
  }

  private literal(character: string): Node {
    if (!this.ignoreCase) return { kind: "one", test: (one) => one === character };
    const lower = character.toLowerCase();
    return { kind: "one", test: (one) => one.toLowerCase() === lower };
  }

  private set(): Node | null {
    const { pattern } = this;
    const inverted = pattern[this.at] === "^";
    if (inverted) this.at += 1;
    const tests: Test[] = [];
    for (let first = true; first || pattern[this.at] !== "]"; first = false) {
      const named = /\[:(\w+):\]/y;
      named.lastIndex = this.at;
      const name = named.exec(pattern)?.[1];
      if (name !== undefined) {
        const known = CLASSES[name];
        if (known === undefined) return null;
        tests.push((one) => known.test(one));
        this.at += name.length + 4;
        continue;
      }
      const from = this.member();
      if (from === null) return null;
      if (pattern[this.at] === "-" && pattern[this.at + 1] !== "]" && this.at + 1 < pattern.length) {
        this.at += 1;
        const to = this.member();
        if (to === null || to < from) return null;
        tests.push((one) => one >= from && one <= to);
      } else tests.push((one) => one === from);
    }
    this.at += 1;
    const { ignoreCase } = this;
    const holds = (one: string): boolean => tests.some((test) => test(one));
    const either: Test = ignoreCase ? (one) => holds(one.toLowerCase()) || holds(one.toUpperCase()) : holds;
    return { kind: "one", test: (one) => either(one) !== inverted };
  }

  private member(): string | null {
    const character = this.pattern[this.at];
    if (character === undefined) return null;
    this.at += 1;
    const escaped = character === "\\" ? this.pattern[this.at] : undefined;
    if (escaped === undefined || !/[ntr\\/\]]/.test(escaped)) return character;
    this.at += 1;
    return ESCAPED_CHARACTERS[escaped] ?? escaped;
  }
}

/** False: it is too long. */
function generate(node: Node, program: Instruction[]): boolean {
  if (program.length > PROGRAM_MAX) return false;
  switch (node.kind) {
    case "one":
      program.push({ op: "one", test: node.test });
      return true;
    case "assert":
      program.push({ op: "assert", at: node.at });
      return true;
    case "group": {
      program.push({ op: "save", slot: node.index * 2 });
      const good = generate(node.of, program);
      program.push({ op: "save", slot: node.index * 2 + 1 });
      return good;
    }
    case "all":
      return node.of.every((part) => generate(part, program));
    case "any": {
      const split = program.push({ op: "split", to: [] }) - 1;
      const ways: number[] = [];
      const ends: number[] = [];
      for (const way of node.of) {
        ways.push(program.length);
        if (!generate(way, program)) return false;
        ends.push(program.push({ op: "split", to: [] }) - 1);
      }
      program[split] = { op: "split", to: ways };
      for (const end of ends) program[end] = { op: "split", to: [program.length] };
      return true;
    }
    case "repeat": {
      for (let count = 0; count < node.least; count += 1) if (!generate(node.of, program)) return false;
      if (node.most === Number.POSITIVE_INFINITY) {
        const split = program.push({ op: "split", to: [] }) - 1;
        if (!generate(node.of, program)) return false;
        program.push({ op: "split", to: [split] });
        program[split] = { op: "split", to: [split + 1, program.length] };
        return true;
      }
      const splits: number[] = [];
      for (let count = node.least; count < node.most; count += 1) {
        splits.push(program.push({ op: "split", to: [] }) - 1);
        if (!generate(node.of, program)) return false;
      }
      for (const split of splits) program[split] = { op: "split", to: [split + 1, program.length] };
      return true;
    }
  }
}

interface Thread {
  readonly pc: number;
  readonly saved: Match;
}

/** Follows all threads a character at a time, the one that is preferred first. */
function search(program: readonly Instruction[], text: string, from: number): Match | null {
  let threads: Thread[] = [];
  let best: Match | null = null;
  const seen = new Int32Array(program.length).fill(-1);
  for (let at = from; at <= text.length; at += 1) {
    const next: Thread[] = [];
    if (best === null) threads.push({ pc: 0, saved: [] });
    const ready: Thread[] = [];
    for (const thread of threads) follow(program, text, at, thread, seen, ready);
    for (const { pc, saved } of ready) {
      const instruction = program[pc] as Instruction;
      if (instruction.op === "match") {
        best = saved;
        break;
      }
      if (instruction.op === "one" && at < text.length && instruction.test(text[at] as string))
        next.push({ pc: pc + 1, saved });
    }
    threads = next;
    if (threads.length === 0 && best !== null) break;
  }
  return best;
}

/** Where a thread gets to without taking a character. */
function follow(
  program: readonly Instruction[],
  text: string,
  at: number,
  start: Thread,
  seen: Int32Array,
  ready: Thread[],
): void {
  const stack: Thread[] = [start];
  for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
    const { pc, saved } = thread;
    if (seen[pc] === at) continue;
    seen[pc] = at;
    const instruction = program[pc] as Instruction;
    if (instruction.op === "split")
      for (let index = instruction.to.length - 1; index >= 0; index -= 1)
        stack.push({ pc: instruction.to[index] as number, saved });
    else if (instruction.op === "save") {
      const more = [...saved];
      while (more.length < instruction.slot) more.push(-1);
      more[instruction.slot] = at;
      stack.push({ pc: pc + 1, saved: more });
    } else if (instruction.op === "assert") {
      if (asserted(instruction.at, text, at)) stack.push({ pc: pc + 1, saved });
    } else ready.push(thread);
  }
}

function asserted(what: "start" | "end" | "word", text: string, at: number): boolean {
  if (what === "start") return at === 0;
  if (what === "end") return at === text.length;
  return /\w/.test(text[at - 1] ?? "") !== /\w/.test(text[at] ?? "");
}
