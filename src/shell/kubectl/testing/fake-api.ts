/**
 * A small API server in memory, for tests of kubectl: it stores objects, answers lists, tables, patches, watches, logs and
 * exec. It has no admission, defaulting or controllers: a test says what the cluster holds.
 */
import { matchesFields, parseFieldSelector } from "../../../sim/api/fields.ts";
import { KINDS, type Kind } from "../../../sim/api/kinds.ts";
import { matchesSelector, parseSelector } from "../../../sim/api/labels.ts";
import { applyMergePatch } from "../../../sim/api/patch/json-merge.ts";
import { applyJsonPatch, type JsonPatchOperation } from "../../../sim/api/patch/json-patch.ts";
import { formatTime } from "../../../sim/api/time.ts";
import type { ApiDoor, ConnectionFailure, HttpRequest, HttpResponse, HttpStream } from "../../doors.ts";
import { at, type Json, type JsonObject, objectOf, textOf, withAt } from "../json.ts";
import { aggregatedDiscovery, resourceList } from "./fake-discovery.ts";
import { tableOf } from "./fake-table.ts";
import { Queue } from "./queue.ts";

export interface Route {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

interface Watcher {
  readonly route: Route;
  readonly query: URLSearchParams;
  readonly asTable: boolean;
  readonly queue: Queue<string>;
}

type StrategicPatch = (kind: Kind, object: JsonObject, patch: JsonObject) => JsonObject;

export interface FakeOptions {
  readonly nowUs: () => number;
  readonly strategic?: StrategicPatch;
}

export class FakeApi implements ApiDoor {
  readonly server = "https://10.0.0.5:6443";
  readonly user = "kubernetes-admin";
  /** `GET /api/v1/...`, in order. */
  readonly requests: HttpRequest[] = [];
  /** What answers instead of the server: a failure, or an answer for some requests. */
  fault: ((request: HttpRequest) => ConnectionFailure | HttpResponse | null) | null = null;
  /** Text of a container's log by `namespace/pod/container`. */
  readonly logs = new Map<string, string>();
  /** What a command in a container does. */
  onExec: (
    command: readonly string[],
    stdin: string,
  ) => { readonly stdout: string; readonly stderr: string; readonly exitCode: number } = () => ({
    stdout: "",
    stderr: "",
    exitCode: 0,
  });
  readonly #objects = new Map<string, JsonObject>();
  readonly #watchers = new Set<Watcher>();
  readonly #options: FakeOptions;
  #revision = 100;
  #uids = 0;

  constructor(options: FakeOptions) {
    this.#options = options;
  }

  /** Puts an object into the cluster as it is, whatever it says. */
  put(object: JsonObject): JsonObject {
    const kind = KINDS.find((one) => one.kind === object.kind && apiVersionOf(one) === object.apiVersion);
    if (!kind) throw new Error(`No kind ${textOf(object.kind)}.`);
    const namespace = kind.namespaced ? textOf(at(object, "metadata", "namespace")) || "default" : "";
    return this.#store({ kind, namespace, name: textOf(at(object, "metadata", "name")), subresource: "" }, object);
  }

  /** Takes an object out, as if it had been deleted and finalized. */
  remove(kind: string, name: string, namespace = "default"): void {
    const found = KINDS.find((one) => one.kind === kind)!;
    this.#drop({ kind: found, namespace: found.namespaced ? namespace : "", name, subresource: "" });
  }

  object(kind: string, name: string, namespace = "default"): JsonObject | undefined {
    const found = KINDS.find((one) => one.kind === kind)!;
    return this.#objects.get(
      keyOf({ kind: found, namespace: found.namespaced ? namespace : "", name, subresource: "" }),
    );
  }

  async request(request: HttpRequest): Promise<HttpResponse | ConnectionFailure> {
    this.requests.push(request);
    return this.fault?.(request) ?? this.#answer(request);
  }

  async stream(request: HttpRequest): Promise<HttpStream | ConnectionFailure> {
    this.requests.push(request);
    const fault = this.fault?.(request);
    if (fault && "failure" in fault) return fault;
    const { route, query } = parsePath(request.path);
    const response: HttpResponse = { status: 200, headers: { "content-type": "application/json" }, body: "" };
    if (fault) return finished(fault);
    if (query.get("watch") === "true" && route) return this.#watch(route, query, request.headers.accept ?? "");
    if (route?.subresource === "exec") return this.#exec(query, response);
    const answer = this.#answer(request);
    return finished(answer);
  }

