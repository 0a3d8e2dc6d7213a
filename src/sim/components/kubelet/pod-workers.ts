import { formatTime, parseTime } from "../../api/time.ts";
import { NO_ENTRIES, NO_MEMBERS } from "../../kernel/collections.ts";
import type { Context } from "../../kernel/types.ts";
import { admit } from "./admission.ts";
import { nodeFacts } from "./environment.ts";
import { podEvent } from "./events.ts";
import { forgetPod } from "./forget.ts";
import { watchObjects } from "./objects.ts";
import { probeVerdict } from "./probes/manager.ts";
import { withAllocation } from "./resize.ts";
import { podUse } from "./resources.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import { generateStatus } from "./status.ts";
import { deletePod, setStatus } from "./status-manager.ts";
import { syncPod } from "./sync.ts";
import { terminate } from "./termination.ts";
import { after } from "./timers.ts";
import type { Pod } from "./types.ts";
import { refreshVolumes } from "./volumes.ts";

/** As often as upstream's pods are synced when nothing happens. */
const RESIZE_RETRY_US = 60_000_000;

/** A pod of this node appeared. */
export function addPod(state: KubeletState, pod: Pod, source: PodWorker["source"], context: Context): void {
  const uid = pod.metadata.uid ?? "";
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const found = state.unclaimed.get(uid);
  state.unclaimed.delete(uid);
  const worker: PodWorker = {
    uid,
    pod,
    source,
    phase: "running",
    flow: null,
    again: false,
    retry: null,
    sandboxes: found?.sandboxes ?? [],
    containers: found?.containers ?? [],
    kills: NO_ENTRIES,
    reasons: NO_ENTRIES,
    held: NO_MEMBERS,
    initialized:
      pod.status?.conditions?.some(({ type, status }) => type === "Initialized" && status === "True") ?? false,
    startTime: pod.status?.startTime ?? formatTime(context.wallUs()),
    use: podUse(pod),
    resize: null,
    verdict: null,
    status: null,
    reported: pod.status ?? null,
    patching: false,
    patchAgain: false,
    termination: null,
    tokens: NO_ENTRIES,
    tokensAsked: NO_MEMBERS,
    claims: NO_ENTRIES,
    claimsAsked: NO_MEMBERS,
    mountTries: 0,
    mountFailedAtUs: 0,
    mirrorAsked: false,
    sinceUs: context.nowUs,
    deadline: null,
    deleteAsked: false,
  };
  for (const sandbox of worker.sandboxes) state.bySandbox.set(sandbox.id, uid);
  const phase = pod.status?.phase;
  const isOver = phase === "Failed" || phase === "Succeeded";
  const rejection =
    found === undefined && !isOver && pod.metadata.deletionTimestamp === undefined
      ? admit(state, pod, worker.use, context)
      : null;
  state.workers.set(uid, worker);
  state.byName.set(name, uid);
  if (rejection !== null) {
    worker.phase = "terminated";
    worker.verdict = { phase: "Failed", reason: rejection.reason, message: `Pod was rejected: ${rejection.message}` };
    podEvent(state, worker, context, "Warning", rejection.reason, rejection.message);
    setStatus(state, worker, generateStatus(state, worker, context, probeVerdict(state)), context);
    return;
  }
  if (isOver && found === undefined) {
    worker.phase = "terminated";
    worker.status = pod.status ?? null;
    if (pod.metadata.deletionTimestamp !== undefined) deletePod(state, worker, context);
    return;
  }
  armDeadline(worker, context);
  watchObjects(state, worker, context);
  if (pod.metadata.deletionTimestamp !== undefined) terminate(state, worker, context, { removed: false });
  else syncPod(state, worker, context);
}

/** The API (or the file) says something new about a pod. */
export function updatePod(state: KubeletState, worker: PodWorker, pod: Pod, context: Context): void {
  const old = worker.pod;
  const pending = worker.resize;
  worker.pod = worker.phase === "running" ? withAllocation(state, worker, pod, context) : pod;
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (worker.phase === "running") terminate(state, worker, context, { removed: false });
    else if (worker.phase === "terminated") deletePod(state, worker, context);
    return;
  }
  if (pod.spec.activeDeadlineSeconds !== old.spec.activeDeadlineSeconds) armDeadline(worker, context);
  if (pending?.message !== worker.resize?.message) {
    if (worker.resize?.reason === "Deferred" && pending?.reason !== "Deferred") {
      after(context, RESIZE_RETRY_US, { type: "resizeRetry", uid: worker.uid });
    }
    syncPod(state, worker, context);
    return;
  }
  if (old.metadata.labels !== pod.metadata.labels || old.metadata.annotations !== pod.metadata.annotations)
    refreshVolumes(state, worker, nodeFacts(state, context), context);
  // Our own status coming back, or that of somebody else's condition.
  if (old.spec === pod.spec || old.metadata.generation === pod.metadata.generation) {
    if (
      old.metadata.labels === pod.metadata.labels &&
      old.metadata.annotations === pod.metadata.annotations &&
      !gatesChanged(old, pod)
    )
      return;
  }
  syncPod(state, worker, context);
}

/** A resize that had to wait is tried again. */
export function retryResize(state: KubeletState, worker: PodWorker, context: Context): void {
  const { resize } = worker;
  if (worker.phase !== "running" || resize === null) return;
  worker.pod = withAllocation(state, worker, resize.wanted, context);
  if (worker.resize === null) syncPod(state, worker, context);
  else after(context, RESIZE_RETRY_US, { type: "resizeRetry", uid: worker.uid });
}

function gatesChanged(old: Pod, pod: Pod): boolean {
  return (pod.spec.readinessGates ?? []).some(({ conditionType }) => {
    const status = (of: Pod): string | undefined =>
      of.status?.conditions?.find(({ type }) => type === conditionType)?.status;
    return status(old) !== status(pod);
  });
}

/** The pod is gone from its source: kill what is left of it, then forget it. */
export function removePod(state: KubeletState, worker: PodWorker, context: Context): void {
  if (worker.phase === "terminated") {
    forgetPod(state, worker, context);
    return;
  }
  if (worker.termination !== null) worker.termination.removed = true;
  else terminate(state, worker, context, { removed: true });
}

/** The pod's time runs from its start, not from when it was told how much it has. */
function armDeadline(worker: PodWorker, context: Context): void {
  if (worker.deadline !== null) context.clearTimer(worker.deadline);
  worker.deadline = null;
  const seconds = worker.pod.spec.activeDeadlineSeconds;
  if (seconds === undefined) return;
  const left = Math.max(startWallUs(worker, context) + seconds * 1_000_000 - context.wallUs(), 0);
  worker.deadline = after(context, left, { type: "podDeadline", uid: worker.uid });
}

/** More exact than the status, which knows whole seconds only; but the pod may be older than its worker. */
function startWallUs({ startTime, sinceUs }: PodWorker, context: Context): number {
  const sinceWallUs = context.wallUs() - (context.nowUs - sinceUs);
  return Math.min(sinceWallUs, (parseTime(startTime) ?? sinceWallUs) + 999_999);
}

/** `activeDeadlineSeconds` is over. */
export function deadlinePassed(state: KubeletState, worker: PodWorker, context: Context): void {
  worker.deadline = null;
  if (worker.phase !== "running") return;
  const message = "Pod was active on the node longer than the specified deadline";
  worker.verdict = { phase: "Failed", reason: "DeadlineExceeded", message };
  podEvent(state, worker, context, "Normal", "DeadlineExceeded", message);
  terminate(state, worker, context, { removed: false });
}
