import type { ApiObject } from "../../../api/object.ts";
import type { Attributes, Decision } from "./attributes.ts";
import { type PolicyRule, ruleAllows } from "./rules.ts";

/** Where roles and bindings are looked up: the watch caches, or a test's lists. */
export interface RbacSource {
  clusterRoles(): Iterable<ApiObject>;
  roles(): Iterable<ApiObject>;
  clusterRoleBindings(): Iterable<ApiObject>;
  roleBindings(): Iterable<ApiObject>;
}

/** One binding as one subject sees it. */
export interface Grant {
  /** "" holds everywhere. */
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  /** `allowed by ...`, without the leading `RBAC: `. */
  readonly reason: string;
  /** Set when the role is missing: `clusterrole.rbac.authorization.k8s.io "x" not found`. */
  readonly error: string;
}

/** Grants by subject: `u:alice`, `g:devs`. Service accounts are users under their full name. */
export type RbacIndex = ReadonlyMap<string, readonly Grant[]>;

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Binding extends ApiObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

const NO_RULES: readonly PolicyRule[] = Object.freeze([]);

export function indexRbac(source: RbacSource): RbacIndex {
  const rules = new Map<string, readonly PolicyRule[]>();
  for (const role of source.clusterRoles()) rules.set(`/${role.metadata!.name}`, rulesOf(role));
  for (const role of source.roles()) rules.set(`${role.metadata!.namespace}/${role.metadata!.name}`, rulesOf(role));
  const index = new Map<string, Grant[]>();
  for (const binding of source.clusterRoleBindings()) addBinding(index, rules, binding as Binding, "");
  for (const binding of source.roleBindings())
    addBinding(index, rules, binding as Binding, binding.metadata!.namespace!);
  return index;
}

function rulesOf(role: ApiObject): readonly PolicyRule[] {
  return (role.rules as readonly PolicyRule[] | null | undefined) ?? NO_RULES;
}

function addBinding(
  index: Map<string, Grant[]>,
  rules: ReadonlyMap<string, readonly PolicyRule[]>,
  binding: Binding,
  namespace: string,
): void {
  const { kind, name } = binding.roleRef;
  const found = rules.get(kind === "ClusterRole" ? `/${name}` : `${namespace}/${name}`);
  const bindingName = namespace === "" ? binding.metadata!.name : `${binding.metadata!.name}/${namespace}`;
  const bindingKind = namespace === "" ? "ClusterRoleBinding" : "RoleBinding";
  for (const subject of binding.subjects ?? []) {
    const key = subjectKey(subject, namespace);
    const who = subject.kind === "ServiceAccount" ? `${subject.name}/${subject.namespace ?? namespace}` : subject.name;
    const grant: Grant = {
      namespace,
      rules: found ?? NO_RULES,
      reason: `allowed by ${bindingKind} "${bindingName}" of ${kind} "${name}" to ${subject.kind} "${who}"`,
      error: found === undefined ? `${kind.toLowerCase()}.rbac.authorization.k8s.io "${name}" not found` : "",
    };
    const known = index.get(key);
    if (known === undefined) index.set(key, [grant]);
    else known.push(grant);
  }
}

function subjectKey(subject: Subject, bindingNamespace: string): string {
  if (subject.kind === "Group") return `g:${subject.name}`;
  if (subject.kind !== "ServiceAccount") return `u:${subject.name}`;
  const namespace = subject.namespace ?? bindingNamespace;
  // Upstream: a service account without a namespace matches nobody.
  return namespace === "" ? "" : `u:system:serviceaccount:${namespace}:${subject.name}`;
}

/** Cache: what the index knows a user and its groups as, by the (frozen) groups. */
const subjectKeys = new WeakMap<readonly string[], { readonly user: string; readonly keys: readonly string[] }>();

function subjectKeysOf(user: string, groups: readonly string[]): readonly string[] {
  const known = subjectKeys.get(groups);
  if (known?.user === user) return known.keys;
  const keys = [`u:${user}`, ...groups.map((group) => `g:${group}`)];
  if (Object.isFrozen(groups)) subjectKeys.set(groups, { user, keys });
  return keys;
}

/** Every grant that holds for the user in the namespace (cluster-wide ones first, as upstream visits them). */
export function visitGrants(
  index: RbacIndex,
  user: string,
  groups: readonly string[],
  namespace: string,
  visit: (grant: Grant) => boolean,
): void {
  const keys = subjectKeysOf(user, groups);
  for (const wide of [true, false]) {
    if (!wide && namespace === "") return;
    for (const key of keys) {
      const grants = index.get(key);
      if (grants === undefined) continue;
      for (const grant of grants) {
        if (wide ? grant.namespace !== "" : grant.namespace !== namespace) continue;
        if (!visit(grant)) return;
      }
    }
  }
}

export function authorizeRbac(index: RbacIndex, attributes: Attributes): Decision {
  let decision: Decision | null = null;
  const errors: string[] = [];
  visitGrants(index, attributes.user, attributes.groups, attributes.namespace, (grant) => {
    if (grant.error !== "" && !errors.includes(grant.error)) errors.push(grant.error);
    for (const rule of grant.rules) {
      if (ruleAllows(rule, attributes)) {
        decision = { allowed: true, reason: `RBAC: ${grant.reason}`, authorizer: "RBAC" };
        return false;
      }
    }
    return true;
  });
  if (decision !== null) return decision;
  return { allowed: false, reason: errors.length === 0 ? "" : `RBAC: ${joinErrors(errors)}`, authorizer: "" };
}

function joinErrors(errors: readonly string[]): string {
  return errors.length === 1 ? errors[0]! : `[${errors.join(", ")}]`;
}