  #answer(request: HttpRequest): HttpResponse {
    const { path, query, route } = parsePath(request.path);
    if (path === "/api" || path === "/apis") return json(200, aggregatedDiscovery(path === "/api"));
    if (path === "/version")
      return json(200, { major: "1", minor: "33", gitVersion: "v1.33.1", platform: "linux/amd64" });
    if (/^\/(readyz|livez|healthz)/.test(path)) return { status: 200, headers: {}, body: "ok" };
    const list = resourceList(path);
    if (list) return json(200, list);
    if (!route) return json(404, status(404, "NotFound", "the server could not find the requested resource", {}));
    try {
      return this.#resource(request, route, query);
    } catch (error) {
      if (error instanceof Refusal) return json(error.code, error.body);
      throw error;
    }
  }

  #resource(request: HttpRequest, route: Route, query: URLSearchParams): HttpResponse {
    const asTable = (request.headers.accept ?? "").includes("as=Table");
    if (route.subresource === "log") return this.#log(route, query);
    if (route.subresource === "scale") return this.#scale(request, route);
    if (route.subresource === "eviction") {
      this.#find(route);
      this.#drop({ ...route, subresource: "" });
      return json(201, { kind: "Status", apiVersion: "v1", status: "Success" });
    }
    switch (request.method) {
      case "GET":
        return json(
          200,
          route.name === "" ? this.#list(route, query, asTable) : this.#shown(route, this.#find(route), asTable),
        );
      case "POST":
        return json(201, this.#create(route, JSON.parse(request.body) as JsonObject, query));
      case "PUT":
        return json(200, this.#change(route, JSON.parse(request.body) as JsonObject, query));
      case "PATCH":
        return json(200, this.#change(route, this.#patched(route, request), query));
      case "DELETE":
        return json(200, this.#delete(route, request.body));
      default:
        return json(
          405,
          status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {}),
        );
    }
  }

  #shown(route: Route, object: JsonObject, asTable: boolean): JsonObject {
    return asTable ? tableOf(route.kind, [object], this.#options.nowUs(), String(this.#revision)) : object;
  }

  #selected(route: Route, query: URLSearchParams): readonly JsonObject[] {
    const labels = parseSelector(query.get("labelSelector") ?? "");
    const fields = parseFieldSelector(query.get("fieldSelector") ?? "");
    const prefix = `${route.kind.group}/${route.kind.resource}/`;
    return [...this.#objects]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object)
      .filter((object) => route.namespace === "" || at(object, "metadata", "namespace") === route.namespace)
      .filter((object) => matchesSelector(labels, objectOf(at(object, "metadata", "labels")) as Record<string, string>))
      .filter((object) => matchesFields(fields, (name) => fieldOf(object, name)));
  }

  #list(route: Route, query: URLSearchParams, asTable: boolean): JsonObject {
    const items = this.#selected(route, query);
    const resourceVersion = String(this.#revision);
    if (asTable) return tableOf(route.kind, items, this.#options.nowUs(), resourceVersion);
    const bare = items.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest as JsonObject);
    return {
      kind: route.kind.listKind,
      apiVersion: apiVersionOf(route.kind),
      metadata: { resourceVersion },
      items: bare,
    };
  }

  #find(route: Route): JsonObject {
    const object = this.#objects.get(keyOf(route));
    if (object) return object;
    const { kind, name } = route;
    throw new Refusal(
      404,
      status(404, "NotFound", `${qualified(kind)} "${name}" not found`, {
        name,
        group: kind.group,
        kind: kind.resource,
      }),
    );
  }

  #create(route: Route, sent: JsonObject, query: URLSearchParams): JsonObject {
    if (route.subresource === "token") {
      return {
        ...sent,
        status: { token: "a-token", expirationTimestamp: formatTime(this.#options.nowUs() + 3_600_000_000) },
      };
    }
    const { kind } = route;
    if (kind.resource === "selfsubjectreviews") {
      return {
        ...sent,
        status: {
          userInfo: { username: "kubernetes-admin", groups: ["kubeadm:cluster-admins", "system:authenticated"] },
        },
      };
    }
    if (kind.resource === "selfsubjectaccessreviews") return { ...sent, status: { allowed: true } };
    const name = textOf(at(sent, "metadata", "name"));
    const full = { ...route, name };
    if (this.#objects.has(keyOf(full))) {
      const details = { name, group: kind.group, kind: kind.resource };
      throw new Refusal(409, status(409, "AlreadyExists", `${qualified(kind)} "${name}" already exists`, details));
    }
    const metadata: JsonObject = {
      ...objectOf(sent.metadata),
      ...(kind.namespaced ? { namespace: route.namespace } : {}),
      uid: `00000000-0000-4000-8000-${String(++this.#uids).padStart(12, "0")}`,
      creationTimestamp: formatTime(this.#options.nowUs()),
    };
    const object = { ...sent, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata };
    return query.get("dryRun") ? object : this.#store(full, object);
  }

  #change(route: Route, object: JsonObject, query: URLSearchParams): JsonObject {
    const stored = this.#find({ ...route, subresource: "" });
    if (query.get("dryRun") || JSON.stringify(stored) === JSON.stringify(object)) return object;
    return this.#store({ ...route, subresource: "" }, object);
  }

  #patched(route: Route, request: HttpRequest): JsonObject {
    const object = this.#find({ ...route, subresource: "" });
    const patch = JSON.parse(request.body) as JsonObject;
    const type = request.headers["content-type"] ?? "";
    if (type.includes("json-patch")) {
      return applyJsonPatch(object, patch as unknown as readonly JsonPatchOperation[]) as JsonObject;
    }
    if (type.includes("strategic") && this.#options.strategic)
      return this.#options.strategic(route.kind, object, patch);
    return applyMergePatch(object, patch) as JsonObject;
  }

  #delete(route: Route, body: string): JsonObject {
    const object = this.#find(route);
    const dryRun = body !== "" && Array.isArray((JSON.parse(body) as JsonObject).dryRun);
    const finalizers = at(object, "metadata", "finalizers");
    if (!dryRun && Array.isArray(finalizers) && finalizers.length > 0) {
      return this.#store(route, withAt(object, ["metadata", "deletionTimestamp"], formatTime(this.#options.nowUs())));
    }
    if (!dryRun) this.#drop(route);
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: { name: route.name, kind: route.kind.resource },
    };
  }

  #scale(request: HttpRequest, route: Route): HttpResponse {
    const object = this.#find({ ...route, subresource: "" });
    if (request.method !== "GET") {
      const replicas = at(JSON.parse(request.body), "spec", "replicas") as number;
      this.#store({ ...route, subresource: "" }, withAt(object, ["spec", "replicas"], replicas));
    }
    const now = this.#find({ ...route, subresource: "" });
    const { name, namespace, uid, resourceVersion } = objectOf(now.metadata);
    return json(200, {
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      metadata: { name, namespace, uid, resourceVersion },
      spec: { replicas: at(now, "spec", "replicas") ?? 1 },
      status: { replicas: at(now, "status", "replicas") ?? 0 },
    });
  }

  #log(route: Route, query: URLSearchParams): HttpResponse {
    this.#find({ ...route, subresource: "" });
    const text = this.logs.get(`${route.namespace}/${route.name}/${query.get("container") ?? ""}`);
    if (text === undefined) {
      const message = `container "${query.get("container")}" in pod "${route.name}" is waiting to start: ContainerCreating`;
      return json(400, status(400, "BadRequest", message, {}));
    }
    const tail = query.get("tailLines");
    const lines = text.split("\n").slice(0, -1);
    const shown = tail === null ? lines : lines.slice(Math.max(0, lines.length - Number(tail)));
    return { status: 200, headers: { "content-type": "text/plain" }, body: shown.map((line) => `${line}\n`).join("") };
  }

  #exec(query: URLSearchParams, response: HttpResponse): HttpStream {
    const queue = new Queue<{ readonly type: "channel"; readonly channel: number; readonly data: string }>();
    let stdin = "";
    const finish = (): void => {
      const { stdout, stderr, exitCode } = this.onExec(query.getAll("command"), stdin);
      if (stdout) queue.push({ type: "channel", channel: 1, data: stdout });
      if (stderr) queue.push({ type: "channel", channel: 2, data: stderr });
      queue.push({ type: "channel", channel: 3, data: JSON.stringify(exitStatus(exitCode)) });
      queue.end();
    };
    if (query.get("stdin") !== "true") finish();
    return {
      response,
      frames: queue,
      send: (frame) => {
        if (frame.type !== "channel") return;
        if (frame.channel === 255) finish();
        else stdin += frame.data;
      },
      close: () => queue.end(),
    };
  }

  #watch(route: Route, query: URLSearchParams, accept: string): HttpStream {
    const queue = new Queue<string>();
    const watcher: Watcher = { route, query, asTable: accept.includes("as=Table"), queue };
    if (["", "0"].includes(query.get("resourceVersion") ?? "")) {
      for (const object of this.#selected(route, query)) queue.push(this.#event(watcher, "ADDED", object));
    }
    this.#watchers.add(watcher);
    return {
      response: { status: 200, headers: { "content-type": "application/json" }, body: "" },
      frames: chunks(queue),
      send: () => {},
      close: () => {
        this.#watchers.delete(watcher);
        queue.end();
      },
    };
  }

  /** Ends all watches, as a server does from time to time. */
  endWatches(): void {
    for (const watcher of this.#watchers) watcher.queue.end();
    this.#watchers.clear();
  }

  get watching(): number {
    return this.#watchers.size;
  }

  #event(watcher: Watcher, type: string, object: JsonObject): string {
    return `${JSON.stringify({ type, object: this.#shown(watcher.route, object, watcher.asTable) })}\n`;
  }

  #notify(type: string, route: Route, object: JsonObject): void {
    for (const watcher of this.#watchers) {
      if (watcher.route.kind !== route.kind) continue;
      if (watcher.route.namespace !== "" && watcher.route.namespace !== route.namespace) continue;
      const fields = parseFieldSelector(watcher.query.get("fieldSelector") ?? "");
      const labels = parseSelector(watcher.query.get("labelSelector") ?? "");
      if (!matchesFields(fields, (name) => fieldOf(object, name))) continue;
      if (!matchesSelector(labels, objectOf(at(object, "metadata", "labels")) as Record<string, string>)) continue;
      watcher.queue.push(this.#event(watcher, type, object));
    }
  }

  #store(route: Route, object: JsonObject): JsonObject {
    const type = this.#objects.has(keyOf(route)) ? "MODIFIED" : "ADDED";
    const stored = withAt(object, ["metadata", "resourceVersion"], String(++this.#revision));
    const placed = route.kind.namespaced ? withAt(stored, ["metadata", "namespace"], route.namespace) : stored;
    this.#objects.set(keyOf(route), placed);
    this.#notify(type, route, placed);
    return placed;
  }

  #drop(route: Route): void {
    const object = this.#objects.get(keyOf(route));
    this.#revision += 1;
    this.#objects.delete(keyOf(route));
    if (object) this.#notify("DELETED", route, object);
  }
}

