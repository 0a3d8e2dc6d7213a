/** Where a pod may run: affinity, tolerations, topology spread. */
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { nameIsDnsLabel, validateLabelValue } from "../names.ts";
import {
  addInvalid,
  checkQualifiedName,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";
import { checkLabelSelector, checkNodeSelector, checkNodeSelectorTerm } from "./selectors.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

export function checkAffinity(errors: Errors, field: string, value: unknown): void {
  if (!isPresent(value)) return;
  const affinity = record(value);
  if (affinity.nodeAffinity) checkNodeAffinity(errors, child(field, "nodeAffinity"), record(affinity.nodeAffinity));
  for (const kind of ["podAffinity", "podAntiAffinity"]) {
    if (affinity[kind]) checkPodAffinity(errors, child(field, kind), record(affinity[kind]));
  }
}

function checkNodeAffinity(errors: Errors, field: string, affinity: Fields): void {
  if (isPresent(affinity[REQUIRED]))
    checkNodeSelector(errors, child(field, REQUIRED), record(affinity[REQUIRED]), false);
  list(affinity[PREFERRED]).forEach((value, index) => {
    const path = item(child(field, PREFERRED), index);
    checkWeight(errors, child(path, "weight"), record(value).weight);
    checkNodeSelectorTerm(errors, child(path, "preference"), record(record(value).preference), true);
  });
}

function checkWeight(errors: Errors, field: string, weight: unknown): void {
  const number = Number(weight ?? 0);
  if (number <= 0 || number > 100) errors.push(invalid(field, number, "must be in the range 1-100"));
}

function checkPodAffinity(errors: Errors, field: string, affinity: Fields): void {
  list(affinity[REQUIRED]).forEach((term, index) => {
    checkAffinityTerm(errors, item(child(field, REQUIRED), index), record(term));
  });
  list(affinity[PREFERRED]).forEach((value, index) => {
    const path = item(child(field, PREFERRED), index);
    checkWeight(errors, child(path, "weight"), record(value).weight);
    checkAffinityTerm(errors, child(path, "podAffinityTerm"), record(record(value).podAffinityTerm));
  });
}

function checkAffinityTerm(errors: Errors, field: string, term: Fields): void {
  checkLabelSelector(errors, child(field, "labelSelector"), term.labelSelector);
  checkLabelSelector(errors, child(field, "namespaceSelector"), term.namespaceSelector);
  for (const name of list(term.namespaces)) {
    addInvalid(errors, child(field, "namespace"), name, nameIsDnsLabel(text(name), false));
  }
  checkMatchLabelKeys(errors, field, term);
  if (text(term.topologyKey) === "") errors.push(required(child(field, "topologyKey"), "can not be empty"));
  checkQualifiedName(errors, child(field, "topologyKey"), term.topologyKey);
}

/** `matchLabelKeys` and `mismatchLabelKeys` stand beside a selector and do not repeat it. */
function checkMatchLabelKeys(errors: Errors, field: string, term: Fields): void {
  const [keys, others] = [list(term.matchLabelKeys).map(text), list(term.mismatchLabelKeys).map(text)];
  const mismatched = new Set(others);
  const path = child(field, "matchLabelKeys");
  checkLabelKeys(errors, path, keys, term.labelSelector);
  checkLabelKeys(errors, child(field, "mismatchLabelKeys"), others, term.labelSelector);
  checkKeysAgainstSelector(errors, field, keys, term.labelSelector);
  keys.forEach((key, at) => {
    if (!mismatched.has(key)) return;
    errors.push(invalid(item(path, at), key, "exists in both matchLabelKeys and mismatchLabelKeys"));
  });
}

const NEEDS_SELECTOR = "must not be specified when labelSelector is not set";

function checkLabelKeys(errors: Errors, field: string, keys: readonly string[], selector: unknown): void {
  if (keys.length === 0) return;
  if (!isPresent(selector)) {
    errors.push(forbidden(field, NEEDS_SELECTOR));
    return;
  }
  keys.forEach((key, at) => {
    checkQualifiedName(errors, item(field, at), key);
  });
}

/** The server itself adds one expression for a key (`strategy.ts`); another requirement is the client's. */
function checkKeysAgainstSelector(errors: Errors, field: string, keys: readonly string[], selector: unknown): void {
  const { matchLabels, matchExpressions } = record(selector);
  const seen = new Set(Object.keys(record(matchLabels)));
  const places = new Map(keys.map((key, index) => [key, index]));
  for (const value of list(matchExpressions)) {
    const key = text(record(value).key);
    const at = places.get(key);
    if (at !== undefined && seen.has(key)) {
      errors.push(invalid(item(field, at), key, "exists in both matchLabelKeys and labelSelector"));
    }
    seen.add(key);
  }
}

const EFFECTS: readonly string[] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

export function checkTaintEffect(errors: Errors, field: string, effect: string, mayBeEmpty: boolean): void {
  if (mayBeEmpty && effect === "") return;
  if (EFFECTS.includes(effect)) return;
  if (effect === "") errors.push(required(field));
  else errors.push(notSupported(field, effect, ["NoSchedule", "PreferNoSchedule", "NoExecute"]));
}

export function checkTolerations(errors: Errors, field: string, tolerations: unknown): void {
  list(tolerations).forEach((value, index) => {
    const toleration = record(value);
    const path = item(field, index);
    const key = text(toleration.key);
    if (key !== "") checkQualifiedName(errors, child(path, "key"), key);
    if (key === "" && toleration.operator !== "Exists") {
      errors.push(
        invalid(
          child(path, "operator"),
          text(toleration.operator),
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    }
    if (isPresent(toleration.tolerationSeconds) && toleration.effect !== "NoExecute") {
      errors.push(
        invalid(
          child(path, "effect"),
          text(toleration.effect),
          "effect must be 'NoExecute' when `tolerationSeconds` is set",
        ),
      );
    }
    switch (text(toleration.operator)) {
      case "":
      case "Equal": {
        const messages = validateLabelValue(text(toleration.value));
        if (messages.length > 0) errors.push(invalid(child(path, "operator"), toleration.value, messages.join(";")));
        break;
      }
      case "Exists":
        if (text(toleration.value) !== "") {
          errors.push(
            invalid(child(path, "operator"), toleration.value, "value must be empty when `operator` is 'Exists'"),
          );
        }
        break;
      default:
        errors.push(notSupported(child(path, "operator"), toleration.operator, ["Equal", "Exists"]));
    }
    if (text(toleration.effect) !== "") checkTaintEffect(errors, child(path, "effect"), text(toleration.effect), true);
  });
}

const SPREAD_ACTIONS: readonly string[] = ["DoNotSchedule", "ScheduleAnyway"];
const INCLUSION_POLICIES: readonly string[] = ["Honor", "Ignore"];

export function checkTopologySpread(errors: Errors, field: string, constraints: unknown): void {
  const all = list(constraints).map(record);
  const pairOf = (one: Fields): string => JSON.stringify([text(one.topologyKey), text(one.whenUnsatisfiable)]);
  const last = new Map(all.map((one, index) => [pairOf(one), index]));
  all.forEach((constraint, index) => {
    const path = item(field, index);
    const maxSkew = Number(constraint.maxSkew ?? 0);
    if (maxSkew <= 0) errors.push(invalid(child(path, "maxSkew"), maxSkew, "must be greater than zero"));
    const [key, action] = [text(constraint.topologyKey), text(constraint.whenUnsatisfiable)];
    if (key === "") errors.push(required(child(path, "topologyKey"), "can not be empty"));
    if (!SPREAD_ACTIONS.includes(action))
      errors.push(notSupported(child(path, "whenUnsatisfiable"), action, SPREAD_ACTIONS));
    if (last.get(pairOf(constraint)) !== index) {
      errors.push(duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${key}, ${action}}`));
    }
    if (isPresent(constraint.minDomains)) {
      const domains = Number(constraint.minDomains);
      if (domains <= 0) errors.push(invalid(child(path, "minDomains"), domains, "must be greater than zero"));
      if (action !== "DoNotSchedule") {
        errors.push(
          invalid(
            child(path, "minDomains"),
            domains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`,
          ),
        );
      }
    }
    for (const policy of ["nodeAffinityPolicy", "nodeTaintsPolicy"]) {
      if (isPresent(constraint[policy]) && !INCLUSION_POLICIES.includes(text(constraint[policy]))) {
        errors.push(notSupported(child(path, policy), constraint[policy], INCLUSION_POLICIES));
      }
    }
    checkSpreadKeys(errors, path, constraint);
    checkLabelSelector(errors, child(path, "labelSelector"), constraint.labelSelector);
  });
}

function checkSpreadKeys(errors: Errors, path: string, constraint: Fields): void {
  const keys = list(constraint.matchLabelKeys).map(text);
  const field = child(path, "matchLabelKeys");
  if (keys.length > 0 && !isPresent(constraint.labelSelector)) errors.push(forbidden(field, NEEDS_SELECTOR));
  const { matchLabels, matchExpressions } = record(constraint.labelSelector);
  const seen = new Set([
    ...Object.keys(record(matchLabels)),
    ...list(matchExpressions).map((one) => text(record(one).key)),
  ]);
  keys.forEach((key, at) => {
    checkQualifiedName(errors, item(field, at), key);
    if (seen.has(key)) {
      errors.push(invalid(item(field, at), key, "exists in both matchLabelKeys and labelSelector"));
    }
  });
}
