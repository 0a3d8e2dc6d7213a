import { conflictAt, entriesFrom, termAt } from "./log.ts";
import {
  acknowledge,
  becomeProbe,
  becomeReplicate,
  becomeSnapshot,
  isPaused,
  reject,
  releaseInflight,
  snapshotFailed,
} from "./progress.ts";
import { isQuorum, isVoter, quorumIndex } from "./quorum.ts";
import { answerRead, confirmReads, releaseEarlyReads } from "./read-index.ts";
import { broadcast, send } from "./roles.ts";
import { NOBODY, type NodeId, type Progress, type Raft, type RaftMessageOf, type Surroundings } from "./types.ts";

/** Heartbeats carry the last pending read, so that a lost round is repeated by the next beat. */
export function sendHeartbeats(raft: Raft): void {
  const read = raft.reads.at(-1)?.read ?? "";
  for (const [to, progress] of raft.progress) {
    if (to === raft.config.id) continue;
    send(raft, {
      type: "heartbeat",
      from: raft.config.id,
      to,
      term: raft.term,
      commit: Math.min(progress.match, raft.log.commit),
      read,
    });
  }
}

/** What is due to each follower, as messages. */
export function sendDueAppends(raft: Raft): void {
  if (!isAnyDue(raft)) return;
  for (const [to, progress] of raft.progress) {
    if (progress.due === "no") continue;
    let evenEmpty = progress.due === "always";
    progress.due = "no";
    while (sendAppend(raft, to, progress, evenEmpty)) evenEmpty = false;
  }
}

/** Asked after every message, and mostly not so. */
function isAnyDue({ progress }: Raft): boolean {
  for (const each of progress.values()) if (each.due !== "no") return true;
  return false;
}

function sendAppend(raft: Raft, to: NodeId, progress: Progress, evenEmpty: boolean): boolean {
  const { log, config } = raft;
  if (isPaused(progress, config.inflightMax)) return false;
  const previousIndex = progress.next - 1;
  const previousTerm = termAt(log, previousIndex);
  if (previousTerm === undefined) return sendSnapshot(raft, to, progress);
  const entries = entriesFrom(log, progress.next, log.last, config.messageBytesMax);
  if (entries.length === 0 && !evenEmpty) return false;
  if (entries.length > 0 && progress.state === "replicate") {
    progress.next = previousIndex + entries.length + 1;
    progress.inflight.push(progress.next - 1);
  } else if (progress.state === "probe") {
    progress.probing = true;
  }
  send(raft, {
    type: "append",
    from: config.id,
    to,
    term: raft.term,
    previousIndex,
    previousTerm,
    entries: Object.freeze(entries),
    commit: log.commit,
  });
  return entries.length > 0;
}

function sendSnapshot(raft: Raft, to: NodeId, progress: Progress): boolean {
  const { snapshot } = raft.log;
  if (!progress.active || snapshot === null) return false;
  becomeSnapshot(progress, snapshot.index);
  send(raft, { type: "snapshot", from: raft.config.id, to, term: raft.term, snapshot });
  return false;
}

export function handleAppendResponse(raft: Raft, message: RaftMessageOf<"appendResponse">): void {
  const progress = raft.progress.get(message.from);
  if (progress === undefined) return;
  progress.active = true;
  if (message.rejected) {
    const hint =
      message.hintTerm > 0 ? conflictAt(raft.log, message.hintIndex, message.hintTerm).index : message.hintIndex;
    if (!reject(progress, message.index, hint)) return;
    if (progress.state === "replicate") becomeProbe(progress);
    progress.due = "always";
    return;
  }
  const wasPaused = isPaused(progress, raft.config.inflightMax);
  if (!acknowledge(progress, message.index)) return;
  advanceState(progress, message.index);
  if (!advanceCommit(raft) && wasPaused) progress.due = "always";
  if (progress.due === "no") progress.due = "entries";
  if (message.from === raft.transferee && progress.match === raft.log.last) sendTimeoutNow(raft, message.from);
}

function advanceState(progress: Progress, index: number): void {
  if (progress.state === "probe") becomeReplicate(progress);
  else if (progress.state === "replicate") releaseInflight(progress, index);
  else if (progress.match >= progress.snapshotIndex) {
    becomeProbe(progress);
    becomeReplicate(progress);
  }
}

/** Commits what a quorum has, if it is of the leader's own term; tells everyone. */
export function advanceCommit(raft: Raft): boolean {
  const { log } = raft;
  const index = quorumIndex(raft.membership, (id) => raft.progress.get(id)?.match ?? 0);
  if (index <= log.commit || termAt(log, index) !== raft.term) return false;
  log.commit = index;
  releaseEarlyReads(raft);
  broadcast(raft, "always");
  return true;
}

export function handleHeartbeatResponse(raft: Raft, message: RaftMessageOf<"heartbeatResponse">): void {
  const progress = raft.progress.get(message.from);
  if (progress === undefined) return;
  progress.active = true;
  progress.probing = false;
  if (progress.state === "replicate" && progress.inflight.length >= raft.config.inflightMax) progress.inflight.shift();
  if (progress.match < raft.log.last) progress.due = "always";
  if (message.read !== "") confirmReads(raft, message.from, message.read);
}

export function handleReadIndex(raft: Raft, message: RaftMessageOf<"readIndex">): void {
  if (termAt(raft.log, raft.log.commit) !== raft.term) {
    raft.earlyReads.push(message);
    return;
  }
  beginRead(raft, message);
}

/** Asks a quorum whether this still is the leader before the commit index of now may be read at. */
export function beginRead(raft: Raft, message: RaftMessageOf<"readIndex">): void {
  const { id } = raft.config;
  const read = { read: message.read, from: message.from, index: raft.log.commit, acknowledged: new Set([id]) };
  if (isQuorum(raft.membership, (each) => each === id)) {
    answerRead(raft, read);
    return;
  }
  raft.reads.push(read);
  sendHeartbeats(raft);
}

export function handleTransfer(raft: Raft, message: RaftMessageOf<"transferLeader">, around: Surroundings): void {
  const { transferee } = message;
  const progress = raft.progress.get(transferee);
  if (progress === undefined || !isVoter(raft.membership, transferee)) return;
  if (transferee === raft.config.id || transferee === raft.transferee) return;
  raft.transferee = transferee;
  raft.heardAtUs = around.nowUs;
  if (progress.match === raft.log.last) sendTimeoutNow(raft, transferee);
  else progress.due = "always";
}

function sendTimeoutNow(raft: Raft, to: NodeId): void {
  send(raft, { type: "timeoutNow", from: raft.config.id, to, term: raft.term });
}

/** The way to `id` broke: what was under way may be lost. */
export function reportUnreachable(raft: Raft, id: NodeId): void {
  const progress = raft.role === "leader" ? raft.progress.get(id) : undefined;
  if (progress === undefined) return;
  if (progress.state === "replicate") becomeProbe(progress);
  else if (progress.state === "snapshot") snapshotFailed(progress);
}

/** Who was sent a snapshot is asked now and then whether it has it: the answer may have been lost. */
export function probeSnapshots(raft: Raft): void {
  for (const progress of raft.progress.values()) {
    if (progress.state !== "snapshot" || !progress.active) continue;
    becomeProbe(progress);
    progress.due = "always";
  }
}

export function abandonTransfer(raft: Raft): void {
  raft.transferee = NOBODY;
}
