import { parseTopology, TOPOLOGY_NAMES, type Topology, topologyByName } from "../../sim/cluster/topology.ts";
import { NOT_READY, READY_LIMIT_US, READY_STEP_US } from "../host.ts";
import { clusterReady } from "../ready.ts";
import { readSaved, saveSession } from "../save.ts";
import { TIME_MOVED } from "../session.ts";
import { type LabCommand, type LabContext, LabError, print, SILENT } from "./command.ts";
import { withSettings } from "./settings.ts";

export const topologyCommand: LabCommand = {
  name: "topology",
  usage: "lab topology single|basic|ha|FILE [--seed N] [--set key=value]",
  anytime: true,
  async run(context) {
    const positional: string[] = [];
    let seed = 1;
    const settings: string[] = [];
    const { args } = context;
    for (let index = 0; index < args.length; index += 1) {
      const [flag, inline] = splitFlag(args[index] as string);
      if (flag === "--seed" || flag === "--set") {
        const value = inline ?? args[++index];
        if (value === undefined) throw new LabError(`${flag} needs a value.`);
        if (flag === "--seed") seed = readSeed(value);
        else settings.push(value);
      } else if (flag.startsWith("-")) throw new LabError(`unknown flag: ${flag}`);
      else positional.push(args[index] as string);
    }
    const name = positional[0];
    if (name === undefined || positional.length > 1) throw new LabError(`usage: ${topologyCommand.usage}`);
    const topology = settled(topologyByName(name) ?? (await topologyFromFile(name, context)), settings);
    if (context.host.keeper === null) context.host.start(topology, seed);
    else await bootOnThePage(context, topology, seed);
    return SILENT;
  },
};

/** In the keeper's own slices, so that the page can show the boot. */
async function bootOnThePage({ host, signal }: LabContext, topology: Topology, seed: number): Promise<void> {
  const session = host.startBooting(topology, seed);
  while (!clusterReady(session.world)) {
    if (session.nowUs >= READY_LIMIT_US) throw new LabError(NOT_READY);
    if (!(await host.pass(READY_STEP_US, signal))) throw new LabError(TIME_MOVED);
  }
}

function splitFlag(text: string): readonly [string, string | undefined] {
  const equals = text.indexOf("=");
  return text.startsWith("--") && equals > 0 ? [text.slice(0, equals), text.slice(equals + 1)] : [text, undefined];
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new LabError(`"${text}" is no seed; give a whole number.`);
  return seed;
}

function settled(topology: Topology, settings: readonly string[]): Topology {
  try {
    return withSettings(topology, settings);
  } catch (error) {
    throw new LabError((error as Error).message);
  }
}

async function topologyFromFile(name: string, { files }: LabContext): Promise<Topology> {
  let text: string;
  try {
    text = await files.read(name);
  } catch {
    throw new LabError(`There is no topology "${name}" (${TOPOLOGY_NAMES.join(", ")}) and no such file.`);
  }
  return parsed(text);
}

function parsed(text: string): Topology {
  try {
    return parseTopology(text);
  } catch (error) {
    throw new LabError((error as Error).message);
  }
}

export const saveCommand: LabCommand = {
  name: "save",
  usage: "lab save FILE",
  async run({ session, args, files }) {
    const file = args[0];
    if (file === undefined) throw new LabError("usage: lab save FILE");
    await files.write(file, saveSession(session));
    return SILENT;
  },
};

export const loadCommand: LabCommand = {
  name: "load",
  usage: "lab load FILE",
  anytime: true,
  async run({ host, args, files, signal }) {
    const file = args[0];
    if (file === undefined) throw new LabError("usage: lab load FILE");
    const text = await files.read(file).catch(() => {
      throw new LabError(`${file}: No such file or directory`);
    });
    const saved = readSavedOrSay(text);
    if (host.keeper === null) {
      host.load(saved);
      return SILENT;
    }
    const session = host.startLoading(saved);
    if (!(await host.pass(session.branch.end.atUs - 1, signal))) throw new LabError(TIME_MOVED);
    session.liveToEnd();
    return SILENT;
  },
};

function readSavedOrSay(text: string): ReturnType<typeof readSaved> {
  try {
    return readSaved(text);
  } catch (error) {
    throw new LabError((error as Error).message);
  }
}

export const shareCommand: LabCommand = {
  name: "share",
  usage: "lab share",
  async run({ session }) {
    return print(`#s=${await compress(saveSession(session))}`);
  },
};

/** gzip and base64url by the platform's own CompressionStream. */
async function compress(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
