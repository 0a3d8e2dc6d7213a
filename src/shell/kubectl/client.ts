/** The API server by HTTP: paths, queries, media types, warnings; refusals and missing answers become errors. */

import type { Status } from "../../sim/api/object.ts";
import { genericServerResponse } from "../../sim/api/status-errors.ts";
import { type HttpRequest, type HttpResponse, type HttpStream, isFailure, type ProgramContext } from "../doors.ts";
import { CommandError, ConnectionError, SilentExit, StatusError } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseWarnings } from "./warnings.ts";

export const acceptJson = "application/json";
export const acceptTable =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

export type Query = readonly (readonly [name: string, value: string | undefined])[];

export interface RequestOptions {
  readonly query?: Query;
  readonly accept?: string;
  readonly body?: Json | string;
  readonly contentType?: string;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: JsonObject;
}

/** Query values keep what label and field selectors need readable. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function withQuery(path: string, query: Query = []): string {
  const pairs = query.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const sorted = [...pairs].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const text = sorted.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  if (text === "") return path;
  return path.includes("?") ? `${path}&${text}` : `${path}?${text}`;
}

export class Client {
  readonly context: ProgramContext;
  readonly hostPort: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number | undefined;
  readonly #warned = new Set<string>();

  constructor(context: ProgramContext, headers: Readonly<Record<string, string>>, timeoutMs: number | undefined) {
    this.context = context;
    this.hostPort = context.api.server.replace(/^https?:\/\//, "").replace(/\/$/, "");
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
  }

  /** The answer as it is, whatever its status. */
  async raw(method: string, path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const request = this.#request(method, path, options);
    const answer = await this.context.api.request(request, {
      signal: this.context.signal,
      ...(this.#timeoutMs ? { timeoutMs: this.#timeoutMs } : {}),
    });
    if (isFailure(answer)) {
      if (answer.failure === "aborted" && this.context.signal.aborted) throw new SilentExit(130);
      throw new ConnectionError(answer, this.hostPort);
    }
    this.#printWarnings(answer);
    return answer;
  }

  /** The answer's body as JSON; refusals are thrown. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<JsonObject> {
    const answer = await this.raw(method, path, options);
    if (answer.status >= 400) throw refusal(answer, method);
    return parseObject(answer.body);
  }

  get(path: string, query?: Query, accept = acceptJson): Promise<JsonObject> {
    return this.send("GET", path, { query, accept });
  }

  /** A stream whose start was not refused. */
  async open(method: string, path: string, options: RequestOptions = {}) {
    const stream = await this.context.api.stream(this.#request(method, path, options), { signal: this.context.signal });
    if (isFailure(stream)) {
      if (stream.failure === "aborted" && this.context.signal.aborted) throw new SilentExit(130);
      throw new ConnectionError(stream, this.hostPort);
    }
    this.#printWarnings(stream.response);
    if (stream.response.status >= 400) {
      let { body } = stream.response;
      if (body === "") for await (const frame of stream.frames) if (frame.type === "chunk") body += frame.data;
      stream.close();
      throw refusal({ ...stream.response, body }, method);
    }
    return stream;
  }

  /** A watch: its events, one by one, and a way to end it. */
  async watch(path: string, query: Query, accept = acceptJson) {
    const stream = await this.open("GET", path, { query: [...query, ["watch", "true"]], accept });
    return { events: watchEvents(stream.frames), close: () => stream.close() };
  }

  #request(method: string, path: string, options: RequestOptions): HttpRequest {
    const { body, query, accept = "application/json, */*" } = options;
    const contentType = options.contentType ?? (body === undefined ? undefined : "application/json");
    return {
      method,
      path: withQuery(path, query),
      headers: { accept, ...this.#headers, ...(contentType ? { "content-type": contentType } : {}) },
      body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body),
    };
  }

  #printWarnings(answer: HttpResponse): void {
    for (const text of parseWarnings(answer.headers.warning ?? "")) {
      if (this.#warned.has(text)) continue;
      this.#warned.add(text);
      this.context.err.write(`Warning: ${text}\n`);
    }
  }
}

function parseObject(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Falls through: whatever it is, it is no object.
  }
  throw new CommandError("unable to decode the answer of the server: it is not a JSON object");
}

function refusal(answer: HttpResponse, method: string): StatusError {
  try {
    const value = JSON.parse(answer.body) as Status;
    if (value.kind === "Status") return new StatusError(value);
  } catch {
    // No Status: made up from the code, as client libraries do.
  }
  const unnamed = { group: "", resource: "" };
  return new StatusError(genericServerResponse(answer.status, method, unnamed, "", answer.body.trim() || "unknown"));
}

/** One JSON object a line, however the lines were cut into chunks. */
async function* watchEvents(frames: HttpStream["frames"]): AsyncGenerator<WatchEvent> {
  let buffer = "";
  for await (const frame of frames) {
    if (frame.type !== "chunk") continue;
    buffer += frame.data;
    for (let end = buffer.indexOf("\n"); end >= 0; end = buffer.indexOf("\n")) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 1);
      if (line.trim() !== "") yield JSON.parse(line) as WatchEvent;
    }
  }
  if (buffer.trim() !== "") yield JSON.parse(buffer) as WatchEvent;
}
