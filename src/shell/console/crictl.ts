import type { ConsoleDoor, Program, ProgramContext } from "../doors.ts";
import { consoleOf } from "./here.ts";
import { humanAgo, nanoTime } from "./times.ts";

const SOCKET = "unix:/run/containerd/containerd.sock";
const TIMEOUT_MS = 2_000;
const SHORT_ID = 13;

interface Sandbox {
  readonly id: string;
  readonly state: string;
  readonly createdWallUs: number;
  readonly config: { readonly name: string; readonly namespace: string; readonly attempt: number };
}

interface Container {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string;
  readonly attempt: number;
  readonly imageId: string;
  readonly image: string;
  readonly state: string;
  readonly createdWallUs: number;
  readonly startedWallUs: number;
  readonly finishedWallUs: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
}

interface LogLine {
  readonly wallUs: number;
  readonly text: string;
  readonly partial?: true;
}

interface Image {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigest: string;
  readonly sizeBytes: number;
}

/** What a command line chooses by. */
interface Choice {
  readonly all: boolean;
  readonly quiet: boolean;
  readonly name: RegExp | null;
  readonly namespace: RegExp | null;
  readonly pod: string;
  readonly ids: readonly string[];
  readonly tail: number | null;
  readonly timestamps: boolean;
  readonly follow: boolean;
}

/** `crictl ps|pods|images|logs|inspect`: asks the container runtime over CRI, as the kubelet does. */
export const crictl: Program = async (context) => {
  const console = consoleOf(context);
  if (console === null) {
    context.err.write("crictl: command not found\n");
    return 127;
  }
  const [verb, ...flags] = context.args;
  const choice = choiceOf(flags);
  try {
    switch (verb) {
      case "ps":
        return await ps(context, console, choice);
      case "pods":
        return await pods(context, console, choice);
      case "images":
      case "image":
        return await images(context, console, choice);
      case "logs":
        return await logs(context, console, choice);
      case "inspect":
        return await inspect(context, console, choice);
      default:
        context.err.write(
          verb === undefined
            ? "crictl - client for CRI\n\nUSAGE:\n   crictl ps|pods|images|logs|inspect\n"
            : `No help topic for '${verb}'\n`,
        );
        return verb === undefined ? 0 : 3;
    }
  } catch (error) {
    context.err.write(`${(error as Error).message}\n`);
    return 1;
  }
};

async function ask<T>(context: ProgramContext, console: ConsoleDoor, call: string, about = {}): Promise<T> {
  const answer = await console.request(SOCKET, { call, ...about }, { signal: context.signal, timeoutMs: TIMEOUT_MS });
  if ("failure" in answer) {
    throw new Error(
      `FATA[0002] validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${answer.text}"`,
    );
  }
  return answer.body as T;
}

const WITH_VALUE: Readonly<Record<string, string>> = {
  "--name": "name",
  "--namespace": "namespace",
  "--pod": "pod",
  "-p": "pod",
  "--tail": "tail",
};

function choiceOf(words: readonly string[]): Choice {
  const values: Record<string, string> = {};
  const flags = new Set<string>();
  const ids: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [name = "", joined] = (words[index] as string).split("=", 2);
    const key = WITH_VALUE[name];
    if (key !== undefined) values[key] = joined ?? words[++index] ?? "";
    else if (name.startsWith("--")) flags.add(name.slice(2));
    else if (name.startsWith("-")) for (const letter of name.slice(1)) flags.add(letter);
    else ids.push(name);
  }
  const pattern = (key: string): RegExp | null => (values[key] === undefined ? null : new RegExp(values[key]));
  const has = (letter: string, word: string): boolean => flags.has(letter) || flags.has(word);
  return {
    all: has("a", "all"),
    quiet: has("q", "quiet"),
    name: pattern("name"),
    namespace: pattern("namespace"),
    pod: values.pod ?? "",
    ids,
    tail: values.tail === undefined || Number(values.tail) < 0 ? null : Number(values.tail),
    timestamps: has("t", "timestamps"),
    follow: has("f", "follow"),
  };
}

async function ps(context: ProgramContext, console: ConsoleDoor, choice: Choice): Promise<number> {
  const { containers } = await ask<{ readonly containers: readonly Container[] }>(context, console, "ListContainers");
  const { sandboxes } = await ask<{ readonly sandboxes: readonly Sandbox[] }>(context, console, "ListPodSandbox");
  const now = await context.session.wallUs();
  const rows = [["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"]];
  for (const container of newestFirst(containers)) {
    if (!choice.all && container.state !== "CONTAINER_RUNNING") continue;
    if (choice.name?.test(container.name) === false || !container.sandboxId.startsWith(choice.pod)) continue;
    const sandbox = sandboxes.find((each) => each.id === container.sandboxId);
    if (choice.namespace?.test(sandbox?.config.namespace ?? "") === false) continue;
    if (choice.quiet) context.out.write(`${container.id}\n`);
    rows.push([
      short(container.id),
      short(container.imageId.replace(/^.*sha256:/, "")),
      humanAgo(now - container.createdWallUs),
      stateText(container.state),
      container.name,
      String(container.attempt),
      short(container.sandboxId),
      sandbox?.config.name ?? "unknown",
      sandbox?.config.namespace ?? "",
    ]);
  }
  if (!choice.quiet) print(context, rows);
  return 0;
}

