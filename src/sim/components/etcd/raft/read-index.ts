import { isQuorum } from "./quorum.ts";
import { send } from "./roles.ts";
import { NOBODY, type NodeId, type PendingRead, type Raft } from "./types.ts";

/** `from` confirmed the leadership in the round of `read`: all reads up to it are good once a quorum has. */
export function confirmReads(raft: Raft, from: NodeId, read: string): void {
  const position = raft.reads.findIndex((each) => each.read === read);
  if (position < 0) return;
  const pending = raft.reads[position] as PendingRead;
  pending.acknowledged.add(from);
  if (!isQuorum(raft.membership, (id) => pending.acknowledged.has(id))) return;
  for (const done of raft.reads.splice(0, position + 1)) answerRead(raft, done);
}

export function answerRead(raft: Raft, { read, from, index }: PendingRead): void {
  if (from === NOBODY || from === raft.config.id) {
    raft.readsDone.push({ read, index });
    return;
  }
  send(raft, { type: "readIndexResponse", from: raft.config.id, to: from, term: raft.term, read, index });
}

/** The leader has committed in its own term: reads that waited for that may begin. They take the coming beat. */
export function releaseEarlyReads(raft: Raft): void {
  if (raft.earlyReads.length === 0) return;
  const early = raft.earlyReads;
  raft.earlyReads = [];
  const { id } = raft.config;
  for (const { read, from } of early) {
    const pending: PendingRead = { read, from, index: raft.log.commit, acknowledged: new Set([id]) };
    if (isQuorum(raft.membership, (each) => each === id)) answerRead(raft, pending);
    else raft.reads.push(pending);
  }
}
