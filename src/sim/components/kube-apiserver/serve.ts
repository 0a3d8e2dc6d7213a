import { parseGoDuration } from "../../api/duration.ts";
import { parseFieldSelector, requiredValue } from "../../api/fields.ts";
import { GROUPS, type Kind } from "../../api/kinds.ts";
import type { ApiObject, Status } from "../../api/object.ts";
import {
  badRequest,
  forbidden,
  methodNotOnResource,
  noRepresentation,
  notAcceptable,
  pathNotFound,
  unauthorized,
} from "../../api/status-errors.ts";
import { withFields } from "../../kernel/records.ts";
import type { Context, Peer } from "../../kernel/types.ts";
import { remoteFor } from "./aggregator/api-services.ts";
import { forwardHttp, forwardResource, forwardTo } from "./aggregator/forward.ts";
import { findKind } from "./apiextensions/kinds.ts";
import { authenticate } from "./authn/authenticate.ts";
import { impersonateAs } from "./authn/impersonate.ts";
import type { UserInfo } from "./authn/user.ts";
import { checkAccess } from "./authz/access.ts";
import type { Attributes } from "./authz/attributes.ts";
import { flowHeaders } from "./flowcontrol/classify.ts";
import { producedBy, routeTakes, SERVED_TYPES } from "./http/accept.ts";
import { NOTHING, readBody } from "./http/body.ts";
import { decodeBody } from "./http/decode.ts";
import type { ResponseForm } from "./http/form.ts";
import { formOfAnswer, lineOf } from "./http/head.ts";
import { auditIdOf } from "./http/headers.ts";
import type { Query, RequestInfo } from "./http/path.ts";
import { servePath } from "./http/paths.ts";
import { proxyAddress } from "./http/proxy.ts";
import { jsonResponse, textResponse } from "./http/render.ts";
import { type Incoming, reply } from "./http/reply.ts";
import { credentialsOf, resourceRequestOf } from "./http/resource-request.ts";
import { checkTableOptions, hasTable } from "./http/table.ts";
import type { Credentials, HttpRequest, HttpResponse, ResourceRequest } from "./messages.ts";
import { isStatus, openExchange } from "./registry/exchange.ts";
import { canProxy, proxy } from "./registry/proxy.ts";
import { begin } from "./registry/registry.ts";
import { refuse } from "./respond.ts";
import type { ApiServerState } from "./state.ts";
import { noteTokenUse } from "./token-use.ts";

/** A request of a component. */
export function serveResource(
  state: ApiServerState,
  context: Context,
  incoming: Incoming,
  request: ResourceRequest,
): void {
  const { replyTo } = incoming;
  const kind = findKind(state, request.group, request.resource, request.version);
  if (kind === undefined) {
    serveUnknownResource(state, context, incoming, request);
    return;
  }
  const user = identify(state, context, incoming.from, request.credentials);
  const exchange = openExchange(state, context, {
    replyTo,
    request,
    kind,
    form: null,
    user: isUser(user) ? user : NOBODY,
    deadlineAtUs: deadlineOf(state, context, incoming.deadlineAtUs),
  });
  if (!isUser(user)) {
    refuse(state, exchange, context, user);
    return;
  }
  const denial = checkAccess(state, context, attributesOf(user, request));
  if (denial !== null) {
    refuse(state, exchange, context, forbidden(kind, nameForDenial(request), denial));
    return;
  }
  begin(state, exchange, context);
}

/** What is not served here: somebody else may, after this server has said who asks and that they may. */
function serveUnknownResource(
  state: ApiServerState,
  context: Context,
  incoming: Incoming,
  request: ResourceRequest,
): void {
  const remote = remoteFor(state, request.group, request.version);
  if (remote === undefined) {
    refuseResource(context, incoming.replyTo, pathNotFound());
    return;
  }
  const user = identify(state, context, incoming.from, request.credentials);
  if (!isUser(user)) {
    refuseResource(context, incoming.replyTo, user);
    return;
  }
  const denial = checkAccess(state, context, attributesOf(user, request));
  if (denial === null) forwardResource(state, context, incoming, remote, request, user);
  else refuseResource(context, incoming.replyTo, forbidden(request, nameForDenial(request), denial));
}

