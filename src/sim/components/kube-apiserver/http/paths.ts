import { methodNotOnResource } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import { discoveryDocument } from "../discovery/discovery.ts";
import { serveHealth } from "../health.ts";
import type { HttpRequest } from "../messages.ts";
import { openApiDocument, openApiV2 } from "../openapi/openapi.ts";
import type { ApiServerState } from "../state.ts";
import type { ResponseForm } from "./form.ts";
import { metricsText } from "./metrics.ts";
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
  if (path === "/version" || path === "/version/") {
    reply(context, incoming, jsonResponse(200, VERSION, { ...form, pretty: true }));
    return;
  }
  if (path === "/metrics") {
    reply(context, incoming, textResponse(200, metricsText(state)));
    return;
  }
  if (path === "/openapi/v2") {
    const { text, contentType, etag } = openApiV2(state, http.headers.accept ?? "");
    const headers = { "cache-control": "no-cache, private", "content-type": contentType, etag: `"${etag}"` };
    const known = http.headers["if-none-match"] === headers.etag;
    reply(context, incoming, { type: "http", status: known ? 304 : 200, headers, body: known ? "" : text });
    return;
  }
  const found = discoveryDocument(state, path, http.headers.accept ?? "") ?? openApiDocument(state, path);
  if (found === null) {
    reply(context, incoming, textResponse(404, "404 page not found\n"));
    return;
  }
  if (http.method !== "GET" && http.method !== "HEAD") {
    reply(context, incoming, jsonResponse(405, methodNotOnResource(), form));
    return;
  }
  const response = jsonResponse(200, found.document, form, found.contentType);
  const etag: Record<string, string> = found.etag === undefined ? {} : { etag: `"${found.etag}"` };
  if (found.etag !== undefined && http.headers["if-none-match"] === `"${found.etag}"`) {
    reply(context, incoming, { type: "http", status: 304, headers: { ...response.headers, ...etag }, body: "" });
    return;
  }
  reply(context, incoming, { ...response, headers: { ...response.headers, ...etag } });
}
