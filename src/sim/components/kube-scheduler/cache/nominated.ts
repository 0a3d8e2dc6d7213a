import { type Pod, uidOf } from "../objects.ts";

interface Nomination {
  readonly node: string;
  readonly pod: Pod;
}

/** Waiting pods for which room is being made, and on which node. */
export interface Nominations {
  readonly byUid: Map<string, Nomination>;
  readonly byNode: Map<string, Set<string>>;
}

export function createNominations(): Nominations {
  return { byUid: new Map(), byNode: new Map() };
}

/** Replaces what was known of the pod; "" takes it out. */
export function nominate(nominations: Nominations, pod: Pod, node: string): void {
  const uid = uidOf(pod);
  withdraw(nominations, uid);
  if (node === "") return;
  nominations.byUid.set(uid, Object.freeze({ node, pod }));
  const uids = nominations.byNode.get(node);
  if (uids === undefined) nominations.byNode.set(node, new Set([uid]));
  else uids.add(uid);
}

export function withdraw({ byUid, byNode }: Nominations, uid: string): void {
  const known = byUid.get(uid);
  if (known === undefined) return;
  byUid.delete(uid);
  const uids = byNode.get(known.node);
  uids?.delete(uid);
  if (uids?.size === 0) byNode.delete(known.node);
}

/** A newer version of a waiting pod. What was decided but is not in its status yet still holds. */
export function updateNomination(nominations: Nominations, old: Pod, pod: Pod): void {
  const before = old.status?.nominatedNodeName ?? "";
  const after = pod.status?.nominatedNodeName ?? "";
  const decided = before === "" && after === "" ? nominations.byUid.get(uidOf(pod))?.node : undefined;
  nominate(nominations, pod, decided ?? after);
}

/** In the order of their nomination. */
export function nominatedOn({ byUid, byNode }: Nominations, node: string): Pod[] {
  const uids = byNode.get(node);
  return uids === undefined ? [] : [...uids].map((uid) => byUid.get(uid)!.pod);
}
