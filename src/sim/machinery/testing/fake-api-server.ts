import { generateName, randomUid } from "../../api/hash.ts";
import { matchesSelector, parseSelector } from "../../api/labels.ts";
import { type ApiObject, deepFreeze, type ObjectMeta } from "../../api/object.ts";
import { formatTime } from "../../api/time.ts";
import type { ResourceRequest, ResourceResponse, WatchFrame } from "../../components/kube-apiserver/messages.ts";
import type { Component, Context, KernelMessage, StreamId, TraceRef } from "../../kernel/types.ts";
import { keyOf } from "../store.ts";
import { mergePatch } from "./fake-patch.ts";

/**
 * A small API server in memory, for tests of components that speak `ResourceRequest` and `WatchFrame`: no
 * authentication, defaulting or validation. It keeps resource versions, generations, graceful deletion of bound pods,
 * finalizers, selectors, status and binding subresources as the real one does.
 */
export interface FakeApiServerState {
  version: number;
  /** `group/resource` -> key -> object. */
  readonly objects: Map<string, Map<string, ApiObject>>;
  readonly watches: Map<StreamId, ResourceRequest>;
  /** Every write that was asked for, oldest first: `POST pods default/web-1`. */
  readonly requests: string[];
  /** Refuse what begins with this text (as in `requests`) with code and reason, as long as it is there. */
  readonly refusals: Map<string, { readonly code: number; readonly reason: string; readonly message: string }>;
}

export interface FakeApiServerArgs {
  /** Objects that are there from the start, each with `apiVersion` and `kind`, by resource (`apps/deployments`). */
  readonly objects?: Readonly<Record<string, readonly ApiObject[]>>;
  readonly port?: number;
}

export const fakeApiServer: Component<FakeApiServerState> = {
  kind: "fake-api-server",
  start(context, args) {
    const options = (args ?? {}) as FakeApiServerArgs;
    const state: FakeApiServerState = {
      version: 1,
      objects: new Map(),
      watches: new Map(),
      requests: [],
      refusals: new Map(),
    };
    context.listen(options.port ?? 6443);
    for (const [resource, objects] of Object.entries(options.objects ?? {})) {
      for (const object of objects) plantObject(state, resource, object);
    }
    return state;
  },
  step(state, message, context) {
    switch (message.type) {
      case "request": {
        const response = answer(state, message.body as ResourceRequest, context);
        context.respond(message.id, response);
        return;
      }
      case "streamOpened":
        openWatch(state, message.id, message.body as ResourceRequest, context);
        return;
      case "streamClosed":
        state.watches.delete(message.id);
        return;
      case "input":
        applyInput(state, message, context);
        return;
      default:
    }
  },
};

/** Puts an object into the store as if it had been there before any watch began. */
export function plantObject(state: FakeApiServerState, resource: string, object: ApiObject): ApiObject {
  state.version += 1;
  const planted = deepFreeze({
    ...object,
    metadata: {
      uid: `uid-${object.metadata?.name}`,
      creationTimestamp: "2026-11-20T09:00:00Z",
      ...object.metadata,
      resourceVersion: String(state.version),
    },
  });
  tableOf(state, resource).set(keyOf(planted), planted);
  return planted;
}

/**
 * What a person does in a test: `{request: ResourceRequest}`; the answer is emitted. `{expire: true}` ends every watch
 * with 410, as when its resource version was compacted away.
 */
function applyInput(
  state: FakeApiServerState,
  message: Extract<KernelMessage, { type: "input" }>,
  context: Context,
): void {
  const input = message.input as { readonly request: ResourceRequest } | { readonly expire: true };
  if ("expire" in input) {
    for (const id of state.watches.keys()) {
      const frame: WatchFrame = {
        type: "ERROR",
        object: refuse(410, "Expired", "too old resource version: 1 (2)").object,
      };
      context.sendFrame(id, frame);
    }
    state.watches.clear();
    return;
  }
  context.emit(answer(state, input.request, context));
}

