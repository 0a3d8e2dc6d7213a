import { validateCustomUpdate } from "../../../api/custom/validate.ts";
import { finalizerWarnings } from "../../../api/custom/warnings.ts";
import type { FieldError } from "../../../api/field-errors.ts";
import { withManagedFields } from "../../../api/managed-fields/managed-fields.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import { badRequest, conflict, invalid, uidPreconditionFailed } from "../../../api/status-errors.ts";
import { validateUpdate } from "../../../api/validation/validation.ts";
import type { Context } from "../../../kernel/types.ts";
import { admit, validateAdmission } from "../admission/admission.ts";
import type { AdmissionRequest } from "../admission/plugin.ts";
import { checkEscalation } from "../authz/escalation.ts";
import { decodeObjectOf } from "../http/decode.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { ServerView } from "./admission-view.ts";
import { bindPod } from "./binding.ts";
import { changesInItsVersion, toServed, toStored } from "./conversion.ts";
import { checkKind } from "./create.ts";
import { defaulted } from "./defaulted.ts";
import { goesWithUpdate, isDefinition, planDefinitionDeletion, planDeletion } from "./deletion.ts";
import { evictPod } from "./eviction.ts";
import { isStatus } from "./exchange.ts";

import type { Outcome } from "./outcome.ts";
import { applied, isApply, withOwners } from "./ownership.ts";
import { patched, undecodablePatch } from "./patch.ts";
import { scaled, scaleOf } from "./scale.ts";
import { prepareForUpdate } from "./strategy.ts";
import { addWarnings, warnOfObject } from "./warn.ts";

/** What the request makes of the object as it is. Pure but for random and time; asked again after every lost race. */
export function changeOf(state: ApiServerState, exchange: Exchange, context: Context, current: ApiObject): Outcome {
  const { request } = exchange;
  switch (request.verb) {
    case "delete":
      return deletion(state, exchange, context, current);
    case "create":
      return request.subresource === "binding"
        ? bindPod(exchange, current, context.wallUs())
        : evictPod(exchange, current, context.wallUs());
    default:
      return update(state, exchange, context, current);
  }
}

function deletion(state: ApiServerState, exchange: Exchange, context: Context, current: ApiObject): Outcome {
  const { kind, request } = exchange;
  const asked: AdmissionRequest = {
    operation: "DELETE",
    kind,
    subresource: "",
    namespace: request.namespace,
    name: exchange.name,
    user: exchange.user,
    object: null,
    old: current,
    options: request.options,
  };
  const admission = admissionOf(state, exchange, context);
  const refusal = admission.mutate(asked) ?? admission.validate(asked);
  if (refusal !== null && isStatus(refusal)) return { do: "refuse", status: refusal };
  return isDefinition(kind)
    ? planDefinitionDeletion(kind, current, request.options, context.wallUs())
    : planDeletion(kind, current, request.options, context.wallUs());
}

/** The two passes of admission, with what they are told of the server. */
function admissionOf(state: ApiServerState, exchange: Exchange, context: Context) {
  const view = new ServerView(state, exchange, context);
  return {
    /** The object after the mutating pass (null for deletes), or the refusal. */
    mutate(asked: AdmissionRequest): ApiObject | Status | null {
      const { object, refusal } = admit(asked, view, state.flags);
      return refusal ?? object;
    },
    validate: (asked: AdmissionRequest): Status | null => validateAdmission(asked, view, state.flags),
  };
}

