/**
 * The Status bodies with which the API server refuses (apimachinery `api/errors`). Each function gives a frozen `Status`;
 * its `code` is the HTTP status. `group` is "" for the core group, `resource` the plural.
 */
import { defined, withFields } from "../kernel/records.ts";
import { errorBody, errorLine, type FieldError } from "./field-errors.ts";
import { qualifiedResource } from "./kinds.ts";
import { deepFreeze, type Status, type StatusDetails } from "./object.ts";

export interface Resource {
  readonly group?: string;
  readonly resource: string;
}

type Causes = NonNullable<StatusDetails["causes"]>;

function failure(code: number, reason: string | undefined, message: string, details?: StatusDetails): Status {
  return deepFreeze(
    defined({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason: reason || undefined,
      details,
      code,
    }) satisfies Status,
  );
}

function detailsOf({ group, resource }: Resource, name = "", more: StatusDetails = {}): StatusDetails {
  const own = defined({ name: name || undefined, group: group || undefined, kind: resource || undefined });
  return withFields(own, more);
}

function qualified({ group, resource }: Resource): string {
  return qualifiedResource(group ?? "", resource);
}

/** What a delete answers when the object is gone at once. */
export function success(details?: StatusDetails): Status {
  return deepFreeze(
    defined({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details,
    }) satisfies Status,
  );
}

export function badRequest(message: string): Status {
  return failure(400, "BadRequest", message);
}

export function unauthorized(message = "Unauthorized"): Status {
  return failure(401, "Unauthorized", message === "" ? "not authorized" : message);
}

/** `why` as an authorizer or an admission plugin words it. Without a resource: `forbidden: <why>`. */
export function forbidden(resource: Resource, name: string, why: string, causes?: Causes): Status {
  const subject =
    resource.resource === "" ? "" : name === "" ? `${qualified(resource)} is ` : `${qualified(resource)} "${name}" is `;
  return failure(403, "Forbidden", `${subject}forbidden: ${why}`, detailsOf(resource, name, causes ? { causes } : {}));
}

export function notFound(resource: Resource, name: string): Status {
  return failure(404, "NotFound", `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
}

/** For a path or a resource that is not served. */
export function pathNotFound(): Status {
  return failure(404, "NotFound", "the server could not find the requested resource", {});
}

export function methodNotSupported(resource: Resource, verb: string): Status {
  const message = `${verb} is not supported on resources of kind "${qualified(resource)}"`;
  return failure(405, "MethodNotAllowed", message, detailsOf(resource));
}

/** A path that is served, but not with this method. */
export function methodNotOnResource(): Status {
  return failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

/** The same with words of its own. */
export function methodNotAllowed(resource: Resource, message: string): Status {
  return failure(405, "MethodNotAllowed", message, detailsOf(resource));
}

/** No route writes any of the types that the client takes: the router's own words. */
export function noRepresentation(produced: readonly string[]): Status {
  const message = `406: Not Acceptable\n\nAvailable representations: ${produced.join(", ")}`;
  return failure(406, "NotAcceptable", message);
}

export function notAcceptable(acceptedTypes: readonly string[]): Status {
  return failure(406, "NotAcceptable", `only the following media types are accepted: ${acceptedTypes.join(", ")}`);
}

export function alreadyExists(resource: Resource, name: string): Status {
  return failure(409, "AlreadyExists", `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));
}

/** After eight generated names that were all taken. */
export function generateNameConflict(resource: Resource, name: string): Status {
  const message = `${qualified(resource)} "${name}" already exists, the server was not able to generate a unique name for the object`;
  return failure(409, "AlreadyExists", message, detailsOf(resource, name, { retryAfterSeconds: 1 }));
}

export const OBJECT_MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

export function conflict(resource: Resource, name: string, why: string = OBJECT_MODIFIED): Status {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return failure(409, "Conflict", message, detailsOf(resource, name));
}

export function uidPreconditionFailed(given: string, recorded: string): string {
  return `Precondition failed: UID in precondition: ${given}, UID in object meta: ${recorded}`;
}

export function applyConflict(message: string, causes: Causes): Status {
  return failure(409, "Conflict", message, { causes });
}

export function gone(message: string): Status {
  return failure(410, "Gone", message);
}

export function expired(message: string): Status {
  return failure(410, "Expired", message);
}

export function requestEntityTooLarge(message: string): Status {
  return failure(413, "RequestEntityTooLarge", `Request entity too large: ${message}`);
}

export function unsupportedMediaType(acceptedTypes: readonly string[]): Status {
  const types = acceptedTypes.join(", ");
  const message = `the body of the request was in an unknown format - accepted media types include: ${types}`;
  return failure(415, "UnsupportedMediaType", message);
}

