import { goDuration } from "../../api/duration.ts";
import { deepFreeze } from "../../api/object.ts";
import { computeQosClass } from "../../api/pod/qos.ts";
import { formatTime } from "../../api/time.ts";
import { defined, withFields } from "../../kernel/records.ts";
import type { Context } from "../../kernel/types.ts";
import type { ContainerStatusOfRuntime } from "../container-runtime/messages.ts";
import { containersReady, podInitialized, podReady, readyToStartContainers } from "./conditions.ts";
import { podPhase } from "./pod-phase.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import { terminationMessage } from "./termination-message.ts";
import {
  type Container,
  type ContainerState,
  type ContainerStatus,
  isRestartableInit,
  type PodCondition,
  type PodStatus,
  type ProbeResult,
  type ProbeType,
} from "./types.ts";

/** What the last probes said of a running container. Undefined: it has no such probe. */
export type ProbeVerdict = (
  worker: PodWorker,
  container: string,
  containerId: string,
  type: ProbeType,
) => ProbeResult | undefined;

/** generateAPIPodStatus: the pod's status as the kubelet sees it now. Frozen. */
export function generateStatus(
  state: KubeletState,
  worker: PodWorker,
  context: Context,
  verdict: ProbeVerdict,
): PodStatus {
  const { pod } = worker;
  const inits = pod.spec.initContainers ?? [];
  const waitingReason = inits.length > 0 && !worker.initialized ? "PodInitializing" : "ContainerCreating";
  const of = (list: readonly Container[], init: boolean): ContainerStatus[] =>
    list.map((container) =>
      containerStatus(context, worker, container, init ? "PodInitializing" : waitingReason, init, verdict),
    );
  const initContainerStatuses = of(inits, true);
  const containerStatuses = of(pod.spec.containers, false);
  const ephemeral = pod.spec.ephemeralContainers ?? [];
  const all = [...initContainerStatuses, ...containerStatuses];
  const isTerminal = worker.phase === "terminated" || worker.verdict !== null || wasTerminal(worker);
  let phase = worker.verdict?.phase ?? podPhase(pod, all, isTerminal, worker.initialized);
  const before = worker.status?.phase ?? worker.reported?.phase;
  // A terminal phase never changes back.
  if (before === "Failed" || before === "Succeeded") phase = before;
  const sandbox = worker.sandboxes[0];
  const ip = pod.spec.hostNetwork === true ? context.machine.ip : sandbox?.ready === true ? sandbox.ip : "";
  const podIP = ip === "" && hasExited(worker) ? (worker.status?.podIP ?? "") : ip;
  const known: PodStatus = defined({
    phase,
    conditions: conditionsOf(worker, all, phase, sandbox?.ready === true, formatTime(context.wallUs())),
    reason: worker.verdict?.reason,
    message: worker.verdict?.message,
    hostIP: context.machine.ip,
    hostIPs: [{ ip: context.machine.ip }],
    podIP: podIP === "" ? undefined : podIP,
    podIPs: podIP === "" ? undefined : [{ ip: podIP }],
    startTime: worker.startTime,
    initContainerStatuses: inits.length > 0 ? initContainerStatuses : undefined,
    containerStatuses:
      worker.verdict?.phase === "Failed" && worker.containers.length === 0 ? undefined : containerStatuses,
    ephemeralContainerStatuses: ephemeral.length > 0 ? of(ephemeral, false) : undefined,
    qosClass: worker.status?.qosClass ?? worker.reported?.qosClass ?? computeQosClass(pod),
  });
  return deepFreeze(known);
}

/** A pod that is over, or has nothing left that runs, keeps the address that it had (pleg's getPodIPs). */
function hasExited({ termination, sandboxes, containers }: PodWorker): boolean {
  if (termination !== null) return true;
  return !sandboxes.some(({ ready }) => ready) && !containers.some(({ state }) => state === "CONTAINER_RUNNING");
}

function wasTerminal(worker: PodWorker): boolean {
  const phase = worker.reported?.phase;
  return phase === "Failed" || phase === "Succeeded";
}

function conditionsOf(
  worker: PodWorker,
  statuses: readonly ContainerStatus[],
  phase: string,
  sandboxReady: boolean,
  now: string,
): PodCondition[] {
  const { pod } = worker;
  const old = worker.status?.conditions ?? worker.reported?.conditions ?? [];
  const api = pod.status?.conditions ?? [];
  const made = [
    readyToStartContainers(sandboxReady),
    podInitialized(pod, statuses, phase),
    podReady(pod, api, statuses, phase),
    containersReady(pod, statuses, phase),
    { type: "PodScheduled", status: "True" },
    ...(worker.resize === null ? [] : [pendingResize(worker.resize)]),
    ...(worker.verdict?.conditions ?? []),
  ];
  const conditions: PodCondition[] = made.map((condition) => {
    const was = old.find(({ type }) => type === condition.type);
    if (was !== undefined && was.status === condition.status) {
      if (was.reason === condition.reason && was.message === condition.message) return was;
      return { ...condition, lastProbeTime: null, lastTransitionTime: was.lastTransitionTime ?? now };
    }
    return withFields(condition, { lastProbeTime: null, lastTransitionTime: now });
  });
  return conditions;
}

