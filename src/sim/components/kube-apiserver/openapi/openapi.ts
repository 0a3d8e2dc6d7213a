import { fnv32a } from "../../../api/hash.ts";
import { apiVersionOf, GROUPS, KINDS, type Kind } from "../../../api/kinds.ts";
import type { Document } from "../discovery/discovery.ts";
import { type JsonSchema, SchemaCollector } from "./schemas.ts";

const TITLE = "Kubernetes";
const VERSION = "v1.33.1";
const V2_PROTOBUF = "com.github.proto-openapi.spec.v2";

/**
 * `/openapi/v2`: a document without definitions, which makes kubectl leave validation to the server. In protobuf form
 * (what kubectl asks for) it is short enough to be written by hand: every byte is ASCII.
 */
export function openApiV2(accept: string): { readonly text: string; readonly contentType: string } {
  if (accept.includes(V2_PROTOBUF)) {
    const field = (number: number, text: string) => String.fromCharCode(number * 8 + 2, text.length) + text;
    const text = field(1, "2.0") + field(2, field(1, TITLE) + field(2, VERSION));
    return { text, contentType: `application/${V2_PROTOBUF}.v1.0+protobuf` };
  }
  const document = { swagger: "2.0", info: { title: TITLE, version: VERSION }, paths: {}, definitions: {} };
  return { text: `${JSON.stringify(document)}\n`, contentType: "application/json" };
}

/** `/openapi/v3` (which groups have a document) and `/openapi/v3/apis/apps/v1` (that document). Null: another path. */
export function openApiDocument(path: string): Document | null {
  if (path === "/openapi/v3" || path === "/openapi/v3/") {
    const paths: Record<string, unknown> = {};
    for (const name of documentNames()) {
      paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${hashOf(name)}` };
    }
    return { document: { paths }, contentType: "application/json" };
  }
  const name = path.startsWith("/openapi/v3/") ? path.slice("/openapi/v3/".length) : "";
  if (!documentNames().includes(name)) return null;
  return { document: documentOf(name), contentType: "application/json", etag: hashOf(name) };
}

function documentNames(): string[] {
  return GROUPS.flatMap(({ group, versions }) => versions.map((version) => nameOf({ group, version })));
}

function nameOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

function hashOf(name: string): string {
  return fnv32a(`v1.33 ${name}`).toString(16).toUpperCase().padStart(8, "0");
}

/** The schemas of the group's kinds, and for each kind the operations that clients look for. */
function documentOf(name: string): unknown {
  const kinds = KINDS.filter((kind) => nameOf(kind) === name);
  const schemas = new SchemaCollector();
  const paths: Record<string, unknown> = {};
  for (const kind of kinds) {
    const reference = schemas.addKind(kind);
    const space = kind.namespaced ? "/namespaces/{namespace}" : "";
    paths[`/${name}${space}/${kind.resource}/{name}`] = operations(kind, reference);
  }
  return {
    openapi: "3.0.0",
    info: { title: TITLE, version: VERSION },
    paths,
    components: { schemas: schemas.all() },
  };
}

const PATCH_TYPES = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];

function operations(kind: Kind, schema: JsonSchema): unknown {
  const { group, version } = kind;
  const of = { group, kind: kind.kind, version };
  const content = { "application/json": { schema } };
  const query = (name: string) => ({ name, in: "query", schema: { type: "string", uniqueItems: true } });
  const responses = { "200": { description: "OK", content } };
  const write = [query("dryRun"), query("fieldManager"), query("fieldValidation")];
  const common = { tags: [apiVersionOf(kind)], responses, "x-kubernetes-group-version-kind": of };
  const patchContent = Object.fromEntries(PATCH_TYPES.map((type) => [type, { schema: { type: "object" } }]));
  return {
    get: { ...common, "x-kubernetes-action": "get" },
    put: { ...common, parameters: write, requestBody: { content }, "x-kubernetes-action": "put" },
    patch: {
      ...common,
      parameters: [...write, query("force")],
      requestBody: { content: patchContent },
      "x-kubernetes-action": "patch",
    },
  };
}