function update(state: ApiServerState, exchange: Exchange, context: Context, stored: ApiObject): Outcome {
  const { kind, request } = exchange;
  const isConverted = changesInItsVersion(kind);
  const current = isConverted ? toServed(kind, stored) : stored;
  const apply = isApply(exchange) ? applied(exchange, toServed(kind, current), context) : null;
  if (apply !== null && isStatus(apply)) return { do: "refuse", status: apply };
  const given =
    request.verb === "patch"
      ? patchedObject(exchange, current, apply?.object ?? null)
      : (request.body as ApiObject | null);
  if (typeof given !== "object" || given === null) return { do: "refuse", status: badRequest("no body was sent") };
  if (isStatus(given)) return { do: "refuse", status: given };
  const { subresource } = request;
  const refusal = subresource === "scale" ? null : checkUpdate(exchange, given, current);
  if (refusal !== null) return { do: "refuse", status: refusal };
  const next = subresource === "scale" ? scaled(kind, given, current) : isConverted ? given : toStored(kind, given);
  if (isStatus(next)) return { do: "refuse", status: next };
  const strategyPart = subresource === "scale" ? "" : subresource;
  const prepared = prepareForUpdate(kind, strategyPart, defaulted(kind, next), current);
  const asked: AdmissionRequest = {
    operation: "UPDATE",
    kind,
    subresource,
    namespace: request.namespace,
    name: exchange.name,
    user: exchange.user,
    object: prepared,
    old: current,
    options: request.options,
  };
  const admission = admissionOf(state, exchange, context);
  const admitted = admission.mutate(asked) ?? prepared;
  if (isStatus(admitted)) return { do: "refuse", status: admitted };
  const errors =
    kind.custom === null
      ? validateUpdate(admitted, current, strategyPart)
      : validateCustomUpdate(kind, admitted, current, strategyPart, exchange.warnings);
  if (errors.length > 0) {
    if (context.observed) context.note("validation", { errors: errors.length });
    return { do: "refuse", status: invalid(kind, exchange.name, errors) };
  }
  if (kind.custom !== null) addWarnings(exchange, finalizerWarnings(admitted, current));
  else if (subresource === "") warnOfObject(exchange, admitted, current);
  const escalates = checkEscalation(state, kind, exchange.user, admitted as Parameters<typeof checkEscalation>[3]);
  if (escalates !== null) return { do: "refuse", status: escalates };
  const late = admission.validate({ ...asked, object: admitted });
  if (late !== null) return { do: "refuse", status: late };
  if (goesWithUpdate(kind, admitted)) return { do: "remove", object: admitted };
  const owned =
    apply === null ? withOwners(exchange, current, admitted, context) : withManagedFields(admitted, apply.owners);
  return { do: "put", object: isConverted ? toStored(kind, owned) : owned };
}

function patchedObject(exchange: Exchange, current: ApiObject, merged: ApiObject | null): ApiObject | Status {
  const { kind, request } = exchange;
  const base = request.subresource === "scale" ? scaleOf(kind, current) : toServed(kind, current);
  const object = merged ?? patched(base, request.patchType ?? "merge", request.body);
  // What components send fits the schema; what people send is looked at.
  if ((exchange.form === null && kind.custom === null) || isStatus(object)) return object;
  const decoded = decodeObjectOf(kind, { ...request, body: object }, request.duplicates);
  if ("problem" in decoded) return undecodablePatch(request, object, decoded.problem);
  for (const warning of decoded.warnings) if (!exchange.warnings.includes(warning)) exchange.warnings.push(warning);
  return decoded.body as ApiObject;
}

/** As upstream's store prints the number that it missed. */
const NO_VERSION: FieldError = Object.freeze({
  type: "FieldValueInvalid",
  field: "metadata.resourceVersion",
  value: "0x0",
  detail: "must be specified for an update",
  bare: true,
});

function checkUpdate(exchange: Exchange, given: ApiObject, current: ApiObject): Status | null {
  const { kind, name, request } = exchange;
  const wrong = checkKind(kind, given);
  if (wrong !== null) return wrong;
  const metadata = given.metadata ?? {};
  if (metadata.name !== undefined && metadata.name !== "" && metadata.name !== name) {
    return badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (metadata.name === undefined && request.verb === "update") return badRequest(`name must be provided`);
  if (kind.namespaced && metadata.namespace && metadata.namespace !== request.namespace) {
    return badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (metadata.uid && metadata.uid !== current.metadata!.uid) {
    return conflict(kind, name, uidPreconditionFailed(metadata.uid, current.metadata!.uid!));
  }
  if (!metadata.resourceVersion) {
    if (kind.unconditionalUpdate || request.verb === "patch") return null;
    return invalid({ group: kind.group, kind: kind.resource }, name, [NO_VERSION]);
  }
  return metadata.resourceVersion === current.metadata!.resourceVersion ? null : conflict(kind, name);
}
