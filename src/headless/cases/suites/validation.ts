import { applyDefaults } from "../../../sim/api/defaulting/defaulting.ts";
import type { FieldError } from "../../../sim/api/field-errors.ts";
import { errorBody } from "../../../sim/api/field-errors.ts";
import { kindOfObject } from "../../../sim/api/kinds.ts";
import type { ApiObject, Status } from "../../../sim/api/object.ts";
import { invalid } from "../../../sim/api/status-errors.ts";
import { prepareForCreate, prepareForUpdate } from "../../../sim/api/strategy.ts";
import { hasOwnValidation, validateCreate, validateUpdate } from "../../../sim/api/validation/validation.ts";
import { expectSameSet, type Outcome, type Suite, skip } from "../suite.ts";

/** A namespaced object without a namespace gets the request's. */
function inNamespace(object: ApiObject, namespace: string): ApiObject {
  const kind = kindOfObject(object.apiVersion, object.kind);
  if (!kind?.namespaced || object.metadata?.namespace) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

function withResourceVersion(object: ApiObject): ApiObject {
  if (object.metadata?.resourceVersion) return object;
  return { ...object, metadata: { ...object.metadata, resourceVersion: "1" } };
}

/** The server gives every new object one. */
function withUid(object: ApiObject): ApiObject {
  return object.metadata?.uid ? object : { ...object, metadata: { ...object.metadata, uid: "1a2b3c" } };
}

function errorsOfCreate(object: ApiObject): readonly FieldError[] {
  const sent = withUid(inNamespace(object, "default"));
  // Recorded with `--allow-privileged` off, its default.
  return validateCreate(prepareForCreate(applyDefaults(sent)), { allowPrivileged: false });
}

function errorsOfUpdate(object: ApiObject, old: ApiObject, subresource: string): readonly FieldError[] {
  const stored = applyDefaults(withResourceVersion(inNamespace(old, "default")));
  const resourceVersion = object.metadata?.resourceVersion || stored.metadata?.resourceVersion;
  const sent = inNamespace(object, stored.metadata?.namespace ?? "default");
  const filled = applyDefaults({
    ...sent,
    metadata: { ...sent.metadata, ...(resourceVersion ? { resourceVersion } : {}) },
  });
  return validateUpdate(prepareForUpdate(filled, stored, subresource), stored, subresource);
}

/** Kinds whose fields nobody looks at yet cannot be asked. */
export function skipUnlessValidated({ apiVersion, kind }: ApiObject): Outcome | null {
  const known = kindOfObject(apiVersion, kind);
  if (known && hasOwnValidation(known.group, known.kind)) return null;
  return skip(`fields of ${kind} are not validated`);
}

/** The Status with which a create is refused, as the API server makes it. */
export function refusalOfCreate(object: ApiObject): Status {
  const kind = kindOfObject(object.apiVersion, object.kind)!;
  return invalid(kind, object.metadata?.name ?? "", errorsOfCreate(object));
}

interface ExpectedError {
  readonly type: string;
  readonly field: string;
  readonly detail?: string;
  readonly message?: string;
}

export const validation: Suite = {
  name: "validation",
  run: ({ object, old, subresource, errors }) => {
    const missing = skipUnlessValidated(object as ApiObject);
    if (missing) return missing;
    const found =
      old === undefined
        ? errorsOfCreate(object as ApiObject)
        : errorsOfUpdate(object as ApiObject, old as ApiObject, (subresource as string | undefined) ?? "");
    return compareErrors(found, errors as readonly ExpectedError[]);
  },
};

function precision({ detail, message }: ExpectedError): number {
  return (detail === undefined ? 0 : 1) + (message === undefined ? 0 : 1);
}

/** Detail and message are compared only where the case gives them: the found errors are shown alike. */
function compareErrors(found: readonly FieldError[], expected: readonly ExpectedError[]): ReturnType<Suite["run"]> {
  // The most telling first, so that a vague expectation does not take what a precise one needs.
  const open = [...expected].sort((a, b) => precision(b) - precision(a));
  const shown = found.map((error) => {
    const { type, field, detail } = error;
    const message = errorBody(error);
    const at = open.findIndex(
      (one) =>
        one.type === type &&
        one.field === field &&
        (one.detail === undefined || one.detail === detail) &&
        (one.message === undefined || one.message === message),
    );
    return at < 0 ? { type, field, detail, message } : open.splice(at, 1)[0];
  });
  return expectSameSet(shown, expected);
}
