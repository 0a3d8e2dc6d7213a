import { humanDuration } from "../duration.ts";
import { parseTime } from "../time.ts";
import {
  ageOf,
  columns,
  type Fields,
  list,
  NONE,
  nameOf,
  number,
  type PrintContext,
  type Printer,
  record,
  text,
} from "./printer.ts";

export const podPrinter: Printer = {
  columns: columns("Name", "Ready", "Status", "Restarts", "Age", "*IP", "*Node", "*Nominated Node", "*Readiness Gates"),
  cells: (pod, print) => {
    const summary = summarize(pod);
    const [spec, status] = [record(pod.spec), record(pod.status)];
    return [
      nameOf(pod),
      `${summary.ready}/${summary.total}`,
      summary.reason,
      restartsText(summary, print),
      ageOf(pod, print),
      text(record(list(status.podIPs)[0]).ip) || NONE,
      text(spec.nodeName) || NONE,
      text(status.nominatedNodeName) || NONE,
      gatesText(spec, status),
    ];
  },
};

interface PodSummary {
  ready: number;
  readonly total: number;
  reason: string;
  restarts: number;
  lastRestartUs: number;
}

function restartsText({ restarts, lastRestartUs }: PodSummary, { nowWallUs }: PrintContext): string {
  if (restarts === 0 || lastRestartUs === 0) return String(restarts);
  return `${restarts} (${humanDuration(nowWallUs - lastRestartUs)} ago)`;
}

function conditionIs(status: Fields, type: string, value: string): boolean {
  return list(status.conditions).some((one) => record(one).type === type && record(one).status === value);
}

function isSidecar(container: Fields | undefined): boolean {
  return container?.restartPolicy === "Always";
}

/** What `kubectl get pods` says of a pod: the STATUS column's word is made from phase, containers and deletion. */
function summarize(pod: Fields): PodSummary {
  const [spec, status] = [record(pod.spec), record(pod.status)];
  const initContainers = list(spec.initContainers).map(record);
  const gated = list(status.conditions).some(
    (one) => record(one).type === "PodScheduled" && record(one).reason === "SchedulingGated",
  );
  const summary: PodSummary = {
    ready: 0,
    total: list(spec.containers).length + initContainers.filter(isSidecar).length,
    reason: gated ? "SchedulingGated" : text(status.reason) || text(status.phase),
    restarts: 0,
    lastRestartUs: 0,
  };
  const sidecars = { restarts: 0, lastRestartUs: 0 };
  const initializing = summarizeInit(summary, sidecars, initContainers, list(status.initContainerStatuses).map(record));
  if (!initializing || conditionIs(status, "Initialized", "True")) {
    summary.restarts = sidecars.restarts;
    summary.lastRestartUs = sidecars.lastRestartUs;
    summarizeContainers(summary, status);
  }
  if (record(pod.metadata).deletionTimestamp) {
    const phase = status.phase;
    if (status.reason === "NodeLost") summary.reason = "Unknown";
    else if (phase !== "Succeeded" && phase !== "Failed") summary.reason = "Terminating";
  }
  return summary;
}

interface Restarts {
  restarts: number;
  lastRestartUs: number;
}

function countRestarts(counts: Restarts, container: Fields): void {
  counts.restarts += number(container.restartCount);
  const finished = text(record(record(container.lastState).terminated).finishedAt);
  const finishedUs = finished === "" ? null : parseTime(finished);
  if (finishedUs !== null && finishedUs > counts.lastRestartUs) counts.lastRestartUs = finishedUs;
}

/** True while an init container is not done; the summary says then which. */
function summarizeInit(
  summary: PodSummary,
  sidecars: Restarts,
  containers: readonly Fields[],
  statuses: readonly Fields[],
): boolean {
  for (const [index, container] of statuses.entries()) {
    const sidecar = isSidecar(containers.find(({ name }) => name === container.name));
    countRestarts(summary, container);
    if (sidecar) countRestarts(sidecars, container);
    const { terminated, waiting } = record(container.state);
    const ended = terminated ? record(terminated) : null;
    if (ended && number(ended.exitCode) === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready === true) summary.ready++;
      continue;
    }
    const waitReason = text(record(waiting).reason);
    if (ended) summary.reason = `Init:${endReason(ended)}`;
    else if (waitReason !== "" && waitReason !== "PodInitializing") summary.reason = `Init:${waitReason}`;
    else summary.reason = `Init:${index}/${containers.length}`;
    return true;
  }
  return false;
}

function endReason(ended: Fields): string {
  if (text(ended.reason) !== "") return text(ended.reason);
  return number(ended.signal) !== 0 ? `Signal:${ended.signal}` : `ExitCode:${number(ended.exitCode)}`;
}

/** From the last container to the first, so that the first one's state has the last word. */
function summarizeContainers(summary: PodSummary, status: Fields): void {
  let running = false;
  for (const container of [...list(status.containerStatuses)].reverse().map(record)) {
    countRestarts(summary, container);
    const state = record(container.state);
    const waitReason = text(record(state.waiting).reason);
    if (waitReason !== "") summary.reason = waitReason;
    else if (state.terminated) summary.reason = endReason(record(state.terminated));
    else if (container.ready === true && state.running) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason === "Completed" && running) {
    summary.reason = conditionIs(status, "Ready", "True") ? "Running" : "NotReady";
  }
}

function gatesText(spec: Fields, status: Fields): string {
  const gates = list(spec.readinessGates).map((gate) => text(record(gate).conditionType));
  if (gates.length === 0) return NONE;
  return `${gates.filter((type) => conditionIs(status, type, "True")).length}/${gates.length}`;
}
