import { isFailure, type Program, type ProgramContext } from "../doors.ts";

const CONSOLE_SOCKET = "unix:/run/console.sock";
const TIMEOUT_MS = 60_000;

/** A file on a machine; `machine` null: on the laptop. */
interface Place {
  readonly machine: string | null;
  readonly path: string;
}

/** `scp [USER@]MACHINE:FILE ... TARGET`: between machines a file keeps all that it is, to and from the laptop its text. */
export const scp: Program = async (context) => {
  const words = context.args.filter((word) => !word.startsWith("-"));
  const target = words.at(-1);
  if (target === undefined || words.length < 2) {
    context.err.write("usage: scp [-r] [[user@]host1:]file1 ... [[user@]host2:]file2\n");
    return 1;
  }
  for (const source of words.slice(0, -1)) {
    const problem = await copy(context, placeOf(context, source), placeOf(context, target));
    if (problem === null) continue;
    context.err.write(`${problem}\n`);
    return 1;
  }
  return 0;
};

function placeOf({ machine, directory }: ProgramContext, word: string): Place {
  const match = /^(?:[^@/:]+@)?([^/:]+):(.*)$/.exec(word);
  if (match === null) return { machine, path: machine === null ? word : absolute(directory, word) };
  return { machine: match[1] as string, path: absolute("/root", match[2] as string) };
}

function absolute(folder: string, path: string): string {
  return path.startsWith("/") ? path : `${folder}/${path}`;
}

/** Null, or what it prints. */
async function copy(context: ProgramContext, from: Place, to: Place): Promise<string | null> {
  const name = from.path.slice(from.path.lastIndexOf("/") + 1);
  if (to.machine === null) {
    const text = await textOf(context, from);
    if (text === null) return `scp: ${from.path}: No such file or directory`;
    const isFolder = to.path.endsWith("/") || (await context.files.list?.(to.path)) != null;
    await context.files.write(isFolder ? `${to.path.replace(/\/$/, "")}/${name}` : to.path, text);
    return null;
  }
  await context.sync();
  const console = context.console(to.machine);
  if (console === null) return `ssh: Could not resolve hostname ${to.machine}: Name or service not known`;
  const isFolder = to.path.endsWith("/") || (await console.listFiles(`${to.path}/`)).length > 0;
  const path = isFolder ? `${to.path.replace(/\/$/, "")}/${name}` : to.path;
  if (from.machine === null) {
    const text = await textOf(context, from);
    if (text === null) return `scp: ${from.path}: No such file or directory`;
    await console.changeFiles({ copies: [], removals: [], writes: [{ path, text }] });
    return null;
  }
  const body = { op: "copyFrom", machine: from.machine, from: from.path, to: path };
  const answer = await console.request(CONSOLE_SOCKET, body, { signal: context.signal, timeoutMs: TIMEOUT_MS });
  await context.sync();
  return isFailure(answer) ? answer.text : (answer.body as { readonly error: string | null }).error;
}

async function textOf(context: ProgramContext, { machine, path }: Place): Promise<string | null> {
  if (machine !== null) return (await context.console(machine)?.readFile(path)) ?? null;
  return context.files.read(path).catch(() => null);
}
