import { NO_ENTRIES, NO_MEMBERS, withoutEntry, withoutMember } from "../../kernel/collections.ts";
import type { Context, StreamId } from "../../kernel/types.ts";
import type {
  ContainerEvent,
  ContainerStatusOfRuntime,
  CriResponse,
  SandboxStatus,
} from "../container-runtime/messages.ts";
import { reportNodeStatus } from "./node-status.ts";
import type { RuntimeSandbox } from "./pod-actions.ts";
import { callRuntime, openRuntimeStream } from "./runtime-link.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import { continueFlow, syncPod } from "./sync.ts";
import { continueTermination } from "./termination.ts";
import { after } from "./timers.ts";

const RELIST_US = 1_000_000;
const CHECK_US = 5_000_000;
const RECONNECT_US = 1_000_000;

/** Opens the runtime's event stream and lists what it has. */
export function connectRuntime(state: KubeletState, context: Context): void {
  const { runtime } = state;
  runtime.events = openRuntimeStream(context, { stream: "events" }, { runtime: "events" });
  runtime.listed = false;
  runtime.sandboxesListed = false;
  const stream = runtime.events;
  callRuntime(state, context, { call: "ListPodSandbox" }, { runtime: "listSandboxes", stream });
  callRuntime(state, context, { call: "ListContainers" }, { runtime: "listContainers", stream });
  checkRuntime(state, context);
}

export function runtimeStreamClosed(state: KubeletState, stream: StreamId, context: Context): void {
  const { runtime } = state;
  if (runtime.events !== stream) return;
  runtime.events = null;
  runtime.listed = false;
  after(context, RECONNECT_US, { type: "runtimeConnect" });
}

/** updateRuntimeUp: every 5 s. */
export function runtimeCheckDue(state: KubeletState, context: Context): void {
  after(context, CHECK_US, { type: "runtimeCheck" });
  checkRuntime(state, context);
}

function checkRuntime(state: KubeletState, context: Context): void {
  callRuntime(state, context, { call: "Status" }, { runtime: "status" });
}

export function statusChecked(state: KubeletState, answer: CriResponse, context: Context): void {
  if (answer.call !== "Status") return;
  const { runtime } = state;
  const wasDown = context.nowUs - runtime.lastOkUs > 30_000_000;
  const first = runtime.lastOkUs === 0;
  runtime.lastOkUs = context.nowUs;
  const changed = first || runtime.networkReady !== answer.networkReady;
  runtime.networkReady = answer.networkReady;
  runtime.networkMessage = answer.message;
  if (changed || wasDown) reportNodeStatus(state, context);
  if (changed && answer.networkReady) syncAll(state, context);
}

export function syncAll(state: KubeletState, context: Context): void {
  for (const worker of [...state.workers.values()])
    if (worker.phase === "running" && worker.flow === null) syncPod(state, worker, context);
}

function sandboxOf(status: SandboxStatus): RuntimeSandbox {
  return { id: status.id, ready: status.state === "SANDBOX_READY", attempt: status.config.attempt, ip: status.ip };
}

/** Both lists must be in before pods are synced: what runs already must not be started again. */
export function sandboxesListed(state: KubeletState, sandboxes: readonly SandboxStatus[]): void {
  const byUid = new Map<string, RuntimeSandbox[]>();
  // Newest first. By attempt, since a clock that was set back would make an old one look new.
  const sorted = [...sandboxes].sort(
    (a, b) => b.config.attempt - a.config.attempt || b.createdWallUs - a.createdWallUs,
  );
  for (const status of sorted) {
    const { uid } = status.config;
    const list = byUid.get(uid) ?? [];
    list.push(sandboxOf(status));
    byUid.set(uid, list);
    state.bySandbox.set(status.id, uid);
  }
  for (const worker of state.workers.values()) worker.sandboxes = byUid.get(worker.uid) ?? [];
  state.unclaimed.clear();
  for (const [uid, list] of byUid)
    if (!state.workers.has(uid)) state.unclaimed.set(uid, { sandboxes: list, containers: [] });
  state.runtime.sandboxesListed = true;
}

