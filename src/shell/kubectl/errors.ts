/** What goes wrong in a command, and the words for it on stderr. */
import type { Status } from "../../sim/api/object.ts";
import type { ConnectionFailure } from "../doors.ts";

/** A plain error: printed as `error: TEXT`. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(text: string, exitCode = 1) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** Wrong use: the text is followed by `See 'kubectl VERB -h' for help and examples`. */
export class UsageError extends Error {}

/** Ends the command with a code; whatever had to be said is said. */
export class SilentExit extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super("");
    this.exitCode = exitCode;
  }
}

/** The server said no. */
export class StatusError extends Error {
  readonly status: Status;
  constructor(status: Status) {
    super(status.message ?? "");
    this.status = status;
  }
}

/** No answer came. */
export class ConnectionError extends Error {
  readonly failure: ConnectionFailure;
  /** `10.0.0.5:6443` */
  readonly hostPort: string;
  constructor(failure: ConnectionFailure, hostPort: string) {
    super(failure.text);
    this.failure = failure;
    this.hostPort = hostPort;
  }
}

/** Several at once: each has its own line. */
export class ManyErrors extends Error {
  readonly errors: readonly Error[];
  constructor(errors: readonly Error[]) {
    super(
      errors.length === 1 ? errors[0]!.message : `[${[...new Set(errors.map((error) => error.message))].join(", ")}]`,
    );
    this.errors = errors;
  }
}

/** Throws what was collected, if anything. */
export function throwCollected(errors: readonly Error[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new ManyErrors(errors);
}

export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

export function isReason(error: unknown, reason: string): boolean {
  return error instanceof StatusError && error.status.reason === reason;
}

export function isNotFound(error: unknown): boolean {
  return isReason(error, "NotFound");
}

/** The same refusal, with where it came from: `error when creating "a.yaml": ...`. */
export function addSource(error: Error, verb: string, source: string): Error {
  if (source === "") return error;
  const text = `error when ${verb} ${JSON.stringify(source)}: ${error.message}`;
  if (error instanceof StatusError) return new StatusError({ ...error.status, message: text });
  if (error instanceof ConnectionError) return error;
  return new CommandError(text);
}

/** The same refusal as a plain error: `failed to create token: ...`. `asked`: `Post "https://..."`. */
export function addPrefix(error: Error, prefix: string, asked = ""): Error {
  if (error instanceof StatusError) return new CommandError(`${prefix}: ${error.message}`);
  if (error instanceof ConnectionError && asked !== "")
    return new CommandError(`${prefix}: ${asked}: ${error.failure.text}`);
  return error;
}

/** The lines for stderr, without the last line end. */
export function errorText(error: Error): string {
  if (error instanceof ManyErrors) {
    return error.errors.map((one) => standardMessage(one) ?? one.message).join("\n");
  }
  if (error instanceof StatusError && error.status.reason === "Invalid") return invalidMessage(error.status);
  const standard = standardMessage(error);
  if (standard !== null) return standard;
  return error.message.startsWith("error: ") ? error.message : `error: ${error.message}`;
}

/** The words for what a server or the way to it caused; null for other errors. */
export function standardMessage(error: Error): string | null {
  if (error instanceof ConnectionError) return connectionMessage(error);
  if (!(error instanceof StatusError)) return null;
  const { reason, message = "" } = error.status;
  if (reason === "Unauthorized") return `error: You must be logged in to the server (${message})`;
  return reason ? `Error from server (${reason}): ${message}` : `Error from server: ${message}`;
}

function connectionMessage({ failure, hostPort }: ConnectionError): string {
  if (failure.failure === "refused") {
    return `The connection to the server ${hostPort} was refused - did you specify the right host or port?`;
  }
  return `Unable to connect to the server: ${failure.text}`;
}

function invalidMessage(status: Status): string {
  const { details } = status;
  if (!details) return `The request is invalid: ${status.message ?? ""}`;
  const causes = details.causes ?? [];
  const unnamed = !details.kind && !details.name;
  if (unnamed && causes.length === 0) return `The request is invalid: ${status.message ?? ""}`;
  const subject = unnamed ? "The request is invalid" : `The ${details.kind ?? ""} "${details.name ?? ""}" is invalid`;
  if (causes.length === 0) return subject;
  const lines = [
    ...new Set(causes.map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : `${cause.message}`))),
  ];
  return lines.length === 1
    ? `${subject}: ${lines[0]}`
    : `${subject}: \n${lines.map((line) => `* ${line}`).join("\n")}`;
}
