import type { Certificate, Component, Context, KernelMessage, NetworkError, StreamId } from "../../../kernel/types.ts";
import { fileData } from "../../../machinery/kubeconfig.ts";
import type { ConsoleProgramArgs } from "../../console/messages.ts";
import type { ProgramArgs } from "../../container-runtime/messages.ts";
import type { ExecFrame } from "../../kubelet/messages.ts";
import { openExecOutput } from "../exec-output.ts";
import { hostPath, type Mounts, mountsOf } from "../host-path.ts";
import type { Done, Effect, Reply, Started, Steps } from "./effects.ts";
import { beginLoad, type LoadTag, nextWrite, type RunningLoad, reportOf, writeDone } from "./load.ts";

/** What a program is started with, and where it says what it has to say. */
export interface Invocation {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly terminal: Terminal;
}

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** Says what a frame of a stream means: what is printed, and whether that was the last one that counts. */
export type Printer = (frame: unknown, options: unknown, terminal: Terminal) => { readonly value: unknown } | null;

export interface ProgramCode {
  readonly name: string;
  run(invocation: Invocation): Steps<number>;
  readonly printers: Readonly<Record<string, Printer>>;
}

interface ProgramState {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly mounts: Mounts;
  /** Standard output and error go here; null: into the log. */
  readonly io: StreamId | null;
  stdin: string;
  stdinClosed: boolean;
  /** All that the program was told so far, in order. */
  readonly answers: Done[];
  /** Pieces of output that have been sent. */
  printed: number;
  /** Slots that wait for standard input. */
  readonly readers: number[];
  begun: boolean;
  readonly streams: Map<StreamId, { readonly slot: number; readonly printer: string; readonly options: unknown }>;
  readonly loads: Map<number, RunningLoad>;
  ended: boolean;
}

type ProgramMessage =
  | { readonly type: "slept"; readonly slot: number }
  | { readonly type: "writeDue"; readonly slot: number }
  | { readonly type: "leave"; readonly exitCode: number };

/** After the last frame, so that it is on its way before the process is gone. */
const LEAVE_US = 2_000;

/** A program that a person (or an exec in a container) runs on a machine, as a process of the world. */
export function programComponent(code: ProgramCode): Component<ProgramState, ProgramMessage> {
  return {
    kind: code.name,
    start(context, given) {
      const state = initialState(context, given as ProgramArgs | ConsoleProgramArgs);
      advance(code, state, context, []);
      return state;
    },
    step(state, message, context) {
      receive(code, state, message, context);
    },
  };
}

function initialState(context: Context, given: ProgramArgs | ConsoleProgramArgs): ProgramState {
  const common = {
    answers: [],
    printed: 0,
    readers: [],
    streams: new Map(),
    loads: new Map(),
    begun: false,
    ended: false,
  };
  if ("console" in given) {
    const { argv, env, directory, stdin } = given;
    const io = context.openStream({ to: given.console, body: { op: "output", run: given.run }, label: "output" });
    return { args: argv.slice(1), env, directory, mounts: null, io, stdin, stdinClosed: true, ...common };
  }
  const { argv, env, exec, container, imageConfig } = given;
  return {
    args: argv.slice(1),
    env,
    directory: container.workingDir || imageConfig.workingDir || "/",
    mounts: mountsOf(given),
    io: exec === undefined ? null : openExecOutput(context, exec),
    stdin: "",
    stdinClosed: exec?.stdin !== true,
    ...common,
  };
}

function receive(
  code: ProgramCode,
  state: ProgramState,
  message: KernelMessage | ProgramMessage,
  context: Context,
): void {
  switch (message.type) {
    case "leave":
      context.exit(message.exitCode);
      return;
    case "slept":
      advance(code, state, context, [{ slot: message.slot, value: null }]);
      return;
    case "writeDue":
      writeUnderLoad(code, state, context, message.slot);
      return;
    case "response":
    case "requestFailed":
      receiveAnswer(code, state, context, message);
      return;
    case "streamFrame":
      if (message.id === state.io) readFrame(code, state, context, message.frame as ExecFrame);
      else printFrame(code, state, context, message.id, message.frame);
      return;
    case "streamClosed":
      if (message.id === state.io) context.exit(137);
      else streamEnded(code, state, context, message.id, null, message.error);
      return;
    case "signal":
      context.exit(message.signal === "SIGINT" ? 130 : 143);
      return;
    default:
  }
}

function receiveAnswer(
  code: ProgramCode,
  state: ProgramState,
  context: Context,
  message: Extract<KernelMessage, { readonly type: "response" | "requestFailed" }>,
): void {
  const tag = message.tag as number | LoadTag;
  if (typeof tag === "number") {
    const reply: Reply = message.type === "response" ? replyOf(message.body) : { ok: false, error: message.error };
    advance(code, state, context, [{ slot: tag, value: Object.freeze(reply) }]);
    return;
  }
  const running = state.loads.get(tag.load);
  if (running === undefined) return;
  writeDone(running, tag, message, context);
  endLoad(code, state, context, tag.load, running);
}

function writeUnderLoad(code: ProgramCode, state: ProgramState, context: Context, slot: number): void {
  const running = state.loads.get(slot);
  if (running === undefined) return;
  const inUs = nextWrite(running, slot, context);
  if (inUs !== null) context.setTimer(inUs, { type: "writeDue", slot }, "keep");
  endLoad(code, state, context, slot, running);
}

function endLoad(code: ProgramCode, state: ProgramState, context: Context, slot: number, running: RunningLoad): void {
  const report = reportOf(running, context);
  if (report === null) return;
  state.loads.delete(slot);
  advance(code, state, context, [{ slot, value: report }]);
}

