import { goDuration } from "../../api/duration.ts";
import { withEntry, withMember, withoutEntry } from "../../kernel/collections.ts";
import type { Context } from "../../kernel/types.ts";
import type { ContainerStatusOfRuntime, CriError, CriResponse } from "../container-runtime/messages.ts";
import { backOffDelayUs, backOffLeftUs, backOffNext, containerKey, imageKey } from "./back-off.ts";
import { containerConfig } from "./environment.ts";
import { podEvent } from "./events.ts";
import { runHook } from "./hooks.ts";
import { retryAfter, SYNC_RETRY_US } from "./retry.ts";
import { callRuntime, type RuntimeTag } from "./runtime-link.ts";
import { whyRoot } from "./security-context.ts";
import type { KubeletState, PodWorker, StartItem, SyncFlow } from "./state.ts";
import { crashLoopMessage, podText } from "./status.ts";
import { isRestartableInit } from "./types.ts";

/** Starts the first container of the queue; when it is up, the next. */
export function containersStage(state: KubeletState, worker: PodWorker, flow: SyncFlow, context: Context): void {
  for (;;) {
    const item = flow.queue[0];
    if (item === undefined) {
      flow.ended = { retryUs: null };
      return;
    }
    if (worker.held.has(item.container.name) || isBackingOff(state, worker, item, context)) {
      if (item.kind === "init" && !isRestartableInit(item.container)) flow.queue = [];
      else flow.queue.shift();
      continue;
    }
    beginContainer(state, worker, flow, item, context);
    return;
  }
}

/** Crash loop: true, said and to be tried again later. */
function isBackingOff(state: KubeletState, worker: PodWorker, { container }: StartItem, context: Context): boolean {
  const ended = worker.containers.find(({ name, state: how }) => name === container.name && how === "CONTAINER_EXITED");
  if (ended === undefined) return false;
  const finishedAtUs = context.nowUs - Math.max(0, context.wallUs() - ended.finishedWallUs);
  const key = containerKey(worker.uid, container.name);
  const leftUs = backOffLeftUs(state, key, finishedAtUs, context.nowUs);
  if (leftUs <= 0) {
    backOffNext(state, key, finishedAtUs, context.nowUs);
    return false;
  }
  podEvent(
    state,
    worker,
    context,
    "Warning",
    "BackOff",
    `Back-off restarting failed container ${container.name} in pod ${podText(worker)}`,
    container.name,
  );
  worker.reasons = withEntry(worker.reasons, container.name, {
    reason: "CrashLoopBackOff",
    message: crashLoopMessage(worker, container.name, backOffDelayUs(state, key)),
  });
  const waitUs = Math.min(leftUs, SYNC_RETRY_US);
  if (worker.retry === null) retryAfter(worker, context, waitUs);
  return true;
}

function beginContainer(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  { container }: StartItem,
  context: Context,
): void {
  flow.step = "image";
  const policy =
    container.imagePullPolicy ??
    (/:[^/]+$/.test(container.image ?? "") && !/:latest$/.test(container.image ?? "") ? "IfNotPresent" : "Always");
  if (policy === "Always") {
    pull(state, worker, flow, container.name, container.image ?? "", context);
    return;
  }
  callRuntime(state, context, { call: "ImageStatus", image: container.image ?? "" }, tagOf("image", worker, flow));
}

function tagOf(runtime: "image" | "pull" | "create" | "start" | "hook", worker: PodWorker, flow: SyncFlow): RuntimeTag {
  return { runtime, uid: worker.uid, flow: flow.id };
}

function pull(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  container: string,
  image: string,
  context: Context,
): void {
  const key = imageKey(worker.uid, image);
  const last = state.backOffs.get(key)?.updatedAtUs ?? 0;
  const leftUs = backOffLeftUs(state, key, last, context.nowUs);
  if (leftUs > 0) {
    podEvent(state, worker, context, "Normal", "BackOff", `Back-off pulling image "${image}"`, container);
    podEvent(state, worker, context, "Warning", "Failed", "Error: ImagePullBackOff", container);
    const cause = worker.reasons.get(container);
    const message =
      cause === undefined || cause.reason === "ImagePullBackOff"
        ? (cause?.message ?? `Back-off pulling image "${image}"`)
        : `Back-off pulling image "${image}": ErrImagePull: ${cause.message}`;
    worker.reasons = withEntry(worker.reasons, container, { reason: "ImagePullBackOff", message });
    itemFailed(state, worker, flow, context, Math.min(leftUs, 15_000_000));
    return;
  }
  podEvent(state, worker, context, "Normal", "Pulling", `Pulling image "${image}"`, container);
  state.pulls = [...state.pulls, Object.freeze({ uid: worker.uid, flow: flow.id, image, askedAtUs: context.nowUs })];
  if (state.pulls.length === 1) startPull(state, context);
}

