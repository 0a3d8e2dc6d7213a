import type { Kind, Subresource } from "../../../api/kinds.ts";
import type { JsonSchema, SchemaCollector } from "./schemas.ts";

type Paths = Readonly<Record<string, unknown>>;

const PATCH_TYPES = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];

/** Of a collection and of one object: verb of the API, method, action. */
const ON_COLLECTION = [
  ["list", "get", "list"],
  ["create", "post", "post"],
  ["deletecollection", "delete", "deletecollection"],
] as const;
const ON_OBJECT = [
  ["get", "get", "get"],
  ["update", "put", "put"],
  ["create", "post", "post"],
  ["patch", "patch", "patch"],
  ["delete", "delete", "delete"],
] as const;

interface Target {
  readonly kind: Kind;
  readonly schema: JsonSchema;
  /** What the operations speak of: the kind itself, or that of a subresource. */
  readonly gvk: JsonSchema;
}

/** The paths of one resource below `/apis/GROUP/VERSION`. */
export function pathsOf(root: string, kind: Kind, schemas: SchemaCollector): Paths {
  const schema = schemas.addKind(kind);
  const gvk = { group: kind.group, kind: kind.kind, version: kind.version };
  const target: Target = { kind, schema, gvk };
  const base = `${root}${kind.namespaced ? "/namespaces/{namespace}" : ""}/${kind.resource}`;
  const item = `${base}/{name}`;
  const paths: Record<string, unknown> = {};
  const collection = operationsOf(target, ON_COLLECTION, kind.verbs);
  if (collection !== null) paths[base] = collection;
  const own = operationsOf(
    target,
    ON_OBJECT.filter(([verb]) => verb !== "create"),
    kind.verbs,
  );
  if (own !== null) paths[item] = own;
  if (kind.namespaced && kind.verbs.includes("list")) {
    const everywhere = operationsOf(target, ON_COLLECTION.slice(0, 1), kind.verbs);
    if (everywhere !== null) paths[`${root}/${kind.resource}`] = everywhere;
  }
  for (const sub of kind.subresources) {
    const operations = operationsOf(targetOfSub(kind, sub, schema, schemas), ON_OBJECT, sub.verbs);
    if (operations !== null) paths[`${item}/${sub.name}`] = operations;
  }
  return paths;
}

function targetOfSub(kind: Kind, sub: Subresource, schema: JsonSchema, schemas: SchemaCollector): Target {
  const { group, version } = sub;
  const isOwn = sub.kind === kind.kind && group === kind.group && version === kind.version;
  return {
    kind,
    schema: isOwn ? schema : schemas.addForeign(group, version, sub.kind),
    gvk: { group, kind: sub.kind, version },
  };
}

function operationsOf(
  target: Target,
  methods: readonly (readonly [verb: string, method: string, action: string])[],
  verbs: readonly string[],
): Paths | null {
  const operations: Record<string, unknown> = {};
  for (const [verb, method, action] of methods)
    if (verbs.includes(verb)) operations[method] = operation(target, method, action);
  return Object.keys(operations).length === 0 ? null : operations;
}

function query(name: string, type = "string"): JsonSchema {
  return { name, in: "query", schema: { type, uniqueItems: true } };
}

const WRITE_PARAMETERS = [query("dryRun"), query("fieldManager"), query("fieldValidation")];
const LIST_PARAMETERS = [
  query("allowWatchBookmarks", "boolean"),
  query("continue"),
  query("fieldSelector"),
  query("labelSelector"),
  query("limit", "integer"),
  query("resourceVersion"),
  query("resourceVersionMatch"),
  query("sendInitialEvents", "boolean"),
  query("timeoutSeconds", "integer"),
  query("watch", "boolean"),
];

function operation({ kind, schema, gvk }: Target, method: string, action: string): JsonSchema {
  const content = { "application/json": { schema }, "application/yaml": { schema } };
  const responses = { "200": { description: "OK", content }, "401": { description: "Unauthorized" } };
  const tag = kind.group === "" ? `core_${kind.version}` : `${kind.group.split(".")[0]}_${kind.version}`;
  const common = { tags: [tag], responses, "x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk };
  switch (method) {
    case "post":
    case "put":
      return { ...common, parameters: WRITE_PARAMETERS, requestBody: { content: { "*/*": { schema } } } };
    case "patch": {
      const types = kind.custom === null ? PATCH_TYPES : PATCH_TYPES.slice(0, 3);
      return {
        ...common,
        parameters: [...WRITE_PARAMETERS, query("force", "boolean")],
        requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: { type: "object" } }])) },
      };
    }
    case "delete":
      return {
        ...common,
        parameters: [
          query("dryRun"),
          query("gracePeriodSeconds", "integer"),
          query("orphanDependents", "boolean"),
          query("propagationPolicy"),
        ],
      };
    default:
      return action === "list" ? { ...common, parameters: LIST_PARAMETERS } : common;
  }
}
