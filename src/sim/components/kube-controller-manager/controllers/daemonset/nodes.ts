import { isTolerated } from "../../../../api/pod/tolerations.ts";
import type { DaemonSet, Node, Pod, PodSpec, Toleration } from "../../lib/types.ts";
import { matchesNodeAffinity } from "./affinity.ts";

const ALWAYS_TOLERATED: readonly Toleration[] = Object.freeze([
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/pid-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" },
]);

const OF_HOST_NETWORK: Toleration = Object.freeze({
  key: "node.kubernetes.io/network-unavailable",
  operator: "Exists",
  effect: "NoSchedule",
});

/** AddOrUpdateDaemonPodTolerations. */
export function daemonTolerations(spec: PodSpec | undefined): readonly Toleration[] {
  const added = spec?.hostNetwork ? [...ALWAYS_TOLERATED, OF_HOST_NETWORK] : ALWAYS_TOLERATED;
  const own = (spec?.tolerations ?? []).filter(
    (toleration) => !added.some((other) => sameToleration(toleration, other)),
  );
  return [...own, ...added];
}

/** MatchToleration: same key, effect, operator and value; seconds do not count. */
function sameToleration(a: Toleration, b: Toleration): boolean {
  return a.key === b.key && a.effect === b.effect && a.operator === b.operator && (a.value ?? "") === (b.value ?? "");
}

/** NodeShouldRunDaemonPod. Resources do not count: the scheduler decides about them. */
export function nodeShouldRun(
  node: Node,
  set: DaemonSet,
): { readonly shouldRun: boolean; readonly shouldContinueRunning: boolean } {
  const spec = set.spec?.template?.spec;
  const isElsewhere = Boolean(spec?.nodeName) && spec?.nodeName !== node.metadata?.name;
  if (isElsewhere || !matchesNodeAffinity(spec, node)) return { shouldRun: false, shouldContinueRunning: false };
  const tolerations = daemonTolerations(spec);
  const untolerated = (node.spec?.taints ?? []).filter((taint) => !isTolerated(taint, tolerations));
  if (untolerated.some((taint) => taint.effect === "NoExecute"))
    return { shouldRun: false, shouldContinueRunning: false };
  if (untolerated.some((taint) => taint.effect === "NoSchedule"))
    return { shouldRun: false, shouldContinueRunning: true };
  return { shouldRun: true, shouldContinueRunning: true };
}

/** Where a pod runs or is pinned to by its affinity; "" if neither. */
export function targetNode(pod: Pod): string {
  if (pod.spec?.nodeName) return pod.spec.nodeName;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    for (const field of term.matchFields ?? []) {
      if (field.key === "metadata.name" && field.operator === "In" && field.values?.[0] !== undefined)
        return field.values[0];
    }
  }
  return "";
}

/** The template's spec with the daemon's tolerations, pinned to one node. */
export function pinnedSpec(spec: PodSpec | undefined, node: string): PodSpec {
  const matchFields = [{ key: "metadata.name", operator: "In", values: [node] }];
  const affinity = spec?.affinity;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const pinned = terms === undefined ? [{ matchFields }] : terms.map((term) => ({ ...term, matchFields }));
  return {
    ...spec,
    tolerations: daemonTolerations(spec),
    affinity: {
      ...affinity,
      nodeAffinity: {
        ...affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: pinned },
      },
    },
  };
}
