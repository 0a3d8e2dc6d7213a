/** `/dial` of netexec and what the guestbook asks of others: requests to hosts by name or address. */
import type { Context, NetworkError } from "../../../../kernel/types.ts";
import type { HttpRequest, HttpResponse } from "../../../kube-apiserver/messages.ts";
import { candidatesOf } from "../shell/network.ts";
import { goLog } from "./log.ts";
import { ok, problem } from "./query.ts";
import type { AgnhostState, AgnhostTag, Asked, Call } from "./state.ts";

const TIMEOUT_US = 5_000_000;
const IP = /^\d+\.\d+\.\d+\.\d+$/;
const TRIES_MAX = 1_000;

export function startDial(state: AgnhostState, context: Context, { id, query }: Asked): HttpResponse | null {
  const { host = "", port = "", request = "", protocol = "", tries = "" } = query;
  goLog(context, `GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${request}&tries=${tries}`);
  if (tries !== "" && !/^\d+$/.test(tries))
    return problem(400, `tries parameter is invalid. strconv.Atoi: parsing ${JSON.stringify(tries)}: invalid syntax`);
  if (request === "") return problem(400, "request parameter not specified. <nil>");
  if (!["", "http", "udp"].includes(protocol.toLowerCase())) return problem(400, `unsupported protocol. ${protocol}`);
  const triesLeft = Math.min(TRIES_MAX, tries === "" ? 1 : Number(tries));
  const bare = host.replace(/^\[|\]$/g, "");
  startCall(state, context, {
    kind: "dial",
    request: id,
    query,
    host: bare,
    triesLeft,
    responses: [],
    errors: [],
    resolving: !IP.test(bare),
  });
  return null;
}

export function startCall(state: AgnhostState, context: Context, call: Call): void {
  const number = state.nextCall;
  state.nextCall = number + 1;
  goOn(state, context, number, call);
}

function goOn(state: AgnhostState, context: Context, number: number, call: Call): void {
  if (call.kind === "dial" && call.triesLeft === 0) {
    state.calls.delete(number);
    const { responses, errors } = call;
    const output = { ...(errors.length > 0 ? { errors } : {}), ...(responses.length > 0 ? { responses } : {}) };
    context.respond(call.request, ok(JSON.stringify(output)));
    return;
  }
  state.calls.set(number, call);
  const tag: AgnhostTag = { agnhost: number };
  const { dns } = state.args.container;
  if (call.resolving) {
    const name = candidatesOf(call.host, dns.searches, dns.ndots)[call.kind === "dial" ? call.errors.length : 0] ?? "";
    context.request({
      to: `${dns.nameservers[0] ?? ""}:53`,
      body: { type: "dns", name, qtype: "A" },
      timeoutUs: TIMEOUT_US,
      protocol: "UDP",
      tag,
      label: `DNS A ${name}`,
    });
    return;
  }
  if (call.kind === "dial" && call.query.protocol?.toLowerCase() === "udp") {
    const to = `${call.host}:${call.query.port ?? ""}`;
    const body = { type: "udp", data: call.query.request ?? "" };
    context.request({ to, body, timeoutUs: TIMEOUT_US, protocol: "UDP", tag, label: "UDP" });
    return;
  }
  const port = call.kind === "dial" ? (call.query.port ?? "") : portOfBackend(state);
  const path = call.kind === "dial" ? `/${call.query.request ?? ""}` : call.path;
  const headers = { host: `${call.host}:${port}`, "user-agent": "Go-http-client/1.1", "accept-encoding": "gzip" };
  const body: HttpRequest = { type: "http", method: "GET", path, headers, body: "" };
  context.request({ to: `${call.host}:${port}`, body, timeoutUs: TIMEOUT_US, tag, label: `GET ${path}` });
}

function portOfBackend({ args }: AgnhostState): string {
  const at = args.argv.findIndex((one) => one.startsWith("--backend-port"));
  const given = at < 0 ? "" : (args.argv[at]?.split("=")[1] ?? args.argv[at + 1] ?? "");
  return given === "" ? "6379" : given;
}

