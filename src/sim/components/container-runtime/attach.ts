import type { Context, StreamId } from "../../kernel/types.ts";
import type { ExecFrame } from "../kubelet/messages.ts";
import { isMounted } from "./containers.ts";
import { argvOf, findProgram, SHELL_KIND } from "./launch.ts";
import { followOutput } from "./logs.ts";
import type { ContainerRecord, RuntimeState, TerminalState } from "./state.ts";
import { after } from "./timers.ts";

const LAST_OUTPUT_US = 20_000;

/** The open input of a container: its process at one end, those who are attached at the other. */
function terminalOf(state: RuntimeState, containerId: string): TerminalState {
  const known = state.terminals.get(containerId);
  if (known !== undefined) return known;
  const made: TerminalState = { io: null, early: [], clients: new Set(), closed: false };
  state.terminals.set(containerId, made);
  return made;
}

export function openAttach(
  state: RuntimeState,
  context: Context,
  stream: StreamId,
  { containerId, stdin }: { readonly containerId: string; readonly stdin: boolean },
): void {
  const record = state.containers.get(containerId);
  if (record?.status.state !== "CONTAINER_RUNNING") {
    context.closeStream(stream);
    return;
  }
  if (!hasOpenInput(state, record)) {
    followOutput(state, context, stream, containerId);
    return;
  }
  terminalOf(state, containerId).clients.add(stream);
  state.attached.set(stream, { containerId, stdin });
}

/** Shells and small tools read what is typed; other programs only write. */
function hasOpenInput(state: RuntimeState, { config, imageReference }: ContainerRecord): boolean {
  const image = state.images.get(imageReference);
  if (config.stdin !== true || image === undefined) return false;
  const program = findProgram(argvOf(config, image), image, (path) => isMounted(config, path));
  return "kind" in program && program.kind === SHELL_KIND;
}

/** The container's process has opened its end. */
export function containerIoOpened(state: RuntimeState, context: Context, stream: StreamId, containerId: string): void {
  const terminal = terminalOf(state, containerId);
  terminal.io = stream;
  state.attached.set(stream, { containerId, stdin: false });
  for (const frame of terminal.early) context.sendFrame(stream, frame);
  terminal.early.length = 0;
}

/** A frame at either end. False: the stream is none of these. */
export function attachFrame(state: RuntimeState, context: Context, stream: StreamId, frame: ExecFrame): boolean {
  const at = state.attached.get(stream);
  if (at === undefined) return false;
  const terminal = terminalOf(state, at.containerId);
  if (stream === terminal.io) for (const client of terminal.clients) context.sendFrame(client, frame);
  else if (frame.type === "stdin") {
    if (at.stdin) toProcess(terminal, context, frame);
  } else if (frame.type === "stdinClosed") inputOver(state, context, at.containerId, at.stdin);
  else toProcess(terminal, context, frame);
  return true;
}

function toProcess(terminal: TerminalState, context: Context, frame: ExecFrame): void {
  if (terminal.io === null) terminal.early.push(frame);
  else context.sendFrame(terminal.io, frame);
}

/** `stdinOnce`: the first one whose input ends ends the container's. */
function inputOver(state: RuntimeState, context: Context, containerId: string, hadInput: boolean): void {
  const terminal = state.terminals.get(containerId);
  const once = state.containers.get(containerId)?.config.stdinOnce === true;
  if (terminal === undefined || !once || !hadInput || terminal.closed) return;
  terminal.closed = true;
  toProcess(terminal, context, { type: "stdinClosed" });
}

export function attachClosed(state: RuntimeState, context: Context, stream: StreamId): void {
  const at = state.attached.get(stream);
  if (at === undefined) return;
  state.attached.delete(stream);
  const terminal = state.terminals.get(at.containerId);
  if (terminal === undefined) return;
  if (stream === terminal.io) {
    terminal.io = null;
    return;
  }
  terminal.clients.delete(stream);
  inputOver(state, context, at.containerId, at.stdin);
}

/** The container is over; what it wrote last is still on its way here. */
export function containerOver(state: RuntimeState, context: Context, containerId: string): void {
  if (state.terminals.has(containerId)) after(context, LAST_OUTPUT_US, { type: "terminalOver", containerId });
}

export function endTerminal(state: RuntimeState, context: Context, containerId: string): void {
  const terminal = state.terminals.get(containerId);
  if (terminal === undefined) return;
  state.terminals.delete(containerId);
  if (terminal.io !== null) state.attached.delete(terminal.io);
  for (const client of terminal.clients) {
    state.attached.delete(client);
    context.closeStream(client);
  }
}
