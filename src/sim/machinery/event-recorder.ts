import { type ApiObject, deepFreeze } from "../api/object.ts";
import { formatMicroTime, formatTime } from "../api/time.ts";
import { defined } from "../kernel/records.ts";
import type { Context, KernelMessage, TraceRef } from "../kernel/types.ts";
import { type ApiClient, call } from "./client.ts";
import { type Correlated, correlate, createEventCorrelator, type EventCorrelator } from "./event-correlator.ts";
import { klog, quote } from "./klog.ts";
import { type ApiRequest, createRequest, patchRequest, resultOf } from "./requests.ts";
import { apiVersionOf, EVENTS, NEW_EVENTS, type Resource } from "./resources.ts";

/**
 * client-go's tools/record: the same event again counts up on the same object (a PATCH), ten or more that differ only
 * in their message within 10 minutes are combined, and one object gets a burst of 25 and then one in 5 minutes. Writes
 * go one after another and never hold anything up.
 */
export interface EventRecorder {
  readonly name: string;
  readonly client: string;
  readonly component: string;
  readonly host: string;
  readonly source: { readonly component: string; readonly host?: string };
  /** `events`: the newer events.k8s.io/v1 shape with `reportingController` and `action` (kube-scheduler). */
  readonly style: "core" | "events";
  readonly correlator: EventCorrelator;
  /** Waiting to be written; the first one is on its way when `writing`. */
  pending: PendingEvent[];
  writing: boolean;
  /** Makes names unique within a microsecond. */
  sequence: number;
}

