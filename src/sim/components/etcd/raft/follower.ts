import { conflictAt, push, restoreLog, termAt, truncate } from "./log.ts";
import { promise, send } from "./roles.ts";
import type { Entry, Raft, RaftMessageOf, Snapshot } from "./types.ts";

export function handleAppend(raft: Raft, message: RaftMessageOf<"append">): void {
  const { log } = raft;
  const { previousIndex, previousTerm, entries } = message;
  if (previousIndex < log.commit) {
    accept(raft, message.from, log.commit);
    return;
  }
  if (termAt(log, previousIndex) !== previousTerm) {
    const hint = conflictAt(log, Math.min(previousIndex, log.last), previousTerm);
    promise(raft, {
      type: "appendResponse",
      from: raft.config.id,
      to: message.from,
      term: raft.term,
      index: previousIndex,
      rejected: true,
      hintIndex: hint.index,
      hintTerm: hint.term,
    });
    return;
  }
  appendMissing(raft, entries);
  const lastNew = previousIndex + entries.length;
  commitTo(raft, Math.min(message.commit, lastNew));
  accept(raft, message.from, lastNew);
}

function accept(raft: Raft, to: string, index: number): void {
  promise(raft, {
    type: "appendResponse",
    from: raft.config.id,
    to,
    term: raft.term,
    index,
    rejected: false,
    hintIndex: 0,
    hintTerm: 0,
  });
}

/** Skips what is here already; on the first conflict the leader's log replaces the rest. */
function appendMissing(raft: Raft, entries: readonly Entry[]): void {
  const { log } = raft;
  for (const entry of entries) {
    if (entry.index <= log.last) {
      if (termAt(log, entry.index) === entry.term) continue;
      if (entry.index <= log.commit) {
        raft.panic = `entry ${entry.index} conflict with committed entry [committed(${log.commit})]`;
        return;
      }
      truncate(log, entry.index - 1);
    }
    push(log, entry);
  }
}

export function commitTo(raft: Raft, index: number): void {
  const { log } = raft;
  if (index <= log.commit) return;
  if (index > log.last) {
    raft.panic = `tocommit(${index}) is out of range [lastIndex(${log.last})]. Was the raft log corrupted, truncated, or lost?`;
    return;
  }
  log.commit = index;
}

export function handleHeartbeat(raft: Raft, message: RaftMessageOf<"heartbeat">): void {
  commitTo(raft, message.commit);
  send(raft, {
    type: "heartbeatResponse",
    from: raft.config.id,
    to: message.from,
    term: raft.term,
    read: message.read,
  });
}

export function handleSnapshot(raft: Raft, message: RaftMessageOf<"snapshot">): void {
  accept(raft, message.from, restore(raft, message.snapshot) ? raft.log.last : raft.log.commit);
}

/** False: the log has all of it already. */
function restore(raft: Raft, snapshot: Snapshot): boolean {
  const { log } = raft;
  if (snapshot.index <= log.commit) return false;
  if (termAt(log, snapshot.index) === snapshot.term) {
    commitTo(raft, snapshot.index);
    return false;
  }
  restoreLog(log, snapshot);
  raft.membership = snapshot.membership;
  raft.incomingSnapshot = snapshot;
  return true;
}
