import type { Steps } from "./effects.ts";
import { type FlagSpec, type FlagValues, parseFlags, UsageError } from "./flags.ts";
import { cobraHelp, etcdHelp, HELP_COMMAND, type Page } from "./help.ts";
import type { Invocation } from "./program.ts";

/** A command as cobra has them. `Client` is what a program hands to all of its commands. */
export interface Command<Client> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly short: string;
  readonly long?: string;
  /** After the program's name. */
  readonly usage: string;
  readonly flags?: readonly FlagSpec[];
  /** Flags of the commands below it. */
  readonly passedOn?: readonly FlagSpec[];
  readonly required?: readonly string[];
  /** How many arguments it takes, where cobra checks that. */
  readonly exactly?: number;
  readonly subcommands?: readonly Command<Client>[];
  /** Prints; gives the exit status, when that is a number. */
  run?(client: Client, args: readonly string[], flags: FlagValues): Steps<unknown>;
}

export interface CommandLine<Client> {
  readonly root: Command<Client>;
  readonly globals: readonly FlagSpec[];
  readonly version: string;
  readonly apiVersion: string;
  /** `etcd`: help as etcd's own tools set it, always on standard output. */
  readonly style: "etcd" | "cobra";
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

/** What a format cannot show. */
export function refuseFormat(format: string): never {
  throw new CommandError(`${format} not supported as output format`, BAD_FEATURE);
}

/** Finds the command, parses flags, runs it; errors as cobra prints them. */
export function* runCommand<Client>(line: CommandLine<Client>, invocation: Invocation): Steps<number> {
  const { terminal, args: words } = invocation;
  const found = find(line, words);
  if ("error" in found) {
    terminal.err(`Error: ${found.error}\nRun '${line.root.name} --help' for usage.\n`);
    return 1;
  }
  const { command, page } = found;
  try {
    const { flags, args } = parseFlags(found.words, [...page.local, ...page.inherited]);
    if (flags.help === "true" || command.run === undefined) {
      terminal.out(helpOf(page));
      return 0;
    }
    checkUse(command, args, flags);
    const client = yield* line.createClient(invocation, flags);
    const status = yield* command.run(client, args, flags);
    return typeof status === "number" ? status : 0;
  } catch (error) {
    if (error instanceof UsageError) {
      refuseUse(page, terminal, error.message);
      return 1;
    }
    if (!(error instanceof CommandError)) throw error;
    terminal.err(`Error: ${error.message}\n`);
    return error.exitCode;
  }
}

function checkUse<Client>({ exactly, required = [] }: Command<Client>, args: readonly string[], flags: FlagValues) {
  if (exactly !== undefined && args.length !== exactly)
    throw new UsageError(`accepts ${exactly} arg(s), received ${args.length}`);
  const missing = required.filter((name) => (flags[name] ?? "") === "");
  if (missing.length > 0)
    throw new UsageError(`required flag(s) ${missing.map((name) => `"${name}"`).join(", ")} not set`);
}

function refuseUse<Client>(page: Page<Client>, { out, err }: Invocation["terminal"], message: string): void {
  err(`Error: ${message}\n`);
  if (page.line.style === "etcd") out(helpOf(page));
  else err(helpOf(page));
  err(`\n${hintOf(message)}`);
}

function helpOf<Client>(page: Page<Client>): string {
  return page.line.style === "etcd" ? etcdHelp(page) : cobraHelp(page);
}

/** For a slip that stands in many texts. The real program leaves its reader alone with it. */
function hintOf(problem: string): string {
  return problem === "unknown flag: --write-table"
    ? "Hint: a table is asked for with --write-out=table, or -w table.\n"
    : "";
}

interface Found<Client> {
  readonly command: Command<Client>;
  readonly page: Page<Client>;
  /** What is left of the command line: flags and arguments. */
  readonly words: readonly string[];
}

/** Goes down the commands, by whole names or their beginnings, past flags. */
function find<Client>(line: CommandLine<Client>, words: readonly string[]): Found<Client> | { readonly error: string } {
  const { root, globals } = line;
  let command = root;
  const path = [root.name];
  const inherited: FlagSpec[] = [];
  let rest = [...words];
  const found = (left: readonly string[]): Found<Client> => {
    const help: FlagSpec = { name: "help", short: "h", usage: `help for ${command.name}` };
    const own = command === root ? globals : [];
    const local = [...(command.flags ?? []), ...(command.passedOn ?? []), ...own, help];
    return { command, page: { line, command, path, local, inherited }, words: left };
  };
  while (command.subcommands !== undefined) {
    const at = firstArgument(rest, globals);
    if (at < 0) break;
    const name = rest[at] as string;
    const next = pick(command.subcommands, name);
    if (next === undefined) {
      if (command !== root) return found([]);
      if (name === HELP_COMMAND.name) {
        rest = rest.toSpliced(at, 1);
        rest.push("--help");
        continue;
      }
      return { error: `unknown command "${name}" for "${root.name}"${suggestion(root, name)}` };
    }
    inherited.push(...(command === root ? globals : []), ...(command.passedOn ?? []));
    command = next;
    path.push(next.name);
    rest = rest.toSpliced(at, 1);
  }
  return found(rest);
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
