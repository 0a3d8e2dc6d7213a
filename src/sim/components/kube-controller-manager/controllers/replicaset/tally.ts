import { semanticEqual } from "../../../../api/equal.ts";
import { matchesSet } from "../../../../api/labels.ts";
import { isPodActive, isPodReady } from "../../../../api/pod/status.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { objectsByIndex, type Store } from "../../../../machinery/store.ts";
import { controllerOf } from "../../lib/pods.ts";
import type { Pod, ReplicaSet } from "../../lib/types.ts";
import type { ReplicaKind } from "./kind.ts";

type FindStore = (informer: string) => Store;

/**
 * Running counts of each set's pods, so that a sync need not look at all of them: a set with 10,000 pods syncs as fast
 * as one with 10. By the set's uid.
 */
export interface Tally {
  readonly sets: Map<string, TallyEntry>;
}

interface TallyEntry {
  active: number;
  labelled: number;
  ready: number;
  /** Some pod's labels changed: it may have to be released, so look at all. */
  suspect: boolean;
}

export function createTally(): Tally {
  return { sets: new Map() };
}

/** Notes a pod's change; answers whether the counts of any set changed. */
export function notePod(tally: Tally, kind: ReplicaKind, store: FindStore, delta: Delta): boolean {
  const sets = store(kind.resource.resource);
  const next = delta.type === "deleted" ? null : (delta.object as Pod);
  const before = delta.old === null ? NOTHING : contribution(kind, delta.old as Pod, sets);
  const after = next === null ? NOTHING : contribution(kind, next, sets);
  const relabelled =
    delta.old !== null &&
    next !== null &&
    delta.old.metadata?.labels !== next.metadata?.labels &&
    !semanticEqual(delta.old.metadata?.labels, next.metadata?.labels);
  if (relabelled && after.uid !== "") entryOf(tally, after.uid).suspect = true;
  if (
    !relabelled &&
    before.uid === after.uid &&
    before.active === after.active &&
    before.labelled === after.labelled &&
    before.ready === after.ready
  ) {
    return false;
  }
  add(tally, before, -1);
  add(tally, after, 1);
  return true;
}

/** Counts anew: the set appeared after its pods, or its template changed. */
export function recount(tally: Tally, kind: ReplicaKind, set: ReplicaSet, store: FindStore): void {
  const sets = store(kind.resource.resource);
  const uid = set.metadata?.uid ?? "";
  tally.sets.delete(uid);
  for (const pod of objectsByIndex<Pod>(store("pods"), "controllerUid", uid))
    add(tally, contribution(kind, pod, sets), 1);
}

interface Contribution {
  readonly uid: string;
  readonly active: number;
  readonly labelled: number;
  readonly ready: number;
}

const NOTHING: Contribution = Object.freeze({ uid: "", active: 0, labelled: 0, ready: 0 });

function contribution(kind: ReplicaKind, pod: Pod, sets: Store): Contribution {
  const owner = controllerOf(pod);
  if (owner?.kind !== kind.resource.kind) return NOTHING;
  if (!isPodActive(pod)) return { uid: owner.uid, active: 0, labelled: 0, ready: 0 };
  const set = sets.objects.get(`${pod.metadata?.namespace}/${owner.name}`);
  const { spec } = set === undefined ? {} : kind.asReplicaSet(set);
  const labelled = set !== undefined && matchesSet(spec?.template?.metadata?.labels ?? {}, pod.metadata?.labels);
  return { uid: owner.uid, active: 1, labelled: labelled ? 1 : 0, ready: isPodReady(pod) ? 1 : 0 };
}

function add(tally: Tally, part: Contribution, sign: number): void {
  if (part.uid === "") return;
  const entry = entryOf(tally, part.uid);
  entry.active += sign * part.active;
  entry.labelled += sign * part.labelled;
  entry.ready += sign * part.ready;
}

function entryOf(tally: Tally, uid: string): TallyEntry {
  let entry = tally.sets.get(uid);
  if (entry === undefined) {
    entry = { active: 0, labelled: 0, ready: 0, suspect: false };
    tally.sets.set(uid, entry);
  }
  return entry;
}