function refuseResource(context: Context, replyTo: Incoming["replyTo"], status: Status): void {
  const response = { type: "resource", code: status.code ?? 500, object: status };
  if (replyTo.via === "request") context.respond(replyTo.id, response);
  else {
    context.sendFrame(replyTo.id, { type: "refused", response });
    context.closeStream(replyTo.id);
  }
}

const NOBODY: UserInfo = Object.freeze({ name: "", uid: "", groups: Object.freeze([]), extra: Object.freeze({}) });

/** Requests live 60 s at most; the caller may give up sooner. */
function deadlineOf(state: ApiServerState, context: Context, callerAtUs: number, timeoutUs = 0): number {
  const longestUs = state.flags.requestTimeoutUs;
  const ownUs = timeoutUs > 0 ? Math.min(timeoutUs, longestUs) : longestUs;
  return Math.min(context.nowUs + ownUs, callerAtUs > 0 ? callerAtUs : Number.MAX_SAFE_INTEGER);
}

function isUser(value: UserInfo | Status): value is UserInfo {
  return "groups" in value;
}

/** Authentication and impersonation. */
function identify(state: ApiServerState, context: Context, from: Peer, credentials: Credentials): UserInfo | Status {
  const user = authenticate(state, from, credentials, context.wallUs(), (secret) =>
    noteTokenUse(state, context, secret),
  );
  if (context.observed)
    context.note("authentication", user === null ? { verdict: "refused" } : { user: user.name, groups: user.groups });
  if (user === null) return unauthorized();
  const { impersonate } = credentials;
  return impersonate === undefined ? user : impersonateAs(state, context, user, impersonate);
}

function attributesOf(user: UserInfo, request: ResourceRequest): Attributes {
  const { verb, group, resource, subresource, namespace, name, options } = request;
  const attributes: Attributes = {
    user: user.name,
    groups: user.groups,
    verb,
    group,
    resource,
    subresource,
    namespace: resource === "namespaces" && group === "" ? name : namespace,
    name: verb === "create" && subresource === "" ? "" : name === "" ? nameInSelector(options.fieldSelector) : name,
    path: "",
  };
  return options.fieldSelector === undefined
    ? attributes
    : withFields(attributes, { fieldSelector: options.fieldSelector });
}

/** `metadata.name=x` makes a list or a watch one of a single object. */
function nameInSelector(selector: string | undefined): string {
  if (selector === undefined || !selector.includes("metadata.name")) return "";
  try {
    return requiredValue(parseFieldSelector(selector), "metadata.name") ?? "";
  } catch {
    return "";
  }
}

function nameForDenial({ verb, name, subresource }: ResourceRequest): string {
  return verb === "create" && subresource === "" ? "" : name;
}

/** A request by HTTP: of a person's kubectl, or of anything else that speaks it. */
export function serveHttp(state: ApiServerState, context: Context, incoming: Incoming, http: HttpRequest): void {
  const line = lineOf(http);
  const { query, info } = line;
  if (MALFORMED_ESCAPE.test(line.path)) {
    reply(context, incoming, BAD_REQUEST);
    return;
  }
  const form = formOfAnswer(line, http, canBeTable(state, http.headers.accept ?? "", info));
  const shown: ResponseForm = form ?? {
    method: http.method,
    path: http.path,
    as: "object",
    media: "json",
    // What is said to a client that takes nothing of ours is for people.
    pretty: true,
    includeObject: "Metadata",
  };
  const auditId = auditIdOf(state, http);
  const user = identify(state, context, incoming.from, credentialsOf(http));
  if (!isUser(user)) {
    reply(context, { ...incoming, headers: { "audit-id": auditId } }, statusResponse(user, shown));
    return;
  }
  const headers = Object.freeze({ "audit-id": auditId, ...flowHeaders(state, user, info) });
  const known: Incoming = withFields(incoming, { headers });
  if (!info.isResource) {
    serveNonResource(state, context, known, http, info, user, shown);
    return;
  }
  const formed = form === null ? null : withFields(form, { headers });
  serveHttpResource(state, context, known, { http, info, query, user, form: formed, shown });
}

