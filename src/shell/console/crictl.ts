import type { ConsoleDoor, Program, ProgramContext } from "../doors.ts";
import { consoleOf } from "./here.ts";
import { humanAgo } from "./times.ts";

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
  readonly state: string;
  readonly createdWallUs: number;
}

interface Image {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigest: string;
  readonly sizeBytes: number;
}

/** `crictl ps|pods|images`: asks the container runtime over CRI, as the kubelet does. */
export const crictl: Program = async (context) => {
  const console = consoleOf(context);
  if (console === null) {
    context.err.write("crictl: command not found\n");
    return 127;
  }
  const [verb, ...flags] = context.args;
  try {
    switch (verb) {
      case "ps":
        return await ps(context, console, flags.includes("-a") || flags.includes("--all"));
      case "pods":
        return await pods(context, console);
      case "images":
      case "image":
        return await images(context, console);
      default:
        context.err.write(
          verb === undefined
            ? "crictl - client for CRI\n\nUSAGE:\n   crictl ps|pods|images\n"
            : `No help topic for '${verb}'\n`,
        );
        return verb === undefined ? 0 : 3;
    }
  } catch (error) {
    context.err.write(`${(error as Error).message}\n`);
    return 1;
  }
};

async function ask<T>(context: ProgramContext, console: ConsoleDoor, call: string): Promise<T> {
  const answer = await console.request(SOCKET, { call }, { signal: context.signal, timeoutMs: TIMEOUT_MS });
  if ("failure" in answer) {
    throw new Error(
      `FATA[0002] validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${answer.text}"`,
    );
  }
  return answer.body as T;
}

async function ps(context: ProgramContext, console: ConsoleDoor, all: boolean): Promise<number> {
  const { containers } = await ask<{ readonly containers: readonly Container[] }>(context, console, "ListContainers");
  const { sandboxes } = await ask<{ readonly sandboxes: readonly Sandbox[] }>(context, console, "ListPodSandbox");
  const now = await context.session.wallUs();
  const rows = [["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"]];
  for (const container of newestFirst(containers)) {
    if (!all && container.state !== "CONTAINER_RUNNING") continue;
    const sandbox = sandboxes.find((each) => each.id === container.sandboxId);
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
  print(context, rows);
  return 0;
}

async function pods(context: ProgramContext, console: ConsoleDoor): Promise<number> {
  const { sandboxes } = await ask<{ readonly sandboxes: readonly Sandbox[] }>(context, console, "ListPodSandbox");
  const now = await context.session.wallUs();
  const rows = [["POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"]];
  for (const sandbox of newestFirst(sandboxes)) {
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
  print(context, rows);
  return 0;
}

async function images(context: ProgramContext, console: ConsoleDoor): Promise<number> {
  const { images: found } = await ask<{ readonly images: readonly Image[] }>(context, console, "ListImages");
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
