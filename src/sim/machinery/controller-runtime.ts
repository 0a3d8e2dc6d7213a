import type { ApiObject } from "../api/object.ts";
import type { Context, KernelMessage, TraceRef } from "../kernel/types.ts";
import { call } from "./client.ts";
import type { EventToRecord } from "./event-recorder.ts";
import { createExpectations, creationObserved, deletionObserved, type Expectations } from "./expectations.ts";
import type { Delta, InformerOptions } from "./informer.ts";
import { klog, quote } from "./klog.ts";
import { clientOf, emitEvent, informerOf, type Machinery, queueOf } from "./machinery.ts";
import { type ApiRequest, type CallResult, isNamespaceTerminating, resultOf } from "./requests.ts";
import type { Store } from "./store.ts";
import {
  addKey,
  addKeyAfter,
  addKeyRateLimited,
  finishKey,
  forgetKey,
  type QueueBackOff,
  requeuesOf,
  takeKey,
} from "./work-queue.ts";

/**
 * A controller as upstream's are built: handlers enqueue keys, workers take them, and a reconcile says what to do. It
 * reads its view and answers with a plan; the runtime performs the plan. Definitions are static; state is `Controller`.
 */
export interface ControllerDefinition<Memory = unknown> {
  /** `deployment-controller`: names its queue, its client and its event recorder too. */
  readonly name: string;
  /** Keys worked on at a time. */
  readonly workers: number;
  /** Shared informers that it reads; indexes of all controllers are united. */
  readonly informers: readonly InformerOptions[];
  /** More of them, that come and go with what the store of one of `informers` holds (kinds of custom resources). */
  readonly follows?: { readonly informer: string; readonly informers: (store: Store) => readonly InformerOptions[] };
  /** How long a key whose sync failed waits. Default: 5 ms to 1000 s, and all keys together 10 a second. */
  readonly backOff?: QueueBackOff;
  /** After as many failures in a row a key is dropped; default never. */
  readonly maxRetries?: number;
  /** `options`: what the program passes to all of its controllers. */
  createMemory(options: unknown): Memory;
  /** All informers are synced and this process leads: enqueue what is periodic. */
  started?(hands: Hands<Memory>): void;
  /** An informer's store changed. May note things in `memory` and expectations, and enqueue keys; nothing else. */
  onDelta?(informer: string, delta: Delta, hands: Hands<Memory>): void;
  /** What should be done for `key` now. */
  reconcile(view: View<Memory>, key: string): Plan;
  /** Goes on after the writes of a plan that had a `memo`. */
  resume?(view: View<Memory>, key: string, memo: unknown, results: readonly CallResult[]): Plan;
  /** Upstream's log line for a failed sync. Default: `"Unhandled Error"`. */
  logError?(key: string, error: string, dropped: boolean): { severity: "I" | "E"; source: string; text: string };
}

/** What a reconcile may read. */
export interface View<Memory> {
  store(informer: string): Store;
  /** The controller's own notes: plain data; a reconcile may change them. */
  readonly memory: Memory;
  readonly expectations: Expectations;
  readonly nowUs: number;
  readonly wallUs: number;
}

/** What a handler may do. */
export interface Hands<Memory> extends View<Memory> {
  add(key: string, cause: TraceRef): void;
  addAfter(key: string, delayUs: number, cause: TraceRef | null): void;
}

export interface Plan {
  readonly writes?: readonly PlannedWrite[];
  /**
   * `sequence` (default): one after another, the first failure stops. `parallel`: all at once. `slowStart`: batches of
   * 1, 2, 4, ... as long as they succeed.
   */
  readonly order?: "sequence" | "parallel" | "slowStart";
  readonly events?: readonly EventToRecord[];
  /** Other keys to work on, for the same causes. */
  readonly enqueue?: readonly string[];
  /** Look at the key again later. */
  readonly requeueAfterUs?: number;
  /** The requeue is a periodic pass: nobody's doing. */
  readonly periodic?: boolean;
  /** Plain data: `resume` is called with it when the writes are over, whatever came of them. */
  readonly memo?: unknown;
  /** The sync failed: log, and try again after the key's back-off. */
  readonly error?: string;
  readonly logs?: readonly { readonly severity: "I" | "W" | "E"; readonly source: string; readonly text: string }[];
}

export interface PlannedWrite {
  readonly request: ApiRequest;
  /** Reasons of refusal that are as good as success: `NotFound` of a delete. */
  readonly ignore?: readonly string[];
  /** `{name}` in the message stands for the answer's name, `{error}` for the error's text. */
  readonly onSuccess?: EventToRecord;
  readonly onFailure?: EventToRecord;
  /** Set beforehand by the controller; lowered by the runtime when the write fails or does not take place. */
  readonly expects?: { readonly key: string; readonly deletion?: string };
}

export interface Controller<Memory = unknown> {
  readonly name: string;
  memory: Memory;
  readonly expectations: Expectations;
  running: boolean;
  readonly executions: Map<string, Execution>;
  nextExecution: number;
  /** For people: the last syncs, newest last. */
  lastSyncs: readonly SyncRecord[];
  syncs: number;
  failures: number;
}

