import { invalid as invalidField } from "../../../api/field-errors.ts";
import type { ApiObject } from "../../../api/object.ts";
import { forbidden, invalid } from "../../../api/status-errors.ts";
import type { AdmissionPlugin, AdmissionRequest, AdmissionView, PodContainer, PodSpec } from "./plugin.ts";
import { podSecurityViolations, type SecurityLevel, type Violation } from "./pod-security-checks.ts";

const PREFIX = "pod-security.kubernetes.io/";
const LEVELS: readonly string[] = ["privileged", "baseline", "restricted"];
const VERSION = /^(latest|v1\.(0|[1-9]\d*))$/;

/** A level as of a version of Kubernetes: `restricted:latest`. */
interface Policy {
  readonly level: SecurityLevel;
  readonly version: string;
}

interface Policies {
  readonly enforce: Policy;
  readonly audit: Policy;
  readonly warn: Policy;
}

type Labels = Readonly<Record<string, string>> | undefined;

const FREE: Policy = Object.freeze({ level: "privileged", version: "latest" });
const FREEDOM: Policies = Object.freeze({ enforce: FREE, audit: FREE, warn: FREE });

/** Where the pod of a kind that makes pods is described. */
const TEMPLATES: Readonly<Record<string, string>> = {
  podtemplates: "template",
  replicationcontrollers: "spec.template",
  "replicasets.apps": "spec.template",
  "deployments.apps": "spec.template",
  "statefulsets.apps": "spec.template",
  "daemonsets.apps": "spec.template",
  "jobs.batch": "spec.template",
  "cronjobs.batch": "spec.jobTemplate.spec.template",
};

/** Pods and what makes them must keep the Pod Security Standard that the namespace's labels name. */
export const podSecurity: AdmissionPlugin = {
  name: "PodSecurity",
  enabledByDefault: true,
  resources: ["pods", "namespaces", ...Object.keys(TEMPLATES)],
  validate(request, view) {
    const { kind, operation, subresource } = request;
    if (operation === "DELETE") return null;
    if (kind.resource === "namespaces") return subresource === "" ? checkNamespace(request, view) : null;
    const policies = policiesOf(view.lookup("namespaces", "", request.namespace)?.metadata?.labels);
    if (policies === FREEDOM) return null;
    if (kind.resource !== "pods") {
      const template = subresource === "" ? templateOf(request) : null;
      if (template !== null) warn(template, policies, view);
      return null;
    }
    if (subresource !== "" && subresource !== "ephemeralcontainers" && subresource !== "resize") return null;
    const pod = request.object!;
    if (operation === "UPDATE" && !isSignificant(pod, request.old!)) return null;
    const violations = podSecurityViolations(pod, policies.enforce.level);
    if (violations.length > 0) {
      const why = `violates PodSecurity ${nameOf(policies.enforce)}: ${details(violations)}`;
      return forbidden(kind, request.name, why);
    }
    warn(pod, policies, view);
    return null;
  },
};

function warn(pod: ApiObject, { audit, warn: policy }: Policies, view: AdmissionView): void {
  const audited = podSecurityViolations(pod, audit.level);
  if (audited.length > 0) {
    const text = `would violate PodSecurity ${nameOf(audit)}: ${details(audited)}`;
    view.annotate("pod-security.kubernetes.io/audit-violations", text);
  }
  const violations = podSecurityViolations(pod, policy.level);
  if (violations.length > 0) view.warn(`would violate PodSecurity ${nameOf(policy)}: ${details(violations)}`);
}

function nameOf({ level, version }: Policy): string {
  return `"${level}:${version}"`;
}

function details(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(", ");
}

