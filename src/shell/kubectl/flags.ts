/** Command-line flags in the manner of pflag: long and short forms, `=`, bundles of short ones, `--`, and its error texts. */
import { parseGoDuration } from "../../sim/api/duration.ts";

export type FlagType = "bool" | "string" | "int" | "list" | "words" | "pairs" | "duration";

type Value = boolean | string | number | readonly string[];

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  /** `list` splits at commas (stringSlice), `words` does not (stringArray). */
  readonly type: FlagType;
  readonly default?: Value;
  /** The value that a bare `--flag` stands for, where a value is otherwise wanted (`--dry-run`, `--validate`). */
  readonly bare?: string;
  readonly required?: boolean;
  readonly hidden?: boolean;
}

/** Flags as rows: name, default, letter. What they are for stands in the help texts. */
export const boolFlag = (name: string, value = false, short?: string): FlagSpec => flagOf("bool", name, value, short);
export const textFlag = (name: string, value = "", short?: string): FlagSpec => flagOf("string", name, value, short);
export const intFlag = (name: string, value = 0, short?: string): FlagSpec => flagOf("int", name, value, short);
export const listFlag = (name: string, short?: string): FlagSpec => flagOf("list", name, [], short);
export const wordsFlag = (name: string, short?: string): FlagSpec => flagOf("words", name, [], short);
export const durationFlag = (name: string, value: string): FlagSpec => flagOf("duration", name, value, undefined);

function flagOf(type: FlagType, name: string, value: Value, short: string | undefined): FlagSpec {
  return { name, type, default: value, ...(short ? { short } : {}) };
}

export interface ParsedFlags {
  readonly values: FlagValues;
  readonly args: readonly string[];
  /** How many of the arguments stood before `--`; -1 without one. */
  readonly argsLenAtDash: number;
}

export class FlagError extends Error {}

export class FlagValues {
  readonly #specs: ReadonlyMap<string, FlagSpec>;
  readonly #set = new Map<string, Value>();

  constructor(specs: readonly FlagSpec[]) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
  }

  has(name: string): boolean {
    return this.#specs.has(name);
  }

  changed(name: string): boolean {
    return this.#set.has(name);
  }

  bool(name: string): boolean {
    return this.#value(name) === true;
  }

  text(name: string): string {
    return String(this.#value(name) ?? "");
  }

  int(name: string): number {
    return Number(this.#value(name) ?? 0);
  }

  list(name: string): readonly string[] {
    const value = this.#value(name);
    return Array.isArray(value) ? value : [];
  }

  /** Of `a=b,c=d`. */
  pairs(name: string): Readonly<Record<string, string>> {
    const pairs = this.list(name).map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]);
    return Object.fromEntries(pairs);
  }

  /** Microseconds. */
  durationUs(name: string): number {
    return parseGoDuration(this.text(name)) ?? 0;
  }

  set(spec: FlagSpec, text: string, shown: string): void {
    if (spec.type === "list" || spec.type === "words" || spec.type === "pairs") {
      const before = this.#set.get(spec.name);
      const added = spec.type === "words" ? [text] : splitList(text);
      const odd = spec.type === "pairs" ? added.find((pair) => !pair.includes("=")) : undefined;
      if (odd !== undefined)
        throw new FlagError(
          `invalid argument ${JSON.stringify(text)} for "${shown}" flag: malformed pair, expect string=string`,
        );
      this.#set.set(spec.name, [...(Array.isArray(before) ? before : []), ...added]);
    } else {
      this.#set.set(spec.name, parseValue(spec, text, shown));
    }
  }

  #value(name: string): Value | undefined {
    return this.#set.get(name) ?? this.#specs.get(name)?.default;
  }
}

/** Flags may stand anywhere between the arguments; what follows `--` is arguments only. */
export function parseFlags(specs: readonly FlagSpec[], words: readonly string[]): ParsedFlags {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const byShort = new Map(specs.flatMap((spec) => (spec.short ? [[spec.short, spec] as const] : [])));
  const values = new FlagValues(specs);
  const args: string[] = [];
  let argsLenAtDash = -1;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (word === "--") {
      argsLenAtDash = args.length;
      args.push(...words.slice(index + 1));
      break;
    }
    if (word.startsWith("--")) index = parseLong(word, words, index, byName, values);
    else if (word.startsWith("-") && word !== "-") index = parseShort(word, words, index, byShort, values);
    else args.push(word);
  }
  return { values, args, argsLenAtDash };
}

