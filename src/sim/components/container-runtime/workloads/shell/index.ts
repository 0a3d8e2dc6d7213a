import { fnv32a } from "../../../../api/hash.ts";
import { deepFreeze } from "../../../../api/object.ts";
import { isWholeArchive } from "../../../../api/tar.ts";
import type { Component, Context, KernelMessage } from "../../../../kernel/types.ts";
import type { ExecFrame } from "../../../kubelet/messages.ts";
import { CRI_SOCKET, type ProgramArgs } from "../../messages.ts";
import { agnhost } from "../agnhost/index.ts";
import { crasher } from "../crasher.ts";
import { server } from "../server/index.ts";
import { stress } from "../stress.ts";
import { OutOfMemory } from "./bounds.ts";
import { compile } from "./compile.ts";
import { failed } from "./done.ts";
import {
  assignRead,
  emit,
  enterScript,
  fillMemory,
  finish,
  goOnForEver,
  goOnWithPython,
  prompt,
  run,
  runFilter,
  watchFile,
} from "./machine.ts";
import { continueConnection, continueNetwork } from "./network.ts";
import type { Pending, ShellMessage, ShellState } from "./state.ts";
import type { Word } from "./syntax.ts";
import { hasStdin, hasTty, typed } from "./terminal.ts";

/** After the last frame of its output, so that it is on its way before the process is gone. */
const LEAVE_US = 2_000;

/** Programs that a script may become. */
const PROGRAMS = new Map(
  [server, crasher, stress, agnhost].map((component) => [
    component.kind,
    component as unknown as Component<unknown, never>,
  ]),
);

/** Everything that a shell or a small Unix tool does in a container: its main process, or one started by exec. */
export const shell: Component<ShellState, ShellMessage> = {
  kind: "workload/shell",

  start(context: Context, given: unknown): ShellState {
    const args = given as ProgramArgs;
    const state = initialState(args, context.nowUs);
    const io =
      args.exec !== undefined
        ? { stream: "execIo", execId: args.exec.id }
        : args.containerId !== undefined
          ? { stream: "containerIo", containerId: args.containerId }
          : null;
    if (io !== null) state.io = context.openStream({ to: CRI_SOCKET, body: io, label: "standard input and output" });
    const words = args.argv.map((text): Word => [{ part: "text", text, quoted: true }]);
    state.frames.push({
      program: compile({ kind: "simple", assignments: [], words, redirects: [] }),
      pc: 0,
      kind: "script",
      positional: [],
    });
    withinMemory(state, context, () => {
      run(state, context);
      settle(state, context);
    });
    return state;
  },

  step(state, message, context): void {
    if (message.type === "leave") {
      context.exit(message.exitCode);
      return;
    }
    if (state.delegate !== null) {
      PROGRAMS.get(state.delegate.kind)?.step(state.delegate.state, message as never, context);
      return;
    }
    if (state.ended) return;
    withinMemory(state, context, () => {
      if (!resume(state, message, context)) return;
      run(state, context);
      settle(state, context);
    });
  },
};

/** Who asks for more memory than there is is killed; so is who asks more of the engine than it can do. */
function withinMemory(state: ShellState, context: Context, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof OutOfMemory) && !(error instanceof RangeError)) throw error;
    state.ended = true;
    context.exit(137, "OOMKilled");
  }
}

function initialState(args: ProgramArgs, nowUs: number): ShellState {
  const name = (args.argv[0] ?? "sh").split("/").at(-1) ?? "sh";
  return {
    args,
    frames: [],
    variables: { HOME: "/root", ...args.env },
    exported: Object.fromEntries(["HOME", ...Object.keys(args.env)].map((key) => [key, true as const])),
    directory: args.container.workingDir || args.imageConfig.workingDir || "/",
    status: 0,
    name: ["sh", "bash", "ash"].includes(name) ? name : "sh",
    fds: { out: { to: "stdout" }, err: { to: "stderr" }, input: null },
    savedFds: [],
    captures: [],
    slots: {},
    loops: [],
    fors: [],
    cases: [],
    scopes: [],
    functions: new Map(),
    traps: new Map(),
    options: { exitOnError: false, trace: false },
    delegate: null,
    pending: null,
    nextJob: 1,
    random: fnv32a(`${args.sandbox.uid}/${args.container.name}/${args.exec?.id ?? ""}/${nowUs}`),
    work: 0,
    partial: "",
    io: null,
    stdin: "",
    stdinClosed: !hasStdin(args),
    line: "",
    inputEnded: false,
    size: null,
    interactive: false,
    ended: false,
  };
}

