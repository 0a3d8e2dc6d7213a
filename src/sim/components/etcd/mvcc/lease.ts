import type { TraceRef } from "../../../kernel/types.ts";
import { ERRORS } from "../errors.ts";
import type { EtcdError, EtcdEvent } from "../messages.ts";
import { beginWrite, deleteKey, endWrite, keysOfLease, type Lease, numberKey, type Store } from "./store.ts";

const TTL_SECONDS_MAX = 9_000_000_000;

/** One and a half election timeouts, whole seconds: 2 s with etcd's defaults. */
export function minimumTtlSeconds(electionTimeoutMs: number): number {
  return Math.ceil((electionTimeoutMs * 3) / 2000);
}

export function checkLeaseGrant(ttlSeconds: number): EtcdError | null {
  return ttlSeconds > TTL_SECONDS_MAX ? ERRORS.leaseTtlTooLarge : null;
}

export function grantLease(store: Store, id: number, ttlSeconds: number, minimumSeconds: number): Lease | EtcdError {
  const key = numberKey(id);
  if (store.leases.has(key)) return ERRORS.leaseExists;
  const lease: Lease = Object.freeze({
    id,
    ttlSeconds: Math.max(ttlSeconds, minimumSeconds),
    firstRevision: 0,
    lastRevision: 0,
  });
  store.leases.set(key, lease);
  return lease;
}

export function leaseOf(store: Store, id: number): Lease | undefined {
  return store.leases.get(numberKey(id));
}

/** All keys of the lease go, in key order, at one revision. Null: there is no such lease. */
export function revokeLease(store: Store, id: number, trace: TraceRef | null): readonly EtcdEvent[] | null {
  if (leaseOf(store, id) === undefined) return null;
  const writing = beginWrite(store, trace);
  for (const key of keysOfLease(store, id)) deleteKey(writing, key);
  store.leases.delete(numberKey(id));
  return endWrite(writing);
}

export function leaseIds(store: Store): number[] {
  return [...store.leases.values()].map((lease) => lease.id);
}