class Refusal extends Error {
  readonly code: number;
  readonly body: JsonObject;
  constructor(code: number, body: JsonObject) {
    super("refused");
    this.code = code;
    this.body = body;
  }
}

function keyOf({ kind, namespace, name }: Route): string {
  return `${kind.group}/${kind.resource}/${namespace}/${name}`;
}

function apiVersionOf(kind: Kind): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

function qualified(kind: Kind): string {
  return kind.group === "" ? kind.resource : `${kind.resource}.${kind.group}`;
}

function parsePath(text: string): {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly route: Route | null;
} {
  const [path = "", search = ""] = text.split("?");
  const query = new URLSearchParams(search);
  const match =
    /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/[^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      path,
    );
  if (!match) return { path, query, route: null };
  let [, group = "", version, namespace = "", resource, name = "", subresource = ""] = match;
  if (namespace !== "" && /^(status|finalize)$/.test(resource!)) {
    [subresource, name, resource, namespace] = [resource!, namespace, "namespaces", ""];
  }
  const kind = KINDS.find((one) => one.group === group && one.version === version && one.resource === resource);
  return { path, query, route: kind ? { kind, namespace, name: decodeURIComponent(name), subresource } : null };
}

function fieldOf(object: JsonObject, name: string): string {
  const value = at(object, ...name.split("."));
  return value === undefined || value === null ? "" : String(value);
}

function status(code: number, reason: string, message: string, details: JsonObject): JsonObject {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, details, code };
}

function exitStatus(exitCode: number): JsonObject {
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] },
  };
}

function json(code: number, body: Json): HttpResponse {
  const aggregated = (body as JsonObject).kind === "APIGroupDiscoveryList";
  const type = aggregated ? "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" : "application/json";
  return { status: code, headers: { "content-type": type }, body: JSON.stringify(body) };
}

function finished(response: HttpResponse): HttpStream {
  const queue = new Queue<string>();
  if (response.body !== "") queue.push(response.body);
  queue.end();
  return { response: { ...response, body: "" }, frames: chunks(queue), send: () => {}, close: () => {} };
}

async function* chunks(queue: Queue<string>): AsyncGenerator<{ readonly type: "chunk"; readonly data: string }> {
  for await (const data of queue) yield { type: "chunk", data };
}
