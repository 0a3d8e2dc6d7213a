import type { Context, RequestId, StreamId } from "../../kernel/types.ts";
import type { ExecFrame } from "../kubelet/messages.ts";
import { fail, isMounted } from "./containers.ts";
import { findProgram, programArgs } from "./launch.ts";
import type { CriResponse } from "./messages.ts";
import type { ContainerRecord, ExecState, RuntimeState } from "./state.ts";
import { after } from "./timers.ts";

/** A process that ended tells so itself; if it was killed, its exit is believed after this long. */
const EXIT_GRACE_US = 20_000;

type ExecStart = { readonly exec: ExecState } | { readonly error: string };

/** Starts `command` in a container; its output comes back over the stream that the process opens. */
function startExec(
  state: RuntimeState,
  context: Context,
  containerId: string,
  command: readonly string[],
  to: {
    readonly request: RequestId | null;
    readonly stream: StreamId | null;
    readonly stdin: boolean;
    readonly tty: boolean;
    readonly timeoutSeconds: number;
  },
): ExecStart {
  const record = state.containers.get(containerId);
  const sandbox = record === undefined ? undefined : state.sandboxes.get(record.status.sandboxId);
  const image = record === undefined ? undefined : state.images.get(record.imageReference);
  if (record === undefined || sandbox === undefined || image === undefined) {
    return { error: `an error occurred when try to find container "${containerId}": not found` };
  }
  if (record.status.state !== "CONTAINER_RUNNING") return { error: `container is in ${record.status.state} state` };
  const number = state.nextExec;
  state.nextExec = number + 1;
  const id = `${context.self.pid}-${number}`;
  const program = findProgram(command, image, (path) => isMounted(record.config, path));
  if ("error" in program) {
    return {
      error: `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: ${program.error}: unknown`,
    };
  }
  const process = `exec-${id}/${record.status.process}`;
  const args = programArgs(record, sandbox, image, program.argv, context.machine.ip, {
    id,
    stdin: to.stdin,
    tty: to.tty,
  });
  const spawned = context.spawn({
    name: process,
    kind: program.kind,
    args,
    ...(sandbox.ip === "" ? {} : { ip: sandbox.ip }),
  });
  if (!spawned.ok) return { error: `failed to exec in container: failed to start exec "${id}": ${spawned.reason}` };
  const deadline =
    to.timeoutSeconds > 0 ? after(context, to.timeoutSeconds * 1_000_000, { type: "execTimedOut", execId: id }) : null;
  const exec: ExecState = {
    id,
    containerId,
    process,
    request: to.request,
    stream: to.stream,
    io: null,
    early: [],
    stdout: "",
    stderr: "",
    deadline,
    timeoutSeconds: to.timeoutSeconds,
  };
  state.execs.set(id, exec);
  state.execByProcess.set(process, id);
  if (to.stream !== null) state.execByStream.set(to.stream, id);
  return { exec };
}

export function execSync(
  state: RuntimeState,
  context: Context,
  request: RequestId,
  containerId: string,
  command: readonly string[],
  timeoutSeconds: number,
): void {
  const started = startExec(state, context, containerId, command, {
    request,
    stream: null,
    stdin: false,
    tty: false,
    timeoutSeconds,
  });
  if ("error" in started) fail(context, request, "Unknown", started.error);
}

export function openExec(
  state: RuntimeState,
  context: Context,
  stream: StreamId,
  ask: {
    readonly containerId: string;
    readonly command: readonly string[];
    readonly stdin: boolean;
    readonly tty: boolean;
  },
): void {
  const started = startExec(state, context, ask.containerId, ask.command, {
    request: null,
    stream,
    stdin: ask.stdin,
    tty: ask.tty,
    timeoutSeconds: 0,
  });
  if ("error" in started) {
    const error = `Internal error occurred: error executing command in container: ${started.error}`;
    const frame: ExecFrame = { type: "exit", exitCode: 126, error };
    context.sendFrame(stream, frame);
    context.closeStream(stream);
  }
}

