import type { Component, Context, KernelMessage } from "../../kernel/types.ts";
import { klog } from "../../machinery/klog.ts";
import { readKubeconfig } from "../../machinery/kubeconfig.ts";
import {
  createLeaderElection,
  newIdentity,
  releaseLease,
  startLeaderElection,
} from "../../machinery/leader-election.ts";
import {
  allSynced,
  clientOf,
  createMachinery,
  type MachineryOutcome,
  machineryStep,
  startInformers,
} from "../../machinery/machinery.ts";
import { NODES, PODS } from "../../machinery/resources.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import type { HttpRequest, HttpResponse } from "../kube-apiserver/messages.ts";
import { createCache } from "./cache/cache.ts";
import { INDEXES, indexesOf, READ_KINDS, type ReadKind } from "./cluster-objects.ts";
import type { SchedulerConfig } from "./config.ts";
import { createDecisionRing } from "./decisions.ts";
import { onNodeDelta, onObjectDelta, onPodDelta } from "./event-handlers.ts";
import { numFeasibleNodesToFind } from "./framework/sampling.ts";
import { createQueue, flushQueue, hasPodToPop, nextFlushAtUs } from "./queue/scheduling-queue.ts";
import { onAnswer, onVolumesDue, scheduleOne } from "./schedule-one.ts";
import { readSettings, refuseToStart } from "./settings.ts";
import { frameworkFor, type SchedulerMessage, type SchedulerState } from "./state.ts";

const VERSION = "v1.33.1";
const CYCLE_US = 250;
/** Per node looked at, over all 16 workers that upstream runs. */
const NODE_NS = 500;

/** The program in image `registry.k8s.io/kube-scheduler`. */
export const kubeScheduler: Component<SchedulerState, SchedulerMessage> = {
  kind: "kube-scheduler",
  start(context, args) {
    const { options, config, error } = readSettings((args as ProgramArgs).argv, context);
    const state = createState(config, context);
    const kubeconfig = error === "" ? readKubeconfig(context.disk, options.kubeconfig) : null;
    if (kubeconfig === null) {
      refuseToStart(error === "" ? `stat ${options.kubeconfig}: no such file or directory` : error, context);
      return state;
    }
    klog(context, "I", "server.go:171", `"Starting Kubernetes Scheduler" version="${VERSION}"`);
    state.machinery = createMachinery({
      kubeconfig,
      client: {
        userAgent: `kube-scheduler/${VERSION} (linux/amd64) kubernetes/0000000/scheduler`,
        qps: options.kubeApiQps,
        burst: options.kubeApiBurst,
      },
      informers: [
        { resource: PODS, fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" },
        { resource: NODES },
        ...Object.entries(READ_KINDS).map(([kind, resource]) => ({ resource, indexes: indexesOf(kind as ReadKind) })),
      ],
      recorders: config.profiles.map(({ schedulerName: component }) => ({
        component,
        style: "events",
        host: context.machine.name,
      })),
      ...(options.leaderElect
        ? {
            election: createLeaderElection({
              name: options.resourceName,
              namespace: options.resourceNamespace,
              identity: state.identity,
              leaseDurationUs: options.leaseDurationUs,
              renewDeadlineUs: options.renewDeadlineUs,
              retryPeriodUs: options.retryPeriodUs,
            }),
          }
        : {}),
    });
    context.listen(options.securePort);
    startInformers(state.machinery, context);
    if (state.machinery.election === null) state.leading = true;
    else startLeaderElection(state.machinery.election, clientOf(state.machinery), context);
    return state;
  },

  step(state, message, context) {
    const { machinery } = state;
    if (machinery === null) return;
    const outcomes = machineryStep(machinery, message, context, INDEXES);
    if (outcomes === null) stepOwn(state, message, context);
    else for (const outcome of outcomes) actOn(state, outcome, context);
    armTimers(state, context);
  },

  serviceTimeUs(message, state) {
    return message.type === "scheduleOne" ? cycleUs(state) : 0;
  },
};

function cycleUs(state: SchedulerState): number {
  const nodes = numFeasibleNodesToFind(state.cache.nodes.length, state.config.percentageOfNodesToScore);
  return CYCLE_US + Math.trunc((nodes * NODE_NS) / 1000);
}

function createState(config: SchedulerConfig, context: Context): SchedulerState {
  return {
    startedAtUs: context.nowUs,
    config,
    machinery: null,
    identity: newIdentity(context),
    leader: "",
    leading: false,
    cache: createCache(),
    queue: createQueue(config.podInitialBackoffSeconds, config.podMaxBackoffSeconds),
    decisions: createDecisionRing(),
    nextStartNodeIndex: 0,
    loopArmed: false,
    wake: null,
    binding: new Map(),
    preempting: new Map(),
    assumedObjects: new Map(),
  };
}

function stepOwn(state: SchedulerState, message: KernelMessage | SchedulerMessage, context: Context): void {
  switch (message.type) {
    case "scheduleOne":
      state.loopArmed = false;
      if (state.leading) scheduleOne(state, context, cycleUs(state));
      return;
    case "checkVolumes":
      onVolumesDue(state, message.uid, context);
      return;
    case "flushQueue":
      state.wake = null;
      flushQueue(state.queue, (pod) => frameworkFor(state, pod), context.nowUs);
      return;
    case "response":
    case "requestFailed":
      onAnswer(state, message, context);
      return;
    case "request":
      context.respond(message.id, health(message.body as HttpRequest));
      return;
    case "signal":
      if (state.machinery?.election) releaseLease(state.machinery.election, clientOf(state.machinery), context);
      context.exit(0, "Completed");
      return;
    default:
      return;
  }
}

const HANDLERS: Readonly<Record<string, typeof onNodeDelta>> = { nodes: onNodeDelta, pods: onPodDelta };

function actOn(state: SchedulerState, outcome: MachineryOutcome, context: Context): void {
  switch (outcome.type) {
    case "deltas": {
      const handle = HANDLERS[outcome.informer];
      const kind = READ_KINDS[outcome.informer as ReadKind]?.kind;
      for (const delta of outcome.deltas) {
        if (handle !== undefined) handle(state, delta, context);
        else if (kind !== undefined) onObjectDelta(state, kind, delta, context);
      }
      return;
    }
    case "elected":
      state.leading = true;
      return;
    case "leadershipLost":
      klog(context, "E", "server.go:280", `"Leaderelection lost"`);
      context.exit(1, "Error", "leaderelection lost");
      return;
    case "leaderChanged":
      state.leader = outcome.identity;
      return;
    default:
      return;
  }
}

/** The loop runs while there is something to do; otherwise the process sleeps until the next back-off ends. */
function armTimers(state: SchedulerState, context: Context): void {
  const { queue, machinery } = state;
  if (machinery === null || !state.leading || !allSynced(machinery)) return;
  if (!state.loopArmed && hasPodToPop(queue)) {
    state.loopArmed = true;
    context.setTimer(0, { type: "scheduleOne" });
  }
  const dueUs = nextFlushAtUs(queue, state.startedAtUs);
  if (dueUs === (state.wake?.atUs ?? null)) return;
  if (state.wake !== null) context.clearTimer(state.wake.timer);
  state.wake =
    dueUs === null
      ? null
      : { timer: context.setTimer(Math.max(0, dueUs - context.nowUs), { type: "flushQueue" }), atUs: dueUs };
}

function health({ path }: HttpRequest): HttpResponse {
  const known = /^\/(healthz|livez|readyz)(\/|\?|$)/.test(path);
  return {
    type: "http",
    status: known ? 200 : 404,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: known ? "ok" : "404 page not found\n",
  };
}
