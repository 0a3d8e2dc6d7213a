import { withEntry } from "../../kernel/collections.ts";
import type { Context } from "../../kernel/types.ts";
import type { ContainerStatusOfRuntime } from "../container-runtime/messages.ts";
import { podEvent } from "./events.ts";
import { runHook } from "./hooks.ts";
import { callRuntime } from "./runtime-link.ts";
import type { KubeletState, PodWorker } from "./state.ts";

/** A container gets at least this long after its preStop hook. */
const GRACE_SECONDS_MIN = 2;

/** killContainer: event, preStop hook inside the grace period, then StopContainer with what is left of it. */
export function killContainer(
  state: KubeletState,
  worker: PodWorker,
  container: ContainerStatusOfRuntime,
  graceSeconds: number,
  message: string,
  context: Context,
): void {
  if (worker.kills.has(container.id)) return;
  const { id, name } = container;
  podEvent(state, worker, context, "Normal", "Killing", message === "" ? `Stopping container ${name}` : message, name);
  const spec = [...(worker.pod.spec.initContainers ?? []), ...worker.pod.spec.containers].find(
    (one) => one.name === name,
  );
  const hasHook = spec?.lifecycle?.preStop !== undefined && graceSeconds > 0;
  worker.kills = withEntry(worker.kills, id, {
    name,
    startedAtUs: context.nowUs,
    graceSeconds,
    stage: hasHook ? "preStop" : "stopping",
  });
  if (hasHook && spec !== undefined) runHook(state, worker, spec, id, "preStop", 0, graceSeconds, context);
  else stop(state, worker, id, Math.max(GRACE_SECONDS_MIN, graceSeconds), context);
}

/** The preStop hook is over (well or not). */
export function preStopDone(
  state: KubeletState,
  worker: PodWorker,
  containerId: string,
  failed: boolean,
  context: Context,
): void {
  const kill = worker.kills.get(containerId);
  if (kill === undefined || kill.stage !== "preStop") return;
  if (failed) podEvent(state, worker, context, "Warning", "FailedPreStopHook", "PreStopHook failed", kill.name);
  kill.stage = "stopping";
  const usedSeconds = Math.ceil((context.nowUs - kill.startedAtUs) / 1_000_000);
  stop(state, worker, containerId, Math.max(GRACE_SECONDS_MIN, kill.graceSeconds - usedSeconds), context);
}

function stop(
  state: KubeletState,
  worker: PodWorker,
  containerId: string,
  timeoutSeconds: number,
  context: Context,
): void {
  callRuntime(
    state,
    context,
    { call: "StopContainer", containerId, timeoutSeconds },
    { runtime: "stop", uid: worker.uid, containerId },
  );
}

export function killsPending(worker: PodWorker): boolean {
  return worker.kills.size > 0;
}
