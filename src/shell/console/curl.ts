import { type ConnectionFailure, type HttpRequest, isFailure, type LocalListener, type Program } from "../doors.ts";

const TIMEOUT_MS = 130_000;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `curl URL`: from the laptop or from a machine into the cluster, such as to a node port. */
export const curl: Program = async (context) => {
  let url = "";
  let method = "GET";
  let silent = false;
  let include = false;
  let timeoutMs = TIMEOUT_MS;
  let head = false;
  let output = "";
  const headers: Record<string, string> = {};
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] as string;
    if (arg === "-X" || arg === "--request") method = context.args[++index] ?? "GET";
    else if (arg === "-H" || arg === "--header") addHeader(headers, context.args[++index] ?? "");
    else if (arg === "-m" || arg === "--max-time" || arg === "--connect-timeout")
      timeoutMs = Number(context.args[++index]) * 1000;
    else if (arg === "-o" || arg === "--output") output = context.args[++index] ?? "";
    else if (arg === "-I" || arg === "--head") head = true;
    else if (arg === "-i" || arg === "--include") include = true;
    else if (/^-[skfSL]+$/.test(arg)) silent ||= arg.includes("s");
    else if (arg === "--silent") silent = true;
    else if (arg === "--insecure" || arg === "--fail" || arg === "--location") continue;
    else if (arg.startsWith("-")) {
      context.err.write(
        `curl: option ${arg}: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n`,
      );
      return 2;
    } else url = arg;
  }
  if (url === "") {
    context.err.write("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  const target = parseUrl(url);
  if (target === null) {
    context.err.write("curl: (3) URL using bad/illegal format or missing URL\n");
    return 3;
  }
  const console = context.console(context.machine ?? "laptop");
  if (console === null) return 7;
  const listener =
    context.machine === null && isThisMachine(target.host) ? context.listeners?.get(target.port) : undefined;
  const body = {
    type: "http",
    method: head ? "HEAD" : method,
    path: target.path,
    headers: { host: target.host, "user-agent": "curl/8.5.0", accept: "*/*", ...headers },
    body: "",
  };
  const answer = listener
    ? await asked(listener, body, context.signal)
    : await console.request(`${target.host}:${target.port}`, body, { signal: context.signal, timeoutMs });
  if ("failure" in answer)
    return fail(answer, target, timeoutMs, (text) => (silent ? undefined : context.err.write(text)));
  const response = answer.body as Answer;
  let text = "";
  if (head || include) {
    text += `HTTP/1.1 ${response.status} ${response.status === 200 ? "OK" : ""}\r\n`;
    for (const [name, value] of Object.entries(response.headers ?? {})) text += `${name}: ${value}\r\n`;
    text += "\r\n";
  }
  if (!head) text += response.body ?? "";
  if (output === "") context.out.write(text);
  else if (output !== "/dev/null") await context.files.write(output, text);
  return 0;
};

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "[::1]";
}

/** Ports that programs of this shell listen on. */
async function asked(listener: LocalListener, request: HttpRequest, signal: AbortSignal) {
  const answer = await listener(request, { signal });
  return isFailure(answer) ? answer : { body: answer };
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function parseUrl(text: string): Target | null {
  const match = /^(?:(https?):\/\/)?(\[[0-9a-f:]+\]|[^/:?#]+)(?::(\d+))?(\/[^#]*)?$/.exec(text);
  if (match === null) return null;
  const [, scheme, host, port, path] = match;
  return {
    host: host as string,
    port: port === undefined ? (scheme === "https" ? 443 : 80) : Number(port),
    path: path ?? "/",
  };
}

function addHeader(headers: Record<string, string>, text: string): void {
  const colon = text.indexOf(":");
  if (colon > 0) headers[text.slice(0, colon).toLowerCase()] = text.slice(colon + 1).trim();
}

function fail(failure: ConnectionFailure, target: Target, timeoutMs: number, say: (text: string) => void): number {
  switch (failure.failure) {
    case "unreachable":
      say(`curl: (6) Could not resolve host: ${target.host}\n`);
      return 6;
    case "timedOut":
      say(
        `curl: (28) Failed to connect to ${target.host} port ${target.port} after ${timeoutMs} ms: Timeout was reached\n`,
      );
      return 28;
    case "tls":
      say(`curl: (60) SSL certificate problem: ${failure.text}\n`);
      return 60;
    case "reset":
      say("curl: (56) Recv failure: Connection reset by peer\n");
      return 56;
    case "aborted":
      return 130;
    default:
      say(`curl: (7) Failed to connect to ${target.host} port ${target.port} after 2 ms: Couldn't connect to server\n`);
      return 7;
  }
}
