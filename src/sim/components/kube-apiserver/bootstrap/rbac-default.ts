import type { ApiObject } from "../../../api/object.ts";
import type { PolicyRule } from "../authz/rules.ts";

/** One of upstream's default roles or bindings, without what all of them share. */
export interface RbacDefault {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly rules?: readonly PolicyRule[];
  readonly aggregationRule?: {
    readonly clusterRoleSelectors: readonly { readonly matchLabels: Readonly<Record<string, string>> }[];
  };
  readonly roleRef?: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
    readonly apiGroup?: string;
  }[];
}

/** The object as the API server creates it at its first start. Aggregated roles get the union that upstream's controller would give them. */
export function objectOfDefault(entry: RbacDefault, all: readonly RbacDefault[]): ApiObject {
  const { kind, name, namespace, labels, rules, aggregationRule, roleRef, subjects } = entry;
  const isRole = kind === "ClusterRole" || kind === "Role";
  return {
    kind,
    apiVersion: "rbac.authorization.k8s.io/v1",
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { "kubernetes.io/bootstrapping": "rbac-defaults", ...labels },
      annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
    },
    ...(aggregationRule === undefined ? {} : { aggregationRule }),
    ...(isRole ? { rules: rules ?? aggregatedRules(entry, all) } : { roleRef, subjects }),
  };
}

function aggregatedRules(entry: RbacDefault, all: readonly RbacDefault[]): PolicyRule[] {
  const rules: PolicyRule[] = [];
  const selectors = entry.aggregationRule?.clusterRoleSelectors ?? [];
  for (const other of all) {
    if (other === entry || other.kind !== "ClusterRole") continue;
    const chosen = selectors.some(({ matchLabels }) =>
      Object.keys(matchLabels).every((key) => other.labels?.[key] === matchLabels[key]),
    );
    if (chosen) rules.push(...(other.rules ?? aggregatedRules(other, all)));
  }
  return rules;
}
