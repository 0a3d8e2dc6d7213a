import { byteLength } from "../../../../api/byte-text.ts";
import { CERTIFICATE_HEADER } from "../../../../api/certificates/header.ts";
import { parseGoDuration } from "../../../../api/duration.ts";
import type { Context, KernelMessage, NetworkError, StreamId } from "../../../../kernel/types.ts";
import type { HttpRequest, HttpResponse } from "../../../kube-apiserver/messages.ts";
import { resolvePath } from "../files.ts";
import { TCP, type TcpFrame } from "../tcp.ts";
import { write } from "./commands.ts";
import { type Done, done, failed } from "./done.ts";
import type { ShellState } from "./state.ts";

/** wget, curl, nslookup, nc and ping: a question to the network, then what the program prints. Plain data. */
export interface NetworkJob {
  readonly tool: "wget" | "curl" | "nslookup" | "nc" | "ping" | "dig" | "getent" | "connect" | "redis-cli";
  readonly argv: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly path: string;
  readonly timeoutUs: number;
  readonly startedAtUs: number;
  /** Names still to be asked for. */
  readonly candidates: readonly string[];
  readonly stage: "dns" | "connect";
  readonly tries: number;
  readonly ip: string;
  /** Pings: sent and answered so far, and what was printed. */
  readonly sent: number;
  readonly received: number;
  readonly out: string;
  /** Of what is asked of DNS. */
  readonly qtype: string;
  /** What nc sends, and the connection that it has. */
  readonly stdin: string;
  readonly stream: StreamId | null;
}

/** What a DNS client asks and hears: a request to `<nameserver>:53`. */
export interface DnsQuestion {
  readonly type: "dns";
  readonly name: string;
  readonly qtype: string;
}

interface DnsAnswer {
  readonly rcode?: string;
  readonly answers?: readonly {
    readonly name?: string;
    readonly ttl?: number;
    readonly type?: string;
    readonly data?: string;
    readonly address?: string;
    readonly ip?: string;
  }[];
}

export type NetworkStep = { readonly job: NetworkJob } | { readonly done: Done };

const DNS_TIMEOUT_US = 5_000_000;
const CONNECT_TIMEOUT_US = 127_000_000;
const IP = /^\d+\.\d+\.\d+\.\d+$/;

export function isNetworkTool(name: string): name is NetworkJob["tool"] {
  return ["wget", "curl", "nslookup", "nc", "ping", "dig", "getent", "redis-cli"].includes(name);
}

/** Begins: what is wrong with the command line is said at once. */
export function startNetwork(
  state: ShellState,
  context: Context,
  given: readonly string[],
  tag: unknown,
  stdin: string,
): NetworkStep {
  const argv = given.flatMap((one) => separated(given[0] ?? "", one));
  const tool = argv[0] as NetworkJob["tool"];
  const target = targetOf(argv);
  if ("status" in target) return { done: target };
  const { dns } = state.args.container;
  const known = IP.test(target.host) ? target.host : inHostsFile(state, target.host);
  if (tool === "getent" && known !== "") return { done: done(`${known.padEnd(15)} ${target.host}\n`) };
  const job: NetworkJob = {
    tool,
    argv,
    ...target,
    startedAtUs: context.nowUs,
    candidates: candidatesFor(tool, argv, target, dns),
    stage: known === "" || tool === "nslookup" || tool === "dig" ? "dns" : "connect",
    tries: 0,
    ip: known,
    sent: 0,
    received: 0,
    out: "",
    qtype: qtypeOf(tool, argv),
    stdin: tool === "redis-cli" ? redisCommands(argv, stdin) : stdin,
    stream: null,
  };
  return send(state, context, job, tag);
}

/** Letters of flags that take the next argument. */
const LETTERS_WITH_VALUE: Readonly<Record<string, string>> = { wget: "OTU", curl: "oXHdwuAm" };

/** `-qO FILE` is `-q -O FILE`. */
function separated(tool: string, flag: string): readonly string[] {
  const last = flag.at(-1) ?? "";
  if (!/^-[a-zA-Z]{2,}$/.test(flag) || LETTERS_WITH_VALUE[tool]?.includes(last) !== true) return [flag];
  const before = flag.slice(1, -1);
  return [...before].some((letter) => LETTERS_WITH_VALUE[tool]?.includes(letter)) ? [flag] : [`-${before}`, `-${last}`];
}

