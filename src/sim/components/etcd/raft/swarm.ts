import { createRandom, nextFloat, nextInt, type RandomState } from "../../../kernel/random.ts";
import { reportUnreachable } from "./leader.ts";
import { compact, entryAt, push, termAt } from "./log.ts";
import { applyMembershipChange, createRaft, nextDeadlineUs, propose, requestRead, step, tick } from "./raft.ts";
import { advance, takeReady, takeSnapshot } from "./ready.ts";
import type {
  Entry,
  HardState,
  Membership,
  MembershipChange,
  NodeId,
  Raft,
  RaftMessage,
  Ready,
  Snapshot,
} from "./types.ts";

/**
 * Thousands of small clusters under random faults: lost, late and repeated messages, cut links, crashes with and
 * without what was not yet durable, members that come (as learners or at once as voters) and go. After every step Raft's promises are checked; what breaks one is thrown, with the
 * seed that did it.
 */
export interface SwarmResult {
  readonly seeds: number;
  readonly steps: number;
  readonly elections: number;
  readonly committed: number;
  readonly snapshots: number;
  readonly reads: number;
  /** Changes of a membership that some member applied first. */
  readonly changes: number;
}

export function runSwarm(seeds: Iterable<number>): SwarmResult {
  const total = { seeds: 0, steps: 0, elections: 0, committed: 0, snapshots: 0, reads: 0, changes: 0 };
  for (const seed of seeds) {
    const swarm = createSwarm(seed);
    try {
      run(swarm);
    } catch (error) {
      throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    total.seeds += 1;
    total.steps += swarm.steps;
    total.elections += swarm.leaders.size;
    total.committed += swarm.committed.length - 1;
    total.snapshots += swarm.snapshots;
    total.reads += swarm.readsDone;
    total.changes += swarm.changes;
  }
  return total;
}

const TROUBLE_US = 12_000_000;
const CALM_US = 8_000_000;
const SNAPSHOT_EVERY = 20;
const KEEP = 5;
const NO_HARD_STATE: HardState = { term: 0, vote: "", commit: 0 };
/** Machines that may be added to the first members. */
const SPARE = 4;
const VOTERS_MIN = 2;
/** Who learns that it was removed stays this long, to pass that on. */
const LEAVES_AFTER_US = 1_000_000;
const NOBODY_YET: Membership = { voters: [], outgoing: [], learners: [] };

interface DiskImage {
  readonly hardState: HardState;
  readonly snapshot: Snapshot | null;
  readonly entries: readonly Entry[];
}

interface Member {
  readonly id: NodeId;
  /** What it knows when its disk is empty. */
  readonly born: Membership;
  raft: Raft | null;
  incarnation: number;
  disk: DiskImage;
  /** Written, and lost with the power until the fsync is over. */
  writing: DiskImage | null;
  persisting: Ready | null;
  applied: number;
  timerAtUs: number;
}

type Happening =
  | { readonly type: "message"; readonly message: RaftMessage }
  | { readonly type: "timer" | "synced"; readonly member: Member; readonly incarnation: number }
  | { readonly type: "restart" | "leave"; readonly member: Member }
  | { readonly type: "client" | "trouble" | "calm" };

interface Swarm {
  readonly random: RandomState;
  readonly members: readonly Member[];
  readonly heap: { readonly atUs: number; readonly sequence: number; readonly what: Happening }[];
  readonly cut: Set<string>;
  readonly leaders: Map<number, NodeId>;
  /** By index: what some member has applied; the same for all, for ever. */
  readonly committed: (Entry | null)[];
  /** Read -> index that was committed when it was asked. */
  readonly readFloors: Map<string, number>;
  readonly lossPercent: number;
  /** As of the last entry of `committed`. */
  membership: Membership;
  /** Who was removed, by which entry. They do not come back under the same name. */
  readonly removed: Map<NodeId, number>;
  nowUs: number;
  sequence: number;
  steps: number;
  calm: boolean;
  snapshots: number;
  readsDone: number;
  proposed: number;
  changes: number;
}

function createSwarm(seed: number): Swarm {
  const random = createRandom(seed, "raft/swarm");
  const size = nextInt(random, 2) === 0 ? 3 : 5;
  const ids = Array.from({ length: size + SPARE }, (_none, index) => `n${index + 1}`);
  const membership: Membership = { voters: ids.slice(0, size), outgoing: [], learners: [] };
  // As in etcd the first members write the same first entries, so that whoever joins later learns of them too.
  const births = membership.voters.map(
    (id, index): Entry => ({
      index: index + 1,
      term: 1,
      kind: "membership",
      data: Object.freeze({ type: "addVoter", id }),
      sizeBytes: 1,
    }),
  );
  const members = ids.map(
    (id, index): Member => ({
      id,
      born: index < size ? membership : NOBODY_YET,
      raft: null,
      incarnation: 0,
      disk:
        index < size
          ? { hardState: { term: 1, vote: "", commit: size }, snapshot: null, entries: births }
          : { hardState: NO_HARD_STATE, snapshot: null, entries: [] },
      writing: null,
      persisting: null,
      applied: 0,
      timerAtUs: Number.POSITIVE_INFINITY,
    }),
  );
  return {
    random,
    members,
    heap: [],
    cut: new Set(),
    leaders: new Map(),
    committed: [null],
    readFloors: new Map(),
    lossPercent: nextInt(random, 3) * 8,
    membership,
    removed: new Map(),
    nowUs: 0,
    sequence: 0,
    steps: 0,
    calm: false,
    snapshots: 0,
    readsDone: 0,
    proposed: 0,
    changes: 0,
  };
}

function run(swarm: Swarm): void {
  for (const member of swarm.members) boot(swarm, member);
  at(swarm, 500_000, { type: "client" });
  at(swarm, 1_000_000, { type: "trouble" });
  at(swarm, TROUBLE_US, { type: "calm" });
  while (swarm.nowUs < TROUBLE_US + CALM_US) {
    const next = pop(swarm);
    if (next === undefined) break;
    swarm.nowUs = next.atUs;
    swarm.steps += 1;
    happen(swarm, next.what);
    if (swarm.steps % 200 === 0) checkLogsMatch(swarm);
  }
  checkLogsMatch(swarm);
  checkAllAgree(swarm);
}

function happen(swarm: Swarm, what: Happening): void {
  switch (what.type) {
    case "message": {
      const to = memberOf(swarm, what.message.to);
      if (to.raft === null) return;
      step(to.raft, what.message, around(swarm));
      work(swarm, to);
      return;
    }
    case "timer":
      if (what.member.raft === null || what.incarnation !== what.member.incarnation) return;
      what.member.timerAtUs = Number.POSITIVE_INFINITY;
      tick(what.member.raft, around(swarm));
      work(swarm, what.member);
      return;
    case "synced":
      if (what.member.raft !== null && what.incarnation === what.member.incarnation) synced(swarm, what.member);
      return;
    case "restart":
      if (what.member.raft === null && !hasLeft(swarm, what.member)) boot(swarm, what.member);
      return;
    case "leave":
      what.member.raft = null;
      what.member.incarnation += 1;
      return;
    case "client":
      actAsClient(swarm);
      return;
    case "trouble":
      if (!swarm.calm) makeTrouble(swarm);
      return;
    case "calm":
      swarm.calm = true;
      swarm.cut.clear();
      for (const member of swarm.members) if (member.raft === null && !hasLeft(swarm, member)) boot(swarm, member);
  }
}

function around(swarm: Swarm): { readonly nowUs: number; readonly random: { int(bound: number): number } } {
  return { nowUs: swarm.nowUs, random: { int: (bound) => nextInt(swarm.random, bound) } };
}

function memberOf(swarm: Swarm, id: NodeId): Member {
  return swarm.members.find((member) => member.id === id) as Member;
}

function boot(swarm: Swarm, member: Member): void {
  const { disk } = member;
  const config = {
    id: member.id,
    heartbeatUs: 100_000,
    electionTimeoutUs: 1_000_000,
    preVote: true,
    checkQuorum: true,
    inflightMax: 8,
    messageBytesMax: 4,
  };
  const raft = createRaft(config, member.born, disk.snapshot, disk.hardState, around(swarm));
  const base = disk.snapshot?.index ?? 0;
  for (const entry of disk.entries) if (entry.index > base) push(raft.log, entry);
  raft.log.stable = raft.log.last;
  raft.log.handed = raft.log.last;
  raft.log.commit = Math.max(base, Math.min(disk.hardState.commit, raft.log.last));
  member.raft = raft;
  member.applied = base;
  member.persisting = null;
  member.writing = null;
  member.timerAtUs = Number.POSITIVE_INFINITY;
  work(swarm, member);
}

/** What a member does with its Raft, as etcd does: persist, then speak. */
function work(swarm: Swarm, member: Member): void {
  const raft = member.raft as Raft;
  assertThat(raft.panic === "", `${member.id} panicked: ${raft.panic}`);
  noteLeader(swarm, raft);
  while (member.persisting === null) {
    const ready = takeReady(raft);
    if (ready === null) break;
    for (const message of ready.messages) post(swarm, message);
    for (const entry of ready.committed) apply(swarm, member, entry);
    for (const { read, index } of ready.reads) checkRead(swarm, read, index);
    snapshotIfDue(swarm, member, raft);
    if (ready.mustSync) {
      member.persisting = ready;
      member.writing = written(member, ready);
      const takesUs = 200 + nextInt(swarm.random, 5_000);
      at(swarm, swarm.nowUs + takesUs, { type: "synced", member, incarnation: member.incarnation });
    } else {
      for (const message of ready.promises) post(swarm, message);
      advance(raft, ready);
    }
  }
  const dueUs = Math.max(nextDeadlineUs(raft), swarm.nowUs);
  if (dueUs >= member.timerAtUs || dueUs === Number.POSITIVE_INFINITY) return;
  member.timerAtUs = dueUs;
  at(swarm, dueUs, { type: "timer", member, incarnation: member.incarnation });
}

function written(member: Member, ready: Ready): DiskImage {
  const { disk } = member;
  const snapshot = ready.snapshot ?? disk.snapshot;
  const first = ready.entries[0]?.index ?? Number.POSITIVE_INFINITY;
  const kept = ready.snapshot === null ? disk.entries.filter((entry) => entry.index < first) : [];
  return { hardState: ready.hardState ?? disk.hardState, snapshot, entries: [...kept, ...ready.entries] };
}

function synced(swarm: Swarm, member: Member): void {
  const { persisting, writing } = member;
  if (persisting === null || writing === null) return;
  // A snapshot that was taken meanwhile is on the disk already.
  const snapshot = newer(member.disk.snapshot, writing.snapshot);
  member.disk = { ...writing, snapshot };
  member.persisting = null;
  member.writing = null;
  for (const message of persisting.promises) post(swarm, message);
  advance(member.raft as Raft, persisting);
  if (persisting.snapshot !== null) {
    member.applied = Math.max(member.applied, persisting.snapshot.index);
    swarm.snapshots += 1;
  }
  work(swarm, member);
}

function newer(a: Snapshot | null, b: Snapshot | null): Snapshot | null {
  return (a?.index ?? 0) > (b?.index ?? 0) ? a : b;
}

function snapshotIfDue(swarm: Swarm, member: Member, raft: Raft): void {
  const { log } = raft;
  if (raft.incomingSnapshot !== null || log.applied - (log.snapshot?.index ?? 0) < SNAPSHOT_EVERY) return;
  const snapshot: Snapshot = {
    index: log.applied,
    term: termAt(log, log.applied) as number,
    membership: raft.membership,
    data: null,
    sizeBytes: 1,
  };
  takeSnapshot(raft, snapshot, 0);
  compact(log, log.applied - KEEP);
  member.disk = { ...member.disk, snapshot };
  if (member.writing !== null)
    member.writing = { ...member.writing, snapshot: newer(snapshot, member.writing.snapshot) };
}

function post(swarm: Swarm, message: RaftMessage): void {
  const { random } = swarm;
  const lost =
    swarm.cut.has(`${message.from} ${message.to}`) || (!swarm.calm && nextInt(random, 100) < swarm.lossPercent);
  if (lost) {
    const from = memberOf(swarm, message.from);
    if (from.raft !== null && (message.type === "snapshot" || nextInt(random, 4) === 0))
      reportUnreachable(from.raft, message.to);
    return;
  }
  const slow = !swarm.calm && nextInt(random, 50) === 0 ? nextInt(random, 800_000) : 0;
  at(swarm, swarm.nowUs + 200 + nextInt(random, 1_500) + slow, { type: "message", message });
  if (!swarm.calm && nextInt(random, 40) === 0)
    at(swarm, swarm.nowUs + nextInt(random, 300_000), { type: "message", message });
}

function actAsClient(swarm: Swarm): void {
  const { random } = swarm;
  const member = swarm.members[nextInt(random, swarm.members.length)] as Member;
  if (member.raft !== null) {
    swarm.proposed += 1;
    propose(member.raft, [{ kind: "normal", data: swarm.proposed, sizeBytes: 1 }]);
    if (!swarm.calm && nextInt(random, 12) === 0) proposeChange(swarm, member.raft);
    const read = `read-${swarm.proposed}`;
    swarm.readFloors.set(read, swarm.committed.length - 1);
    requestRead(member.raft, read, around(swarm));
    work(swarm, member);
  }
  at(swarm, swarm.nowUs + 10_000 + nextInt(random, 60_000), { type: "client" });
}

function hasLeft(swarm: Swarm, member: Member): boolean {
  return swarm.removed.has(member.id);
}

/** Somebody comes or goes. As many as make a cluster stay. */
function proposeChange(swarm: Swarm, raft: Raft): void {
  const { random, members, membership } = swarm;
  const { id } = members[nextInt(random, members.length)] as Member;
  if (swarm.removed.has(id)) return;
  const isVoter = membership.voters.includes(id);
  if (isVoter && membership.voters.length <= VOTERS_MIN) return;
  const type = isVoter || nextInt(random, 4) === 0 ? "remove" : nextInt(random, 2) === 0 ? "addLearner" : "addVoter";
  const change: MembershipChange = Object.freeze({ type, id });
  propose(raft, [{ kind: "membership", data: change, sizeBytes: 1 }]);
}

function makeTrouble(swarm: Swarm): void {
  const { random, members } = swarm;
  const victim = members[nextInt(random, members.length)] as Member;
  switch (nextInt(random, 5)) {
    case 0:
    case 1:
      crash(swarm, victim);
      break;
    case 2:
      for (const { id } of members) cutLink(swarm, victim.id, id);
      break;
    case 3:
      for (const { id } of members) if (nextInt(random, 2) === 0) swarm.cut.add(`${victim.id} ${id}`);
      break;
    default:
      swarm.cut.clear();
  }
  at(swarm, swarm.nowUs + 100_000 + nextInt(random, 1_500_000), { type: "trouble" });
}

function cutLink(swarm: Swarm, a: NodeId, b: NodeId): void {
  swarm.cut.add(`${a} ${b}`);
  swarm.cut.add(`${b} ${a}`);
}

/** A killed process leaves what it wrote; a power cut takes what was not durable. */
function crash(swarm: Swarm, member: Member): void {
  if (member.raft === null) return;
  if (member.writing !== null && nextFloat(swarm.random) < 0.5) {
    member.disk = { ...member.writing, snapshot: newer(member.disk.snapshot, member.writing.snapshot) };
  }
  member.raft = null;
  member.incarnation += 1;
  at(swarm, swarm.nowUs + 50_000 + nextInt(swarm.random, 3_000_000), { type: "restart", member });
}

// What Raft promises.

function assertThat(held: boolean, text: string): void {
  if (!held) throw new Error(text);
}

/** Election safety: at most one leader in a term. Leader completeness: it has all that was committed before. */
function noteLeader(swarm: Swarm, raft: Raft): void {
  if (raft.role !== "leader") return;
  const { id } = raft.config;
  const known = swarm.leaders.get(raft.term);
  assertThat(known === undefined || known === id, `${known} and ${id} both lead term ${raft.term}`);
  if (known !== undefined) return;
  swarm.leaders.set(raft.term, id);
  for (let index = raft.log.first; index < swarm.committed.length; index += 1) {
    const { term } = swarm.committed[index] as Entry;
    if (term < raft.term)
      assertThat(termAt(raft.log, index) === term, `leader ${id} of term ${raft.term} lacks committed entry ${index}`);
  }
}

/** State-machine safety: whoever applies an index applies the same entry, one after the other. */
function apply(swarm: Swarm, member: Member, entry: Entry): void {
  assertThat(entry.index === member.applied + 1, `${member.id} applies ${entry.index} after ${member.applied}`);
  member.applied = entry.index;
  const known = swarm.committed[entry.index];
  if (known === undefined) swarm.committed[entry.index] = entry;
  if (entry.kind === "membership") applyChange(swarm, member, entry, known === undefined);
  assertThat(
    known === undefined || (known?.term === entry.term && known.data === entry.data),
    `${member.id} applies another entry ${entry.index}`,
  );
}

function applyChange(swarm: Swarm, member: Member, entry: Entry, isFirst: boolean): void {
  const change = entry.data as MembershipChange;
  if ((swarm.removed.get(change.id) ?? entry.index) < entry.index) return;
  const raft = member.raft as Raft;
  applyMembershipChange(raft, change);
  const leaves = change.type === "remove" && change.id === member.id;
  if (leaves) at(swarm, swarm.nowUs + LEAVES_AFTER_US, { type: "leave", member });
  if (!isFirst || entry.term === 1) return;
  swarm.membership = raft.membership;
  swarm.changes += 1;
  if (change.type === "remove") swarm.removed.set(change.id, entry.index);
}

/** Linearizable reads: never older than what was applied anywhere when the read was asked. */
function checkRead(swarm: Swarm, read: string, index: number): void {
  swarm.readsDone += 1;
  const floor = swarm.readFloors.get(read) ?? 0;
  assertThat(index >= floor, `${read} at ${index}, though ${floor} was committed before it`);
}

/** Log matching: two logs with the same entry at an index have the same entries before it. */
function checkLogsMatch(swarm: Swarm): void {
  for (const a of swarm.members) {
    for (const b of swarm.members) if (a.id < b.id && a.raft !== null && b.raft !== null) checkPair(a.raft, b.raft);
  }
}

function checkPair(a: Raft, b: Raft): void {
  let same = false;
  const first = Math.max(a.log.first, b.log.first);
  for (let index = Math.min(a.log.last, b.log.last); index >= first; index -= 1) {
    const own = entryAt(a.log, index) as Entry;
    const other = entryAt(b.log, index) as Entry;
    if (own.term === other.term) {
      assertThat(
        own.data === other.data,
        `${a.config.id} and ${b.config.id} differ in entry ${index} of term ${own.term}`,
      );
      same = true;
    } else {
      assertThat(!same, `${a.config.id} and ${b.config.id} agree after ${index}, where they differ`);
    }
  }
}

/** Left in peace they elect one leader and all apply all, learners too. Who was removed need not know. */
function checkAllAgree(swarm: Swarm): void {
  const { voters, learners } = swarm.membership;
  const members = swarm.members.filter(({ id }) => voters.includes(id) || learners.includes(id));
  const leaders = members.filter((member) => member.raft?.role === "leader");
  assertThat(leaders.length === 1, `${leaders.length} leaders after the calm`);
  const behind = swarm.committed.length - 1 - Math.min(...members.map((member) => member.applied));
  assertThat(behind < 10, `a member is ${behind} entries behind after the calm`);
}

// A heap of what happens next: time, then sequence.

function at(swarm: Swarm, atUs: number, what: Happening): void {
  const { heap } = swarm;
  swarm.sequence += 1;
  const item = { atUs, sequence: swarm.sequence, what };
  let child = heap.length;
  heap.push(item);
  while (child > 0) {
    const parent = (child - 1) >> 1;
    const above = heap[parent] as (typeof heap)[number];
    if (above.atUs < atUs || (above.atUs === atUs && above.sequence < item.sequence)) break;
    heap[child] = above;
    child = parent;
  }
  heap[child] = item;
}

function pop({ heap }: Swarm): Swarm["heap"][number] | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let parent = 0;
  for (;;) {
    let child = parent * 2 + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, heap[child] as typeof top)) child += 1;
    if (!isBefore(heap[child] as typeof top, last)) break;
    heap[parent] = heap[child] as typeof top;
    parent = child;
  }
  heap[parent] = last;
  return top;
}

function isBefore(a: Swarm["heap"][number], b: Swarm["heap"][number]): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence);
}
