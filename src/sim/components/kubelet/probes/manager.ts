import type { Context, NetworkError } from "../../../kernel/types.ts";
import type { CriResponse } from "../../container-runtime/messages.ts";
import type { HttpRequest } from "../../kube-apiserver/messages.ts";
import { podEvent } from "../events.ts";
import type { PodFacts } from "../pod-actions.ts";
import { callRuntime } from "../runtime-link.ts";
import type { KubeletState, PodWorker, ProbeWorker } from "../state.ts";
import type { ProbeVerdict } from "../status.ts";
import { after } from "../timers.ts";
import { type Container, isRestartableInit, type Probe, type ProbeResult, type ProbeType } from "../types.ts";
import {
  answeredOutcome,
  execOutcome,
  failedOutcome,
  handlerRequest,
  type ProbeOutcome,
  redirectTarget,
} from "./prober.ts";
import { countOutcome, initialProbeResult } from "./results.ts";

const FIELDS: Readonly<Record<ProbeType, "livenessProbe" | "readinessProbe" | "startupProbe">> = {
  liveness: "livenessProbe",
  readiness: "readinessProbe",
  startup: "startupProbe",
};
const TYPES: readonly ProbeType[] = ["startup", "readiness", "liveness"];
const TITLES: Readonly<Record<ProbeType, string>> = {
  liveness: "Liveness",
  readiness: "Readiness",
  startup: "Startup",
};
/** A kubelet that just started spreads its first probes over their periods. */
const FRESH_KUBELET_US = 10_000_000;

export interface ProbeTag {
  readonly kubelet: "probe";
  readonly key: string;
  readonly containerId: string;
  readonly url: string;
  /** Redirects that were followed. */
  readonly hops?: number;
}

const HOPS_MAX = 10;

function keyOf(uid: string, container: string, type: ProbeType): string {
  return `${uid}/${container}/${type}`;
}

/** A worker for each probe of the pod, each with a ticker of its own that only runs while its container does. */
export function addProbes(state: KubeletState, worker: PodWorker, _context: Context): void {
  for (const container of probedContainers(worker)) {
    for (const type of TYPES) {
      const probe = container[FIELDS[type]];
      const key = keyOf(worker.uid, container.name, type);
      if (probe === undefined || state.probes.has(key)) continue;
      state.probes.set(key, {
        key,
        uid: worker.uid,
        container: container.name,
        type,
        probe,
        containerId: "",
        count: { result: initialProbeResult(type), run: 0, last: "unknown" },
        known: false,
        onHold: false,
        inFlight: false,
        missed: false,
        timer: null,
        nextAtUs: 0,
        lastRunAtUs: 0,
        lastOutput: "",
      });
    }
  }
}

function probedContainers({ pod: { spec } }: PodWorker): readonly Container[] {
  return [...(spec.initContainers ?? []).filter(isRestartableInit), ...spec.containers];
}

function hasProbes({ pod: { spec } }: PodWorker): boolean {
  const probed = (container: Container): boolean =>
    container.livenessProbe !== undefined ||
    container.readinessProbe !== undefined ||
    container.startupProbe !== undefined;
  return spec.containers.some(probed) || (spec.initContainers ?? []).some(probed);
}

/** New containers get their probes' first run; a readiness that is not known yet is asked for at once. */
export function probesAfterSync(state: KubeletState, worker: PodWorker, context: Context): void {
  if (!hasProbes(worker)) return;
  for (const container of probedContainers(worker)) {
    const running = worker.containers.find((one) => one.name === container.name && one.state === "CONTAINER_RUNNING");
    for (const type of TYPES) {
      const probe = state.probes.get(keyOf(worker.uid, container.name, type));
      if (probe === undefined || running === undefined) continue;
      if (probe.containerId !== running.id) adopt(state, worker, probe, running.id, running.attempt, context);
      if (type === "readiness" && probe.count.result !== "success" && mayRun(state, worker, probe))
        runNow(state, worker, probe, context);
    }
  }
}

