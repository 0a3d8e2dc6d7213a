import type { Program, ProgramContext } from "../doors.ts";
import { CommandError, createClient } from "./client.ts";
import { type Command, GLOBAL_FLAGS } from "./command.ts";
import { type FlagSpec, parseFlags, UsageError } from "./flags.ts";
import { compaction, del, get, put } from "./kv.ts";
import { lease } from "./lease.ts";
import { alarm, defrag, endpoint, member, moveLeader } from "./maintenance.ts";
import { watch } from "./watch.ts";

const version: Command = {
  name: "version",
  short: "Prints the version of etcdctl",
  usage: "version [flags]",
  async run(client) {
    client.context.out.write("etcdctl version: 3.5.21\nAPI version: 3.5\n");
  },
};

const COMMANDS: readonly Command[] = [
  alarm,
  compaction,
  defrag,
  del,
  endpoint,
  get,
  lease,
  member,
  moveLeader,
  put,
  version,
  watch,
];

const ROOT: Command = {
  name: "etcdctl",
  short: "A simple command line client for etcd3.",
  usage: "[flags]",
  subcommands: COMMANDS,
};

/**
 * What an administrator's profile on a control-plane machine sets, so that a bare `etcdctl` reaches the member beside it
 * over TLS.
 */
export const ETCDCTL_PROFILE: Readonly<Record<string, string>> = {
  ETCDCTL_API: "3",
  ETCDCTL_CACERT: "/etc/kubernetes/pki/etcd/ca.crt",
  ETCDCTL_CERT: "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
  ETCDCTL_KEY: "/etc/kubernetes/pki/etcd/healthcheck-client.key",
};

/** Typed on the laptop it runs on the first control-plane machine, with that machine's profile. */
const HOME_MACHINE = "control-plane-1";

export const etcdctl: Program = (context) =>
  context.machine === null
    ? run(context, HOME_MACHINE, { ...ETCDCTL_PROFILE, ...context.env })
    : run(context, context.machine, context.env);

async function run(context: ProgramContext, machine: string, env: Readonly<Record<string, string>>): Promise<number> {
  const door = context.console(machine);
  if (door === null) {
    context.err.write(`ssh: Could not resolve hostname ${machine}: Name or service not known\n`);
    return 255;
  }
  const found = find(context.args);
  if ("error" in found) {
    context.err.write(`Error: ${found.error}\nRun 'etcdctl --help' for usage.\n`);
    return 1;
  }
  const { command, path, words } = found;
  const specs = [...(command.flags ?? []), ...GLOBAL_FLAGS.map((flag) => fromEnvironment(flag, env))];
  try {
    const { flags, args } = parseFlags(words, specs);
    if (flags.help === "true" || command.run === undefined) {
      context.out.write(helpOf(command, path));
      return 0;
    }
    const client = await createClient(context, door, flags);
    const status = await command.run(client, args, flags);
    return typeof status === "number" ? status : 0;
  } catch (error) {
    if (error instanceof UsageError) {
      context.err.write(`Error: ${error.message}\n${helpOf(command, path)}`);
      return 1;
    }
    if (!(error instanceof CommandError)) throw error;
    context.err.write(`Error: ${error.message}\n`);
    return error.exitCode;
  }
}

/** `ETCDCTL_CACERT` stands in for `--cacert`, and so on; the flag itself wins. */
function fromEnvironment(flag: FlagSpec, env: Readonly<Record<string, string>>): FlagSpec {
  const value = env[`ETCDCTL_${flag.name.toUpperCase().replaceAll("-", "_")}`];
  return value === undefined ? flag : { ...flag, default: value };
}

interface Found {
  readonly command: Command;
  readonly path: string;
  /** What is left of the command line: flags and arguments. */
  readonly words: readonly string[];
}

/** Goes down the commands, by whole names or their beginnings, past flags. */
function find(words: readonly string[]): Found | { readonly error: string } {
  let command = ROOT;
  let path = "etcdctl";
  let rest = [...words];
  while (command.subcommands !== undefined) {
    const at = firstArgument(rest);
    if (at < 0) break;
    const name = rest[at] as string;
    const next = pick(command.subcommands, name);
    if (next === undefined) {
      if (command === ROOT && name === "help") return { command: ROOT, path, words: ["--help"] };
      return command === ROOT
        ? { error: `unknown command "${name}" for "${path}"${suggestion(name)}` }
        : { command, path, words: [] };
    }
    command = next;
    path = `${path} ${next.name}`;
    rest = rest.toSpliced(at, 1);
  }
  return { command, path, words: rest };
}

function pick(commands: readonly Command[], name: string): Command | undefined {
  const exact = commands.find((command) => command.name === name);
  if (exact !== undefined) return exact;
  const begun = commands.filter((command) => command.name.startsWith(name));
  return begun.length === 1 ? begun[0] : undefined;
}

function suggestion(name: string): string {
  const near = COMMANDS.filter((command) => name.startsWith(command.name) || command.name.includes(name));
  return near.length === 0 ? "" : `\n\nDid you mean this?\n${near.map((command) => `\t${command.name}\n`).join("")}`;
}

/** Position of the first word that is no flag, nor a flag's value. */
function firstArgument(words: readonly string[]): number {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (!word.startsWith("-")) return at;
    const spec: FlagSpec | undefined = GLOBAL_FLAGS.find(
      (each) => word === `--${each.name}` || word === `-${each.short}`,
    );
    if (spec?.value !== undefined) at += 1;
  }
  return -1;
}

function helpOf(command: Command, path: string): string {
  const commands = command.subcommands?.map(({ name, short }) => `\t${name.padEnd(22)}\t${short}\n`).join("") ?? "";
  const options = (command.flags ?? []).map(({ name, usage }) => `      --${name.padEnd(24)}\t${usage}\n`).join("");
  const usage = command === ROOT ? "etcdctl [flags]" : `etcdctl ${command.usage}`;
  return [
    `NAME:\n\t${path.split(" ").at(-1)} - ${command.short}\n\n`,
    `USAGE:\n\t${usage}\n\n`,
    command === ROOT ? "VERSION:\n\t3.5.21\n\nAPI VERSION:\n\t3.5\n\n" : "",
    commands === "" ? "" : `COMMANDS:\n${commands}\n`,
    options === "" ? "" : `OPTIONS:\n${options}\n`,
  ].join("");
}