const TYPES = new Set(["A", "AAAA", "CNAME", "SRV", "PTR", "TXT", "SOA", "NS", "MX", "ANY"]);

function qtypeOf(tool: NetworkJob["tool"], argv: readonly string[]): string {
  if (tool === "dig") {
    if (argv.includes("-x")) return "PTR";
    const at = argv.indexOf("-t");
    const given = (at > 0 ? argv[at + 1] : argv.slice(1).findLast((one) => TYPES.has(one.toUpperCase()))) ?? "A";
    return given.toUpperCase();
  }
  const given = /^-(?:query)?type=(\w+)$/i.exec(argv.find((one) => /^-(query)?type=/i.test(one)) ?? "")?.[1];
  if (tool === "nslookup" && given !== undefined) return given.toUpperCase();
  return tool === "nslookup" && IP.test(argv[1] ?? "") ? "PTR" : "A";
}

/** `10.96.0.10` -> `10.0.96.10.in-addr.arpa.` */
function reverseName(ip: string): string {
  return `${ip.split(".").reverse().join(".")}.in-addr.arpa.`;
}

function candidatesFor(
  tool: NetworkJob["tool"],
  argv: readonly string[],
  { host }: Pick<NetworkJob, "host">,
  { searches, ndots }: { readonly searches: readonly string[]; readonly ndots: number },
): string[] {
  if (IP.test(host)) return [reverseName(host)];
  // dig takes names as they are, unless it is told to search.
  if (tool === "dig" && !argv.includes("+search")) return [host.endsWith(".") ? host : `${host}.`];
  return candidatesOf(host, searches, ndots);
}

/** What `/etc/hosts` says of a name; "" if nothing. */
function inHostsFile({ args }: ShellState, host: string): string {
  const { hostname, fqdn, hostAliases = [] } = args.container;
  if (host === "localhost") return "127.0.0.1";
  if (host === hostname || host === fqdn) return args.podIp;
  return hostAliases.find(({ hostnames = [] }) => hostnames.includes(host))?.ip ?? "";
}

/** As a resolver walks the search list: short names with the search domains first. */
export function candidatesOf(host: string, searches: readonly string[], ndots: number): string[] {
  if (host.endsWith(".")) return [host];
  const dots = host.split(".").length - 1;
  const searched = searches.map((domain) => `${host}.${domain}.`);
  return dots >= ndots ? [`${host}.`, ...searched] : [...searched, `${host}.`];
}

type Target = Pick<NetworkJob, "host" | "port" | "secure" | "path" | "timeoutUs">;

function targetOf(argv: readonly string[]): Target | Done {
  const tool = argv[0] ?? "";
  const words: string[] = [];
  let seconds = 0;
  for (let i = 1; i < argv.length; i++) {
    const one = argv[i] as string;
    if (tool === "wget" || tool === "nc" || tool === "curl" || tool === "ping") {
      const timeout = /^(?:-T|-w|-m|-W|--timeout|--max-time|--connect-timeout)(?:=?(\d+))?$/.exec(one);
      if (timeout !== null) {
        seconds = Number(timeout[1] ?? argv[++i]);
        continue;
      }
    }
    if (TAKES_VALUE[tool]?.includes(one)) i += 1;
    else if ((!one.startsWith("-") || one === "-") && !one.startsWith("+")) words.push(one);
  }
  const timeoutUs = seconds > 0 ? seconds * 1_000_000 : CONNECT_TIMEOUT_US;
  const [first = "", second = ""] = words;
  if (tool === "connect") return connectTarget(argv);
  if (tool === "redis-cli") {
    const port = Number(valueOfFlag(argv, "-p") ?? "6379");
    return { host: valueOfFlag(argv, "-h") ?? "127.0.0.1", port, secure: false, path: "", timeoutUs };
  }
  if (tool === "getent" && words.shift() !== "hosts" && first !== "ahosts") return failed("Unknown database\n", 1);
  if (tool === "nslookup" || tool === "ping" || tool === "dig" || tool === "getent") {
    const names = words.filter((word) => !word.startsWith("@"));
    const host = names.find((word) => tool !== "dig" || !TYPES.has(word.toUpperCase())) ?? "";
    if (host === "") return failed(`${tool}: missing operand\n`);
    return {
      host,
      port: 1,
      secure: false,
      path: "",
      timeoutUs: tool === "ping" && seconds === 0 ? 1_000_000 : timeoutUs,
    };
  }
  if (tool === "nc") {
    if (first === "" || second === "") return failed("BusyBox v1.36.1 multi-call binary.\n\nUsage: nc [IPADDR PORT]\n");
    return { host: first, port: Number(second), secure: false, path: "", timeoutUs };
  }
  if (first === "")
    return tool === "curl"
      ? failed("curl: try 'curl --help' or 'curl --manual' for more information\n", 2)
      : failed("wget: missing URL\n");
  const match = /^(?:(https?):\/\/)?(?:[^@/]*@)?([^/:?]+)(?::(\d+))?(\/.*|\?.*)?$/.exec(first);
  if (match === null)
    return tool === "curl"
      ? failed("curl: (3) URL rejected: Malformed input to a URL function\n", 3)
      : failed(`wget: bad address '${first}'\n`);
  const secure = match[1] === "https";
  return {
    host: match[2] ?? "",
    port: match[3] === undefined ? (secure ? 443 : 80) : Number(match[3]),
    secure,
    path: match[4] ?? "/",
    timeoutUs,
  };
}