/** The probe turns to another container: its count begins anew. */
function adopt(
  state: KubeletState,
  worker: PodWorker,
  probe: ProbeWorker,
  containerId: string,
  attempt: number,
  context: Context,
): void {
  const isFirstSight =
    probe.containerId === "" && worker.reported !== null && context.nowUs - worker.sinceUs < FRESH_KUBELET_US;
  probe.containerId = containerId;
  probe.count = { result: initialProbeResult(probe.type), run: 0, last: "unknown" };
  probe.onHold = false;
  probe.known = false;
  // A container that was found running keeps what was last known of it until its first probe.
  const before = worker.reported?.containerStatuses?.find(({ name }) => name === probe.container);
  if (isFirstSight && before?.containerID === `containerd://${containerId}` && before.restartCount === attempt) {
    const good = probe.type === "readiness" ? before.ready : probe.type === "startup" ? before.started === true : false;
    if (good) {
      probe.count = { result: "success", run: 0, last: "unknown" };
      probe.known = true;
    }
  }
  schedule(state, worker, probe, context);
}

/** At the ticker's next beat: its phase is that of the worker's beginning. */
function schedule(_state: KubeletState, worker: PodWorker, probe: ProbeWorker, context: Context): void {
  if (probe.timer !== null) context.clearTimer(probe.timer);
  const periodUs = periodOf(probe.probe);
  const startedAtUs = startOf(worker, probe, context) + (probe.probe.initialDelaySeconds ?? 0) * 1_000_000;
  const earliestUs = Math.max(context.nowUs + 1, startedAtUs);
  const beats = Math.ceil((earliestUs - worker.sinceUs) / periodUs);
  probe.nextAtUs = worker.sinceUs + beats * periodUs;
  probe.timer = after(context, probe.nextAtUs - context.nowUs, { type: "probe", key: probe.key });
}

function startOf(worker: PodWorker, probe: ProbeWorker, context: Context): number {
  const running = worker.containers.find(({ id }) => id === probe.containerId);
  return running === undefined ? context.nowUs : context.nowUs - (context.wallUs() - running.startedWallUs);
}

function periodOf(probe: Probe): number {
  return (probe.periodSeconds ?? 10) * 1_000_000;
}

/** Liveness and readiness wait for the startup probe; it ends once it has succeeded. */
function mayRun(state: KubeletState, worker: PodWorker, probe: ProbeWorker): boolean {
  if (probe.onHold || probe.inFlight) return false;
  if (worker.phase === "terminating" && probe.type !== "readiness") return false;
  const startup = state.probes.get(keyOf(worker.uid, probe.container, "startup"));
  const started =
    startup === undefined || (startup.containerId === probe.containerId && startup.count.result === "success");
  return probe.type === "startup" ? !started : started;
}

/** A ticker's beat. */
export function probeDue(state: KubeletState, key: string, context: Context): void {
  const probe = state.probes.get(key);
  const worker = probe === undefined ? undefined : state.workers.get(probe.uid);
  if (probe === undefined || worker === undefined) return;
  probe.timer = null;
  const running = worker.containers.some(
    ({ id, state: how }) => id === probe.containerId && how === "CONTAINER_RUNNING",
  );
  // Its container is gone: the next one's start sets the ticker going again.
  if (!running || worker.phase === "terminated") return;
  if (probe.inFlight) probe.missed = true;
  else if (mayRun(state, worker, probe)) runNow(state, worker, probe, context);
  const done = probe.type === "startup" && probe.count.result === "success";
  if (!done && !probe.onHold) schedule(state, worker, probe, context);
}

