import { type IntOrString, scaledValue } from "../../../../api/intstr.ts";
import type { Deployment, ReplicaSet } from "../../lib/types.ts";
import {
  activeOrLatest,
  activeSets,
  byCreation,
  bySizeNewer,
  bySizeOlder,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  specReplicas,
  sumSpecReplicas,
  sumStatus,
} from "./replica-sets.ts";

/** One change of a ReplicaSet's size. `replicas` may equal the present size: then only annotations are brought up to date. */
export interface Scaling {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** ResolveFenceposts: surge rounds up, unavailable down; both zero would make no progress, so unavailable becomes 1. Throws on text that is no percentage. */
export function resolveFenceposts(
  maxSurge: IntOrString | undefined,
  maxUnavailable: IntOrString | undefined,
  desired: number,
): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const surge = scaledValue(maxSurge ?? 0, desired, true);
  const unavailable = scaledValue(maxUnavailable ?? 0, desired, false);
  return surge === 0 && unavailable === 0
    ? { maxSurge: 0, maxUnavailable: 1 }
    : { maxSurge: surge, maxUnavailable: unavailable };
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec?.strategy?.type === "RollingUpdate";
}

export function maxUnavailableOf(deployment: Deployment): number {
  const desired = specReplicas(deployment);
  if (!isRollingUpdate(deployment) || desired === 0) return 0;
  return Math.min(desired, fencepostsOf(deployment).maxUnavailable);
}

export function maxSurgeOf(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fencepostsOf(deployment).maxSurge : 0;
}

export function minAvailableOf(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? specReplicas(deployment) - maxUnavailableOf(deployment) : 0;
}

function fencepostsOf(deployment: Deployment): { maxSurge: number; maxUnavailable: number } {
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  return resolveFenceposts(rolling?.maxSurge, rolling?.maxUnavailable, specReplicas(deployment));
}

/** NewRSNewReplicas: how large the new set may be now. */
export function newSetReplicas(deployment: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet): number {
  const desired = specReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const surge = scaledValue(deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? 0, desired, true);
  const room = desired + surge - sumSpecReplicas(all);
  if (room <= 0) return specReplicas(newSet);
  return specReplicas(newSet) + Math.min(room, desired - specReplicas(newSet));
}

export function reconcileNewSet(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newSet: ReplicaSet,
): Scaling | null {
  const desired = specReplicas(deployment);
  if (specReplicas(newSet) === desired) return null;
  const replicas = specReplicas(newSet) > desired ? desired : newSetReplicas(deployment, all, newSet);
  return replicas === specReplicas(newSet) ? null : { set: newSet, replicas };
}

export function reconcileOldSets(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  oldSets: readonly ReplicaSet[],
  newSet: ReplicaSet,
): Scaling[] {
  if (sumSpecReplicas(oldSets) === 0) return [];
  const minAvailable = specReplicas(deployment) - maxUnavailableOf(deployment);
  const newUnavailable = specReplicas(newSet) - (newSet.status?.availableReplicas ?? 0);
  const mostScaledDown = sumSpecReplicas(all) - minAvailable - newUnavailable;
  if (mostScaledDown <= 0) return [];
  const cleanup = cleanUpUnhealthy(oldSets, mostScaledDown);
  const left = oldSets.map((set) => resized(set, cleanup));
  const down = scaleDownOld(deployment, [...left, newSet], left);
  return [...cleanup, ...down];
}

/** Unhealthy replicas of old sets go first, oldest set first: they serve nobody. */
export function cleanUpUnhealthy(oldSets: readonly ReplicaSet[], most: number): Scaling[] {
  const scalings: Scaling[] = [];
  let total = 0;
  for (const set of [...oldSets].sort(byCreation)) {
    if (total >= most) break;
    const replicas = specReplicas(set);
    const available = set.status?.availableReplicas ?? 0;
    if (replicas === 0 || replicas === available) continue;
    const down = Math.min(most - total, replicas - available);
    if (down <= 0) continue;
    scalings.push({ set, replicas: replicas - down });
    total += down;
  }
  return scalings;
}

