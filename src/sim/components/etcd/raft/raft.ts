import { withFields } from "../../../kernel/records.ts";
import { answerVoteRequest, campaign, stepCandidate } from "./election.ts";
import { handleAppend, handleHeartbeat, handleSnapshot } from "./follower.ts";
import {
  abandonTransfer,
  advanceCommit,
  handleAppendResponse,
  handleHeartbeatResponse,
  handleReadIndex,
  handleTransfer,
  probeSnapshots,
  sendHeartbeats,
} from "./leader.ts";
import { createLog } from "./log.ts";
import { createProgress } from "./progress.ts";
import { appendProposals, becomeFollower, countQuorum, isPromotable, promise, send } from "./roles.ts";
import {
  type HardState,
  type Membership,
  type MembershipChange,
  NOBODY,
  type NodeId,
  type Proposal,
  type Raft,
  type RaftConfig,
  type RaftMessage,
  type Snapshot,
  type Surroundings,
} from "./types.ts";

/** A member as it comes up, from what it finds on its disk. Entries after the snapshot are pushed by the caller. */
export function createRaft(
  config: RaftConfig,
  membership: Membership,
  snapshot: Snapshot | null,
  hardState: HardState,
  around: Surroundings,
): Raft {
  const raft: Raft = {
    config: Object.freeze(config),
    role: "follower",
    term: hardState.term,
    vote: hardState.vote,
    leader: NOBODY,
    membership: snapshot?.membership ?? membership,
    log: createLog(snapshot),
    progress: new Map(),
    votes: new Map(),
    heardAtUs: around.nowUs,
    electionTimeoutUs: config.electionTimeoutUs,
    heartbeatAtUs: 0,
    transferee: NOBODY,
    membershipIndex: 0,
    reads: [],
    earlyReads: [],
    readsDone: [],
    messages: [],
    promises: [],
    incomingSnapshot: null,
    persisted: hardState,
    durable: hardState,
    panic: "",
  };
  becomeFollower(raft, hardState.term, NOBODY, around);
  return raft;
}

/** When `tick` has something to do next. Infinity: never, unless a message comes. */
export function nextDeadlineUs(raft: Raft): number {
  if (raft.role === "leader") {
    const followers = raft.progress.size > 1;
    return followers ? Math.min(raft.heartbeatAtUs, quorumCheckAtUs(raft)) : quorumCheckAtUs(raft);
  }
  return isPromotable(raft) ? raft.heardAtUs + raft.electionTimeoutUs : Number.POSITIVE_INFINITY;
}

function quorumCheckAtUs(raft: Raft): number {
  return raft.progress.size > 1 || raft.transferee !== NOBODY
    ? raft.heardAtUs + raft.config.electionTimeoutUs
    : Number.POSITIVE_INFINITY;
}

/** Does what time demands: an election, a heartbeat, the leader's count of who is still there. */
export function tick(raft: Raft, around: Surroundings): void {
  const { nowUs } = around;
  if (raft.role !== "leader") {
    if (!isPromotable(raft) || nowUs < raft.heardAtUs + raft.electionTimeoutUs) return;
    raft.heardAtUs = nowUs;
    campaign(raft, around);
    return;
  }
  if (nowUs >= quorumCheckAtUs(raft)) {
    raft.heardAtUs = nowUs;
    abandonTransfer(raft);
    probeSnapshots(raft);
    if (raft.config.checkQuorum && !countQuorum(raft)) {
      becomeFollower(raft, raft.term, NOBODY, around);
      return;
    }
  }
  if (nowUs >= raft.heartbeatAtUs) {
    raft.heartbeatAtUs = nowUs + raft.config.heartbeatUs;
    sendHeartbeats(raft);
  }
}

/** Takes in a message of another member. */
export function step(raft: Raft, message: RaftMessage, around: Surroundings): void {
  if (message.term > raft.term) {
    if (!meetLaterTerm(raft, message, around)) return;
  } else if (message.term !== 0 && message.term < raft.term) {
    answerEarlierTerm(raft, message);
    return;
  }
  if (message.type === "vote" || message.type === "preVote") answerVoteRequest(raft, message, around);
  else if (raft.role === "leader") stepLeader(raft, message, around);
  else stepFollower(raft, message, around);
}

/** False: the message counts for nothing. */
function meetLaterTerm(raft: Raft, message: RaftMessage, around: Surroundings): boolean {
  const { type, from, term } = message;
  if (type === "vote" || type === "preVote") {
    const { checkQuorum, electionTimeoutUs } = raft.config;
    const leased =
      checkQuorum &&
      raft.leader !== NOBODY &&
      (raft.role === "leader" || around.nowUs - raft.heardAtUs < electionTimeoutUs);
    if (leased && !message.transfer) return false;
  }
  if (type === "preVote" || (type === "preVoteResponse" && !message.rejected)) return true;
  const isLeaders = type === "append" || type === "heartbeat" || type === "snapshot";
  becomeFollower(raft, term, isLeaders ? from : NOBODY, around);
  return true;
}

