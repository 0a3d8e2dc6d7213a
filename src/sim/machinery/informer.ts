import type { ApiObject } from "../api/object.ts";
import type { ResourceResponse, WatchFrame } from "../components/kube-apiserver/messages.ts";
import { defined, withFields } from "../kernel/records.ts";
import type { Context, KernelMessage, StreamId, TraceRef } from "../kernel/types.ts";
import { type BackOff, createReflectorBackOff, nextBackOffUs } from "./back-off.ts";
import { type ApiClient, call, openWatch } from "./client.ts";
import { klog, quote } from "./klog.ts";
import { isExpired, listRequest, resultOf, transportErrorText, watchRequest } from "./requests.ts";
import { goTypeOf, type Resource } from "./resources.ts";
import { createStore, type IndexFunctions, keyOf, putObject, removeObject, type Store } from "./store.ts";

/**
 * client-go's Reflector and SharedIndexInformer: lists once, then watches, keeps a store, and tells what changed as
 * data. `handleInformerMessage` is given the informer's own messages and answers with deltas.
 */
export interface Informer {
  readonly name: string;
  /** Name of the client that it uses. */
  readonly client: string;
  readonly resource: Resource;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  phase: "idle" | "listing" | "watching" | "backingOff";
  /** Counts attempts, so that what belongs to an earlier one is told apart. */
  epoch: number;
  /** Of the last object or bookmark seen; "" before the first list, and after it turned out to be too old. */
  resourceVersion: string;
  /** The resource version of the next list: "0" at first (any), "" when the last one is not available any more. */
  listVersion: string;
  hasSynced: boolean;
  readonly store: Store;
  readonly backOff: BackOff;
  stream: StreamId | null;
}

export interface InformerOptions {
  /** Default: the resource's plural name. */
  readonly name?: string;
  readonly resource: Resource;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Names in `COMMON_INDEXES` or in the component's own `IndexFunctions`. */
  readonly indexes?: readonly string[];
  readonly client?: string;
}

export interface Delta<T extends ApiObject = ApiObject> {
  readonly type: "added" | "updated" | "deleted";
  readonly object: T;
  /** What was in the store before; null for `added`. */
  readonly old: T | null;
  /** Who wrote it. */
  readonly trace: TraceRef;
}

export interface InformerTag {
  readonly machinery: "informer";
  readonly informer: string;
  readonly epoch: number;
  readonly ask: "list" | "watch";
}

/** Timer of the machinery: an informer's back-off is over. */
export interface InformerTimer {
  readonly type: "machinery/informer";
  readonly informer: string;
  readonly epoch: number;
  readonly next: "list" | "watch";
}

const REFLECTOR = "k8s.io/client-go/informers/factory.go:160";
const WATCH_TIMEOUT_SECONDS_MIN = 300;

export function createInformer(options: InformerOptions): Informer {
  return {
    name: options.name ?? options.resource.resource,
    client: options.client ?? "default",
    resource: options.resource,
    namespace: options.namespace ?? "",
    labelSelector: options.labelSelector ?? "",
    fieldSelector: options.fieldSelector ?? "",
    phase: "idle",
    epoch: 0,
    resourceVersion: "",
    listVersion: "0",
    hasSynced: false,
    store: createStore(options.indexes ?? []),
    backOff: createReflectorBackOff(),
    stream: null,
  };
}

export function startInformer(informer: Informer, client: ApiClient, context: Context): void {
  if (informer.phase === "idle") list(informer, client, context);
}

export function stopInformer(informer: Informer, context: Context): void {
  informer.epoch += 1;
  informer.phase = "idle";
  if (informer.stream !== null) context.closeStream(informer.stream);
  informer.stream = null;
}

/** Stops it for good, or until it is started again as if it were new; what still comes for it is not looked at. */
export function forgetInformer(informer: Informer, context: Context): void {
  stopInformer(informer, context);
  informer.resourceVersion = "";
  informer.listVersion = "0";
  informer.hasSynced = false;
  informer.store.objects.clear();
  for (const table of informer.store.indexes.values()) table.clear();
}

