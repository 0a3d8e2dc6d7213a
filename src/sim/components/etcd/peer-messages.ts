import type { EtcdRequest, Member } from "./messages.ts";
import type { RaftMessage } from "./raft/types.ts";

/** What members say to each other on 2380. Each opens a stream to every other and sends its Raft messages down it. */
export interface PeerHello {
  readonly op: "raft";
  readonly from: string;
  readonly clusterId: string;
}

export type PeerFrame = RaftMessage;

/** Instead of anything else to a member that was removed, before its stream is closed. */
export interface PeerGone {
  readonly type: "gone";
}

export type PeerRequest =
  /** Who is in your cluster? Asked by a member that finds an empty data directory. */
  | { readonly op: "peerMembers" }
  /** A lease is kept alive, and its remaining time known, by the leader alone. */
  | { readonly op: "peerLease"; readonly request: EtcdRequest }
  /** Whether a learner has caught up, the leader alone knows: it proposes the promotion, and answers as etcd does. */
  | { readonly op: "peerPromote"; readonly id: string };

export type PeerMembersAnswer =
  | { readonly op: "peerMembers"; readonly clusterId: string; readonly members: readonly Member[] }
  /** It is not serving yet. */
  | { readonly op: "unavailable" };
