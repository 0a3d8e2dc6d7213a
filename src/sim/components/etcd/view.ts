import { entryAt } from "./raft/log.ts";
import type { Entry, Progress } from "./raft/types.ts";
import type { Command, EtcdState, MembershipOperation, Operation } from "./state.ts";

/** One member as the inspector shows it. Plain data, made anew for each look; changes nothing. */
export interface EtcdView {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  readonly phase: EtcdState["phase"];
  readonly role: string;
  readonly term: number;
  readonly vote: string;
  readonly leader: string;
  readonly leaderName: string;
  readonly members: readonly MemberView[];
  /** The leader's view of each follower; empty elsewhere. */
  readonly progress: readonly ProgressView[];
  readonly log: LogView;
  readonly revision: number;
  readonly compactRevision: number;
  readonly keyCount: number;
  readonly leaseCount: number;
  readonly watcherCount: number;
  readonly dbSizeBytes: number;
  readonly dbSizeInUseBytes: number;
  readonly quotaBytes: number;
  readonly alarms: readonly string[];
  /** Requests that wait for a commit or a confirmed read. */
  readonly pendingRequests: number;
  readonly isWritingToDisk: boolean;
  /** `leader, term 4`: the one line of what it is doing. */
  readonly summary: string;
}

export interface MemberView {
  readonly id: string;
  readonly name: string;
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  readonly isSelf: boolean;
  readonly isLeader: boolean;
  /** Whether this member has heard from it lately; true for itself. */
  readonly isReachable: boolean;
}

export interface ProgressView {
  readonly id: string;
  readonly name: string;
  readonly state: Progress["state"];
  readonly match: number;
  readonly next: number;
  readonly inFlight: number;
}

export interface LogView {
  readonly first: number;
  readonly last: number;
  readonly commit: number;
  readonly applied: number;
  /** Durable on this member up to here. */
  readonly stable: number;
  readonly snapshotIndex: number;
  /** The newest ones, oldest first. */
  readonly entries: readonly EntryView[];
}

export interface EntryView {
  readonly index: number;
  readonly term: number;
  /** `put /registry/pods/default/web-0`. */
  readonly what: string;
  readonly isCommitted: boolean;
  /** Root event of what wrote it; 0: nobody. */
  readonly trace: number;
}

export function viewEtcd(state: EtcdState, logEntries = 20): EtcdView {
  const { raft, store } = state;
  const leaderName = nameOf(state, raft.leader);
  return {
    id: state.id,
    name: state.config.name,
    clusterId: state.clusterId,
    phase: state.phase,
    role: raft.role,
    term: raft.term,
    vote: raft.vote,
    leader: raft.leader,
    leaderName,
    members: viewMembers(state),
    progress: [...raft.progress]
      .filter(([id]) => id !== state.id)
      .map(([id, progress]) => viewProgress(state, id, progress)),
    log: viewLog(state, logEntries),
    revision: store.revision,
    compactRevision: Math.max(0, store.compactRevision),
    keyCount: store.newest.size,
    leaseCount: store.leases.size,
    watcherCount: state.hub.watchers.size,
    dbSizeBytes: store.fileBytes,
    dbSizeInUseBytes: store.inUseBytes,
    quotaBytes: state.config.quotaBackendBytes,
    alarms: state.alarms.map(({ memberId, alarm }) => `${alarm} (${nameOf(state, memberId)})`),
    pendingRequests: state.pending.size,
    isWritingToDisk: state.persisting !== null,
    summary: summaryOf(state, leaderName),
  };
}

function summaryOf({ raft, phase }: EtcdState, leaderName: string): string {
  if (phase !== "running") return phase;
  if (raft.role === "leader") return `leader, term ${raft.term}`;
  if (raft.role !== "follower") return `wants to lead, term ${raft.term}`;
  return leaderName === "" ? `no leader, term ${raft.term}` : `follows ${leaderName}, term ${raft.term}`;
}

function nameOf(state: EtcdState, id: string): string {
  return state.members.get(id)?.name || state.peers.get(id)?.name || (id === state.id ? state.config.name : id);
}