export function isAgnhostTag(tag: unknown): tag is AgnhostTag {
  return typeof tag === "object" && tag !== null && "agnhost" in tag;
}

/** Whoever was asked has answered, or cannot be reached. */
export function callAnswered(
  state: AgnhostState,
  context: Context,
  { agnhost: number }: AgnhostTag,
  answer: { readonly body: unknown } | { readonly error: NetworkError },
): void {
  const call = state.calls.get(number);
  if (call === undefined) return;
  if (call.resolving) resolved(state, context, number, call, answer);
  else if (call.kind === "dial") dialled(state, context, number, call, answer);
  else forwarded(state, context, number, call, answer);
}

function resolved(
  state: AgnhostState,
  context: Context,
  number: number,
  call: Call,
  answer: { readonly body: unknown } | { readonly error: NetworkError },
): void {
  const answers =
    "body" in answer ? (answer.body as { answers?: readonly { type: string; data: string }[] }).answers : [];
  const ip = answers?.find(({ type }) => type === "A")?.data;
  if (ip !== undefined) {
    goOn(state, context, number, {
      ...call,
      host: ip,
      resolving: false,
      ...(call.kind === "dial" ? { errors: [] } : {}),
    });
    return;
  }
  state.calls.delete(number);
  const { dns } = state.args.container;
  const why = `lookup ${call.host} on ${dns.nameservers[0]}:53: no such host`;
  if (call.kind === "register") registerLater(context);
  else context.respond(call.request, problem(400, `host and/or port param are invalid. ${why}`));
}

function dialled(
  state: AgnhostState,
  context: Context,
  number: number,
  call: Extract<Call, { kind: "dial" }>,
  answer: { readonly body: unknown } | { readonly error: NetworkError },
): void {
  const triesLeft = call.triesLeft - 1;
  if ("error" in answer) {
    const isUdp = call.query.protocol?.toLowerCase() === "udp";
    const error = isUdp
      ? `reading from udp connection failed. err:'${answer.error.text}'`
      : `Get "http://${call.host}:${call.query.port}/${call.query.request}": ${answer.error.text}`;
    goOn(state, context, number, { ...call, triesLeft, errors: [...call.errors, error] });
    return;
  }
  const { body, data } = answer.body as { readonly body?: string; readonly data?: string };
  goOn(state, context, number, { ...call, triesLeft, responses: [...call.responses, body ?? data ?? ""] });
}

function forwarded(
  state: AgnhostState,
  context: Context,
  number: number,
  call: Exclude<Call, { kind: "dial" }>,
  answer: { readonly body: unknown } | { readonly error: NetworkError },
): void {
  const text = "body" in answer ? (answer.body as HttpResponse).body : null;
  const [next, ...waiting] = call.waiting;
  if (call.kind === "register") {
    state.calls.delete(number);
    if (text === null) registerLater(context);
    else takeEntries(state, context, call, text);
  } else if (text === null) {
    state.calls.delete(number);
    const why = "error" in answer ? answer.error.text : "";
    const told =
      call.kind === "tell" ? `encountered error while propagating to replica '${call.host}'` : "encountered error";
    context.respond(call.request, problem(417, `${told}: ${why}`));
  } else if (next !== undefined) goOn(state, context, number, { ...call, host: next, waiting });
  else {
    state.calls.delete(number);
    context.respond(call.request, ok(call.kind === "tell" ? JSON.stringify({ message: "Updated" }) : text));
  }
}

function takeEntries(state: AgnhostState, context: Context, call: Call, text: string): void {
  try {
    const { data } = JSON.parse(text) as { readonly data?: Readonly<Record<string, string>> };
    for (const [key, value] of Object.entries(data ?? {})) state.entries.set(key, value);
  } catch {
    context.exit(1);
    return;
  }
  goLog(context, `Registered to node: ${call.host}`);
}

function registerLater(context: Context): void {
  context.setTimer(1_000_000, { type: "agnhostRegister" }, "keep");
}