function runNow(state: KubeletState, worker: PodWorker, probe: ProbeWorker, context: Context): void {
  const startedAtUs = startOf(worker, probe, context);
  if (context.nowUs - startedAtUs < (probe.probe.initialDelaySeconds ?? 0) * 1_000_000) return;
  probe.inFlight = true;
  probe.lastRunAtUs = context.nowUs;
  const timeoutSeconds = probe.probe.timeoutSeconds ?? 1;
  if (probe.probe.exec !== undefined) {
    const command = probe.probe.exec.command ?? [];
    callRuntime(
      state,
      context,
      { call: "ExecSync", containerId: probe.containerId, command, timeoutSeconds },
      { runtime: "probe", key: probe.key, containerId: probe.containerId },
    );
    return;
  }
  const container = probedContainers(worker).find(({ name }) => name === probe.container) as Container;
  const { to, body, url } = handlerRequest(worker, container, probe.probe, context);
  const tag: ProbeTag = { kubelet: "probe", key: probe.key, containerId: probe.containerId, url };
  context.request({ to, body, timeoutUs: timeoutSeconds * 1_000_000, tag, label: `${probe.type} probe` });
}

export function probeAnswered(
  state: KubeletState,
  tag: ProbeTag,
  answer: { readonly body: unknown } | { readonly error: NetworkError },
  context: Context,
): PodWorker | null {
  const probe = state.probes.get(tag.key);
  if (probe === undefined) return null;
  if ("body" in answer && probe.probe.httpGet !== undefined) {
    const target = redirectTarget(tag.url, answer.body);
    if (target !== null) return follow(state, probe, tag, target, context);
  }
  const outcome =
    "error" in answer ? failedOutcome(probe.probe, tag.url, answer.error) : answeredOutcome(probe.probe, answer.body);
  return conclude(state, probe, tag.containerId, outcome, context);
}

/** A redirect on the same host. */
function follow(
  state: KubeletState,
  probe: ProbeWorker,
  tag: ProbeTag,
  { to, path, url }: { readonly to: string; readonly path: string; readonly url: string },
  context: Context,
): PodWorker | null {
  const hops = (tag.hops ?? 0) + 1;
  const worker = state.workers.get(probe.uid);
  const container =
    worker === undefined ? undefined : probedContainers(worker).find(({ name }) => name === probe.container);
  if (worker === undefined || container === undefined) {
    probe.inFlight = false;
    return null;
  }
  if (hops >= HOPS_MAX) {
    const output = `Get "${url}": stopped after ${HOPS_MAX} redirects`;
    return conclude(state, probe, tag.containerId, { result: "failure", output }, context);
  }
  const first = handlerRequest(worker, container, probe.probe, context).body as HttpRequest;
  const body: HttpRequest = { ...first, path, headers: { ...first.headers, host: to } };
  const leftUs = (probe.probe.timeoutSeconds ?? 1) * 1_000_000 - (context.nowUs - probe.lastRunAtUs);
  context.request({
    to,
    body,
    timeoutUs: Math.max(1, leftUs),
    tag: { ...tag, url, hops } satisfies ProbeTag,
    label: `${probe.type} probe`,
  });
  return null;
}

/** `answer` null: the runtime could not be reached. */
export function execProbeAnswered(
  state: KubeletState,
  key: string,
  containerId: string,
  answer: CriResponse | null,
  context: Context,
): PodWorker | null {
  const probe = state.probes.get(key);
  if (probe === undefined) return null;
  if (answer === null) {
    probe.inFlight = false;
    return null;
  }
  return conclude(
    state,
    probe,
    containerId,
    execOutcome(answer, probe.probe.exec?.command ?? [], probe.probe.timeoutSeconds ?? 1),
    context,
  );
}

/** A run is over. Whose next beat passed meanwhile (the ticker keeps one) runs again at once. */
function conclude(
  state: KubeletState,
  probe: ProbeWorker,
  containerId: string,
  outcome: ProbeOutcome & { readonly errored?: boolean },
  context: Context,
): PodWorker | null {
  probe.inFlight = false;
  const changed = judge(state, probe, containerId, outcome, context);
  if (!probe.missed) return changed;
  probe.missed = false;
  const worker = state.workers.get(probe.uid);
  const running = worker?.containers.some(
    ({ id, state: how }) => id === probe.containerId && how === "CONTAINER_RUNNING",
  );
  if (worker !== undefined && running && mayRun(state, worker, probe)) runNow(state, worker, probe, context);
  return changed;
}