/** A plan under way. */
interface Execution {
  readonly id: number;
  readonly plan: Plan;
  readonly causes: readonly TraceRef[];
  readonly startedAtUs: number;
  results: (CallResult | null)[];
  sent: number;
  outstanding: number;
  batch: number;
  failed: boolean;
}

export interface SyncRecord {
  readonly key: string;
  readonly startedAtUs: number;
  readonly endedAtUs: number;
  /** "" when all was well. */
  readonly error: string;
}

export interface WriteTag {
  readonly machinery: "write";
  readonly controller: string;
  readonly key: string;
  readonly execution: number;
  readonly index: number;
}

const LAST_SYNCS_MAX = 20;

export function createController(definition: ControllerDefinition<never>, options: unknown): Controller {
  return {
    name: definition.name,
    memory: definition.createMemory(options),
    expectations: createExpectations(),
    running: false,
    executions: new Map(),
    nextExecution: 1,
    lastSyncs: [],
    syncs: 0,
    failures: 0,
  };
}

export function startController(
  machinery: Machinery,
  controller: Controller,
  definition: ControllerDefinition<never>,
  context: Context,
): void {
  controller.running = true;
  (definition as ControllerDefinition).started?.(handsOf(machinery, controller, context));
  runController(machinery, controller, definition, context);
}

/** Hands an informer's deltas to the controller's handler. Call `runController` afterwards. */
export function deliverDeltas(
  machinery: Machinery,
  controller: Controller,
  definition: ControllerDefinition<never>,
  informer: string,
  deltas: readonly Delta[],
  context: Context,
): void {
  const handler = definition as ControllerDefinition;
  if (handler.onDelta === undefined) return;
  const hands = handsOf(machinery, controller, context);
  for (const delta of deltas) handler.onDelta(informer, delta, hands);
}

/** Lets free workers take keys. */
export function runController(
  machinery: Machinery,
  controller: Controller,
  definition: ControllerDefinition<never>,
  context: Context,
): void {
  if (!controller.running) return;
  const queue = queueOf(machinery, controller.name);
  while (controller.executions.size < definition.workers) {
    const taken = takeKey(queue);
    if (taken === null) return;
    const cause = taken.causes[0];
    if (cause !== undefined) context.actFor(cause);
    if (context.observed)
      context.note("reconcile", { controller: controller.name, key: taken.key, causes: taken.causes });
    const plan = (definition as ControllerDefinition).reconcile(viewOf(machinery, controller, context), taken.key);
    perform(machinery, controller, definition, taken.key, plan, taken.causes, context.nowUs, context);
  }
}

/** The answer to a write of a plan (`tag.machinery` is `write`). */
export function handleWriteAnswer(
  machinery: Machinery,
  controller: Controller,
  definition: ControllerDefinition<never>,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  context: Context,
): void {
  const tag = message.tag as WriteTag;
  const execution = controller.executions.get(tag.key);
  if (execution === undefined || execution.id !== tag.execution) return;
  const write = (execution.plan.writes ?? [])[tag.index] as PlannedWrite;
  const result = resultOf(message, write.request, clientOf(machinery, controller.name).server);
  execution.results[tag.index] = result;
  execution.outstanding -= 1;
  if (!result.ok && !isIgnored(write, result)) {
    execution.failed = true;
    lowerExpectation(controller, write);
    if (!isNamespaceTerminating(result)) emitTemplate(machinery, controller, context, write.onFailure, result);
  } else {
    emitTemplate(machinery, controller, context, write.onSuccess, result);
  }
  proceed(machinery, controller, definition, tag.key, execution, context);
  runController(machinery, controller, definition, context);
}

function perform(
  machinery: Machinery,
  controller: Controller,
  definition: ControllerDefinition<never>,
  key: string,
  plan: Plan,
  causes: readonly TraceRef[],
  startedAtUs: number,
  context: Context,
): void {
  for (const line of plan.logs ?? []) klog(context, line.severity, line.source, line.text);
  for (const other of plan.enqueue ?? [])
    addKeyAfter(queueOf(machinery, controller.name), other, 0, context, causes[0] ?? null);
  for (const event of plan.events ?? []) emitEvent(machinery, controller.name, context, event);
  const execution: Execution = {
    id: controller.nextExecution,
    plan,
    causes,
    startedAtUs,
    results: (plan.writes ?? []).map(() => null),
    sent: 0,
    outstanding: 0,
    batch: 1,
    failed: false,
  };
  controller.nextExecution += 1;
  controller.executions.set(key, execution);
  proceed(machinery, controller, definition, key, execution, context);
}

