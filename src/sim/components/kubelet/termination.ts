import type { Context } from "../../kernel/types.ts";
import { forgetPod } from "./forget.ts";
import { killContainer, killsPending } from "./kill.ts";
import { deleteMirror } from "./mirror-pods.ts";
import { probeVerdict, stopProbesForTermination } from "./probes/manager.ts";
import { graceOf } from "./retry.ts";
import { callRuntime } from "./runtime-link.ts";
import type { KubeletState, PodWorker, Termination } from "./state.ts";
import { generateStatus } from "./status.ts";
import { deletePod, setStatus } from "./status-manager.ts";
import { isRestartableInit } from "./types.ts";

/** syncTerminatingPod: containers in parallel, sidecars after them in reverse order, then the sandbox. */
export function terminate(
  state: KubeletState,
  worker: PodWorker,
  context: Context,
  options: { readonly removed: boolean; readonly graceSeconds?: number },
): void {
  if (worker.phase !== "running") return;
  worker.phase = "terminating";
  worker.flow = null;
  if (worker.retry !== null) context.clearTimer(worker.retry);
  worker.retry = null;
  worker.termination = {
    startedAtUs: context.nowUs,
    graceSeconds: options.graceSeconds ?? graceOf(worker),
    stage: "containers",
    removed: options.removed,
  };
  stopProbesForTermination(state, worker, context);
  if (worker.containers.some((container) => container.state === "CONTAINER_RUNNING")) {
    setStatus(state, worker, generateStatus(state, worker, context, probeVerdict(state)), context);
  }
  continueTermination(state, worker, context);
}

export function continueTermination(state: KubeletState, worker: PodWorker, context: Context): void {
  const { termination } = worker;
  if (termination === null || worker.phase !== "terminating" || state.runtime.events === null) return;
  if (termination.stage === "containers") {
    killRunning(state, worker, termination, context);
    if (killsPending(worker)) return;
    termination.stage = "sidecars";
  }
  if (termination.stage === "sidecars") {
    killNextSidecar(state, worker, termination, context);
    if (killsPending(worker)) return;
    termination.stage = "sandbox";
    for (const sandbox of worker.sandboxes) {
      if (sandbox.ready) {
        callRuntime(
          state,
          context,
          { call: "StopPodSandbox", sandboxId: sandbox.id },
          { runtime: "stopSandbox", uid: worker.uid, sandboxId: sandbox.id },
        );
      }
    }
  }
  if (termination.stage === "sandbox" && !worker.sandboxes.some((sandbox) => sandbox.ready))
    finish(state, worker, termination, context);
}

function sidecarNames(worker: PodWorker): readonly string[] {
  return (worker.pod.spec.initContainers ?? []).filter(isRestartableInit).map(({ name }) => name);
}

function killRunning(state: KubeletState, worker: PodWorker, termination: Termination, context: Context): void {
  const sidecars = sidecarNames(worker);
  for (const container of worker.containers) {
    if (container.state === "CONTAINER_RUNNING" && !sidecars.includes(container.name)) {
      killContainer(state, worker, container, termination.graceSeconds, "", context);
    }
  }
}

function killNextSidecar(state: KubeletState, worker: PodWorker, termination: Termination, context: Context): void {
  if (killsPending(worker)) return;
  const leftSeconds = Math.max(
    0,
    termination.graceSeconds - Math.floor((context.nowUs - termination.startedAtUs) / 1_000_000),
  );
  for (const name of [...sidecarNames(worker)].reverse()) {
    const running = worker.containers.find(
      (container) => container.name === name && container.state === "CONTAINER_RUNNING",
    );
    if (running === undefined) continue;
    killContainer(state, worker, running, leftSeconds, "", context);
    return;
  }
}

/** syncTerminatedPod: the last status, then the object goes (if it is being deleted at all). */
function finish(state: KubeletState, worker: PodWorker, termination: Termination, context: Context): void {
  termination.stage = "done";
  worker.phase = "terminated";
  if (worker.source === "file") {
    deleteMirror(state, worker, context);
    forgetPod(state, worker, context);
    return;
  }
  if (termination.removed) {
    forgetPod(state, worker, context);
    return;
  }
  setStatus(state, worker, generateStatus(state, worker, context, probeVerdict(state)), context);
  deleteWhenReported(state, worker, context);
}

/** The API object is removed only after its final status has been stored. */
export function deleteWhenReported(state: KubeletState, worker: PodWorker, context: Context): void {
  if (worker.phase !== "terminated" || worker.patching || worker.reported !== worker.status) return;
  if (worker.pod.metadata.deletionTimestamp !== undefined) deletePod(state, worker, context);
}