export function scaleDownOld(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  oldSets: readonly ReplicaSet[],
): Scaling[] {
  const minAvailable = specReplicas(deployment) - maxUnavailableOf(deployment);
  const spare = sumStatus(all, "availableReplicas") - minAvailable;
  const scalings: Scaling[] = [];
  let total = 0;
  for (const set of [...oldSets].sort(byCreation)) {
    if (total >= spare) break;
    const replicas = specReplicas(set);
    if (replicas === 0) continue;
    const down = Math.min(replicas, spare - total);
    scalings.push({ set, replicas: replicas - down });
    total += down;
  }
  return scalings;
}

/** The set as it is after the scalings that concern it. */
function resized(set: ReplicaSet, scalings: readonly Scaling[]): ReplicaSet {
  const found = scalings.find((scaling) => scaling.set === set);
  return found === undefined ? set : { ...set, spec: { ...set.spec, replicas: found.replicas } };
}

/** Sizes after the deployment was scaled in the middle of a rollout, or while paused: proportionally. */
export function scaleProportionally(
  deployment: Deployment,
  newSet: ReplicaSet | null,
  oldSets: readonly ReplicaSet[],
): Scaling[] {
  const desired = specReplicas(deployment);
  const only = activeOrLatest(newSet, oldSets);
  if (only !== null) return specReplicas(only) === desired ? [] : [{ set: only, replicas: desired }];
  if (isSaturated(deployment, newSet)) return activeSets(oldSets).map((set) => ({ set, replicas: 0 }));
  if (!isRollingUpdate(deployment)) return [];
  const all = activeSets([...oldSets, newSet]);
  const allowed = desired > 0 ? desired + maxSurgeOf(deployment) : 0;
  const toAdd = allowed - sumSpecReplicas(all);
  if (toAdd > 0) all.sort(bySizeNewer);
  else if (toAdd < 0) all.sort(bySizeOlder);
  let added = 0;
  const sizes = all.map((set) => {
    const proportion = proportionOf(set, deployment, toAdd, added);
    added += proportion;
    return specReplicas(set) + proportion;
  });
  return all.map((set, index) => {
    const leftover = index === 0 ? toAdd - added : 0;
    return { set, replicas: Math.max(0, (sizes[index] ?? 0) + leftover) };
  });
}

function proportionOf(set: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  if (specReplicas(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = scaleFraction(set, deployment);
  const allowed = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
}

/** getReplicaSetFraction: how many replicas the set would gain or lose by itself. */
export function scaleFraction(set: ReplicaSet, deployment: Deployment): number {
  const desired = specReplicas(deployment);
  if (desired === 0) return -specReplicas(set);
  const before = annotationNumber(set, MAX_REPLICAS) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return roundHalfAway((specReplicas(set) * (desired + maxSurgeOf(deployment))) / before) - specReplicas(set);
}

function roundHalfAway(value: number): number {
  return value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5);
}

export function isSaturated(deployment: Deployment, set: ReplicaSet | null): boolean {
  if (set === null) return false;
  const desired = specReplicas(deployment);
  return (
    annotationNumber(set, DESIRED_REPLICAS) === desired &&
    specReplicas(set) === desired &&
    (set.status?.availableReplicas ?? 0) === desired
  );
}

/** The deployment's size changed since the sets were last sized. */
export function isScalingEvent(deployment: Deployment, sets: readonly (ReplicaSet | null)[]): boolean {
  return activeSets(sets).some((set) => {
    const desired = annotationNumber(set, DESIRED_REPLICAS);
    return desired !== null && desired !== specReplicas(deployment);
  });
}

export function annotationNumber(set: ReplicaSet, name: string): number | null {
  const text = set.metadata?.annotations?.[name];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null;
}

/** ReplicasAnnotationsNeedUpdate. */
export function replicaAnnotationsStale(set: ReplicaSet, desired: number, most: number): boolean {
  const annotations = set.metadata?.annotations;
  return annotations?.[DESIRED_REPLICAS] !== String(desired) || annotations?.[MAX_REPLICAS] !== String(most);
}
