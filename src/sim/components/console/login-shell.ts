import type { Component, Context, RequestId } from "../../kernel/types.ts";
import { unpack } from "./folds.ts";
import {
  CONSOLE_SOCKET,
  type ConsoleService,
  type CopyAnswer,
  type FileAnswer,
  type FileRequest,
  SSH_PORT,
} from "./messages.ts";
import { attachOutput, createRuns, outputFrame, programEnded, type Runs, runClosed, startProgram } from "./runs.ts";

/** Runs the programs that are typed on a console and are processes of the world, and fetches files for `scp`. */
export const loginShell: Component<Runs> = {
  kind: "login-shell",
  start(context) {
    context.listen(CONSOLE_SOCKET);
    return createRuns();
  },
  step(runs, message, context) {
    switch (message.type) {
      case "request":
        copyFrom(message.id, message.body as ConsoleService, context);
        return;
      case "response":
        copied(message.tag as Copy, (message.body as FileAnswer).value, context);
        return;
      case "requestFailed":
        fail(
          message.tag as Copy,
          `ssh: connect to host ${(message.tag as Copy).machine} port 22: ${REASONS[message.error.kind] ?? "Connection timed out"}`,
          context,
        );
        return;
      case "streamOpened": {
        const body = message.body as ConsoleService;
        if (body.op === "run") startProgram(runs, message.id, body, context);
        else if (body.op === "output") attachOutput(runs, message.id, body.run, context);
        else context.closeStream(message.id);
        return;
      }
      case "streamFrame":
        outputFrame(runs, message.id, message.frame, context);
        return;
      case "streamClosed":
        runClosed(runs, message.id, context);
        return;
      case "childExited":
        programEnded(runs, message.process, message.exit.exitCode, context);
        return;
      default:
    }
  },
};

interface Copy {
  readonly id: RequestId;
  readonly machine: string;
  readonly from: string;
  readonly to: string;
}

const COPY_TIMEOUT_US = 60_000_000;
const REASONS: Readonly<Record<string, string>> = {
  refused: "Connection refused",
  unreachable: "No route to host",
  reset: "Connection reset by peer",
};

function copyFrom(id: RequestId, body: ConsoleService, context: Context): void {
  if (body.op !== "copyFrom" || ![body.machine, body.from, body.to].every((text) => typeof text === "string")) {
    context.reset(id);
    return;
  }
  const { machine, from, to } = body;
  const copy: Copy = { id, machine, from, to };
  const request: FileRequest = { op: "file", path: from };
  context.request({
    to: `${machine}:${SSH_PORT}`,
    body: Object.freeze(request),
    timeoutUs: COPY_TIMEOUT_US,
    tag: Object.freeze(copy),
    label: `scp ${from}`,
  });
}

function copied(copy: Copy, value: unknown, context: Context): void {
  if (value === undefined) {
    fail(copy, `scp: ${copy.from}: No such file or directory`, context);
    return;
  }
  unpack(context.disk, copy.to, value);
  const answer: CopyAnswer = { error: null };
  context.respond(copy.id, Object.freeze(answer));
}

function fail({ id }: Copy, error: string, context: Context): void {
  const answer: CopyAnswer = { error };
  context.respond(id, Object.freeze(answer));
}
