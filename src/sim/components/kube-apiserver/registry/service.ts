import { equalJson } from "../../../api/equal.ts";
import type { ApiObject } from "../../../api/object.ts";

interface Spec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly [field: string]: unknown;
}

/** `clusterIP` and `clusterIPs` say the same (`normalizeClusterIPs`); an update that leaves them out keeps what was allocated. */
export function normalizedService(service: ApiObject, current: ApiObject | null): ApiObject {
  let spec = (service.spec ?? {}) as Spec;
  const old = current === null ? null : ((current.spec ?? {}) as Spec);
  if (
    old !== null &&
    spec.type !== "ExternalName" &&
    old.type !== "ExternalName" &&
    !spec.clusterIP &&
    !spec.clusterIPs?.length
  ) {
    spec = { ...spec, ...pick(old, ["clusterIP", "clusterIPs"]) };
  }
  if (spec.type === "ExternalName" && old !== null && old.type !== "ExternalName") spec = withoutAddress(spec, old);
  if (spec.clusterIP && !spec.clusterIPs?.length) spec = { ...spec, clusterIPs: [spec.clusterIP] };
  else if (!spec.clusterIP && spec.clusterIPs?.length) spec = { ...spec, clusterIP: spec.clusterIPs[0]! };
  else if (old !== null && spec.clusterIP !== old.clusterIP && spec.clusterIPs?.[0] === old.clusterIP) {
    // A client that knows only the one field has changed it.
    spec = { ...spec, clusterIPs: spec.clusterIP ? [spec.clusterIP] : [] };
  }
  if (old !== null && old.type !== spec.type) spec = withoutOldTypesFields(spec, old);
  return spec === service.spec ? service : { ...service, spec };
}

/** An ExternalName has no address: what the update left as it was goes by itself. */
function withoutAddress(spec: Spec, old: Spec): Spec {
  const next: Record<string, unknown> = { ...spec };
  if (spec.clusterIP === old.clusterIP) for (const field of ["clusterIP", "clusterIPs"]) delete next[field];
  for (const field of ["ipFamilies", "ipFamilyPolicy"]) if (equalJson(spec[field], old[field])) delete next[field];
  return next as Spec;
}

/** What only the old type needs goes with it, unless the update says otherwise (`dropTypeDependentFields`). */
function withoutOldTypesFields(spec: Spec, old: Spec): Spec {
  const next: Record<string, unknown> = { ...spec };
  const gone = (field: string): void => {
    if (equalJson(spec[field] ?? null, old[field] ?? null)) delete next[field];
  };
  if (!isExposed(spec)) for (const field of ["externalTrafficPolicy", "healthCheckNodePort"]) gone(field);
  if (spec.type !== "LoadBalancer") {
    for (const field of ["allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort"]) gone(field);
  }
  const ports = (of: Spec) => (of.ports ?? []) as readonly { readonly nodePort?: number }[];
  const numbers = (of: Spec) => ports(of).map(({ nodePort }) => nodePort ?? 0);
  if (!isExposed(spec) && ports(spec).length > 0 && equalJson(numbers(spec), numbers(old))) {
    next.ports = ports(spec).map(({ nodePort: _, ...port }) => port);
  }
  return next as Spec;
}

/** Reached from outside of the cluster. */
function isExposed({ type, externalIPs }: Spec): boolean {
  if (type === "NodePort" || type === "LoadBalancer") return true;
  return type === "ClusterIP" && Array.isArray(externalIPs) && externalIPs.length > 0;
}

function pick(spec: Spec, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const picked: Record<string, unknown> = {};
  for (const field of fields) if (spec[field] !== undefined) picked[field] = spec[field];
  return picked;
}
