import type { Certificate, RequestId, StreamId, TimerId, TraceRef } from "../../kernel/types.ts";
import type { AutoCompaction } from "./auto-compaction.ts";
import type { EtcdConfig } from "./flags.ts";
import type { EtcdRequest, Member, ResponseHeader, TxnOperation } from "./messages.ts";
import type { Store } from "./mvcc/store.ts";
import type { WatchHub } from "./mvcc/watch.ts";
import type {
  Entry,
  HardState,
  MembershipChange,
  NodeId,
  Proposal,
  Raft,
  RaftMessage,
  Snapshot,
} from "./raft/types.ts";

/** What the log replicates: an operation, who proposed it, and why. */
export interface Command {
  readonly operation: Operation;
  /** The member that waits for the result, and its incarnation. */
  readonly origin: NodeId;
  readonly incarnation: number;
  /** Key in that member's `pending`; 0: nobody waits. */
  readonly request: number;
  readonly trace: TraceRef | null;
}

export type Operation =
  | TxnOperation
  | Extract<EtcdRequest, { readonly op: "compact" | "leaseRevoke" }>
  | { readonly op: "leaseGrant"; readonly id: number; readonly ttlSeconds: number }
  | {
      readonly op: "alarm";
      readonly action: "GET" | "ACTIVATE" | "DEACTIVATE";
      readonly alarm: AlarmType | "NONE";
      readonly memberId: string;
    }
  | { readonly op: "publish"; readonly member: Member }
  | MembershipOperation;

/** A change of who is a member, or of where one is. `change`: what Raft does about it; null for an update. */
export interface MembershipOperation {
  readonly op: "membership";
  readonly action: "memberAdd" | "memberPromote" | "memberRemove" | "memberUpdate";
  readonly id: NodeId;
  /** Of an addition or an update. */
  readonly member: Member | null;
  readonly change: MembershipChange | null;
}

export type AlarmType = "NOSPACE" | "CORRUPT";

/** The replicated state machine as a snapshot holds it. */
export interface MachineImage {
  readonly store: Readonly<Store>;
  readonly members: readonly Member[];
  /** Ids that once were members. */
  readonly removed: readonly NodeId[];
  readonly alarms: readonly Alarm[];
}

export interface Alarm {
  readonly memberId: string;
  readonly alarm: AlarmType;
}

/** A client's request that this member has taken on and not yet answered. */
export interface Pending {
  readonly id: RequestId;
  readonly sinceUs: number;
  readonly deadlineUs: number;
  readonly body: EtcdRequest;
  readonly trace: TraceRef;
}

/** The one round of confirming the leadership that is under way; reads that come meanwhile wait for the next. */
export interface ReadRound {
  readonly name: string;
  readonly sinceUs: number;
  readonly requests: number[];
  /** Known once confirmed: readable when this is applied. */
  index: number | null;
}

export interface PeerLink {
  readonly id: NodeId;
  readonly name: string;
  readonly address: string;
  /** Where this member's messages to it go; null: being dialled again soon. */
  stream: StreamId | null;
  sinceUs: number;
  /** Heard from since the way last broke. */
  active: boolean;
  /** When this leader last sent it a heartbeat; 0: not yet. */
  beatUs: number;
}

/** Handed to the disk and not durable yet. */
export interface Persisting {
  readonly sinceUs: number;
  readonly lastEntry: Entry | null;
  readonly snapshot: Snapshot | null;
  readonly promises: readonly RaftMessage[];
}

export interface EtcdState {
  phase: "starting" | "joining" | "running" | "stopping" | "failed";
  readonly config: EtcdConfig;
  /** Shown to other members. */
  readonly peerCertificate: Certificate | null;
  id: NodeId;
  clusterId: string;
  raft: Raft;
  readonly store: Store;
  readonly hub: WatchHub;
  readonly members: Map<NodeId, Member>;
  readonly removed: Set<NodeId>;
  alarms: Alarm[];
  readonly peers: Map<NodeId, PeerLink>;
  /** Streams that others opened, and who is at their other end. */
  readonly inbound: Map<StreamId, NodeId>;
  /** Peers asked who is in the cluster that have not answered. */
  readonly asked: Set<string>;
  persisting: Persisting | null;
  /** The entry after which the database was last defragmented; 0: never. */
  defragmentedAt: number;
  /** Last entry on the disk; more than the log's when a truncation has yet to be written. */
  diskLast: number;
  /** What the disk says of term, vote and commit. */
  diskHardState: HardState;
  /** Proposals that wait for a leader, or for the next Ready. */
  queue: Proposal[];
  readonly pending: Map<number, Pending>;
  /** Probes over HTTP that wait for a read, and their path. */
  readonly probes: Map<RequestId, string>;
  nextRequest: number;
  nextRound: number;
  waitingReads: number[];
  round: ReadRound | null;
  /** Last leader that was known, and when it was elected. */
  lastLeader: NodeId;
  leaderSinceUs: number;
  /** Counts losses of the leader, so that an old timer knows that it is one. */
  leaderlessEpoch: number;
  knownRole: Raft["role"];
  knownLeader: NodeId;
  knownTerm: number;
  /** The leader's view of when leases end. */
  readonly leaseEndsUs: Map<number, number>;
  raftTimerAtUs: number;
  raftTimer: TimerId;
  requestTimerArmed: boolean;
  readTimerArmed: boolean;
  progressTimerArmed: boolean;
  leaseTimerAtUs: number;
  readonly autoCompaction: AutoCompaction;
  /** Watchers that were sent something since the last progress notification. */
  readonly busyWatchers: Set<number>;
  /** Waits for this member to become leader: requests of `move-leader`, or the end of this process. */
  transfer: { readonly to: NodeId; readonly request: number | null } | null;
  published: boolean;
  /** Made once per revision and term, shared by all answers. */
  header: ResponseHeader;
}

export type EtcdMessage =
  | { readonly type: "raftTimer" }
  | { readonly type: "goOn" }
  | { readonly type: "requestTimer" }
  | { readonly type: "readTimer" }
  | { readonly type: "leaseTimer" }
  | { readonly type: "progressTimer" }
  | { readonly type: "autoCompactionTimer" }
  | { readonly type: "leaderless"; readonly epoch: number }
  | { readonly type: "dial"; readonly peer: NodeId }
  | { readonly type: "publish" }
  | { readonly type: "removed" }
  | { readonly type: "shutdown" };

export function headerOf(state: EtcdState, revision = state.store.revision): ResponseHeader {
  const { term } = state.raft;
  if (state.header.revision !== revision || state.header.raftTerm !== term || state.header.memberId !== state.id) {
    state.header = Object.freeze({ clusterId: state.clusterId, memberId: state.id, revision, raftTerm: term });
  }
  return state.header;
}
