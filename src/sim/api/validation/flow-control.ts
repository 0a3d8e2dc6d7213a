/** FlowSchemas and PriorityLevelConfigurations (pkg/apis/flowcontrol/validation). */
import { semanticEqual } from "../equal.ts";
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { MANDATORY_FLOW_SCHEMAS, MANDATORY_PRIORITY_LEVELS } from "../flow-control.ts";
import { nameIsDnsLabel, nameIsDnsSubdomain } from "../names.ts";
import {
  addInvalid,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  repetitions,
  text,
} from "./common.ts";
import type { Validate } from "./core.ts";
import { checkObjectMeta } from "./metadata.ts";

const PRECEDENCE_MAX = 10_000;
const QUEUES_MAX = 10_000_000;
const HASH_BITS = 60;
const DISTINGUISHERS: readonly string[] = ["ByNamespace", "ByUser"];
const VERBS: readonly string[] = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "proxy",
  "update",
  "watch",
];

/** A change has to be what a new object has to be. */
export const validateFlowSchema: Validate = (errors, schema) => {
  const [metadata, spec] = [record(schema.metadata), record(schema.spec)];
  const name = text(metadata.name);
  checkObjectMeta(errors, metadata, false, nameIsDnsSubdomain);
  checkSchemaSpec(errors, name, spec);
  const fixed = MANDATORY_FLOW_SCHEMAS[name];
  if (fixed !== undefined && !semanticEqual(spec, fixed))
    errors.push(invalid("spec", spec, `spec of '${name}' must equal the fixed value`));
  checkStatusConditions(errors, record(schema.status));
};

/** Only their types are looked at. */
function checkStatusConditions(errors: Errors, status: Fields): void {
  const types = list(status.conditions).map((one) => text(record(one).type));
  const repeated = repetitions(types);
  types.forEach((type, index) => {
    const path = child(item("status.conditions", index), "type");
    if (repeated.has(index)) errors.push(duplicate(path, type));
    if (type === "") errors.push(required(path, "must not be empty"));
  });
}

function checkSchemaSpec(errors: Errors, name: string, spec: Fields): void {
  checkPrecedence(errors, "spec.matchingPrecedence", Number(spec.matchingPrecedence ?? 0), name);
  if (isPresent(spec.distinguisherMethod)) {
    const type = text(record(spec.distinguisherMethod).type);
    if (!DISTINGUISHERS.includes(type))
      errors.push(notSupported("spec.distinguisherMethod.type", type, DISTINGUISHERS));
  }
  const level = text(record(spec.priorityLevelConfiguration).name);
  const path = "spec.priorityLevelConfiguration.name";
  if (level === "") errors.push(required(path, "must reference a priority level"));
  else addInvalid(errors, path, level, nameIsDnsSubdomain(level, false));
  list(spec.rules).forEach((rule, index) => {
    checkRule(errors, item("spec.rules", index), record(rule));
  });
}

function checkPrecedence(errors: Errors, field: string, value: number, name: string): void {
  if (value <= 0) errors.push(invalid(field, value, "must be a positive value"));
  if (value > PRECEDENCE_MAX) errors.push(invalid(field, value, `must not be greater than ${PRECEDENCE_MAX}`));
  if (value === 1 && name !== "exempt")
    errors.push(invalid(field, value, "only the schema named 'exempt' may have matchingPrecedence 1"));
}

function checkRule(errors: Errors, field: string, rule: Fields): void {
  const [resources, urls] = [list(rule.resourceRules), list(rule.nonResourceRules)];
  if (list(rule.subjects).length === 0)
    errors.push(required(child(field, "subjects"), "subjects must contain at least one value"));
  list(rule.subjects).forEach((subject, index) => {
    checkSubject(errors, item(child(field, "subjects"), index), record(subject));
  });
  if (resources.length === 0 && urls.length === 0)
    errors.push(required(field, "at least one of resourceRules and nonResourceRules has to be non-empty"));
  resources.forEach((one, index) => {
    checkResourceRule(errors, item(child(field, "resourceRules"), index), record(one));
  });
  urls.forEach((one, index) => {
    checkUrlRule(errors, item(child(field, "nonResourceRules"), index), record(one));
  });
}

/** Kinds of subjects in the order of messages, and the field of each. */
const SUBJECT_FIELDS: Readonly<Record<string, string>> = {
  Group: "group",
  ServiceAccount: "serviceAccount",
  User: "user",
};
/** In the order in which fields of other kinds are complained of. */
const SUBJECT_KINDS = ["ServiceAccount", "User", "Group"];

