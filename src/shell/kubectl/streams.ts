/** exec and attach: what goes in, what comes out, and how it ended. */
import { withQuery } from "./client.ts";
import type { Invocation } from "./command.ts";
import { CommandError, SilentExit } from "./errors.ts";
import { at, isObject, type JsonObject, objectsOf, textOf } from "./json.ts";

export interface StreamRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly verb: "exec" | "attach";
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface Collected {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs a command and keeps what it writes. `stdin` null: it has none. */
export async function collectStream(
  invocation: Invocation,
  request: Omit<StreamRequest, "verb" | "stdin" | "tty"> & { readonly stdin: string | null },
): Promise<Collected> {
  let [out, err] = ["", ""];
  const keep = (stream: "out" | "err") => ({
    write: (text: string) => {
      if (stream === "out") out += text;
      else err += text;
    },
  });
  const { stdin, ...rest } = request;
  const context = { ...invocation.context, stdin: stdin ?? "", out: keep("out"), err: keep("err") };
  try {
    await runStream(
      { ...invocation, context, err: () => {} },
      { ...rest, verb: "exec", stdin: stdin !== null, tty: false },
    );
    return { out, err, code: 0 };
  } catch (thrown) {
    if (thrown instanceof SilentExit && !invocation.context.signal.aborted) return { out, err, code: thrown.exitCode };
    throw thrown;
  }
}

/** Gives the exit code of what ran. */
export async function runStream(invocation: Invocation, request: StreamRequest): Promise<number> {
  const { client, context } = invocation;
  const base = `/api/v1/namespaces/${request.namespace}/pods/${request.pod}/${request.verb}`;
  const path = withQuery(base, [
    ...request.command.map((word) => ["command", word] as const),
    ["container", request.container],
    ["stdin", request.stdin ? "true" : undefined],
    ["stdout", "true"],
    ["stderr", request.tty ? undefined : "true"],
    ["tty", request.tty ? "true" : undefined],
  ]);
  const stream = await client.open("GET", path);
  if (request.stdin) {
    if (context.stdin !== "") stream.send({ type: "channel", channel: 0, data: context.stdin });
    stream.send({ type: "channel", channel: 255, data: "\u0000" });
  }
  let ending: JsonObject = {};
  try {
    for await (const frame of stream.frames) {
      if (frame.type === "chunk") context.out.write(frame.data);
      else if (frame.type !== "channel") continue;
      else if (frame.channel === 1) context.out.write(frame.data);
      else if (frame.channel === 2) context.err.write(frame.data);
      else if (frame.channel === 3) ending = parseEnding(frame.data);
    }
  } finally {
    stream.close();
  }
  if (context.signal.aborted) throw new SilentExit(130);
  return exitCodeOf(ending, invocation);
}

function parseEnding(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return { status: "Failure", message: text };
  }
}

function exitCodeOf(ending: JsonObject, invocation: Invocation): number {
  if (ending.status !== "Failure") return 0;
  const cause = objectsOf(at(ending, "details", "causes")).find(({ reason }) => reason === "ExitCode");
  if (ending.reason === "NonZeroExitCode" && cause) {
    const code = Number(cause.message);
    invocation.err(`command terminated with exit code ${code}`);
    throw new SilentExit(code);
  }
  throw new CommandError(textOf(ending.message) || "the stream ended with an error");
}