/** `agnhost connect --timeout=3s HOST:PORT`. */
function connectTarget(argv: readonly string[]): Target | Done {
  const address = argv.slice(1).find((one) => !one.startsWith("-")) ?? "";
  const timeout = argv.find((one) => one.startsWith("--timeout="))?.slice("--timeout=".length) ?? "";
  const [, host = "", port = ""] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(address) ?? [];
  if (host === "") return failed(`UNKNOWN: address ${address}: missing port in address\n`);
  const timeoutUs = parseGoDuration(timeout) ?? CONNECT_TIMEOUT_US;
  return { host, port: Number(port), secure: false, path: "", timeoutUs };
}

const TAKES_VALUE: Readonly<Record<string, readonly string[]>> = {
  wget: ["-O", "--header", "--post-data", "-U"],
  curl: [
    "-o",
    "--output",
    "-X",
    "--request",
    "-H",
    "--header",
    "-d",
    "--data",
    "-w",
    "--write-out",
    "-u",
    "--cacert",
    "--cert",
    "--key",
    "-A",
    "--retry",
    "--interface",
  ],
  nslookup: ["-type", "-port"],
  ping: ["-c", "-i", "-s"],
  nc: ["-p", "-s", "-i", "-q"],
  dig: ["-p", "-t"],
  "redis-cli": ["-h", "-p", "-a", "-n"],
};

function valueOfFlag(argv: readonly string[], ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const index = argv.indexOf(name);
    if (index >= 0) return argv[index + 1];
    const joined = argv.find((one) =>
      name.startsWith("--")
        ? one.startsWith(`${name}=`)
        : one.startsWith(name) && one.length > name.length && !one.startsWith("--"),
    );
    if (joined !== undefined) return joined.slice(name.length + (name.startsWith("--") ? 1 : 0));
  }
  return undefined;
}

function nameserver(state: ShellState): string {
  return state.args.container.dns.nameservers[0] ?? "10.96.0.10";
}