/** Takes in what was waited for. False: nothing to go on with. */
function resume(state: ShellState, message: KernelMessage | ShellMessage, context: Context): boolean {
  const { pending } = state;
  switch (message.type) {
    case "shellTimer":
      if (pending === null || !("job" in pending) || pending.job !== message.job) return false;
      state.pending = null;
      if (pending.kind === "sleep") state.status = 0;
      if (pending.kind === "network") {
        if (pending.network.stream !== null) context.closeStream(pending.network.stream);
        finish(state, context, pending.fds, failed("nc: timed out\n"));
      }
      if (pending.kind === "watch") watchFile(state, context, pending);
      if (pending.kind === "endless") goOnForEver(state, context, pending);
      if (pending.kind === "greedy") fillMemory(state, context, pending);
      if (pending.kind === "python") goOnWithPython(state, context, pending);
      return true;
    case "response":
    case "requestFailed": {
      const job = (message.tag as { readonly shell?: number } | null)?.shell;
      if (pending?.kind !== "network" || pending.job !== job) return false;
      const step = continueNetwork(state, context, pending.network, message, { shell: job });
      if ("job" in step) {
        pending.network = step.job;
        return false;
      }
      state.pending = null;
      finish(state, context, pending.fds, step.done);
      return true;
    }
    case "streamFrame":
    case "streamClosed":
      if (pending?.kind === "network" && pending.network.stream === message.id)
        return connectionSaid(state, pending, message, context);
      if (message.type === "streamClosed") {
        // An exec ends with its stream; a container's own process goes on without one.
        if (state.args.exec !== undefined) context.exit(137);
        state.io = null;
        return false;
      }
      return takeFrame(state, message.frame as ExecFrame, context);
    case "signal":
      return signalled(state, message.signal, context);
    default:
      return false;
  }
}

function connectionSaid(
  state: ShellState,
  pending: Extract<Pending, { kind: "network" }>,
  message: Extract<KernelMessage, { type: "streamFrame" | "streamClosed" }>,
  context: Context,
): boolean {
  const step = continueConnection(pending.network, context, message);
  if ("job" in step) {
    pending.network = step.job;
    return false;
  }
  state.pending = null;
  finish(state, context, pending.fds, step.done);
  return true;
}

function takeFrame(state: ShellState, frame: ExecFrame, context: Context): boolean {
  if (frame.type === "resize") state.size = { rows: frame.rows, columns: frame.columns };
  else if (frame.type === "stdinClosed") state.stdinClosed = true;
  else if (frame.type !== "stdin") return false;
  else if (!hasTty(state.args)) state.stdin += frame.data;
  else {
    const { echo, interrupted } = typed(state, frame.data);
    if (echo !== "") emit(state, context, { to: "stdout" }, echo);
    if (interrupted) return interrupt(state, context);
  }
  return takeInput(state, context);
}

/** Ctrl-C at a terminal: an interactive shell gives up what runs and asks for the next line, any other program dies of it. */
function interrupt(state: ShellState, context: Context): boolean {
  if (!state.interactive) return signalled(state, "SIGINT", context);
  if (state.pending?.kind === "stdin" && state.pending.what === "line") {
    prompt(state, context);
    return false;
  }
  state.pending = null;
  state.status = 130;
  for (const stack of [state.scopes, state.loops, state.fors, state.cases, state.savedFds]) stack.length = 0;
  state.frames.length = Math.min(1, state.frames.length);
  return true;
}