function checkSubject(errors: Errors, field: string, subject: Fields): void {
  const kind = text(subject.kind);
  const own = Object.hasOwn(SUBJECT_FIELDS, kind) ? SUBJECT_FIELDS[kind]! : null;
  if (own === null) {
    errors.push(notSupported(child(field, "kind"), kind, Object.keys(SUBJECT_FIELDS)));
    return;
  }
  const path = child(field, own);
  if (!isPresent(subject[own])) errors.push(required(path, `${own} is required when subject kind is '${kind}'`));
  else if (kind === "ServiceAccount") checkAccount(errors, path, record(subject[own]));
  else if (text(record(subject[own]).name) === "") errors.push(required(child(path, "name")));
  for (const other of SUBJECT_KINDS) {
    const name = SUBJECT_FIELDS[other]!;
    if (other !== kind && isPresent(subject[name]))
      errors.push(forbidden(child(field, name), `${name} is forbidden when subject kind is not '${other}'`));
  }
}

function checkAccount(errors: Errors, field: string, account: Fields): void {
  const [name, namespace] = [text(account.name), text(account.namespace)];
  if (name === "") errors.push(required(child(field, "name")));
  else if (name !== "*") addInvalid(errors, child(field, "name"), name, nameIsDnsSubdomain(name, false));
  if (namespace === "") errors.push(required(child(field, "namespace"), "must specify namespace for service account"));
  else addInvalid(errors, child(field, "namespace"), namespace, nameIsDnsLabel(namespace, false));
}

/** All of them, or some by name. */
function checkWildcard(errors: Errors, field: string, values: readonly unknown[], what: string): void {
  if (values.length > 1 && values.includes("*"))
    errors.push(invalid(field, values, `if '*' is present, must not specify other ${what}`));
}

function checkVerbs(errors: Errors, field: string, verbs: readonly unknown[]): void {
  if (verbs.length === 0) errors.push(required(field, "verbs must contain at least one value"));
  else if (verbs.includes("*")) checkWildcard(errors, field, verbs, "verbs");
  else if (!verbs.every((verb) => VERBS.includes(text(verb)))) errors.push(notSupported(field, verbs, VERBS));
}

function checkResourceRule(errors: Errors, field: string, rule: Fields): void {
  checkVerbs(errors, child(field, "verbs"), list(rule.verbs));
  const groups = list(rule.apiGroups);
  if (groups.length === 0)
    errors.push(required(child(field, "apiGroups"), "resource rules must supply at least one api group"));
  checkWildcard(errors, child(field, "apiGroups"), groups, "api groups");
  const resources = list(rule.resources);
  if (resources.length === 0)
    errors.push(required(child(field, "resources"), "resource rules must supply at least one resource"));
  checkWildcard(errors, child(field, "resources"), resources, "resources");
  checkNamespaces(errors, child(field, "namespaces"), list(rule.namespaces).map(text), rule.clusterScope === true);
}

function checkNamespaces(errors: Errors, field: string, namespaces: readonly string[], ofCluster: boolean): void {
  if (namespaces.length === 0 && !ofCluster) {
    const why = "resource rules that are not cluster scoped must supply at least one namespace";
    errors.push(required(field, why));
  } else if (namespaces.includes("*")) checkWildcard(errors, field, namespaces, "namespaces");
  else
    namespaces.forEach((namespace, index) => {
      const messages = nameIsDnsLabel(namespace, false).map(
        (message) => `each member of this list must be '*' or a DNS-1123 label; ${message}`,
      );
      addInvalid(errors, item(field, index), namespace, messages);
    });
}

function checkUrlRule(errors: Errors, field: string, rule: Fields): void {
  checkVerbs(errors, child(field, "verbs"), list(rule.verbs));
  const path = child(field, "nonResourceURLs");
  const urls = list(rule.nonResourceURLs).map(text);
  if (urls.length === 0) errors.push(required(path, "nonResourceURLs must contain at least one value"));
  else if (urls.includes("*")) checkWildcard(errors, path, urls, "non-resource URLs");
  else
    urls.forEach((url, index) => {
      const why = wrongWithUrl(url);
      if (why !== null) errors.push(invalid(item(path, index), url, why));
    });
}

function wrongWithUrl(url: string): string | null {
  if (url === "") return "must not be empty";
  if (url === "/") return null;
  if (!url.startsWith("/")) return "must start with slash";
  if (url.includes(" ")) return "must not contain white-space";
  if (url.includes("//")) return "must not contain double slash";
  const wildcards = url.split("*").length - 1;
  return wildcards > 1 || (wildcards === 1 && !url.endsWith("/*")) ? "wildcard can only do suffix matching" : null;
}

export const validatePriorityLevelConfiguration: Validate = (errors, level) => {
  const [metadata, spec] = [record(level.metadata), record(level.spec)];
  const name = text(metadata.name);
  checkObjectMeta(errors, metadata, false, nameIsDnsSubdomain);
  checkLevelSpec(errors, name, spec);
  checkMandatoryLevel(errors, name, spec);
  checkStatusConditions(errors, record(level.status));
};

