import { parseGoDuration } from "../../../api/duration.ts";
import type { EtcdRequest, EtcdResponse, ResponseHeader } from "../messages.ts";
import { CommandError, formatOf } from "../programs/command.ts";
import { now, readFile, request, type Steps, sleep } from "../programs/effects.ts";
import type { FlagValues } from "../programs/flags.ts";
import { stamp } from "../programs/log.ts";
import type { Invocation } from "../programs/program.ts";
import type { Sheet } from "./print-kv.ts";

export interface Client {
  readonly invocation: Invocation;
  readonly endpoints: readonly string[];
  readonly timeoutUs: number;
  /** Whether the person set it. */
  readonly hasTimeout: boolean;
  readonly certificate: string | undefined;
  readonly secure: boolean;
  /** What it prints on. */
  readonly sheet: Sheet;
}

export function* createClient(invocation: Invocation, flags: FlagValues): Steps<Client> {
  // Private keys are not files of their own in every world: a certificate stands for its key.
  for (const name of ["cacert", "cert"]) {
    const path = flags[name];
    if (path && (yield* readFile(path)) === undefined)
      throw new CommandError(`open ${path}: no such file or directory`);
  }
  if (Boolean(flags.cert) !== Boolean(flags.key)) {
    throw new CommandError(
      `KeyFile and CertFile must both be present[key: ${flags.key ?? ""}, cert: ${flags.cert ?? ""}]`,
    );
  }
  const format = formatOf(flags);
  const timeoutUs = parseGoDuration(flags["command-timeout"] ?? "5s") as number;
  return {
    invocation,
    endpoints: (flags.endpoints ?? "").split(",").map((each) => each.trim()),
    timeoutUs,
    hasTimeout: flags["command-timeout"] !== "5s",
    certificate: flags.cert || undefined,
    secure: Boolean(flags.cacert || flags.cert),
    sheet: { terminal: invocation.terminal, format, hex: flags.hex === "true" },
  };
}

/** What a request gets when all is well. */
export type AnswerTo<Op, Response = EtcdResponse> = Response extends {
  readonly op: infer Given;
  readonly header: ResponseHeader;
}
  ? Op extends Given
    ? Response
    : never
  : never;

/** Why a member could not be asked, in gRPC's words. */
class CallError extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/** Asks the first endpoint that can be reached. Fails with the text that etcdctl prints. */
export function* call<Op extends EtcdRequest["op"]>(
  client: Client,
  body: EtcdRequest & { readonly op: Op },
): Steps<AnswerTo<Op>> {
  let last: CallError | null = null;
  for (const endpoint of client.endpoints) {
    const answer = yield* attempt(client, endpoint, body, client.endpoints.length > 1);
    if (!(answer instanceof CallError)) return answer as AnswerTo<Op>;
    last = answer;
    if (answer.code !== "DeadlineExceeded") break;
  }
  throw yield* failed(client, client.endpoints[0] as string, last as CallError);
}

/** Asks one endpoint and no other. */
export function* callEndpoint<Op extends EtcdRequest["op"]>(
  client: Client,
  endpoint: string,
  body: EtcdRequest & { readonly op: Op },
): Steps<AnswerTo<Op>> {
  const answer = yield* attempt(client, endpoint, body, false);
  if (answer instanceof CallError) throw yield* failed(client, endpoint, answer);
  return answer as AnswerTo<Op>;
}

function* attempt(
  client: Client,
  endpoint: string,
  body: EtcdRequest,
  hasOthers: boolean,
): Steps<EtcdResponse | CallError> {
  const address = addressOf(endpoint);
  const isPlain = endpoint.startsWith("http://") || (!endpoint.startsWith("https://") && !client.secure);
  const startedUs = yield* now();
  const certificate = isPlain ? undefined : client.certificate;
  const reply = yield* request(address, Object.freeze(body), client.timeoutUs, certificate);
  if (!reply.ok) {
    // The real client dials again and again until its time is up.
    const leftUs = client.timeoutUs - ((yield* now()) - startedUs);
    if (!hasOthers && leftUs > 0) yield* sleep(leftUs);
    return new CallError("DeadlineExceeded", reasonOf(reply.error.kind, reply.error.text, isPlain));
  }
  const response = reply.body as EtcdResponse;
  return response.op === "error" ? new CallError(response.code, response.text) : response;
}

function reasonOf(failure: string, text: string, isPlain: boolean): string {
  if (failure === "timedOut") return "context deadline exceeded";
  const why =
    failure === "tls" && isPlain ? "error reading server preface: EOF" : `transport: Error while dialing: ${text}`;
  return `latest balancer error: last connection error: connection error: desc = "${why}"`;
}

function* failed(client: Client, endpoint: string, error: CallError): Steps<CommandError> {
  const line = {
    level: "warn",
    ts: yield* stamp(),
    logger: "etcd-client",
    caller: "v3@v3.5.21/retry_interceptor.go:63",
    msg: "retrying of unary invoker failed",
    target: `etcd-endpoints://0xc00021e000/${addressOf(endpoint)}`,
    attempt: 0,
    error: `rpc error: code = ${error.code} desc = ${error.message}`,
  };
  client.invocation.terminal.err(`${JSON.stringify(line)}\n`);
  return new CommandError(error.code === "DeadlineExceeded" ? "context deadline exceeded" : error.message);
}

export function addressOf(endpoint: string): string {
  return endpoint.replace(/^[a-z]+:\/\//, "").replace(/\/.*$/, "");
}