function pendingResize({ reason, message }: NonNullable<PodWorker["resize"]>): PodCondition {
  return { type: "PodResizePending", status: "True", reason, message };
}

function containerStatus(
  context: Context,
  worker: PodWorker,
  container: Container,
  waitingReason: string,
  init: boolean,
  verdict: ProbeVerdict,
): ContainerStatus {
  const attempts = worker.containers.filter(({ name }) => name === container.name);
  const newest = attempts[0];
  const resources = container.resources ?? {};
  const base = defined({
    name: container.name,
    image: newest?.image ?? container.image ?? "",
    imageID: newest?.imageId ?? "",
    containerID: newest === undefined ? undefined : `containerd://${newest.id}`,
    resources: container.resources,
    allocatedResources: resources.requests,
    volumeMounts: volumeMounts(container),
  });
  const reason = worker.reasons.get(container.name);
  const gone = worker.termination !== null;
  if (newest === undefined) {
    const old = oldStatus(worker, container.name);
    // Its records are gone, but it ran: it ended, nobody saw how.
    if (old?.state?.running !== undefined && gone) {
      const terminated = {
        exitCode: 137,
        reason: "ContainerStatusUnknown",
        message: "The container could not be located when the pod was terminated",
      };
      return {
        ...base,
        ready: false,
        restartCount: old.restartCount,
        started: false,
        state: { terminated },
        lastState: {},
      };
    }
    const waiting = reason ?? { reason: waitingReason };
    return withFields(base, {
      ready: false,
      restartCount: old?.restartCount ?? 0,
      started: false,
      state: { waiting },
      lastState: old?.lastState ?? {},
    });
  }
  const shown = (found: ContainerStatusOfRuntime): ContainerState =>
    stateOf(found, waitingReason, (ended) => terminationMessage(context, worker.uid, container, ended));
  let current = shown(newest);
  let last: ContainerState =
    attempts[1] === undefined ? (oldStatus(worker, container.name)?.lastState ?? {}) : shown(attempts[1]);
  if (reason !== undefined && current.running === undefined && !gone) {
    if (current.terminated !== undefined) last = current;
    current = { waiting: reason };
  }
  const running = current.running !== undefined;
  const startup = verdict(worker, container.name, newest.id, "startup");
  const started = running && (startup === undefined || startup === "success");
  const readiness = verdict(worker, container.name, newest.id, "readiness");
  const done = init && !isRestartableInit(container) && newest.state === "CONTAINER_EXITED" && newest.exitCode === 0;
  const ready = done || (started && (readiness === undefined || readiness === "success"));
  return withFields(base, { ready, restartCount: newest.attempt, started, state: current, lastState: last });
}

function oldStatus(worker: PodWorker, name: string): ContainerStatus | undefined {
  const status = worker.status ?? worker.reported;
  return (
    status?.containerStatuses?.find((one) => one.name === name) ??
    status?.initContainerStatuses?.find((one) => one.name === name)
  );
}

function volumeMounts(container: Container): unknown {
  const mounts = container.volumeMounts ?? [];
  if (mounts.length === 0) return undefined;
  return mounts.map(({ name, mountPath, readOnly }) =>
    readOnly === true ? { name, mountPath, readOnly, recursiveReadOnly: "Disabled" } : { name, mountPath },
  );
}

function stateOf(
  found: ContainerStatusOfRuntime,
  waitingReason: string,
  messageOf: (ended: ContainerStatusOfRuntime) => string,
): ContainerState {
  switch (found.state) {
    case "CONTAINER_RUNNING":
      return { running: { startedAt: formatTime(found.startedWallUs) } };
    case "CONTAINER_EXITED": {
      const message = messageOf(found);
      return {
        terminated: {
          exitCode: found.exitCode,
          reason: found.reason,
          ...(message === "" ? {} : { message }),
          startedAt: found.startedWallUs === 0 ? "1970-01-01T00:00:00Z" : formatTime(found.startedWallUs),
          finishedAt: formatTime(found.finishedWallUs),
          containerID: `containerd://${found.id}`,
        },
      };
    }
    default:
      return { waiting: { reason: waitingReason } };
  }
}

/** CrashLoopBackOff's message: the delay as Go prints durations. */
export function crashLoopMessage(worker: PodWorker, container: string, delayUs: number): string {
  return `back-off ${goDuration(delayUs)} restarting failed container=${container} pod=${podText(worker)}`;
}

/** `web-1_default(uid)`, as the kubelet names pods in texts. */
export function podText({ pod, uid }: PodWorker): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${uid})`;
}
