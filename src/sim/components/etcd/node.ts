import { goDuration } from "../../api/duration.ts";
import { humanBytes } from "../../api/human-bytes.ts";
import type { Context } from "../../kernel/types.ts";
import { autoCompacted } from "./auto-compaction.ts";
import { ERRORS } from "./errors.ts";
import { fail } from "./fail.ts";
import { isError } from "./is-error.ts";
import { leaseLeadershipChanged, leasesChanged } from "./lease-expiry.ts";
import { applyCommand, imageOf, restoreMachine } from "./machine.ts";
import { transferFinished } from "./maintenance.ts";
import { leaveSoon } from "./membership.ts";
import { defragment, pagesOf } from "./mvcc/store.ts";
import { addPeers, changePeer, replacePeers, sendToPeer } from "./peers.ts";
import { answer } from "./pending.ts";
import { published } from "./publish.ts";
import { entryAt } from "./raft/log.ts";
import { applyMembershipChange, nextDeadlineUs, propose } from "./raft/raft.ts";
import { advance, takeReady, takeSnapshot } from "./raft/ready.ts";
import { type Entry, NOBODY, type Ready, type Snapshot } from "./raft/types.ts";
import { askAgain, failRound, raiseWhenFull, readsConfirmed, serveReads } from "./requests.ts";
import type { Command, EtcdState, MachineImage, MembershipOperation, Persisting } from "./state.ts";
import {
  compactStorage,
  removeEntries,
  writeDatabaseFile,
  writeEntry,
  writeHardState,
  writeSnapshot,
} from "./storage.ts";
import { cancelLeaderless, publishEvents, resyncWatchers } from "./watches.ts";
import { raftLog, zap } from "./zap-log.ts";

/** Entries kept behind a snapshot, for followers that lag a little. */
const CATCH_UP_ENTRIES = 5_000;
const SLOW_SYNC_US = 1_000_000;
const READIES_PER_STEP = 20;

/**
 * Does all that Raft asks for: persists, sends, applies; then sets the timer for what comes next. To be called at the
 * end of every step. While something is on its way to the disk the next Ready waits, as in etcd's own loop: a slow
 * disk makes a slow member.
 */
export function drive(state: EtcdState, context: Context): void {
  if (state.phase !== "running" && state.phase !== "stopping") return;
  for (let round = 0; round < READIES_PER_STEP; round += 1) {
    noticeChanges(state, context);
    if (state.raft.panic !== "") {
      zap(context, "panic", "raft/log.go:232", state.raft.panic);
      fail(state, context, 2, `panic: ${state.raft.panic}`);
      return;
    }
    if (state.persisting !== null) break;
    flushQueue(state, context);
    const ready = takeReady(state.raft);
    if (ready === null) break;
    if (!perform(state, context, ready)) return;
    if (round === READIES_PER_STEP - 1) context.setTimer(0, { type: "goOn" }, "keep");
  }
  armRaftTimer(state, context);
}

function flushQueue(state: EtcdState, context: Context): void {
  const { queue } = state;
  if (queue.length === 0) return;
  const alive = queue.filter((proposal) => isAwaited(state, context, proposal.data as Command));
  if (alive.length > 0 && !propose(state.raft, alive)) {
    state.queue = alive;
    return;
  }
  state.queue = [];
  if (context.observed) {
    for (const { data } of alive) context.note("proposal", { operation: (data as Command).operation.op });
  }
}

/** A request that timed out while it waited for a leader is not proposed any more. */
function isAwaited(state: EtcdState, context: Context, command: Command): boolean {
  if (command.request === 0 || command.incarnation !== context.self.pid) return true;
  return state.pending.has(command.request);
}

