import { parseTime } from "../../../sim/api/time.ts";
import {
  oldPodsRunning,
  setsToForget,
} from "../../../sim/components/kube-controller-manager/controllers/deployment/index.ts";
import {
  activeOrLatest,
  findNewSet,
  findOldSets,
  lastRevision,
  maxRevision,
  templatesEqual,
} from "../../../sim/components/kube-controller-manager/controllers/deployment/replica-sets.ts";
import {
  cleanUpUnhealthy,
  isSaturated,
  maxSurgeOf,
  maxUnavailableOf,
  minAvailableOf,
  newSetReplicas,
  reconcileNewSet,
  reconcileOldSets,
  replicaAnnotationsStale,
  resolveFenceposts,
  scaleDownOld,
  scaleFraction,
  scaleProportionally,
} from "../../../sim/components/kube-controller-manager/controllers/deployment/rolling.ts";
import {
  hasTimedOut,
  isComplete,
  isProgressing,
  rolloutStatus,
} from "../../../sim/components/kube-controller-manager/controllers/deployment/status.ts";
import type {
  Deployment,
  DeploymentStatus,
  Pod,
  PodTemplate,
  ReplicaSet,
} from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { expectPartly, expectSame, expectSameSet, type Outcome, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly deployment: Deployment;
  readonly allReplicaSets: readonly ReplicaSet[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly replicaSet: ReplicaSet;
  readonly newReplicaSet: ReplicaSet;
  readonly oldReplicaSets: readonly ReplicaSet[];
  readonly newStatus: DeploymentStatus;
  readonly podsByReplicaSetUID: Readonly<Record<string, readonly Pod[]>>;
  readonly a: PodTemplate;
  readonly b: PodTemplate;
  readonly now: string;
  readonly desired: number;
  readonly max: number;
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  readonly revisionHistoryLimit: number;
  readonly deploymentReplicas: number;
  readonly oldReplicas: number;
  readonly newReplicas: number;
  readonly newAvailable: number;
  readonly oldAvailable: number;
  readonly maxCleanup: number;
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "new-rs-replicas": ({ deployment, allReplicaSets, newReplicaSet }, { replicas }) =>
    expectSame(newSetReplicas(deployment, allReplicaSets, newReplicaSet), replicas),
  "surge-unavailable": ({ maxSurge, maxUnavailable, desired }, expected) =>
    expectSame(resolveFenceposts(maxSurge, maxUnavailable, desired), expected),
  "max-unavailable": ({ deployment }, { value }) => expectSame(maxUnavailableOf(deployment), value),
  "max-surge": ({ deployment }, { value }) => expectSame(maxSurgeOf(deployment), value),
  "min-available": ({ deployment }, { value }) => expectSame(minAvailableOf(deployment), value),
  "rollout-complete": ({ deployment, newStatus }, { complete }) =>
    expectSame(isComplete(deployment, newStatus), complete),
  "rollout-progressing": ({ deployment, newStatus }, { progressing }) =>
    expectSame(isProgressing(deployment, newStatus), progressing),
  "rollout-timed-out": ({ deployment, newStatus, now }, { timedOut }) =>
    expectSame(hasTimedOut(deployment, newStatus ?? deployment.status ?? {}, parseTime(now) ?? 0), timedOut),
  "find-new-rs": ({ deployment, replicaSets }, { name }) =>
    expectSame(findNewSet(deployment, replicaSets)?.metadata?.name ?? null, name ?? null),
  "find-old-rs": ({ deployment, replicaSets }, expected) => {
    const { withReplicas, all } = findOldSets(deployment, replicaSets);
    return expectSame({ withReplicas: names(withReplicas), all: names(all) }, expected);
  },
  "scale-fraction": ({ deployment, replicaSet }, { fraction }) =>
    expectSame(scaleFraction(replicaSet, deployment), fraction),
  "replica-annotations-stale": ({ replicaSet, desired, max }, { needsUpdate }) =>
    expectSame(replicaAnnotationsStale(replicaSet, desired, max), needsUpdate),
  "template-equal": ({ a, b }, { equal }) => expectSame(templatesEqual(a, b), equal),
  "rs-saturated": ({ deployment, replicaSet }, { saturated }) =>
    expectSame(isSaturated(deployment, replicaSet ?? null), saturated),
  "last-revision": ({ replicaSets }, { revision }) => expectSame(Number(lastRevision(replicaSets ?? [])), revision),
  "max-revision": ({ replicaSets }, { revision }) => expectSame(Number(maxRevision(replicaSets ?? [])), revision),
  "active-or-latest-rs": ({ newReplicaSet, oldReplicaSets }, { name }) =>
    expectSame(activeOrLatest(newReplicaSet ?? null, oldReplicaSets ?? [])?.metadata?.name ?? null, name ?? null),
  "proportional-scale": (input, expected) => {
    const sizes: Record<string, number> = {};
    const all = [...(input.oldReplicaSets ?? []), ...(input.newReplicaSet ? [input.newReplicaSet] : [])];
    for (const set of all) sizes[set.metadata?.name ?? ""] = set.spec?.replicas ?? 0;
    const scalings = scaleProportionally(input.deployment, input.newReplicaSet ?? null, input.oldReplicaSets ?? []);
    for (const { set, replicas } of scalings) sizes[set.metadata?.name ?? ""] = replicas;
    return expectPartly({ replicas: sizes }, expected);
  },
  "reconcile-new": (input, expected) => {
    const newSet = setOf("foo-v2", input.newReplicas, 0);
    const scaling = reconcileNewSet(rollingDeployment(input), [setOf("foo-v1", input.oldReplicas, 0), newSet], newSet);
    return expectPartly({ newReplicas: scaling?.replicas ?? input.newReplicas, scaled: scaling !== null }, expected);
  },
  "reconcile-old": (input, expected) => {
    const newSet = setOf("foo-new", input.newReplicas, input.newAvailable);
    const oldSet = setOf("foo-old", input.oldReplicas, input.oldAvailable);
    const scalings = reconcileOldSets(rollingDeployment(input), [oldSet, newSet], [oldSet], newSet);
    return afterScaling(scalings, input.oldReplicas, expected);
  },
  "cleanup-unhealthy": (input, { cleaned }) => {
    const oldSet = setOf("foo-v2", input.oldReplicas, input.oldAvailable);
    const scalings = cleanUpUnhealthy([oldSet], input.maxCleanup);
    return expectSame(input.oldReplicas - (scalings[0]?.replicas ?? input.oldReplicas), cleaned);
  },
  "scale-down-old": (input, expected) => {
    const oldSet = setOf("foo-v2", input.oldReplicas, input.oldAvailable);
    const scalings = scaleDownOld(rollingDeployment(input), [oldSet], [oldSet]);
    return afterScaling(scalings, input.oldReplicas, expected);
  },
  "history-cleanup-count": ({ oldReplicaSets, revisionHistoryLimit }, { deletions }) =>
    expectSame(setsToForget(oldReplicaSets, revisionHistoryLimit).length, deletions),
  "history-cleanup-names": ({ oldReplicaSets, revisionHistoryLimit }, { deleted }) =>
    expectSameSet(names(setsToForget(oldReplicaSets, revisionHistoryLimit)), deleted as string[]),
  "old-pods-running": ({ newReplicaSet, oldReplicaSets, podsByReplicaSetUID }, { running }) => {
    const pods = new Map(Object.entries(podsByReplicaSetUID ?? {}));
    return expectSame(oldPodsRunning(newReplicaSet ?? null, oldReplicaSets ?? [], pods), running);
  },
  "rollout-condition": ({ deployment, newReplicaSet, replicaSets, now }, expected) => {
    const nowWallUs = parseTime(now ?? "2017-02-15T18:49:00Z") ?? 0;
    const status = rolloutStatus(deployment, replicaSets, newReplicaSet ?? null, nowWallUs);
    const condition = status.conditions?.find(({ type }) => type === (expected.type ?? "Progressing"));
    return expectPartly(condition, expected);
  },
};

function names(sets: readonly ReplicaSet[]): (string | undefined)[] {
  return sets.map((set) => set.metadata?.name);
}

function afterScaling(
  scalings: readonly { readonly replicas: number }[],
  before: number,
  expected: Readonly<Record<string, unknown>>,
): Outcome {
  return expectPartly({ scaled: scalings.length > 0, oldReplicas: scalings.at(-1)?.replicas ?? before }, expected);
}

function setOf(name: string, replicas: number, availableReplicas: number): ReplicaSet {
  return { metadata: { name, uid: name }, spec: { replicas }, status: { availableReplicas: availableReplicas ?? 0 } };
}

function rollingDeployment({ deploymentReplicas, maxSurge, maxUnavailable }: Input): Deployment {
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } };
  return { metadata: { name: "foo" }, spec: { replicas: deploymentReplicas, strategy } };
}

export const deployment: Suite = {
  name: "deployment",
  run: (recorded) => ask(ANSWERS, recorded),
};