function proceed(
  machinery: Machinery,
  controller: Controller,
  definition: ControllerDefinition<never>,
  key: string,
  execution: Execution,
  context: Context,
): void {
  if (execution.outstanding > 0) return;
  const writes = execution.plan.writes ?? [];
  const order = execution.plan.order ?? "sequence";
  if (execution.sent < writes.length && !(execution.failed && order !== "parallel")) {
    const count = order === "parallel" ? writes.length : order === "sequence" ? 1 : execution.batch;
    execution.batch *= 2;
    const end = Math.min(writes.length, execution.sent + count);
    for (; execution.sent < end; execution.sent++) {
      const tag: WriteTag = {
        machinery: "write",
        controller: controller.name,
        key,
        execution: execution.id,
        index: execution.sent,
      };
      execution.outstanding += 1;
      call(clientOf(machinery, controller.name), context, (writes[execution.sent] as PlannedWrite).request, tag);
    }
    return;
  }
  for (let index = execution.sent; index < writes.length; index++) {
    lowerExpectation(controller, writes[index] as PlannedWrite);
  }
  if (execution.plan.memo !== undefined) {
    const results = execution.results.filter((result) => result !== null);
    const view = viewOf(machinery, controller, context);
    const next = (definition as ControllerDefinition).resume?.(view, key, execution.plan.memo, results);
    if (next !== undefined) {
      perform(machinery, controller, definition, key, next, execution.causes, execution.startedAtUs, context);
      return;
    }
  }
  finish(machinery, controller, definition, key, execution, context);
}

function finish(
  machinery: Machinery,
  controller: Controller,
  definition: ControllerDefinition<never>,
  key: string,
  execution: Execution,
  context: Context,
): void {
  const queue = queueOf(machinery, controller.name);
  const { plan, causes } = execution;
  const error = plan.error ?? (plan.memo === undefined ? firstError(execution) : "");
  const cause = plan.periodic ? null : (causes[0] ?? null);
  controller.executions.delete(key);
  controller.syncs += 1;
  if (error === "") {
    forgetKey(queue, key);
    if (plan.requeueAfterUs !== undefined) addKeyAfter(queue, key, plan.requeueAfterUs, context, cause);
  } else {
    controller.failures += 1;
    const dropped = requeuesOf(queue, key) >= (definition.maxRetries ?? Number.POSITIVE_INFINITY);
    const line = (definition as ControllerDefinition).logError?.(key, error, dropped) ?? {
      severity: "E" as const,
      source: "controller.go:166",
      text: `"Unhandled Error" err=${quote(error)} logger="UnhandledError"`,
    };
    klog(context, line.severity, line.source, line.text);
    if (dropped) forgetKey(queue, key);
    else addKeyRateLimited(queue, key, context, cause);
  }
  const record: SyncRecord = Object.freeze({
    key,
    startedAtUs: execution.startedAtUs,
    endedAtUs: context.nowUs,
    error,
  });
  controller.lastSyncs = [...controller.lastSyncs.slice(1 - LAST_SYNCS_MAX), record];
  finishKey(queue, key);
}

function firstError(execution: Execution): string {
  const writes = execution.plan.writes ?? [];
  for (const [index, result] of execution.results.entries()) {
    if (result !== null && !result.ok && !isIgnored(writes[index] as PlannedWrite, result)) return result.text;
  }
  return "";
}

function isIgnored(write: PlannedWrite, result: CallResult): boolean {
  return !result.ok && (write.ignore?.includes(result.reason) ?? false);
}

function lowerExpectation(controller: Controller, write: PlannedWrite): void {
  if (write.expects === undefined) return;
  if (write.expects.deletion === undefined) creationObserved(controller.expectations, write.expects.key);
  else deletionObserved(controller.expectations, write.expects.key, write.expects.deletion);
}

function emitTemplate(
  machinery: Machinery,
  controller: Controller,
  context: Context,
  template: EventToRecord | undefined,
  result: CallResult,
): void {
  if (template === undefined) return;
  const name = result.ok ? nameOf(result.object) : "";
  const message = template.message
    .replace("{name}", () => name)
    .replace("{error}", () => (result.ok ? "" : result.text));
  emitEvent(machinery, controller.name, context, { ...template, message });
}

/** A delete's answer may be a Status, whose details name the object. */
function nameOf(object: ApiObject): string {
  const details = object.details as { readonly name?: string } | undefined;
  return object.metadata?.name ?? details?.name ?? "";
}

function viewOf(machinery: Machinery, controller: Controller, context: Context): View<unknown> {
  return {
    store: (informer) => informerOf(machinery, informer).store,
    memory: controller.memory,
    expectations: controller.expectations,
    nowUs: context.nowUs,
    wallUs: context.wallUs(),
  };
}

function handsOf(machinery: Machinery, controller: Controller, context: Context): Hands<unknown> {
  const queue = queueOf(machinery, controller.name);
  return {
    store: (informer) => informerOf(machinery, informer).store,
    memory: controller.memory,
    expectations: controller.expectations,
    nowUs: context.nowUs,
    wallUs: context.wallUs(),
    add: (key, cause) => addKey(queue, key, cause),
    addAfter: (key, delayUs, cause) => addKeyAfter(queue, key, delayUs, context, cause),
  };
}
