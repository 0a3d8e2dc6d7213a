import type { TraceRef } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { isError } from "./is-error.ts";
import { applyMembership, memberList, sortedMembers } from "./membership.ts";
import type { EtcdError, EtcdEvent, EtcdResponse, Member, TxnOperation } from "./messages.ts";
import { isReadOnly } from "./mvcc/check-request.ts";
import { grantLease, leaseOf, minimumTtlSeconds, revokeLease } from "./mvcc/lease.ts";
import { compactStore, copyStore, type Store } from "./mvcc/store.ts";
import { applyOperation } from "./mvcc/txn.ts";
import { type Alarm, type AlarmType, type EtcdState, headerOf, type MachineImage, type Operation } from "./state.ts";

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
      return only(applyPublish(state, operation.member));
    case "membership":
      return only(applyMembership(state, operation));
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
export function spaceOf(given: { readonly op: string }): number {
  const operation = given as Operation;
  switch (operation.op) {
    case "leaseGrant":
      return 64;
    case "put":
      return 256 + operation.key.length + operation.value.sizeBytes;
    case "txn": {
      return Math.max(spaceOfAll(operation.success), spaceOfAll(operation.failure));
    }
    default:
      return 0;
  }
}

function spaceOfAll(operations: readonly TxnOperation[]): number {
  let bytes = 0;
  for (const each of operations) bytes += spaceOf(each);
  return bytes;
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

/** A listing, or a change of one alarm of one member; the answer has what is affected. */
function applyAlarm(state: EtcdState, operation: Extract<Operation, { op: "alarm" }>): EtcdResponse {
  const { action, alarm, memberId } = operation;
  const isMeant = (each: Alarm) => alarm === "NONE" || each.alarm === alarm;
  const affected =
    action === "GET" ? state.alarms.filter(isMeant) : changeAlarms(state, action === "ACTIVATE", alarm, memberId);
  return Object.freeze({ op: "alarm", header: headerOf(state), alarms: Object.freeze(affected) });
}

function changeAlarms(state: EtcdState, activate: boolean, alarm: AlarmType | "NONE", memberId: string): Alarm[] {
  const same = (each: Alarm) => each.alarm === alarm && each.memberId === memberId;
  const held = state.alarms.filter(same);
  const others = state.alarms.filter((each) => !same(each));
  if (!activate) {
    state.alarms = others;
    return held;
  }
  if (alarm === "NONE") return [];
  const raised = Object.freeze({ memberId, alarm });
  state.alarms = [...others, raised];
  return [raised];
}

/** A member says its name and where clients find it; what it is was decided when it was added. */
function applyPublish(state: EtcdState, { id, name, clientUrls }: Member): EtcdResponse {
  const known = state.members.get(id);
  if (known !== undefined) state.members.set(id, Object.freeze({ ...known, name, clientUrls, started: true }));
  return memberList(state);
}

/** The machine as it is now, for a snapshot. Costs nothing: tables are shared. */
export function imageOf(state: EtcdState): MachineImage {
  return Object.freeze({
    store: Object.freeze(copyStore(state.store)),
    members: Object.freeze(sortedMembers(state)),
    removed: Object.freeze([...state.removed]),
    alarms: Object.freeze([...state.alarms]),
  });
}

export function restoreMachine(state: EtcdState, image: MachineImage): void {
  const copy = copyStore(image.store as Store);
  Object.assign(state.store, copy);
  state.members.clear();
  for (const member of image.members) state.members.set(member.id, member);
  state.removed.clear();
  for (const id of image.removed) state.removed.add(id);
  state.alarms = [...image.alarms];
}

/** Reads that change nothing, from what this member has applied. */
export function readLocally(state: EtcdState, request: TxnOperation): EtcdResponse {
  if (!isReadOnly(request)) throw new Error("A write cannot be read locally.");
  return applyOperation(state.store, request, (revision) => headerOf(state, revision), null).response;
}
