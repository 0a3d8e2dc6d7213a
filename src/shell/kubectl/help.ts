/** Help in kubectl's layout: what it is, examples, options, usage. */
import type { Command } from "./command.ts";
import type { FlagSpec } from "./flags.ts";
import { globalFlags } from "./global-flags.ts";

const optionsHint = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n';

export function helpText(command: Command, path: string): string {
  const sections = [
    `${command.long ?? command.short}\n`,
    examples(command),
    subcommands(command),
    options(command),
    `Usage:\n  kubectl ${command.usage}\n`,
    command.subcommands
      ? `Use "${path} <command> --help" for more information about a given command.\n${optionsHint}`
      : optionsHint,
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function examples(command: Command): string {
  if (!command.examples || command.examples.length === 0) return "";
  const blocks = command.examples.map(([comment, line]) => `  # ${comment}\n  ${line}\n`);
  return `Examples:\n${blocks.join("  \n")}`;
}

function subcommands(command: Command): string {
  if (!command.subcommands) return "";
  const width = Math.max(...command.subcommands.map((sub) => sub.name.length), 11);
  const lines = [...command.subcommands]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((sub) => `  ${sub.name.padEnd(width)}   ${sub.short}\n`);
  return `Available Commands:\n${lines.join("")}`;
}

function options(command: Command): string {
  const flags = (command.flags ?? []).filter((flag) => !flag.hidden);
  return flags.length === 0 ? "" : `Options:\n${flagLines(flags)}`;
}

function flagLines(flags: readonly FlagSpec[]): string {
  return [...flags]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => `    ${flag.short ? `-${flag.short}, ` : ""}--${flag.name}=${defaultText(flag)}:\n\t${flag.usage}\n`)
    .join("\n");
}

function defaultText(flag: FlagSpec): string {
  if (flag.type === "list" || flag.type === "words") return "[]";
  if (flag.type === "string") return `'${flag.default ?? ""}'`;
  return String(flag.default ?? (flag.type === "bool" ? "false" : "0"));
}

export function globalOptionsText(): string {
  return `The following options can be passed to any command:\n\n${flagLines(globalFlags.filter((flag) => !flag.hidden))}`;
}

export interface CommandGroup {
  readonly title: string;
  readonly names: readonly string[];
}

/** `kubectl` alone. */
export function rootHelp(commands: readonly Command[], groups: readonly CommandGroup[]): string {
  const blocks = groups.map(({ title, names }) => {
    const lines = names.flatMap((name) => {
      const command = commands.find((one) => one.name === name);
      return command ? [`  ${name.padEnd(15)} ${command.short}\n`] : [];
    });
    return `${title}:\n${lines.join("")}\n`;
  });
  return [
    "kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n",
    ...blocks,
    "Usage:\n  kubectl [flags] [options]\n\n",
    'Use "kubectl <command> --help" for more information about a given command.\n',
    optionsHint,
  ].join("");
}
