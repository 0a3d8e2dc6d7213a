import type { Context } from "../../../kernel/types.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { askEtcd } from "./etcd-client.ts";

/** Upstream's lease manager: one etcd lease serves the events of a minute, at most 1,000 keys. */
const REUSED_US = 60_000_000;
const KEYS_MAX = 1_000;

/** The lease that a new event is to hang on, or null: it is being granted, and the exchange waits. */
export function takeEventLease(state: ApiServerState, exchange: Exchange, context: Context): number | null {
  const lease = state.eventLease;
  if (lease !== null && context.nowUs - lease.grantedAtUs < REUSED_US && lease.keys < KEYS_MAX) {
    lease.keys += 1;
    return lease.id;
  }
  exchange.phase = "lease";
  state.leaseWaiters.push(exchange.id);
  if (state.leaseWaiters.length === 1) {
    const ttlSeconds = state.flags.eventTtlSeconds + REUSED_US / 1_000_000;
    askEtcd(state, context, { op: "leaseGrant", ttlSeconds }, { use: "task", task: "event-lease" }, 10_000_000);
  }
  return null;
}
