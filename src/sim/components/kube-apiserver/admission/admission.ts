import type { ApiObject, Status } from "../../../api/object.ts";
import type { Flags } from "../flags.ts";
import { isStatus } from "../registry/exchange.ts";
import { defaultTolerationSeconds } from "./default-toleration-seconds.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import { nodeRestriction } from "./node-restriction.ts";
import type { AdmissionPlugin, AdmissionRequest, AdmissionView } from "./plugin.ts";
import { podSecurity } from "./pod-security.ts";
import { priority } from "./priority.ts";
import { serviceAccount } from "./service-account.ts";
import { taintNodesByCondition } from "./taint-nodes-by-condition.ts";

/** In upstream's order. */
export const ADMISSION_PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
];

export function isEnabled(plugin: AdmissionPlugin, flags: Flags): boolean {
  if (flags.enabledAdmission.includes(plugin.name)) return true;
  return plugin.enabledByDefault && !flags.disabledAdmission.includes(plugin.name);
}

/** The mutating pass. `note` hears of every plugin that changed or refused something. */
export function admit(
  request: AdmissionRequest,
  view: AdmissionView,
  flags: Flags,
  note: (plugin: string, effect: string) => void,
): { readonly object: ApiObject | null; readonly refusal: Status | null } {
  let current = request;
  for (const plugin of ADMISSION_PLUGINS) {
    if (plugin.admit === undefined || !isEnabled(plugin, flags)) continue;
    const result = plugin.admit(current, view);
    if (result === null) continue;
    if (isStatus(result)) {
      note(plugin.name, result.message ?? "refused");
      return { object: null, refusal: result };
    }
    note(plugin.name, "changed the object");
    current = { ...current, object: result };
  }
  return { object: current.object, refusal: null };
}

/** The validating pass. */
export function validateAdmission(
  request: AdmissionRequest,
  view: AdmissionView,
  flags: Flags,
  note: (plugin: string, effect: string) => void,
): Status | null {
  for (const plugin of ADMISSION_PLUGINS) {
    if (plugin.validate === undefined || !isEnabled(plugin, flags)) continue;
    const refusal = plugin.validate(request, view);
    if (refusal === null) continue;
    note(plugin.name, refusal.message ?? "refused");
    return refusal;
  }
  return null;
}
