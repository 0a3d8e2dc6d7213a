import { structOfKind } from "../../../api/custom/field-types.ts";
import { required } from "../../../api/field-errors.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import {
  type Applied,
  applyConfiguration,
  managedFieldsOf,
  ownersAfterUpdate,
  type Writer,
  withManagedFields,
} from "../../../api/managed-fields/managed-fields.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import { schemaOf } from "../../../api/schema/schema.ts";
import { badRequest, forbidden, invalid, unsupportedMediaType } from "../../../api/status-errors.ts";
import { formatTime } from "../../../api/time.ts";
import type { Context } from "../../../kernel/types.ts";
import { denialText } from "../authz/attributes.ts";
import { authorize } from "../authz/authorize.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { isStatus } from "./exchange.ts";
import { scaleOf } from "./scale.ts";
import { ownersOfScale, ownersOfScaled } from "./scale-ownership.ts";

const MANAGER_LENGTH_MAX = 128;

/** Who writes, as managedFields name it. */
function writerOf({ kind, request }: Exchange, context: Context): Writer {
  const { options, userAgent, subresource } = request;
  const manager = options.fieldManager ?? (userAgent.split("/", 1)[0] as string).slice(0, MANAGER_LENGTH_MAX);
  const wholeObject = kind.custom !== null && !kind.hasStatus;
  return { manager: manager || "unknown", subresource, time: formatTime(context.wallUs()), wholeObject };
}

/**
 * The object with its owners after a write that is no apply. What components write is followed only on objects that
 * have owners already.
 */
export function withOwners(
  exchange: Exchange,
  before: ApiObject | null,
  after: ApiObject,
  context: Context,
): ApiObject {
  if (exchange.form === null && before?.metadata?.managedFields === undefined) return after;
  const schema = exchange.kind.custom === null ? schemaOf(after.apiVersion, after.kind) : structOfKind(exchange.kind);
  if (schema === undefined) return after;
  return withManagedFields(after, ownersAfterUpdate(before, after, schema, writerOf(exchange, context)));
}

export function isApply({ request }: Exchange): boolean {
  return request.verb === "patch" && request.patchType === "apply";
}

/** What server-side apply makes of the object as it is (null: there is none yet). */
export function applied(exchange: Exchange, live: ApiObject | null, context: Context): Applied | Status {
  const { kind, request } = exchange;
  const schema = structOfKind(kind);
  if (schema === undefined)
    return unsupportedMediaType(["application/json-patch+json", "application/merge-patch+json"]);
  if (request.options.fieldManager === undefined) {
    const options = { group: "meta.k8s.io", resource: "patchoptions", kind: "PatchOptions" };
    return invalid(options, "", [required("fieldManager", "is required for apply patch")]);
  }
  const { name } = (request.body as ApiObject | null | undefined)?.metadata ?? {};
  if (name !== undefined && name !== exchange.name)
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${exchange.name})`);
  const writer = writerOf(exchange, context);
  const force = request.options.force === true;
  if (request.subresource === "scale" && live !== null) return appliedToScale(kind, live, request.body, writer, force);
  return applyConfiguration(live, request.body, schema, writer, { force, apiVersion: apiVersionOf(kind) });
}

/** The Scale that comes of it, and the owners of what it scales. */
function appliedToScale(kind: Kind, live: ApiObject, body: unknown, writer: Writer, force: boolean): Applied | Status {
  const scale = scaleOf(kind, live);
  if (isStatus(scale)) return scale;
  const owners = managedFieldsOf(live);
  const owned = withManagedFields(scale, ownersOfScale(kind, owners));
  const applied = applyConfiguration(owned, body, schemaOf("autoscaling/v1", "Scale")!, writer, {
    force,
    apiVersion: "autoscaling/v1",
  });
  if (isStatus(applied)) return applied;
  const { managedFields: _, ...metadata } = applied.object.metadata ?? {};
  return { object: { ...applied.object, metadata }, owners: ownersOfScaled(kind, owners, applied.owners) };
}

/** An apply that makes the object wants the right to create it, too. */
export function creationDenied(state: ApiServerState, { kind, request, user, name }: Exchange): Status | null {
  const attributes = {
    user: user.name,
    groups: user.groups,
    verb: "create",
    group: kind.group,
    resource: kind.resource,
    subresource: "",
    namespace: request.namespace,
    name: "",
    path: "",
  };
  const { allowed, reason } = authorize(state, attributes);
  return allowed ? null : forbidden(kind, name, denialText(attributes, reason));
}