function send(state: ShellState, context: Context, job: NetworkJob, tag: unknown): NetworkStep {
  if (job.stage === "dns") {
    const body: DnsQuestion = { type: "dns", name: job.candidates[0] ?? job.host, qtype: job.qtype };
    const at = job.argv.find((one) => one.startsWith("@"))?.slice(1);
    context.request({
      to: `${at ?? nameserver(state)}:53`,
      body,
      timeoutUs: DNS_TIMEOUT_US,
      protocol: "UDP",
      tag,
      label: `DNS ${body.qtype} ${body.name}`,
    });
    return { job };
  }
  const to = `${job.ip}:${job.port}`;
  if (job.tool === "nc" && hasLetter(job.argv, "u")) {
    const body = { type: "udp", data: job.stdin };
    context.request({ to, body, timeoutUs: job.timeoutUs, protocol: "UDP", tag, label: "nc -u" });
    return { job };
  }
  if (job.tool === "redis-cli" || (job.tool === "nc" && !hasLetter(job.argv, "z") && job.stdin !== "")) {
    const stream = context.openStream({ to, body: TCP, timeoutUs: job.timeoutUs, tag, label: "nc" });
    return { job: { ...job, stream } };
  }
  if (job.tool === "nc" || job.tool === "ping" || job.tool === "connect") {
    context.request({ to, body: { type: "tcp" }, timeoutUs: job.timeoutUs, tag, label: job.tool });
    return { job: { ...job, sent: job.sent + 1 } };
  }
  const isCurl = job.tool === "curl";
  const headers: Record<string, string> = {
    host: hostHeader(job),
    "user-agent": isCurl ? "curl/8.14.1" : "Wget",
    ...(isCurl ? { accept: "*/*" } : {}),
  };
  const method =
    valueOfFlag(job.argv, "-X", "--request") ??
    (job.argv.includes("-I") || job.argv.includes("--head")
      ? "HEAD"
      : valueOfFlag(job.argv, "-d", "--data", "--post-data") === undefined
        ? "GET"
        : "POST");
  for (const [index, one] of job.argv.entries()) {
    const header = one === "-H" || one === "--header" ? (job.argv[index + 1] ?? "") : "";
    const colon = header.indexOf(":");
    const name = header.slice(0, Math.max(colon, 0)).toLowerCase();
    if (name !== "" && name !== CERTIFICATE_HEADER) headers[name] = header.slice(colon + 1).trim();
  }
  const body: HttpRequest = {
    type: "http",
    method,
    path: job.path.startsWith("?") ? `/${job.path}` : job.path,
    headers,
    body: valueOfFlag(job.argv, "-d", "--data", "--post-data") ?? "",
  };
  context.request({ to, body, timeoutUs: job.timeoutUs, tag, label: `${method} ${job.path}` });
  return { job };
}

/** `-v`, also among others as in `-zv`. */
function hasLetter(argv: readonly string[], letter: string): boolean {
  return argv.some((one) => /^-[a-z]+$/.test(one) && one.includes(letter));
}

function hostHeader(job: NetworkJob): string {
  return job.port === (job.secure ? 443 : 80) ? job.host : `${job.host}:${job.port}`;
}

/** An answer or failure came. */
export function continueNetwork(
  state: ShellState,
  context: Context,
  job: NetworkJob,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  tag: unknown,
): NetworkStep {
  if (job.stage === "dns") return dnsAnswered(state, context, job, message, tag);
  if (job.tool === "ping") return pinged(state, context, job, message, tag);
  if (message.type === "requestFailed") return { done: connectFailed(job, message.error, context) };
  if (job.tool === "connect") return { done: done("") };
  if (job.tool === "nc") {
    const { data = "" } = message.body as { readonly data?: string };
    return { done: done(data, 0, openLine(job)) };
  }
  return { done: httpAnswered(state, context, job, message.body as HttpResponse) };
}

function openLine({ argv, host, ip, port }: NetworkJob): string {
  return hasLetter(argv, "v") ? `${host} (${ip}:${port}) open\n` : "";
}

/** nc's connection: the other end takes it, says something, or is gone. */
export function continueConnection(
  job: NetworkJob,
  context: Context,
  message: Extract<KernelMessage, { type: "streamFrame" | "streamClosed" }>,
): NetworkStep {
  if (message.type === "streamClosed") {
    if (message.error !== null && job.received === 0) return { done: connectFailed(job, message.error, context) };
    if (job.tool === "redis-cli") return { done: done(redisReplies(job.out)) };
    return { done: done(job.out, 0, openLine(job)) };
  }
  const frame = message.frame as TcpFrame;
  if (frame.tcp === "accepted") {
    const data: TcpFrame = { tcp: "data", data: job.stdin };
    context.sendFrame(message.id, data);
    return { job: { ...job, received: 1 } };
  }
  return { job: { ...job, received: job.received + 1, out: `${job.out}${frame.tcp === "data" ? frame.data : ""}` } };
}

/** The command of the line, or those of the standard input, a line each. */
function redisCommands(argv: readonly string[], stdin: string): string {
  const words: string[] = [];
  for (let index = 1; index < argv.length; index += 1) {
    const word = argv[index] as string;
    if (words.length === 0 && word.startsWith("-")) index += TAKES_VALUE["redis-cli"]?.includes(word) ? 1 : 0;
    else words.push(word);
  }
  const array = words.map((word) => `$${byteLength(word)}\r\n${word}\r\n`).join("");
  return `${words.length === 0 ? stdin : `*${words.length}\r\n${array}`}QUIT\r\n`;
}