/** Gives what was typed to the command that waits for it. */
function takeInput(state: ShellState, context: Context): boolean {
  const { pending } = state;
  if (pending?.kind !== "stdin") return false;
  const over = state.stdinClosed || state.inputEnded;
  if (pending.what === "filter") {
    if (!over && !(pending.names[0] === "tar" && isWholeArchive(state.stdin))) return false;
    const text = state.stdin;
    state.stdin = "";
    state.inputEnded = false;
    state.pending = null;
    runFilter(state, context, pending.names, pending.fds, text);
    return true;
  }
  if (pending.what === "cat") {
    const text = state.stdin;
    state.stdin = "";
    if (!over) {
      if (text !== "") emit(state, context, pending.fds.out, text);
      return false;
    }
    state.inputEnded = false;
    state.pending = null;
    finish(state, context, pending.fds, { status: 0, out: text, err: "" });
    return true;
  }
  const end = state.stdin.indexOf("\n");
  if (end < 0 && !over) return false;
  if (end < 0) state.inputEnded = false;
  const line = end < 0 ? state.stdin : state.stdin.slice(0, end);
  state.stdin = end < 0 ? "" : state.stdin.slice(end + 1);
  state.pending = null;
  if (pending.what === "read") {
    assignRead(state, pending.names, line);
    state.status = end < 0 && line === "" ? 1 : 0;
    return true;
  }
  if (end < 0 && line === "") return true;
  enterScript(state, context, line, "script");
  state.frames.unshift({ program: READ_NEXT_LINE, pc: 0, kind: "script", positional: [] });
  return true;
}

/** After a typed line: the shell reads the next one. */
const READ_NEXT_LINE = compile({
  kind: "simple",
  assignments: [],
  words: [[{ part: "text", text: "sh", quoted: true }]],
  redirects: [],
});

/** A process with number 1 ignores signals that it has no handler for; one started by exec dies of them. */
function signalled(state: ShellState, signal: string, context: Context): boolean {
  const handler = state.traps.get(signal.replace(/^SIG/, ""));
  if (handler === undefined) {
    if (state.args.exec !== undefined || signal === "SIGINT") context.exit(signal === "SIGINT" ? 130 : 143);
    return false;
  }
  if (handler === "") return false;
  state.pending = null;
  return enterScript(state, context, handler, "trap");
}

/** The script has come to a program of the image that does not end by itself: from now on the process is that program. */
function become(state: ShellState, kind: string, argv: readonly string[], context: Context): void {
  const program = PROGRAMS.get(kind);
  if (program === undefined) {
    context.exit(126);
    return;
  }
  const args: ProgramArgs = deepFreeze({ ...state.args, argv, env: { ...state.variables } });
  state.pending = null;
  state.delegate = { kind, state: program.start(context, args) };
}

/** The script is over once nothing is left to run or to wait for. */
function settle(state: ShellState, context: Context): void {
  if (state.pending?.kind === "delegate") {
    become(state, state.pending.program, state.pending.argv, context);
    return;
  }
  if (state.pending !== null || (!state.ended && state.frames.length > 0)) {
    if (state.pending?.kind === "stdin" && (state.stdin !== "" || state.inputEnded) && takeInput(state, context)) {
      run(state, context);
      settle(state, context);
    }
    return;
  }
  const handler = state.traps.get("EXIT");
  if (handler !== undefined) {
    state.traps.delete("EXIT");
    const { status } = state;
    state.ended = false;
    enterScript(state, context, handler, "trap");
    run(state, context);
    state.status = status;
  }
  state.ended = true;
  if (state.partial !== "") context.log(state.partial, "partial");
  state.partial = "";
  if (state.io === null) {
    context.exit(state.status);
    return;
  }
  const frame: ExecFrame = { type: "exit", exitCode: state.status };
  if (state.args.exec !== undefined) context.sendFrame(state.io, frame);
  const leave: ShellMessage = { type: "leave", exitCode: state.status };
  context.setTimer(LEAVE_US, leave, "keep");
}