/** False: the member has failed. */
function perform(state: EtcdState, context: Context, ready: Ready): boolean {
  for (const message of ready.messages) sendToPeer(state, context, message);
  if (!persist(state, context, ready)) return false;
  for (const entry of ready.committed) {
    applyEntry(state, context, entry);
    if (entry.index === state.defragmentedAt) defragment(state.store);
  }
  if (ready.committed.length > 0) snapshotIfDue(state, context);
  if (ready.reads.length > 0) readsConfirmed(state, ready.reads);
  serveReads(state, context);
  if (!ready.mustSync) {
    for (const message of ready.promises) sendToPeer(state, context, message);
    advance(state.raft, ready);
    return true;
  }
  state.persisting = {
    sinceUs: context.nowUs,
    lastEntry: ready.entries.at(-1) ?? null,
    snapshot: ready.snapshot,
    promises: Object.freeze(ready.promises),
  };
  const cause = ready.entries[0]?.data as Command | null | undefined;
  if (cause?.trace) context.actFor(cause.trace);
  context.disk.sync("wal");
  return true;
}

function persist(state: EtcdState, context: Context, { entries, hardState, snapshot }: Ready): boolean {
  const { disk } = context;
  const { dataPath: dataDir } = state.config;
  let failed = null;
  if (snapshot !== null) {
    failed ??= writeSnapshot(disk, dataDir, snapshot);
    const stale = disk.list(`${dataDir}/member/wal/0`);
    for (const path of stale) disk.remove(path);
    state.diskLast = snapshot.index;
  }
  for (const entry of entries) failed ??= writeEntry(disk, dataDir, entry);
  const last = entries.at(-1);
  if (last !== undefined) {
    removeEntries(disk, dataDir, last.index + 1, state.diskLast);
    state.diskLast = last.index;
  }
  // A commit index alone is not worth a write: it is learned again from the leader.
  if (hardState !== null && (entries.length > 0 || snapshot !== null || isVote(state, hardState))) {
    failed ??= writeHardState(disk, dataDir, hardState);
    state.diskHardState = hardState;
  }
  if (failed === null) {
    if (context.observed && last !== undefined) context.note("append", { first: entries[0]?.index, last: last.index });
    return true;
  }
  const why = failed === "ENOSPC" ? "no space left on device" : "input/output error";
  const error = `write ${state.config.dataDir}/member/wal/0000000000000000-0000000000000000.wal: ${why}`;
  zap(context, "fatal", "etcdserver/raft.go:238", "failed to save Raft hard state and entries", { error });
  fail(state, context, 1, error);
  return false;
}

function isVote(state: EtcdState, { term, vote }: { term: number; vote: string }): boolean {
  return state.diskHardState.term !== term || state.diskHardState.vote !== vote;
}

/** What was handed to the disk is durable: now it may be spoken of. */
export function synced(state: EtcdState, context: Context): void {
  const { persisting } = state;
  if (persisting === null) return;
  state.persisting = null;
  const tookUs = context.nowUs - persisting.sinceUs;
  context.observe("etcd_disk_wal_fsync_duration_us", tookUs);
  if (tookUs > SLOW_SYNC_US) {
    zap(context, "warn", "wal/wal.go:805", "slow fdatasync", { took: goDuration(tookUs), "expected-duration": "1s" });
  }
  for (const message of persisting.promises) sendToPeer(state, context, message);
  finishPersisting(state, context, persisting);
}

function finishPersisting(state: EtcdState, context: Context, { lastEntry, snapshot }: Persisting): void {
  advance(state.raft, { entries: lastEntry === null ? [] : [lastEntry], snapshot });
  if (snapshot === null || state.raft.incomingSnapshot !== null) return;
  restoreMachine(state, snapshot.data as MachineImage);
  replacePeers(state, context);
  zap(context, "info", "etcdserver/server.go:1103", "applied snapshot", {
    "current-snapshot-index": snapshot.index,
    "incoming-leader-snapshot-index": snapshot.index,
    "incoming-leader-snapshot-term": snapshot.term,
  });
  if (context.observed) context.note("snapshot", { index: snapshot.index });
  leasesChanged(state, context);
  resyncWatchers(state, context);
}

