import { push } from "./log.ts";
import { createRaft } from "./raft.ts";
import { advance, takeReady } from "./ready.ts";
import type { Entry, HardState, Membership, NodeId, Raft, RaftConfig, RaftMessage, Surroundings } from "./types.ts";

/** For tests and recorded cases: members without a world, a disk that never fails, and messages that go where one says. */
export interface LaboratoryMember {
  readonly raft: Raft;
  readonly applied: Entry[];
}

export interface LaboratoryOptions {
  readonly ids: readonly NodeId[];
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
}

/** Time stands still, and nothing is left to chance: elections are held when somebody says so. */
export const STILL: Surroundings = { nowUs: 0, random: { int: () => 0 } };

export function createMember(
  id: NodeId,
  { ids, preVote, checkQuorum }: LaboratoryOptions,
  logTerms: readonly number[] = [],
  hardState: HardState = { term: 0, vote: "", commit: 0 },
): LaboratoryMember {
  const config: RaftConfig = {
    id,
    heartbeatUs: 100_000,
    electionTimeoutUs: 1_000_000,
    preVote,
    checkQuorum,
    inflightMax: 512,
    messageBytesMax: 1024 * 1024,
  };
  const membership: Membership = { voters: ids, outgoing: [], learners: [] };
  const raft = createRaft(config, membership, null, hardState, STILL);
  for (const [position, term] of logTerms.entries()) {
    push(raft.log, Object.freeze({ index: position + 1, term, kind: "normal", data: null, sizeBytes: 0 }));
  }
  raft.log.stable = raft.log.last;
  raft.log.handed = raft.log.last;
  return { raft, applied: [] };
}

/** Does all that there is to do, persisting at once; gives what is to be sent. */
export function settle(member: LaboratoryMember): RaftMessage[] {
  const messages: RaftMessage[] = [];
  for (;;) {
    const ready = takeReady(member.raft);
    if (ready === null) return messages;
    messages.push(...ready.messages, ...ready.promises);
    member.applied.push(...ready.committed);
    advance(member.raft, ready);
  }
}
