import type { TraceRef } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { isError } from "./is-error.ts";
import type { EtcdError, EtcdEvent, EtcdResponse, Member, TxnOperation } from "./messages.ts";
import { isReadOnly } from "./mvcc/check-request.ts";
import { grantLease, leaseOf, minimumTtlSeconds, revokeLease } from "./mvcc/lease.ts";
import { compactStore, copyStore, type Store } from "./mvcc/store.ts";
import { applyOperation } from "./mvcc/txn.ts";
import { type Alarm, type EtcdState, headerOf, type MachineImage, type Operation } from "./state.ts";

/** The replicated state machine: what a committed command does, the same on every member. */
export interface Outcome {
  readonly response: EtcdResponse;
  readonly events: readonly EtcdEvent[];
}

const NO_EVENTS: readonly EtcdEvent[] = Object.freeze([]);

export function applyCommand(state: EtcdState, operation: Operation, trace: TraceRef | null): Outcome {
  const refused = refusedByAlarm(state, operation);
  if (refused !== null) return only(refused);
  switch (operation.op) {
    case "put":
    case "deleteRange":
    case "txn":
    case "range":
      return applyOperation(state.store, operation, (revision) => headerOf(state, revision), trace);
    case "compact":
      return only(applyCompaction(state, operation.revision));
    case "leaseGrant":
      return only(applyGrant(state, operation.id, operation.ttlSeconds));
    case "leaseRevoke":
      return applyRevoke(state, operation.id, trace);
    case "alarm":
      return only(applyAlarm(state, operation));
    case "publish":
      state.members.set(operation.member.id, operation.member);
      return only(memberList(state));
    case "membership":
      return only(applyMembers(state, operation));
  }
}

function only(response: EtcdResponse): Outcome {
  return { response, events: NO_EVENTS };
}

function refusedByAlarm(state: EtcdState, operation: Operation): EtcdError | null {
  if (state.alarms.length === 0 || operation.op === "alarm") return null;
  if (state.alarms.some(({ alarm }) => alarm === "CORRUPT")) {
    return operation.op === "publish" || operation.op === "membership" ? null : ERRORS.corrupt;
  }
  return needsSpace(operation) ? ERRORS.noSpace : null;
}

/** Whether an operation is refused while the NOSPACE alarm is on. */
export function needsSpace(operation: { readonly op: string }): boolean {
  return (
    operation.op === "put" ||
    operation.op === "leaseGrant" ||
    (operation.op === "txn" && spaceOf(operation as TxnOperation) > 0)
  );
}

/** Upstream's estimate of what an operation adds to the database, bytes. */
export function spaceOf(operation: TxnOperation): number {
  switch (operation.op) {
    case "put":
      return 256 + operation.key.length + operation.value.sizeBytes;
    case "txn": {
      const sum = (list: readonly TxnOperation[]) => list.reduce((bytes, each) => bytes + spaceOf(each), 0);
      return Math.max(sum(operation.success), sum(operation.failure));
    }
    default:
      return 0;
  }
}

function applyCompaction(state: EtcdState, revision: number): EtcdResponse {
  const { store } = state;
  if (revision <= store.compactRevision) return ERRORS.compacted;
  if (revision > store.revision) return ERRORS.futureRevision;
  compactStore(store, revision);
  return Object.freeze({ op: "compact", header: headerOf(state) });
}

function applyGrant(state: EtcdState, id: number, ttlSeconds: number): EtcdResponse {
  const lease = grantLease(state.store, id, ttlSeconds, minimumTtlSeconds(state.config.electionMs));
  if (isError(lease)) return lease;
  return Object.freeze({ op: "leaseGrant", header: headerOf(state), id, ttlSeconds: lease.ttlSeconds });
}

function applyRevoke(state: EtcdState, id: number, trace: TraceRef | null): Outcome {
  if (leaseOf(state.store, id) === undefined) return only(ERRORS.leaseNotFound);
  const events = revokeLease(state.store, id, trace) ?? NO_EVENTS;
  return { response: Object.freeze({ op: "leaseRevoke", header: headerOf(state) }), events };
}

function applyAlarm(state: EtcdState, operation: Extract<Operation, { op: "alarm" }>): EtcdResponse {
  const { activate, alarm, memberId } = operation;
  const same = (each: Alarm) => each.alarm === alarm && each.memberId === memberId;
  const affected: readonly Alarm[] = activate ? [Object.freeze({ memberId, alarm })] : state.alarms.filter(same);
  const others = state.alarms.filter((each) => !same(each));
  state.alarms = activate ? [...others, ...affected] : others;
  return Object.freeze({ op: "alarm", header: headerOf(state), alarms: Object.freeze(affected) });
}

function applyMembers(state: EtcdState, operation: Extract<Operation, { op: "membership" }>): EtcdResponse {
  if (operation.member === null) state.members.delete(operation.change.id);
  else state.members.set(operation.member.id, operation.member);
  return memberList(state);
}

export function memberList(state: EtcdState): EtcdResponse {
  return Object.freeze({ op: "memberList", header: headerOf(state), members: Object.freeze(sortedMembers(state)) });
}

export function sortedMembers(state: EtcdState): Member[] {
  return [...state.members.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The machine as it is now, for a snapshot. Costs nothing: tables are shared. */
export function imageOf(state: EtcdState): MachineImage {
  return Object.freeze({
    store: Object.freeze(copyStore(state.store)),
    members: Object.freeze(sortedMembers(state)),
    alarms: Object.freeze([...state.alarms]),
  });
}

export function restoreMachine(state: EtcdState, image: MachineImage): void {
  const copy = copyStore(image.store as Store);
  Object.assign(state.store, copy);
  state.members.clear();
  for (const member of image.members) state.members.set(member.id, member);
  state.alarms = [...image.alarms];
}

/** Reads that change nothing, from what this member has applied. */
export function readLocally(state: EtcdState, request: TxnOperation): EtcdResponse {
  if (!isReadOnly(request)) throw new Error("A write cannot be read locally.");
  return applyOperation(state.store, request, (revision) => headerOf(state, revision), null).response;
}
