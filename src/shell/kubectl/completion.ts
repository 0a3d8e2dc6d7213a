/** What could stand where the cursor is: verbs, flags, kinds, names, namespaces, containers. */
import type { ApiDoor, ProgramContext } from "../doors.ts";
import { Client } from "./client.ts";
import type { Command } from "./command.ts";
import { type ApiResource, Mapper, resourcePath } from "./discovery.ts";
import type { FlagSpec } from "./flags.ts";
import { globalFlags } from "./global-flags.ts";
import { at, textOf } from "./json.ts";
import { containersOf } from "./pods.ts";
import { listItems } from "./targets.ts";
import { verbs } from "./verbs.ts";

/** More names than these help nobody. */
const maxNames = 200;

const outputFormats = ["custom-columns=", "go-template=", "json", "jsonpath=", "name", "wide", "yaml"];

/**
 * Candidates for the word at `cursor` (an index into `words`, which begin after `kubectl`; the word may be empty or
 * missing). What the server does not answer is left out.
 */
export async function complete(
  words: readonly string[],
  cursor: number,
  api: ApiDoor,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly string[]> {
  const typed = words[cursor] ?? "";
  const before = words.slice(0, cursor);
  try {
    const found = await candidates(before, typed, new Asker(api, signal));
    return [...new Set(found)].filter((candidate) => candidate.startsWith(typed)).sort();
  } catch {
    return [];
  }
}

class Asker {
  readonly mapper: Mapper;
  readonly #client: Client;

  constructor(api: ApiDoor, signal: AbortSignal) {
    const quiet = { write: () => {} };
    this.#client = new Client({ api, signal, err: quiet } as unknown as ProgramContext, {}, undefined);
    this.mapper = new Mapper(this.#client, true);
  }

  async names(resource: ApiResource, namespace: string): Promise<readonly string[]> {
    const list = await this.#client.get(resourcePath(resource, resource.namespaced ? namespace : ""), [
      ["limit", String(maxNames)],
    ]);
    return listItems(list).map((item) => textOf(at(item, "metadata", "name")));
  }

  async containers(namespace: string, pod: string): Promise<readonly string[]> {
    const resource = await this.mapper.resource("pods");
    const { init, main } = containersOf(await this.#client.get(resourcePath(resource, namespace, pod)));
    return [...main, ...init];
  }
}

interface Position {
  readonly command: Command | null;
  readonly choices: readonly Command[];
  readonly args: readonly string[];
  readonly namespace: string;
  /** The flag whose value is being typed. */
  readonly flag: FlagSpec | null;
}

function positionOf(before: readonly string[]): Position {
  let command: Command | null = null;
  let choices: readonly Command[] = verbs;
  const args: string[] = [];
  let namespace = "default";
  let flag: FlagSpec | null = null;
  for (const word of before) {
    if (flag) {
      if (flag.name === "namespace") namespace = word;
      flag = null;
      continue;
    }
    if (word.startsWith("-")) {
      const [name = "", value] = word.split("=");
      const spec = flagNamed(command, name);
      if (spec?.name === "namespace" && value !== undefined) namespace = value;
      if (spec && spec.type !== "bool" && spec.bare === undefined && value === undefined) flag = spec;
      continue;
    }
    const next: Command | undefined =
      args.length === 0 ? choices.find((one) => one.name === word || one.aliases?.includes(word)) : undefined;
    if (next) {
      command = next;
      choices = next.subcommands ?? [];
    } else args.push(word);
  }
  return { command, choices, args, namespace, flag };
}

function flagNamed(command: Command | null, word: string): FlagSpec | undefined {
  const all = [...(command?.flags ?? []), ...globalFlags];
  return all.find((flag) => word === `--${flag.name}` || (flag.short !== undefined && word === `-${flag.short}`));
}

async function candidates(before: readonly string[], typed: string, ask: Asker): Promise<readonly string[]> {
  const position = positionOf(before);
  if (before.includes("--")) return [];
  if (position.flag) return flagValues(position.flag, position, ask);
  const inline = /^(--[a-z-]+)=/.exec(typed);
  if (inline) {
    const spec = flagNamed(position.command, inline[1]!);
    const values = spec ? await flagValues(spec, position, ask) : [];
    return values.map((value) => `${inline[1]}=${value}`);
  }
  if (typed.startsWith("-")) return flagWords(position.command);
  const subcommands = position.args.length === 0 ? position.choices.map(({ name }) => name) : [];
  if (!position.command?.run) return subcommands;
  return [...subcommands, ...(await argumentsOf(position, typed, ask))];
}

function flagWords(command: Command | null): readonly string[] {
  return [...(command?.flags ?? []), ...globalFlags].flatMap(({ name, short, hidden }) =>
    hidden ? [] : [`--${name}`, ...(short ? [`-${short}`] : [])],
  );
}

async function flagValues(flag: FlagSpec, position: Position, ask: Asker): Promise<readonly string[]> {
  if (flag.name === "namespace") return ask.names(await ask.mapper.resource("namespaces"), "");
  if (flag.name === "output") return outputFormats;
  if (flag.name === "dry-run") return ["client", "none", "server"];
  if (flag.name === "container") {
    const pod = position.args[0];
    return pod === undefined ? [] : ask.containers(position.namespace, pod.replace(/^pods?\//, ""));
  }
  return [];
}

const workloadKinds = ["deployment", "daemonset", "statefulset", "replicaset"];

async function argumentsOf(
  { command, args, namespace }: Position,
  typed: string,
  ask: Asker,
): Promise<readonly string[]> {
  const namesOf = async (word: string): Promise<readonly string[]> =>
    ask.names(await ask.mapper.resource(word), namespace);
  if (typed.includes("/")) {
    const kind = typed.slice(0, typed.indexOf("/"));
    return (await namesOf(kind)).map((name) => `${kind}/${name}`);
  }
  switch (command?.completes) {
    case "nodes": {
      const needsKind = command.name === "taint";
      return needsKind && args.length === 0 ? ["nodes", "node"] : namesOf("nodes");
    }
    case "pods":
      return args.length === 0 ? [...(await namesOf("pods")), "deploy/", "pod/"] : [];
    case "workloads":
      return args.length === 0 ? workloadKinds.flatMap((kind) => [kind, `${kind}/`]) : namesOf(args[0]!);
    case "resources": {
      if (args.length > 0) return args[0]!.includes("/") ? [] : namesOf(args[0]!);
      const all = await ask.mapper.resources();
      return all
        .filter(({ verbs: can }) => can.includes("get") || can.includes("list"))
        .flatMap(({ name, shortNames }) => [name, ...shortNames]);
    }
    case "signingRequests":
      return namesOf("certificatesigningrequests");
    case "shells":
      return ["bash", "fish", "powershell", "zsh"];
    default:
      return [];
  }
}
