import type { ApiObject } from "../../../api/object.ts";
import { forbidden } from "../../../api/status-errors.ts";
import { type AdmissionPlugin, createsPod } from "./plugin.ts";
import { podSecurityViolations, type SecurityLevel } from "./pod-security-checks.ts";

const PREFIX = "pod-security.kubernetes.io/";

/** The namespace's labels say which Pod Security Standard its pods must keep (`enforce`) or are warned of (`warn`). */
export const podSecurity: AdmissionPlugin = {
  name: "PodSecurity",
  enabledByDefault: true,
  validate(request, view) {
    if (!createsPod(request)) return null;
    const labels = view.lookup("namespaces", "", request.namespace)?.metadata?.labels;
    if (labels === undefined) return null;
    const pod = request.object as ApiObject;
    const enforce = levelOf(labels[`${PREFIX}enforce`]);
    const version = labels[`${PREFIX}enforce-version`] ?? "latest";
    const violations = podSecurityViolations(pod, enforce);
    if (violations !== "")
      return forbidden(request.kind, request.name, `violates PodSecurity "${enforce}:${version}": ${violations}`);
    const warn = levelOf(labels[`${PREFIX}warn`]);
    const warned = podSecurityViolations(pod, warn);
    if (warned !== "")
      view.warn(`would violate PodSecurity "${warn}:${labels[`${PREFIX}warn-version`] ?? "latest"}": ${warned}`);
    return null;
  },
};

function levelOf(label: string | undefined): SecurityLevel {
  return label === "baseline" || label === "restricted" ? label : "privileged";
}
