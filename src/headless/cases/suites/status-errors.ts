import type { FieldError } from "../../../sim/api/field-errors.ts";
import type { ApiObject, Status, StatusDetails } from "../../../sim/api/object.ts";
import * as errors from "../../../sim/api/status-errors.ts";
import { expectSame, fail, type Outcome, type Suite } from "../suite.ts";
import { refusalOfCreate, skipUnlessValidated } from "./validation.ts";

interface Input {
  readonly call: string;
  readonly group?: string;
  readonly resource?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly message?: string;
  readonly verb?: string;
  readonly code?: number;
  readonly retryAfterSeconds?: number;
  readonly causes?: NonNullable<StatusDetails["causes"]>;
  readonly errors?: readonly (Partial<FieldError> & { readonly max?: number })[];
}

function fieldErrors(input: Input): FieldError[] {
  return (input.errors ?? []).map((error) => ({
    ...(error as FieldError),
    detail: error.max === undefined ? (error.detail ?? "") : `must have at most ${error.max} items`,
  }));
}

function statusOf(input: Input): Status | null {
  const resource = { group: input.group ?? "", resource: input.resource ?? "" };
  const { name = "", message = "", verb = "", retryAfterSeconds = 0 } = input;
  switch (input.call) {
    case "AlreadyExists":
      return errors.alreadyExists(resource, name);
    case "NotFound":
      return errors.notFound(resource, name);
    case "Conflict":
      return errors.conflict(resource, name, message);
    case "ApplyConflict":
      return errors.applyConflict(message, input.causes ?? []);
    case "BadRequest":
      return errors.badRequest(message);
    case "Forbidden":
      return errors.forbidden(resource, name, message);
    case "Gone":
      return errors.gone(message);
    case "Expired":
      return errors.expired(message);
    case "TooManyRequests":
      return errors.tooManyRequests(message, retryAfterSeconds);
    case "ServiceUnavailable":
      return errors.serviceUnavailable(message);
    case "MethodNotSupported":
      return errors.methodNotSupported(resource, verb);
    case "ServerTimeout":
      return errors.serverTimeout(resource, verb, retryAfterSeconds);
    case "Timeout":
      return errors.timeout(message, retryAfterSeconds);
    case "InternalError":
      return errors.internalError(message);
    case "RequestEntityTooLarge":
      return errors.requestEntityTooLarge(message);
    case "Unauthorized":
      return errors.unauthorized(message);
    case "Invalid":
      return errors.invalid({ group: input.group ?? "", kind: input.kind ?? "" }, name, fieldErrors(input));
    case "Generic":
      return errors.genericServerResponse(input.code ?? 0, verb, resource, name, message);
    default:
      return null;
  }
}

export const statusErrors: Suite = {
  name: "status-errors",
  run: ({ input, object, status }): Outcome => {
    if (object !== undefined) {
      return skipUnlessValidated(object as ApiObject) ?? expectSame(refusalOfCreate(object as ApiObject), status);
    }
    const answer = statusOf(input as Input);
    return answer ? expectSame(answer, status) : fail(`there is no error ${(input as Input).call}`);
  },
};
