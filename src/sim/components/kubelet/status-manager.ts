import { equalJson, sharing } from "../../api/equal.ts";
import { deepFreeze } from "../../api/object.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { clientOf } from "../../machinery/machinery.ts";
import { type CallResult, deleteRequest, isNotFound, patchRequest } from "../../machinery/requests.ts";
import { PODS } from "../../machinery/resources.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import type { Pod, PodCondition, PodStatus } from "./types.ts";

/** How long a status that could not be sent waits (syncBatch's period). */
const RETRY_US = 10_000_000;

export type StatusTag =
  | { readonly kubelet: "status"; readonly uid: string }
  | { readonly kubelet: "delete"; readonly uid: string };

/** Takes over a freshly generated status; sends what differs from what the API server has. */
export function setStatus(state: KubeletState, worker: PodWorker, generated: PodStatus, context: Context): void {
  const status = heldBack(worker, generated);
  if (worker.status !== null && equalJson(worker.status, status)) {
    if (worker.reported === worker.status) return;
  } else {
    worker.status = status;
  }
  sendStatus(state, worker, context);
}

/** mergePodStatus: as long as containers could run, nobody is told that the pod is over. */
function heldBack(worker: PodWorker, status: PodStatus): PodStatus {
  const before = worker.status ?? worker.reported ?? {};
  if (worker.phase === "terminated" || !isOver(status) || isOver(before)) return status;
  const { reason: _reason, message: _message, ...rest } = status;
  const { phase = "Pending", reason, message } = before;
  return deepFreeze({
    ...rest,
    phase,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  });
}

function isOver({ phase }: PodStatus): boolean {
  return phase === "Failed" || phase === "Succeeded";
}

/** PATCHes the changed fields, one request at a time per pod. */
export function sendStatus(state: KubeletState, worker: PodWorker, context: Context): void {
  const target = targetOf(state, worker);
  if (worker.status === null || state.machinery === null || target === null || worker.termination?.removed === true)
    return;
  if (worker.patching) {
    worker.patchAgain = true;
    return;
  }
  const patch = statusPatch(worker.reported ?? target.status ?? {}, worker.status);
  if (patch === null) {
    worker.reported = worker.status;
    return;
  }
  worker.patching = true;
  worker.patchAgain = false;
  worker.reported = worker.status;
  const { namespace = "", name = "", uid } = target.metadata;
  const body = deepFreeze({ metadata: { uid }, status: patch });
  const tag: StatusTag = { kubelet: "status", uid: worker.uid };
  call(clientOf(state.machinery), context, patchRequest(PODS, namespace, name, "strategic", body, "status"), tag);
}

/** What the API knows the worker's pod as: itself, or its mirror. */
export function targetOf(state: KubeletState, worker: PodWorker): Pod | null {
  if (worker.source === "api") return worker.pod;
  return state.mirrors.get(`${worker.pod.metadata.namespace}/${worker.pod.metadata.name}`) ?? null;
}

/** Conditions that are taken back when they do not hold any more. */
const PASSING: readonly string[] = ["PodResizePending"];

/** Null: nothing differs. Conditions are merged by type, lists of containers replaced. */
export function statusPatch(old: PodStatus, status: PodStatus): Record<string, unknown> | null {
  const patch: Record<string, unknown> = {};
  let changed = false;
  for (const key of Object.keys(status)) {
    if (key === "conditions" || equalJson(old[key], status[key])) continue;
    patch[key] = status[key];
    changed = true;
  }
  if (old.podIP !== undefined && status.podIP === undefined) {
    patch.podIP = null;
    patch.podIPs = null;
    changed = true;
  }
  const conditions = status.conditions ?? [];
  const before = new Map(
    (old.conditions ?? []).map((condition): [string, PodCondition] => [condition.type, condition]),
  );
  const different = conditions.filter((condition) => !equalJson(before.get(condition.type), condition));
  const gone = PASSING.filter((type) => before.has(type) && !conditions.some((condition) => condition.type === type));
  if (different.length + gone.length > 0) {
    patch["$setElementOrder/conditions"] = conditions.map(({ type }) => ({ type }));
    patch.conditions = [
      ...different.map((condition) => withRemovals(before.get(condition.type), condition)),
      ...gone.map((type) => ({ $patch: "delete", type })),
    ];
    changed = true;
  }
  return changed ? patch : null;
}

/** In a merge, what is not said stays: fields that are gone are said to be null. */
function withRemovals(old: PodCondition | undefined, condition: PodCondition): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...condition };
  for (const field of ["reason", "message"] as const)
    if (old?.[field] !== undefined && condition[field] === undefined) merged[field] = null;
  return merged;
}

/** The answer to a status PATCH. True: the final status is stored. */
export function statusAnswered(state: KubeletState, worker: PodWorker, result: CallResult, context: Context): boolean {
  worker.patching = false;
  if (!result.ok) {
    if (isNotFound(result)) return true;
    worker.reported = null;
    if (worker.source === "api") worker.reported = worker.pod.status ?? null;
    retryLater(state, context);
    return false;
  }
  if (worker.patchAgain) {
    sendStatus(state, worker, context);
    return false;
  }
  return true;
}

/** With the next batch. */
export function retryLater(state: KubeletState, context: Context): void {
  if (state.statusRetry) return;
  state.statusRetry = true;
  context.setTimer(RETRY_US, { type: "statusRetry" });
}

/** The API has news of a pod. If somebody else changed what the kubelet reports, the next batch says it again. */
export function noticeStatus(state: KubeletState, worker: PodWorker, context: Context): void {
  if (overruled(state, worker)) {
    if (!state.statusRetry) retryLater(state, context);
  } else if (worker.status !== null && worker.reported === worker.status) {
    // The API says the same: one copy will do.
    worker.status = deepFreeze(sharing(worker.status, targetOf(state, worker)?.status));
    worker.reported = worker.status;
  }
}

/** The node lifecycle controller, say, declares the pods of a silent node not ready. */
function overruled(state: KubeletState, worker: PodWorker): boolean {
  if (worker.status === null || worker.reported !== worker.status) return false;
  const target = targetOf(state, worker);
  return target !== null && statusPatch(target.status ?? {}, worker.status) !== null;
}

export function retryStatuses(state: KubeletState, context: Context): void {
  state.statusRetry = false;
  for (const worker of state.workers.values()) {
    if (worker.patching) continue;
    if (overruled(state, worker)) worker.reported = targetOf(state, worker)?.status ?? null;
    if (worker.status !== null && worker.reported !== worker.status) sendStatus(state, worker, context);
  }
}

/** The last step of a pod's end: the object goes. */
export function deletePod(state: KubeletState, worker: PodWorker, context: Context): void {
  if (state.machinery === null || worker.deleteAsked) return;
  worker.deleteAsked = true;
  const { namespace = "", name = "" } = worker.pod.metadata;
  const tag: StatusTag = { kubelet: "delete", uid: worker.uid };
  const options = deepFreeze({ gracePeriodSeconds: 0, preconditions: { uid: worker.uid } });
  call(clientOf(state.machinery), context, deleteRequest(PODS, namespace, name, options), tag);
}
