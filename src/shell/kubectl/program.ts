/** `kubectl`: finds the verb, reads its flags, runs it, and says what went wrong. */
import { encodeBase64Text } from "../../sim/api/base64.ts";
import { parseGoDuration } from "../../sim/api/duration.ts";
import type { Program, ProgramContext } from "../doors.ts";
import { Client } from "./client.ts";
import type { Command, Invocation } from "./command.ts";
import { Mapper } from "./discovery.ts";
import { CommandError, errorText, SilentExit, toError, UsageError } from "./errors.ts";
import { FlagError, type FlagSpec, type FlagValues, HelpRequest, type ParsedFlags, parseFlags } from "./flags.ts";
import { globalFlags } from "./global-flags.ts";
import { helpText } from "./help.ts";
import { type JsonObject, textOf } from "./json.ts";
import { contextNamed, currentContext, kubeconfigPath, readKubeconfig, userNamed } from "./kubeconfig.ts";
import { unknownCommand } from "./suggestions.ts";
import { verbs } from "./verbs.ts";

interface Found {
  readonly chain: readonly Command[];
  readonly words: readonly string[];
}

export const kubectl: Program = async (context) => {
  let path = "kubectl";
  try {
    const found = findCommand(context.args);
    const command = found.chain.at(-1);
    path = ["kubectl", ...found.chain.map((one) => one.name)].join(" ");
    if (!command) return await runRoot(context, found.words);
    return await runCommand(context, command, path, found);
  } catch (thrown) {
    return report(context, toError(thrown), path);
  }
};

function report(context: ProgramContext, error: Error, path: string): number {
  if (error instanceof SilentExit) return error.exitCode;
  if (context.signal.aborted) return 130;
  if (error instanceof FlagError) context.err.write(`error: ${error.message}\nSee '${path} --help' for usage.\n`);
  else if (error instanceof UsageError) {
    context.err.write(`error: ${error.message}\nSee '${path} -h' for help and examples\n`);
  } else context.err.write(`${errorText(error)}\n`);
  return error instanceof CommandError ? error.exitCode : 1;
}

async function runRoot(context: ProgramContext, words: readonly string[]): Promise<number> {
  const { args } = parseRoot(words);
  const [word] = args;
  if (word === undefined) context.out.write(await helpText("", context));
  else if (word === "options") context.out.write(await helpText("options", context));
  else if (word === "help") await printHelp(args.slice(1), context);
  else {
    context.err.write(unknownCommand(word, verbs));
    return 1;
  }
  return 0;
}

