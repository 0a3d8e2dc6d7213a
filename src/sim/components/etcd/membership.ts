import type { Context } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { memberId } from "./identity.ts";
import type { EtcdError, EtcdRequest, EtcdResponse, Member } from "./messages.ts";
import { connectedSince, isConnectedSince } from "./peers.ts";
import { memberOf } from "./publish.ts";
import type { MembershipChange, NodeId } from "./raft/types.ts";
import { type EtcdState, headerOf, type MembershipOperation } from "./state.ts";
import { zap } from "./zap-log.ts";

/**
 * Who is in the cluster: what a change of that asks for, before it is proposed (`--strict-reconfig-check`) and when it is
 * applied (server/etcdserver/server.go, api/membership/cluster.go).
 */
export type MembershipRequest = Extract<
  EtcdRequest,
  { op: "memberAdd" | "memberUpdate" | "memberRemove" | "memberPromote" }
>;

/** How long connections must have held for a change to be safe. */
const HEALTH_INTERVAL_US = 5_000_000;
const LEARNERS_MAX = 1;
/** A learner that has this much of the leader's log may vote. */
const READY_PERCENT = 90;

export function checkMembership(state: EtcdState, context: Context, request: MembershipRequest): EtcdError | null {
  if ("peerUrls" in request && !areUrls(request.peerUrls)) return ERRORS.badMemberUrls;
  if (!state.config.strictReconfigCheck) return null;
  switch (request.op) {
    case "memberAdd":
      return checkAdd(state, context, request.isLearner === true);
    case "memberRemove":
      return checkRemove(state, context, request.id);
    default:
      return null;
  }
}

function areUrls(urls: readonly string[]): boolean {
  return urls.length > 0 && urls.every((url) => /^https?:\/\/[^/:\s]+:\d+$/.test(url));
}

function checkAdd(state: EtcdState, context: Context, isLearner: boolean): EtcdError | null {
  if (!isLearner && !isReadyToAdd(state)) {
    zap(context, "warn", "etcdserver/server.go:1306", "rejecting member add request; not enough healthy members", {
      "local-member-id": state.id,
      "requested-member-add": "",
      error: ERRORS.notEnoughStarted.text,
    });
    return ERRORS.notEnoughStarted;
  }
  const sinceUs = context.nowUs - HEALTH_INTERVAL_US;
  if (voters(state).every(({ id }) => id === state.id || isConnectedSince(state, id, sinceUs))) return null;
  zap(
    context,
    "warn",
    "etcdserver/server.go:1317",
    "rejecting member add request; local member has not been connected to all peers, reconfigure breaks active quorum",
    { "local-member-id": state.id, "requested-member-add": "", error: ERRORS.unhealthy.text },
  );
  return ERRORS.unhealthy;
}

/** Enough of those that would vote then have been started. */
function isReadyToAdd(state: EtcdState): boolean {
  const all = voters(state);
  const started = all.filter(isStarted).length;
  // A lone member may always get a second.
  if (started === 1 && all.length === 1) return true;
  return started >= quorumOf(all.length + 1);
}

function checkRemove(state: EtcdState, context: Context, id: NodeId): EtcdError | null {
  if (state.members.get(id)?.isLearner === true) return null;
  const all = voters(state);
  const others = all.filter((member) => member.id !== id);
  if (others.filter(isStarted).length < quorumOf(others.length)) {
    zap(context, "warn", "etcdserver/server.go:1535", "rejecting member remove request; not enough healthy members", {
      "local-member-id": state.id,
      "requested-member-remove-id": id,
      error: ERRORS.notEnoughStarted.text,
    });
    return ERRORS.notEnoughStarted;
  }
  // One that is down is no part of the quorum that works.
  if (id !== state.id && state.peers.get(id)?.active !== true) return null;
  const connected = connectedSince(state, all, context.nowUs - HEALTH_INTERVAL_US);
  if (connected - 1 >= quorumOf(all.length - 1)) return null;
  zap(
    context,
    "warn",
    "etcdserver/server.go:1550",
    "rejecting member remove request; local member has not been connected to all peers, reconfigure breaks active quorum",
    {
      "local-member-id": state.id,
      "requested-member-remove": id,
      "active-peers": connected,
      error: ERRORS.unhealthy.text,
    },
  );
  return ERRORS.unhealthy;
}

