import type { Context } from "../../kernel/types.ts";
import { informerOf } from "../../machinery/machinery.ts";
import type { ContainerStatusOfRuntime } from "../container-runtime/messages.ts";
import { askClaims, forgetFailedClaims } from "./claims.ts";
import { nodeFacts } from "./environment.ts";
import { podEvent } from "./events.ts";
import { killContainer, killsPending } from "./kill.ts";
import { ensureMirror } from "./mirror-pods.ts";
import { type PodActions, podActions, type RuntimeContainer, type RuntimePodStatus } from "./pod-actions.ts";
import { addProbes, probeFacts, probesAfterSync, probeVerdict } from "./probes/manager.ts";
import { clearRetry, graceOf, retryAfter, SYNC_RETRY_US } from "./retry.ts";
import { createSandbox } from "./runtime-class.ts";
import { callRuntime } from "./runtime-link.ts";
import { containersStage } from "./start-containers.ts";
import type { KubeletState, PodWorker, StartItem, SyncFlow } from "./state.ts";
import { generateStatus } from "./status.ts";
import { setStatus } from "./status-manager.ts";
import { continueTermination, terminate } from "./termination.ts";
import { askTokens } from "./tokens.ts";
import type { Container } from "./types.ts";
import { setUpVolume, type VolumeResult } from "./volumes.ts";

const MOUNT_RETRY_US = 500_000;
const MOUNT_RETRY_MAX_US = 122_000_000;

/** syncPod: report how the pod is, then bring it closer to what its spec says. One sync at a time per pod. */
export function syncPod(state: KubeletState, worker: PodWorker, context: Context, goOn = false): void {
  if (worker.phase !== "running") {
    if (worker.phase === "terminating") continueTermination(state, worker, context);
    return;
  }
  if (worker.flow !== null) {
    worker.again = true;
    return;
  }
  if (!state.runtime.listed) return;
  clearRetry(worker, context);
  worker.again = false;
  noteInitialized(worker);
  // A pod whose start only waited for what it mounts looks as it did before.
  const status =
    goOn && worker.status !== null ? worker.status : generateStatus(state, worker, context, probeVerdict(state));
  if (status !== worker.status) setStatus(state, worker, status, context);
  if (worker.source === "file") ensureMirror(state, worker, context);
  if (status.phase === "Failed" || status.phase === "Succeeded") {
    terminate(state, worker, context, { removed: false });
    return;
  }
  addProbes(state, worker, context);
  probesAfterSync(state, worker, context);
  const actions = podActions(worker.pod, runtimeStatusOf(worker), probeFacts(state, worker));
  if (isIdle(actions)) return;
  if (!isReadyToStart(state, worker, actions, context)) return;
  const id = state.nextFlow;
  state.nextFlow = id + 1;
  worker.flow = {
    id,
    stage: "killing",
    actions,
    queue: [],
    sandboxId: actions.sandboxId,
    step: "image",
    containerId: "",
    pullStartedAtUs: 0,
    beganAtUs: context.nowUs,
    ended: null,
  };
  killingStage(state, worker, worker.flow, context);
}

function isIdle(actions: PodActions): boolean {
  return (
    !actions.killPod &&
    !actions.createSandbox &&
    actions.startContainers.length === 0 &&
    actions.startInitContainers.length === 0 &&
    actions.startEphemeral.length === 0 &&
    actions.killContainers.length === 0
  );
}

/** Network, services and volumes, in upstream's order. False: a later sync goes on. */
function isReadyToStart(state: KubeletState, worker: PodWorker, actions: PodActions, context: Context): boolean {
  const starts =
    actions.createSandbox ||
    actions.startContainers.length + actions.startInitContainers.length + actions.startEphemeral.length > 0;
  if (!starts) return true;
  if (worker.pod.spec.hostNetwork !== true && !state.runtime.networkReady) {
    const message = `network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: ${state.runtime.networkMessage}`;
    podEvent(state, worker, context, "Warning", "NetworkNotReady", message);
    retryAfter(worker, context, SYNC_RETRY_US);
    return false;
  }
  if (worker.source === "api" && state.machinery !== null && !informerOf(state.machinery, "services").hasSynced)
    return false;
  askTokens(state, worker, context);
  askClaims(state, worker, context);
  return volumesReady(state, worker, context);
}

