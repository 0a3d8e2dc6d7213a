/** What a review must say to be answered (pkg/apis/authorization/validation, pkg/registry/authorization). */
import { type FieldError, invalid as invalidField } from "../../../api/field-errors.ts";
import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import { badRequest, invalid } from "../../../api/status-errors.ts";
import type { AccessSpec } from "./reviews.ts";

const SPEC = "spec";

/** Null: it can be answered. `namespace` is the request's. */
export function wrongWithReview(kind: Kind, body: ApiObject, namespace: string): Status | null {
  const spec = (body.spec ?? {}) as AccessSpec;
  switch (kind.kind) {
    case "TokenReview":
      return spec.token ? null : badRequest("token is required for TokenReview in authentication");
    case "SelfSubjectRulesReview":
      return spec.namespace ? null : badRequest("no namespace on request");
    case "SubjectAccessReview":
    case "SelfSubjectAccessReview":
      return refused(kind, accessErrors(kind, spec));
    case "LocalSubjectAccessReview": {
      const own = body.metadata?.namespace;
      if (own !== undefined && own !== "" && own !== namespace) {
        return badRequest("the namespace of the provided object does not match the namespace sent on the request");
      }
      return refused(kind, [...accessErrors(kind, spec), ...localErrors(spec, namespace)]);
    }
    default:
      return null;
  }
}

function refused(kind: Kind, errors: readonly FieldError[]): Status | null {
  return errors.length === 0 ? null : invalid(kind, "", errors);
}

function accessErrors(kind: Kind, spec: AccessSpec): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: path, user = "", groups = [] } = spec;
  const errors: FieldError[] = [];
  if (resource !== undefined && path !== undefined) {
    const why = "cannot be specified in combination with resourceAttributes";
    errors.push(invalidField(`${SPEC}.nonResourceAttributes`, path, why));
  }
  if (resource === undefined && path === undefined) {
    const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    errors.push(invalidField(`${SPEC}.resourceAttributes`, path, why));
  }
  if (kind.kind !== "SelfSubjectAccessReview" && user === "" && groups.length === 0) {
    errors.push(invalidField(`${SPEC}.user`, user, "at least one of user or group must be specified"));
  }
  return errors;
}

function localErrors({ resourceAttributes: resource, nonResourceAttributes: path }: AccessSpec, namespace: string) {
  const errors: FieldError[] = [];
  if (resource !== undefined && (resource.namespace ?? "") !== namespace) {
    const field = `${SPEC}.resourceAttributes.namespace`;
    errors.push(invalidField(field, resource.namespace ?? "", "must match metadata.namespace"));
  }
  if (path !== undefined) {
    errors.push(invalidField(`${SPEC}.nonResourceAttributes`, path, "disallowed on this kind of request"));
  }
  return errors;
}