/** What redis said, as redis-cli prints it where there is no terminal; the last one is its goodbye. */
function redisReplies(text: string): string {
  const lines = text.split("\r\n");
  const replies: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as string;
    if (line.startsWith("+") || line.startsWith(":")) replies.push(line.slice(1));
    else if (line.startsWith("-")) replies.push(`(error) ${line.slice(1)}`);
    else if (line === "$-1") replies.push("");
    else if (line.startsWith("$")) replies.push(lines[++index] ?? "");
  }
  return replies
    .slice(0, -1)
    .map((reply) => `${reply}\n`)
    .join("");
}

function dnsAnswered(
  state: ShellState,
  context: Context,
  job: NetworkJob,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  tag: unknown,
): NetworkStep {
  if (message.type === "requestFailed") {
    if (message.error.kind === "timedOut" && job.tries < 1)
      return send(state, context, { ...job, tries: job.tries + 1 }, tag);
    return { done: resolveFailed(job, state, message.error) };
  }
  const answer = message.body as DnsAnswer;
  const addresses = (answer.answers ?? []).flatMap((one) =>
    one.type === undefined || one.type === "A" ? (one.data ?? one.address ?? one.ip ?? []) : [],
  );
  if ((job.tool === "dig" || (job.tool === "nslookup" && job.qtype !== "A")) && (answer.answers ?? []).length > 0)
    return { done: recordsOf(job, state, answer) };
  const [ip] = addresses;
  if (ip === undefined) {
    const rest = job.candidates.slice(1);
    if (rest.length > 0 && answer.rcode !== "SERVFAIL")
      return send(state, context, { ...job, candidates: rest, tries: 0 }, tag);
    return { done: resolveFailed(job, state, null) };
  }
  if (job.tool === "getent") {
    const name = (job.candidates[0] ?? job.host).replace(/\.$/, "");
    return { done: done(addresses.map((address) => `${address.padEnd(15)} ${name}\n`).join("")) };
  }
  if (job.tool === "nslookup") return { done: looked(job, state, addresses) };
  return send(state, context, { ...job, stage: "connect", ip }, tag);
}

function looked(job: NetworkJob, state: ShellState, addresses: readonly string[]): Done {
  const name = (job.candidates[0] ?? job.host).replace(/\.$/, "");
  return done(`${serverLines(state)}${addresses.map((ip) => `Name:\t${name}\nAddress: ${ip}\n`).join("")}\n`);
}

/** What dig prints of an answer, and nslookup of what is no address. */
function recordsOf(job: NetworkJob, state: ShellState, { answers = [] }: DnsAnswer): Done {
  const text = (data = "", type = ""): string => (type === "TXT" && !data.startsWith('"') ? `"${data}"` : data);
  if (job.tool === "dig") {
    if (job.argv.includes("+short")) return done(answers.map(({ data, type }) => `${text(data, type)}\n`).join(""));
    return done(
      answers.map(({ name, ttl = 30, type, data }) => `${name}\t${ttl}\tIN\t${type}\t${text(data, type)}\n`).join(""),
    );
  }
  const said: Readonly<Record<string, string>> = { CNAME: "canonical name", PTR: "name", SRV: "service", TXT: "text" };
  const lines = answers.map(
    ({ name = "", type = "", data }) => `${name.replace(/\.$/, "")}\t${said[type] ?? type} = ${text(data, type)}\n`,
  );
  return done(`${serverLines(state)}${lines.join("")}\n`);
}

function serverLines(state: ShellState): string {
  return `Server:\t\t${nameserver(state)}\nAddress:\t${nameserver(state)}:53\n\n`;
}

function resolveFailed(job: NetworkJob, state: ShellState, error: NetworkError | null): Done {
  switch (job.tool) {
    case "curl":
      return failed(silent(job.argv) ? "" : `curl: (6) Could not resolve host: ${job.host}\n`, 6);
    case "wget":
      return failed(`wget: bad address '${job.host}${job.port === 80 ? "" : `:${job.port}`}'\n`);
    case "nslookup":
      if (error === null)
        return { status: 1, out: `${serverLines(state)}** server can't find ${job.host}: NXDOMAIN\n\n`, err: "" };
      return { status: 1, out: ";; connection timed out; no servers could be reached\n\n", err: "" };
    case "dig":
      return error === null
        ? done("")
        : { status: 9, out: ";; connection timed out; no servers could be reached\n", err: "" };
    case "ping":
      return failed(`ping: bad address '${job.host}'\n`);
    case "nc":
      return failed(`nc: bad address '${job.host}'\n`);
    case "redis-cli":
      return failed(`Could not connect to Redis at ${job.host}:${job.port}: Name or service not known\n`);
    case "getent":
      return failed("", 2);
    case "connect":
      return failed(`DNS: lookup ${job.host} on ${nameserver(state)}:53: no such host\n`);
  }
}

