import type { Certificate, Context } from "../../kernel/types.ts";
import { createAutoCompaction, startAutoCompaction } from "./auto-compaction.ts";
import { birthOf } from "./birth.ts";
import { fail } from "./fail.ts";
import { addressOf, type EtcdConfig } from "./flags.ts";
import { forceAlone } from "./force-new-cluster.ts";
import { clusterId, memberId } from "./identity.ts";
import { restoreMachine } from "./machine.ts";
import type { Member } from "./messages.ts";
import { createStore, defragment } from "./mvcc/store.ts";
import { createWatchHub } from "./mvcc/watch.ts";
import { drive } from "./node.ts";
import type { PeerMembersAnswer, PeerRequest } from "./peer-messages.ts";
import { addPeers } from "./peers.ts";
import { memberOf, publish } from "./publish.ts";
import { push } from "./raft/log.ts";
import { createRaft } from "./raft/raft.ts";
import { type HardState, type Membership, NOBODY, type Raft, type Snapshot } from "./raft/types.ts";
import type { Command, EtcdState, MachineImage } from "./state.ts";
import {
  fillLog,
  load,
  readDefragmentedAt,
  type Stored,
  writeDatabaseFile,
  writeEntry,
  writeHardState,
  writeMetadata,
} from "./storage.ts";
import { zap } from "./zap-log.ts";

const ASK_TIMEOUT_US = 1_500_000;
const BORN_TERM = 1;

export function createState(config: EtcdConfig, peerCertificate: Certificate | null, context: Context): EtcdState {
  const nobody: Member[] = [];
  return {
    phase: "starting",
    config: Object.freeze(config),
    peerCertificate,
    id: memberId(config.advertisePeerUrls, config.initialClusterToken),
    clusterId: "0",
    raft: raftOf(config, "0", nobody, null, NO_HARD_STATE, context),
    store: createStore(),
    hub: createWatchHub(),
    members: new Map(),
    removed: new Set(),
    alarms: [],
    peers: new Map(),
    inbound: new Map(),
    asked: new Set(),
    persisting: null,
    defragmentedAt: 0,
    diskLast: 0,
    diskHardState: NO_HARD_STATE,
    queue: [],
    pending: new Map(),
    probes: new Map(),
    nextRequest: 1,
    nextRound: 1,
    waitingReads: [],
    round: null,
    lastLeader: NOBODY,
    leaderSinceUs: 0,
    leaderlessEpoch: 0,
    knownRole: "follower",
    knownLeader: NOBODY,
    knownTerm: 0,
    leaseEndsUs: new Map(),
    raftTimerAtUs: Number.POSITIVE_INFINITY,
    raftTimer: 0,
    requestTimerArmed: false,
    readTimerArmed: false,
    progressTimerArmed: false,
    leaseTimerAtUs: Number.POSITIVE_INFINITY,
    autoCompaction: createAutoCompaction(),
    busyWatchers: new Set(),
    transfer: null,
    published: false,
    header: Object.freeze({ clusterId: "0", memberId: "0", revision: 0, raftTerm: 0 }),
  };
}

const NO_HARD_STATE: HardState = Object.freeze({ term: 0, vote: NOBODY, commit: 0 });

function raftOf(
  config: EtcdConfig,
  id: string,
  members: readonly Member[],
  snapshot: Snapshot | null,
  hardState: HardState,
  context: Context,
): Raft {
  const membership: Membership = Object.freeze({
    voters: Object.freeze(
      members
        .filter((member) => !member.isLearner)
        .map((member) => member.id)
        .sort(),
    ),
    outgoing: Object.freeze([]),
    learners: Object.freeze(members.filter((member) => member.isLearner).map((member) => member.id)),
  });
  return createRaft(
    {
      id,
      heartbeatUs: config.heartbeatMs * 1000,
      electionTimeoutUs: config.electionMs * 1000,
      preVote: config.preVote,
      checkQuorum: true,
      inflightMax: 512,
      messageBytesMax: 1024 * 1024,
    },
    membership,
    snapshot,
    hardState,
    context,
  );
}

