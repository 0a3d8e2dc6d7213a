import type { ApiObject } from "../../../api/object.ts";
import { RBAC_DEFAULTS } from "../bootstrap/generated/rbac-defaults.ts";
import { lookup, objectsOf } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import { podsOfNode } from "../watch/cache.ts";
import type { Attributes, Decision } from "./attributes.ts";
import { authorizeNode, type NodeGraph } from "./node.ts";
import { authorizeRbac, indexRbac, type RbacIndex } from "./rbac.ts";
import type { PolicyRule } from "./rules.ts";

const ALWAYS: Decision = Object.freeze({ allowed: true, reason: "", authorizer: "AlwaysAllow" });
const MASTERS: Decision = Object.freeze({ allowed: true, reason: "", authorizer: "system:masters" });

const NODE_RULES: readonly PolicyRule[] =
  RBAC_DEFAULTS.find(({ kind, name }) => kind === "ClusterRole" && name === "system:node")?.rules ?? [];

/** Cache: the index of all roles and bindings, by the token that is replaced when one of them changes. */
const indexes = new WeakMap<object, RbacIndex>();

export function rbacIndex(state: ApiServerState): RbacIndex {
  const known = indexes.get(state.rbacVersion);
  if (known !== undefined) return known;
  const of = (resource: string) => () => objectsOf(state, `${resource}.rbac.authorization.k8s.io`);
  const index = indexRbac({
    clusterRoles: of("clusterroles"),
    roles: of("roles"),
    clusterRoleBindings: of("clusterrolebindings"),
    roleBindings: of("rolebindings"),
  });
  indexes.set(state.rbacVersion, index);
  return index;
}

/** Asks the authorizers in the order of `--authorization-mode`; the first that allows wins. */
export function authorize(state: ApiServerState, attributes: Attributes): Decision {
  if (attributes.groups.includes("system:masters")) return MASTERS;
  let reasons = "";
  const { authorizationModes: modes } = state.flags;
  // By index: an iterator over a frozen list costs more than most of the decisions.
  for (let place = 0; place < modes.length; place += 1) {
    const mode = modes[place] as string;
    const decision =
      mode === "AlwaysAllow"
        ? ALWAYS
        : mode === "Node"
          ? authorizeNode(graphOf(state), NODE_RULES, attributes)
          : mode === "RBAC"
            ? authorizeRbac(rbacIndex(state), attributes)
            : null;
    if (decision === null) continue;
    if (decision.allowed) return decision;
    if (decision.reason !== "") reasons = reasons === "" ? decision.reason : `${reasons}, ${decision.reason}`;
  }
  return { allowed: false, reason: reasons, authorizer: "" };
}

function graphOf(state: ApiServerState): NodeGraph {
  const pods = state.caches.get("pods");
  return {
    podsOfNode: (node): Iterable<ApiObject> => (pods === undefined ? [] : podsOfNode(pods, node)),
    pod: (namespace, name) => lookup(state, "pods", namespace, name),
  };
}

/** Roles and bindings by which decisions are made. */
export function concernsRbac(resource: string): boolean {
  return resource.endsWith(".rbac.authorization.k8s.io");
}
