import type { Context, ProcessName, StreamId } from "../../kernel/types.ts";
import type { ExecFrame } from "../kubelet/messages.ts";
import { CONSOLE_SOCKET, type ConsoleProgramArgs, type ConsoleService } from "./messages.ts";

/** Programs that were typed here and run as processes of the machine. */
export interface Runs {
  next: number;
  readonly byNumber: Map<number, Run>;
  /** Either end of a run -> its number. */
  readonly byStream: Map<StreamId, number>;
}

interface Run {
  readonly process: ProcessName;
  /** Who typed it. */
  readonly client: StreamId;
  /** The program's own end; null: it has not opened it. */
  output: StreamId | null;
}

export function createRuns(): Runs {
  return { next: 1, byNumber: new Map(), byStream: new Map() };
}

type RunRequest = Extract<ConsoleService, { op: "run" }>;

const PROGRAMS: ReadonlySet<string> = new Set(["etcdctl", "etcdutl"]);

/** Requests may come from a session that somebody sent: only what a shell would ask is done. */
function isSound({ program, argv, env, directory, stdin }: RunRequest): boolean {
  const isText = (value: unknown) => typeof value === "string";
  return (
    PROGRAMS.has(program) &&
    Array.isArray(argv) &&
    argv.every(isText) &&
    typeof env === "object" &&
    env !== null &&
    Object.values(env).every(isText) &&
    isText(directory) &&
    isText(stdin)
  );
}

export function startProgram(runs: Runs, client: StreamId, request: RunRequest, context: Context): void {
  if (!isSound(request)) {
    context.closeStream(client);
    return;
  }
  const { program, argv, env, directory, stdin } = request;
  const run = runs.next;
  runs.next = run + 1;
  const args: ConsoleProgramArgs = { console: CONSOLE_SOCKET, run, argv, env, directory, stdin };
  const process = `${program}-${run}@${context.machine.name}`;
  runs.byNumber.set(run, { process, client, output: null });
  runs.byStream.set(client, run);
  const spawned = context.spawn({ name: process, kind: program, args: Object.freeze(args) });
  if (!spawned.ok) end(runs, run, 127, context);
}

export function attachOutput(runs: Runs, output: StreamId, number: number, context: Context): void {
  const run = runs.byNumber.get(number);
  if (run === undefined) {
    context.closeStream(output);
    return;
  }
  run.output = output;
  runs.byStream.set(output, number);
}

export function outputFrame(runs: Runs, stream: StreamId, frame: unknown, context: Context): void {
  const number = runs.byStream.get(stream);
  const run = number === undefined ? undefined : runs.byNumber.get(number);
  if (number === undefined || run === undefined || stream !== run.output) return;
  const said = frame as ExecFrame;
  if (said.type === "exit") end(runs, number, said.exitCode, context);
  else context.sendFrame(run.client, said);
}

/** Whoever typed it has had enough. */
export function runClosed(runs: Runs, stream: StreamId, context: Context): void {
  const number = runs.byStream.get(stream);
  const run = number === undefined ? undefined : runs.byNumber.get(number);
  if (number === undefined || run === undefined || stream !== run.client) return;
  forget(runs, number, run);
  context.signal(run.process, "SIGINT");
}

export function programEnded(runs: Runs, process: ProcessName, exitCode: number, context: Context): void {
  context.reap(process);
  for (const [number, run] of runs.byNumber) if (run.process === process) end(runs, number, exitCode, context);
}

function end(runs: Runs, number: number, exitCode: number, context: Context): void {
  const run = runs.byNumber.get(number);
  if (run === undefined) return;
  forget(runs, number, run);
  const frame: ExecFrame = { type: "exit", exitCode };
  context.sendFrame(run.client, Object.freeze(frame));
  context.closeStream(run.client);
}

function forget(runs: Runs, number: number, { client, output }: Run): void {
  runs.byNumber.delete(number);
  runs.byStream.delete(client);
  if (output !== null) runs.byStream.delete(output);
}
