import { type Definition, isTrue } from "../../../api/custom/definition.ts";
import { validateCustomCreate } from "../../../api/custom/validate.ts";
import { definitionWarnings, finalizerWarnings } from "../../../api/custom/warnings.ts";
import { invalid as invalidField } from "../../../api/field-errors.ts";
import { generateName, randomUid } from "../../../api/hash.ts";
import { apiVersionOf, type Kind, storageKey } from "../../../api/kinds.ts";
import { withManagedFields } from "../../../api/managed-fields/managed-fields.ts";
import { type ApiObject, deepFreeze, type Status } from "../../../api/object.ts";
import {
  alreadyExists,
  badRequest,
  generateNameConflict,
  invalid,
  methodNotAllowed,
  notFound,
  storageError,
} from "../../../api/status-errors.ts";
import { formatTime } from "../../../api/time.ts";
import { validateCreate } from "../../../api/validation/validation.ts";
import { withFields } from "../../../kernel/records.ts";
import type { Context } from "../../../kernel/types.ts";
import type { TxnOperation } from "../../etcd/messages.ts";
import { admit, validateAdmission } from "../admission/admission.ts";
import type { AdmissionRequest } from "../admission/plugin.ts";
import { DEFINITIONS } from "../apiextensions/kinds.ts";
import { checkEscalation } from "../authz/escalation.ts";
import { answer, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { decorate } from "../watch/decorate.ts";
import { ServerView } from "./admission-view.ts";
import { toServed, toStored } from "./conversion.ts";
import { defaulted } from "./defaulted.ts";
import { isDefinition } from "./deletion.ts";
import { askFor, type EtcdAnswer, modEquals, rangeOf, txnOf } from "./etcd-client.ts";
import { takeEventLease } from "./event-lease.ts";
import { isDryRun, isStatus } from "./exchange.ts";
import { keyOf, lookup } from "./lookup.ts";
import { applied, isApply, withOwners } from "./ownership.ts";
import { waitsForCharge } from "./quota.ts";
import { type Companions, companionsOfCreate, rangeWritten, rememberRange } from "./service-allocation.ts";
import { estimateSize } from "./size.ts";
import { prepareForCreate } from "./strategy.ts";
import { addWarnings, warnOfObject } from "./warn.ts";

const GENERATED_NAMES_MAX = 8;

/** POST: decode, default, mutating admission, strategy, validation, validating admission, and one transaction. */
export function beginCreate(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { request } = exchange;
  const body = request.body as ApiObject | null | undefined;
  const refusal = checkBody(state, exchange, body);
  if (refusal !== null) {
    refuse(state, exchange, context, refusal);
    return;
  }
  if (needsNamespace(state, exchange)) {
    exchange.phase = "namespace";
    askFor(state, exchange, context, { op: "range", key: `/registry/namespaces/${request.namespace}` });
    return;
  }
  create(state, exchange, context);
}

/** The cache may be behind: a namespace that it does not know is looked for in etcd. */
function needsNamespace(state: ApiServerState, { kind, request }: Exchange): boolean {
  return kind.namespaced && lookup(state, "namespaces", "", request.namespace) === undefined;
}

/** The kind's definition is being deleted: nothing new is made. */
function isTerminating(state: ApiServerState, { custom }: Kind): boolean {
  if (custom === null) return false;
  const definition = lookup(state, DEFINITIONS, "", custom.definition);
  return definition !== undefined && isTrue(definition as Definition, "Terminating");
}

function checkBody(
  state: ApiServerState,
  { kind, request }: Exchange,
  body: ApiObject | null | undefined,
): Status | null {
  if (typeof body !== "object" || body === null) return badRequest("no body was sent");
  const wrong = checkKind(kind, body);
  if (wrong !== null) return wrong;
  const namespace = body.metadata?.namespace;
  if (isTerminating(state, kind))
    return methodNotAllowed(kind, "create not allowed while custom resource definition is terminating");
  if (kind.namespaced && request.namespace === "")
    return badRequest("an empty namespace may not be set during creation");
  if (kind.namespaced && namespace !== undefined && namespace !== "" && namespace !== request.namespace) {
    return badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (body.metadata?.resourceVersion) return storageError("resourceVersion should not be set on objects to be created");
  return null;
}

/** The body's kind must be what the path serves; absent counts as right. */
export function checkKind(served: Kind, body: ApiObject): Status | null {
  const { kind } = served;
  const apiVersion = apiVersionOf(served);
  const given = body.apiVersion ?? apiVersion;
  if (given !== apiVersion) {
    return badRequest(`the API version in the data (${given}) does not match the expected API version (${apiVersion})`);
  }
  if (body.kind !== undefined && body.kind !== kind) {
    if (served.custom !== null)
      return invalid(served, body.metadata?.name ?? "", [invalidField("kind", body.kind, `must be ${kind}`)]);
    return badRequest(
      `${kind} in version "${apiVersion.split("/").at(-1)}" cannot be handled as a ${kind}: no kind "${body.kind}" is registered for version "${apiVersion}"`,
    );
  }
  return null;
}

/** All that happens before etcd is asked; also the way of a PUT to a name that does not exist yet. */
export function create(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  given = exchange.request.body as ApiObject,
): void {
  const { kind, request } = exchange;
  const metadata = given.metadata ?? {};
  const name =
    metadata.name ||
    exchange.name ||
    (metadata.generateName ? generateName(metadata.generateName, (bound) => context.random.int(bound)) : "");
  exchange.name = name;
  const asked: AdmissionRequest = {
    operation: "CREATE",
    kind,
    subresource: "",
    namespace: request.namespace,
    name,
    user: exchange.user,
    object: defaulted(kind, given),
    old: null,
    options: request.options,
  };
  const view = new ServerView(state, exchange, context);
  const { object, refusal } = admit(asked, view, state.flags);
  if (refusal !== null) {
    refuse(state, exchange, context, refusal);
    return;
  }
  const facts = {
    name,
    namespace: request.namespace,
    uid: randomUid((bound) => context.random.int(bound)),
    creationTimestamp: formatTime(context.wallUs()),
    user: exchange.user,
  };
  const prepared = prepareForCreate(kind, object!, facts);
  const errors =
    kind.custom === null ? validateCreate(prepared) : validateCustomCreate(kind, prepared, exchange.warnings);
  if (errors.length > 0) {
    if (context.observed) context.note("validation", { errors: errors.length });
    refuse(state, exchange, context, invalid(kind, name, errors));
    return;
  }
  if (isDefinition(kind)) exchange.warnings.push(...definitionWarnings(prepared));
  if (kind.custom !== null) addWarnings(exchange, finalizerWarnings(prepared, null));
  else warnOfObject(exchange, prepared, null);
  const escalates = checkEscalation(state, kind, exchange.user, prepared as Parameters<typeof checkEscalation>[3]);
  if (escalates !== null) {
    refuse(state, exchange, context, escalates);
    return;
  }
  const late = validateAdmission(withFields(asked, { object: prepared }), view, state.flags);
  if (late !== null) {
    refuse(state, exchange, context, late);
    return;
  }
  exchange.draft = deepFreeze(toStored(kind, ownedFromTheStart(exchange, prepared, context)));
  if (!waitsForCharge(state, exchange, context, exchange.draft, null)) store(state, exchange, context);
}

/** Its namespace's quotas are charged. */
export function storeCharged(state: ApiServerState, exchange: Exchange, context: Context): void {
  store(state, exchange, context);
}

function ownedFromTheStart(exchange: Exchange, object: ApiObject, context: Context): ApiObject {
  if (!isApply(exchange)) return withOwners(exchange, null, object, context);
  const apply = applied(exchange, null, context);
  return isStatus(apply) ? object : withManagedFields(object, apply.owners);
}

function store(state: ApiServerState, exchange: Exchange, context: Context): void {
  const { kind } = exchange;
  if (kind.resource === "events" && !isDryRun(exchange) && takeEventLease(state, exchange, context) === null) return;
  const companions = companionsOfCreate(state, exchange, context);
  if (companions !== null && "refusal" in companions) {
    refuse(state, exchange, context, companions.refusal);
    return;
  }
  if (isDryRun(exchange)) {
    answer(state, exchange, context, 201, toServed(kind, exchange.draft!));
    return;
  }
  write(state, exchange, context, companions);
}

function write(state: ApiServerState, exchange: Exchange, context: Context, companions: Companions | null): void {
  const key = keyOf(exchange);
  const draft = exchange.draft!;
  const value = { data: draft, sizeBytes: estimateSize(draft) };
  const lease = exchange.kind.resource === "events" ? state.eventLease?.id : undefined;
  const put: TxnOperation = { op: "put", key, value, ...(lease === undefined ? {} : { lease }) };
  exchange.phase = "write";
  exchange.attempts += 1;
  askFor(state, exchange, context, {
    op: "txn",
    compare: [modEquals(key, 0), ...(companions?.compare ?? [])],
    success: [put, ...(companions?.success ?? [])],
    failure: companions === null ? [] : [{ op: "range", key }, ...companions.failure],
  });
}

export function resumeCreate(state: ApiServerState, exchange: Exchange, context: Context, from: EtcdAnswer): void {
  if (!from.ok) {
    refuse(state, exchange, context, storageError(from.text));
    return;
  }
  switch (exchange.phase) {
    case "namespace": {
      const { kind, request } = exchange;
      if (rangeOf(from.body).kvs.length === 0) {
        const gone = notFound({ group: "", resource: "namespaces" }, request.namespace);
        if (context.observed) context.note("admission", { plugin: "NamespaceLifecycle", effect: gone.message });
        refuse(state, exchange, context, gone);
        return;
      }
      // Known to etcd, on its way to the cache: once more, a little later.
      if (lookup(state, "namespaces", "", request.namespace) === undefined && exchange.attempts < 40) {
        exchange.attempts += 1;
        askFor(state, exchange, context, { op: "range", key: storageKey(kind, request.namespace, "") });
        return;
      }
      exchange.attempts = 0;
      create(state, exchange, context);
      return;
    }
    case "lease":
      store(state, exchange, context);
      return;
    default:
      written(state, exchange, context, from);
      return;
  }
}

function written(state: ApiServerState, exchange: Exchange, context: Context, from: EtcdAnswer & { ok: true }): void {
  const { kind } = exchange;
  const txn = txnOf(from.body);
  if (txn.succeeded) {
    if (context.observed) context.note("etcd", { revision: txn.header.revision });
    rangeWritten(state, exchange, txn.header.revision);
    const stored = decorate(exchange.draft!, txn.header.revision);
    answer(state, exchange, context, 201, toServed(kind, stored));
    return;
  }
  const own = txn.responses[0];
  const taken = own === undefined || (own.op === "range" && own.kvs.length > 0);
  if (!taken) {
    // The service's addresses or ports went to somebody else meanwhile.
    rememberRange(state, txn);
    if (exchange.attempts < 16) {
      store(state, exchange, context);
      return;
    }
    refuse(state, exchange, context, storageError("the allocation of addresses did not settle"));
    return;
  }
  const given = (exchange.request.body as ApiObject).metadata ?? {};
  if (given.name || !given.generateName) {
    refuse(state, exchange, context, alreadyExists(kind, exchange.name));
    return;
  }
  if (exchange.attempts >= GENERATED_NAMES_MAX) {
    refuse(state, exchange, context, generateNameConflict(kind, exchange.name));
    return;
  }
  exchange.name = generateName(given.generateName, (bound) => context.random.int(bound));
  const draft = exchange.unallocated ?? exchange.draft!;
  exchange.unallocated = null;
  exchange.draft = deepFreeze({ ...draft, metadata: { ...draft.metadata, name: exchange.name } });
  store(state, exchange, context);
}
