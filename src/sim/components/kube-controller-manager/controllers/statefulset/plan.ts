import { deepFreeze } from "../../../../api/object.ts";
import { isPodAvailable, isPodReady } from "../../../../api/pod/status.ts";
import type { PersistentVolumeClaim, Pod, StatefulSet, StatefulSetStatus } from "../../lib/types.ts";
import { isClaimOwnerCurrent, isClaimStale, withClaimOwner } from "./claims.ts";
import {
  claimsOf,
  firstOrdinal,
  identityMatches,
  isInOrdinalRange,
  newPod,
  ordinalOf,
  revisionOf,
  storageMatches,
  withIdentity,
  withStorage,
} from "./identity.ts";

export type Operation =
  | { readonly type: "createClaim"; readonly claim: PersistentVolumeClaim; readonly pod: Pod }
  | { readonly type: "updateClaim"; readonly claim: PersistentVolumeClaim; readonly pod: Pod }
  | { readonly type: "createPod"; readonly pod: Pod }
  | { readonly type: "updatePod"; readonly pod: Pod }
  /** `update`: because it is of an old revision. */
  | { readonly type: "deletePod"; readonly pod: Pod; readonly update: boolean };

/** What one pass over a StatefulSet finds and wants. */
export interface SetPass {
  readonly status: StatefulSetStatus;
  /** One phase after another, as long as all goes well; what is in one phase does not depend on each other. */
  readonly phases: readonly (readonly Operation[])[];
}

export interface Revisions {
  /** With the templates of the two revisions. */
  readonly currentSet: StatefulSet;
  readonly updateSet: StatefulSet;
  readonly current: string;
  readonly update: string;
  readonly collisionCount: number;
}

type FindClaim = (claim: PersistentVolumeClaim) => PersistentVolumeClaim | undefined;

/** updateStatefulSet: `pods` are those that the set owns, `findClaim` finds what is there of a claim. */
export function passOverSet(
  set: StatefulSet,
  revisions: Revisions,
  pods: readonly Pod[],
  findClaim: FindClaim,
  nowWallUs: number,
): SetPass {
  const pass = new Pass(set, revisions, pods, findClaim, nowWallUs);
  if (set.metadata?.deletionTimestamp === undefined) pass.run();
  return { status: pass.status, phases: pass.phases.filter((phase) => phase.length > 0) };
}

export function isCreated(pod: Pod): boolean {
  return (pod.status?.phase ?? "") !== "";
}

function isTerminating(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === "Running" && isPodReady(pod);
}

function isHealthy(pod: Pod): boolean {
  return isRunningAndReady(pod) && !isTerminating(pod);
}

/** The steps of one pass: each answers whether the pass may go on. */
class Pass {
  readonly status: StatefulSetStatus;
  readonly phases: Operation[][] = [];
  private readonly set: StatefulSet;
  private readonly revisions: Revisions;
  private readonly findClaim: FindClaim;
  private readonly nowWallUs: number;
  /** One pod at a time, in order. */
  private readonly monotonic: boolean;
  private readonly replicas: readonly Pod[];
  /** Beyond the wanted ordinals, highest first. */
  private readonly condemned: readonly Pod[];
  private readonly firstUnhealthy: Pod | undefined;

  constructor(set: StatefulSet, revisions: Revisions, pods: readonly Pod[], findClaim: FindClaim, nowWallUs: number) {
    this.set = set;
    this.revisions = revisions;
    this.findClaim = findClaim;
    this.nowWallUs = nowWallUs;
    this.monotonic = set.spec?.podManagementPolicy !== "Parallel";
    this.status = statusOf(set, revisions, pods, nowWallUs);
    const byOrdinal = new Map(pods.filter((pod) => isInOrdinalRange(set, pod)).map((pod) => [ordinalOf(pod), pod]));
    const start = firstOrdinal(set);
    this.replicas = Array.from(
      { length: set.spec?.replicas ?? 1 },
      (_, index) => byOrdinal.get(start + index) ?? this.freshPod(start + index),
    );
    this.condemned = pods
      .filter((pod) => ordinalOf(pod) >= 0 && !isInOrdinalRange(set, pod))
      .sort((a, b) => ordinalOf(b) - ordinalOf(a));
    this.firstUnhealthy = [...this.replicas, ...[...this.condemned].reverse()].find((pod) => !isHealthy(pod));
  }

  run(): void {
    if (!this.keepReplicas()) return;
    if (!this.scaleDown()) return;
    if (this.set.spec?.updateStrategy?.type !== "OnDelete") this.replaceOutdated();
  }

  /** newVersionedStatefulSetPod: below the partition, pods come back as they were. */
  private freshPod(ordinal: number): Pod {
    const { set, revisions } = this;
    const { type = "RollingUpdate", rollingUpdate } = set.spec?.updateStrategy ?? {};
    const kept = rollingUpdate === undefined ? (set.status?.currentReplicas ?? 0) : (rollingUpdate.partition ?? 0);
    const isCurrent = (type === "RollingUpdate" || rollingUpdate !== undefined) && ordinal < firstOrdinal(set) + kept;
    return isCurrent
      ? newPod(revisions.currentSet, ordinal, revisions.current)
      : newPod(revisions.updateSet, ordinal, revisions.update);
  }

  private keepReplicas(): boolean {
    const claims: Operation[] = [];
    const work: Operation[] = [];
    const later: Operation[] = [];
    this.phases.push(claims, work, later);
    for (const replica of this.replicas) {
      const goesOn = this.keepReplica(replica, claims, work, later);
      if (this.monotonic && !goesOn) return false;
    }
    return true;
  }

