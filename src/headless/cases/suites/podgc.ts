import {
  abandoned,
  excessTerminated,
  isMarkedFailed,
  type Reason,
} from "../../../sim/components/kube-controller-manager/controllers/pod-garbage-collector/doomed.ts";
import type { Node, Pod, Taint } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { allOf, expectSameSet, type Outcome, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly pods: readonly (Pod & ShortPod)[];
  readonly nodes: readonly (string & ShortNode)[];
  readonly threshold: number;
  readonly quarantineElapsed: string;
}

interface ShortPod {
  readonly name: string;
  readonly nodeName: string;
  readonly phase: string;
  readonly deleting: boolean;
}

interface ShortNode {
  readonly name: string;
  readonly readyCondition: string;
  readonly taints?: readonly Taint[];
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "terminated-threshold": ({ pods, threshold }, expected) =>
    outcome(new Map(excessTerminated(pods, threshold).map((pod) => [pod, "terminated"])), expected),
  "unscheduled-terminating": ({ pods }, expected) =>
    outcome(
      abandoned(pods.map(podOf), new Set(), () => undefined),
      expected,
    ),
  "out-of-service": ({ pods, nodes }, expected) => {
    const known = new Map(nodes.map((node) => [node.name, nodeOf(node)]));
    return outcome(
      abandoned(pods.map(podOf), new Set(), (name) => known.get(name)),
      expected,
    );
  },
  orphaned: ({ pods, nodes, quarantineElapsed }, expected) => {
    const isOver = /^(\d+h)?([1-9]\d*m|4\ds|5\ds)/.test(quarantineElapsed ?? "");
    const missing = pods
      .map((pod) => pod.spec?.nodeName ?? "")
      .filter((name) => !(nodes as readonly string[]).includes(name));
    return outcome(
      abandoned(pods, new Set(isOver ? missing : []), () => undefined),
      expected,
    );
  },
};

function podOf(pod: Pod & ShortPod): Pod {
  if (pod.metadata !== undefined) return pod;
  return {
    metadata: { name: pod.name, ...(pod.deleting ? { deletionTimestamp: "2026-11-20T09:00:00Z" } : {}) },
    spec: { nodeName: pod.nodeName },
    status: { phase: pod.phase },
  };
}

function nodeOf({ name, readyCondition, taints }: ShortNode): Node {
  const status = { conditions: [{ type: "Ready", status: readyCondition }] };
  return { metadata: { name }, spec: taints === undefined ? {} : { taints }, status };
}

function outcome(doomed: ReadonlyMap<Pod, Reason>, expected: Readonly<Record<string, unknown>>): Outcome {
  const marked = [...doomed].filter(([pod, reason]) => isMarkedFailed(pod, reason)).map(([pod]) => pod);
  return allOf(
    expectSameSet(names([...doomed.keys()]), expected.deleted as string[]),
    expectSameSet(names(marked), expected.statusPatched as string[]),
  );
}

function names(pods: readonly Pod[]): (string | undefined)[] {
  return pods.map((pod) => pod.metadata?.name);
}

/** Which pods the pod garbage collector removes. */
export const podgc: Suite = { name: "podgc", run: (recorded) => ask(ANSWERS, recorded) };