/** What is not set, or is set to nonsense, is privileged; who enforces without more is warned of the same. */
function policiesOf(labels: Labels): Policies {
  if (labels === undefined || !hasPolicy(labels)) return FREEDOM;
  const of = (mode: string): Policy => ({
    level: levelOf(labels[`${PREFIX}${mode}`]),
    version: VERSION.test(labels[`${PREFIX}${mode}-version`] ?? "") ? labels[`${PREFIX}${mode}-version`]! : "latest",
  });
  const unset = (mode: string): boolean =>
    labels[`${PREFIX}${mode}`] === undefined && labels[`${PREFIX}${mode}-version`] === undefined;
  const enforce = of("enforce");
  return {
    enforce,
    audit: unset("audit") ? enforce : of("audit"),
    warn: unset("warn") ? enforce : of("warn"),
  };
}

function hasPolicy(labels: Readonly<Record<string, string>>): boolean {
  for (const key in labels) if (key.startsWith(PREFIX)) return true;
  return false;
}

function levelOf(label: string | undefined): SecurityLevel {
  return LEVELS.includes(label ?? "") ? (label as SecurityLevel) : "privileged";
}

function templateOf({ kind, object }: AdmissionRequest): ApiObject | null {
  let found: unknown = object;
  const resource = kind.group === "" ? kind.resource : `${kind.resource}.${kind.group}`;
  for (const field of (TEMPLATES[resource] ?? "").split(".")) {
    found = (found as Readonly<Record<string, unknown>> | undefined)?.[field];
  }
  return typeof found === "object" && found !== null ? (found as ApiObject) : null;
}

/** Whether an update changes what the standards look at: images, and containers that came. */
function isSignificant(pod: ApiObject, old: ApiObject): boolean {
  const containersOf = (of: ApiObject): readonly PodContainer[] => {
    const spec = (of.spec ?? {}) as PodSpec;
    return [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  };
  const before = containersOf(old);
  return containersOf(pod).some(({ name, image }) => before.find((one) => one.name === name)?.image !== image);
}

/** Labels must make sense; and who tightens the rules hears which pods break them already. */
function checkNamespace(request: AdmissionRequest, view: AdmissionView) {
  const labels = request.object!.metadata?.labels;
  const before = request.old?.metadata?.labels;
  const errors = Object.entries(labels ?? {})
    .filter(([key, value]) => key.startsWith(PREFIX) && before?.[key] !== value)
    .flatMap(([key, value]) => wrongLabel(key, value));
  if (errors.length > 0) return invalid({ group: "", kind: "Namespace" }, request.name, errors);
  if (request.operation !== "UPDATE") return null;
  const [now, then] = [policiesOf(labels).enforce, policiesOf(before).enforce];
  const tighter = LEVELS.indexOf(now.level) > LEVELS.indexOf(then.level);
  if (now.level === "privileged" || (now.version === then.version && !tighter)) return null;
  warnOfPods(request.name, now, view);
  return null;
}

function wrongLabel(key: string, value: string) {
  const field = `metadata.labels[${key}]`;
  const mode = key.slice(PREFIX.length);
  if (["enforce", "audit", "warn"].includes(mode)) {
    return LEVELS.includes(value) ? [] : [invalidField(field, value, `must be one of ${LEVELS.join(", ")}`)];
  }
  if (!["enforce-version", "audit-version", "warn-version"].includes(mode)) return [];
  return VERSION.test(value) ? [] : [invalidField(field, value, 'must be "latest" or "v1.x"')];
}

function warnOfPods(namespace: string, policy: Policy, view: AdmissionView): void {
  const byText = new Map<string, string[]>();
  for (const pod of view.inNamespace("pods", namespace)) {
    const text = podSecurityViolations(pod, policy.level)
      .map(({ reason }) => reason)
      .join(", ");
    if (text === "") continue;
    const known = byText.get(text);
    if (known === undefined) byText.set(text, [pod.metadata!.name!]);
    else known.push(pod.metadata!.name!);
  }
  if (byText.size === 0) return;
  view.warn(`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level ${nameOf(policy)}`);
  const lines = [...byText].map(([text, [first, ...others]]) => {
    const more = others.length === 0 ? "" : ` (and ${others.length} other pod${others.length === 1 ? "" : "s"})`;
    return `${first}${more}: ${text}`;
  });
  for (const line of lines.sort()) view.warn(line);
}
