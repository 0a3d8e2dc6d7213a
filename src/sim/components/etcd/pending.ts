import { goDuration } from "../../api/duration.ts";
import type { Context, RequestId, TraceRef } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { httpAnswer } from "./http.ts";
import { isError } from "./is-error.ts";
import type { EtcdError, EtcdRequest, EtcdResponse } from "./messages.ts";
import type { PeerRequest } from "./peer-messages.ts";
import { connectedSince, isConnectedSince } from "./peers.ts";
import { enqueue } from "./proposals.ts";
import { NOBODY } from "./raft/types.ts";
import type { EtcdState, Operation, Pending } from "./state.ts";
import { zap } from "./zap-log.ts";

/** Requests that this member has taken on: their deadlines, and how they are answered. */
const SLOW_US = 100_000;

/** 5 s for the disk and a round trip, and two elections. */
export function requestTimeoutUs(state: EtcdState): number {
  return 5_000_000 + 2 * state.config.electionMs * 1000;
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

/** Holds a request until it is answered or has timed out; gives its key in `pending`. */
export function remember(state: EtcdState, context: Context, id: RequestId, body: EtcdRequest): number {
  const request = state.nextRequest;
  state.nextRequest += 1;
  const trace: TraceRef = Object.freeze(context.trace);
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
  // A write that was over the quota waits until everybody knows the alarm.
  const said = response.op === "alarm" && pending.body.op !== "alarm" ? ERRORS.noSpace : response;
  respondSlowly(state, context, pending.id, pending.body, said, pending.sinceUs);
}

/** Responds, and complains in the log when it took too long. */
export function respondSlowly(
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
    // By index: an iterator over a frozen list costs more than all that is done with it.
    for (let index = 0; index < response.responses.length; index += 1)
      bytes += sizeOfResponse(response.responses[index] as EtcdResponse);
    return bytes;
  }
  return 60;
}

/** Hands a request on to the leader, which alone can answer it; what comes back is handed out. */
export function askLeader(state: EtcdState, context: Context, id: RequestId, body: PeerRequest, label: string): void {
  const link = state.peers.get(state.raft.leader);
  if (link === undefined) {
    context.respond(id, ERRORS.noLeader);
    return;
  }
  context.request({
    to: link.address,
    body: Object.freeze(body),
    timeoutUs: requestTimeoutUs(state),
    tag: Object.freeze({ forwarded: id }),
    certificate: state.peerCertificate ?? undefined,
    label,
  });
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
  const members = [...state.members.values()];
  return connectedSince(state, members, sinceUs) > members.length >> 1 ? ERRORS.timeout : ERRORS.timeoutConnectionLost;
}
