import { goDuration } from "../../api/duration.ts";
import type { Context, RequestId, TraceRef } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { httpAnswer } from "./http.ts";
import { isError } from "./is-error.ts";
import { keepAlive, timeToLive } from "./lease-expiry.ts";
import { memberList, needsSpace, readLocally, spaceOf } from "./machine.ts";
import type { EtcdError, EtcdRequest, EtcdResponse, TxnOperation } from "./messages.ts";
import { checkRequest, isReadOnly } from "./mvcc/check-request.ts";
import { checkLeaseGrant, leaseIds } from "./mvcc/lease.ts";
import { defragment } from "./mvcc/store.ts";
import type { PeerRequest } from "./peer-messages.ts";
import { isConnectedSince } from "./peers.ts";
import { enqueue } from "./proposals.ts";
import { requestRead, transferLeadership } from "./raft/raft.ts";
import { NOBODY } from "./raft/types.ts";
import { type EtcdState, headerOf, type Operation, type Pending } from "./state.ts";
import { zap } from "./zap-log.ts";

const READ_RETRY_US = 500_000;
const SLOW_US = 100_000;
const COMMIT_AHEAD_MAX = 5_000;

export const VERSION = "3.5.21";

/** 5 s for the disk and a round trip, and two elections. */
function requestTimeoutUs(state: EtcdState): number {
  return 5_000_000 + 2 * state.config.electionMs * 1000;
}

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
      proposeFor(
        state,
        context,
        id,
        body,
        { op: "leaseGrant", id: body.id || newLeaseId(state, context), ttlSeconds: body.ttlSeconds },
        64,
      );
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
  }
}

