import { humanBytes } from "../../api/human-bytes.ts";
import type { Context, RequestId } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { keepAlive, timeToLive } from "./lease-expiry.ts";
import { needsSpace, readLocally, spaceOf } from "./machine.ts";
import { defragmentNow, handleAlarm, hashOf, moveLeader, statusOf } from "./maintenance.ts";
import { changeMembership } from "./member-requests.ts";
import { isLearner, memberList } from "./membership.ts";
import type { EtcdError, EtcdRequest, EtcdResponse, TxnOperation } from "./messages.ts";
import { checkRequest, isReadOnly } from "./mvcc/check-request.ts";
import { checkLeaseGrant, leaseIds } from "./mvcc/lease.ts";
import { answer, askLeader, proposeFor, remember, respondSlowly } from "./pending.ts";
import { enqueue } from "./proposals.ts";
import { requestRead } from "./raft/raft.ts";
import { type EtcdState, headerOf, type Operation } from "./state.ts";
import { zap } from "./zap-log.ts";

const READ_RETRY_US = 500_000;
const COMMIT_AHEAD_MAX = 5_000;

/** Takes in a client's request: answers at once, or when it is applied, confirmed, or has timed out. */
export function handleRequest(state: EtcdState, context: Context, id: RequestId, body: EtcdRequest): void {
  const refused = state.phase === "running" ? check(state, body) : ERRORS.stopped;
  if (refused !== null) {
    context.respond(id, refused);
    return;
  }
  switch (body.op) {
    case "range":
    case "put":
    case "deleteRange":
    case "txn":
      handleOperation(state, context, id, body);
      return;
    case "compact":
    case "leaseRevoke":
      proposeFor(state, context, id, body, body, 64);
      return;
    case "leaseGrant":
      grantLease(state, context, id, body);
      return;
    case "leaseKeepAlive":
    case "leaseTimeToLive":
      handleLease(state, context, id, body);
      return;
    case "alarm":
      handleAlarm(state, context, id, body);
      return;
    case "memberList":
    case "health":
    case "leaseList":
      if (body.op === "leaseList" || (body.op === "memberList" && body.linearizable === false))
        context.respond(id, readNow(state, body));
      else awaitRead(state, context, id, body);
      return;
    case "status":
      context.respond(id, statusOf(state));
      return;
    case "defragment":
      defragmentNow(state, context, id);
      return;
    case "moveLeader":
      moveLeader(state, context, id, body);
      return;
    case "hashKv":
      context.respond(id, hashOf(state, body.revision ?? 0));
      return;
    case "memberAdd":
    case "memberUpdate":
    case "memberRemove":
    case "memberPromote":
      changeMembership(state, context, id, body);
      return;
  }
}

function check(state: EtcdState, body: EtcdRequest): EtcdError | null {
  if (isLearner(state) && !isForLearners(body)) return ERRORS.notSupportedForLearner;
  switch (body.op) {
    case "range":
    case "put":
    case "deleteRange":
    case "txn":
      return checkRequest(body) ?? (isReadOnly(body) ? null : checkWrite(state, body));
    case "leaseGrant":
      return checkLeaseGrant(body.ttlSeconds) ?? checkBacklog(state);
    case "compact":
      return checkBacklog(state);
    default:
      return null;
  }
}

/** All that a member without a vote answers. */
function isForLearners(body: EtcdRequest): boolean {
  return body.op === "status" || (body.op === "range" && body.serializable === true);
}

function checkWrite(state: EtcdState, body: TxnOperation): EtcdError | null {
  if (sizeOf(body) > state.config.maxRequestBytes) return ERRORS.requestTooLarge;
  return checkBacklog(state);
}

function checkBacklog({ raft: { log } }: EtcdState): EtcdError | null {
  return log.commit > log.applied + COMMIT_AHEAD_MAX ? ERRORS.tooManyRequests : null;
}

