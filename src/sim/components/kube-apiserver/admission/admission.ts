import { type Kind, qualifiedResource } from "../../../api/kinds.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import type { Flags } from "../flags.ts";
import { isStatus } from "../registry/exchange.ts";
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from "./certificates.ts";
import { defaultIngressClass } from "./default-ingress-class.ts";
import { defaultTolerationSeconds } from "./default-toleration-seconds.ts";
import { limitRanger } from "./limit-ranger.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import { nodeRestriction } from "./node-restriction.ts";
import type { AdmissionPlugin, AdmissionRequest, AdmissionView } from "./plugin.ts";
import { podSecurity } from "./pod-security.ts";
import { priority } from "./priority.ts";
import { runtimeClass } from "./runtime-class.ts";
import { serviceAccount } from "./service-account.ts";
import { defaultStorageClass, persistentVolumeClaimResize, storageObjectInUseProtection } from "./storage.ts";
import { taintNodesByCondition } from "./taint-nodes-by-condition.ts";

/** In upstream's order. The quota, last of all, is charged in the registry: it has to be written. */
export const ADMISSION_PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  defaultIngressClass,
];

export function isEnabled(plugin: Pick<AdmissionPlugin, "name" | "enabledByDefault">, flags: Flags): boolean {
  if (flags.enabledAdmission.includes(plugin.name)) return true;
  return plugin.enabledByDefault && !flags.disabledAdmission.includes(plugin.name);
}

/** The enabled plugins that look at a kind, in each of the two passes. */
interface Chain {
  readonly mutating: readonly AdmissionPlugin[];
  readonly validating: readonly AdmissionPlugin[];
}

/** Cache: by the server's (fixed) flags and the catalogue's row. */
const chains = new WeakMap<Flags, WeakMap<Kind, Chain>>();

function chainOf(flags: Flags, kind: Kind): Chain {
  let ofKinds = chains.get(flags);
  if (ofKinds === undefined) {
    ofKinds = new WeakMap();
    chains.set(flags, ofKinds);
  }
  const known = ofKinds.get(kind);
  if (known !== undefined) return known;
  const resource = qualifiedResource(kind.group, kind.resource);
  const asked = ADMISSION_PLUGINS.filter(
    (plugin) => isEnabled(plugin, flags) && plugin.resources?.includes(resource) !== false,
  );
  const chain = {
    mutating: asked.filter(({ admit }) => admit !== undefined),
    validating: asked.filter(({ validate }) => validate !== undefined),
  };
  ofKinds.set(kind, chain);
  return chain;
}

/** The mutating pass. */
export function admit(
  request: AdmissionRequest,
  view: AdmissionView,
  flags: Flags,
): { readonly object: ApiObject | null; readonly refusal: Status | null } {
  let current = request;
  for (const plugin of chainOf(flags, request.kind).mutating) {
    const result = plugin.admit?.(current, view) ?? null;
    if (result === null) continue;
    if (isStatus(result)) {
      view.note(plugin.name, result.message ?? "refused");
      return { object: null, refusal: result };
    }
    view.note(plugin.name, "changed the object");
    current = { ...current, object: result };
  }
  return { object: current.object, refusal: null };
}

/** The validating pass. */
export function validateAdmission(request: AdmissionRequest, view: AdmissionView, flags: Flags): Status | null {
  for (const plugin of chainOf(flags, request.kind).validating) {
    const refusal = plugin.validate?.(request, view) ?? null;
    if (refusal === null) continue;
    view.note(plugin.name, refusal.message ?? "refused");
    return refusal;
  }
  return null;
}