/** Whether the leader may promote a learner: known, caught up, and enough others have been started. */
export function checkPromote(state: EtcdState, id: NodeId): EtcdError | null {
  const { progress, log } = state.raft;
  const learner = progress.get(id);
  if (learner === undefined) return ERRORS.memberNotFound;
  if (learner.match * 100 < log.last * READY_PERCENT) return ERRORS.learnerNotReady;
  if (!state.config.strictReconfigCheck) return null;
  const started = voters(state).filter(isStarted).length + 1;
  return started >= quorumOf(voters(state).length + 1) ? null : ERRORS.notEnoughStarted;
}

function voters({ members }: EtcdState): Member[] {
  return [...members.values()].filter((member) => !member.isLearner);
}

function isStarted(member: Member): boolean {
  return member.started;
}

function quorumOf(members: number): number {
  return (members >> 1) + 1;
}

export function isLearner({ raft, id }: EtcdState): boolean {
  return raft.membership.learners.includes(id);
}

/** What is proposed for a request that may be. */
export function membershipOperation(context: Context, request: MembershipRequest): MembershipOperation {
  const seconds = Math.floor(context.wallUs() / 1_000_000);
  const id = request.op === "memberAdd" ? memberId(request.peerUrls, "", seconds) : request.id;
  const isLearner = request.op === "memberAdd" && request.isLearner === true;
  const member =
    "peerUrls" in request ? Object.freeze({ ...memberOf(id, "", request.peerUrls, [], false), isLearner }) : null;
  return Object.freeze({
    op: "membership",
    action: request.op,
    id,
    member,
    change: changeOf(request.op, id, isLearner),
  });
}

function changeOf(op: MembershipRequest["op"], id: NodeId, isLearner: boolean): MembershipChange | null {
  switch (op) {
    case "memberAdd":
      return Object.freeze({ type: isLearner ? "addLearner" : "addVoter", id });
    case "memberPromote":
      return Object.freeze({ type: "addVoter", id });
    case "memberRemove":
      return Object.freeze({ type: "remove", id });
    case "memberUpdate":
      return null;
  }
}

/** Changes the list of members, or says why not; Raft and connections follow only when it did. */
export function applyMembership(state: EtcdState, operation: MembershipOperation): EtcdResponse {
  const refused = validate(state, operation);
  if (refused !== null) return refused;
  const { action, id, member } = operation;
  const known = state.members.get(id);
  switch (action) {
    case "memberAdd":
      state.members.set(id, member as Member);
      break;
    case "memberPromote":
      state.members.set(id, Object.freeze({ ...(known as Member), isLearner: false }));
      break;
    case "memberUpdate":
      state.members.set(id, Object.freeze({ ...(known as Member), peerUrls: (member as Member).peerUrls }));
      break;
    case "memberRemove":
      state.members.delete(id);
      state.removed.add(id);
      break;
  }
  const members = Object.freeze(sortedMembers(state));
  return action === "memberAdd"
    ? Object.freeze({ op: action, header: headerOf(state), member: member as Member, members })
    : Object.freeze({ op: action, header: headerOf(state), members });
}

function validate(state: EtcdState, { action, id, member }: MembershipOperation): EtcdError | null {
  const known = state.members.get(id);
  if (state.removed.has(id)) return ERRORS.memberNotFound;
  if (action === "memberAdd" ? known !== undefined : known === undefined)
    return action === "memberAdd" ? ERRORS.memberExists : ERRORS.memberNotFound;
  if (member !== null) {
    const others = [...state.members.values()].filter((each) => each.id !== id);
    if (others.some((each) => each.peerUrls.some((url) => member.peerUrls.includes(url)))) return ERRORS.peerUrlExists;
    if (member.isLearner && others.filter((each) => each.isLearner).length >= LEARNERS_MAX)
      return ERRORS.tooManyLearners;
  }
  return action === "memberPromote" && known?.isLearner !== true ? ERRORS.notLearner : null;
}

export function memberList(state: EtcdState): EtcdResponse {
  return Object.freeze({ op: "memberList", header: headerOf(state), members: Object.freeze(sortedMembers(state)) });
}

export function sortedMembers(state: EtcdState): Member[] {
  return [...state.members.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** How long a removed member stays, so that the others learn of it from it. */
const STAY_US = 1_000_000;

/** Told by its own log, or by the others when it missed that: it is no member any more. */
export function leaveSoon(context: Context, afterUs = STAY_US): void {
  context.setTimer(afterUs, { type: "removed" });
}

export function leave(state: EtcdState, context: Context): void {
  zap(context, "warn", "etcdserver/server.go:1145", "server error", {
    error: "the member has been permanently removed from the cluster",
  });
  zap(context, "warn", "etcdserver/server.go:1146", "data-dir used by this member must be removed");
  state.phase = "failed";
  context.exit(0);
}