/** `kind` is the object's kind (not the resource). Equal lines are said once in the message, all stand in the causes. */
export function invalid(
  { group, kind }: { readonly group?: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): Status {
  const told = withinLength(errors);
  const lines = [...new Set(told.map(errorLine))];
  if (told.length < errors.length) lines.push(`${errors.length - told.length} more errors`);
  const why = lines.length === 0 ? "<nil>" : lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const causes = told.map((error) => ({ reason: error.type, message: errorBody(error), field: error.field }));
  const details: StatusDetails = {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    ...(causes.length > 0 ? { causes } : {}),
  };
  return failure(422, "Invalid", `${qualifiedResource(group ?? "", kind)} "${name}" is invalid: ${why}`, details);
}

/**
 * Upstream tells of every error, each with all that is wrong: of a long list the square of its length. What goes beyond
 * this many characters is counted here, in words of this project's own.
 */
const ERRORS_LENGTH_MAX = 4 * 1024 * 1024;

function withinLength(errors: readonly FieldError[]): readonly FieldError[] {
  let left = ERRORS_LENGTH_MAX;
  const end = errors.findIndex((error) => {
    left -= errorLine(error).length;
    return left < 0;
  });
  return end < 0 ? errors : errors.slice(0, Math.max(end, 1));
}

/** A patch whose operations cannot be carried out. */
export function unprocessablePatch(message: string): Status {
  return failure(422, "Invalid", `the server rejected our request due to an error in our request: ${message}`, {});
}

/** The message as it is: an eviction's text, or `tooManyRequestsMessage`. */
export function tooManyRequests(message: string, retryAfterSeconds: number, causes?: Causes): Status {
  const details = {
    ...(causes === undefined ? {} : { causes }),
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  };
  return failure(429, "TooManyRequests", message, details);
}

/** A refusal that upstream words without a reason. */
export function bareFailure(code: number, message: string): Status {
  return failure(code, undefined, message);
}

export function internalError(why: string): Status {
  return failure(500, "InternalError", `Internal error occurred: ${why}`, { causes: [{ message: why }] });
}

/** An error of the storage, passed on as it is: `etcdserver: request timed out`. */
export function storageError(message: string): Status {
  return failure(500, undefined, message);
}

export function serverTimeout(resource: Resource, operation: string, retryAfterSeconds: number): Status {
  const message = `The ${operation} operation against ${qualified(resource)} could not be completed at this time, please try again.`;
  const details = detailsOf(resource, operation, retryAfterSeconds > 0 ? { retryAfterSeconds } : {});
  return failure(500, "ServerTimeout", message, details);
}

export function serviceUnavailable(message: string): Status {
  return failure(503, "ServiceUnavailable", message);
}

export function timeout(message: string, retryAfterSeconds = 0): Status {
  return failure(504, "Timeout", `Timeout: ${message}`, retryAfterSeconds > 0 ? { retryAfterSeconds } : {});
}

/** A read at a revision that is not there yet: the client should come again in a second. */
export function tooLargeResourceVersion(asked: string | number, current: string | number): Status {
  return failure(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

const GENERIC: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ["BadRequest", "the server rejected our request for an unknown reason"],
  401: ["Unauthorized", "the server has asked for the client to provide credentials"],
  403: ["Forbidden", ""],
  404: ["NotFound", "the server could not find the requested resource"],
  405: ["MethodNotAllowed", "the server does not allow this method on the requested resource"],
  406: ["NotAcceptable", ""],
  409: ["Conflict", "the server reported a conflict"],
  410: ["Gone", ""],
  415: ["UnsupportedMediaType", ""],
  422: ["Invalid", "the server rejected our request due to an error in our request"],
  429: ["TooManyRequests", "the server has received too many requests and has asked us to try again later"],
  500: ["InternalError", ""],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  504: [
    "Timeout",
    "the server was unable to return a response in the time allotted, but may still be processing the request",
  ],
};

/** What a client makes of an answer that is no Status (`NewGenericServerResponse`). */
export function genericServerResponse(
  code: number,
  verb: string,
  resource: Resource,
  name: string,
  serverMessage: string,
): Status {
  const [reason, known] = GENERIC[code] ?? [undefined, unknownCodeMessage(code)];
  const message =
    code === 500
      ? `an error on the server ("${serverMessage}") has prevented the request from succeeding`
      : code === 409 && verb === "POST"
        ? "the server reported a conflict"
        : known || serverMessage || "unknown";
  const subject =
    resource.resource === "" ? "" : ` (${verb.toLowerCase()} ${qualified(resource)}${name ? ` ${name}` : ""})`;
  const causes = serverMessage ? [{ reason: "UnexpectedServerResponse", message: serverMessage }] : [];
  return failure(code, reason, message + subject, detailsOf(resource, name, causes.length > 0 ? { causes } : {}));
}

function unknownCodeMessage(code: number): string {
  return `the server responded with the status code ${code} but did not return more information`;
}
