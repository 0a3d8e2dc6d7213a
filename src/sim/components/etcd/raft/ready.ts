import { advanceCommit, sendDueAppends } from "./leader.ts";
import { compact, entriesFrom, termAt } from "./log.ts";
import type { Entry, HardState, Raft, Ready, Snapshot } from "./types.ts";

const NO_ENTRIES: readonly Entry[] = Object.freeze([]);

/** How much is applied in one go: what is left comes with the next Ready. */
const APPLY_MAX = 1_000;

/**
 * What there is to do now, or null. Take the next one only after `advance`: until then what was handed out is not
 * durable, and nothing that depends on it may be said.
 */
export function takeReady(raft: Raft): Ready | null {
  if (raft.role === "leader") sendDueAppends(raft);
  const { log } = raft;
  const entries =
    log.handed < log.last ? entriesFrom(log, log.handed + 1, log.last, Number.POSITIVE_INFINITY) : NO_ENTRIES;
  const appliable = raft.incomingSnapshot === null ? Math.min(log.commit, log.stable, log.applied + APPLY_MAX) : 0;
  const committed =
    log.applied < appliable ? entriesFrom(log, log.applied + 1, appliable, Number.POSITIVE_INFINITY) : NO_ENTRIES;
  const hardState = changedHardState(raft);
  const snapshot = raft.incomingSnapshot;
  const nothing =
    hardState === null &&
    snapshot === null &&
    entries.length === 0 &&
    committed.length === 0 &&
    raft.messages.length === 0 &&
    raft.promises.length === 0 &&
    raft.readsDone.length === 0;
  if (nothing) return null;
  const mustSync =
    entries.length > 0 ||
    snapshot !== null ||
    (hardState !== null && (hardState.term !== raft.persisted.term || hardState.vote !== raft.persisted.vote));
  const ready: Ready = {
    hardState: mustSync ? undurableHardState(raft) : hardState,
    entries,
    snapshot,
    messages: raft.messages,
    promises: raft.promises,
    committed,
    reads: raft.readsDone,
    mustSync,
  };
  raft.messages = [];
  raft.promises = [];
  raft.readsDone = [];
  log.handed = log.last;
  log.applied = Math.max(log.applied, committed.at(-1)?.index ?? 0);
  if (hardState !== null) raft.persisted = hardState;
  return ready;
}

/**
 * What goes to the disk beside entries. The commit index counts here: whoever comes up with a membership change in its
 * log must know of those before it that they were committed, or it would campaign among members of long ago.
 */
function undurableHardState(raft: Raft): HardState | null {
  const { term, vote, durable } = raft;
  const { commit } = raft.log;
  if (durable.term === term && durable.vote === vote && durable.commit === commit) return null;
  raft.durable = Object.freeze({ term, vote, commit });
  return raft.durable;
}

function changedHardState(raft: Raft): HardState | null {
  const { term, vote, persisted } = raft;
  const { commit } = raft.log;
  if (persisted.term === term && persisted.vote === vote && persisted.commit === commit) return null;
  return Object.freeze({ term, vote, commit });
}

/** What `ready` asked to persist is durable. */
export function advance(raft: Raft, ready: Pick<Ready, "entries" | "snapshot">): void {
  const { log } = raft;
  if (ready.snapshot !== null && ready.snapshot === raft.incomingSnapshot) {
    raft.incomingSnapshot = null;
    log.applied = ready.snapshot.index;
  }
  const last = ready.entries.at(-1);
  // A later truncation may have replaced what was written: then it does not count.
  if (last === undefined || last.index > log.last || termAt(log, last.index) !== last.term) return;
  log.stable = Math.max(log.stable, last.index);
  const own = raft.role === "leader" ? raft.progress.get(raft.config.id) : undefined;
  if (own === undefined) return;
  own.match = Math.max(own.match, log.stable);
  own.next = own.match + 1;
  advanceCommit(raft);
}

/** Keeps `snapshot` for those who lag, and forgets entries up to `index`. */
export function takeSnapshot(raft: Raft, snapshot: Snapshot, compactIndex: number): void {
  raft.log.snapshot = snapshot;
  compact(raft.log, compactIndex);
}
