import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import { forbidden } from "../../../api/status-errors.ts";
import type { UserInfo } from "../authn/user.ts";
import { lookup } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import { authorize, rbacIndex } from "./authorize.ts";
import { visitGrants } from "./rbac.ts";
import { formatRule, type PolicyRule, uncoveredRules } from "./rules.ts";

const GROUP = "rbac.authorization.k8s.io";

interface RoleObject extends ApiObject {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: unknown;
  readonly roleRef?: { readonly kind: string; readonly name: string };
}

/** Nobody gives away what they do not have themselves, by a role (`escalate`) or by a binding (`bind`). Null: fine. */
export function checkEscalation(state: ApiServerState, kind: Kind, user: UserInfo, object: RoleObject): Status | null {
  if (kind.group !== GROUP || user.groups.includes("system:masters")) return null;
  const name = object.metadata?.name ?? "";
  const namespace = object.metadata?.namespace ?? "";
  const binds = object.roleRef !== undefined;
  const { resource, target, rules } = binds
    ? boundRole(state, object.roleRef, namespace)
    : { resource: kind.resource, target: name, rules: object.rules ?? [] };
  const may = authorize(state, {
    user: user.name,
    groups: user.groups,
    verb: binds ? "bind" : "escalate",
    group: GROUP,
    resource,
    subresource: "",
    namespace,
    name: target,
    path: "",
  });
  if (may.allowed) return null;
  const owned: PolicyRule[] = [];
  visitGrants(rbacIndex(state), user.name, user.groups, namespace, (grant) => {
    owned.push(...grant.rules);
    return true;
  });
  const missing = uncoveredRules(owned, rules);
  if (missing.length === 0) return null;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(" ");
  const list = [...new Set(missing.map(formatRule))].sort().join("\n");
  const why = `user "${user.name}" (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${list}`;
  return forbidden(kind, name, why);
}

function boundRole(state: ApiServerState, ref: NonNullable<RoleObject["roleRef"]>, namespace: string) {
  const wide = ref.kind === "ClusterRole";
  const resource = wide ? "clusterroles" : "roles";
  const role = lookup(state, `${resource}.${GROUP}`, wide ? "" : namespace, ref.name) as RoleObject | undefined;
  return { resource, target: ref.name, rules: role?.rules ?? [] };
}