  private keepReplica(replica: Pod, claims: Operation[], work: Operation[], later: Operation[]): boolean {
    const phase = replica.status?.phase;
    if (phase === "Failed" || phase === "Succeeded") {
      if (!isTerminating(replica)) work.push({ type: "deletePod", pod: replica, update: false });
      return false;
    }
    if (!isCreated(replica)) {
      const held = claimsOf(this.set, replica).map((claim) => this.findClaim(claim));
      if (held.some((claim) => claim !== undefined && isClaimStale(this.set, replica, claim))) return false;
      claims.push(...this.missingClaims(replica));
      work.push({ type: "createPod", pod: replica });
      later.push(...this.claimUpdates(this.set, replica));
      return false;
    }
    if (phase === "Pending") claims.push(...this.missingClaims(replica));
    const { minReadySeconds = 0 } = this.set.spec ?? {};
    const isBlocking =
      isTerminating(replica) ||
      !isRunningAndReady(replica) ||
      !isPodAvailable(replica, minReadySeconds, this.nowWallUs);
    if (this.monotonic && isBlocking) return false;
    const updates = this.claimUpdates(this.revisions.updateSet, replica);
    work.push(...updates);
    if (!identityMatches(this.set, replica) || !storageMatches(this.set, replica)) {
      const mended = withStorage(this.revisions.updateSet, withIdentity(this.revisions.updateSet, replica));
      work.push({ type: "updatePod", pod: deepFreeze(mended) });
    }
    return true;
  }

  private missingClaims(pod: Pod): Operation[] {
    return claimsOf(this.set, pod)
      .filter((claim) => this.findClaim(claim) === undefined)
      .map((claim) => ({ type: "createClaim", claim: deepFreeze(withClaimOwner(this.set, pod, claim)), pod }));
  }

  /** Claims whose owners are not those that the retention policy wants; of a new pod, those that are there already. */
  private claimUpdates(set: StatefulSet, pod: Pod): Operation[] {
    return claimsOf(set, pod).flatMap((wanted): Operation[] => {
      const claim = this.findClaim(wanted);
      if (claim === undefined || isClaimOwnerCurrent(set, pod, claim)) return [];
      return [{ type: "updateClaim", claim: deepFreeze(withClaimOwner(set, pod, claim)), pod }];
    });
  }

  private scaleDown(): boolean {
    const { updateSet } = this.revisions;
    this.phases.push(this.condemned.flatMap((pod) => this.claimUpdates(updateSet, pod)));
    const removals: Operation[] = [];
    this.phases.push(removals);
    for (const pod of this.condemned) {
      if (isTerminating(pod)) {
        if (this.monotonic) return false;
        continue;
      }
      const { minReadySeconds = 0 } = this.set.spec ?? {};
      const isAvailable = isRunningAndReady(pod) && isPodAvailable(pod, minReadySeconds, this.nowWallUs);
      if (this.monotonic && !isAvailable && pod !== this.firstUnhealthy) return false;
      removals.push({ type: "deletePod", pod, update: false });
      if (this.monotonic) return false;
    }
    return true;
  }

  /** The highest ordinal of another revision goes, when all above it are healthy. */
  private replaceOutdated(): void {
    const partition = this.set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let index = this.replicas.length - 1; index >= partition; index--) {
      const pod = this.replicas[index] as Pod;
      if (revisionOf(pod) !== this.revisions.update && !isTerminating(pod)) {
        this.phases.push([{ type: "deletePod", pod, update: true }]);
        return;
      }
      if (!isHealthy(pod)) return;
    }
  }
}

function statusOf(set: StatefulSet, revisions: Revisions, pods: readonly Pod[], nowWallUs: number): StatefulSetStatus {
  const { minReadySeconds = 0 } = set.spec ?? {};
  const count = (counts: (pod: Pod) => boolean): number => pods.filter(counts).length;
  const isLive = (pod: Pod): boolean => isCreated(pod) && !isTerminating(pod);
  const { conditions } = set.status ?? {};
  return {
    observedGeneration: set.metadata?.generation ?? 0,
    replicas: count(isCreated),
    readyReplicas: count(isRunningAndReady),
    availableReplicas: count((pod) => isRunningAndReady(pod) && isPodAvailable(pod, minReadySeconds, nowWallUs)),
    currentReplicas: count((pod) => isLive(pod) && revisionOf(pod) === revisions.current),
    updatedReplicas: count((pod) => isLive(pod) && revisionOf(pod) === revisions.update),
    currentRevision: revisions.current,
    updateRevision: revisions.update,
    collisionCount: revisions.collisionCount,
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** The status at the end of a pass, in which an outdated pod was deleted or not. A finished update becomes current. */
export function finalStatus(set: StatefulSet, status: StatefulSetStatus, outdatedGone: boolean): StatefulSetStatus {
  const counted = outdatedGone ? { ...status, currentReplicas: (status.currentReplicas ?? 0) - 1 } : status;
  const replicas = set.spec?.replicas ?? 1;
  const isComplete =
    (set.spec?.updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate" &&
    counted.updatedReplicas === replicas &&
    counted.readyReplicas === replicas &&
    counted.replicas === replicas;
  const done = isComplete
    ? { ...counted, currentReplicas: counted.updatedReplicas, currentRevision: counted.updateRevision }
    : counted;
  const kept = Object.entries(done).filter(([field, value]) => value !== 0 || ALWAYS_WRITTEN.includes(field));
  return Object.fromEntries(kept) as StatefulSetStatus;
}

const ALWAYS_WRITTEN: readonly string[] = ["replicas", "availableReplicas", "collisionCount"];