function startPull(state: KubeletState, context: Context): void {
  for (;;) {
    const next = state.pulls[0];
    if (next === undefined) return;
    const worker = state.workers.get(next.uid);
    if (worker?.flow?.id === next.flow) {
      worker.flow.pullStartedAtUs = context.nowUs;
      callRuntime(state, context, { call: "PullImage", image: next.image }, tagOf("pull", worker, worker.flow));
      return;
    }
    state.pulls = state.pulls.slice(1);
  }
}

/** The runtime's answer to a step of starting a container. `error` also stands for an unreachable runtime. */
export function containerStepAnswered(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  answer: CriResponse,
  context: Context,
): void {
  const item = flow.queue[0];
  if (item === undefined) return;
  switch (flow.step) {
    case "image":
      imageAnswered(state, worker, flow, item, answer, context);
      return;
    case "create":
      if (answer.call === "CreateContainer") created(state, worker, flow, item, answer.containerId, context);
      else createFailed(state, worker, flow, item, answer as CriError, context);
      return;
    case "start":
      if (answer.call === "StartContainer") started(state, worker, flow, item, context);
      else startFailed(state, worker, flow, item, answer as CriError, context);
      return;
    case "postStart":
      return;
  }
}

/** A pull is over, whoever asked for it: the next one may begin. */
export function pullOver(state: KubeletState, context: Context): { readonly askedAtUs: number } | undefined {
  const [done, ...rest] = state.pulls;
  state.pulls = rest;
  startPull(state, context);
  return done;
}

export function pullAnswered(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  askedAtUs: number,
  answer: CriResponse,
  context: Context,
): void {
  const item = flow.queue[0];
  if (item === undefined) return;
  const { name, image = "" } = item.container;
  if (answer.call === "PullImage") {
    const took = goDuration(roundMs(context.nowUs - flow.pullStartedAtUs));
    const waited = goDuration(roundMs(context.nowUs - askedAtUs));
    const message = `Successfully pulled image "${image}" in ${took} (${waited} including waiting). Image size: ${answer.image.sizeBytes} bytes.`;
    podEvent(state, worker, context, "Normal", "Pulled", message, name);
    state.backOffs.delete(imageKey(worker.uid, image));
    create(state, worker, flow, item, answer.image.user, context);
    return;
  }
  const { code, text } = answer as CriError;
  const message = `rpc error: code = ${code} desc = ${text}`;
  const reason = code === "InvalidArgument" ? "InvalidImageName" : "ErrImagePull";
  podEvent(state, worker, context, "Warning", "Failed", `Failed to pull image "${image}": ${message}`, name);
  podEvent(state, worker, context, "Warning", "Failed", `Error: ${reason}`, name);
  worker.reasons = withEntry(worker.reasons, name, { reason, message });
  backOffNext(state, imageKey(worker.uid, image), context.nowUs, context.nowUs);
  itemFailed(state, worker, flow, context, SYNC_RETRY_US);
}

function roundMs(us: number): number {
  return Math.floor(us / 1000) * 1000;
}

function imageAnswered(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  item: StartItem,
  answer: CriResponse,
  context: Context,
): void {
  const { name, image = "", imagePullPolicy } = item.container;
  if (answer.call !== "ImageStatus") {
    worker.reasons = withEntry(worker.reasons, name, {
      reason: "ImageInspectError",
      message: `Failed to inspect image "${image}": ${(answer as CriError).text}`,
    });
    itemFailed(state, worker, flow, context, SYNC_RETRY_US);
  } else if (answer.image !== null) {
    podEvent(state, worker, context, "Normal", "Pulled", `Container image "${image}" already present on machine`, name);
    create(state, worker, flow, item, answer.image.user, context);
  } else if (imagePullPolicy === "Never") {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    podEvent(state, worker, context, "Warning", "ErrImageNeverPull", message, name);
    podEvent(state, worker, context, "Warning", "Failed", "Error: ErrImageNeverPull", name);
    worker.reasons = withEntry(worker.reasons, name, { reason: "ErrImageNeverPull", message });
    itemFailed(state, worker, flow, context, SYNC_RETRY_US);
  } else {
    pull(state, worker, flow, name, image, context);
  }
}

