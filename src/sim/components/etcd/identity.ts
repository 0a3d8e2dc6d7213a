import { sha1 } from "./sha1.ts";

/**
 * A member's id follows from its peer URLs and the cluster's token, so that members agree on it without asking. Who is
 * added later has the second of that in it, so that it never has the id of one that was removed.
 */
export function memberId(peerUrls: readonly string[], token: string, addedAtSeconds?: number): string {
  const text = [...peerUrls].sort().join("") + token + (addedAtSeconds ?? "");
  return hex(sha1([...text].map((character) => character.charCodeAt(0))).slice(0, 8));
}

export function clusterId(memberIds: readonly string[]): string {
  const bytes = [...memberIds].sort().flatMap((id) => id.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? []);
  return hex(sha1(bytes).slice(0, 8));
}

function hex(bytes: readonly number[]): string {
  // Without leading zeros, as Go prints a 64-bit number.
  return bytes
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .replace(/^0+(?=.)/, "");
}
