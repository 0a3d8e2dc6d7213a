import { entryAt, isUpToDate, lastTerm } from "./log.ts";
import { isVoter, voteResult } from "./quorum.ts";
import {
  becomeCandidate,
  becomeFollower,
  becomeLeader,
  becomePreCandidate,
  everyone,
  isPromotable,
  promise,
} from "./roles.ts";
import { NOBODY, type Raft, type RaftMessage, type RaftMessageOf, type Surroundings } from "./types.ts";

/** The election time-out has passed, or somebody wants an election now (`transfer`: the leader does). */
export function campaign(raft: Raft, around: Surroundings, transfer = false): void {
  if (raft.role === "leader" || !isPromotable(raft) || hasUnappliedMembership(raft)) return;
  if (raft.config.preVote && !transfer) {
    becomePreCandidate(raft, around);
    askForVotes(raft, "preVote", raft.term + 1, false, around);
  } else {
    runElection(raft, around, transfer);
  }
}

function runElection(raft: Raft, around: Surroundings, transfer: boolean): void {
  becomeCandidate(raft, around);
  askForVotes(raft, "vote", raft.term, transfer, around);
}

/** A membership that is committed but not applied could elect two leaders. */
function hasUnappliedMembership(raft: Raft): boolean {
  const { log } = raft;
  for (let index = log.applied + 1; index <= log.commit; index += 1) {
    if (entryAt(log, index)?.kind === "membership") return true;
  }
  return false;
}

function askForVotes(
  raft: Raft,
  type: "preVote" | "vote",
  term: number,
  transfer: boolean,
  around: Surroundings,
): void {
  const { id } = raft.config;
  raft.votes.set(id, true);
  for (const to of everyone(raft)) {
    if (to === id || !isVoter(raft.membership, to)) continue;
    promise(raft, { type, from: id, to, term, lastIndex: raft.log.last, lastTerm: lastTerm(raft.log), transfer });
  }
  countVotes(raft, around);
}

export function countVotes(raft: Raft, around: Surroundings): void {
  switch (voteResult(raft.membership, raft.votes)) {
    case "won":
      if (raft.role === "preCandidate") runElection(raft, around, false);
      else becomeLeader(raft, around);
      return;
    case "lost":
      becomeFollower(raft, raft.term, NOBODY, around);
      return;
    case "pending":
      return;
  }
}

/** Votes on a (pre-)vote request of this or a later term. */
export function answerVoteRequest(raft: Raft, message: RaftMessageOf<"preVote" | "vote">, around: Surroundings): void {
  const { from, term, type } = message;
  const free =
    raft.vote === from || (raft.vote === NOBODY && raft.leader === NOBODY) || (type === "preVote" && term > raft.term);
  const granted = free && isUpToDate(raft.log, message.lastIndex, message.lastTerm);
  promise(raft, {
    type: type === "vote" ? "voteResponse" : "preVoteResponse",
    from: raft.config.id,
    to: from,
    term: granted ? term : raft.term,
    rejected: !granted,
  });
  if (!granted || type === "preVote") return;
  raft.heardAtUs = around.nowUs;
  raft.vote = from;
}

export function stepCandidate(raft: Raft, message: RaftMessage, around: Surroundings): void {
  const awaited = raft.role === "preCandidate" ? "preVoteResponse" : "voteResponse";
  if (message.type !== awaited || raft.votes.has(message.from)) return;
  raft.votes.set(message.from, !message.rejected);
  countVotes(raft, around);
}
