import { parseGoDuration } from "../../../api/duration.ts";

/** What a command line comes down to, in the words of cobra and pflag where it cannot be understood. */
export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  /** Absent: a switch. */
  readonly value?: "text" | "number" | "natural" | "duration" | "list";
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

/** What Go's strconv.ParseBool takes. */
const SWITCH_VALUES: Readonly<Record<string, string>> = Object.fromEntries([
  ...["1", "t", "T", "true", "TRUE", "True"].map((word) => [word, "true"]),
  ...["0", "f", "F", "false", "FALSE", "False"].map((word) => [word, "false"]),
]);

const WHOLE_NUMBERS = {
  number: { pattern: /^[-+]?\d+$/, parser: "ParseInt" },
  natural: { pattern: /^\d+$/, parser: "ParseUint" },
} as const;

function checked(spec: FlagSpec, value: string): string {
  const problem = (text: string) => {
    const shown = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
    return new UsageError(`invalid argument "${value}" for "${shown}" flag: ${text}`);
  };
  const unparsed = (parser: string) => problem(`strconv.${parser}: parsing "${value}": invalid syntax`);
  switch (spec.value) {
    case undefined: {
      const switched = SWITCH_VALUES[value];
      if (switched === undefined) throw unparsed("ParseBool");
      return switched;
    }
    case "number":
    case "natural": {
      const { pattern, parser } = WHOLE_NUMBERS[spec.value];
      if (!pattern.test(value)) throw unparsed(parser);
      return String(BigInt(value.replace("+", "")));
    }
    case "duration":
      if (parseGoDuration(value) === null) throw problem(`time: invalid duration "${value}"`);
      return value;
    default:
      return value;
  }
}