function applyEntry(state: EtcdState, context: Context, entry: Entry): void {
  const command = entry.data as Command | null;
  if (command === null) return;
  if (command.trace !== null) context.actFor(command.trace);
  const { operation } = command;
  const isFull = raiseWhenFull(state, context, operation, entry.sizeBytes);
  const { response, events } = applyCommand(state, operation, command.trace);
  if (operation.op === "membership" && !isError(response)) membersChanged(state, context, operation);
  if (operation.op === "publish") published(state, context);
  if (operation.op === "compact") autoCompacted(state, context, command, response);
  if (operation.op === "compact" && !isError(response)) logCompaction(state, context, operation.revision);
  if (operation.op === "leaseGrant" || operation.op === "leaseRevoke") leasesChanged(state, context);
  if (context.observed) context.note("apply", { index: entry.index, term: entry.term, operation: operation.op });
  if (command.request !== 0 && command.origin === state.id && command.incarnation === context.self.pid) {
    answer(state, context, command.request, isFull ? ERRORS.noSpace : response);
  }
  if (events.length > 0) publishEvents(state, context, events);
}

function logCompaction({ store, config, defragmentedAt }: EtcdState, context: Context, revision: number): void {
  writeDatabaseFile(context.disk, config.dataPath, store, defragmentedAt);
  zap(context, "info", "mvcc/index.go:214", "compact tree index", { revision });
  zap(context, "info", "mvcc/kvstore_compaction.go:68", "finished scheduled compaction", {
    "compact-revision": revision,
    "current-db-size-bytes": store.fileBytes,
    "current-db-size": humanBytes(store.fileBytes),
    "current-db-size-in-use-bytes": pagesOf(store.inUseBytes),
    "current-db-size-in-use": humanBytes(store.inUseBytes),
  });
}

function membersChanged(state: EtcdState, context: Context, { action, id, change }: MembershipOperation): void {
  if (change !== null) applyMembershipChange(state.raft, change);
  logMembership(state, context, action, id);
  if (id === state.id) {
    if (action === "memberRemove") leaveSoon(context);
    return;
  }
  const member = state.members.get(id);
  if (action === "memberAdd" && member !== undefined) addPeers(state, context, [member]);
  else changePeer(state, context, id);
}

function logMembership(state: EtcdState, context: Context, action: MembershipOperation["action"], id: string): void {
  const member = state.members.get(id);
  const common = { "cluster-id": state.clusterId, "local-member-id": state.id };
  switch (action) {
    case "memberAdd":
      zap(context, "info", "membership/cluster.go:421", "added member", {
        ...common,
        "added-peer-id": id,
        "added-peer-peer-urls": member?.peerUrls ?? [],
        "added-peer-is-learner": member?.isLearner === true,
      });
      return;
    case "memberRemove":
      zap(context, "info", "membership/cluster.go:472", "removed member", { ...common, "removed-remote-peer-id": id });
      return;
    case "memberPromote":
      zap(context, "info", "membership/cluster.go:535", "promote member", { ...common, "promoted-member-id": id });
      return;
    case "memberUpdate":
      zap(context, "info", "membership/cluster.go:557", "updated member", {
        ...common,
        "updated-remote-peer-id": id,
        "updated-remote-peer-urls": member?.peerUrls ?? [],
      });
  }
}

function snapshotIfDue(state: EtcdState, context: Context): void {
  const { log, membership } = state.raft;
  const before = log.snapshot?.index ?? 0;
  if (log.applied - before <= state.config.snapshotCount) return;
  zap(context, "info", "etcdserver/server.go:1421", "triggering snapshot", {
    "local-member-id": state.id,
    "local-member-applied-index": log.applied,
    "local-member-snapshot-index": before,
    "local-member-snapshot-count": state.config.snapshotCount,
  });
  const snapshot: Snapshot = Object.freeze({
    index: log.applied,
    term: entryAt(log, log.applied)?.term ?? state.raft.term,
    membership,
    data: imageOf(state),
    sizeBytes: state.store.fileBytes,
  });
  writeDatabaseFile(context.disk, state.config.dataPath, state.store, state.defragmentedAt);
  if (writeSnapshot(context.disk, state.config.dataPath, snapshot) !== null) return;
  zap(context, "info", "etcdserver/server.go:2388", "saved snapshot", { "snapshot-index": snapshot.index });
  const compactIndex = snapshot.index - CATCH_UP_ENTRIES;
  takeSnapshot(state.raft, snapshot, 0);
  if (compactIndex <= 1) return;
  compactStorage(context.disk, state.config.dataPath, log, compactIndex);
  zap(context, "info", "etcdserver/server.go:2418", "compacted Raft logs", { "compact-index": compactIndex });
}

