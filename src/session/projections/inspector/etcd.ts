import type { RaftMemberView, Section, TreeNode } from "../../../protocol/views.ts";
import { humanBytes } from "../../../sim/api/human-bytes.ts";
import type { Member } from "../../../sim/components/etcd/messages.ts";
import type { Store } from "../../../sim/components/etcd/mvcc/store.ts";
import { entryAt } from "../../../sim/components/etcd/raft/log.ts";
import type { Command, EtcdState } from "../../../sim/components/etcd/state.ts";
import { describeChange } from "../../../sim/components/etcd/view.ts";
import type { Process } from "../../../sim/kernel/state.ts";
import { endOfPrefix } from "../../../sim/kernel/table.ts";
import type { World } from "../../../sim/kernel/world.ts";

type Fact = Extract<Section, { readonly type: "facts" }>["facts"][number];

const ENTRIES = 12;
const KEYS_PER_KIND = 40;

export function etcdSections(world: World, process: Process): readonly Section[] {
  const state = process.state as EtcdState;
  const { raft, store } = state;
  const members: RaftMemberView[] = [];
  for (const member of state.members.values()) members.push(memberView(world, member));
  return [
    {
      type: "facts",
      title: "Raft",
      facts: [
        { name: "Role", value: raft.role },
        { name: "Term", value: String(raft.term) },
        {
          name: "Leader",
          value: state.members.get(raft.leader)?.name ?? "none",
          tone: state.members.has(raft.leader) ? "good" : "bad",
        },
        { name: "Commit index", value: String(raft.log.commit) },
        { name: "Applied index", value: String(raft.log.applied) },
        { name: "Waiting requests", value: String(state.pending.size) },
      ],
    },
    { type: "facts", title: "Database", facts: databaseFacts(state) },
    { type: "raft", title: "The members' logs", members },
    { type: "tree", title: "Keys", nodes: keyTree(store) },
  ];
}

/** How full it is: a file only shrinks by defragmentation, and at the quota an alarm stops all writes. */
function databaseFacts({ store, config, alarms, members }: EtcdState): readonly Fact[] {
  const share = Math.floor((store.fileBytes * 100) / config.quotaBackendBytes);
  const facts: Fact[] = [
    { name: "Revision", value: String(store.revision) },
    { name: "Compacted up to", value: store.compactRevision > 0 ? String(store.compactRevision) : "nothing" },
    { name: "File", value: humanBytes(store.fileBytes), ...(share >= NEARLY_FULL_PERCENT ? { tone: "bad" } : {}) },
    { name: "In use", value: humanBytes(store.inUseBytes) },
    { name: "Quota", value: `${humanBytes(config.quotaBackendBytes)} (${share} % taken)` },
  ];
  for (const { memberId, alarm } of alarms)
    facts.push({ name: "Alarm", value: `${alarm}, raised by ${members.get(memberId)?.name ?? memberId}`, tone: "bad" });
  return facts;
}

const NEARLY_FULL_PERCENT = 80;

function memberView(world: World, member: Member): RaftMemberView {
  const name = member.name === "" ? `${member.id} (not started)` : member.name;
  const pid = world.state.names.get(`etcd@${member.name}`);
  const process = pid === undefined ? undefined : world.state.processes.get(pid);
  if (process === undefined || !process.started) {
    return {
      name,
      role: "down",
      term: 0,
      firstIndex: 0,
      lastIndex: 0,
      commit: 0,
      applied: 0,
      alive: false,
      entries: [],
    };
  }
  const { raft } = process.state as EtcdState;
  const { log } = raft;
  const entries: { index: number; term: number; what: string; committed: boolean }[] = [];
  for (let index = Math.max(log.first, log.last - ENTRIES + 1); index <= log.last; index += 1) {
    const entry = entryAt(log, index);
    if (entry !== undefined)
      entries.push({ index, term: entry.term, what: entryText(entry.data), committed: index <= log.commit });
  }
  return {
    name,
    role: member.isLearner ? "learner" : raft.role,
    term: raft.term,
    firstIndex: log.first,
    lastIndex: log.last,
    commit: log.commit,
    applied: log.applied,
    alive: !process.hung,
    entries,
  };
}

/** What an entry does, in a few words: `put /registry/pods/default/web`. */
function entryText(data: unknown): string {
  const operation = (data as Command | null)?.operation;
  if (operation === undefined || operation === null) return "new leader";
  if (operation.op === "txn") {
    const first = operation.success[0] ?? operation.failure[0];
    return first === undefined || !("key" in first) ? "txn" : `${first.op} ${first.key}`;
  }
  if (operation.op === "membership") return describeChange(operation);
  return "key" in operation ? `${operation.op} ${operation.key}` : operation.op;
}

/** /registry by kind, as upstream lays out its keys. */
function keyTree(store: Store): TreeNode[] {
  const kinds = new Map<string, TreeNode[]>();
  const counts = new Map<string, number>();
  store.newest.range("/registry/", endOfPrefix("/registry/"), (key, version) => {
    if (version.type !== "PUT") return;
    const parts = key.split("/");
    const kind = parts[2] === "services" ? `services/${parts[3]}` : (parts[2] ?? "");
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    let nodes = kinds.get(kind);
    if (nodes === undefined) {
      nodes = [];
      kinds.set(kind, nodes);
    }
    if (nodes.length < KEYS_PER_KIND)
      nodes.push({
        label: key,
        detail: `revision ${version.kv.modRevision}, version ${version.kv.version}`,
        children: [],
      });
  });
  return [...kinds].map(([kind, children]) => ({
    label: `/registry/${kind}`,
    detail: `${counts.get(kind)} keys`,
    children,
  }));
}