function silent(argv: readonly string[]): boolean {
  const flags = argv.filter((one) => /^-[a-zA-Z]+$/.test(one)).join("");
  return (flags.includes("s") || argv.includes("--silent")) && !flags.includes("S") && !argv.includes("--show-error");
}

const REASONS: Readonly<Record<NetworkError["kind"], string>> = {
  refused: "Connection refused",
  reset: "Connection reset by peer",
  timedOut: "Connection timed out",
  tls: "Connection reset by peer",
  unreachable: "No route to host",
};

function connectFailed(job: NetworkJob, error: NetworkError, context: Context): Done {
  const tookMs = Math.max(1, Math.round((context.nowUs - job.startedAtUs) / 1000));
  const limited = job.timeoutUs !== CONNECT_TIMEOUT_US;
  if (job.tool === "curl") {
    const [code, text] = curlError(job, error, tookMs, limited);
    return failed(silent(job.argv) ? "" : `${meter(job.argv, 0)}curl: (${code}) ${text}\n`, code);
  }
  if (job.tool === "wget") {
    const connecting = job.argv.some((one) => /^-[a-zA-Z]*q/.test(one))
      ? ""
      : `Connecting to ${hostHeader(job)} (${job.ip}:${job.port})\n`;
    if (error.kind === "timedOut" && limited) return failed(`${connecting}wget: download timed out\n`);
    if (error.kind === "reset") return failed(`${connecting}wget: error getting response: Connection reset by peer\n`);
    return failed(`${connecting}wget: can't connect to remote host (${job.ip}): ${REASONS[error.kind]}\n`);
  }
  if (job.tool === "redis-cli")
    return failed(`Could not connect to Redis at ${job.host}:${job.port}: ${REASONS[error.kind]}\n`);
  if (job.tool === "connect") return failed(`${CONNECT_WORDS[error.kind] ?? "OTHER"}: ${error.text}\n`);
  if (error.kind === "timedOut" && limited) return failed("nc: timed out\n");
  return failed(`nc: ${job.host} (${job.ip}:${job.port}): ${REASONS[error.kind]}\n`);
}

/** How `agnhost connect` begins its complaint. */
const CONNECT_WORDS: Readonly<Partial<Record<NetworkError["kind"], string>>> = {
  refused: "REFUSED",
  timedOut: "TIMEOUT",
};

function curlError(job: NetworkJob, error: NetworkError, tookMs: number, limited: boolean): [number, string] {
  const { host, port } = job;
  switch (error.kind) {
    case "refused":
    case "unreachable":
      return [7, `Failed to connect to ${host} port ${port} after ${tookMs} ms: Couldn't connect to server`];
    case "timedOut":
      if (!limited)
        return [28, `Failed to connect to ${host} port ${port} after ${tookMs} ms: Couldn't connect to server`];
      return [28, `Connection timed out after ${tookMs} milliseconds`];
    case "tls":
      return [60, "SSL certificate problem: certificate has expired"];
    case "reset":
      return [56, "Recv failure: Connection reset by peer"];
  }
}

/** curl shows its progress table whenever the output is not a terminal, as in `kubectl exec` without `-t`. */
function meter(argv: readonly string[], sizeBytes: number): string {
  const flags = argv.filter((one) => /^-[a-zA-Z]+$/.test(one)).join("");
  if (flags.includes("s") || argv.includes("--silent") || valueOfFlag(argv, "-o", "--output") === undefined) return "";
  const size = String(sizeBytes).padStart(5);
  return `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n100 ${size}  100 ${size}    0     0  ${size}      0 --:--:-- --:--:-- --:--:-- ${size}\n`;
}

const TEXTS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