function tableOf(state: FakeApiServerState, resource: string): Map<string, ApiObject> {
  let table = state.objects.get(resource);
  if (table === undefined) {
    table = new Map();
    state.objects.set(resource, table);
  }
  return table;
}

function resourceKey(request: ResourceRequest): string {
  return request.group === "" ? request.resource : `${request.group}/${request.resource}`;
}

const METHODS = { create: "POST", update: "PUT", patch: "PATCH", delete: "DELETE" } as const;

function answer(state: FakeApiServerState, request: ResourceRequest, context: Context): ResourceResponse {
  const key = request.namespace === "" ? request.name : `${request.namespace}/${request.name}`;
  const method = METHODS[request.verb as keyof typeof METHODS];
  if (method !== undefined) {
    const suffix = request.subresource === "" ? "" : `/${request.subresource}`;
    const line = `${method} ${request.resource}${suffix} ${key}`;
    state.requests.push(line);
    for (const [prefix, refusal] of state.refusals) {
      if (line.startsWith(prefix)) return refuse(refusal.code, refusal.reason, refusal.message);
    }
  }
  switch (request.verb) {
    case "get": {
      const found = tableOf(state, resourceKey(request)).get(key);
      return found === undefined ? notFound(request) : ok(200, found);
    }
    case "list":
      return list(state, request);
    case "create":
      return create(state, request, context);
    case "update":
      return update(state, request, key, context);
    case "patch":
      return patch(state, request, key, context);
    case "delete":
      return remove(state, request, key, context);
    case "deletecollection":
      return removeAll(state, request, context);
    case "watch":
      return refuse(400, "BadRequest", "a watch is a stream");
  }
}

function ok(code: number, object: ApiObject): ResourceResponse {
  return { type: "resource", code, object };
}

function refuse(code: number, reason: string, message: string): ResourceResponse {
  const object = deepFreeze({ kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code });
  return { type: "resource", code, object };
}

function notFound(request: ResourceRequest): ResourceResponse {
  const full = request.group === "" ? request.resource : `${request.resource}.${request.group}`;
  return refuse(404, "NotFound", `${full} "${request.name}" not found`);
}

function selects(request: ResourceRequest, object: ApiObject): boolean {
  if (request.namespace !== "" && object.metadata?.namespace !== request.namespace) return false;
  const { labelSelector, fieldSelector } = request.options;
  if (labelSelector && !matchesSelector(parseSelector(labelSelector), object.metadata?.labels)) return false;
  for (const term of fieldSelector ? fieldSelector.split(",") : []) {
    const not = term.includes("!=");
    const [path = "", wanted = ""] = term.split(not ? "!=" : "=");
    let value: unknown = object;
    for (const part of path.split(".")) value = (value as Record<string, unknown> | undefined)?.[part];
    if ((String(value ?? "") === wanted) === not) return false;
  }
  return true;
}

function list(state: FakeApiServerState, request: ResourceRequest): ResourceResponse {
  const items = [...tableOf(state, resourceKey(request)).values()].filter((object) => selects(request, object));
  const object = deepFreeze({
    kind: "List",
    apiVersion: "v1",
    metadata: { resourceVersion: String(state.version) },
    items,
  });
  return ok(200, object);
}

function openWatch(state: FakeApiServerState, id: StreamId, request: ResourceRequest, context: Context): void {
  state.watches.set(id, request);
  const since = Number(request.options.resourceVersion ?? "0");
  for (const object of tableOf(state, resourceKey(request)).values()) {
    if (Number(object.metadata?.resourceVersion) > since && selects(request, object)) {
      const frame: WatchFrame = { type: "ADDED", object };
      context.sendFrame(id, frame);
    }
  }
}

