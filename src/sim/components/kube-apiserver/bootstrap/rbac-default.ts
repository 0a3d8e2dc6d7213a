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

/** The object as the API server creates it at its first start. A controller fills in the rules of aggregated roles. */
export function objectOfDefault(entry: RbacDefault): ApiObject {
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
    ...(isRole ? (aggregationRule === undefined ? { rules: rules ?? [] } : {}) : { roleRef, subjects }),
  };
}
