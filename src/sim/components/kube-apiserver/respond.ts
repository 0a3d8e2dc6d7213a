import type { ApiObject } from "../../api/object.ts";
import type { Context } from "../../kernel/types.ts";
import { renderAnswer } from "./http/render.ts";
import type { ResourceResponse, Verb } from "./messages.ts";
import { estimateSize } from "./registry/size.ts";
import type { ApiServerState, Exchange } from "./state.ts";

/** So many at least are remembered, once there were as many. */
export const RECENT_MAX = 50;

/** Ends an exchange: writes the answer to whoever waits for it. */
export function answer(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  code: number,
  object: ApiObject,
): void {
  if (exchange.phase === "done") return;
  exchange.phase = "done";
  state.exchanges.delete(exchange.id);
  if (context.observed) context.note("response", { code });
  const { replyTo } = exchange;
  if (replyTo.via === "exchange" || replyTo.via === "loopback") {
    state.finished.push({ replyTo, code, object });
    return;
  }
  recordRequest(state, exchange, context, code);
  const warnings = exchange.warnings.length === 0 ? {} : { warnings: Object.freeze([...exchange.warnings]) };
  const { form } = exchange;
  const label = `${code}`;
  if (form !== null) {
    const response = renderAnswer(exchange, form, code, object, context.wallUs());
    if (replyTo.via === "request") {
      context.respond(replyTo.id, response, { label, sizeBytes: response.body.length + 256 });
      return;
    }
    const { body, ...head } = response;
    context.sendFrame(replyTo.id, { ...head, body: "" }, { label });
    if (body !== "") context.sendFrame(replyTo.id, { type: "chunk", data: body });
    context.closeStream(replyTo.id);
    return;
  }
  const response: ResourceResponse = { type: "resource", code, object, ...warnings };
  if (replyTo.via === "request") {
    context.respond(replyTo.id, response, { label, sizeBytes: sizeOf(object) });
    return;
  }
  context.sendFrame(replyTo.id, { type: "refused", response }, { label });
  context.closeStream(replyTo.id);
}

export function refuse(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  status: ApiObject & { readonly code?: number },
): void {
  answer(state, exchange, context, status.code ?? 500, status);
}

function sizeOf(object: ApiObject): number {
  const items = object.items as readonly ApiObject[] | undefined;
  if (items === undefined) return estimateSize(object) + 64;
  let size = 128;
  for (const item of items) size += estimateSize(item);
  return size;
}

export function recordRequest(state: ApiServerState, exchange: Exchange, context: Context, code: number): void {
  const { request, form } = exchange;
  const key = `${request.verb} ${request.group} ${request.version} ${request.resource} ${request.subresource} ${code}`;
  const count = state.requestCounts.get(key) ?? 0;
  if (count > 0 || hasRoute(exchange)) state.requestCounts.set(key, count + 1);
  const durationUs = context.nowUs - exchange.receivedAtUs;
  context.observe("apiserver_request_duration_us", durationUs);
  state.recent.push(
    Object.freeze({
      atUs: context.nowUs,
      durationUs,
      verb: request.verb,
      path: form?.path ?? pathOf(exchange),
      user: exchange.user.name,
      userAgent: request.userAgent,
      code,
    }),
  );
  if (state.recent.length >= 2 * RECENT_MAX) state.recent.splice(0, RECENT_MAX);
}

const VERBS: ReadonlySet<string> = new Set<Verb>([
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
]);

/** What there is no route for is not counted, as upstream: of made-up methods and subresources there is no end. */
function hasRoute({ request: { verb, subresource }, kind }: Exchange): boolean {
  return VERBS.has(verb) && (subresource === "" || kind.subresources.some(({ name }) => name === subresource));
}

export function pathOf({ request }: Exchange): string {
  const root = request.group === "" ? `/api/${request.version}` : `/apis/${request.group}/${request.version}`;
  const space = request.namespace === "" ? "" : `/namespaces/${request.namespace}`;
  const name = request.name === "" ? "" : `/${request.name}`;
  return `${root}${space}/${request.resource}${name}${request.subresource === "" ? "" : `/${request.subresource}`}`;
}
