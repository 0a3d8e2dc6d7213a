import type { Status } from "../../../api/object.ts";
import { methodNotOnResource, noRepresentation, notAcceptable } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import { discoveryDocument } from "../discovery/discovery.ts";
import { serveHealth } from "../health.ts";
import type { HttpRequest, HttpResponse } from "../messages.ts";
import { openApiDocument, openApiV2 } from "../openapi/openapi.ts";
import type { ApiServerState } from "../state.ts";
import { firstAccepted, JSON_ONLY, routeTakes, SERVED_TYPES } from "./accept.ts";
import type { ResponseForm } from "./form.ts";
import { metricsText } from "./metrics.ts";
import { openIdDocument } from "./openid.ts";
import { jsonResponse, textResponse } from "./render.ts";
import { type Incoming, reply } from "./reply.ts";

const VERSION = Object.freeze({
  major: "1",
  minor: "33",
  emulationMajor: "1",
  emulationMinor: "33",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "32",
  gitVersion: "v1.33.1",
  gitCommit: "8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828",
  gitTreeState: "clean",
  buildDate: "2025-05-15T08:19:08Z",
  goVersion: "go1.24.2",
  compiler: "gc",
  platform: "linux/amd64",
});

/** Says nothing more. */
const NOT_ACCEPTABLE: HttpResponse = Object.freeze({
  type: "http",
  status: 406,
  headers: Object.freeze({ "cache-control": "no-cache, private", vary: "Accept" }),
  body: "",
});

const OPENAPI_V3_TYPES = ["application/json", "application/com.github.proto-openapi.spec.v3.v1.0+protobuf"];

function refusal(status: Status, form: ResponseForm): HttpResponse {
  return jsonResponse(status.code ?? 500, status, form);
}

/** `/apis` and the groups are the aggregator's, which has no router before it; `/` is a plain page. */
function refusedDiscovery(path: string, accept: string): Status | null {
  if (path === "/" || firstAccepted(accept, SERVED_TYPES) !== null) return null;
  const parts = path.split("/").filter((part) => part !== "");
  const isRouted = parts[0] === "api" || parts.length === 3;
  return isRouted ? noRepresentation(SERVED_TYPES) : notAcceptable(SERVED_TYPES);
}

const HEALTH = /^\/(healthz|livez|readyz)(\/.*)?$/;

/** Everything outside of the resources: discovery, health, version, schemas, metrics. */
export function servePath(
  state: ApiServerState,
  context: Context,
  incoming: Incoming,
  http: HttpRequest,
  path: string,
  form: ResponseForm,
): void {
  const health = HEALTH.exec(path);
  if (health !== null) {
    serveHealth(state, context, incoming, {
      endpoint: health[1]!,
      check: (health[2] ?? "").slice(1),
      query: http.path.split("?")[1] ?? "",
    });
    return;
  }
  const accept = http.headers.accept ?? "";
  if (path === "/version" || path === "/version/") {
    if (!routeTakes(accept, JSON_ONLY)) reply(context, incoming, refusal(noRepresentation(JSON_ONLY), form));
    else reply(context, incoming, jsonResponse(200, VERSION, { ...form, pretty: true }));
    return;
  }
  if (path === "/metrics") {
    reply(context, incoming, textResponse(200, metricsText(state)));
    return;
  }
  if (path === "/openapi/v2") {
    const found = openApiV2(state, accept);
    if (found === null) {
      reply(context, incoming, NOT_ACCEPTABLE);
      return;
    }
    const { text, contentType, etag } = found;
    const headers = {
      "cache-control": "no-cache, private",
      "content-type": contentType,
      etag: `"${etag}"`,
      vary: "Accept",
    };
    const known = http.headers["if-none-match"] === headers.etag;
    reply(context, incoming, { type: "http", status: known ? 304 : 200, headers, body: known ? "" : text });
    return;
  }
  const openId = openIdDocument(state, path);
  if (openId !== null) {
    reply(context, incoming, openId);
    return;
  }
  const found = discoveryDocument(state, path, accept) ?? openApiDocument(state, path);
  if (found === null) {
    reply(context, incoming, textResponse(404, "404 page not found\n"));
    return;
  }
  if (http.method !== "GET" && http.method !== "HEAD") {
    reply(context, incoming, jsonResponse(405, methodNotOnResource(), form));
    return;
  }
  if (path.startsWith("/openapi/v3/") && path.length > "/openapi/v3/".length) {
    if (firstAccepted(accept, OPENAPI_V3_TYPES) === null) {
      reply(context, incoming, NOT_ACCEPTABLE);
      return;
    }
  } else if (!path.startsWith("/openapi")) {
    const refused = refusedDiscovery(path, accept);
    if (refused !== null) {
      reply(context, incoming, refusal(refused, form));
      return;
    }
  }
  const response = jsonResponse(200, found.document, form, found.contentType);
  const etag: Record<string, string> = found.etag === undefined ? {} : { etag: `"${found.etag}"` };
  if (found.etag !== undefined && http.headers["if-none-match"] === `"${found.etag}"`) {
    reply(context, incoming, { type: "http", status: 304, headers: { ...response.headers, ...etag }, body: "" });
    return;
  }
  reply(context, incoming, { ...response, headers: { ...response.headers, ...etag } });
}