interface PendingEvent {
  readonly event: ApiObject;
  /** Times that it was seen, this one included: above 1 it is patched. */
  readonly count: number;
  readonly tries: number;
  readonly trace: TraceRef;
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

export interface EventToRecord {
  readonly object: ObjectReference;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** For style `events`: `Binding`, `Scheduling`. */
  readonly action?: string;
  /** For style `events`: the other object that it is about. */
  readonly related?: ObjectReference;
}

export interface EventTag {
  readonly machinery: "event";
  readonly recorder: string;
}

/** Timer of the machinery: try again to write the first pending event. */
export interface EventTimer {
  readonly type: "machinery/event";
  readonly recorder: string;
}

const PENDING_MAX = 1000;
const TRIES_MAX = 12;
const RETRY_US = 10_000_000;

export function createEventRecorder(options: {
  readonly component: string;
  readonly name?: string;
  readonly client?: string;
  readonly host?: string;
  readonly style?: "core" | "events";
}): EventRecorder {
  const { component, host = "" } = options;
  return {
    name: options.name ?? component,
    client: options.client ?? "default",
    component,
    host,
    source: Object.freeze(defined({ component, host: host || undefined })),
    style: options.style ?? "core",
    correlator: createEventCorrelator(),
    pending: [],
    writing: false,
    sequence: 0,
  };
}

export function referenceTo(resource: Resource, object: ApiObject): ObjectReference {
  const { name = "", namespace, uid, resourceVersion } = object.metadata ?? {};
  return defined({
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name,
    namespace: namespace || undefined,
    uid: uid || undefined,
    resourceVersion: resourceVersion || undefined,
  });
}

/** Notes an event; it is written when its turn comes. */
export function recordEvent(recorder: EventRecorder, client: ApiClient, context: Context, seen: EventToRecord): void {
  recorder.sequence = (recorder.sequence + 1) % 1000;
  const wallUs = context.wallUs();
  const correlated = correlate(recorder.correlator, seen, context.nowUs, () => ({
    name: eventName(seen.object.name, wallUs, recorder.sequence),
    firstTimestamp: formatTime(wallUs),
  }));
  if (correlated.spam) {
    context.count("events_discarded_total");
    return;
  }
  if (recorder.pending.length >= PENDING_MAX) return;
  const event = buildEvent(recorder, seen, correlated, wallUs);
  recorder.pending.push(Object.freeze({ event, count: correlated.count, tries: 0, trace: context.trace }));
  writeNext(recorder, client, context);
}

/** The answer to a write, or the time to try again. */
export function handleEventMessage(
  recorder: EventRecorder,
  client: ApiClient,
  message: KernelMessage | EventTimer,
  context: Context,
): void {
  recorder.writing = false;
  const first = recorder.pending[0];
  if (first !== undefined && message.type !== "machinery/event") {
    const result = resultOf(message as Extract<KernelMessage, { type: "response" | "requestFailed" }>);
    if (!result.ok && result.network !== null) {
      klog(
        context,
        "E",
        "event.go:368",
        `"Unable to write event (may retry after sleeping)" err=${quote(result.text)}`,
      );
      if (first.tries + 1 < TRIES_MAX) {
        recorder.pending[0] = Object.freeze({ ...first, tries: first.tries + 1 });
        recorder.writing = true;
        const timer: EventTimer = { type: "machinery/event", recorder: recorder.name };
        context.setTimer(RETRY_US, timer, "keep");
        return;
      }
      klog(
        context,
        "E",
        "event.go:309",
        `"Unable to write event (retry limit exceeded!)" event=${quote(String(first.event.metadata?.name))}`,
      );
    } else if (!result.ok && result.code === 404 && first.count > 1) {
      recorder.pending[0] = Object.freeze({ ...first, count: 1 });
      writeNext(recorder, client, context);
      return;
    } else if (!result.ok && result.reason !== "AlreadyExists") {
      klog(context, "E", "event.go:359", `"Server rejected event (will not retry!)" err=${quote(result.text)}`);
    }
    recorder.pending.shift();
  }
  writeNext(recorder, client, context);
}

function writeNext(recorder: EventRecorder, client: ApiClient, context: Context): void {
  const next = recorder.pending[0];
  if (next === undefined || recorder.writing) return;
  recorder.writing = true;
  context.actFor(next.trace);
  const tag: EventTag = { machinery: "event", recorder: recorder.name };
  call(client, context, requestFor(recorder, next), tag);
}

function requestFor(recorder: EventRecorder, pending: PendingEvent): ApiRequest {
  const resource = recorder.style === "core" ? EVENTS : NEW_EVENTS;
  const { event } = pending;
  if (pending.count === 1) return createRequest(resource, event);
  const { namespace = "", name = "" } = event.metadata ?? {};
  const patch =
    recorder.style === "core"
      ? { count: event.count, lastTimestamp: event.lastTimestamp, message: event.message }
      : { series: { count: pending.count, lastObservedTime: event.eventTime } };
  return patchRequest(resource, namespace, name, "strategic", deepFreeze(patch));
}

function buildEvent(
  recorder: EventRecorder,
  seen: EventToRecord,
  { message, name, count, firstTimestamp }: Correlated,
  wallUs: number,
): ApiObject {
  const metadata = { name, namespace: seen.object.namespace || "default" };
  if (recorder.style === "events") {
    return deepFreeze(
      defined({
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        metadata,
        eventTime: formatMicroTime(wallUs),
        reportingController: recorder.component,
        reportingInstance: recorder.host || recorder.component,
        action: seen.action ?? "",
        reason: seen.reason,
        regarding: seen.object,
        related: seen.related,
        note: message,
        type: seen.type,
      }),
    );
  }
  return deepFreeze({
    apiVersion: "v1",
    kind: "Event",
    metadata,
    involvedObject: seen.object,
    reason: seen.reason,
    message,
    source: recorder.source,
    firstTimestamp,
    lastTimestamp: formatTime(wallUs),
    count,
    type: seen.type,
    eventTime: null,
    reportingComponent: recorder.component,
    reportingInstance: recorder.host,
  });
}

/** `web.18a3f0c2b7d4e001`: the object's name and the time in nanoseconds, in hexadecimal. */
function eventName(objectName: string, wallUs: number, sequence: number): string {
  return `${objectName}.${(BigInt(wallUs) * 1000n + BigInt(sequence)).toString(16)}`;
}
