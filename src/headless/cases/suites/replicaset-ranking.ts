import { parseTime } from "../../../sim/api/time.ts";
import {
  compareForDeletion,
  pickForDeletion,
  type RankedPod,
} from "../../../sim/components/kube-controller-manager/controllers/replicaset/ranking.ts";
import {
  calculateStatus,
  countPods,
} from "../../../sim/components/kube-controller-manager/controllers/replicaset/status.ts";
import type { Pod, ReplicaSet } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { expectSame, expectSameSet, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly first: RankedPod;
  readonly second: RankedPod;
  readonly pods: readonly Pod[];
  readonly relatedPods?: readonly Pod[];
  readonly count: number;
  readonly replicaSet: ReplicaSet;
  readonly now?: string;
}

const NOW = parseTime("2026-11-20T12:00:00Z") ?? 0;

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "deleted-before": ({ first, second, now }, { order }) => {
    const difference = compareForDeletion(ranked(first), ranked(second), now === undefined ? null : parseTime(now));
    return expectSame(difference < 0 ? "first" : difference > 0 ? "second" : "equal", order);
  },
  "delete-order": ({ pods, now }, { order }) => {
    const at = now === undefined ? null : parseTime(now);
    const sorted = [...pods].sort((a, b) => compareForDeletion({ pod: a, rank: 0 }, { pod: b, rank: 0 }, at));
    return expectSame(names(sorted), order);
  },
  "pick-for-deletion": ({ pods, relatedPods, count }, { deleted }) =>
    expectSameSet(names(pickForDeletion(pods, relatedPods ?? [], count, NOW)), deleted as string[]),
  "replicaset-status": ({ replicaSet, pods }, { status }) =>
    expectSame(calculateStatus(replicaSet, countPods(replicaSet, pods, NOW), "", NOW), status),
};

function ranked({ pod, rank }: RankedPod): RankedPod {
  return { pod, rank: rank ?? 0 };
}

function names(pods: readonly Pod[]): (string | undefined)[] {
  return pods.map((pod) => pod.metadata?.name);
}

/** Which pods a ReplicaSet deletes first, and its status. */
export const replicaSetRanking: Suite = { name: "replicaset-ranking", run: (recorded) => ask(ANSWERS, recorded) };