function create(state: FakeApiServerState, request: ResourceRequest, context: Context): ResourceResponse {
  const body = request.body as ApiObject;
  if (request.subresource === "binding") return bind(state, request, body, context);
  if (request.subresource === "token") {
    return ok(201, deepFreeze({ kind: "TokenRequest", status: { token: `token-of-${request.name}` } }));
  }
  if (request.subresource !== "") return refuse(405, "MethodNotAllowed", "not served");
  const metadata = body.metadata ?? {};
  const name = metadata.name || generateName(metadata.generateName ?? "", (bound) => context.random.int(bound));
  const table = tableOf(state, resourceKey(request));
  const object = {
    ...body,
    metadata: {
      ...metadata,
      name,
      uid: randomUid((bound) => context.random.int(bound)),
      creationTimestamp: formatTime(context.wallUs()),
      ...(body.spec === undefined ? {} : { generation: 1 }),
    },
  };
  if (table.has(keyOf(object))) {
    return refuse(409, "AlreadyExists", `${request.resource} "${name}" already exists`);
  }
  return ok(201, store(state, request, object, "ADDED", context));
}

function bind(
  state: FakeApiServerState,
  request: ResourceRequest,
  body: ApiObject,
  context: Context,
): ResourceResponse {
  const key = `${request.namespace}/${request.name}`;
  const pod = tableOf(state, "pods").get(key);
  if (pod === undefined) return notFound(request);
  const target = body.target as { readonly name: string };
  const spec = { ...(pod.spec as Record<string, unknown>), nodeName: target.name };
  store(state, request, { ...pod, spec }, "MODIFIED", context);
  return ok(201, deepFreeze({ kind: "Status", status: "Success", code: 201 }));
}

function update(state: FakeApiServerState, request: ResourceRequest, key: string, context: Context): ResourceResponse {
  const old = tableOf(state, resourceKey(request)).get(key);
  if (old === undefined) return notFound(request);
  const body = request.body as ApiObject;
  const version = body.metadata?.resourceVersion;
  if (version && version !== old.metadata?.resourceVersion) {
    const message = `Operation cannot be fulfilled on ${request.resource} "${request.name}": the object has been modified; please apply your changes to the latest version and try again`;
    return refuse(409, "Conflict", message);
  }
  return ok(200, replace(state, request, old, body, context));
}

function patch(state: FakeApiServerState, request: ResourceRequest, key: string, context: Context): ResourceResponse {
  const old = tableOf(state, resourceKey(request)).get(key);
  if (old === undefined) return notFound(request);
  const wanted = (request.body as ApiObject).metadata?.uid;
  if (wanted !== undefined && wanted !== old.metadata?.uid)
    return refuse(409, "Conflict", "uid in precondition differs");
  const body = mergePatch(old, request.body, request.patchType === "strategic") as ApiObject;
  return ok(200, replace(state, request, old, body, context));
}

function replace(
  state: FakeApiServerState,
  request: ResourceRequest,
  old: ApiObject,
  body: ApiObject,
  context: Context,
): ApiObject {
  const isStatus = request.subresource === "status";
  const base = isStatus ? { ...old, status: body.status } : { ...body, status: old.status ?? body.status };
  const metadata = (
    isStatus
      ? { ...old.metadata, annotations: body.metadata?.annotations }
      : request.subresource === ""
        ? body.metadata
        : old.metadata
  ) as ObjectMeta;
  const specChanged = !isStatus && JSON.stringify(old.spec) !== JSON.stringify(body.spec);
  const kept = {
    uid: old.metadata?.uid,
    creationTimestamp: old.metadata?.creationTimestamp,
    ...(old.metadata?.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.metadata.deletionTimestamp }),
    ...(old.metadata?.generation === undefined ? {} : { generation: old.metadata.generation + (specChanged ? 1 : 0) }),
  };
  const object = { ...base, metadata: { ...metadata, ...kept } } as ApiObject;
  const namespaceEmptied = request.subresource === "finalize" && finalizersOf(object) === 0;
  if (object.metadata?.deletionTimestamp !== undefined && finalizersOf(object) === 0) {
    if (namespaceEmptied || (request.resource !== "pods" && request.resource !== "namespaces")) {
      return drop(state, request, object, context);
    }
  }
  return store(state, request, object, "MODIFIED", context);
}

