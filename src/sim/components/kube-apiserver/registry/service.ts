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
  if (spec.type === "ExternalName" && old !== null && old.type !== "ExternalName" && spec.clusterIP === old.clusterIP) {
    const { clusterIP: _, clusterIPs: __, ipFamilies: ___, ipFamilyPolicy: ____, ...rest } = spec;
    spec = rest as Spec;
  }
  if (spec.clusterIP && !spec.clusterIPs?.length) spec = { ...spec, clusterIPs: [spec.clusterIP] };
  else if (!spec.clusterIP && spec.clusterIPs?.length) spec = { ...spec, clusterIP: spec.clusterIPs[0]! };
  else if (old !== null && spec.clusterIP !== old.clusterIP && spec.clusterIPs?.[0] === old.clusterIP) {
    // A client that knows only the one field has changed it.
    spec = { ...spec, clusterIPs: spec.clusterIP ? [spec.clusterIP] : [] };
  }
  return spec === service.spec ? service : { ...service, spec };
}

function pick(spec: Spec, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const picked: Record<string, unknown> = {};
  for (const field of fields) if (spec[field] !== undefined) picked[field] = spec[field];
  return picked;
}