function sizeOf(operation: TxnOperation): number {
  switch (operation.op) {
    case "put":
      return operation.key.length + operation.value.sizeBytes + 16;
    case "txn": {
      let bytes = 16 + 32 * operation.compare.length;
      for (const each of operation.success) bytes += sizeOf(each);
      for (const each of operation.failure) bytes += sizeOf(each);
      return bytes;
    }
    default:
      return operation.key.length + (operation.rangeEnd?.length ?? 0) + 16;
  }
}

function handleOperation(state: EtcdState, context: Context, id: RequestId, body: TxnOperation): void {
  if (!isReadOnly(body)) {
    if (isOverQuota(state, body)) {
      refuseForSpace(state, context, id, body);
      return;
    }
    proposeFor(state, context, id, body, body, sizeOf(body));
  } else if (isSerializable(body)) {
    respondSlowly(state, context, id, body, readLocally(state, body), context.nowUs);
  } else {
    awaitRead(state, context, id, body);
  }
}

function isSerializable(body: TxnOperation): boolean {
  if (body.op === "range") return body.serializable === true;
  return body.op === "txn" && body.success.every(isSerializable) && body.failure.every(isSerializable);
}

/** Whether this member's database would be at its quota with what the operation adds. */
function isOverQuota({ store, config }: EtcdState, body: { readonly op: string }): boolean {
  return needsSpace(body) && store.fileBytes + spaceOf(body) >= config.quotaBackendBytes;
}

/** Raises the alarm for all; the client is answered when that is done. */
function refuseForSpace(state: EtcdState, context: Context, id: RequestId, body: EtcdRequest): void {
  const raised = state.alarms.some((each) => each.alarm === "NOSPACE" && each.memberId === state.id);
  if (raised) context.respond(id, ERRORS.noSpace);
  else proposeFor(state, context, id, body, noSpaceOf(state), 64);
}

function noSpaceOf({ id }: EtcdState): Operation {
  return Object.freeze({ op: "alarm", action: "ACTIVATE", alarm: "NOSPACE", memberId: id });
}

/**
 * Writes that were under way together can be too much only when they are applied: then every member that is full says
 * so. True: this one was.
 */
export function raiseWhenFull(state: EtcdState, context: Context, operation: Operation, sizeBytes: number): boolean {
  const { store, config, alarms } = state;
  if (store.fileBytes + sizeBytes + QUOTA_MARGIN_BYTES < config.quotaBackendBytes || alarms.length > 0) return false;
  if (!isOverQuota(state, operation)) return false;
  zap(context, "warn", "etcdserver/server.go:2242", "message exceeded backend quota; raising alarm", {
    "quota-size-bytes": config.quotaBackendBytes,
    "quota-size": humanBytes(config.quotaBackendBytes),
    error: ERRORS.noSpace.text,
  });
  enqueue(state, context, noSpaceOf(state), 0, 64);
  return true;
}

/** More than the overhead that is counted for any operation with as many bytes. */
const QUOTA_MARGIN_BYTES = 40_000;

/** A linearizable read: waits until a quorum has confirmed the leader, and this member has applied what was committed then. */
function awaitRead(state: EtcdState, context: Context, id: RequestId, body: EtcdRequest): void {
  state.waitingReads.push(remember(state, context, id, body));
  if (state.round === null) beginRound(state, context);
}

function beginRound(state: EtcdState, context: Context): void {
  const requests = state.waitingReads.filter((request) => state.pending.has(request));
  state.waitingReads = [];
  if (requests.length === 0) return;
  const name = `${state.id}/${context.self.pid}/${state.nextRound}`;
  state.nextRound += 1;
  state.round = { name, sinceUs: context.nowUs, requests, index: null };
  requestRead(state.raft, name, context);
  if (!state.readTimerArmed) {
    state.readTimerArmed = true;
    context.setTimer(READ_RETRY_US, { type: "readTimer" });
  }
}

