import type { EtcdState } from "../components/etcd/state.ts";
import type { World } from "../kernel/world.ts";
import type { Checker } from "./checker.ts";

interface MemberView {
  readonly name: string;
  readonly state: EtcdState;
}

function members(world: World): MemberView[] {
  const found: MemberView[] = [];
  for (const process of world.state.processes.values()) {
    if (process.kind === "etcd" && process.started)
      found.push({ name: process.name, state: process.state as EtcdState });
  }
  return found;
}

export const oneLeaderPerTerm: Checker = {
  name: "etcd-one-leader-per-term",
  because: "Raft's election safety: two leaders of one term could commit different entries.",
  check(world) {
    const leaders = new Map<string, string>();
    const violations: string[] = [];
    for (const { name, state } of members(world)) {
      if (state.raft.role !== "leader") continue;
      // One that was restored on its own is another cluster.
      const term = `${state.clusterId}/${state.raft.term}`;
      const other = leaders.get(term);
      if (other !== undefined) violations.push(`${other} and ${name} both lead term ${state.raft.term}.`);
      leaders.set(term, name);
    }
    return violations;
  },
};

/** How many of the newest revisions are compared. */
const COMPARED = 200;

export const sameHistory: Checker = {
  name: "etcd-same-history",
  because: "State-machine safety: members that have applied the same revision hold the same value there.",
  check(world) {
    const violations: string[] = [];
    const seen = new Map<string, { readonly member: string; readonly key: string }>();
    for (const { name, state } of members(world)) {
      const versions = [...state.store.history.chunks.values()].slice(-2).flat(2);
      for (const version of versions.slice(-COMPARED)) {
        if (version === null) continue;
        const place = `${state.clusterId}/${version.kv.modRevision}.${version.sub}`;
        const other = seen.get(place);
        if (other !== undefined && other.key !== version.kv.key) {
          violations.push(
            `revision ${version.kv.modRevision} is ${other.key} on ${other.member} and ${version.kv.key} on ${name}.`,
          );
        }
        seen.set(place, { member: name, key: version.kv.key });
      }
    }
    return violations;
  },
};