/** A leader or candidate of the past learns that it is one; with pre-votes it would not by itself. */
function answerEarlierTerm(raft: Raft, message: RaftMessage): void {
  const { id, checkQuorum, preVote } = raft.config;
  const answer = { from: id, to: message.from, term: raft.term };
  if ((checkQuorum || preVote) && (message.type === "heartbeat" || message.type === "append")) {
    promise(raft, { ...answer, type: "appendResponse", index: 0, rejected: false, hintIndex: 0, hintTerm: 0 });
  } else if (message.type === "preVote") {
    promise(raft, { ...answer, type: "preVoteResponse", rejected: true });
  }
}

function stepLeader(raft: Raft, message: RaftMessage, around: Surroundings): void {
  switch (message.type) {
    case "appendResponse":
      handleAppendResponse(raft, message);
      return;
    case "heartbeatResponse":
      handleHeartbeatResponse(raft, message);
      return;
    case "propose":
      propose(raft, message.proposals);
      return;
    case "readIndex":
      handleReadIndex(raft, message);
      return;
    case "transferLeader":
      handleTransfer(raft, message, around);
      return;
    default:
      return;
  }
}

/** Followers and candidates: whoever speaks as leader of this term is it. */
function stepFollower(raft: Raft, message: RaftMessage, around: Surroundings): void {
  switch (message.type) {
    case "append":
    case "heartbeat":
    case "snapshot":
      followLeader(raft, message.from, around);
      if (message.type === "append") handleAppend(raft, message);
      else if (message.type === "heartbeat") handleHeartbeat(raft, message);
      else handleSnapshot(raft, message);
      return;
    case "readIndexResponse":
      raft.readsDone.push({ read: message.read, index: message.index });
      return;
    case "propose":
    case "readIndex":
    case "transferLeader":
      if (raft.leader !== NOBODY)
        send(raft, withFields(message, { from: message.from || raft.config.id, to: raft.leader }));
      return;
    case "timeoutNow":
      if (raft.role === "follower") campaign(raft, around, true);
      return;
    default:
      if (raft.role !== "follower") stepCandidate(raft, message, around);
  }
}

function followLeader(raft: Raft, leader: NodeId, around: Surroundings): void {
  if (raft.role !== "follower") {
    becomeFollower(raft, raft.term, leader, around);
  } else {
    raft.heardAtUs = around.nowUs;
    raft.leader = leader;
  }
}

/** False: there is no leader who could take it now, try again later. */
export function propose(raft: Raft, proposals: readonly Proposal[]): boolean {
  const { id } = raft.config;
  if (raft.role === "leader") {
    if (raft.transferee !== NOBODY || !raft.progress.has(id)) return false;
    appendProposals(
      raft,
      proposals.map((each) => ifAllowed(raft, each)),
    );
    return true;
  }
  if (raft.leader === NOBODY) return false;
  send(raft, { type: "propose", from: id, to: raft.leader, term: 0, proposals: Object.freeze(proposals) });
  return true;
}

/** A second membership change while one is under way becomes an empty entry. */
function ifAllowed(raft: Raft, proposal: Proposal): Proposal {
  if (proposal.kind !== "membership" || raft.membershipIndex <= raft.log.applied) return proposal;
  return Object.freeze({ kind: "normal", data: null, sizeBytes: 0 });
}

/** Asks for an index at which a read is linearizable. False: no leader is known. The answer comes with a Ready. */
export function requestRead(raft: Raft, read: string, around: Surroundings): boolean {
  if (raft.leader === NOBODY) return false;
  step(raft, { type: "readIndex", from: raft.config.id, to: raft.leader, term: 0, read }, around);
  return true;
}

export function transferLeadership(raft: Raft, transferee: NodeId, around: Surroundings): void {
  step(raft, { type: "transferLeader", from: raft.config.id, to: raft.leader, term: 0, transferee }, around);
}

/** Applies a committed change of the membership, one member at a time. A learner that is added as a voter is promoted. */
export function applyMembershipChange(raft: Raft, change: MembershipChange): void {
  const { voters, learners } = raft.membership;
  const without = (ids: readonly NodeId[]) => ids.filter((id) => id !== change.id);
  raft.membership = Object.freeze({
    voters: Object.freeze(change.type === "addVoter" ? [...without(voters), change.id].sort() : without(voters)),
    outgoing: Object.freeze([]),
    learners: Object.freeze(change.type === "addLearner" ? [...without(learners), change.id] : without(learners)),
  });
  if (raft.role !== "leader") return;
  if (change.type === "remove") {
    raft.progress.delete(change.id);
    if (raft.transferee === change.id) abandonTransfer(raft);
    // Fewer have to agree from now on: what waited for the one that left may be committed.
    advanceCommit(raft);
  } else if (!raft.progress.has(change.id)) {
    raft.progress.set(change.id, {
      ...createProgress(raft.log.last + 1, change.type === "addLearner"),
      active: true,
      due: "always",
    });
  } else (raft.progress.get(change.id) as { learner: boolean }).learner = change.type === "addLearner";
}
