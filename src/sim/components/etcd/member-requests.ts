import type { Context, RequestId } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { checkMembership, checkPromote, type MembershipRequest, membershipOperation } from "./membership.ts";
import type { PeerRequest } from "./peer-messages.ts";
import { askLeader, proposeFor } from "./pending.ts";
import type { EtcdState } from "./state.ts";

const CHANGE_BYTES = 256;

/** `member add`, `remove`, `update`, `promote`: refused when it would endanger the quorum, else proposed. */
export function changeMembership(state: EtcdState, context: Context, id: RequestId, body: MembershipRequest): void {
  const refused = checkMembership(state, context, body);
  if (refused !== null) context.respond(id, refused);
  else if (body.op === "memberPromote") promote(state, context, id, body.id);
  else proposeFor(state, context, id, body, membershipOperation(context, body), CHANGE_BYTES);
}

/** A learner may vote once it has caught up, which the leader alone knows. */
export function promote(state: EtcdState, context: Context, id: RequestId, learner: string): void {
  if (state.raft.leader !== state.id) {
    const forward: PeerRequest = { op: "peerPromote", id: learner };
    askLeader(state, context, id, forward, "POST /members/promote");
    return;
  }
  const refused = checkPromote(state, learner);
  if (refused !== null) {
    context.respond(id, refused);
    return;
  }
  const body = Object.freeze({ op: "memberPromote" as const, id: learner });
  proposeFor(state, context, id, body, membershipOperation(context, body), CHANGE_BYTES);
}

/** Asked by another member; nobody is promoted by one that does not lead. */
export function promoteForPeer(state: EtcdState, context: Context, id: RequestId, learner: string): void {
  if (state.raft.leader === state.id) promote(state, context, id, learner);
  else context.respond(id, ERRORS.notLeader);
}
