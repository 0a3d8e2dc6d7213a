import type { Command, CommandLine } from "./command.ts";
import type { FlagSpec } from "./flags.ts";

/** What a command's help is made of. */
export interface Page<Client> {
  readonly line: CommandLine<Client>;
  readonly command: Command<Client>;
  /** Names from the program's down to the command's. */
  readonly path: readonly string[];
  /** Its own flags, `--help` among them. */
  readonly local: readonly FlagSpec[];
  /** Those of the commands above it. */
  readonly inherited: readonly FlagSpec[];
}

export const HELP_COMMAND = { name: "help", short: "Help about any command" } as const;

type Row = readonly [left: string, right: string];

/** As etcd's `cobrautl.UsageFunc` sets it: what `etcdctl` shows. */
export function etcdHelp<Client>(page: Page<Client>): string {
  const { line, command, path, local, inherited } = page;
  const isRoot = path.length === 1;
  const sections = [
    `NAME:\n\t${isRoot ? line.root.name : path.slice(1).join(" ")} - ${command.short}\n`,
    `USAGE:\n\t${usageLine(page)}\n`,
  ];
  if (isRoot) sections.push(`VERSION:\n\t${line.version}\n`);
  if (command.subcommands !== undefined) {
    sections.push(`API VERSION:\n\t${line.apiVersion}\n\n`);
    sections.push(`COMMANDS:\n${tabbed(commandRows(page), "\t")}`);
  }
  if (command.long !== undefined) {
    const lines = command.long.split("\n").map((text) => `\t${text}\n`);
    sections.push(`DESCRIPTION:\n${lines.join("")}`);
  }
  sections.push(`OPTIONS:\n${tabbed(sorted(local).map(etcdFlag))}`);
  if (inherited.length > 0) sections.push(`GLOBAL OPTIONS:\n${tabbed(sorted(inherited).map(etcdFlag))}`);
  return `${sections.join("\n")}\n`;
}

function usageLine<Client>({ line, command, path }: Page<Client>): string {
  return path.length === 1 ? `${line.root.name} [flags]` : `${line.root.name} ${command.usage}`;
}

/** `alarm disarm`, `alarm list`, ...: every command below that does something. */
function commandRows<Client>({ command, path }: Page<Client>): Row[] {
  const below = (each: Command<Client>, prefix: string): Row[] =>
    each.subcommands === undefined
      ? [[`${prefix}${each.name}`, each.short]]
      : each.subcommands.flatMap((one) => below(one, `${prefix}${each.name} `));
  const rows = (command.subcommands ?? []).flatMap((each) => below(each, ""));
  if (path.length === 1) rows.push([HELP_COMMAND.name, HELP_COMMAND.short]);
  return rows.sort(([a], [b]) => (a < b ? -1 : 1));
}

function sorted(flags: readonly FlagSpec[]): FlagSpec[] {
  return [...flags].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function etcdFlag({ name, short, value, default: given = "", usage }: FlagSpec): Row {
  const left = short === undefined ? `      --${name}` : `  -${short}, --${name}`;
  if (value === undefined) return [`${left}[=${given || "false"}]`, usage];
  if (value === "text") return [`${left}=${JSON.stringify(given)}`, usage];
  return [`${left}=${value === "list" ? `[${given}]` : given}`, usage];
}

const TAB = 8;

/** Two columns, as Go's tabwriter sets them with tabs. */
function tabbed(rows: readonly Row[], indent = ""): string {
  const width = Math.ceil((Math.max(...rows.map(([left]) => left.length)) + 1) / TAB) * TAB;
  return rows
    .map(([left, right]) => `${indent}${left}${"\t".repeat(Math.ceil((width - left.length) / TAB))}${right}\n`)
    .join("");
}

/** As cobra sets it when nobody says otherwise: what `etcdutl` shows. */
export function cobraHelp<Client>(page: Page<Client>): string {
  const { command, path, local, inherited } = page;
  const name = path.join(" ");
  const sections = [];
  if (command.subcommands === undefined) sections.push(`Usage:\n  ${usageLine(page)}\n`);
  else sections.push(`Usage:\n  ${name} [command]\n`, `Available Commands:\n${available(page)}`);
  sections.push(`Flags:\n${cobraFlags(local)}`);
  if (inherited.length > 0) sections.push(`Global Flags:\n${cobraFlags(inherited)}`);
  if (command.subcommands !== undefined)
    sections.push(`Use "${name} [command] --help" for more information about a command.\n`);
  return sections.join("\n");
}

const NAME_WIDTH_MIN = 11;

function available<Client>({ command, path }: Page<Client>): string {
  const rows = (command.subcommands ?? []).map(({ name, short }): Row => [name, short]);
  if (path.length === 1) rows.push([HELP_COMMAND.name, HELP_COMMAND.short]);
  rows.sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(NAME_WIDTH_MIN, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)} ${right}\n`).join("");
}

const TYPE_NAMES = {
  text: " string",
  number: " int",
  natural: " uint",
  duration: " duration",
  list: " strings",
} as const;

function cobraFlags(flags: readonly FlagSpec[]): string {
  const rows = sorted(flags).map(({ name, short, value, default: given = "", usage }): Row => {
    const type = value === undefined ? "" : TYPE_NAMES[value];
    const isZero = given === "" || given === "0" || given === "false" || given === "0s";
    const shown = isZero ? "" : ` (default ${value === "text" ? JSON.stringify(given) : given})`;
    return [`${short === undefined ? "      " : `  -${short}, `}--${name}${type}`, `${usage}${shown}`];
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}   ${right}\n`).join("");
}
