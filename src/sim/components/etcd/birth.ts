import type { Member } from "./messages.ts";
import type { MembershipOperation } from "./state.ts";

/** The first entries of a new cluster's log make its members known. */
export function birthOf(member: Member): MembershipOperation {
  const change = Object.freeze({ type: "addVoter" as const, id: member.id });
  return Object.freeze({ op: "membership", action: "memberAdd", id: member.id, member, change });
}
