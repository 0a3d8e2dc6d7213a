import type { Steps } from "./effects.ts";
import { type FlagSpec, type FlagValues, parseFlags, UsageError } from "./flags.ts";
import type { Invocation } from "./program.ts";

/** A command as cobra has them. `Client` is what a program hands to all of its commands. */
export interface Command<Client> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly short: string;
  /** After the program's name. */
  readonly usage: string;
  readonly flags?: readonly FlagSpec[];
  readonly required?: readonly string[];
  readonly subcommands?: readonly Command<Client>[];
  /** Prints; gives the exit status, when that is a number. */
  run?(client: Client, args: readonly string[], flags: FlagValues): Steps<unknown>;
}

export interface CommandLine<Client> {
  readonly root: Command<Client>;
  readonly globals: readonly FlagSpec[];
  /** `VERSION:` and `API VERSION:` of the root's help. */
  readonly versions: string;
  createClient(invocation: Invocation, flags: FlagValues): Steps<Client>;
}

/** A command has failed: what is printed after `Error: `, and the exit status. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const INVALID_INPUT = 3;
export const BAD_FEATURE = 4;
export const INTERRUPTED = 5;
export const BAD_ARGUMENTS = 128;

/** `--write-out`, when it is one that there is. */
export function formatOf(flags: FlagValues): string {
  const format = flags["write-out"] ?? "simple";
  if (!["simple", "json", "fields", "table"].includes(format))
    throw new CommandError("unsupported output format", BAD_FEATURE);
  return format;
}

export function refuseTable(): never {
  throw new CommandError("table is not supported as output format", BAD_FEATURE);
}

/** Finds the command, parses flags, runs it; errors as cobra prints them. */
export function* runCommand<Client>(line: CommandLine<Client>, invocation: Invocation): Steps<number> {
  const { terminal, args: words } = invocation;
  const found = find(line, words);
  if ("error" in found) {
    terminal.err(`Error: ${found.error}\nRun '${line.root.name} --help' for usage.\n`);
    return 1;
  }
  const { command, path } = found;
  try {
    const { flags, args } = parseFlags(found.words, [...(command.flags ?? []), ...line.globals]);
    if (flags.help === "true" || command.run === undefined) {
      terminal.out(helpOf(line, command, path));
      return 0;
    }
    const missing = (command.required ?? []).filter((name) => (flags[name] ?? "") === "");
    if (missing.length > 0)
      throw new UsageError(`required flag(s) ${missing.map((name) => `"${name}"`).join(", ")} not set`);
    const client = yield* line.createClient(invocation, flags);
    const status = yield* command.run(client, args, flags);
    return typeof status === "number" ? status : 0;
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`Error: ${error.message}\n${helpOf(line, command, path)}${hintOf(error.message)}`);
      return 1;
    }
    if (!(error instanceof CommandError)) throw error;
    terminal.err(`Error: ${error.message}\n`);
    return error.exitCode;
  }
}

/** For a slip that stands in many texts. The real program leaves its reader alone with it. */
function hintOf(problem: string): string {
  return problem === "unknown flag: --write-table"
    ? "Hint: a table is asked for with --write-out=table, or -w table.\n"
    : "";
}

interface Found<Client> {
  readonly command: Command<Client>;
  readonly path: string;
  /** What is left of the command line: flags and arguments. */
  readonly words: readonly string[];
}

/** Goes down the commands, by whole names or their beginnings, past flags. */
function find<Client>(
  { root, globals }: CommandLine<Client>,
  words: readonly string[],
): Found<Client> | { readonly error: string } {
  let command = root;
  let path = root.name;
  let rest = [...words];
  while (command.subcommands !== undefined) {
    const at = firstArgument(rest, globals);
    if (at < 0) break;
    const name = rest[at] as string;
    const next = pick(command.subcommands, name);
    if (next === undefined) {
      if (command !== root) return { command, path, words: [] };
      if (name === "help") {
        rest = rest.toSpliced(at, 1);
        rest.push("--help");
        continue;
      }
      return { error: `unknown command "${name}" for "${path}"${suggestion(root, name)}` };
    }
    command = next;
    path = `${path} ${next.name}`;
    rest = rest.toSpliced(at, 1);
  }
  return { command, path, words: rest };
}

function pick<Client>(commands: readonly Command<Client>[], name: string): Command<Client> | undefined {
  const exact = commands.find((command) => command.name === name || command.aliases?.includes(name) === true);
  if (exact !== undefined) return exact;
  const begun = commands.filter((command) => command.name.startsWith(name));
  return begun.length === 1 ? begun[0] : undefined;
}

function suggestion<Client>(root: Command<Client>, name: string): string {
  const near = (root.subcommands ?? []).filter(
    (command) => name.startsWith(command.name) || command.name.includes(name),
  );
  return near.length === 0 ? "" : `\n\nDid you mean this?\n${near.map((command) => `\t${command.name}\n`).join("")}`;
}

/** Position of the first word that is no flag, nor a flag's value. */
function firstArgument(words: readonly string[], globals: readonly FlagSpec[]): number {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (!word.startsWith("-")) return at;
    const spec = globals.find((each) => word === `--${each.name}` || word === `-${each.short}`);
    if (spec?.value !== undefined) at += 1;
  }
  return -1;
}

function helpOf<Client>(line: CommandLine<Client>, command: Command<Client>, path: string): string {
  const { root, globals, versions } = line;
  const listed =
    command === root ? leavesOf(root, "") : (command.subcommands ?? []).map((each) => [each.name, each.short] as const);
  const usage = command === root ? `${root.name} [flags]` : `${root.name} ${command.usage}`;
  return [
    `NAME:\n\t${path.split(" ").slice(-1)[0]} - ${command.short}\n\n`,
    `USAGE:\n\t${usage}\n\n`,
    command === root ? versions : "",
    listed.length === 0 ? "" : `COMMANDS:\n${columns(listed)}\n`,
    optionsText("OPTIONS", command === root ? globals : (command.flags ?? [])),
    command === root ? "" : optionsText("GLOBAL OPTIONS", globals),
  ].join("");
}

/** `alarm disarm`, `alarm list`, ...: every command that does something. */
function leavesOf<Client>(command: Command<Client>, prefix: string): (readonly [name: string, short: string])[] {
  return (command.subcommands ?? []).flatMap((each) =>
    each.subcommands === undefined
      ? [[`${prefix}${each.name}`, each.short] as const]
      : leavesOf(each, `${prefix}${each.name} `),
  );
}

function optionsText(title: string, flags: readonly FlagSpec[]): string {
  if (flags.length === 0) return "";
  const rows = [...flags]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, short, value, default: given, usage }) => {
      const shown = value === "text" ? `"${given ?? ""}"` : (given ?? "false");
      return [`${short === undefined ? "    " : `-${short}, `}--${name}=${shown}`, usage] as const;
    });
  return `${title}:\n${columns(rows, "  ")}\n`;
}

const TAB = 8;

/** Two columns, as Go's tabwriter sets them with tabs. */
function columns(rows: readonly (readonly [string, string])[], indent = "\t"): string {
  const width = Math.ceil((Math.max(...rows.map(([first]) => first.length)) + 1) / TAB) * TAB;
  return rows
    .map(([first, second]) => `${indent}${first}${"\t".repeat(Math.ceil((width - first.length) / TAB))}${second}\n`)
    .join("");
}