/** Begins from what the data directory holds; an empty one first asks the other members. */
export function bootstrap(state: EtcdState, context: Context): void {
  const { config } = state;
  const stored = load(context.disk, config.dataPath);
  if (typeof stored === "string") {
    zap(context, "fatal", "etcdserver/storage.go:102", "failed to read WAL, cannot be repaired", { error: stored });
    fail(state, context, 1, stored);
  } else if (stored !== null) {
    restart(state, context, stored);
  } else if (config.initialCluster.length === 1 && config.initialClusterState === "new") {
    beginNew(state, context);
  } else {
    state.phase = "joining";
    for (const { name, url } of config.initialCluster) if (name !== config.name) ask(state, context, addressOf(url));
  }
}

function ask(state: EtcdState, context: Context, address: string): void {
  state.asked.add(address);
  const body: PeerRequest = { op: "peerMembers" };
  context.request({
    to: address,
    body: Object.freeze(body),
    timeoutUs: ASK_TIMEOUT_US,
    tag: Object.freeze({ asked: address }),
    certificate: state.peerCertificate ?? undefined,
    label: "GET /members",
  });
}

/** One of the peers answered, or did not (null). The first that knows decides; when none does, so be it. */
export function peerAnswered(
  state: EtcdState,
  context: Context,
  address: string,
  answer: PeerMembersAnswer | null,
): void {
  if (state.phase !== "joining" || !state.asked.delete(address)) return;
  if (answer !== null && answer.op === "peerMembers") {
    state.asked.clear();
    decide(state, context, answer);
  } else if (state.asked.size === 0) {
    decide(state, context, null);
  }
}

function decide(
  state: EtcdState,
  context: Context,
  known: Extract<PeerMembersAnswer, { op: "peerMembers" }> | null,
): void {
  const { config, id } = state;
  const isNew = config.initialClusterState === "new";
  const own = known?.members.find((member) => member.id === id);
  if (isNew && own !== undefined && own.clientUrls.length > 0) {
    const error = `member ${id} has already been bootstrapped`;
    zap(context, "fatal", "etcdmain/etcd.go:204", "discovery failed", { error });
    fail(state, context, 1, error);
  } else if (isNew) {
    beginNew(state, context);
  } else if (known === null) {
    const error =
      "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs";
    zap(context, "fatal", "etcdmain/etcd.go:204", "discovery failed", { error });
    fail(state, context, 1, error);
  } else {
    joinKnown(state, context, known);
  }
}

type Known = Extract<PeerMembersAnswer, { op: "peerMembers" }>;

/** The command line must name the cluster's members, no more and no fewer, by their peer URLs; ids are the cluster's. */
function joinKnown(state: EtcdState, context: Context, known: Known): void {
  const { config } = state;
  const ours = config.initialCluster.find(({ name }) => name === config.name)?.url ?? "";
  const own = known.members.find((member) => member.peerUrls.includes(ours));
  const wrong =
    known.members.length !== config.initialCluster.length
      ? "member count is unequal"
      : own === undefined ||
          !known.members.every((member) => config.initialCluster.some(({ url }) => member.peerUrls.includes(url)))
        ? `unmatched member while checking PeerURLs (${known.members[0]?.peerUrls[0] ?? ""})`
        : null;
  if (wrong !== null || own === undefined) {
    const error = `error validating peerURLs ${describeCluster(known)}: ${wrong ?? ""}`;
    zap(context, "fatal", "etcdmain/etcd.go:204", "discovery failed", { error });
    fail(state, context, 1, error);
    return;
  }
  state.id = own.id;
  join(state, context, known.clusterId, known.members);
}

/** As Go's `%v` prints a cluster. */
function describeCluster({ clusterId: id, members }: Known): string {
  const each = members.map(
    (member) =>
      `&{ID:${member.id} RaftAttributes:{PeerURLs:[${member.peerUrls.join(" ")}] IsLearner:${member.isLearner}} Attributes:{Name:${member.name} ClientURLs:[${member.clientUrls.join(" ")}]}}`,
  );
  return `{ClusterID:${id} Members:[${each.join(" ")}] RemovedMemberIDs:[]}`;
}

