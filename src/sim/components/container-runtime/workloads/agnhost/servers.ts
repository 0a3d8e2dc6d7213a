/** What the smaller servers of agnhost answer. */
import type { Context } from "../../../../kernel/types.ts";
import type { HttpResponse } from "../../../kube-apiserver/messages.ts";
import { isDirectory, listDirectory, readFile, resolvePath } from "../files.ts";
import { NOT_FOUND, ok, problem, reply } from "./query.ts";
import type { AgnhostMessage, AgnhostState, Asked } from "./state.ts";

const HEALTHY_US = 10_000_000;

/** `agnhost liveness`: well for ten seconds. */
export function liveness(state: AgnhostState, context: Context, { id, path, query }: Asked): HttpResponse | null {
  const aliveUs = context.nowUs - state.startedAtUs;
  const seconds = String(aliveUs / 1_000_000);
  const number = (name: string, otherwise: number): number =>
    /^\d+$/.test(query[name] ?? "") ? Number(query[name]) : otherwise;
  switch (path) {
    case "/started":
      return ok(`${seconds}s`);
    case "/healthz":
      return aliveUs > HEALTHY_US ? reply(500, `error: ${seconds}`) : ok("ok");
    case "/redirect":
      return reply(302, `<a href="${query.loc ?? ""}">Found</a>.\n\n`, { location: query.loc ?? "" });
    case "/sleep-headers":
    case "/sleep-body":
    case "/slow-response": {
      const time = number("time", 0);
      const message: AgnhostMessage = {
        type: "agnhostLater",
        request: id,
        status: number("code", 500),
        body: `Slept for ${time} secs\n`,
      };
      context.setTimer(time * 1_000_000, message, "keep");
      return null;
    }
    case "/disconnect-headers":
    case "/disconnect-body":
      context.reset(id);
      return null;
    default:
      return NOT_FOUND;
  }
}

/** `agnhost test-webserver`: the container's own files. */
export function testWebserver({ args }: AgnhostState, context: Context, { path }: Asked): HttpResponse {
  const full = resolvePath("/", path);
  const text = readFile(context, args, full);
  if (text !== null) return ok(text);
  if (!isDirectory(context, args, full)) return NOT_FOUND;
  const names = (listDirectory(context, args, full) ?? []).map((name) =>
    isDirectory(context, args, `${full === "/" ? "" : full}/${name}`) ? `${name}/` : name,
  );
  const lines = names.map((name) => `<a href="${encodeURIComponent(name).replaceAll("%2F", "/")}">${name}</a>\n`);
  return ok(`<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${lines.join("")}</pre>\n`, {
    "content-type": "text/html; charset=utf-8",
  });
}

/** The ports of `agnhost porter`: what each serves. */
export function porterPorts({ args }: Pick<AgnhostState, "args">): ReadonlyMap<string, string> {
  const ports = new Map<string, string>();
  for (const [name, value] of Object.entries(args.env)) {
    const port = /^SERVE_(?:TCP_|UDP_|TLS_|SCTP_)?PORT_(\d+)$/.exec(name)?.[1];
    if (port !== undefined) ports.set(port, value);
  }
  return ports;
}

export function porter(state: AgnhostState, { method, port }: Asked): HttpResponse {
  const value = porterPorts(state).get(port) ?? "";
  if (state.args.argv.includes("--json-response"))
    return ok(JSON.stringify({ Method: method, Body: value }), { "content-type": "application/json" });
  return ok(value, {
    "content-type": value.startsWith("<") ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
  });
}

/** `agnhost nettest`: counts who writes to it. */
export function nettest(state: AgnhostState, { path, body }: Asked): HttpResponse {
  const { hostname } = state.args.container;
  switch (path) {
    case "/read": {
      const Received = Object.fromEntries([...state.received].sort(([a], [b]) => (a < b ? -1 : 1)));
      const seen = { Hostname: hostname, Sent: {}, Received, Errors: null, Log: null, StillContactingPeers: false };
      return ok(`${JSON.stringify(seen)}\n`);
    }
    case "/write": {
      const source = sourceOf(body);
      if (source === null) return problem(400, "invalid character in the body");
      if (source !== "") state.received.set(source, (state.received.get(source) ?? 0) + 1);
      return ok(`${JSON.stringify({ Hostname: hostname })}\n`);
    }
    case "/status":
      return ok("pass");
    default:
      return NOT_FOUND;
  }
}

/** Null: what was written is no JSON. */
function sourceOf(body: string): string | null {
  try {
    return String((JSON.parse(body) as { readonly Source?: unknown }).Source ?? "");
  } catch {
    return null;
  }
}

/** The control server of `agnhost grpc-health-checking`. */
export function healthControl(state: AgnhostState, { path }: Asked): HttpResponse {
  if (path === "/make-not-serving") state.serving = false;
  else if (path === "/make-serving") state.serving = true;
  else return problem(404, "404 page not found");
  return ok("");
}