/** The started process has opened its end. */
export function execIoOpened(state: RuntimeState, context: Context, stream: StreamId, execId: string): void {
  const exec = state.execs.get(execId);
  if (exec === undefined) {
    context.closeStream(stream);
    return;
  }
  exec.io = stream;
  state.execByStream.set(stream, execId);
  for (const frame of exec.early) context.sendFrame(stream, frame);
  exec.early.length = 0;
}

/** A frame at either end of an exec. False: the stream is none of ours. */
export function execFrame(state: RuntimeState, context: Context, stream: StreamId, frame: ExecFrame): boolean {
  const id = state.execByStream.get(stream);
  const exec = id === undefined ? undefined : state.execs.get(id);
  if (exec === undefined) return false;
  if (stream === exec.stream) {
    if (exec.io === null) exec.early.push(frame);
    else context.sendFrame(exec.io, frame);
  } else if (frame.type === "exit") {
    finishExec(state, context, exec, frame.exitCode);
  } else if (exec.stream !== null) {
    context.sendFrame(exec.stream, frame);
  } else if (frame.type === "stdout") {
    exec.stdout += frame.data;
  } else if (frame.type === "stderr") {
    exec.stderr += frame.data;
  }
  return true;
}

/** The kubelet went away, or the process did. */
export function execStreamClosed(state: RuntimeState, context: Context, stream: StreamId): void {
  const id = state.execByStream.get(stream);
  const exec = id === undefined ? undefined : state.execs.get(id);
  if (exec === undefined || stream !== exec.stream) return;
  context.signal(exec.process, "SIGKILL");
  forget(state, context, exec);
}

/** A process of ours ended. False: it was none of the execs'. */
export function execExited(state: RuntimeState, context: Context, process: string, exitCode: number): boolean {
  const id = state.execByProcess.get(process);
  if (id === undefined) return process.startsWith("exec-");
  after(context, EXIT_GRACE_US, { type: "execExited", execId: id, exitCode });
  return true;
}

export function execExitBelieved(state: RuntimeState, context: Context, execId: string, exitCode: number): void {
  const exec = state.execs.get(execId);
  if (exec !== undefined) finishExec(state, context, exec, exitCode);
}

export function execTimedOut(state: RuntimeState, context: Context, execId: string): void {
  const exec = state.execs.get(execId);
  if (exec === undefined) return;
  context.signal(exec.process, "SIGKILL");
  if (exec.request !== null) {
    fail(
      context,
      exec.request,
      "DeadlineExceeded",
      `failed to exec in container: timeout ${exec.timeoutSeconds}s exceeded: context deadline exceeded`,
    );
  }
  forget(state, context, exec);
}

function finishExec(state: RuntimeState, context: Context, exec: ExecState, exitCode: number): void {
  if (exec.request !== null) {
    const answer: CriResponse = { call: "ExecSync", exitCode, stdout: exec.stdout, stderr: exec.stderr };
    context.respond(exec.request, answer);
  }
  if (exec.stream !== null) {
    const frame: ExecFrame = { type: "exit", exitCode };
    context.sendFrame(exec.stream, frame);
    context.closeStream(exec.stream);
  }
  forget(state, context, exec);
}

function forget(state: RuntimeState, context: Context, exec: ExecState): void {
  if (exec.deadline !== null) context.clearTimer(exec.deadline);
  state.execs.delete(exec.id);
  state.execByProcess.delete(exec.process);
  if (exec.stream !== null) state.execByStream.delete(exec.stream);
  if (exec.io !== null) state.execByStream.delete(exec.io);
}

/** A container ended: what was started in it by exec ends with it. */
export function killExecsOf(state: RuntimeState, context: Context, record: ContainerRecord): void {
  for (const exec of state.execs.values()) {
    if (exec.containerId === record.status.id) context.signal(exec.process, "SIGKILL");
  }
}