/** Steps the informer with a message tagged as its own; answers with what changed in its store, in order. */
export function handleInformerMessage(
  informer: Informer,
  client: ApiClient,
  message: KernelMessage | InformerTimer,
  context: Context,
  functions: IndexFunctions,
): Delta[] {
  switch (message.type) {
    case "machinery/informer":
      if (message.epoch !== informer.epoch) return [];
      if (message.next === "list") list(informer, client, context);
      else watch(informer, client, context);
      return [];
    case "response":
    case "requestFailed":
      if ((message.tag as InformerTag).epoch !== informer.epoch) return [];
      return listAnswered(informer, client, message, context, functions);
    case "streamFrame":
      if ((message.tag as InformerTag).epoch !== informer.epoch) {
        context.closeStream(message.id);
        return [];
      }
      informer.stream = message.id;
      return frameArrived(informer, client, message.frame as WatchFrame, context, functions);
    case "streamClosed":
      if ((message.tag as InformerTag).epoch === informer.epoch) streamClosed(informer, client, message, context);
      return [];
    default:
      return [];
  }
}

function list(informer: Informer, client: ApiClient, context: Context): void {
  informer.phase = "listing";
  informer.epoch += 1;
  const request = listRequest(
    informer.resource,
    informer.namespace,
    withFields(
      selectors(informer),
      defined({ resourceVersion: informer.listVersion === "" ? undefined : informer.listVersion }),
    ),
  );
  call(client, context, request, tagOf(informer, "list"));
}

function watch(informer: Informer, client: ApiClient, context: Context): void {
  informer.phase = "watching";
  informer.epoch += 1;
  informer.stream = null;
  const request = watchRequest(
    informer.resource,
    informer.namespace,
    withFields(selectors(informer), {
      resourceVersion: informer.resourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_TIMEOUT_SECONDS_MIN + context.random.int(WATCH_TIMEOUT_SECONDS_MIN),
    }),
  );
  openWatch(client, context, request, tagOf(informer, "watch"));
}

function selectors(informer: Informer): { labelSelector?: string; fieldSelector?: string } {
  return {
    ...(informer.labelSelector === "" ? {} : { labelSelector: informer.labelSelector }),
    ...(informer.fieldSelector === "" ? {} : { fieldSelector: informer.fieldSelector }),
  };
}

function tagOf(informer: Informer, ask: "list" | "watch"): InformerTag {
  return Object.freeze({ machinery: "informer", informer: informer.name, epoch: informer.epoch, ask });
}

function listAnswered(
  informer: Informer,
  client: ApiClient,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  context: Context,
  functions: IndexFunctions,
): Delta[] {
  const result = resultOf(message, listRequest(informer.resource, informer.namespace), client.server);
  if (!result.ok) {
    const tooOld = isExpired(result);
    if (tooOld && informer.listVersion !== "") {
      informer.listVersion = "";
      list(informer, client, context);
      return [];
    }
    failed(informer, context, "list", `failed to list ${goTypeOf(informer.resource)}: ${result.text}`);
    return [];
  }
  informer.resourceVersion = result.object.metadata?.resourceVersion ?? "";
  informer.listVersion = informer.resourceVersion;
  informer.hasSynced = true;
  const deltas = replaceAll(informer, (result.object.items ?? []) as readonly ApiObject[], context.trace, functions);
  watch(informer, client, context);
  return deltas;
}

function replaceAll(
  informer: Informer,
  items: readonly ApiObject[],
  trace: TraceRef,
  functions: IndexFunctions,
): Delta[] {
  const deltas: Delta[] = [];
  const gone = informer.store.objects.size === 0 ? null : new Set(informer.store.objects.keys());
  for (const object of items) {
    const key = keyOf(object);
    gone?.delete(key);
    const held = informer.store.objects.get(key);
    if (held !== undefined && held.metadata?.resourceVersion === object.metadata?.resourceVersion) continue;
    const old = putObject(informer.store, key, object, functions) ?? null;
    deltas.push({ type: old === null ? "added" : "updated", object, old, trace });
  }
  for (const key of gone ?? []) {
    const old = removeObject(informer.store, key, functions);
    if (old !== undefined) deltas.push({ type: "deleted", object: old, old, trace });
  }
  return deltas;
}

