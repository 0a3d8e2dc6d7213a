import type { ApiObject } from "../../../sim/api/object.ts";
import type { Attributes } from "../../../sim/components/kube-apiserver/authz/attributes.ts";
import { authorizeRbac, indexRbac } from "../../../sim/components/kube-apiserver/authz/rbac.ts";
import { type PolicyRule, uncoveredRules } from "../../../sim/components/kube-apiserver/authz/rules.ts";
import { allOf, expectSame, fail, type Suite } from "../suite.ts";

const NOBODY: Attributes = {
  user: "",
  groups: [],
  verb: "",
  group: "",
  resource: "",
  subresource: "",
  namespace: "",
  name: "",
  path: "",
};

export const rbac: Suite = {
  name: "rbac",
  run: (recorded) => {
    const { op, allowed } = recorded;
    if (op === "authorize") {
      const of = (objects: unknown, kind: string) => (objects as ApiObject[]).filter((object) => object.kind === kind);
      const index = indexRbac({
        clusterRoles: () => of(recorded.roles, "ClusterRole"),
        roles: () => of(recorded.roles, "Role"),
        clusterRoleBindings: () => of(recorded.bindings, "ClusterRoleBinding"),
        roleBindings: () => of(recorded.bindings, "RoleBinding"),
      });
      const decision = authorizeRbac(index, { ...NOBODY, ...(recorded.attributes as Partial<Attributes>) });
      return expectSame(decision.allowed, allowed);
    }
    if (op !== "escalation") return fail(`there is no op ${op}`);
    const uncovered = uncoveredRules(recorded.owned as PolicyRule[], recorded.wanted as PolicyRule[]);
    return allOf(expectSame(uncovered.length === 0, allowed), expectSame(uncovered, recorded.uncovered ?? []));
  },
};
