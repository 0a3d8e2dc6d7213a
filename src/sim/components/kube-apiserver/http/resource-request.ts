import { decodeBase64Text } from "../../../api/base64.ts";
import { CERTIFICATE_HEADER } from "../../../api/certificates/header.ts";
import type { Status } from "../../../api/object.ts";
import { badRequest } from "../../../api/status-errors.ts";
import type { Credentials, HttpRequest, RequestOptionsOfVerb, ResourceRequest, Verb } from "../messages.ts";
import { isStatus } from "../registry/exchange.ts";
import { type Body, duplicatesIn, PATCH_TYPES } from "./body.ts";
import { checkWriteOptions } from "./options.ts";
import type { Query, RequestInfo } from "./path.ts";

/** What HTTP asks, as the registry understands it. */
export function resourceRequestOf(
  http: HttpRequest,
  info: RequestInfo & { isResource: true },
  query: Query,
  sent: Body | null,
): ResourceRequest | Status {
  const body = sent?.value;
  const type = (http.headers["content-type"] ?? "").split(";")[0]!.trim();
  const options = optionsOf(query, info, body, PATCH_TYPES[type] === "apply");
  if (isStatus(options)) return options;
  return {
    type: "resource",
    verb: info.verb as Verb,
    group: info.group,
    version: info.version,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.resource === "namespaces" ? "" : info.namespace,
    name: info.name,
    options,
    ...(info.verb === "delete" || info.verb === "deletecollection" || body === undefined ? {} : { body }),
    ...(info.verb === "patch" ? patchOf(type, sent) : {}),
    credentials: credentialsOf(http),
    userAgent: http.headers["user-agent"] ?? "",
  };
}

function patchOf(type: string, sent: Body | null): Pick<ResourceRequest, "patchType" | "duplicates"> {
  const patchType = PATCH_TYPES[type] ?? "merge";
  const duplicates = sent === null || patchType === "json" ? [] : duplicatesIn(sent);
  return duplicates.length === 0 ? { patchType } : { patchType, duplicates };
}

export function credentialsOf({ headers }: HttpRequest): Credentials {
  const authorization = headers.authorization ?? "";
  const token = /^bearer +(.+)$/i.exec(authorization)?.[1];
  const impersonate = impersonationOf(headers);
  const certificate = headers[CERTIFICATE_HEADER];
  return {
    ...(certificate === undefined ? {} : { certificate: decodeBase64Text(certificate) ?? "" }),
    ...(token === undefined ? {} : { token }),
    ...(impersonate === null ? {} : { impersonate }),
  };
}

const EXTRA = "impersonate-extra-";

function impersonationOf(headers: HttpRequest["headers"]): NonNullable<Credentials["impersonate"]> | null {
  let asked = false;
  const extra: Record<string, readonly string[]> = {};
  for (const name in headers) {
    if (!name.startsWith("impersonate-")) continue;
    asked = true;
    if (name.startsWith(EXTRA)) extra[unescaped(name.slice(EXTRA.length))] = listOf(headers[name]!);
  }
  if (!asked) return null;
  const group = headers["impersonate-group"];
  const uid = headers["impersonate-uid"];
  return {
    user: headers["impersonate-user"] ?? "",
    groups: group === undefined ? [] : listOf(group),
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function listOf(header: string): string[] {
  return header.split(",").map((each) => each.trim());
}

/** Keys of extra fields are percent-encoded in the header's name. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: RequestOptionsOfVerb["preconditions"];
  readonly dryRun?: readonly string[];
}

function optionsOf(
  query: Query,
  info: RequestInfo & { isResource: true },
  body: unknown,
  isApply: boolean,
): RequestOptionsOfVerb | Status {
  const options: Record<string, unknown> = {};
  for (const name of [
    "labelSelector",
    "fieldSelector",
    "continue",
    "resourceVersion",
    "resourceVersionMatch",
    "fieldManager",
    "fieldValidation",
  ]) {
    const value = query.get(name);
    if (value !== undefined && value !== "") options[name] = value;
  }
  for (const name of ["limit", "timeoutSeconds", "gracePeriodSeconds"]) {
    const value = query.get(name);
    if (value === undefined || value === "") continue;
    if (!/^-?\d+$/.test(value)) return badRequest(`strconv.ParseInt: parsing "${value}": invalid syntax`);
    options[name] = Number(value);
  }
  for (const name of ["allowWatchBookmarks", "sendInitialEvents", "force"]) {
    if (query.has(name)) options[name] = query.get(name) !== "false" && query.get(name) !== "0";
  }
  const dryRun = query.getAll("dryRun").filter((value) => value !== "");
  if (info.verb === "delete" || info.verb === "deletecollection") {
    const given = (body ?? {}) as DeleteOptions;
    if (given.gracePeriodSeconds !== undefined) options.gracePeriodSeconds = given.gracePeriodSeconds;
    if (given.preconditions !== undefined) options.preconditions = given.preconditions;
    const policy =
      given.propagationPolicy ??
      query.get("propagationPolicy") ??
      (given.orphanDependents === undefined ? undefined : given.orphanDependents ? "Orphan" : "Background");
    if (policy !== undefined && policy !== "") options.propagationPolicy = policy;
    dryRun.push(...(given.dryRun ?? []));
  }
  const wrong = checkWriteOptions(info.verb, query, options as RequestOptionsOfVerb, dryRun, isApply, body);
  if (wrong !== null) return wrong;
  if (dryRun.length > 0) options.dryRun = true;
  if (["log", "exec", "attach", "portforward", "proxy"].includes(info.subresource))
    options.connect = connectOptions(query);
  return options as RequestOptionsOfVerb;
}

function connectOptions(query: Query): Readonly<Record<string, unknown>> {
  const connect: Record<string, unknown> = {};
  for (const name of ["container", "sinceTime"]) if (query.get(name)) connect[name] = query.get(name);
  for (const name of [
    "follow",
    "previous",
    "timestamps",
    "stdin",
    "stdout",
    "stderr",
    "tty",
    "insecureSkipTLSVerifyBackend",
  ]) {
    if (query.has(name)) connect[name] = query.get(name) === "true" || query.get(name) === "1";
  }
  for (const name of ["tailLines", "sinceSeconds", "limitBytes"])
    if (query.get(name)) connect[name] = Number(query.get(name));
  const command = query.getAll("command");
  if (command.length > 0) connect.command = command;
  return connect;
}
