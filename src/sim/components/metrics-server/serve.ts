import { matchesFields, parseFieldSelector } from "../../api/fields.ts";
import { matchesSelector, parseSelector } from "../../api/labels.ts";
import type { ApiObject } from "../../api/object.ts";
import { addQuantities } from "../../api/quantity.ts";
import { badRequest, methodNotSupported, notFound, pathNotFound } from "../../api/status-errors.ts";
import type { Store } from "../../machinery/store.ts";
import type { HttpRequest, HttpResponse } from "../kube-apiserver/messages.ts";
import { type Looks, nodeMetrics, podMetrics } from "./usage.ts";

const GROUP = "metrics.k8s.io";
const API_VERSION = `${GROUP}/v1beta1`;
const ROOT = `/apis/${API_VERSION}`;

/** What a request is about. */
export type Asked =
  | { readonly what: "document"; readonly document: unknown }
  | { readonly what: "refused"; readonly code: number; readonly status: unknown }
  | { readonly what: "nodes" | "pods"; readonly namespace: string; readonly name: string; readonly query: Query };

type Query = ReadonlyMap<string, string>;

const RESOURCES = [
  { name: "nodes", singularName: "", namespaced: false, kind: "NodeMetrics", verbs: ["get", "list"] },
  { name: "pods", singularName: "", namespaced: true, kind: "PodMetrics", verbs: ["get", "list"] },
] as const;

export function askedOf(request: HttpRequest): Asked {
  const [path = "", queryText = ""] = request.path.split("?", 2);
  if (path === ROOT || path === `${ROOT}/`) {
    const document = { kind: "APIResourceList", apiVersion: "v1", groupVersion: API_VERSION, resources: RESOURCES };
    return { what: "document", document };
  }
  if (path === `/apis/${GROUP}`) {
    const version = { groupVersion: API_VERSION, version: "v1beta1" };
    const document = {
      kind: "APIGroup",
      apiVersion: "v1",
      name: GROUP,
      versions: [version],
      preferredVersion: version,
    };
    return { what: "document", document };
  }
  const match = /^\/(?:namespaces\/([^/]+)\/)?(nodes|pods)(?:\/([^/]+))?$/.exec(
    path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length) : "",
  );
  const [, namespace = "", what = "", name = ""] = match ?? [];
  if (match === null || (what === "nodes" && namespace !== "") || (what === "pods" && name !== "" && namespace === ""))
    return { what: "refused", code: 404, status: pathNotFound() };
  if (request.method !== "GET" && request.method !== "HEAD") {
    const status = methodNotSupported({ group: GROUP, resource: what }, verbOf(request.method));
    return { what: "refused", code: 405, status };
  }
  return { what: what as "nodes" | "pods", namespace, name, query: parseQuery(queryText) };
}

function verbOf(method: string): string {
  return { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" }[method] ?? method.toLowerCase();
}

function parseQuery(text: string): Query {
  return new Map(
    text.split("&").flatMap((pair): [string, string][] => {
      const [name = "", value = ""] = pair.split("=", 2);
      return name === "" ? [] : [[decodeURIComponent(name), decodeURIComponent(value.replaceAll("+", " "))]];
    }),
  );
}

interface Known {
  readonly nodes: Store;
  readonly pods: Store;
  /** By node; empty before there are any. */
  readonly looks: ReadonlyMap<string, Looks>;
  readonly resolutionUs: number;
}

/** The answer to a request for metrics, once the figures are there. */
export function metricsAnswer(
  asked: Extract<Asked, { what: "nodes" | "pods" }>,
  accept: string,
  known: Known,
): HttpResponse {
  const isNodes = asked.what === "nodes";
  let objects: readonly ApiObject[];
  try {
    objects = select(asked, isNodes ? known.nodes : known.pods);
  } catch (error) {
    return json(400, badRequest((error as Error).message));
  }
  const items = objects.flatMap((object) => {
    const metrics = isNodes ? ofNode(object, known) : ofPod(object, known);
    return metrics === null ? [] : [metrics];
  });
  const kind = isNodes ? "NodeMetrics" : "PodMetrics";
  if (accept.includes("as=Table")) return json(200, tableOf(items));
  if (asked.name === "") {
    return json(200, { kind: `${kind}List`, apiVersion: API_VERSION, metadata: {}, items });
  }
  const [item] = items;
  if (item === undefined) {
    const name = isNodes ? asked.name : `${asked.namespace}/${asked.name}`;
    return json(404, notFound({ group: GROUP, resource: isNodes ? "nodemetrics" : "podmetrics" }, name));
  }
  return json(200, { kind, apiVersion: API_VERSION, ...item });
}

function select({ namespace, name, query }: Extract<Asked, { what: "nodes" | "pods" }>, store: Store): ApiObject[] {
  if (name !== "") {
    const found = store.objects.get(namespace === "" ? name : `${namespace}/${name}`);
    return found === undefined ? [] : [found];
  }
  const labels = parseSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "");
  const found: ApiObject[] = [];
  store.objects.forEach((object) => {
    const { metadata } = object;
    if (namespace !== "" && metadata?.namespace !== namespace) return;
    if (!matchesSelector(labels, metadata?.labels)) return;
    const isField = matchesFields(fields, (path) =>
      path === "metadata.name"
        ? (metadata?.name ?? "")
        : path === "metadata.namespace"
          ? (metadata?.namespace ?? "")
          : "",
    );
    if (isField) found.push(object);
  });
  return found;
}

function ofNode(node: ApiObject, { looks }: Known): ApiObject | null {
  const found = looks.get(node.metadata?.name ?? "");
  return found === undefined ? null : nodeMetrics(node, found);
}

function ofPod(pod: ApiObject, { looks, resolutionUs }: Known): ApiObject | null {
  const { nodeName = "" } = (pod.spec ?? {}) as { readonly nodeName?: string };
  const found = looks.get(nodeName);
  return found === undefined ? null : podMetrics(pod, found, resolutionUs);
}

interface Measured extends ApiObject {
  readonly window?: string;
  readonly usage?: { readonly cpu: string; readonly memory: string };
  readonly containers?: readonly { readonly usage: { readonly cpu: string; readonly memory: string } }[];
}

const COLUMNS = [
  { name: "Name", type: "string", format: "name", description: "Name of the resource", priority: 0 },
  { name: "cpu", type: "string", format: "", description: "", priority: 0 },
  { name: "memory", type: "string", format: "", description: "", priority: 0 },
  { name: "Window", type: "string", format: "", description: "", priority: 0 },
] as const;

function tableOf(items: readonly ApiObject[]): unknown {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: {},
    columnDefinitions: COLUMNS,
    rows: (items as readonly Measured[]).map((item) => ({
      cells: [item.metadata?.name, sum(item, "cpu"), sum(item, "memory"), item.window],
      object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: item.metadata },
    })),
  };
}

function sum({ usage, containers }: Measured, resource: "cpu" | "memory"): string {
  if (usage !== undefined) return usage[resource];
  return (containers ?? []).map((container) => container.usage[resource]).reduce(addQuantities, "0");
}

export function json(status: number, body: unknown): HttpResponse {
  const headers = { "content-type": "application/json", "cache-control": "no-cache, private" };
  return { type: "http", status, headers, body: `${JSON.stringify(body)}\n` };
}
