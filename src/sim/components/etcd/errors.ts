import type { EtcdError } from "./messages.ts";

function error(code: EtcdError["code"], text: string): EtcdError {
  return Object.freeze({ op: "error", code, text: text.startsWith("etcdserver:") ? text : `etcdserver: ${text}` });
}

/** gRPC errors as clients see them (etcd-io/etcd api/v3rpc/rpctypes/error.go). */
export const ERRORS = {
  emptyKey: error("InvalidArgument", "key is not provided"),
  keyNotFound: error("InvalidArgument", "key not found"),
  valueProvided: error("InvalidArgument", "value is provided"),
  leaseProvided: error("InvalidArgument", "lease is provided"),
  tooManyOps: error("InvalidArgument", "too many operations in txn request"),
  duplicateKey: error("InvalidArgument", "duplicate key given in txn request"),
  compacted: error("OutOfRange", "mvcc: required revision has been compacted"),
  futureRevision: error("OutOfRange", "mvcc: required revision is a future revision"),
  noSpace: error("ResourceExhausted", "mvcc: database space exceeded"),
  leaseNotFound: error("NotFound", "requested lease not found"),
  leaseExists: error("FailedPrecondition", "lease already exists"),
  leaseTtlTooLarge: error("OutOfRange", "too large lease TTL"),
  requestTooLarge: error("InvalidArgument", "request is too large"),
  tooManyRequests: error("ResourceExhausted", "too many requests"),
  corrupt: error("DataLoss", "corrupt cluster"),
  noLeader: error("Unavailable", "no leader"),
  notLeader: error("FailedPrecondition", "not leader"),
  leaderChanged: error("Unavailable", "leader changed"),
  stopped: error("Unavailable", "server stopped"),
  timeout: error("Unavailable", "request timed out"),
  timeoutLeaderFail: error("Unavailable", "request timed out, possibly due to previous leader failure"),
  timeoutConnectionLost: error("Unavailable", "request timed out, possibly due to connection lost"),
  timeoutWaitAppliedIndex: error("Unavailable", "request timed out, waiting for the applied index took too long"),
  badLeaderTransferee: error("FailedPrecondition", "bad leader transferee"),
  memberNotFound: error("NotFound", "member not found"),
  memberExists: error("FailedPrecondition", "member ID already exist"),
  peerUrlExists: error("FailedPrecondition", "Peer URLs already exists"),
  badMemberUrls: error("InvalidArgument", "given member URLs are invalid"),
  notEnoughStarted: error("FailedPrecondition", "re-configuration failed due to not enough started members"),
  notLearner: error("FailedPrecondition", "can only promote a learner member"),
  learnerNotReady: error("FailedPrecondition", "can only promote a learner member which is in sync with leader"),
  tooManyLearners: error("FailedPrecondition", "too many learner members in cluster"),
  unhealthy: error("Unavailable", "unhealthy cluster"),
  notSupportedForLearner: error("Unavailable", "rpc not supported for learner"),
} as const;
