import { push } from "./log.ts";
import { createProgress } from "./progress.ts";
import { isQuorum, isVoter } from "./quorum.ts";
import { NOBODY, type NodeId, type Proposal, type Raft, type RaftMessage, type Surroundings } from "./types.ts";

/** Everyone who gets entries: voters of both halves and learners, each once, in a fixed order. */
export function everyone(raft: Raft): NodeId[] {
  const { voters, outgoing, learners } = raft.membership;
  return outgoing.length === 0 && learners.length === 0
    ? [...voters]
    : [...new Set([...voters, ...outgoing, ...learners])];
}

export function isPromotable(raft: Raft): boolean {
  return raft.incomingSnapshot === null && isVoter(raft.membership, raft.config.id);
}

/** Sends what need not wait for the disk. */
export function send(raft: Raft, message: RaftMessage): void {
  raft.messages.push(Object.freeze(message));
}

/** Sends what says that something is durable, or depends on it: votes, and that entries were appended. */
export function promise(raft: Raft, message: RaftMessage): void {
  raft.promises.push(Object.freeze(message));
}

export function becomeFollower(raft: Raft, term: number, leader: NodeId, around: Surroundings): void {
  reset(raft, term, around);
  raft.role = "follower";
  raft.leader = leader;
}

/** Changes neither term nor vote: only asks whether an election could be won. */
export function becomePreCandidate(raft: Raft, around: Surroundings): void {
  raft.role = "preCandidate";
  raft.leader = NOBODY;
  raft.votes.clear();
  drawTimeout(raft, around);
}

export function becomeCandidate(raft: Raft, around: Surroundings): void {
  reset(raft, raft.term + 1, around);
  raft.role = "candidate";
  raft.vote = raft.config.id;
}

export function becomeLeader(raft: Raft, around: Surroundings): void {
  reset(raft, raft.term, around);
  raft.role = "leader";
  raft.leader = raft.config.id;
  raft.heartbeatAtUs = around.nowUs + raft.config.heartbeatUs;
  raft.membershipIndex = raft.log.last;
  for (const id of everyone(raft)) {
    const progress = createProgress(raft.log.last + 1, raft.membership.learners.includes(id));
    raft.progress.set(id, progress);
    if (id !== raft.config.id) continue;
    progress.state = "replicate";
    progress.match = raft.log.stable;
    progress.active = true;
  }
  appendProposals(raft, [EMPTY]);
}

const EMPTY: Proposal = Object.freeze({ kind: "normal", data: null, sizeBytes: 0 });

function reset(raft: Raft, term: number, around: Surroundings): void {
  if (raft.term !== term) {
    raft.term = term;
    raft.vote = NOBODY;
  }
  raft.leader = NOBODY;
  raft.heardAtUs = around.nowUs;
  drawTimeout(raft, around);
  raft.transferee = NOBODY;
  raft.votes.clear();
  raft.progress.clear();
  raft.membershipIndex = 0;
  raft.reads = [];
  raft.earlyReads = [];
}

function drawTimeout(raft: Raft, around: Surroundings): void {
  const { electionTimeoutUs } = raft.config;
  raft.electionTimeoutUs = electionTimeoutUs + around.random.int(Math.floor((electionTimeoutUs * 9) / 10) + 1);
}

/** Puts proposals into the leader's log and has them sent to everyone. */
export function appendProposals(raft: Raft, proposals: readonly Proposal[]): void {
  const { log, term } = raft;
  for (const { kind, data, sizeBytes } of proposals) {
    push(log, Object.freeze({ index: log.last + 1, term, kind, data, sizeBytes }));
    if (kind === "membership") raft.membershipIndex = log.last;
  }
  broadcast(raft, "entries");
}

/** Has every follower sent an append with the next Ready. */
export function broadcast(raft: Raft, due: "entries" | "always"): void {
  for (const [id, progress] of raft.progress) {
    if (id !== raft.config.id && progress.due !== "always") progress.due = due;
  }
}

/** Whether a majority was heard from lately; starts counting anew. */
export function countQuorum(raft: Raft): boolean {
  const { id } = raft.config;
  const active = isQuorum(raft.membership, (each) => each === id || raft.progress.get(each)?.active === true);
  for (const [each, progress] of raft.progress) if (each !== id) progress.active = false;
  return active;
}