function replyOf(body: unknown): Reply {
  return Object.freeze({ ok: true, body });
}

function readFrame(code: ProgramCode, state: ProgramState, context: Context, frame: ExecFrame): void {
  if (frame.type === "stdin") state.stdin += frame.data;
  else if (frame.type === "stdinClosed") {
    state.stdinClosed = true;
    const { stdin } = state;
    advance(
      code,
      state,
      context,
      state.readers.splice(0).map((slot) => ({ slot, value: stdin })),
    );
  }
}

function printFrame(code: ProgramCode, state: ProgramState, context: Context, id: StreamId, frame: unknown): void {
  const open = state.streams.get(id);
  if (open === undefined) return;
  const terminal: Terminal = {
    out: (text) => print(state, context, "stdout", text),
    err: (text) => print(state, context, "stderr", text),
  };
  const end = (code.printers[open.printer] as Printer)(frame, open.options, terminal);
  if (end === null) return;
  context.closeStream(id);
  streamEnded(code, state, context, id, end.value, null);
}

function streamEnded(
  code: ProgramCode,
  state: ProgramState,
  context: Context,
  id: StreamId,
  value: unknown,
  error: NetworkError | null,
): void {
  const open = state.streams.get(id);
  if (!state.streams.delete(id) || open === undefined) return;
  advance(code, state, context, [{ slot: open.slot, value: Object.freeze({ value, error }) }]);
}

function print(state: ProgramState, context: Context, type: "stdout" | "stderr", data: string): void {
  if (state.io !== null) context.sendFrame(state.io, Object.freeze({ type, data }), { sizeBytes: data.length + 20 });
  else for (const line of data.replace(/\n$/, "").split("\n")) context.log(line);
}

/** Tells the program what has come, and does what it asks for then, until it has to wait or is over. */
function advance(code: ProgramCode, state: ProgramState, context: Context, came: readonly Done[]): void {
  if (state.ended) return;
  const pieces: { readonly type: "stdout" | "stderr"; readonly data: string }[] = [];
  const terminal: Terminal = {
    out: (data) => pieces.push({ type: "stdout", data }),
    err: (data) => pieces.push({ type: "stderr", data }),
  };
  const { args, env, directory, answers } = state;
  const steps = code.run({ args, env, directory, terminal });
  const ready = [...came];
  let step = steps.next();
  if (!state.begun) ready.push(...beginAll(state, context, step));
  state.begun = true;
  for (const answer of answers) step = steps.next(answer);
  for (let done = ready.shift(); done !== undefined && step.done !== true; done = ready.shift()) {
    answers.push(Object.freeze(done));
    step = steps.next(done);
    ready.push(...beginAll(state, context, step));
  }
  for (const { type, data } of pieces.slice(state.printed)) print(state, context, type, data);
  state.printed = pieces.length;
  if (step.done === true) finish(state, context, step.value);
}

function finish(state: ProgramState, context: Context, exitCode: number): void {
  state.ended = true;
  if (state.io === null) {
    context.exit(exitCode);
    return;
  }
  const frame: ExecFrame = { type: "exit", exitCode };
  context.sendFrame(state.io, Object.freeze(frame));
  context.setTimer(LEAVE_US, { type: "leave", exitCode }, "keep");
}

/** Begins what the program asks for; gives what is known at once. */
function beginAll(state: ProgramState, context: Context, step: IteratorResult<readonly Started[], number>): Done[] {
  if (step.done === true) return [];
  const known: Done[] = [];
  for (const { slot, effect } of step.value) {
    const value = begin(state, context, slot, effect);
    if (value !== LATER) known.push({ slot, value });
  }
  return known;
}

const LATER = Symbol("later");

function begin(state: ProgramState, context: Context, slot: number, effect: Effect): unknown {
  switch (effect.type) {
    case "request":
      context.request({
        to: effect.to,
        body: effect.body,
        timeoutUs: effect.timeoutUs,
        tag: slot,
        certificate: certificateAt(state, context, effect.certificate),
        label: labelOf(effect.body),
      });
      return LATER;
    case "stream": {
      const { to, body, printer, options } = effect;
      const certificate = certificateAt(state, context, effect.certificate);
      const id = context.openStream({ to, body, tag: slot, certificate, label: labelOf(body) });
      state.streams.set(id, Object.freeze({ slot, printer, options }));
      return LATER;
    }
    case "load": {
      const { load } = effect;
      state.loads.set(slot, beginLoad(load, certificateAt(state, context, load.certificate), context));
      context.setTimer(0, { type: "writeDue", slot }, "keep");
      return LATER;
    }
    case "sleep":
      context.setTimer(effect.us, { type: "slept", slot }, "keep");
      return LATER;
    case "stdin":
      if (state.stdinClosed) return state.stdin;
      state.readers.push(slot);
      return LATER;
    case "now":
      return context.wallUs();
    case "read":
      return context.disk.read(hostPath(state.mounts, effect.path));
    case "list":
      return Object.freeze(context.disk.list(hostPath(state.mounts, effect.prefix)));
    case "write":
      return context.disk.write(hostPath(state.mounts, effect.path), effect.value) === null;
  }
}

function certificateAt(state: ProgramState, context: Context, path: string | null): Certificate | undefined {
  if (path === null) return undefined;
  const data = fileData(context.disk.read(hostPath(state.mounts, path))) as
    | Certificate
    | { readonly certificate?: Certificate }
    | null;
  if (data === null) return undefined;
  return "certificate" in data ? data.certificate : (data as Certificate);
}

function labelOf(body: unknown): string {
  const { op, key } = body as { readonly op: string; readonly key?: string };
  return key === undefined ? op : `${op} ${key}`;
}