/** Asks again for a round that got no answer: the leader may be new, or the question was lost. */
export function readTimer(state: EtcdState, context: Context): void {
  state.readTimerArmed = false;
  const { round } = state;
  if (round === null) return;
  if (!round.requests.some((request) => state.pending.has(request))) {
    state.round = null;
    beginRound(state, context);
    return;
  }
  if (round.index === null && context.nowUs - round.sinceUs >= READ_RETRY_US)
    requestRead(state.raft, round.name, context);
  state.readTimerArmed = true;
  context.setTimer(READ_RETRY_US, { type: "readTimer" });
}

export function readsConfirmed(
  state: EtcdState,
  reads: readonly { readonly read: string; readonly index: number }[],
): void {
  for (const { read, index } of reads) if (state.round?.name === read) state.round.index = index;
}

/** Answers the round's reads once they may be; begins the next. */
export function serveReads(state: EtcdState, context: Context): void {
  const { round } = state;
  if (round === null || round.index === null || state.raft.log.applied < round.index) return;
  state.round = null;
  for (const request of round.requests) {
    const pending = state.pending.get(request);
    if (pending !== undefined) answer(state, context, request, readNow(state, pending.body));
  }
  if (state.waitingReads.length > 0) beginRound(state, context);
}

/** The first leader that this member knows: reads that waited for one need not wait for the next try. */
export function askAgain({ round, raft }: EtcdState, context: Context): void {
  if (round !== null && round.index === null) requestRead(raft, round.name, context);
}

/** Another leader: who confirmed what to whom is not known any more. */
export function failRound(state: EtcdState, context: Context): void {
  const { round } = state;
  if (round === null || round.index !== null) return;
  state.round = null;
  for (const request of round.requests) answer(state, context, request, ERRORS.leaderChanged);
  if (state.waitingReads.length > 0) beginRound(state, context);
}

function readNow(state: EtcdState, body: EtcdRequest): EtcdResponse {
  switch (body.op) {
    case "memberList":
      return memberList(state);
    case "leaseList":
      return Object.freeze({ op: "leaseList", header: headerOf(state), ids: Object.freeze(leaseIds(state.store)) });
    case "health": {
      const alarms = state.alarms.map(({ alarm }) => alarm);
      return Object.freeze({
        op: "health",
        healthy: alarms.length === 0,
        reason: alarms[0] === undefined ? "" : `ALARM ${alarms[0]}`,
      });
    }
    default:
      return readLocally(state, body as TxnOperation);
  }
}

function newLeaseId(state: EtcdState, context: Context): number {
  // A member's ids begin with its own; the rest only has to be new.
  return (
    Number.parseInt(state.id.slice(0, 4), 16) * 2 ** 36 + context.random.int(2 ** 31) * 16 + context.random.int(16)
  );
}

function grantLease(
  state: EtcdState,
  context: Context,
  id: RequestId,
  body: Extract<EtcdRequest, { op: "leaseGrant" }>,
): void {
  if (isOverQuota(state, body)) {
    refuseForSpace(state, context, id, body);
    return;
  }
  const lease = body.id || newLeaseId(state, context);
  proposeFor(state, context, id, body, { op: "leaseGrant", id: lease, ttlSeconds: body.ttlSeconds }, 64);
}

type LeaseRead = Extract<EtcdRequest, { op: "leaseKeepAlive" | "leaseTimeToLive" }>;

/** Only the leader knows how long a lease has; others ask it. */
function handleLease(state: EtcdState, context: Context, id: RequestId, body: LeaseRead): void {
  const { leader } = state.raft;
  if (leader === state.id) {
    context.respond(id, leaseNow(state, context, body));
    return;
  }
  askLeader(state, context, id, { op: "peerLease", request: body }, body.op);
}

export function leaseNow(state: EtcdState, context: Context, body: LeaseRead): EtcdResponse {
  return body.op === "leaseKeepAlive" ? keepAlive(state, context, body.id) : timeToLive(state, context, body);
}
