import { parseGoDuration } from "../../../../api/duration.ts";
import { formatTime } from "../../../../api/time.ts";
import type { Context } from "../../../../kernel/types.ts";
import type { HttpResponse } from "../../../kube-apiserver/messages.ts";
import { startDial } from "./dial.ts";
import { goLog } from "./log.ts";
import { ok, reply } from "./query.ts";
import type { AgnhostMessage, AgnhostState, Asked } from "./state.ts";

/** `agnhost netexec`: null, the answer comes later or never. */
export function netexec(state: AgnhostState, context: Context, asked: Asked): HttpResponse | null {
  const { path, query } = asked;
  const { hostname } = state.args.container;
  switch (path) {
    case "/":
      goLog(context, "GET /");
      return ok(`NOW: ${goTime(context.wallUs())}`);
    case "/hostname":
    case "/hostName":
      goLog(context, `GET ${path}`);
      return ok(hostname);
    case "/clientip":
      goLog(context, "GET /clientip");
      return ok(`${asked.from.ip}:${clientPort(asked)}`);
    case "/serverport":
      return ok(asked.port);
    case "/healthz":
      goLog(context, "GET /healthz");
      return state.serving ? ok("") : reply(412, "");
    case "/echo":
      goLog(context, `GET /echo?msg=${query.msg ?? ""}&code=${query.code ?? ""}`);
      return reply(/^\d{3}$/.test(query.code ?? "") ? Number(query.code) : 200, query.msg ?? "");
    case "/redirect": {
      const status = /^3\d\d$/.test(query.code ?? "") ? Number(query.code) : 302;
      const location = query.location ?? "";
      return reply(status, `<a href="${location}">Found</a>.\n\n`, { location });
    }
    case "/dial":
      return startDial(state, context, asked);
    case "/shutdown":
      goLog(context, "GET /shutdown");
      context.exit(0);
      return null;
    case "/exit":
      return exit(context, asked);
    case "/shell":
      return ok(JSON.stringify({ error: "fork/exec /bin/sh: operation not permitted" }));
    case "/upload":
      return ok(JSON.stringify({ error: "Unable to upload file." }));
    default:
      // The handler of "/" takes what no other one does.
      goLog(context, "GET /");
      return ok(`NOW: ${goTime(context.wallUs())}`);
  }
}

function exit(context: Context, { query }: Asked): HttpResponse | null {
  const { code = "", timeout = "", wait = "" } = query;
  goLog(context, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
  const waitUs = wait === "" ? 0 : parseGoDuration(wait);
  if (waitUs === null)
    return ok(`argument 'wait' must be a valid golang duration or empty, got ${JSON.stringify(wait)}\n`);
  if (code !== "" && !/^\d+$/.test(code))
    return ok(`argument 'code' must be an integer [0-127] or empty, got ${JSON.stringify(code)}\n`);
  const message: AgnhostMessage = { type: "agnhostExit", exitCode: Number(code) };
  context.setTimer(waitUs, message, "keep");
  return timeout === "" || timeout === "0" ? null : ok("");
}

/** What netexec's UDP server says to a datagram. */
export function answerDatagram(state: AgnhostState, asked: Pick<Asked, "from" | "id">, data: string): string {
  const text = data.trim();
  if (/^hostname$/i.test(text)) return state.args.container.hostname;
  if (text === "clientip") return `${asked.from.ip}:${clientPort(asked)}`;
  if (text.startsWith("echo ")) return text.slice(5);
  return "";
}

/** Connections have no numbers of their own at the client's end here. */
function clientPort({ id }: Pick<Asked, "id">): number {
  return 32_768 + (id % 28_232);
}

/** `2026-11-20 09:00:00.000001 +0000 UTC`. */
export function goTime(wallUs: number): string {
  const seconds = formatTime(wallUs).slice(0, 19).replace("T", " ");
  const fraction = String(wallUs % 1_000_000)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${seconds}${fraction === "" ? "" : `.${fraction}`} +0000 UTC`;
}