function parseLong(
  word: string,
  words: readonly string[],
  index: number,
  byName: ReadonlyMap<string, FlagSpec>,
  values: FlagValues,
): number {
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  if (name === "" || name.startsWith("-")) throw new FlagError(`bad flag syntax: ${word}`);
  const spec = byName.get(name);
  if (!spec) {
    if (name === "help") throw new HelpRequest();
    throw new FlagError(`unknown flag: --${name}`);
  }
  const shown = spec.short ? `-${spec.short}, --${spec.name}` : `--${spec.name}`;
  if (equals >= 0) values.set(spec, word.slice(equals + 1), shown);
  else if (bareValue(spec) !== undefined) values.set(spec, bareValue(spec)!, shown);
  else if (index + 1 < words.length) values.set(spec, words[index + 1]!, shown);
  else throw new FlagError(`flag needs an argument: --${name}`);
  return equals < 0 && bareValue(spec) === undefined ? index + 1 : index;
}

function parseShort(
  word: string,
  words: readonly string[],
  index: number,
  byShort: ReadonlyMap<string, FlagSpec>,
  values: FlagValues,
): number {
  for (let rest = word.slice(1); rest !== ""; ) {
    const letter = rest[0]!;
    const spec = byShort.get(letter);
    if (!spec) {
      if (letter === "h") throw new HelpRequest();
      throw new FlagError(`unknown shorthand flag: '${letter}' in -${rest}`);
    }
    const shown = `-${spec.short}, --${spec.name}`;
    if (rest.length > 2 && rest[1] === "=") {
      values.set(spec, rest.slice(2), shown);
      return index;
    }
    if (bareValue(spec) !== undefined) {
      values.set(spec, bareValue(spec)!, shown);
      rest = rest.slice(1);
      continue;
    }
    if (rest.length > 1) {
      values.set(spec, rest.slice(1), shown);
      return index;
    }
    if (index + 1 >= words.length) throw new FlagError(`flag needs an argument: '${letter}' in -${rest}`);
    values.set(spec, words[index + 1]!, shown);
    return index + 1;
  }
  return index;
}

/** `--help` or `-h` was asked for. */
export class HelpRequest extends Error {}

export function bareValue(spec: FlagSpec): string | undefined {
  return spec.type === "bool" ? "true" : spec.bare;
}

function parseValue(spec: FlagSpec, text: string, shown: string): Value {
  const refuse = (why: string): FlagError =>
    new FlagError(`invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${why}`);
  switch (spec.type) {
    case "bool":
      if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
      if (/^(0|f|F|false|FALSE|False)$/.test(text)) return false;
      throw refuse(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
    case "int":
      if (!/^[+-]?\d+$/.test(text)) {
        throw refuse(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
      }
      if (!Number.isSafeInteger(Number(text))) {
        throw refuse(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
      }
      return Number(text);
    case "duration":
      if (parseGoDuration(text) === null) throw refuse(goDurationError(text));
      return text;
    default:
      return text;
  }
}

function goDurationError(text: string): string {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return `time: missing unit in duration ${JSON.stringify(text)}`;
  const unit = text.match(/^[+-]?[\d.]+([^\d.]+)/);
  return unit
    ? `time: unknown unit ${JSON.stringify(unit[1])} in duration ${JSON.stringify(text)}`
    : `time: invalid duration ${JSON.stringify(text)}`;
}

/** One record of comma-separated values; double quotes hold commas together. */
function splitList(text: string): string[] {
  if (text === "") return [];
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index]!;
    if (quoted && letter === '"' && text[index + 1] === '"') {
      field += '"';
      index += 1;
    } else if (letter === '"' && (quoted || field === "")) quoted = !quoted;
    else if (letter === "," && !quoted) {
      fields.push(field);
      field = "";
    } else field += letter;
  }
  return [...fields, field];
}
