/** Roles, bindings and their parts. */

import { equalJson } from "../equal.ts";
import { invalid, invalidAsGo, notSupported, required } from "../field-errors.ts";
import { nameIsPathSegment, validateDns1123Subdomain, validatePathSegmentName } from "../names.ts";
import { addInvalid, child, type Errors, type Fields, item, list, record, text } from "./common.ts";
import type { Validate } from "./core.ts";
import { checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";
import { checkLabelSelector, hasBadSelector, hasInvalidValues } from "./selectors.ts";

const GROUP = "rbac.authorization.k8s.io";
const SUBJECT_KINDS: readonly string[] = ["ServiceAccount", "User", "Group"];

function checkMeta(errors: Errors, object: Fields, old: Fields | undefined, namespaced: boolean): void {
  checkObjectMeta(errors, record(object.metadata), namespaced, nameIsPathSegment);
  if (old) checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
}

function checkRule(errors: Errors, field: string, rule: Fields, namespaced: boolean): void {
  if (list(rule.verbs).length === 0)
    errors.push(required(child(field, "verbs"), "verbs must contain at least one value"));
  const urls = list(rule.nonResourceURLs);
  if (urls.length > 0) {
    if (namespaced)
      errors.push(invalid(child(field, "nonResourceURLs"), urls, "namespaced rules cannot apply to non-resource URLs"));
    if (list(rule.apiGroups).length + list(rule.resources).length + list(rule.resourceNames).length > 0) {
      errors.push(
        invalid(
          child(field, "nonResourceURLs"),
          urls,
          "rules cannot apply to both regular resources and non-resource URLs",
        ),
      );
    }
    return;
  }
  if (list(rule.apiGroups).length === 0)
    errors.push(required(child(field, "apiGroups"), "resource rules must supply at least one api group"));
  if (list(rule.resources).length === 0)
    errors.push(required(child(field, "resources"), "resource rules must supply at least one resource"));
}

function checkRules(errors: Errors, rules: unknown, namespaced: boolean): void {
  list(rules).forEach((rule, index) => {
    checkRule(errors, item("rules", index), record(rule), namespaced);
  });
}

export const validateRole: Validate = (errors, role, old) => {
  checkMeta(errors, role, old, true);
  checkRules(errors, role.rules, true);
};

function selectorsOf(role: Fields): readonly unknown[] {
  return list(record(role.aggregationRule).clusterRoleSelectors);
}

export const validateClusterRole: Validate = (errors, role, old) => {
  checkMeta(errors, role, old, false);
  checkRules(errors, role.rules, false);
  const selectors = selectorsOf(role);
  if (role.aggregationRule && selectors.length === 0) {
    errors.push(
      required(
        "aggregationRule.clusterRoleSelectors",
        "at least one clusterRoleSelector required if aggregationRule is non-nil",
      ),
    );
  }
  const options = { allowInvalidValues: old !== undefined && selectorsOf(old).some(hasInvalidValues) };
  selectors.forEach((selector, index) => {
    const path = item("aggregationRule.clusterRoleSelectors", index);
    checkLabelSelector(errors, path, selector, options);
    if (hasBadSelector(selector)) errors.push(invalid(path, null, "invalid label selector."));
  });
};

/** The reference as Go's `%#v` prints it. */
function goRoleRef({ apiGroup, kind, name }: Fields): string {
  const [group, kindText, nameText] = [apiGroup, kind, name].map((one) => JSON.stringify(text(one)));
  return `rbac.RoleRef{APIGroup:${group}, Kind:${kindText}, Name:${nameText}}`;
}

function checkBinding(errors: Errors, binding: Fields, old: Fields | undefined, namespaced: boolean): void {
  checkMeta(errors, binding, old, namespaced);
  const reference = record(binding.roleRef);
  if (old && !equalJson(record(old.roleRef), reference))
    errors.push(invalidAsGo("roleRef", goRoleRef(reference), "cannot change roleRef"));
  if (text(reference.apiGroup) !== GROUP)
    errors.push(notSupported("roleRef.apiGroup", text(reference.apiGroup), [GROUP]));
  const kinds = namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
  if (!kinds.includes(text(reference.kind))) errors.push(notSupported("roleRef.kind", text(reference.kind), kinds));
  if (text(reference.name) === "") errors.push(required("roleRef.name"));
  else addInvalid(errors, "roleRef.name", reference.name, validatePathSegmentName(text(reference.name)));
  list(binding.subjects).forEach((subject, index) => {
    checkSubject(errors, item("subjects", index), record(subject), namespaced);
  });
}

function checkSubject(errors: Errors, field: string, subject: Fields, namespaced: boolean): void {
  const [name, group] = [text(subject.name), text(subject.apiGroup)];
  if (name === "") errors.push(required(child(field, "name")));
  switch (subject.kind) {
    case "ServiceAccount":
      if (name !== "") addInvalid(errors, child(field, "name"), name, validateDns1123Subdomain(name));
      if (group !== "") errors.push(notSupported(child(field, "apiGroup"), group, [""]));
      if (!namespaced && text(subject.namespace) === "") errors.push(required(child(field, "namespace")));
      break;
    case "User":
    case "Group":
      if (group !== GROUP) errors.push(notSupported(child(field, "apiGroup"), group, [GROUP]));
      break;
    default:
      errors.push(notSupported(child(field, "kind"), text(subject.kind), SUBJECT_KINDS));
  }
}

export const validateRoleBinding: Validate = (errors, binding, old) => checkBinding(errors, binding, old, true);
export const validateClusterRoleBinding: Validate = (errors, binding, old) => checkBinding(errors, binding, old, false);