function judge(
  state: KubeletState,
  probe: ProbeWorker,
  containerId: string,
  outcome: ProbeOutcome & { readonly errored?: boolean },
  context: Context,
): PodWorker | null {
  const worker = state.workers.get(probe.uid);
  if (worker === undefined || probe.containerId !== containerId) return null;
  const running = worker.containers.some(({ id, state: how }) => id === containerId && how === "CONTAINER_RUNNING");
  if (!running) return null;
  probe.lastOutput = outcome.output;
  if (outcome.warned === true) {
    const message = `${TITLES[probe.type]} probe warning: ${outcome.output}`;
    podEvent(state, worker, context, "Warning", "ProbeWarning", message, probe.container);
  }
  if (outcome.result === "failure") {
    const title = TITLES[probe.type];
    const message =
      outcome.errored === true
        ? `${title} probe errored and resulted in failure state: ${outcome.output}`
        : `${title} probe failed: ${outcome.output}`;
    podEvent(state, worker, context, "Warning", "Unhealthy", message, probe.container);
  }
  const before = probe.count.result;
  const wasKnown = probe.known;
  const { failureThreshold = 3, successThreshold = 1 } = probe.probe;
  probe.count = countOutcome(probe.count, outcome.result, failureThreshold, successThreshold);
  const decided = probe.count.result === outcome.result;
  if (decided) probe.known = true;
  if (probe.type !== "readiness" && probe.count.result === "failure") {
    probe.onHold = true;
    probe.count = { ...probe.count, run: 0 };
  }
  if (probe.count.result === before && wasKnown === probe.known) return null;
  if (probe.type === "startup" && probe.count.result === "success" && probe.timer !== null) {
    context.clearTimer(probe.timer);
    probe.timer = null;
  }
  return probe.count.result !== before || probe.type !== "readiness" ? worker : null;
}

/** The manager's verdict for statuses. */
export function probeVerdict(state: KubeletState): ProbeVerdict {
  return (worker, container, containerId, type) => {
    const probe = state.probes.get(keyOf(worker.uid, container, type));
    if (probe === undefined)
      return worker.pod.spec.containers.find(({ name }) => name === container)?.[FIELDS[type]] === undefined
        ? undefined
        : initialProbeResult(type);
    return probe.containerId === containerId ? probe.count.result : initialProbeResult(type);
  };
}

/** The manager's results for `podActions`. */
export function probeFacts(state: KubeletState, worker: PodWorker): PodFacts {
  const resultOf = (containerId: string, type: ProbeType): ProbeResult | undefined => {
    const name = worker.containers.find(({ id }) => id === containerId)?.name ?? "";
    const probe = state.probes.get(keyOf(worker.uid, name, type));
    return probe === undefined || probe.containerId !== containerId || !probe.known ? undefined : probe.count.result;
  };
  return {
    liveness: (containerId) => resultOf(containerId, "liveness"),
    startup: (containerId) => resultOf(containerId, "startup"),
    specMatches: (container, status) => {
      const made = worker.containers.find(({ id }) => id === status.id);
      return made === undefined || made.askedImage === container.image;
    },
  };
}

/** Liveness and startup probes end with the pod's termination; readiness goes on. */
export function stopProbesForTermination(state: KubeletState, worker: PodWorker, context: Context): void {
  for (const container of probedContainers(worker)) {
    for (const type of ["liveness", "startup"] as const) drop(state, keyOf(worker.uid, container.name, type), context);
  }
}

export function forgetProbes(state: KubeletState, worker: PodWorker, context: Context): void {
  for (const container of probedContainers(worker))
    for (const type of TYPES) drop(state, keyOf(worker.uid, container.name, type), context);
}

function drop(state: KubeletState, key: string, context: Context): void {
  const probe = state.probes.get(key);
  if (probe === undefined) return;
  if (probe.timer !== null) context.clearTimer(probe.timer);
  state.probes.delete(key);
}
