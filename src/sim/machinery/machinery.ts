import type { Context, KernelMessage } from "../kernel/types.ts";
import { type ApiClient, type ClientOptions, type ClientTimer, createClient, releaseWaitingCalls } from "./client.ts";
import {
  createEventRecorder,
  type EventRecorder,
  type EventTag,
  type EventTimer,
  type EventToRecord,
  handleEventMessage,
  recordEvent,
} from "./event-recorder.ts";
import {
  createInformer,
  type Delta,
  handleInformerMessage,
  type Informer,
  type InformerOptions,
  type InformerTag,
  type InformerTimer,
  startInformer,
} from "./informer.ts";
import type { KubeconfigFile } from "./kubeconfig.ts";
import {
  type ElectionOutcome,
  type ElectionTag,
  type ElectionTimer,
  handleElectionMessage,
  type LeaderElection,
} from "./leader-election.ts";
import type { IndexFunctions } from "./store.ts";
import { createWorkQueue, delayedKeyDue, type QueueTimer, type WorkQueue } from "./work-queue.ts";

/** All that a program keeps of client-go, by name. Plain data; put it into the component's state. */
export interface Machinery {
  readonly clients: Map<string, ApiClient>;
  readonly informers: Map<string, Informer>;
  readonly queues: Map<string, WorkQueue>;
  readonly recorders: Map<string, EventRecorder>;
  election: LeaderElection | null;
}

/** Timers of the machinery: add it to the component's own message type. */
export type MachineryTimer = ClientTimer | InformerTimer | QueueTimer | EventTimer | ElectionTimer;

type MachineryTag = InformerTag | EventTag | ElectionTag;

export type MachineryOutcome =
  /** What changed in an informer's store, in order. `initial`: from a list rather than from the watch. */
  | { readonly type: "deltas"; readonly informer: string; readonly deltas: readonly Delta[]; readonly initial: boolean }
  /** An informer's first list is in its store (its deltas come just before). */
  | { readonly type: "synced"; readonly informer: string }
  /** A delayed key came into the queue. */
  | { readonly type: "keyReady"; readonly queue: string; readonly key: string }
  | ElectionOutcome;

export interface MachineryOptions {
  readonly kubeconfig: KubeconfigFile;
  readonly client: ClientOptions;
  readonly informers?: readonly InformerOptions[];
  readonly queues?: readonly string[];
  readonly recorders?: readonly Parameters<typeof createEventRecorder>[0][];
  readonly election?: LeaderElection;
}

export function createMachinery(options: MachineryOptions): Machinery {
  const client = createClient(options.kubeconfig, options.client);
  const informers = (options.informers ?? []).map(createInformer);
  const recorders = (options.recorders ?? []).map(createEventRecorder);
  return {
    clients: new Map([[client.name, client]]),
    informers: new Map(informers.map((informer) => [informer.name, informer])),
    queues: new Map((options.queues ?? []).map((name) => [name, createWorkQueue(name)])),
    recorders: new Map(recorders.map((recorder) => [recorder.name, recorder])),
    election: options.election ?? null,
  };
}

/** Starts every informer that does not run yet. */
export function startInformers(machinery: Machinery, context: Context): void {
  for (const informer of machinery.informers.values())
    startInformer(informer, clientOf(machinery, informer.client), context);
}

export function allSynced(machinery: Machinery): boolean {
  for (const informer of machinery.informers.values()) if (!informer.hasSynced) return false;
  return true;
}

const HANDLED: readonly MachineryOutcome[] = Object.freeze([]);

/**
 * Call it first in `step`. Null: the message is not the machinery's. Otherwise it was, and the outcomes are what the
 * component may want to act on.
 */
export function machineryStep(
  machinery: Machinery,
  message: KernelMessage | { readonly type: string },
  context: Context,
  functions: IndexFunctions = NO_FUNCTIONS,
): readonly MachineryOutcome[] | null {
  if (isTimer(message)) return timerFired(machinery, message, context, functions);
  const incoming = message as KernelMessage;
  if (!("tag" in incoming)) return null;
  const tag = incoming.tag as MachineryTag | null;
  if (typeof tag !== "object" || tag === null || !("machinery" in tag)) return null;
  switch (tag.machinery) {
    case "informer":
      return informerStep(machinery, tag.informer, incoming, context, functions);
    case "event": {
      const recorder = need(machinery.recorders, tag.recorder);
      handleEventMessage(recorder, clientOf(machinery, recorder.client), incoming, context);
      return HANDLED;
    }
    case "election":
      return electionStep(machinery, incoming, context);
    default:
      return null;
  }
}

export function clientOf(machinery: Machinery, name = "default"): ApiClient {
  return need(machinery.clients, name);
}

export function informerOf(machinery: Machinery, name: string): Informer {
  return need(machinery.informers, name);
}

export function queueOf(machinery: Machinery, name: string): WorkQueue {
  return need(machinery.queues, name);
}

/** Notes an event with the recorder named `recorder`. */
export function emitEvent(machinery: Machinery, recorder: string, context: Context, event: EventToRecord): void {
  const found = need(machinery.recorders, recorder);
  recordEvent(found, clientOf(machinery, found.client), context, event);
}

const NO_FUNCTIONS: IndexFunctions = Object.freeze({});

function isTimer(message: { readonly type: string }): message is MachineryTimer {
  return message.type.startsWith("machinery/");
}

function timerFired(
  machinery: Machinery,
  timer: MachineryTimer,
  context: Context,
  functions: IndexFunctions,
): readonly MachineryOutcome[] {
  switch (timer.type) {
    case "machinery/client":
      releaseWaitingCalls(clientOf(machinery, timer.client), context);
      return HANDLED;
    case "machinery/informer":
      return informerStep(machinery, timer.informer, timer, context, functions);
    case "machinery/queue":
      delayedKeyDue(queueOf(machinery, timer.queue), timer.key);
      return [{ type: "keyReady", queue: timer.queue, key: timer.key }];
    case "machinery/event": {
      const recorder = need(machinery.recorders, timer.recorder);
      handleEventMessage(recorder, clientOf(machinery, recorder.client), timer, context);
      return HANDLED;
    }
    case "machinery/election":
      return electionStep(machinery, timer, context);
  }
}

function informerStep(
  machinery: Machinery,
  name: string,
  message: KernelMessage | InformerTimer,
  context: Context,
  functions: IndexFunctions,
): readonly MachineryOutcome[] {
  const informer = informerOf(machinery, name);
  const wasSynced = informer.hasSynced;
  const deltas = handleInformerMessage(informer, clientOf(machinery, informer.client), message, context, functions);
  if (deltas.length === 0 && informer.hasSynced === wasSynced) return HANDLED;
  const outcomes: MachineryOutcome[] = [];
  if (deltas.length > 0)
    outcomes.push({ type: "deltas", informer: name, deltas, initial: message.type === "response" });
  if (informer.hasSynced !== wasSynced) outcomes.push({ type: "synced", informer: name });
  return outcomes;
}

function electionStep(
  machinery: Machinery,
  message: KernelMessage | ElectionTimer,
  context: Context,
): readonly MachineryOutcome[] {
  const election = machinery.election;
  if (election === null) return HANDLED;
  return handleElectionMessage(election, clientOf(machinery, election.client), message, context);
}

function need<V>(map: Map<string, V>, name: string): V {
  const found = map.get(name);
  if (found === undefined) throw new Error(`machinery has no ${name}`);
  return found;
}