/** Only who asks for tables is looked at: kinds of others need not be found yet. */
function canBeTable(state: ApiServerState, accept: string, info: RequestInfo): boolean {
  if (!info.isResource || !accept.includes("as=Table")) return true;
  const kind = findKind(state, info.group, info.resource, info.version);
  return kind === undefined || hasTable(kind, info.subresource);
}

function statusResponse(status: Status, form: ResponseForm): HttpResponse {
  return jsonResponse(status.code ?? 500, status, form);
}

function serveNonResource(
  state: ApiServerState,
  context: Context,
  incoming: Incoming,
  http: HttpRequest,
  info: RequestInfo & { isResource: false },
  user: UserInfo,
  form: ResponseForm,
): void {
  const attributes: Attributes = {
    user: user.name,
    groups: user.groups,
    verb: info.verb,
    group: "",
    resource: "",
    subresource: "",
    namespace: "",
    name: "",
    path: info.path,
  };
  const denial = checkAccess(state, context, attributes);
  if (denial !== null) {
    reply(context, incoming, statusResponse(forbidden({ resource: "" }, "", denial), form));
    return;
  }
  const [, api, group = "", version = "", ...more] = info.path.split("/");
  const remote = api === "apis" && more.length === 0 ? remoteFor(state, group, version) : undefined;
  if (remote !== undefined) {
    forwardHttp(state, context, incoming, remote, http, user);
    return;
  }
  servePath(state, context, incoming, http, info.path, form);
}

/** What no router gets to see. */
const MALFORMED_ESCAPE = /%(?![0-9a-fA-F]{2})/;
const BAD_REQUEST = Object.freeze(textResponse(400, "400 Bad Request"));

/** Of a group that is not served the router itself speaks. */
const PAGE_NOT_FOUND = Object.freeze(textResponse(404, "404 page not found\n"));

function isBuiltIn({ group, version }: { readonly group: string; readonly version: string }): boolean {
  return GROUPS.some((one) => one.group === group && one.versions.includes(version));
}

/** An object is not created under its name, and only one that is named can be changed. */
function hasNoRoute(method: string, { name, subresource }: RequestInfo & { isResource: true }): boolean {
  if (subresource !== "") return false;
  return name === "" ? method === "PUT" || method === "PATCH" : method === "POST";
}

function withBody(request: ResourceRequest, body: unknown): ResourceRequest {
  return body === request.body ? request : withFields(request, { body });
}

/** An applied configuration is read strictly before anything is made of it. */
function strictPatch({ patchType, options, duplicates = [] }: ResourceRequest): Status | null {
  if (patchType !== "apply" || duplicates.length === 0 || options.fieldValidation !== "Strict") return null;
  return badRequest(`error strict decoding YAML: error converting YAML to JSON: ${duplicates.join(", ")}`);
}

/** `POST bindings` is the old way to say `POST pods/NAME/binding`. */
function bindingOfPod(request: ResourceRequest): ResourceRequest {
  const { metadata } = (request.body ?? {}) as ApiObject;
  return { ...request, resource: "pods", subresource: "binding", name: metadata?.name ?? "" };
}

/** What a body is expected to be. */
function kindNamed(kind: Kind, subresource: string): string {
  return kind.subresources.find(({ name }) => name === subresource)?.kind ?? kind.kind;
}

/** What has a `proxy` subresource. */
const PROXIED: readonly string[] = ["/nodes", "/pods", "/services"];

interface HttpAsk {
  readonly http: HttpRequest;
  readonly info: RequestInfo & { isResource: true };
  readonly query: Query;
  readonly user: UserInfo;
  readonly form: ResponseForm | null;
  readonly shown: ResponseForm;
}