function frameArrived(
  informer: Informer,
  client: ApiClient,
  frame: WatchFrame,
  context: Context,
  functions: IndexFunctions,
): Delta[] {
  if (frame.type === "refused") {
    watchRefused(informer, frame.response, context);
    return [];
  }
  if (frame.type === "ERROR") {
    watchBroken(informer, client, frame.object, context);
    return [];
  }
  const version = frame.object.metadata?.resourceVersion;
  if (version !== undefined) {
    informer.resourceVersion = version;
    informer.listVersion = version;
  }
  if (frame.type === "BOOKMARK") return [];
  const trace = frame.trace ?? context.trace;
  const key = keyOf(frame.object);
  if (frame.type === "DELETED") {
    const old = removeObject(informer.store, key, functions);
    return old === undefined ? [] : [{ type: "deleted", object: frame.object, old, trace }];
  }
  const old = putObject(informer.store, key, frame.object, functions) ?? null;
  return [{ type: old === null ? "added" : "updated", object: frame.object, old, trace }];
}

/** A watch that was refused with 429 or 500 is tried again; anything else begins with a new list. */
function watchRefused(informer: Informer, response: ResourceResponse, context: Context): void {
  const message = typeof response.object.message === "string" ? response.object.message : "";
  if (isExpired(response)) informer.listVersion = "";
  if (response.code === 429 || response.code === 500) {
    backOff(informer, context, "watch");
    return;
  }
  failed(informer, context, "watch", `failed to watch ${goTypeOf(informer.resource)}: ${message}`);
}

/** An ERROR frame ends the watch. 410: the events since then are gone, so list anew. */
function watchBroken(informer: Informer, client: ApiClient, status: ApiObject, context: Context): void {
  if (informer.stream !== null) context.closeStream(informer.stream);
  informer.stream = null;
  const message = typeof status.message === "string" ? status.message : "";
  if (status.code === 410) {
    klog(
      context,
      "I",
      "reflector.go:1046",
      `"Watch close - too old resource version" reflector=${quote(REFLECTOR)} type=${quote(goTypeOf(informer.resource))}`,
    );
    informer.listVersion = "";
    backOff(informer, context, "list");
    return;
  }
  klog(
    context,
    "W",
    "reflector.go:492",
    `${REFLECTOR}: watch of ${goTypeOf(informer.resource)} ended with: ${message}`,
  );
  watch(informer, client, context);
}

/** In good order, or because the server went away: watch on from where it was. Only a failure to connect waits. */
function streamClosed(
  informer: Informer,
  client: ApiClient,
  message: Extract<KernelMessage, { type: "streamClosed" }>,
  context: Context,
): void {
  const opened = informer.stream !== null;
  informer.stream = null;
  if (informer.phase !== "watching") return;
  if (message.error === null || opened) {
    if (message.error === null && !opened) backOff(informer, context, "watch");
    else watch(informer, client, context);
    return;
  }
  if (message.error.kind === "refused") {
    backOff(informer, context, "watch");
    return;
  }
  const text = transportErrorText(watchRequest(informer.resource, informer.namespace), client.server, message.error);
  failed(informer, context, "watch", `failed to watch ${goTypeOf(informer.resource)}: ${text}`);
}

function failed(informer: Informer, context: Context, what: "list" | "watch", error: string): void {
  const type = goTypeOf(informer.resource);
  klog(
    context,
    "E",
    "reflector.go:200",
    `"Failed to watch" err=${quote(error)} logger="UnhandledError" reflector=${quote(REFLECTOR)} type=${quote(type)}`,
  );
  context.count(`reflector_${what}_failures_total`);
  backOff(informer, context, "list");
}

function backOff(informer: Informer, context: Context, next: "list" | "watch"): void {
  informer.phase = "backingOff";
  informer.epoch += 1;
  const timer: InformerTimer = { type: "machinery/informer", informer: informer.name, epoch: informer.epoch, next };
  context.setTimer(nextBackOffUs(informer.backOff, context.nowUs, context.random), timer);
}