function initialMembers(config: EtcdConfig): Member[] {
  return config.initialCluster
    .map(({ name, url }) => memberOf(memberId([url], config.initialClusterToken), name, [url], [], true))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A new cluster: every member writes the same first entries, which make the members known. */
function beginNew(state: EtcdState, context: Context): void {
  const members = initialMembers(state.config);
  state.clusterId = clusterId(members.map((member) => member.id));
  const hardState: HardState = Object.freeze({ term: BORN_TERM, vote: NOBODY, commit: members.length });
  state.raft = raftOf(state.config, state.id, members, null, hardState, context);
  const { log } = state.raft;
  for (const [position, member] of members.entries()) {
    const command: Command = Object.freeze({
      operation: birthOf(member),
      origin: NOBODY,
      incarnation: 0,
      request: 0,
      trace: null,
    });
    push(
      log,
      Object.freeze({ index: position + 1, term: BORN_TERM, kind: "membership", data: command, sizeBytes: 100 }),
    );
  }
  log.stable = log.last;
  log.handed = log.last;
  log.commit = log.last;
  zap(context, "info", "etcdserver/raft.go:495", "starting local member", {
    "local-member-id": state.id,
    "cluster-id": state.clusterId,
  });
  keepBirth(state, context, members, hardState);
}

/**
 * Joins a cluster that has this member already: its log comes from the leader, and says who the members are. Until
 * then it only knows where they are.
 */
function join(state: EtcdState, context: Context, cluster: string, members: readonly Member[]): void {
  state.clusterId = cluster;
  state.raft = raftOf(state.config, state.id, [], null, NO_HARD_STATE, context);
  keepBirth(state, context, [], NO_HARD_STATE, members);
}

/** `peers`: whom to connect to, where that is more than the members of the first entries. */
function keepBirth(
  state: EtcdState,
  context: Context,
  members: readonly Member[],
  hardState: HardState,
  peers = members,
): void {
  const { disk } = context;
  const { dataDir, dataPath } = state.config;
  const { log } = state.raft;
  const metadata = {
    id: state.id,
    clusterId: state.clusterId,
    members: Object.freeze([...members]),
    peers: Object.freeze([...peers]),
  };
  let failed = writeMetadata(disk, dataPath, metadata) ?? writeHardState(disk, dataPath, hardState);
  for (const chunk of log.chunks.values())
    for (const entry of new Set(chunk)) failed ??= writeEntry(disk, dataPath, entry);
  if (failed !== null) {
    const error = `mkdir ${dataDir}/member: no space left on device`;
    zap(context, "fatal", "etcdmain/etcd.go:204", "discovery failed", { error });
    fail(state, context, 1, error);
    return;
  }
  state.diskHardState = hardState;
  state.diskLast = log.last;
  run(state, context, peers);
}

function restart(state: EtcdState, context: Context, found: Stored): void {
  const stored = state.config.forceNewCluster ? forceAlone(context.disk, state.config.dataPath, found) : found;
  const { metadata, hardState, snapshot } = stored;
  state.id = metadata.id;
  state.clusterId = metadata.clusterId;
  state.raft = raftOf(state.config, state.id, metadata.members, snapshot, hardState, context);
  fillLog(state.raft.log, stored);
  state.diskHardState = hardState;
  state.diskLast = stored.entries.at(-1)?.index ?? snapshot?.index ?? 0;
  state.defragmentedAt = readDefragmentedAt(context.disk, state.config.dataPath);
  if (snapshot !== null) restoreMachine(state, snapshot.data as MachineImage);
  if (state.defragmentedAt === (snapshot?.index ?? 0)) defragment(state.store);
  zap(context, "info", "etcdserver/raft.go:530", "restarting local member", {
    "cluster-id": state.clusterId,
    "local-member-id": state.id,
    "commit-index": hardState.commit,
  });
  run(state, context, snapshot === null ? metadata.peers : (snapshot.data as MachineImage).members);
}

function run(state: EtcdState, context: Context, members: Iterable<Member>): void {
  state.phase = "running";
  writeDatabaseFile(context.disk, state.config.dataPath, state.store, state.defragmentedAt);
  state.knownTerm = state.raft.term;
  addPeers(state, context, members);
  publish(state, context);
  startAutoCompaction(state, context);
  // Alone, a member need not wait for anyone to be silent.
  if (state.raft.membership.voters.length === 1) state.raft.heardAtUs = context.nowUs - state.raft.electionTimeoutUs;
  drive(state, context);
}