function volumesReady(state: KubeletState, worker: PodWorker, context: Context): boolean {
  const facts = nodeFacts(state, context);
  let waiting = false;
  let failed = false;
  for (const volume of worker.pod.spec.volumes ?? []) {
    const result = setUpVolume(state, worker, volume, "", facts);
    if ("waiting" in result) waiting = true;
    const why = whyNotMounted(volume.name, result);
    if (why === null) continue;
    failed = true;
    podEvent(state, worker, context, "Warning", "FailedMount", why);
  }
  if (failed) {
    forgetFailedClaims(worker);
    retryAfter(worker, context, Math.min(MOUNT_RETRY_MAX_US, MOUNT_RETRY_US * (1 << Math.min(worker.mountTries, 10))));
    worker.mountTries += 1;
  }
  return !failed && !waiting;
}

function whyNotMounted(name: string, result: VolumeResult): string | null {
  if ("missing" in result) return `MountVolume.SetUp failed for volume "${name}" : ${result.missing}`;
  if ("unprocessed" in result)
    return `Unable to attach or mount volumes: unmounted volumes=[${name}], unattached volumes=[], failed to process volumes=[${name}]: ${result.unprocessed}`;
  return null;
}

function killingStage(state: KubeletState, worker: PodWorker, flow: SyncFlow, context: Context): void {
  const actions = flow.actions as PodActions;
  if (actions.killPod) {
    if (actions.attempt > 0 && actions.createSandbox) {
      podEvent(
        state,
        worker,
        context,
        "Normal",
        "SandboxChanged",
        "Pod sandbox changed, it will be killed and re-created.",
      );
    }
    for (const container of worker.containers) {
      if (container.state === "CONTAINER_RUNNING")
        killContainer(state, worker, container, graceOf(worker), "", context);
    }
    for (const sandbox of worker.sandboxes) {
      if (sandbox.ready)
        callRuntime(
          state,
          context,
          { call: "StopPodSandbox", sandboxId: sandbox.id },
          { runtime: "stopSandbox", uid: worker.uid, sandboxId: sandbox.id },
        );
    }
  }
  for (const { id, message, reason } of actions.killContainers) {
    const container = worker.containers.find((one) => one.id === id);
    if (container === undefined) continue;
    const probe = reason === "liveness" || reason === "startup" ? probeGrace(worker, container, reason) : undefined;
    killContainer(state, worker, container, probe ?? graceOf(worker), message, context);
  }
  continueFlow(state, worker, context);
}

function probeGrace(
  worker: PodWorker,
  { name }: ContainerStatusOfRuntime,
  type: "liveness" | "startup",
): number | undefined {
  const { initContainers = [], containers } = worker.pod.spec;
  const container = [...initContainers, ...containers].find((one) => one.name === name);
  return container?.[type === "liveness" ? "livenessProbe" : "startupProbe"]?.terminationGracePeriodSeconds;
}

/** Goes on with a sync whose last step is done. */
export function continueFlow(state: KubeletState, worker: PodWorker, context: Context): void {
  const { flow } = worker;
  if (flow === null) return;
  const actions = flow.actions as PodActions;
  if (flow.stage === "killing") {
    if (killsPending(worker)) return;
    if (!actions.createSandbox && actions.killPod) {
      finishFlow(state, worker, context);
      return;
    }
    if (actions.createSandbox) {
      flow.stage = "sandbox";
      worker.initialized = false;
      purgeInitContainers(state, worker, context);
      createSandbox(state, worker, flow, context);
      return;
    }
    flow.stage = "containers";
    flow.queue = itemsOf(actions);
  }
  if (flow.stage === "containers") containersStage(state, worker, flow, context);
  settleFlow(state, worker, context);
}

