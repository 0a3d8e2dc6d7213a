import { parseGoDuration } from "../../../api/duration.ts";

/** What a command line comes down to, in the words of cobra and pflag where it cannot be understood. */
export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  /** Absent: a switch. */
  readonly value?: "text" | "number" | "duration" | "list";
  readonly default?: string;
  /** What an environment variable says instead. */
  readonly fromEnvironment?: string;
  readonly usage: string;
}

export type FlagValues = Readonly<Record<string, string>>;

export class UsageError extends Error {}

export function parseFlags(
  words: readonly string[],
  specs: readonly FlagSpec[],
): { flags: FlagValues; args: string[] } {
  const flags: Record<string, string> = {};
  const args: string[] = [];
  for (const { name, default: given, fromEnvironment: value = given } of specs)
    if (value !== undefined) flags[name] = value;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (word === "--") {
      args.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      args.push(word);
      continue;
    }
    const { name, inline } = split(word);
    const spec = specs.find((each) => (word.startsWith("--") ? each.name === name : each.short === name));
    if (spec === undefined) {
      throw new UsageError(
        word.startsWith("--") ? `unknown flag: --${name}` : `unknown shorthand flag: '${name}' in ${word}`,
      );
    }
    let value = inline;
    if (value === undefined && spec.value !== undefined) {
      at += 1;
      value = words[at];
      if (value === undefined) {
        throw new UsageError(
          word.startsWith("--") ? `flag needs an argument: --${name}` : `flag needs an argument: '${name}' in ${word}`,
        );
      }
    }
    flags[spec.name] = checked(spec, value ?? "true");
  }
  return { flags, args };
}

function split(word: string): { readonly name: string; readonly inline: string | undefined } {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    return equals < 0
      ? { name: word.slice(2), inline: undefined }
      : { name: word.slice(2, equals), inline: word.slice(equals + 1) };
  }
  const rest = word.slice(2).replace(/^=/, "");
  return { name: word.charAt(1), inline: rest === "" ? undefined : rest };
}

function checked(spec: FlagSpec, value: string): string {
  const shown = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
  if (spec.value === "number" && !/^-?\d+$/.test(value)) {
    throw new UsageError(
      `invalid argument "${value}" for "${shown}" flag: strconv.ParseInt: parsing "${value}": invalid syntax`,
    );
  }
  if (spec.value === "duration" && parseGoDuration(value) === null) {
    throw new UsageError(`invalid argument "${value}" for "${shown}" flag: time: invalid duration "${value}"`);
  }
  if (spec.value === undefined && value !== "true" && value !== "false") {
    throw new UsageError(
      `invalid argument "${value}" for "${shown}" flag: strconv.ParseBool: parsing "${value}": invalid syntax`,
    );
  }
  return value;
}