function serveHttpResource(state: ApiServerState, context: Context, incoming: Incoming, ask: HttpAsk): void {
  const { http, info, query, user, form, shown } = ask;
  const body = readBody(http);
  const request = resourceRequestOf(http, info, query, "refusal" in body ? null : body);
  if (isStatus(request)) {
    reply(context, incoming, statusResponse(request, shown));
    return;
  }
  const denial = checkAccess(state, context, attributesOf(user, request));
  const kind = findKind(state, info.group, info.resource, info.version);
  if (denial !== null) {
    const status = forbidden({ group: info.group, resource: info.resource }, nameForDenial(request), denial);
    reply(context, incoming, statusResponse(status, shown));
    return;
  }
  if (kind === undefined) {
    const remote = remoteFor(state, info.group, info.version);
    if (remote !== undefined) forwardHttp(state, context, incoming, remote, http, user);
    else reply(context, incoming, isBuiltIn(info) ? statusResponse(pathNotFound(), shown) : PAGE_NOT_FOUND);
    return;
  }
  if (canProxy(info)) {
    const refused = proxy(state, context, incoming, http, info);
    if (refused !== null) reply(context, incoming, statusResponse(refused, shown));
    return;
  }
  if (info.subresource === "proxy" && PROXIED.includes(`${kind.group}/${kind.resource}`)) {
    const target = proxyAddress(state, kind, info.namespace, info.name);
    const queryText = http.path.split("?")[1];
    const path = `/${info.rest}${queryText === undefined ? "" : `?${queryText}`}`;
    if ("address" in target && typeof target.address === "string")
      forwardTo(context, incoming, target.address, path, http);
    else reply(context, incoming, statusResponse(target as Status, shown));
    return;
  }
  if (hasNoRoute(http.method, info)) {
    reply(context, incoming, statusResponse(methodNotOnResource(), shown));
    return;
  }
  const isConnected = request.options.connect !== undefined && info.subresource !== "log";
  const produced = producedBy(info.verb, info.resource, info.subresource);
  if (!isConnected && !routeTakes(http.headers.accept ?? "", produced)) {
    reply(context, incoming, statusResponse(noRepresentation(produced), shown));
    return;
  }
  if (form === null && !isConnected) {
    reply(context, incoming, statusResponse(notAcceptable(SERVED_TYPES), shown));
    return;
  }
  const wrongTable = form === null ? null : checkTableOptions(form);
  if (wrongTable !== null) {
    reply(context, incoming, statusResponse(wrongTable, shown));
    return;
  }
  if ("refusal" in body && request.options.connect === undefined) {
    reply(context, incoming, statusResponse(body.refusal(kindNamed(kind, info.subresource)), shown));
    return;
  }
  if (!kind.namespaced && info.namespace !== "" && info.resource !== "namespaces") {
    reply(context, incoming, kind.custom === null ? statusResponse(pathNotFound(), shown) : PAGE_NOT_FOUND);
    return;
  }
  const timeout = query.get("timeout");
  const timeoutUs = timeout ? parseGoDuration(timeout) : 0;
  if (timeoutUs === null) {
    reply(context, incoming, statusResponse(badRequest("invalid timeout specified in the request URL"), shown));
    return;
  }
  const strict = strictPatch(request);
  if (strict !== null) {
    reply(context, incoming, statusResponse(strict, shown));
    return;
  }
  const decoded = decodeBody(kind, request, "refusal" in body ? NOTHING : body);
  const asked = "refusal" in decoded ? request : withBody(request, decoded.body);
  const isBinding = kind.resource === "bindings" && kind.group === "";
  const exchange = openExchange(state, context, {
    replyTo: incoming.replyTo,
    request: Object.freeze(isBinding ? bindingOfPod(asked) : asked),
    kind: isBinding ? findKind(state, "", "pods", "v1")! : kind,
    form: form ?? { ...shown, headers: incoming.headers ?? {} },
    user,
    deadlineAtUs: deadlineOf(state, context, incoming.deadlineAtUs, timeoutUs),
  });
  if ("refusal" in decoded) {
    refuse(state, exchange, context, decoded.refusal);
    return;
  }
  if (user.warning !== undefined) exchange.warnings.push(user.warning);
  exchange.warnings.push(...decoded.warnings);
  if (request.patchType === "apply" && (request.options.fieldValidation ?? "Warn") === "Warn")
    for (const text of request.duplicates ?? []) exchange.warnings.push(`error converting YAML to JSON: ${text}`);
  if (kind.custom !== null && kind.custom.deprecationWarning !== "")
    exchange.warnings.push(kind.custom.deprecationWarning);
  if (kind.resource === "endpoints" && kind.group === "")
    exchange.warnings.push("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  begin(state, exchange, context);
}
