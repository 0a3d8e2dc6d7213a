import type { ApiObject } from "../../../api/object.ts";
import { deepFreeze } from "../../../api/object.ts";
import { sha256Base32 } from "../../../api/sha256.ts";
import { formatMicroTime } from "../../../api/time.ts";
import type { Context } from "../../../kernel/types.ts";
import { lookup } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import { loopback } from "./loopback.ts";

/** Every API server says that it lives: Lease kube-system/apiserver-<hash>, renewed every ten seconds. */
export const IDENTITY_EVERY_US = 10_000_000;

export function identityLeaseName(hostname: string): string {
  return `apiserver-${sha256Base32(hostname, 128).toLowerCase()}`;
}

export function renewIdentity(state: ApiServerState, context: Context): void {
  const name = identityLeaseName(context.machine.name);
  const held = lookup(state, "leases.coordination.k8s.io", "kube-system", name);
  const now = formatMicroTime(context.wallUs());
  const acquired = (held?.spec as { acquireTime?: string } | undefined)?.acquireTime;
  const object: ApiObject = {
    kind: "Lease",
    apiVersion: "coordination.k8s.io/v1",
    metadata: {
      ...(held?.metadata ?? { namespace: "kube-system" }),
      name,
      labels: { "apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": context.machine.name },
    },
    spec: {
      holderIdentity: state.identity,
      leaseDurationSeconds: 3600,
      renewTime: now,
      ...(acquired === undefined ? {} : { acquireTime: acquired }),
    },
  };
  const verb = held === undefined ? "create" : "update";
  loopback(state, context, "identity", {
    verb,
    group: "coordination.k8s.io",
    version: "v1",
    resource: "leases",
    namespace: "kube-system",
    name,
    body: deepFreeze(object),
  });
}

/** Whatever came of it: the next renewal sees. */
export function identityAnswered(_state: ApiServerState, context: Context, code: number, object: ApiObject): void {
  if (code >= 400 && code !== 409) context.log(`E: failed to renew the identity lease: ${String(object.message)}`);
}
