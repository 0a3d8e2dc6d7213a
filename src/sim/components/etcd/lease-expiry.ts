import type { Context } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import type { EtcdRequest, EtcdResponse } from "./messages.ts";
import { leaseIds, leaseOf } from "./mvcc/lease.ts";
import { keysOfLease } from "./mvcc/store.ts";
import { enqueue } from "./proposals.ts";
import { type EtcdState, headerOf } from "./state.ts";

/** The lessor looks for expired leases twice a second. */
const CHECK_US = 500_000;

/** A new leader gives every lease its whole time again; a follower lets nothing expire. */
export function leaseLeadershipChanged(state: EtcdState, context: Context): void {
  state.leaseEndsUs.clear();
  leasesChanged(state, context);
}

/** Leases came or went: the leader minds the new ones. */
export function leasesChanged(state: EtcdState, context: Context): void {
  if (state.raft.role !== "leader") return;
  for (const id of state.leaseEndsUs.keys()) if (leaseOf(state.store, id) === undefined) state.leaseEndsUs.delete(id);
  for (const id of leaseIds(state.store)) if (!state.leaseEndsUs.has(id)) renew(state, context, id);
  armLeaseTimer(state, context);
}

function renew(state: EtcdState, context: Context, id: number): void {
  const lease = leaseOf(state.store, id);
  if (lease !== undefined) state.leaseEndsUs.set(id, context.nowUs + lease.ttlSeconds * 1_000_000);
}

function armLeaseTimer(state: EtcdState, context: Context): void {
  let earliest = Number.POSITIVE_INFINITY;
  for (const endsUs of state.leaseEndsUs.values()) earliest = Math.min(earliest, endsUs);
  const atUs = Math.max(Math.ceil(earliest / CHECK_US) * CHECK_US, context.nowUs);
  if (atUs >= state.leaseTimerAtUs) return;
  state.leaseTimerAtUs = atUs;
  context.setTimer(atUs - context.nowUs, { type: "leaseTimer" });
}

/** Expired leases are revoked through the log, so that every member drops their keys at one revision. */
export function leaseTimer(state: EtcdState, context: Context): void {
  if (context.nowUs < state.leaseTimerAtUs) return;
  state.leaseTimerAtUs = Number.POSITIVE_INFINITY;
  if (state.raft.role !== "leader") return;
  for (const [id, endsUs] of state.leaseEndsUs) {
    if (endsUs > context.nowUs) continue;
    enqueue(state, context, Object.freeze({ op: "leaseRevoke", id }), 0, 64);
    state.leaseEndsUs.set(id, context.nowUs + CHECK_US * 4);
  }
  armLeaseTimer(state, context);
}

export function keepAlive(state: EtcdState, context: Context, id: number): EtcdResponse {
  const lease = leaseOf(state.store, id);
  renew(state, context, id);
  return Object.freeze({ op: "leaseKeepAlive", header: headerOf(state), id, ttlSeconds: lease?.ttlSeconds ?? 0 });
}

export function timeToLive(
  state: EtcdState,
  context: Context,
  { id, keys }: Extract<EtcdRequest, { op: "leaseTimeToLive" }>,
): EtcdResponse {
  const lease = leaseOf(state.store, id);
  const endsUs = state.leaseEndsUs.get(id);
  if (state.raft.role !== "leader") return ERRORS.notLeader;
  return Object.freeze({
    op: "leaseTimeToLive",
    header: headerOf(state),
    id,
    ttlSeconds:
      lease === undefined || endsUs === undefined ? -1 : Math.floor(Math.max(0, endsUs - context.nowUs) / 1_000_000),
    grantedTtlSeconds: lease?.ttlSeconds ?? 0,
    keys: Object.freeze(keys === true ? keysOfLease(state.store, id) : []),
  });
}
