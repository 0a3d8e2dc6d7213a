import type { Membership, NodeId } from "./types.ts";

export type VoteResult = "won" | "lost" | "pending";

/** The highest index that a majority has: everything for an empty electorate, so that it never holds back the other half. */
function majorityIndex(voters: readonly NodeId[], acknowledged: (id: NodeId) => number): number {
  if (voters.length === 0) return Number.POSITIVE_INFINITY;
  const quorum = (voters.length >> 1) + 1;
  let highest = 0;
  for (const voter of voters) {
    const index = acknowledged(voter);
    if (index > highest && countAtLeast(voters, acknowledged, index) >= quorum) highest = index;
  }
  return highest;
}

function countAtLeast(voters: readonly NodeId[], acknowledged: (id: NodeId) => number, index: number): number {
  let count = 0;
  for (const voter of voters) if (acknowledged(voter) >= index) count += 1;
  return count;
}

/** What is committed by count of copies: in a joint membership both halves must have it. */
export function quorumIndex(membership: Membership, acknowledged: (id: NodeId) => number): number {
  const index = majorityIndex(membership.voters, acknowledged);
  return membership.outgoing.length === 0 ? index : Math.min(index, majorityIndex(membership.outgoing, acknowledged));
}

function majorityVote(voters: readonly NodeId[], votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  if (voters.length === 0) return "won";
  let yes = 0;
  let missing = 0;
  for (const voter of voters) {
    const vote = votes.get(voter);
    if (vote === undefined) missing += 1;
    else if (vote) yes += 1;
  }
  const quorum = (voters.length >> 1) + 1;
  if (yes >= quorum) return "won";
  return yes + missing >= quorum ? "pending" : "lost";
}

export function voteResult(membership: Membership, votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  const incoming = majorityVote(membership.voters, votes);
  const outgoing = majorityVote(membership.outgoing, votes);
  if (incoming === outgoing) return incoming;
  return incoming === "lost" || outgoing === "lost" ? "lost" : "pending";
}

/** Whether those who answered make a quorum. */
export function isQuorum(membership: Membership, has: (id: NodeId) => boolean): boolean {
  return (
    hasMajority(membership.voters, has) && (membership.outgoing.length === 0 || hasMajority(membership.outgoing, has))
  );
}

function hasMajority(voters: readonly NodeId[], has: (id: NodeId) => boolean): boolean {
  let count = 0;
  for (const voter of voters) if (has(voter)) count += 1;
  return count > voters.length >> 1;
}

export function isVoter(membership: Membership, id: NodeId): boolean {
  return membership.voters.includes(id) || membership.outgoing.includes(id);
}
