import type { Context } from "../../../../kernel/types.ts";
import type { HttpResponse } from "../../../kube-apiserver/messages.ts";
import { startCall } from "./dial.ts";
import { flagOf } from "./flags.ts";
import { goLog } from "./log.ts";
import { NOT_FOUND, ok, problem } from "./query.ts";
import type { AgnhostState, Asked } from "./state.ts";

/** `agnhost guestbook`: a store that tells its replicas, and a front end that asks others. */
export function guestbook(state: AgnhostState, context: Context, { id, path, query }: Asked): HttpResponse | null {
  const { key = "", value = "", cmd = "", host = "" } = query;
  switch (path) {
    case "/register":
      goLog(context, `GET /register?host=${host}`);
      state.replicas.push(host);
      goLog(context, `Node '${host}' registered.`);
      return ok(JSON.stringify({ data: sorted(state.entries) }));
    case "/get":
      goLog(context, `GET /get?key=${key}`);
      return ok(JSON.stringify({ data: key === "" ? sorted(state.entries) : (state.entries.get(key) ?? "") }));
    case "/set": {
      goLog(context, `GET /set?key=${key}&value=${value}`);
      if (key === "") return problem(400, "cannot set with empty key.");
      state.entries.set(key, value);
      const [first, ...waiting] = state.replicas;
      if (first === undefined) return ok(JSON.stringify({ message: "Updated" }));
      startCall(state, context, {
        kind: "tell",
        request: id,
        host: first,
        path: `/set?key=${encodeURIComponent(key)}&value=${encodeURIComponent(value)}`,
        waiting,
        resolving: false,
      });
      return null;
    }
    case "/guestbook": {
      goLog(context, `GET /guestbook?cmd=${cmd}&key=${key}&value=${value}`);
      const verb = cmd.toLowerCase();
      if (verb !== "get" && verb !== "set") return problem(400, `unsupported cmd: '${verb}'`);
      if (verb === "set" && key === "") return problem(400, "cannot set with empty key.");
      startCall(state, context, {
        kind: "forward",
        request: id,
        host: verb === "set" ? "agnhost-primary" : "agnhost-replica",
        path: `/${verb}?key=${encodeURIComponent(key)}&value=${encodeURIComponent(value)}`,
        waiting: [],
        resolving: true,
      });
      return null;
    }
    default:
      return NOT_FOUND;
  }
}

/** As Go writes maps: keys in order. */
function sorted(entries: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A replica asks its primary for what there is, and to be told of more. */
export function register(state: AgnhostState, context: Context): void {
  const primary = flagOf(state.args, "replicaof");
  if (primary === "") return;
  const path = `/register?host=${state.args.podIp}`;
  goLog(context, `Registering to primary: ${primary}${path}`);
  startCall(state, context, { kind: "register", request: 0, host: primary, path, waiting: [], resolving: true });
}