function viewMembers(state: EtcdState): MemberView[] {
  return [...state.members.values()]
    .map((member) => ({
      id: member.id,
      name: nameOf(state, member.id),
      clientUrls: member.clientUrls,
      peerUrls: member.peerUrls,
      isSelf: member.id === state.id,
      isLeader: member.id === state.raft.leader,
      isReachable: member.id === state.id || state.peers.get(member.id)?.active === true,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function viewProgress(state: EtcdState, id: string, progress: Progress): ProgressView {
  const { match, next, inflight } = progress;
  return { id, name: nameOf(state, id), state: progress.state, match, next, inFlight: inflight.length };
}

function viewLog({ raft: { log } }: EtcdState, count: number): LogView {
  const entries: EntryView[] = [];
  for (let index = Math.max(log.first, log.last - count + 1); index <= log.last; index += 1) {
    const entry = entryAt(log, index);
    if (entry !== undefined) entries.push(viewEntry(entry, index <= log.commit));
  }
  const { first, last, commit, applied, stable, snapshot } = log;
  return { first, last, commit, applied, stable, snapshotIndex: snapshot?.index ?? 0, entries };
}

function viewEntry({ index, term, data }: Entry, isCommitted: boolean): EntryView {
  const command = data as Command | null;
  const what = command === null ? "new leader" : describeOperation(command.operation);
  return { index, term, what, isCommitted, trace: command?.trace?.trace ?? 0 };
}

function describeOperation(operation: Operation): string {
  switch (operation.op) {
    case "put":
    case "deleteRange":
    case "range":
      return `${operation.op === "deleteRange" ? "delete" : operation.op} ${operation.key}`;
    case "txn": {
      const first = operation.success[0];
      return first === undefined ? "txn" : `txn ${describeOperation(first)}`;
    }
    case "compact":
      return `compact ${operation.revision}`;
    case "leaseGrant":
      return `grant lease of ${operation.ttlSeconds} s`;
    case "leaseRevoke":
      return "revoke lease";
    case "alarm":
      return operation.action === "GET"
        ? "list alarms"
        : `${operation.action === "ACTIVATE" ? "raise" : "disarm"} ${operation.alarm}`;
    case "publish":
      return `publish ${operation.member.name}`;
    case "membership":
      return describeChange(operation);
  }
}

/** `add learner 5b91a5812d7fd139`, `promote ...`, `remove ...`. */
export function describeChange({ action, id, member }: MembershipOperation): string {
  switch (action) {
    case "memberAdd":
      return `add ${member?.isLearner === true ? "learner" : "member"} ${member?.name || id}`;
    case "memberPromote":
      return `promote ${id}`;
    case "memberRemove":
      return `remove ${id}`;
    case "memberUpdate":
      return `move ${id}`;
  }
}

export interface KeyTreeNode {
  /** One segment: `pods/`, or the last part of a key. */
  readonly name: string;
  /** Prefix to open next, or the whole key. */
  readonly path: string;
  readonly isKey: boolean;
  /** Keys below it; 1 for a key. */
  readonly keys: number;
  readonly modRevision: number;
}

/** What is directly below a prefix (`/registry/`), in key order: folders with how much they hold, and keys. */
export function viewKeys(state: EtcdState, prefix: string): readonly KeyTreeNode[] {
  const nodes: { name: string; path: string; isKey: boolean; keys: number; modRevision: number }[] = [];
  state.store.newest.range(prefix, `${prefix}\uffff`, (key, version) => {
    if (version.type === "DELETE") return;
    const slash = key.indexOf("/", prefix.length + (key.charCodeAt(prefix.length) === 47 ? 1 : 0));
    const path = slash < 0 ? key : key.slice(0, slash + 1);
    const last = nodes.at(-1);
    if (last !== undefined && last.path === path && !last.isKey) {
      last.keys += 1;
      last.modRevision = Math.max(last.modRevision, version.kv.modRevision);
    } else {
      nodes.push({
        name: path.slice(prefix.length),
        path,
        isKey: slash < 0,
        keys: 1,
        modRevision: version.kv.modRevision,
      });
    }
  });
  return nodes;
}
