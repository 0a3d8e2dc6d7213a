/** Raft as plain data (upstream: etcd-io/raft). Times are microseconds of the member's own clock. */

/** A member's id: 16 hex digits in etcd; anything that is not "". */
export type NodeId = string;

export const NOBODY: NodeId = "";

export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly kind: "normal" | "membership";
  /** What the state machine applies; null for the empty entry of a new leader. Frozen. */
  readonly data: unknown;
  readonly sizeBytes: number;
}

/** An entry on its way to the leader: it has no place in the log yet. */
export type Proposal = Omit<Entry, "index" | "term">;

/** Must be durable before anything that depends on it is said to others. */
export interface HardState {
  readonly term: number;
  readonly vote: NodeId;
  readonly commit: number;
}

export interface Membership {
  readonly voters: readonly NodeId[];
  /** The voters before a joint change; empty when no change is under way. */
  readonly outgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
}

export type MembershipChange =
  | { readonly type: "addVoter"; readonly id: NodeId }
  | { readonly type: "addLearner"; readonly id: NodeId }
  | { readonly type: "remove"; readonly id: NodeId };

export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly membership: Membership;
  /** The state machine at `index`; frozen. */
  readonly data: unknown;
  readonly sizeBytes: number;
}

interface Envelope {
  readonly from: NodeId;
  readonly to: NodeId;
  /** The sender's term (the wanted term for pre-votes); 0 for what has none: proposals and reads on their way to the leader. */
  readonly term: number;
}

export type RaftMessage = Envelope &
  (
    | {
        readonly type: "preVote" | "vote";
        readonly lastIndex: number;
        readonly lastTerm: number;
        /** The leader itself asked for this election. */
        readonly transfer: boolean;
      }
    | { readonly type: "preVoteResponse" | "voteResponse"; readonly rejected: boolean }
    | {
        readonly type: "append";
        readonly previousIndex: number;
        readonly previousTerm: number;
        readonly entries: readonly Entry[];
        readonly commit: number;
      }
    | {
        readonly type: "appendResponse";
        readonly index: number;
        readonly rejected: boolean;
        /** Where the follower's log may agree, when rejected. */
        readonly hintIndex: number;
        readonly hintTerm: number;
      }
    | { readonly type: "heartbeat"; readonly commit: number; readonly read: string }
    | { readonly type: "heartbeatResponse"; readonly read: string }
    | { readonly type: "snapshot"; readonly snapshot: Snapshot }
    | { readonly type: "propose"; readonly proposals: readonly Proposal[] }
    | { readonly type: "readIndex"; readonly read: string }
    | { readonly type: "readIndexResponse"; readonly read: string; readonly index: number }
    | { readonly type: "transferLeader"; readonly transferee: NodeId }
    | { readonly type: "timeoutNow" }
  );

export type RaftMessageOf<Type extends RaftMessage["type"]> = Extract<RaftMessage, { readonly type: Type }>;

/** What the leader knows of a follower's log, and how it sends to it. */
export interface Progress {
  match: number;
  next: number;
  /** probe: one append at a time until it answers. replicate: a stream of them. snapshot: nothing until it has that. */
  state: "probe" | "replicate" | "snapshot";
  /** In `probe`: an append is under way. */
  probing: boolean;
  snapshotIndex: number;
  /** Last index of each append under way, oldest first. */
  inflight: number[];
  /** Heard from since the last quorum check. */
  active: boolean;
  learner: boolean;
  /** What the next Ready sends it: nothing, entries if there are any, or an append in any case. */
  due: "no" | "entries" | "always";
}

export interface RaftConfig {
  readonly id: NodeId;
  readonly heartbeatUs: number;
  readonly electionTimeoutUs: number;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly inflightMax: number;
  readonly messageBytesMax: number;
}

export interface PendingRead {
  readonly read: string;
  /** Who asked: "" for this member itself. */
  readonly from: NodeId;
  readonly index: number;
  readonly acknowledged: Set<NodeId>;
}

export type Role = "follower" | "preCandidate" | "candidate" | "leader";

export interface Raft {
  readonly config: RaftConfig;
  role: Role;
  term: number;
  vote: NodeId;
  leader: NodeId;
  membership: Membership;
  readonly log: Log;
  readonly progress: Map<NodeId, Progress>;
  readonly votes: Map<NodeId, boolean>;
  /** When the leader was last heard (or this one last campaigned, or last counted its quorum). */
  heardAtUs: number;
  /** Drawn anew with every change of role. */
  electionTimeoutUs: number;
  heartbeatAtUs: number;
  transferee: NodeId;
  /** Membership changes go one at a time: none may be proposed until this index is applied. */
  membershipIndex: number;
  reads: PendingRead[];
  /** Asked before this leader had committed an entry of its own term. */
  earlyReads: RaftMessageOf<"readIndex">[];
  readsDone: { readonly read: string; readonly index: number }[];
  /** May leave at once. */
  messages: RaftMessage[];
  /** May leave only when what precedes them is durable. */
  promises: RaftMessage[];
  /** Received, not yet handed out to be persisted. */
  incomingSnapshot: Snapshot | null;
  /** What was last handed out to be persisted. */
  persisted: HardState;
  /** What was last handed out to be persisted with an fsync. */
  durable: HardState;
  /** Set when upstream would panic; the member must end with this text. */
  panic: string;
}

export interface Log {
  /** The latest snapshot: what a follower gets that needs entries from before `first`. */
  snapshot: Snapshot | null;
  /** First index that is still here; the one before it is known by its term alone. */
  first: number;
  termBeforeFirst: number;
  last: number;
  commit: number;
  applied: number;
  /** Durable up to here. */
  stable: number;
  /** Handed out to be persisted up to here. */
  handed: number;
  /** Chunk number -> entries; full chunks are frozen, so that checkpoints share them. */
  readonly chunks: Map<number, Entry[]>;
}

/** What there is to do; the member does it in this order, then calls `advance`. */
export interface Ready {
  /** To write; null when unchanged. */
  readonly hardState: HardState | null;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | null;
  /** To send now. */
  readonly messages: readonly RaftMessage[];
  /** To send once `hardState`, `entries` and `snapshot` are durable. */
  readonly promises: readonly RaftMessage[];
  /** To apply. They are durable here and on a quorum. */
  readonly committed: readonly Entry[];
  /** Reads that may be answered once `index` is applied. */
  readonly reads: readonly { readonly read: string; readonly index: number }[];
  /** Whether the promises must wait for an fsync. */
  readonly mustSync: boolean;
}

/** Time and chance, as the member has them; the kernel's `Context` is one. */
export interface Surroundings {
  readonly nowUs: number;
  readonly random: { int(bound: number): number };
}
