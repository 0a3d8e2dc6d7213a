import { digestHex } from "../../../api/hash.ts";
import type { Kind } from "../../../api/kinds.ts";
import { servedGroups, servedKinds } from "../apiextensions/kinds.ts";
import type { Document } from "../discovery/discovery.ts";
import { firstAccepted } from "../http/accept.ts";
import type { ApiServerState } from "../state.ts";
import { pathsOf } from "./operations.ts";
import { SchemaCollector } from "./schemas.ts";
import { definitionsOfV2 } from "./v2.ts";

const TITLE = "Kubernetes";
const VERSION = "v1.33.1";
const V2_PROTOBUF = "com.github.proto-openapi.spec.v2";
const V2_TYPES = [
  "application/json",
  `application/${V2_PROTOBUF}@v1.0+protobuf`,
  `application/${V2_PROTOBUF}.v1.0+protobuf`,
];

/**
 * `/openapi/v2`. In protobuf form (what kubectl asks for before a client-side apply) it is a document without
 * definitions, which leaves validation to the server; short enough to be written by hand: every byte is ASCII. Null: no
 * form that the client takes.
 */
export function openApiV2(
  state: ApiServerState,
  accept: string,
): { readonly text: string; readonly contentType: string; readonly etag: string } | null {
  const type = firstAccepted(accept, V2_TYPES);
  if (type === null) return null;
  if (type !== "application/json") {
    const field = (number: number, text: string) => String.fromCharCode(number * 8 + 2, text.length) + text;
    const text = field(1, "2.0") + field(2, field(1, TITLE) + field(2, VERSION));
    return { text, contentType: `application/${V2_PROTOBUF}.v1.0+protobuf`, etag: etagOf(text) };
  }
  const schemas = new SchemaCollector("#/definitions/", true);
  for (const kind of servedKinds(state)) schemas.addKind(kind);
  const document = {
    swagger: "2.0",
    info: { title: TITLE, version: VERSION },
    paths: {},
    definitions: definitionsOfV2(schemas.all()),
  };
  const text = `${JSON.stringify(document)}\n`;
  return { text, contentType: "application/json", etag: etagOf(text) };
}

/** `/openapi/v3` (which groups have a document) and `/openapi/v3/apis/apps/v1` (that document). Null: another path. */
export function openApiDocument(state: ApiServerState, path: string): Document | null {
  const served = servedGroups(state).flatMap(({ group, versions }) => versions.map((version) => ({ group, version })));
  if (path === "/openapi/v3" || path === "/openapi/v3/") {
    const paths: Record<string, unknown> = {};
    for (const one of served) {
      const name = nameOf(one);
      paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${hashOf(kindsOf(state, name))}` };
    }
    const text = JSON.stringify(paths);
    return { document: { paths }, contentType: "application/json", etag: etagOf(text) };
  }
  const name = path.startsWith("/openapi/v3/") ? path.slice("/openapi/v3/".length) : "";
  if (!served.some((one) => nameOf(one) === name)) return null;
  const kinds = kindsOf(state, name);
  return { document: documentOf(name, kinds), contentType: "application/json", etag: hashOf(kinds) };
}

function nameOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

function kindsOf(state: ApiServerState, name: string): readonly Kind[] {
  return servedKinds(state).filter((kind) => nameOf(kind) === name);
}

/** Another one whenever the document is another one. */
function hashOf(kinds: readonly Kind[]): string {
  return etagOf(VERSION + JSON.stringify(kinds));
}

function etagOf(text: string): string {
  return digestHex(text, 64).toUpperCase();
}

/** The schemas of the group's kinds, and for each kind the operations that clients look for. */
function documentOf(name: string, kinds: readonly Kind[]): unknown {
  const schemas = new SchemaCollector();
  const paths: Record<string, unknown> = {};
  for (const kind of kinds) Object.assign(paths, pathsOf(`/${name}`, kind, schemas));
  return {
    openapi: "3.0.0",
    info: { title: TITLE, version: VERSION },
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: { schemas: schemas.all() },
  };
}
