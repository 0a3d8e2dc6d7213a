import type { Certificate, Component, Context, RequestId } from "../../kernel/types.ts";
import { changeFiles } from "./files.ts";
import { pack } from "./folds.ts";
import {
  CONSOLE_SOCKET,
  type ConsoleInput,
  type ConsoleOutput,
  type FileAnswer,
  type FileRequest,
  SSH_PORT,
} from "./messages.ts";

/** Which exchange of the outside each connection belongs to. */
export interface ConsoleState {
  /** exchange -> connection id, for those that are not over. */
  readonly open: Map<number, { readonly id: number; readonly stream: boolean }>;
}

export const console: Component<ConsoleState> = {
  kind: "console",
  start(context) {
    context.listen(SSH_PORT);
    return { open: new Map() };
  },
  step(state, message, context) {
    switch (message.type) {
      case "input":
        return act(state, message.input as ConsoleInput, context);
      case "request":
        return handOut(message.id, message.body as FileRequest, context);
      case "response":
        return finish(state, { type: "answer", exchange: message.tag as number, body: message.body }, context);
      case "requestFailed":
        return finish(state, { type: "failed", exchange: message.tag as number, error: message.error }, context);
      case "streamFrame":
        return tell({ type: "frame", exchange: message.tag as number, frame: message.frame }, context);
      case "streamClosed":
        return finish(state, { type: "closed", exchange: message.tag as number, error: message.error }, context);
      default:
        return;
    }
  },
};

function act(state: ConsoleState, input: ConsoleInput, context: Context): void {
  switch (input.type) {
    case "request":
    case "stream": {
      if (input.to === CONSOLE_SOCKET) startLoginShell(context);
      const options = {
        to: input.to,
        body: input.body,
        timeoutUs: input.timeoutUs,
        tag: input.exchange,
        certificate: certificateAt(input.certificate, context),
        label: input.label,
        ...(input.protocol === undefined ? {} : { protocol: input.protocol }),
      };
      const stream = input.type === "stream";
      const id = stream ? context.openStream(options) : context.request(options);
      state.open.set(input.exchange, { id, stream });
      return;
    }
    case "frame": {
      const connection = state.open.get(input.exchange);
      if (connection?.stream) context.sendFrame(connection.id, input.frame);
      return;
    }
    case "close": {
      const connection = state.open.get(input.exchange);
      if (connection === undefined) return;
      state.open.delete(input.exchange);
      if (connection.stream) context.closeStream(connection.id);
      else context.cancelRequest(connection.id);
      return;
    }
    case "writeFile":
      context.disk.write(input.path, input.value);
      return;
    case "removeFile":
      context.disk.remove(input.path);
      return;
    case "changeFiles":
      changeFiles(context.disk, input);
      return;
  }
}

function handOut(id: RequestId, { op, path }: FileRequest, context: Context): void {
  const value = op === "file" ? pack(context.disk, path) : undefined;
  const { sizeBytes } = (value ?? {}) as { readonly sizeBytes?: unknown };
  const answer: FileAnswer = { value };
  context.respond(id, Object.freeze(answer), typeof sizeBytes === "number" ? { sizeBytes } : {});
}

/** It runs from the first time on that somebody needs it. */
function startLoginShell(context: Context): void {
  context.spawn({ name: `login-shell@${context.machine.name}`, kind: "login-shell", args: null });
}

function certificateAt(path: string | null, context: Context): Certificate | undefined {
  if (path === null) return undefined;
  const value = context.disk.read(path) as { readonly data?: unknown } | undefined;
  const data = value?.data as Certificate | { readonly certificate?: Certificate } | undefined;
  if (data === undefined) return undefined;
  return "certificate" in data ? data.certificate : (data as Certificate);
}

function finish(state: ConsoleState, output: ConsoleOutput, context: Context): void {
  if (state.open.delete(output.exchange)) tell(output, context);
}

function tell(output: ConsoleOutput, context: Context): void {
  context.emit(output);
}