function finalizersOf(object: ApiObject): number {
  const spec = object.spec as { readonly finalizers?: readonly string[] } | undefined;
  return (
    (object.metadata?.finalizers?.length ?? 0) + (object.kind === "Namespace" ? (spec?.finalizers?.length ?? 0) : 0)
  );
}

function remove(state: FakeApiServerState, request: ResourceRequest, key: string, context: Context): ResourceResponse {
  const old = tableOf(state, resourceKey(request)).get(key);
  if (old === undefined) return notFound(request);
  const { preconditions, propagationPolicy, gracePeriodSeconds } = request.options;
  if (preconditions?.uid !== undefined && preconditions.uid !== old.metadata?.uid) {
    return refuse(409, "Conflict", "the UID in the precondition does not match the UID in record");
  }
  const isBound = request.resource === "pods" && Boolean((old.spec as { readonly nodeName?: string })?.nodeName);
  const finalizers = [...(old.metadata?.finalizers ?? [])];
  if (propagationPolicy === "Orphan") finalizers.push("orphan");
  if (propagationPolicy === "Foreground") finalizers.push("foregroundDeletion");
  const waits = finalizersOf(old) > 0 || finalizers.length > 0 || (isBound && gracePeriodSeconds !== 0);
  if (!waits) {
    drop(state, request, old, context);
    return ok(200, deepFreeze({ kind: "Status", status: "Success", details: { name: request.name } }));
  }
  const deleting = { deletionTimestamp: formatTime(context.wallUs() + 30_000_000), deletionGracePeriodSeconds: 30 };
  const metadata = { ...old.metadata, ...(finalizers.length > 0 ? { finalizers } : {}), ...deleting };
  const status = request.resource === "namespaces" ? { status: { phase: "Terminating" } } : {};
  return ok(200, store(state, request, { ...old, ...status, metadata }, "MODIFIED", context));
}

function removeAll(state: FakeApiServerState, request: ResourceRequest, context: Context): ResourceResponse {
  for (const [key, object] of [...tableOf(state, resourceKey(request))]) {
    if (selects(request, object)) remove(state, { ...request, name: object.metadata?.name ?? "" }, key, context);
  }
  return ok(200, deepFreeze({ kind: "Status", status: "Success" }));
}

function store(
  state: FakeApiServerState,
  request: ResourceRequest,
  object: ApiObject,
  type: "ADDED" | "MODIFIED",
  context: Context,
): ApiObject {
  state.version += 1;
  const metadata = { ...object.metadata, resourceVersion: String(state.version) };
  const stored = deepFreeze({ ...object, metadata }) as ApiObject;
  tableOf(state, resourceKey(request)).set(keyOf(stored), stored);
  announce(state, request, type, stored, context);
  return stored;
}

function drop(state: FakeApiServerState, request: ResourceRequest, object: ApiObject, context: Context): ApiObject {
  state.version += 1;
  const last = deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(state.version) } });
  tableOf(state, resourceKey(request)).delete(keyOf(object));
  announce(state, request, "DELETED", last, context);
  return last;
}

/** Label and field selectors of watches are judged on the new object alone. */
function announce(
  state: FakeApiServerState,
  request: ResourceRequest,
  type: "ADDED" | "MODIFIED" | "DELETED",
  object: ApiObject,
  context: Context,
): void {
  const trace: TraceRef = context.trace;
  for (const [id, watch] of state.watches) {
    if (resourceKey(watch) !== resourceKey(request) || !selects(watch, object)) continue;
    const frame: WatchFrame = { type, object, trace };
    context.sendFrame(id, frame);
  }
}
