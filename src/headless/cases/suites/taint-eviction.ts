import { parseGoDuration } from "../../../sim/api/duration.ts";
import { noExecuteOf } from "../../../sim/components/kube-controller-manager/controllers/taint-eviction/index.ts";
import {
  shortestToleration,
  stayOf,
} from "../../../sim/components/kube-controller-manager/controllers/taint-eviction/tolerations.ts";
import type { Node, Pod, Taint, Toleration } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { expectSame, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly tolerations: readonly Toleration[];
  readonly pod: Pod;
  readonly pods: readonly Pod[];
  readonly node: Node;
  readonly oldNode: Node;
  readonly newNode: Node;
  readonly oldPod: Pod;
  readonly newPod: Pod;
  readonly taintsByNode: Readonly<Record<string, readonly Taint[]>>;
  readonly waitAfterUpdate: string;
  readonly waitForTimer: boolean;
}

/** The recorded tests look at what is left a moment after the last change. */
const SETTLING_SECONDS = 1.5;

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "shortest-toleration": ({ tolerations }, { seconds, forever }) => {
    const shortest = shortestToleration(tolerations);
    if (forever === true) return expectSame(shortest, null);
    return expectSame(Math.max(0, shortest ?? Number.NaN), Math.max(0, Number(seconds)));
  },
  "pod-created": ({ pod, taintsByNode }, { evictedAtOnce }) =>
    expectSame(isGone(stayUnder(pod, taintsByNode), 0), evictedAtOnce),
  "node-created": ({ node, pods }, { evictedAtOnce }) =>
    expectSame(
      pods.some((pod) => isGone(stayOn(pod, node), 0)),
      evictedAtOnce,
    ),
  "node-updated": ({ newNode, pods, waitAfterUpdate }, { evicted }) => {
    const waitSeconds = (parseGoDuration(waitAfterUpdate ?? "0s") ?? 0) / 1_000_000;
    return expectSame(
      pods.some((pod) => isGone(stayOn(pod, newNode), waitSeconds + SETTLING_SECONDS)),
      evicted,
    );
  },
  "pod-updated": ({ oldPod, newPod, taintsByNode, waitForTimer }, { evicted }) => {
    const before = stayUnder(oldPod, taintsByNode);
    const after = stayUnder(newPod, taintsByNode);
    // A timer that runs already stays as it is, unless the pod is to go at once or never.
    const stay = before !== null && before > 0 && after !== null && after > 0 ? before : after;
    return expectSame(isGone(stay, waitForTimer ? (before ?? 0) : 0), evicted);
  },
};

function stayOn(pod: Pod, node: Node): number | null {
  const taints = noExecuteOf(node);
  return taints.length === 0 ? null : stayOf(taints, pod.spec?.tolerations);
}

function stayUnder(pod: Pod, taintsByNode: Readonly<Record<string, readonly Taint[]>>): number | null {
  const taints = taintsByNode[pod.spec?.nodeName ?? ""] ?? [];
  return taints.length === 0 ? null : stayOf(taints, pod.spec?.tolerations);
}

function isGone(stay: number | null, afterSeconds: number): boolean {
  return stay !== null && stay <= afterSeconds;
}

/** When pods leave a tainted node. */
export const taintEviction: Suite = { name: "taint-eviction", run: (recorded) => ask(ANSWERS, recorded) };
