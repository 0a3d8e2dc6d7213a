import { goDuration, parseGoDuration } from "../../sim/api/duration.ts";
import { formatTime } from "../../sim/api/time.ts";
import { type ConsoleDoor, isFailure, type ProgramContext } from "../doors.ts";
import type { Answer } from "./answers.ts";
import type { FlagValues } from "./flags.ts";

/** A command has failed: what is printed after `Error: `, and the exit status. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const BAD_ARGUMENTS = 128;
export const INTERRUPTED = 5;

export interface Client {
  readonly context: ProgramContext;
  readonly door: ConsoleDoor;
  readonly endpoints: readonly string[];
  readonly timeoutMs: number;
  readonly certificate: string | undefined;
  readonly secure: boolean;
  readonly format: string;
  readonly hex: boolean;
}

export async function createClient(context: ProgramContext, door: ConsoleDoor, flags: FlagValues): Promise<Client> {
  // Private keys are not files of their own in every world: a certificate stands for its key.
  for (const name of ["cacert", "cert"]) {
    const path = flags[name];
    if (path && (await door.readFile(path)) === null) throw new CommandError(`open ${path}: no such file or directory`);
  }
  if (Boolean(flags.cert) !== Boolean(flags.key)) {
    throw new CommandError(
      `KeyFile and CertFile must both be present[key: ${flags.key ?? ""}, cert: ${flags.cert ?? ""}]`,
    );
  }
  const format = flags["write-out"] ?? "simple";
  if (!["simple", "json", "fields", "table"].includes(format))
    throw new CommandError(`unsupported output format ${format}`, 4);
  const timeoutUs = parseGoDuration(flags["command-timeout"] ?? "5s");
  if (timeoutUs === null) {
    throw new CommandError(
      `invalid argument "${flags["command-timeout"]}" for "--command-timeout" flag: time: invalid duration "${flags["command-timeout"]}"`,
    );
  }
  return {
    context,
    door,
    endpoints: (flags.endpoints ?? "").split(","),
    timeoutMs: Math.round(timeoutUs / 1000),
    certificate: flags.cert || undefined,
    secure: Boolean(flags.cacert || flags.cert),
    format,
    hex: flags.hex === "true",
  };
}

/** Why a member could not be asked, in gRPC's words. */
class CallError extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/** Asks the first endpoint that can be reached. Fails with the text that etcdctl prints. */
export async function call(client: Client, body: object): Promise<Answer> {
  let last: CallError | null = null;
  for (const endpoint of client.endpoints) {
    const answer = await attempt(client, endpoint, body, client.endpoints.length > 1);
    if (!(answer instanceof CallError)) return answer;
    last = answer;
    if (answer.code !== "DeadlineExceeded") break;
  }
  throw await failed(client, client.endpoints[0] as string, last as CallError);
}

/** Asks one endpoint and no other. */
export async function callEndpoint(client: Client, endpoint: string, body: object): Promise<Answer> {
  const answer = await attempt(client, endpoint, body, false);
  if (answer instanceof CallError) throw await failed(client, endpoint, answer);
  return answer;
}

async function attempt(
  client: Client,
  endpoint: string,
  body: object,
  hasOthers: boolean,
): Promise<Answer | CallError> {
  const address = addressOf(endpoint);
  const isPlain = endpoint.startsWith("http://") || (!endpoint.startsWith("https://") && !client.secure);
  const { signal, session } = client.context;
  const startedUs = await session.wallUs();
  const answer = await client.door.request(address, body, {
    signal,
    timeoutMs: client.timeoutMs,
    ...(client.certificate === undefined || isPlain ? {} : { certificate: client.certificate }),
  });
  if (isFailure(answer)) {
    // The real client dials again and again until its time is up.
    const leftMs = client.timeoutMs - Math.round(((await session.wallUs()) - startedUs) / 1000);
    if (answer.failure !== "aborted" && !hasOthers && leftMs > 0) await session.sleep(leftMs, signal);
    return new CallError("DeadlineExceeded", reasonOf(answer.failure, answer.text, isPlain));
  }
  const response = answer.body as Answer & { readonly code?: string; readonly text?: string };
  return response.op === "error" ? new CallError(response.code ?? "Unknown", response.text ?? "") : response;
}

function reasonOf(failure: string, text: string, isPlain: boolean): string {
  if (failure === "timedOut" || failure === "aborted") return "context deadline exceeded";
  const why =
    failure === "tls" && isPlain ? "error reading server preface: EOF" : `transport: Error while dialing: ${text}`;
  return `latest balancer error: last connection error: connection error: desc = "${why}"`;
}

async function failed(client: Client, endpoint: string, error: CallError): Promise<CommandError> {
  const line = {
    level: "warn",
    ts: await stamp(client),
    logger: "etcd-client",
    caller: "v3@v3.5.21/retry_interceptor.go:63",
    msg: "retrying of unary invoker failed",
    target: `etcd-endpoints://0xc00021e000/${addressOf(endpoint)}`,
    attempt: 0,
    error: `rpc error: code = ${error.code} desc = ${error.message}`,
  };
  client.context.err.write(`${JSON.stringify(line)}\n`);
  return new CommandError(error.code === "DeadlineExceeded" ? "context deadline exceeded" : error.message);
}

async function stamp({ context }: Client): Promise<string> {
  const wallUs = await context.session.wallUs();
  const milliseconds = String(Math.floor(wallUs / 1000) % 1000).padStart(3, "0");
  return `${formatTime(wallUs).slice(0, -1)}.${milliseconds}Z`;
}

export function addressOf(endpoint: string): string {
  return endpoint.replace(/^[a-z]+:\/\//, "").replace(/\/.*$/, "");
}

/** Runs `work` and says how long it took, in virtual time. */
export async function timed<T>({ context }: Client, work: () => Promise<T>): Promise<{ result: T; took: string }> {
  const startedUs = await context.session.wallUs();
  const result = await work();
  return { result, took: goDuration((await context.session.wallUs()) - startedUs) };
}

export function line(client: Client, text: string): void {
  client.context.out.write(`${text}\n`);
}
