import type { Context } from "../../kernel/types.ts";
import { parseQuery } from "./http/path.ts";
import { textResponse } from "./http/render.ts";
import { type Incoming, reply } from "./http/reply.ts";
import { askEtcd, type EtcdAnswer } from "./registry/etcd-client.ts";
import { cacheOf } from "./registry/lookup.ts";
import { cachedAlways, STORED_KINDS } from "./resources.ts";
import type { ApiServerState } from "./state.ts";

/** etcd is asked at most this often; between, its last answer counts (upstream's rate limit). */
const CHECK_EVERY_US = 2_000_000;
const CHECK_TIMEOUT_US = 2_000_000;

export interface HealthAsk {
  readonly endpoint: string;
  /** "" for all; otherwise the one check of `/readyz/etcd`. */
  readonly check: string;
  readonly query: string;
}

/** `/healthz`, `/livez`, `/readyz`: answered with what is known of etcd, after asking it if that is old. */
export function serveHealth(state: ApiServerState, context: Context, incoming: Incoming, ask: HealthAsk): void {
  if (context.nowUs - state.etcdHealth.checkedAtUs < CHECK_EVERY_US) {
    answerHealth(state, context, incoming, ask);
    return;
  }
  state.healthWaiters.push(Object.freeze({ incoming: Object.freeze(incoming), ask: Object.freeze(ask) }));
  if (state.healthWaiters.length > 1) return;
  askEtcd(state, context, { op: "range", key: "/registry/health" }, { use: "task", task: "health" }, CHECK_TIMEOUT_US);
}

export function healthChecked(state: ApiServerState, context: Context, answer: EtcdAnswer): void {
  state.etcdHealth = { checkedAtUs: context.nowUs, error: answer.ok ? "" : answer.text };
  const waiting = state.healthWaiters;
  state.healthWaiters = [];
  for (const { incoming, ask } of waiting) answerHealth(state, context, incoming, ask);
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
}

/** What each endpoint looks at, in upstream's order. */
export function checksOf(state: ApiServerState, endpoint: string): Check[] {
  const etcd = state.etcdHealth.error === "";
  const ready = endpoint === "readyz";
  const checks: Check[] = [
    { name: "ping", ok: true },
    { name: "log", ok: true },
    { name: "etcd", ok: etcd },
  ];
  if (ready) {
    checks.push({ name: "etcd-readiness", ok: etcd });
    checks.push({ name: "informer-sync", ok: informersSynced(state) });
  }
  for (const [name, done] of state.hooks) checks.push({ name: `poststarthook/${name}`, ok: done });
  if (ready) checks.push({ name: "shutdown", ok: state.phase !== "stopping" });
  return checks;
}

function informersSynced(state: ApiServerState): boolean {
  return STORED_KINDS.every((kind) => !cachedAlways(kind) || (cacheOf(state, kind)?.revision ?? 0) > 0);
}

const OK = Object.freeze(textResponse(200, "ok"));

/** The usual answer to a probe that comes every second, without a list of checks. */
function allWell(state: ApiServerState, endpoint: string): boolean {
  if (state.etcdHealth.error !== "" || state.hooks.size === 0) return false;
  for (const done of state.hooks.values()) if (!done) return false;
  return endpoint !== "readyz" || state.phase === "serving";
}

function answerHealth(state: ApiServerState, context: Context, incoming: Incoming, ask: HealthAsk): void {
  if (ask.query === "" && ask.check === "" && allWell(state, ask.endpoint)) {
    reply(context, incoming, OK);
    return;
  }
  const query = parseQuery(ask.query);
  const excluded = query.getAll("exclude");
  const checks = checksOf(state, ask.endpoint).filter(({ name }) => ask.check === "" || name === ask.check);
  if (checks.length === 0) {
    reply(context, incoming, textResponse(404, "404 page not found\n"));
    return;
  }
  const lines: string[] = [];
  let healthy = true;
  for (const { name, ok } of checks) {
    if (excluded.includes(name)) lines.push(`[+]${name} excluded: ok`);
    else if (ok) lines.push(`[+]${name} ok`);
    else {
      healthy = false;
      lines.push(`[-]${name} failed: reason withheld`);
    }
  }
  const known = new Set(checks.map(({ name }) => name));
  const strangers = excluded.filter((name) => name !== "" && !known.has(name));
  if (strangers.length > 0 && ask.check === "") {
    const names = strangers.map((name) => JSON.stringify(name)).join(", ");
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
  }
  if (ask.check !== "") {
    const text = `internal server error: ${ask.check === "etcd" ? state.etcdHealth.error : `${ask.check} is not finished`}\n`;
    reply(context, incoming, healthy ? OK : textResponse(500, text));
    return;
  }
  const verdict = `${ask.endpoint} check ${healthy ? "passed" : "failed"}`;
  if (!healthy) {
    reply(context, incoming, textResponse(500, `${lines.join("\n")}\n${verdict}\n`));
    return;
  }
  const verbose = query.has("verbose");
  reply(context, incoming, textResponse(200, verbose ? `${lines.join("\n")}\n${verdict}\n` : "ok"));
}
