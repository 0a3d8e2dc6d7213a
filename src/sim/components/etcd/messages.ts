import type { TraceRef } from "../../kernel/types.ts";

/**
 * A key's value. The API server stores frozen API objects as they are (shared, never copied); `etcdctl put` stores
 * text. `sizeBytes` counts for quota and request limits.
 */
export interface StoredValue {
  readonly data: unknown;
  readonly sizeBytes: number;
}

export interface KeyValue {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: number;
  readonly value: StoredValue;
  /** Who wrote this revision. */
  readonly trace: TraceRef | null;
}

export type SortTarget = "KEY" | "VERSION" | "CREATE" | "MOD" | "VALUE";

export interface RangeRequest {
  readonly op: "range";
  readonly key: string;
  /** As in etcd: absent = just `key`; "\0" = all keys >= key; otherwise [key, rangeEnd). */
  readonly rangeEnd?: string;
  readonly limit?: number;
  /** 0 or absent: newest. */
  readonly revision?: number;
  readonly sort?: { readonly target: SortTarget; readonly order: "NONE" | "ASCEND" | "DESCEND" };
  readonly serializable?: boolean;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface PutRequest {
  readonly op: "put";
  readonly key: string;
  readonly value: StoredValue;
  readonly lease?: number;
  readonly prevKv?: boolean;
  readonly ignoreValue?: boolean;
  readonly ignoreLease?: boolean;
}

export interface DeleteRangeRequest {
  readonly op: "deleteRange";
  readonly key: string;
  readonly rangeEnd?: string;
  readonly prevKv?: boolean;
}

export interface Compare {
  readonly key: string;
  readonly rangeEnd?: string;
  readonly target: "VERSION" | "CREATE" | "MOD" | "VALUE" | "LEASE";
  readonly result: "EQUAL" | "GREATER" | "LESS" | "NOT_EQUAL";
  /** Number, or text for VALUE. */
  readonly operand: number | string;
}

export interface TxnRequest {
  readonly op: "txn";
  readonly compare: readonly Compare[];
  readonly success: readonly TxnOperation[];
  readonly failure: readonly TxnOperation[];
}

export type TxnOperation = RangeRequest | PutRequest | DeleteRangeRequest | TxnRequest;

export type EtcdRequest =
  | TxnOperation
  | { readonly op: "compact"; readonly revision: number; readonly physical?: boolean }
  | { readonly op: "leaseGrant"; readonly ttlSeconds: number; readonly id?: number }
  | { readonly op: "leaseRevoke"; readonly id: number }
  | { readonly op: "leaseKeepAlive"; readonly id: number }
  | { readonly op: "leaseTimeToLive"; readonly id: number; readonly keys?: boolean }
  | { readonly op: "leaseList" }
  | { readonly op: "status" }
  | { readonly op: "health" }
  | { readonly op: "memberList"; readonly linearizable?: boolean }
  | { readonly op: "memberAdd"; readonly peerUrls: readonly string[]; readonly isLearner?: boolean }
  | { readonly op: "memberUpdate"; readonly id: string; readonly peerUrls: readonly string[] }
  | { readonly op: "memberRemove" | "memberPromote"; readonly id: string }
  | { readonly op: "hashKv"; readonly revision?: number }
  | {
      readonly op: "alarm";
      readonly action: "GET" | "ACTIVATE" | "DEACTIVATE";
      readonly alarm?: "NOSPACE" | "CORRUPT";
      readonly memberId?: string;
    }
  | { readonly op: "defragment" }
  /** Answered by the leader only. */
  | { readonly op: "moveLeader"; readonly targetId: string };

export interface ResponseHeader {
  /** 16 hex digits, as etcdctl prints them. */
  readonly clusterId: string;
  readonly memberId: string;
  readonly revision: number;
  readonly raftTerm: number;
}

export interface RangeResponse {
  readonly op: "range";
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}
export interface PutResponse {
  readonly op: "put";
  readonly header: ResponseHeader;
  readonly prevKv?: KeyValue;
}
export interface DeleteRangeResponse {
  readonly op: "deleteRange";
  readonly header: ResponseHeader;
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}
export interface TxnResponse {
  readonly op: "txn";
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
  readonly responses: readonly (RangeResponse | PutResponse | DeleteRangeResponse | TxnResponse)[];
}

export interface MemberStatus {
  readonly op: "status";
  readonly header: ResponseHeader;
  readonly version: string;
  readonly dbSizeBytes: number;
  readonly dbSizeInUseBytes: number;
  /** Member id of the leader; "0" when none is known. */
  readonly leader: string;
  readonly isLearner: boolean;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly errors: readonly string[];
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
  readonly started: boolean;
}

/** gRPC error as etcd's clients see it: `etcdserver: request timed out`, `etcdserver: no leader`, ... */
export interface EtcdError {
  readonly op: "error";
  readonly code:
    | "Unavailable"
    | "DeadlineExceeded"
    | "OutOfRange"
    | "InvalidArgument"
    | "ResourceExhausted"
    | "NotFound"
    | "FailedPrecondition"
    | "DataLoss"
    | "Unknown";
  readonly text: string;
}

export type EtcdResponse =
  | RangeResponse
  | PutResponse
  | DeleteRangeResponse
  | TxnResponse
  | MemberStatus
  | EtcdError
  | { readonly op: "compact"; readonly header: ResponseHeader }
  | {
      readonly op: "leaseGrant" | "leaseKeepAlive";
      readonly header: ResponseHeader;
      readonly id: number;
      readonly ttlSeconds: number;
    }
  | { readonly op: "leaseRevoke"; readonly header: ResponseHeader }
  | {
      readonly op: "leaseTimeToLive";
      readonly header: ResponseHeader;
      readonly id: number;
      readonly ttlSeconds: number;
      readonly grantedTtlSeconds: number;
      readonly keys: readonly string[];
    }
  | { readonly op: "leaseList"; readonly header: ResponseHeader; readonly ids: readonly number[] }
  | { readonly op: "health"; readonly healthy: boolean; readonly reason: string }
  | {
      readonly op: "memberList" | "memberUpdate" | "memberRemove" | "memberPromote";
      readonly header: ResponseHeader;
      readonly members: readonly Member[];
    }
  | {
      readonly op: "memberAdd";
      readonly header: ResponseHeader;
      readonly member: Member;
      readonly members: readonly Member[];
    }
  | {
      readonly op: "hashKv";
      readonly header: ResponseHeader;
      readonly hash: number;
      readonly compactRevision: number;
      readonly hashRevision: number;
    }
  | {
      readonly op: "alarm";
      readonly header: ResponseHeader;
      readonly alarms: readonly { readonly memberId: string; readonly alarm: string }[];
    }
  | { readonly op: "defragment" | "moveLeader"; readonly header: ResponseHeader };

/** A watch is a stream opened with this body on the client port; its frames are `EtcdWatchFrame`s. */
export interface EtcdWatchRequest {
  readonly op: "watch";
  readonly key: string;
  readonly rangeEnd?: string;
  /** 0: from now on. */
  readonly startRevision: number;
  readonly prevKv?: boolean;
  readonly progressNotify?: boolean;
  /** Cancelled with `etcdserver: no leader` when the member has none for three election time-outs. Default true. */
  readonly requireLeader?: boolean;
  readonly filters?: readonly ("NOPUT" | "NODELETE")[];
}

/** What a client may say on a watch that is open: it wants to know up to which revision it has seen everything. */
export interface EtcdProgressRequest {
  readonly type: "progressRequest";
}

export type EtcdWatchFrame =
  | { readonly type: "created"; readonly header: ResponseHeader }
  | { readonly type: "events"; readonly header: ResponseHeader; readonly events: readonly EtcdEvent[] }
  | { readonly type: "progress"; readonly header: ResponseHeader }
  | {
      readonly type: "cancelled";
      readonly header: ResponseHeader;
      readonly compactRevision: number;
      readonly reason: string;
    };

/** A snapshot is a stream opened with this body; its one frame is the member's whole database, as a file holds it. */
export interface EtcdSnapshotRequest {
  readonly op: "snapshot";
}

export interface EtcdSnapshotFrame {
  readonly type: "snapshot";
  /** Frozen; a `SnapshotFile`. */
  readonly file: object;
  readonly sizeBytes: number;
}

export interface EtcdEvent {
  readonly type: "PUT" | "DELETE";
  /** For DELETE: only `key` and `modRevision` (and trace) count. */
  readonly kv: KeyValue;
  readonly prevKv?: KeyValue;
}
