import type { Attributes } from "./attributes.ts";

/** rbac.authorization.k8s.io PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (attributes.path !== "") return (rule.nonResourceURLs ?? []).some((url) => coversPath(url, attributes.path));
  if (!has(rule.apiGroups, attributes.group)) return false;
  if (!coversResource(rule.resources, attributes.resource, attributes.subresource)) return false;
  const names = rule.resourceNames;
  return names === undefined || names === null || names.length === 0 || names.includes(attributes.name);
}

/** The value or `*` is among them. */
function has(values: readonly string[] | undefined | null, value: string): boolean {
  return values !== undefined && values !== null && (values.includes(value) || values.includes("*"));
}

function coversResource(
  resources: readonly string[] | undefined | null,
  resource: string,
  subresource: string,
): boolean {
  if (resources === undefined || resources === null) return false;
  const full = subresource === "" ? resource : `${resource}/${subresource}`;
  return (
    resources.includes("*") ||
    resources.includes(full) ||
    (subresource !== "" && resources.includes(`*/${subresource}`))
  );
}

function coversPath(pattern: string, path: string): boolean {
  return pattern === "*" || pattern === path || (pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1)));
}

/** The parts of `wanted`, each of one verb, group, resource (and name), that no rule of `owned` covers: escalation. */
export function uncoveredRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const parts = owned.flatMap(breakDown);
  return wanted.flatMap(breakDown).filter((part) => !parts.some((have) => coversPart(have, part)));
}

function breakDown(rule: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        const names = rule.resourceNames ?? [];
        if (names.length === 0) parts.push(part);
        else for (const name of names) parts.push({ ...part, resourceNames: [name] });
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs) parts.push({ nonResourceURLs: [url], verbs: [verb] });
  }
  return parts;
}

function coversPart(have: PolicyRule, want: PolicyRule): boolean {
  if (!has(have.verbs, want.verbs[0]!)) return false;
  const url = want.nonResourceURLs?.[0];
  if (url !== undefined) return (have.nonResourceURLs ?? []).some((pattern) => coversUrlPattern(pattern, url));
  if (!has(have.apiGroups, want.apiGroups![0]!)) return false;
  const [resource, subresource] = want.resources![0]!.split("/");
  const resources = have.resources ?? [];
  const covered =
    resources.includes("*") ||
    resources.includes(want.resources![0]!) ||
    (subresource !== undefined && resource !== "" && resources.includes(`*/${subresource}`));
  if (!covered) return false;
  const names = have.resourceNames ?? [];
  return names.length === 0 || (want.resourceNames !== undefined && names.includes(want.resourceNames[0]!));
}

function coversUrlPattern(have: string, want: string): boolean {
  return have === "*" || have === want || (have.endsWith("*") && want.startsWith(have.slice(0, -1)));
}

/** As Go prints a PolicyRule in short: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}`. */
export function formatRule(rule: PolicyRule): string {
  const parts: string[] = [];
  const add = (title: string, values: readonly string[] | undefined): void => {
    if (values !== undefined && values.length > 0)
      parts.push(`${title}:[${values.map((value) => JSON.stringify(value)).join(", ")}]`);
  };
  add("APIGroups", rule.apiGroups);
  add("Resources", rule.resources);
  add("NonResourceURLs", rule.nonResourceURLs);
  add("ResourceNames", rule.resourceNames);
  add("Verbs", rule.verbs);
  return `{${parts.join(", ")}}`;
}