export function containersListed(
  state: KubeletState,
  containers: readonly ContainerStatusOfRuntime[],
  context: Context,
): void {
  const sorted = [...containers].sort((a, b) => b.attempt - a.attempt || b.createdWallUs - a.createdWallUs);
  for (const worker of state.workers.values()) worker.containers = [];
  for (const container of sorted) {
    const uid = state.bySandbox.get(container.sandboxId) ?? "";
    (state.workers.get(uid)?.containers ?? state.unclaimed.get(uid)?.containers)?.push(container);
  }
  state.runtime.listed = true;
  for (const worker of [...state.workers.values()]) {
    worker.flow = null;
    // Whoever was allowed to start meanwhile was told of on a stream that is gone.
    worker.held = NO_MEMBERS;
    dropFinishedKills(worker);
    if (worker.phase === "terminating") {
      worker.kills = NO_ENTRIES;
      continueTermination(state, worker, context);
    } else {
      syncPod(state, worker, context);
    }
  }
}

function dropFinishedKills(worker: PodWorker): void {
  for (const id of worker.kills.keys()) {
    if (!worker.containers.some((container) => container.id === id && container.state === "CONTAINER_RUNNING"))
      worker.kills = withoutEntry(worker.kills, id);
  }
}

/** Pods that the runtime still has and nobody wants any more (housekeeping). */
export function removeOrphans(state: KubeletState, context: Context): void {
  for (const [uid, { sandboxes }] of state.unclaimed) {
    for (const sandbox of sandboxes) {
      callRuntime(state, context, { call: "StopPodSandbox", sandboxId: sandbox.id }, { runtime: "removed" });
      callRuntime(state, context, { call: "RemovePodSandbox", sandboxId: sandbox.id }, { runtime: "removed" });
    }
    state.unclaimed.delete(uid);
  }
}

/** The runtime tells of a container: the pod is looked at with the next relist, at most a second later. */
export function containerEvent(state: KubeletState, event: ContainerEvent, context: Context): void {
  const uid = state.bySandbox.get(event.sandboxId);
  const worker = uid === undefined ? undefined : state.workers.get(uid);
  if (worker === undefined) return;
  const { container, containerId } = event;
  const index = worker.containers.findIndex(({ id }) => id === containerId);
  if (container === null) {
    if (index >= 0) worker.containers.splice(index, 1);
    return;
  }
  if (event.type === "allowed") {
    worker.held = withoutMember(worker.held, container.name);
    state.backOffs.delete(`${worker.uid}/${container.name}`);
    syncPod(state, worker, context);
    return;
  }
  if (index >= 0) worker.containers[index] = container;
  else worker.containers = [container].concat(worker.containers);
  if (event.type === "created") return;
  if (event.type === "stopped" && worker.kills.get(containerId)?.stage === "stopped")
    killDone(state, worker, containerId, context);
  if (worker.phase !== "running") {
    if (event.type === "started") continueTermination(state, worker, context);
    return;
  }
  relistSoon(state, worker.uid, context);
}

export function relistSoon(state: KubeletState, uid: string, context: Context): void {
  state.plegDue.add(uid);
  if (state.plegTimer) return;
  state.plegTimer = true;
  const phaseUs = (context.nowUs - context.self.startedAtUs) % RELIST_US;
  after(context, RELIST_US - phaseUs, { type: "pleg" }, "keep");
}

export function relist(state: KubeletState, context: Context): void {
  state.plegTimer = false;
  const due = [...state.plegDue];
  state.plegDue.clear();
  for (const uid of due) {
    const worker = state.workers.get(uid);
    if (worker !== undefined) syncPod(state, worker, context);
  }
}

/**
 * StopContainer is answered. The container counts as ended only once its event is in too: it says how it ended, and comes
 * by another connection.
 */
export function containerStopped(state: KubeletState, worker: PodWorker, containerId: string, context: Context): void {
  const kill = worker.kills.get(containerId);
  if (kill === undefined) return;
  const running = worker.containers.some(({ id, state: how }) => id === containerId && how === "CONTAINER_RUNNING");
  if (running) kill.stage = "stopped";
  else killDone(state, worker, containerId, context);
}

function killDone(state: KubeletState, worker: PodWorker, containerId: string, context: Context): void {
  worker.kills = withoutEntry(worker.kills, containerId);
  if (worker.phase === "terminating") continueTermination(state, worker, context);
  else if (worker.flow !== null) continueFlow(state, worker, context);
}

export function sandboxStopped(state: KubeletState, worker: PodWorker, sandboxId: string, context: Context): void {
  worker.sandboxes = worker.sandboxes.map((sandbox) =>
    sandbox.id === sandboxId ? { ...sandbox, ready: false } : sandbox,
  );
  if (worker.phase === "terminating") continueTermination(state, worker, context);
}