function create(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  item: StartItem,
  imageUser: string,
  context: Context,
): void {
  const { container } = item;
  const attempt = nextAttempt(worker, container.name);
  const root = whyRoot(worker, container, imageUser);
  const made = root === null ? containerConfig(state, worker, container, attempt, context) : { error: root };
  if ("error" in made) {
    podEvent(state, worker, context, "Warning", "Failed", `Error: ${made.error}`, container.name);
    worker.reasons = withEntry(worker.reasons, container.name, {
      reason: "CreateContainerConfigError",
      message: made.error,
    });
    itemFailed(state, worker, flow, context, SYNC_RETRY_US);
    return;
  }
  flow.step = "create";
  callRuntime(
    state,
    context,
    { call: "CreateContainer", sandboxId: flow.sandboxId, config: made.config },
    tagOf("create", worker, flow),
  );
}

function nextAttempt(worker: PodWorker, name: string): number {
  const newest = worker.containers.find((one) => one.name === name);
  if (newest !== undefined) return newest.attempt + 1;
  const old = worker.reported?.containerStatuses?.find((one) => one.name === name);
  return old?.containerID === undefined ? 0 : old.restartCount + 1;
}

function created(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  { container }: StartItem,
  containerId: string,
  context: Context,
): void {
  podEvent(state, worker, context, "Normal", "Created", `Created container: ${container.name}`, container.name);
  flow.containerId = containerId;
  flow.step = "start";
  callRuntime(state, context, { call: "StartContainer", containerId }, tagOf("start", worker, flow));
}

function createFailed(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  { container }: StartItem,
  error: CriError,
  context: Context,
): void {
  podEvent(state, worker, context, "Warning", "Failed", `Error: ${error.text}`, container.name);
  worker.reasons = withEntry(worker.reasons, container.name, { reason: "CreateContainerError", message: error.text });
  itemFailed(state, worker, flow, context, SYNC_RETRY_US);
}

function startFailed(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  { container }: StartItem,
  error: CriError,
  context: Context,
): void {
  if (error.barred === true) {
    // Held down from outside: as if the manifest had been moved away. Event `allowed` brings it back.
    worker.held = withMember(worker.held, container.name);
    worker.containers = worker.containers.filter(({ id }) => id !== flow.containerId);
    nextItem(state, worker, flow, context);
    return;
  }
  podEvent(state, worker, context, "Warning", "Failed", `Error: ${error.text}`, container.name);
  worker.reasons = withEntry(worker.reasons, container.name, { reason: "RunContainerError", message: error.text });
  itemFailed(state, worker, flow, context, SYNC_RETRY_US);
}

function started(state: KubeletState, worker: PodWorker, flow: SyncFlow, item: StartItem, context: Context): void {
  const { container } = item;
  podEvent(state, worker, context, "Normal", "Started", `Started container ${container.name}`, container.name);
  worker.reasons = withoutEntry(worker.reasons, container.name);
  // The runtime's event may come a moment after its answer; until then the record would still say "created".
  worker.containers = worker.containers.map((one) =>
    one.id === flow.containerId && one.state === "CONTAINER_CREATED"
      ? { ...one, state: "CONTAINER_RUNNING", startedWallUs: context.wallUs() }
      : one,
  );
  removeOldAttempts(state, worker, container.name, context);
  if (container.lifecycle?.postStart === undefined) {
    nextItem(state, worker, flow, context);
    return;
  }
  flow.step = "postStart";
  runHook(state, worker, container, flow.containerId, "postStart", flow.id, 30, context);
}

/** One ended attempt is kept, for `kubectl logs --previous`. */
function removeOldAttempts(state: KubeletState, worker: PodWorker, name: string, context: Context): void {
  const attempts = worker.containers.filter((one) => one.name === name);
  for (const old of attempts.slice(2)) removeContainer(state, worker, old, context);
}

function removeContainer(
  state: KubeletState,
  worker: PodWorker,
  old: ContainerStatusOfRuntime,
  context: Context,
): void {
  worker.containers = worker.containers.filter(({ id }) => id !== old.id);
  callRuntime(state, context, { call: "RemoveContainer", containerId: old.id }, { runtime: "removed" });
}

/** A postStart hook ended well. */
export function nextItem(state: KubeletState, worker: PodWorker, flow: SyncFlow, context: Context): void {
  flow.queue.shift();
  containersStage(state, worker, flow, context);
}

/** This container cannot be started now; an init container's failure ends the sync, others' do not hold up the next ones. */
function itemFailed(state: KubeletState, worker: PodWorker, flow: SyncFlow, context: Context, delayUs: number): void {
  const [failed] = flow.queue;
  flow.queue.shift();
  if (failed?.kind === "init" || flow.queue.length === 0) {
    flow.ended = { retryUs: delayUs };
    return;
  }
  if (worker.retry === null) retryAfter(worker, context, delayUs);
  containersStage(state, worker, flow, context);
}