function itemsOf(actions: PodActions): StartItem[] {
  const items = (containers: readonly Container[], kind: StartItem["kind"]): StartItem[] =>
    containers.map((container) => ({ container, kind }));
  return [
    ...items(actions.startEphemeral, "ephemeral"),
    ...items(actions.startInitContainers, "init"),
    ...items(actions.startContainers, "app"),
  ];
}

/** A new sandbox begins with its init containers: what is known of earlier runs must not count. */
function purgeInitContainers(state: KubeletState, worker: PodWorker, context: Context): void {
  const inits = new Set((worker.pod.spec.initContainers ?? []).map(({ name }) => name));
  if (inits.size === 0) return;
  for (const container of worker.containers) {
    if (inits.has(container.name))
      callRuntime(state, context, { call: "RemoveContainer", containerId: container.id }, { runtime: "removed" });
  }
  worker.containers = worker.containers.filter(({ name }) => !inits.has(name));
}

/** The runtime made the sandbox. */
export function sandboxCreated(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  sandboxId: string,
  context: Context,
): void {
  flow.sandboxId = sandboxId;
  flow.stage = "containers";
  flow.queue = itemsOf(flow.actions as PodActions);
  containersStage(state, worker, flow, context);
  settleFlow(state, worker, context);
}

/** The sync is over; what changed meanwhile asks for the next. */
export function finishFlow(state: KubeletState, worker: PodWorker, context: Context): void {
  worker.flow = null;
  if (worker.phase !== "running") return;
  if (worker.again) {
    syncPod(state, worker, context);
    return;
  }
  // What was started shows with the next relist; why something was not is said now.
  if (worker.reasons.size > 0)
    setStatus(state, worker, generateStatus(state, worker, context, probeVerdict(state)), context);
}

/** The sync failed: the same again after a while. */
export function failFlow(state: KubeletState, worker: PodWorker, context: Context, delayUs = SYNC_RETRY_US): void {
  worker.flow = null;
  if (worker.phase !== "running") return;
  setStatus(state, worker, generateStatus(state, worker, context, probeVerdict(state)), context);
  retryAfter(worker, context, delayUs);
}

/** After a step of starting containers: the sync may be over. */
export function settleFlow(state: KubeletState, worker: PodWorker, context: Context): void {
  const ended = worker.flow?.ended ?? null;
  if (ended === null) return;
  if (ended.retryUs === null) finishFlow(state, worker, context);
  else failFlow(state, worker, context, ended.retryUs);
}

/** Once all init containers are done, a restart of one of the sidecars does not make the pod Pending again. */
function noteInitialized(worker: PodWorker): void {
  if (worker.initialized) return;
  const inits = worker.pod.spec.initContainers ?? [];
  const apps = new Set(worker.pod.spec.containers.map(({ name }) => name));
  const begun = worker.containers.some(({ name, state }) => apps.has(name) && state !== "CONTAINER_EXITED");
  worker.initialized = worker.sandboxes[0]?.ready === true && (inits.length === 0 || begun);
}

const STATES: Readonly<Record<ContainerStatusOfRuntime["state"], RuntimeContainer["state"]>> = {
  CONTAINER_CREATED: "created",
  CONTAINER_RUNNING: "running",
  CONTAINER_EXITED: "exited",
  CONTAINER_UNKNOWN: "unknown",
};

export function runtimeStatusOf(worker: PodWorker): RuntimePodStatus {
  return {
    sandboxes: worker.sandboxes,
    containers: worker.containers.map(({ id, name, state, exitCode }) => ({
      id,
      name,
      state: STATES[state],
      exitCode,
    })),
  };
}