async function pods(context: ProgramContext, console: ConsoleDoor, choice: Choice): Promise<number> {
  const { sandboxes } = await ask<{ readonly sandboxes: readonly Sandbox[] }>(context, console, "ListPodSandbox");
  const now = await context.session.wallUs();
  const rows = [["POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"]];
  for (const sandbox of newestFirst(sandboxes)) {
    if (choice.name?.test(sandbox.config.name) === false || choice.namespace?.test(sandbox.config.namespace) === false)
      continue;
    if (choice.quiet) context.out.write(`${sandbox.id}\n`);
    rows.push([
      short(sandbox.id),
      humanAgo(now - sandbox.createdWallUs),
      sandbox.state === "SANDBOX_READY" ? "Ready" : "NotReady",
      sandbox.config.name,
      sandbox.config.namespace,
      String(sandbox.config.attempt),
      "(default)",
    ]);
  }
  if (!choice.quiet) print(context, rows);
  return 0;
}

async function images(context: ProgramContext, console: ConsoleDoor, choice: Choice): Promise<number> {
  const { images: found } = await ask<{ readonly images: readonly Image[] }>(context, console, "ListImages");
  if (choice.quiet) {
    for (const { id } of found) context.out.write(`${id}\n`);
    return 0;
  }
  const rows: string[][] = [];
  for (const image of found) {
    for (const reference of image.repoTags.length > 0 ? image.repoTags : ["<none>:<none>"]) {
      const colon = reference.lastIndexOf(":");
      rows.push([
        reference.slice(0, colon),
        reference.slice(colon + 1),
        short(image.id.replace(/^sha256:/, "")),
        sizeText(image.sizeBytes),
      ]);
    }
  }
  rows.sort((a, b) => ((a[0] as string) + (a[1] as string) < (b[0] as string) + (b[1] as string) ? -1 : 1));
  print(context, [["IMAGE", "TAG", "IMAGE ID", "SIZE"], ...rows]);
  return 0;
}

/** The one container whose id begins so, as containerd looks it up. */
async function containerOf(context: ProgramContext, console: ConsoleDoor, id: string): Promise<Container> {
  const { containers } = await ask<{ readonly containers: readonly Container[] }>(context, console, "ListContainers");
  const [found, another] = containers.filter((container) => container.id.startsWith(id));
  if (found === undefined || another !== undefined)
    throw new Error(
      `FATA[0000] rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`,
    );
  return found;
}

async function logs(context: ProgramContext, console: ConsoleDoor, choice: Choice): Promise<number> {
  const [id] = choice.ids;
  if (id === undefined) throw new Error("FATA[0000] ID cannot be empty");
  const container = await containerOf(context, console, id);
  const show = ({ wallUs, text, partial }: LogLine): void => {
    const line = partial === true ? text : `${text}\n`;
    context.out.write(choice.timestamps ? `${nanoTime(wallUs)} ${line}` : line);
  };
  if (choice.follow) return follow(context, console, container.id, choice.tail, show);
  const { lines } = await ask<{ readonly lines: readonly LogLine[] }>(context, console, "ReadLogs", {
    containerId: container.id,
  });
  for (const line of choice.tail === null ? lines : lines.slice(Math.max(0, lines.length - choice.tail))) show(line);
  return 0;
}

async function follow(
  context: ProgramContext,
  console: ConsoleDoor,
  containerId: string,
  tailLines: number | null,
  show: (line: LogLine) => void,
): Promise<number> {
  const body = { stream: "logs", containerId, ...(tailLines === null ? {} : { tailLines }) };
  const opened = await console.stream(SOCKET, body, { signal: context.signal });
  if ("failure" in opened) throw new Error(`FATA[0000] ${opened.text}`);
  for await (const line of opened.frames) show(line as LogLine);
  return 0;
}

async function inspect(context: ProgramContext, console: ConsoleDoor, choice: Choice): Promise<number> {
  const [id] = choice.ids;
  if (id === undefined) throw new Error("FATA[0000] ID cannot be empty");
  const { state, ...container } = await containerOf(context, console, id);
  const time = (wallUs: number): string => (wallUs === 0 ? "0001-01-01T00:00:00Z" : nanoTime(wallUs));
  const status = {
    id: container.id,
    metadata: { attempt: container.attempt, name: container.name },
    state,
    createdAt: time(container.createdWallUs),
    startedAt: time(container.startedWallUs),
    finishedAt: time(container.finishedWallUs),
    exitCode: container.exitCode,
    image: { annotations: {}, image: container.image, runtimeHandler: "", userSpecifiedImage: "" },
    imageRef: container.imageId,
    reason: container.reason,
    message: container.message,
  };
  context.out.write(`${JSON.stringify({ status }, null, 2)}\n`);
  return 0;
}

function newestFirst<T extends { readonly createdWallUs: number; readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => b.createdWallUs - a.createdWallUs || (a.id < b.id ? -1 : 1));
}

function short(id: string): string {
  return id.slice(0, SHORT_ID);
}

function stateText(state: string): string {
  const word = state.replace("CONTAINER_", "").toLowerCase();
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** go-units' HumanSize with three digits: `72.4MB`. */
function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}

/** crictl's table writer: cells at least 20 wide, three spaces between. */
function print(context: ProgramContext, rows: readonly (readonly string[])[]): void {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 20, cell.length + 3);
    });
  }
  for (const row of rows)
    context.out.write(
      `${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] as number))).join("")}\n`,
    );
}
