import { parseTime } from "../../../sim/api/time.ts";
import {
  isClaimOwnerCurrent,
  retentionPolicyOf,
} from "../../../sim/components/kube-controller-manager/controllers/statefulset/claims.ts";
import {
  identityMatches,
  isInOrdinalRange,
  isMemberOf,
  parentAndOrdinal,
  storageMatches,
  withStorage,
} from "../../../sim/components/kube-controller-manager/controllers/statefulset/identity.ts";
import {
  finalStatus,
  passOverSet,
} from "../../../sim/components/kube-controller-manager/controllers/statefulset/plan.ts";
import type {
  PersistentVolumeClaim,
  Pod,
  StatefulSet,
} from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { allOf, expectPartly, expectSame, expectSameSet, type Outcome, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly statefulSet: StatefulSet;
  readonly pods: readonly Pod[];
  readonly currentRevision: string;
  readonly updateRevision: string;
  readonly podName: string;
  readonly pod: Pod;
  readonly claim: PersistentVolumeClaim;
  readonly replicas: number;
  readonly start: number;
}

/** A moment just after the recordings. */
const NOW_US = parseTime("2026-11-20T10:59:00Z") ?? 0;

const COUNTERS = [
  "replicas",
  "readyReplicas",
  "availableReplicas",
  "currentReplicas",
  "updatedReplicas",
  "currentRevision",
  "updateRevision",
] as const;

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  sync: ({ statefulSet, pods, currentRevision, updateRevision }, expected) => {
    const revisions = {
      currentSet: statefulSet,
      updateSet: statefulSet,
      current: currentRevision,
      update: updateRevision,
      collisionCount: statefulSet.status?.collisionCount ?? 0,
    };
    const pass = passOverSet(statefulSet, revisions, pods, () => undefined, NOW_US);
    const work = pass.phases.flat();
    const named = (type: string): string[] =>
      work.filter((each) => each.type === type).map(({ pod }) => pod.metadata?.name ?? "");
    const outdatedGone = work.some((each) => each.type === "deletePod" && each.update);
    const status = finalStatus(statefulSet, pass.status, outdatedGone);
    const counters = Object.fromEntries(
      COUNTERS.filter((field) => status[field] !== undefined).map((field) => [field, status[field]]),
    );
    const isParallel = statefulSet.spec?.podManagementPolicy === "Parallel";
    const same = (names: readonly string[], wanted: unknown): Outcome =>
      isParallel ? expectSameSet(names, wanted as string[]) : expectSame(names, wanted);
    return allOf(
      same(named("createPod"), expected.created),
      same(named("deletePod"), expected.deleted),
      expectSame(counters, expected.status),
    );
  },
  "pod-ordinal": ({ podName }, expected) => expectSame(parentAndOrdinal(podName), expected),
  "member-of": ({ statefulSet, pod }, { member }) => expectSame(isMemberOf(statefulSet, pod), member),
  "identity-matches": ({ statefulSet, pod }, { matches }) => expectSame(identityMatches(statefulSet, pod), matches),
  "storage-matches": ({ statefulSet, pod }, { matches }) => expectSame(storageMatches(statefulSet, pod), matches),
  "claim-retention": ({ statefulSet }, expected) => expectPartly(retentionPolicyOf(statefulSet), expected),
  "claim-owner-current": ({ statefulSet, pod, claim }, { upToDate }) =>
    expectSame(isClaimOwnerCurrent(statefulSet, pod, claim), upToDate),
  "claims-for-pod": ({ statefulSet, pod }, { claims }) => {
    const volumes = withStorage(statefulSet, pod).spec?.volumes ?? [];
    const names = volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
    return expectSameSet(names, claims as string[]);
  },
  "in-ordinal-range": ({ replicas, start, podName }, { inRange }) => {
    const set: StatefulSet = { spec: { replicas, ordinals: { start } } };
    return expectSame(isInOrdinalRange(set, { metadata: { name: podName } }), inRange);
  },
};

/** What one pass over a StatefulSet does, and the questions that it consists of. */
export const statefulSet: Suite = { name: "statefulset", run: (recorded) => ask(ANSWERS, recorded) };
