import type { EtcdRequest, Member } from "./messages.ts";
import type { RaftMessage } from "./raft/types.ts";

/** What members say to each other on 2380. Each opens a stream to every other and sends its Raft messages down it. */
export interface PeerHello {
  readonly op: "raft";
  readonly from: string;
  readonly clusterId: string;
}

export type PeerFrame = RaftMessage;

export type PeerRequest =
  /** Who is in your cluster? Asked by a member that finds an empty data directory. */
  | { readonly op: "peerMembers" }
  /** A lease is kept alive, and its remaining time known, by the leader alone. */
  | { readonly op: "peerLease"; readonly request: EtcdRequest };

export type PeerMembersAnswer =
  | { readonly op: "peerMembers"; readonly clusterId: string; readonly members: readonly Member[] }
  /** It is not serving yet. */
  | { readonly op: "unavailable" };
