import { humanBytes } from "../../api/human-bytes.ts";
import type { Context, RequestId, StreamId } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { imageOf } from "./machine.ts";
import type { EtcdRequest, EtcdResponse, EtcdSnapshotFrame } from "./messages.ts";
import { defragment, hashStore, pagesOf } from "./mvcc/store.ts";
import { answer, proposeFor, remember } from "./pending.ts";
import { transferLeadership } from "./raft/raft.ts";
import { NOBODY } from "./raft/types.ts";
import type { SnapshotFile } from "./snapshot-file.ts";
import { type EtcdState, headerOf, type Operation } from "./state.ts";
import { writeDatabaseFile } from "./storage.ts";
import { VERSION } from "./version.ts";
import { zap } from "./zap-log.ts";

/** The maintenance service: status, alarms, defragmentation, moves of the leadership. */
export function statusOf(state: EtcdState): EtcdResponse {
  const { raft, store } = state;
  const errors = raft.leader === NOBODY ? [ERRORS.noLeader.text] : [];
  for (const { memberId, alarm } of state.alarms) errors.push(`memberID:${BigInt(`0x${memberId}`)} alarm:${alarm} `);
  return Object.freeze({
    op: "status",
    header: headerOf(state),
    version: VERSION,
    dbSizeBytes: store.fileBytes,
    dbSizeInUseBytes: pagesOf(store.inUseBytes),
    leader: raft.leader === NOBODY ? "0" : raft.leader,
    isLearner: raft.membership.learners.includes(state.id),
    raftIndex: raft.log.commit,
    raftTerm: raft.term,
    raftAppliedIndex: raft.log.applied,
    errors: Object.freeze(errors),
  });
}

/** Listing alarms goes through the log too: without a quorum nobody knows them. */
export function handleAlarm(
  state: EtcdState,
  context: Context,
  id: RequestId,
  body: Extract<EtcdRequest, { op: "alarm" }>,
): void {
  const target = body.action === "GET" ? undefined : state.alarms[0];
  const operation: Operation = {
    op: "alarm",
    action: body.action,
    alarm: body.alarm ?? target?.alarm ?? "NONE",
    memberId: body.memberId ?? target?.memberId ?? state.id,
  };
  proposeFor(state, context, id, body, Object.freeze(operation), 64);
}

/** What a member holds up to a revision, as one number that is the same on all members. 0: up to the newest. */
export function hashOf(state: EtcdState, upTo: number): EtcdResponse {
  const { store } = state;
  if (upTo > store.revision) return ERRORS.futureRevision;
  if (upTo !== 0 && upTo < store.compactRevision) return ERRORS.compacted;
  const hashRevision = upTo || store.revision;
  return Object.freeze({
    op: "hashKv",
    header: headerOf(state),
    hash: hashStore(store, hashRevision),
    compactRevision: store.compactRevision,
    hashRevision,
  });
}

/** The whole database as of now, to whoever saves it. Needs no leader. */
export function sendDatabase(state: EtcdState, context: Context, id: StreamId): void {
  const sizeBytes = state.store.fileBytes;
  const file: SnapshotFile = Object.freeze({ type: "etcdSnapshot", image: imageOf(state), sizeBytes });
  const frame: EtcdSnapshotFrame = { type: "snapshot", file, sizeBytes };
  zap(context, "info", "v3rpc/maintenance.go:126", "sending database snapshot to client", {
    "total-bytes": sizeBytes,
    size: humanBytes(sizeBytes),
  });
  context.sendFrame(id, Object.freeze(frame), { label: "snapshot", sizeBytes });
  context.closeStream(id);
  zap(context, "info", "v3rpc/maintenance.go:177", "successfully sent database snapshot to client", {
    "total-bytes": sizeBytes,
    size: humanBytes(sizeBytes),
  });
}

export function defragmentNow(state: EtcdState, context: Context, id: RequestId): void {
  const before = state.store.fileBytes;
  zap(context, "info", "v3rpc/maintenance.go:89", "starting defragment");
  defragment(state.store);
  state.defragmentedAt = state.raft.log.applied;
  writeDatabaseFile(context.disk, state.config.dataPath, state.store, state.defragmentedAt);
  zap(context, "info", "backend/backend.go:549", "finished defragmenting directory", {
    path: `${state.config.dataDir}/member/snap/db`,
    "current-db-size-bytes-diff": state.store.fileBytes - before,
    "current-db-size-bytes": state.store.fileBytes,
    "current-db-size": humanBytes(state.store.fileBytes),
  });
  context.respond(id, Object.freeze({ op: "defragment", header: headerOf(state) }));
}

export function moveLeader(
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