/** Speaks of elections and leaders as upstream's log does, and tells those who wait for a leader. */
function noticeChanges(state: EtcdState, context: Context): void {
  const { raft } = state;
  if (raft.role === state.knownRole && raft.leader === state.knownLeader && raft.term === state.knownTerm) return;
  logRole(state, context);
  const wasLeader = state.knownRole === "leader";
  state.knownRole = raft.role;
  state.knownTerm = raft.term;
  if (wasLeader !== (raft.role === "leader")) {
    leaseLeadershipChanged(state, context);
    for (const link of state.peers.values()) link.beatUs = 0;
  }
  if (raft.leader !== state.knownLeader) leaderChanged(state, context);
}

function logRole(state: EtcdState, context: Context): void {
  const { raft, id, knownRole, knownTerm } = state;
  const { role, term } = raft;
  if (role === knownRole && term === knownTerm) return;
  if (context.observed) context.note("election", { role, term, leader: raft.leader });
  if (knownRole === "leader" && role === "follower" && term === knownTerm) {
    zap(context, "warn", "etcdserver/zap_raft.go:85", `${id} stepped down to follower since quorum is not active`);
  }
  if (role === "preCandidate" || (role !== "follower" && knownRole === "follower")) {
    raftLog(context, `${id} is starting a new election at term ${knownTerm}`);
  }
  if (role === "leader" && knownRole !== "candidate") raftLog(context, `${id} became candidate at term ${term}`);
  raftLog(context, `${id} became ${role === "preCandidate" ? "pre-candidate" : role} at term ${term}`);
}

function leaderChanged(state: EtcdState, context: Context): void {
  const { raft, id, knownLeader } = state;
  const { leader, term } = raft;
  if (leader === NOBODY) raftLog(context, `raft.node: ${id} lost leader ${knownLeader} at term ${term}`);
  else if (knownLeader === NOBODY) raftLog(context, `raft.node: ${id} elected leader ${leader} at term ${term}`);
  else raftLog(context, `raft.node: ${id} changed leader from ${knownLeader} to ${leader} at term ${term}`);
  state.knownLeader = leader;
  if (leader === NOBODY) {
    state.leaderlessEpoch += 1;
    context.setTimer(3 * state.config.electionMs * 1000, { type: "leaderless", epoch: state.leaderlessEpoch });
    return;
  }
  state.leaderSinceUs = context.nowUs;
  if (state.lastLeader !== NOBODY) failRound(state, context);
  else askAgain(state, context);
  state.lastLeader = leader;
  context.count("etcd_server_leader_changes_seen_total");
  transferFinished(state, context);
}

/** Three election time-outs without a leader: streams that need one end. */
export function stillLeaderless(state: EtcdState, context: Context, epoch: number): void {
  if (epoch === state.leaderlessEpoch && state.raft.leader === NOBODY) cancelLeaderless(state, context);
}

/**
 * One timer is armed at a time, for the earliest deadline. A follower's deadline moves on with every heartbeat: its
 * timer is left alone, and set anew only when it has fired early.
 */
export function armRaftTimer(state: EtcdState, context: Context): void {
  const dueUs = nextDeadlineUs(state.raft);
  if (dueUs >= state.raftTimerAtUs || dueUs === Number.POSITIVE_INFINITY) return;
  if (state.raftTimer !== 0) context.clearTimer(state.raftTimer);
  state.raftTimerAtUs = Math.max(dueUs, context.nowUs);
  state.raftTimer = context.setTimer(state.raftTimerAtUs - context.nowUs, { type: "raftTimer" });
}