function checkMandatoryLevel(errors: Errors, name: string, spec: Fields): void {
  const fixed = MANDATORY_PRIORITY_LEVELS[name];
  if (fixed === undefined) return;
  const isExempt = name === "exempt";
  if (semanticEqual(isExempt ? { ...spec, exempt: fixed.exempt } : spec, fixed)) return;
  const but = isExempt ? " except the 'spec.exempt' field" : "";
  errors.push(invalid("spec", spec, `spec of '${name}'${but} must equal the fixed value`));
}

function checkLevelSpec(errors: Errors, name: string, spec: Fields): void {
  const type = text(spec.type);
  if ((name === "exempt") !== (type === "Exempt"))
    errors.push(invalid("spec.type", type, "type must be 'Exempt' if and only if `name` is 'exempt'"));
  switch (type) {
    case "Exempt":
      if (isPresent(spec.limited)) errors.push(forbidden("spec.limited", "must be nil if the type is not Limited"));
      if (isPresent(spec.exempt)) checkShares(errors, "spec.exempt", record(spec.exempt));
      return;
    case "Limited":
      if (isPresent(spec.exempt)) errors.push(forbidden("spec.exempt", "must be nil if the type is Limited"));
      if (isPresent(spec.limited)) checkLimited(errors, "spec.limited", record(spec.limited));
      else errors.push(required("spec.limited", "must not be empty when type is Limited"));
      return;
    default:
      errors.push(notSupported("spec.type", type, ["Exempt", "Limited"]));
  }
}

const NOT_NEGATIVE = "must be a non-negative integer";

function checkNominalShares(errors: Errors, field: string, { nominalConcurrencyShares: shares }: Fields): void {
  if (Number(shares ?? 0) < 0) errors.push(invalid(child(field, "nominalConcurrencyShares"), shares, NOT_NEGATIVE));
}

function checkLendablePercent(errors: Errors, field: string, { lendablePercent: percent }: Fields): void {
  if (Number(percent ?? 0) >= 0 && Number(percent ?? 0) <= 100) return;
  errors.push(invalid(child(field, "lendablePercent"), percent, "must be between 0 and 100, inclusive"));
}

function checkShares(errors: Errors, field: string, exempt: Fields): void {
  checkNominalShares(errors, field, exempt);
  checkLendablePercent(errors, field, exempt);
}

function checkLimited(errors: Errors, field: string, limited: Fields): void {
  checkNominalShares(errors, field, limited);
  checkLimitResponse(errors, child(field, "limitResponse"), record(limited.limitResponse));
  checkLendablePercent(errors, field, limited);
  const { borrowingLimitPercent: borrowed } = limited;
  if (Number(borrowed ?? 0) < 0)
    errors.push(invalid(child(field, "borrowingLimitPercent"), borrowed, `if specified, ${NOT_NEGATIVE}`));
}

function checkLimitResponse(errors: Errors, field: string, { type, queuing }: Fields): void {
  const path = child(field, "queuing");
  switch (type) {
    case "Reject":
      if (isPresent(queuing)) errors.push(forbidden(path, "must be nil if limited.limitResponse.type is not Limited"));
      return;
    case "Queue":
      if (isPresent(queuing)) checkQueuing(errors, path, record(queuing));
      else errors.push(required(path, "must not be empty if limited.limitResponse.type is Limited"));
      return;
    default:
      errors.push(notSupported(child(field, "type"), text(type), ["Queue", "Reject"]));
  }
}

function checkQueuing(errors: Errors, field: string, queuing: Fields): void {
  const [length, queues, hand] = [queuing.queueLengthLimit, queuing.queues, queuing.handSize].map((one) =>
    Number(one ?? 0),
  ) as [number, number, number];
  const wrong = (name: string, value: number, why: string): void => {
    errors.push(invalid(child(field, name), value, why));
  };
  if (length <= 0) wrong("queueLengthLimit", length, "must be positive");
  if (queues <= 0) wrong("queues", queues, "must be positive");
  else if (queues > QUEUES_MAX) wrong("queues", queues, `must not be greater than ${QUEUES_MAX}`);
  if (hand <= 0) wrong("handSize", hand, "must be positive");
  else if (hand > queues) wrong("handSize", hand, `should not be greater than queues (${queues})`);
  else if (isTooVaried(queues, hand)) {
    const why = `required entropy bits of deckSize ${queues} and handSize ${hand} should not be greater than ${HASH_BITS}`;
    wrong("handSize", hand, why);
  }
}

/** Whether dealing a hand makes use of more bits than a hash has. */
function isTooVaried(deck: number, hand: number): boolean {
  const bound = 1n << BigInt(HASH_BITS);
  let ways = 1n;
  for (let dealt = 0; dealt < hand && ways <= bound; dealt++) ways *= BigInt(deck);
  return deck > 1 && ways > bound;
}