function check(state: EtcdState, body: EtcdRequest): EtcdError | null {
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
      raiseNoSpace(state, context);
      context.respond(id, ERRORS.noSpace);
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

function isOverQuota(state: EtcdState, body: TxnOperation): boolean {
  return needsSpace(body) && state.store.fileBytes + spaceOf(body) >= state.config.quotaBackendBytes;
}

function raiseNoSpace(state: EtcdState, context: Context): void {
  if (state.alarms.some((each) => each.alarm === "NOSPACE" && each.memberId === state.id)) return;
  zap(context, "warn", "v3rpc/quota.go:47", "alarm raised", { alarm: "NOSPACE" });
  enqueue(state, context, { op: "alarm", activate: true, alarm: "NOSPACE", memberId: state.id }, 0, 64);
}

/** Proposes; the client gets its answer when this member applies it. */
export function proposeFor(
  state: EtcdState,
  context: Context,
  id: RequestId,
  body: EtcdRequest,
  operation: Operation,
  sizeBytes: number,
): void {
  enqueue(state, context, operation, remember(state, context, id, body), sizeBytes);
}

function remember(state: EtcdState, context: Context, id: RequestId, body: EtcdRequest): number {
  const request = state.nextRequest;
  state.nextRequest += 1;
  const trace: TraceRef = Object.freeze({ ...context.trace });
  const deadlineUs = context.nowUs + requestTimeoutUs(state);
  const pending: Pending = Object.freeze({ id, sinceUs: context.nowUs, deadlineUs, body, trace });
  state.pending.set(request, pending);
  if (!state.requestTimerArmed) {
    state.requestTimerArmed = true;
    context.setTimer(requestTimeoutUs(state), { type: "requestTimer" });
  }
  return request;
}

/** Answers a request that this member still holds. */
export function answer(state: EtcdState, context: Context, request: number, response: EtcdResponse): void {
  const pending = state.pending.get(request);
  if (pending === undefined) return;
  state.pending.delete(request);
  context.actFor(pending.trace);
  respondSlowly(state, context, pending.id, pending.body, response, pending.sinceUs);
}

/** Responds, and complains in the log when it took too long. */
function respondSlowly(
  state: EtcdState,
  context: Context,
  id: RequestId,
  body: EtcdRequest,
  response: EtcdResponse,
  sinceUs: number,
): void {
  const tookUs = context.nowUs - sinceUs;
  if (tookUs > SLOW_US && state.phase === "running") {
    const key = "key" in body ? `key:"${body.key}" ` : "";
    zap(context, "warn", "etcdserver/util.go:170", "apply request took too long", {
      took: goDuration(tookUs),
      "expected-duration": "100ms",
      prefix: body.op === "range" ? "read-only range " : "",
      request: key,
      response: isError(response) ? "" : `size:${sizeOfResponse(response)}`,
      ...(isError(response) ? { error: response.text } : {}),
    });
  }
  const probe = state.probes.get(id);
  if (probe === undefined) {
    context.respond(id, response, { sizeBytes: sizeOfResponse(response) });
  } else {
    state.probes.delete(id);
    context.respond(id, probeAnswer(probe, response));
  }
}

/** What a probe of `/health` or `/readyz` gets. */
function probeAnswer(path: string, response: EtcdResponse): object {
  const reason = isError(response) ? response.text : response.op === "health" ? response.reason : "";
  if (path === "/health") {
    return httpAnswer(reason === "" ? 200 : 503, JSON.stringify({ health: String(reason === ""), reason }));
  }
  return isError(response) ? httpAnswer(503, `[-]linearizable_read failed: ${reason}\n`) : httpAnswer(200, "ok\n");
}

function sizeOfResponse(response: EtcdResponse): number {
  if (response.op === "range")
    return response.kvs.reduce((bytes, kv) => bytes + kv.key.length + kv.value.sizeBytes + 40, 60);
  if (response.op === "txn") {
    let bytes = 60;
    for (const each of response.responses) bytes += sizeOfResponse(each);
    return bytes;
  }
  return 60;
}

/** The caller gave up. What was proposed is applied all the same. */
export function requestCancelled(state: EtcdState, id: RequestId): void {
  for (const [request, pending] of state.pending) {
    if (pending.id !== id) continue;
    state.pending.delete(request);
    state.waitingReads = state.waitingReads.filter((each) => each !== request);
    return;
  }
}

/** Requests are held in the order in which they came, and so in the order of their deadlines. */
export function requestTimer(state: EtcdState, context: Context): void {
  state.requestTimerArmed = false;
  for (const [request, pending] of state.pending) {
    if (pending.deadlineUs > context.nowUs) {
      state.requestTimerArmed = true;
      context.setTimer(pending.deadlineUs - context.nowUs, { type: "requestTimer" });
      return;
    }
    answer(state, context, request, timeoutError(state, pending, state.round?.requests.includes(request) === true));
  }
}

/** Upstream's guess at why nothing came back. */
function timeoutError(state: EtcdState, { sinceUs }: Pending, inRound: boolean): EtcdError {
  if (inRound && state.round !== null && state.round.index !== null) return ERRORS.timeoutWaitAppliedIndex;
  const lostUs = state.leaderSinceUs - 2 * state.config.electionMs * 1000;
  if (sinceUs > lostUs && sinceUs < state.leaderSinceUs) return ERRORS.timeoutLeaderFail;
  const { leader } = state.raft;
  if (leader === NOBODY) return ERRORS.timeout;
  if (leader !== state.id)
    return isConnectedSince(state, leader, sinceUs) ? ERRORS.timeout : ERRORS.timeoutConnectionLost;
  let connected = 1;
  for (const peer of state.peers.keys()) if (isConnectedSince(state, peer, sinceUs)) connected += 1;
  return connected > (state.peers.size + 1) >> 1 ? ERRORS.timeout : ERRORS.timeoutConnectionLost;
}

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

function statusOf(state: EtcdState): EtcdResponse {
  const { raft, store } = state;
  const errors = raft.leader === NOBODY ? [ERRORS.noLeader.text] : [];
  for (const { memberId, alarm } of state.alarms) errors.push(`memberID:${BigInt(`0x${memberId}`)} alarm:${alarm} `);
  return Object.freeze({
    op: "status",
    header: headerOf(state),
    version: VERSION,
    dbSizeBytes: store.fileBytes,
    dbSizeInUseBytes: store.inUseBytes,
    leader: raft.leader === NOBODY ? "0" : raft.leader,
    isLearner: raft.membership.learners.includes(state.id),
    raftIndex: raft.log.commit,
    raftTerm: raft.term,
    raftAppliedIndex: raft.log.applied,
    errors: Object.freeze(errors),
  });
}

function newLeaseId(state: EtcdState, context: Context): number {
  // A member's ids begin with its own; the rest only has to be new.
  return (
    Number.parseInt(state.id.slice(0, 4), 16) * 2 ** 36 + context.random.int(2 ** 31) * 16 + context.random.int(16)
  );
}

type LeaseRead = Extract<EtcdRequest, { op: "leaseKeepAlive" | "leaseTimeToLive" }>;

/** Only the leader knows how long a lease has; others ask it. */
function handleLease(state: EtcdState, context: Context, id: RequestId, body: LeaseRead): void {
  const { leader } = state.raft;
  if (leader === state.id) {
    context.respond(id, leaseNow(state, context, body));
    return;
  }
  const link = state.peers.get(leader);
  if (link === undefined) {
    context.respond(id, ERRORS.noLeader);
    return;
  }
  const forward: PeerRequest = { op: "peerLease", request: body };
  context.request({
    to: link.address,
    body: Object.freeze(forward),
    timeoutUs: requestTimeoutUs(state),
    tag: Object.freeze({ lease: id }),
    certificate: state.peerCertificate ?? undefined,
    label: body.op,
  });
}

export function leaseNow(state: EtcdState, context: Context, body: LeaseRead): EtcdResponse {
  return body.op === "leaseKeepAlive" ? keepAlive(state, context, body.id) : timeToLive(state, context, body);
}

function handleAlarm(
  state: EtcdState,
  context: Context,
  id: RequestId,
  body: Extract<EtcdRequest, { op: "alarm" }>,
): void {
  if (body.action === "GET") {
    const alarms = state.alarms.filter(({ alarm }) => body.alarm === undefined || alarm === body.alarm);
    context.respond(id, Object.freeze({ op: "alarm", header: headerOf(state), alarms: Object.freeze(alarms) }));
    return;
  }
  const target = state.alarms[0];
  const operation: Operation = {
    op: "alarm",
    activate: body.action === "ACTIVATE",
    alarm: body.alarm ?? target?.alarm ?? "NOSPACE",
    memberId: body.memberId ?? target?.memberId ?? state.id,
  };
  proposeFor(state, context, id, body, Object.freeze(operation), 64);
}

function defragmentNow(state: EtcdState, context: Context, id: RequestId): void {
  const before = state.store.fileBytes;
  zap(context, "info", "v3rpc/maintenance.go:89", "starting defragment");
  defragment(state.store);
  zap(context, "info", "backend/backend.go:549", "finished defragmenting directory", {
    path: `${state.config.dataDir}/member/snap/db`,
    "current-db-size-bytes-diff": state.store.fileBytes - before,
    "current-db-size-bytes": state.store.fileBytes,
  });
  context.respond(id, Object.freeze({ op: "defragment", header: headerOf(state) }));
}

function moveLeader(
  state: EtcdState,
  context: Context,
  id: RequestId,
  body: Extract<EtcdRequest, { op: "moveLeader" }>,
): void {
  if (state.raft.leader !== state.id) {
    context.respond(id, ERRORS.notLeader);
    return;
  }
  if (!state.raft.membership.voters.includes(body.targetId)) {
    context.respond(id, ERRORS.badLeaderTransferee);
    return;
  }
  if (body.targetId === state.id) {
    context.respond(id, Object.freeze({ op: "moveLeader", header: headerOf(state) }));
    return;
  }
  state.transfer = { to: body.targetId, request: remember(state, context, id, body) };
  transferLeadership(state.raft, body.targetId, context);
}

/** There is a leader (again): a move of the leadership that waits for this is done. */
export function transferFinished(state: EtcdState, context: Context): void {
  const { transfer } = state;
  if (transfer === null || state.raft.leader === state.id) return;
  state.transfer = null;
  if (transfer.request === null) {
    context.setTimer(0, { type: "shutdown" }, "keep");
    return;
  }
  const moved = state.raft.leader === transfer.to;
  answer(
    state,
    context,
    transfer.request,
    moved ? Object.freeze({ op: "moveLeader", header: headerOf(state) }) : ERRORS.leaderChanged,
  );
}
