import { deepFreeze } from "../../../../api/object.ts";
import { isPodTerminal } from "../../../../api/pod/status.ts";
import { JOBS } from "../../../../machinery/resources.ts";
import type { Job, JobSpec } from "../../lib/batch-types.ts";
import { controllerReference, podFromTemplate } from "../../lib/pods.ts";
import type { Container, Pod } from "../../lib/types.ts";
import { compareForDeletion } from "../replicaset/ranking.ts";
import { COMPLETION_INDEX, completionIndexOf, isIndexed } from "./indexes.ts";
import { judgeFailedPod } from "./policies.ts";

/** Holds a pod until the job has counted its end. */
export const TRACKING_FINALIZER = "batch.kubernetes.io/job-tracking";
export const INDEX_FAILURES = "batch.kubernetes.io/job-index-failure-count";
export const INDEX_IGNORED_FAILURES = "batch.kubernetes.io/job-index-ignored-failure-count";

const MAX_GENERATE_NAME_BASE = 58;

export function isTracked(pod: Pod): boolean {
  return pod.metadata?.finalizers?.includes(TRACKING_FINALIZER) ?? false;
}

export function isTerminating(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata?.deletionTimestamp !== undefined;
}

/** Only pods that have really failed are replaced: those that are being deleted are waited for. */
export function replacesFailedOnly(spec: JobSpec | undefined): boolean {
  return spec?.podReplacementPolicy === "Failed" || spec?.podFailurePolicy !== undefined;
}

/** A pod that is being deleted counts as failed, unless the job waits for it. */
export function isPodFailed(pod: Pod, spec: JobSpec | undefined): boolean {
  if (pod.status?.phase === "Failed") return true;
  if (replacesFailedOnly(spec)) return false;
  return pod.metadata?.deletionTimestamp !== undefined && pod.status?.phase !== "Succeeded";
}

/** How often the index that a pod works on had failed before it, by kind of failure. */
export interface IndexFailures {
  readonly count: number;
  readonly ignored: number;
}

export function indexFailuresOf(pod: Pod): IndexFailures {
  return { count: numberOf(pod, INDEX_FAILURES), ignored: numberOf(pod, INDEX_IGNORED_FAILURES) };
}

/** What the pod that replaces `replaced` carries. */
export function indexFailuresAfter(spec: JobSpec | undefined, replaced: Pod | undefined): IndexFailures {
  if (replaced === undefined) return { count: 0, ignored: 0 };
  const { count, ignored } = indexFailuresOf(replaced);
  return judgeFailedPod(spec?.podFailurePolicy, replaced).countsAsFailed
    ? { count: count + 1, ignored }
    : { count, ignored: ignored + 1 };
}

function numberOf(pod: Pod, annotation: string): number {
  const text = pod.metadata?.annotations?.[annotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
}

/** The pods to remove: at least `atLeast`; of an indexed job also all but one of each index, and those out of range. */
export function podsToRemove(spec: JobSpec | undefined, active: readonly Pod[], atLeast: number): Pod[] {
  const { surplus, left } = isIndexed(spec)
    ? duplicates(active, spec?.completions ?? 0)
    : { surplus: [], left: [...active] };
  const missing = atLeast - surplus.length;
  return missing <= 0 ? surplus : [...surplus, ...left.sort(byActivity).slice(0, missing)];
}

function duplicates(active: readonly Pod[], completions: number): { surplus: Pod[]; left: Pod[] } {
  const byIndex = new Map<number, Pod[]>();
  const surplus: Pod[] = [];
  for (const pod of [...active].sort(byCompletionIndex)) {
    const index = completionIndexOf(pod);
    if (index === null || index >= completions) surplus.push(pod);
    else byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
  }
  const left: Pod[] = [];
  for (const pods of byIndex.values()) {
    const sorted = pods.sort(byActivity);
    surplus.push(...sorted.slice(0, -1));
    left.push(...sorted.slice(-1));
  }
  return { surplus, left };
}

/** Least useful first (controller.ActivePods); ties by name. */
function byActivity(a: Pod, b: Pod): number {
  const order = compareForDeletion({ pod: a, rank: 0 }, { pod: b, rank: 0 }, null);
  return order || ((a.metadata?.name ?? "") < (b.metadata?.name ?? "") ? -1 : 1);
}

export function byCompletionIndex(a: Pod, b: Pod): number {
  return (completionIndexOf(a) ?? -1) - (completionIndexOf(b) ?? -1);
}

/** The pod of a job that counts completions. */
export function newPod(job: Job): Pod {
  const pod = podFromTemplate(job.spec?.template, job, controllerReference(JOBS, job));
  return deepFreeze({ ...pod, metadata: { ...pod.metadata, finalizers: withTracking(pod) } });
}

/** The pod that works on one index. `replaced` is the one that failed at it before. */
export function newIndexedPod(job: Job, index: number, replaced: Pod | undefined): Pod {
  const pod = podFromTemplate(job.spec?.template, job, controllerReference(JOBS, job));
  const { name = "" } = job.metadata ?? {};
  const suffix = `-${index}-`;
  const failures = job.spec?.backoffLimitPerIndex === undefined ? null : indexFailuresAfter(job.spec, replaced);
  const annotations: Record<string, string> = { ...pod.metadata?.annotations, [COMPLETION_INDEX]: String(index) };
  if (failures !== null) annotations[INDEX_FAILURES] = String(failures.count);
  if (failures !== null && failures.ignored > 0) annotations[INDEX_IGNORED_FAILURES] = String(failures.ignored);
  return deepFreeze({
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: name.slice(0, MAX_GENERATE_NAME_BASE - suffix.length) + suffix,
      annotations,
      labels: { ...pod.metadata?.labels, [COMPLETION_INDEX]: String(index) },
      finalizers: withTracking(pod),
    },
    spec: {
      ...pod.spec,
      hostname: `${name}-${index}`,
      ...withIndexVariable("initContainers", pod.spec?.initContainers),
      ...withIndexVariable("containers", pod.spec?.containers),
    },
  });
}

function withTracking(pod: Pod): readonly string[] {
  const held = pod.metadata?.finalizers ?? [];
  return held.includes(TRACKING_FINALIZER) ? held : [...held, TRACKING_FINALIZER];
}

const INDEX_VARIABLE = Object.freeze({
  name: "JOB_COMPLETION_INDEX",
  valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
});

function withIndexVariable(
  field: "containers" | "initContainers",
  containers: readonly Container[] | undefined,
): Readonly<Record<string, readonly Container[]>> {
  if (containers === undefined || containers.length === 0) return {};
  return {
    [field]: containers.map((container) => {
      const env = (container as { readonly env?: readonly { readonly name: string }[] }).env ?? [];
      if (env.some(({ name }) => name === INDEX_VARIABLE.name)) return container;
      return { ...container, env: [...env, INDEX_VARIABLE] };
    }),
  };
}