function httpAnswered(state: ShellState, context: Context, job: NetworkJob, response: HttpResponse): Done {
  const { argv } = job;
  const { status } = response;
  if (response.type !== "http")
    return job.tool === "curl"
      ? failed(silent(argv) ? "" : "curl: (52) Empty reply from server\n", 52)
      : failed("wget: error getting response\n");
  const reason = `${status} ${TEXTS[status] ?? ""}`.trim();
  if (job.tool === "wget") return wgetDone(state, context, job, response, reason);
  const flags = argv.filter((one) => /^-[a-zA-Z]+$/.test(one)).join("");
  if ((flags.includes("f") || argv.includes("--fail")) && status >= 400)
    return failed(silent(argv) ? "" : `curl: (22) The requested URL returned error: ${status}\n`, 22);
  const head = `HTTP/1.1 ${reason}\r\n${Object.entries(response.headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;
  const shown =
    flags.includes("I") || argv.includes("--head") ? head : flags.includes("i") ? head + response.body : response.body;
  const format = valueOfFlag(argv, "-w", "--write-out");
  const tail =
    format === undefined
      ? ""
      : format
          .replaceAll("%{http_code}", String(status))
          .replaceAll("\\n", "\n")
          .replaceAll("%{time_total}", ((context.nowUs - job.startedAtUs) / 1_000_000).toFixed(6));
  const target = valueOfFlag(argv, "-o", "--output");
  if (target === undefined) return done(shown + tail);
  const err = target === "/dev/null" ? "" : write(state, context, target, shown, "curl");
  return { status: err === "" ? 0 : 23, out: tail, err: `${meter(argv, response.body.length)}${err}` };
}

function wgetDone(state: ShellState, context: Context, job: NetworkJob, response: HttpResponse, reason: string): Done {
  const quiet = job.argv.some((one) => /^-[a-zA-Z]*q/.test(one));
  const connecting = quiet ? "" : `Connecting to ${hostHeader(job)} (${job.ip}:${job.port})\n`;
  if (response.status >= 400) return failed(`${connecting}wget: server returned error: HTTP/1.1 ${reason}\n`);
  const joined = job.argv.find((one) => /^-[a-zA-Z]*O./.test(one))?.replace(/^-[a-zA-Z]*?O/, "");
  const after = job.argv.findIndex((one) => /^-[a-zA-Z]*O$/.test(one));
  const target =
    joined ?? (after >= 0 ? job.argv[after + 1] : undefined) ?? (job.path.split("/").at(-1) || "index.html");
  const bar = `${target.padEnd(20).slice(0, 20)} 100% |********************************| ${String(response.body.length).padStart(5)}  0:00:00 ETA\n`;
  if (job.argv.includes("--spider")) return done("", 0, quiet ? "" : `${connecting}remote file exists\n`);
  if (target === "-")
    return done(response.body, 0, quiet ? "" : `${connecting}writing to stdout\n${bar}written to stdout\n`);
  const err =
    target === "/dev/null" ? "" : write(state, context, resolvePath(state.directory, target), response.body, "wget");
  return {
    status: err === "" ? 0 : 1,
    out: "",
    err: quiet ? err : `${connecting}saving to '${target}'\n${bar}'${target}' saved\n${err}`,
  };
}

/** No ICMP in this world: a port where nobody listens answers with a refusal, and so proves the host alive. */
function pinged(
  state: ShellState,
  context: Context,
  job: NetworkJob,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  tag: unknown,
): NetworkStep {
  const alive = message.type === "response" || message.error.kind === "refused";
  const tookMs = ((context.nowUs - job.startedAtUs) / 1000).toFixed(3);
  const header = job.sent === 1 ? `PING ${job.host} (${job.ip}): 56 data bytes\n` : "";
  const line = alive ? `64 bytes from ${job.ip}: seq=${job.sent - 1} ttl=62 time=${tookMs} ms\n` : "";
  const next: NetworkJob = {
    ...job,
    received: job.received + (alive ? 1 : 0),
    out: `${job.out}${header}${line}`,
    startedAtUs: context.nowUs,
  };
  const wanted = Number(valueOfFlag(job.argv, "-c") ?? "4");
  if (next.sent < wanted) return send(state, context, next, tag);
  const loss = Math.floor((100 * (next.sent - next.received)) / next.sent);
  const stats = `\n--- ${job.host} ping statistics ---\n${next.sent} packets transmitted, ${next.received} packets received, ${loss}% packet loss\n`;
  const trip = next.received > 0 ? `round-trip min/avg/max = ${tookMs}/${tookMs}/${tookMs} ms\n` : "";
  return { done: done(`${next.out}${stats}${trip}`, next.received > 0 ? 0 : 1) };
}