/** `kubectl help create secret` */
async function printHelp(words: readonly string[], context: ProgramContext): Promise<void> {
  const { chain } = findCommand(words);
  const path = chain.map(({ name }) => name).join(" ");
  const isUnknown = chain.length === 0 && words.length > 0;
  if (isUnknown) context.err.write(`Unknown help topic [${words.map((word) => `\`${word}\``).join(" ")}]\n\n\n`);
  const text = await helpText(path, context);
  if (isUnknown) context.err.write(text.slice(text.indexOf("Basic Commands")));
  else context.out.write(text);
}

function parseRoot(words: readonly string[]): ParsedFlags {
  try {
    return parseFlags(globalFlags, words);
  } catch (error) {
    if (error instanceof HelpRequest) return parseFlags(globalFlags, []);
    throw error;
  }
}

/** The verb is the first word that is neither a flag nor a flag's value; so are its subcommands. */
function findCommand(args: readonly string[]): Found {
  const chain: Command[] = [];
  let words = args;
  let choices: readonly Command[] | undefined = verbs;
  while (choices) {
    const index = firstWord(words);
    const word = index < 0 ? undefined : words[index];
    const next: Command | undefined = choices.find(
      (command) => command.name === word || (word !== undefined && command.aliases?.includes(word)),
    );
    if (!next) break;
    chain.push(next);
    words = words.toSpliced(index, 1);
    choices = next.subcommands;
  }
  return { chain, words };
}

const globalByName = new Map<string, FlagSpec>(globalFlags.map((flag) => [`--${flag.name}`, flag]));
const globalByShort = new Map<string, FlagSpec>(
  globalFlags.flatMap((flag) => (flag.short ? [[`-${flag.short}`, flag] as const] : [])),
);

function firstWord(words: readonly string[]): number {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (word === "--") return -1;
    if (!word.startsWith("-")) return index;
    const flag: FlagSpec | undefined = globalByName.get(word) ?? globalByShort.get(word);
    if (flag && flag.type !== "bool") index += 1;
  }
  return -1;
}

async function runCommand(context: ProgramContext, command: Command, path: string, found: Found): Promise<number> {
  let parsed: ParsedFlags;
  try {
    parsed = parseFlags([...globalFlags, ...(command.flags ?? [])], found.words);
  } catch (error) {
    if (!(error instanceof HelpRequest)) throw error;
    context.out.write(await helpText(path.replace("kubectl ", ""), context));
    return 0;
  }
  if (!command.run) return runGroup(context, command, path, parsed);
  const missing = (command.flags ?? []).filter((flag) => flag.required && !parsed.values.changed(flag.name));
  if (missing.length > 0) {
    throw new CommandError(`required flag(s) ${missing.map((flag) => `"${flag.name}"`).join(", ")} not set`);
  }
  const invocation = await prepare(context, command, path, parsed);
  return (await command.run(invocation)) ?? 0;
}

/** A verb that only has subcommands. */
async function runGroup(context: ProgramContext, command: Command, path: string, parsed: ParsedFlags): Promise<number> {
  const [word] = parsed.args;
  if (word === undefined) {
    const isError = command.name !== "certificate";
    const out = command.name === "rollout" || !isError ? context.out : context.err;
    out.write(await helpText(path.replace("kubectl ", ""), context));
    return isError ? 1 : 0;
  }
  throw new UsageError(`unknown command ${JSON.stringify(word)}`);
}

async function prepare(
  context: ProgramContext,
  command: Command,
  path: string,
  parsed: ParsedFlags,
): Promise<Invocation> {
  const flags = parsed.values;
  if (flags.changed("kubeconfig")) await requireFile(context, flags.text("kubeconfig"));
  const config = await readKubeconfig(context, flags.text("kubeconfig") || kubeconfigPath(context));
  const name = flags.text("context") || currentContext(config);
  const chosen = contextNamed(config, name);
  if (flags.changed("context") && !chosen) {
    context.err.write(`Error in configuration: context was not found for specified context: ${name}\n`);
    throw new SilentExit(1);
  }
  const given = flags.text("namespace");
  // `create rolebinding --user` is a flag of its own, and hides the kubeconfig's.
  const hidden = (command.flags ?? []).some((flag) => flag.name === "user");
  const user = userNamed(config, (hidden ? "" : flags.text("user")) || String(chosen?.user ?? ""));
  const headers = { ...headersOf(flags, path, user), ...(await certificateOf(context, flags, user)) };
  const client = new Client(context, headers, timeoutOf(flags));
  return {
    command,
    path,
    args: parsed.args,
    argsLenAtDash: parsed.argsLenAtDash,
    flags,
    context,
    client,
    mapper: new Mapper(client, /^(apply|create|replace)$/.test(command.name)),
    namespace: given || String(chosen?.namespace || "default"),
    namespaceGiven: given !== "",
    out: (line) => context.out.write(`${line}\n`),
    err: (line) => context.err.write(`${line}\n`),
  };
}

async function requireFile(context: ProgramContext, path: string): Promise<void> {
  try {
    await context.files.read(path);
  } catch {
    throw new CommandError(`stat ${path}: no such file or directory`);
  }
}

/** Who is asking: flags win over the user of the kubeconfig. */
function headersOf(flags: FlagValues, path: string, user: JsonObject): Readonly<Record<string, string>> {
  const groups = flags.list("as-group");
  const token = flags.text("token") || textOf(user.token);
  return {
    "user-agent": "kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0",
    "kubectl-command": path,
    ...(flags.text("as") ? { "impersonate-user": flags.text("as") } : {}),
    ...(groups.length > 0 ? { "impersonate-group": groups.join(",") } : {}),
    ...(flags.text("as-uid") ? { "impersonate-uid": flags.text("as-uid") } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
}

/**
 * The certificate of a user other than the laptop's own administrator goes along as text: "" is none at all. A file's
 * name counts before its content, as a flag does before the kubeconfig.
 */
async function certificateOf(
  context: ProgramContext,
  flags: FlagValues,
  user: JsonObject,
): Promise<Readonly<Record<string, string>>> {
  const file = flags.text("client-certificate") || textOf(user["client-certificate"]);
  if (file !== "") {
    await requireFile(context, file);
    return { "client-certificate": encodeBase64Text(await context.files.read(file)) };
  }
  const data = textOf(user["client-certificate-data"]);
  if (data.startsWith("DATA+OMITTED") || Object.keys(user).length === 0) return {};
  return { "client-certificate": data };
}

function timeoutOf(flags: FlagValues): number | undefined {
  const text = flags.text("request-timeout");
  const seconds = /^\d+$/.test(text) ? Number(text) * 1_000 : null;
  const us = seconds === null ? parseGoDuration(text) : seconds * 1_000;
  if (us === null) {
    throw new CommandError(
      `Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)`,
    );
  }
  return us === 0 ? undefined : us / 1_000;
}
