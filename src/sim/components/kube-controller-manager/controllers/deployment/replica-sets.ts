import { semanticEqual } from "../../../../api/equal.ts";
import type { Deployment, PodTemplate, ReplicaSet } from "../../lib/types.ts";

export const HASH_LABEL = "pod-template-hash";
export const REVISION = "deployment.kubernetes.io/revision";
export const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
export const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
export const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

export function specReplicas(object: Deployment | ReplicaSet): number {
  return object.spec?.replicas ?? 0;
}

export function sumSpecReplicas(sets: readonly (ReplicaSet | null)[]): number {
  return sets.reduce((sum, set) => sum + (set === null ? 0 : specReplicas(set)), 0);
}

export function sumStatus(
  sets: readonly (ReplicaSet | null)[],
  field: "replicas" | "readyReplicas" | "availableReplicas",
): number {
  return sets.reduce((sum, set) => sum + (set?.status?.[field] ?? 0), 0);
}

export function activeSets(sets: readonly (ReplicaSet | null)[]): ReplicaSet[] {
  return sets.filter((set): set is ReplicaSet => set !== null && specReplicas(set) > 0);
}

/** Older first; at the same second by name. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const left = a.metadata?.creationTimestamp ?? "";
  const right = b.metadata?.creationTimestamp ?? "";
  return left < right ? -1 : left > right ? 1 : byName(a, b);
}

/** Larger first, then older. */
export function bySizeOlder(a: ReplicaSet, b: ReplicaSet): number {
  return specReplicas(b) - specReplicas(a) || byCreation(a, b);
}

/** Larger first, then newer. */
export function bySizeNewer(a: ReplicaSet, b: ReplicaSet): number {
  return specReplicas(b) - specReplicas(a) || byCreation(b, a);
}

export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [revisionOf(a), revisionOf(b)];
  return left < right ? -1 : left > right ? 1 : byCreation(a, b);
}

function byName(a: ReplicaSet, b: ReplicaSet): number {
  const left = a.metadata?.name ?? "";
  const right = b.metadata?.name ?? "";
  return left < right ? -1 : left > right ? 1 : 0;
}

/** 64 bits, as Go reads it: an adopted set may say a number that is no integer of doubles any more. 0 when there is none. */
export function revisionOf(object: ReplicaSet | Deployment): bigint {
  const text = object.metadata?.annotations?.[REVISION];
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : 0n;
}

export function maxRevision(sets: readonly ReplicaSet[]): bigint {
  return sets.map(revisionOf).reduce((max, revision) => (revision > max ? revision : max), 0n);
}

/** The second highest revision. */
export function lastRevision(sets: readonly ReplicaSet[]): bigint {
  let max = 0n;
  let second = 0n;
  for (const set of sets) {
    const revision = revisionOf(set);
    if (revision >= max) {
      second = max;
      max = revision;
    } else if (revision > second) second = revision;
  }
  return second;
}

/** EqualIgnoreHash. */
export function templatesEqual(a: PodTemplate | undefined, b: PodTemplate | undefined): boolean {
  return semanticEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplate | undefined): unknown {
  const { [HASH_LABEL]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

/** The oldest set whose template is the deployment's. */
export function findNewSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | null {
  const sorted = [...sets].sort(byCreation);
  return sorted.find((set) => templatesEqual(set.spec?.template, deployment.spec?.template)) ?? null;
}

export function findOldSets(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): { readonly withReplicas: ReplicaSet[]; readonly all: ReplicaSet[] } {
  const newSet = findNewSet(deployment, sets);
  const all = sets.filter((set) => newSet === null || set.metadata?.uid !== newSet.metadata?.uid);
  return { withReplicas: activeSets(all), all };
}

/** The one set that has replicas, or the newest if none has; null if several have. */
export function activeOrLatest(newSet: ReplicaSet | null, oldSets: readonly ReplicaSet[]): ReplicaSet | null {
  const active = activeSets([...oldSets, newSet]);
  if (active.length > 1) return null;
  if (active.length === 1) return active[0] ?? null;
  return newSet ?? [...oldSets].sort((a, b) => byCreation(b, a))[0] ?? null;
}
