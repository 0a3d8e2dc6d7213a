import type { ApiObject } from "../../../api/object.ts";
import type { PodContainer, PodSpec } from "./plugin.ts";

export type SecurityLevel = "privileged" | "baseline" | "restricted";

interface ContainerSecurity {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
}

const BASELINE_CAPABILITIES = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

const RESTRICTED_VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** The violations in the words of the Pod Security admission plugin, joined with ", "; "" when there are none. */
export function podSecurityViolations(pod: ApiObject, level: SecurityLevel): string {
  if (level === "privileged") return "";
  const spec = pod.spec as PodSpec;
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
  const checks = level === "restricted" ? [...BASELINE, ...RESTRICTED] : BASELINE;
  return checks
    .map((check) => check(spec, containers, level))
    .filter((text) => text !== "")
    .join(", ");
}

type Check = (spec: PodSpec, containers: readonly PodContainer[], level: SecurityLevel) => string;

const BASELINE: readonly Check[] = [hostNamespaces, privileged, capabilities, hostPathVolumes, hostPorts];
const RESTRICTED: readonly Check[] = [allowPrivilegeEscalation, restrictedVolumes, runAsNonRoot, runAsUser, seccomp];

function securityOf(container: PodContainer): ContainerSecurity {
  return (container.securityContext ?? {}) as ContainerSecurity;
}

function naming(containers: readonly PodContainer[]): string {
  const names = containers.map(({ name }) => `"${name}"`).join(", ");
  return `container${containers.length === 1 ? "" : "s"} ${names}`;
}

function hostNamespaces(spec: PodSpec): string {
  const used = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec[field] === true);
  return used.length === 0 ? "" : `host namespaces (${used.map((field) => `${field}=true`).join(", ")})`;
}

function privileged(_: PodSpec, containers: readonly PodContainer[]): string {
  const bad = containers.filter((container) => securityOf(container).privileged === true);
  return bad.length === 0 ? "" : `privileged (${naming(bad)} must not set securityContext.privileged=true)`;
}

function capabilities(_: PodSpec, containers: readonly PodContainer[], level: SecurityLevel): string {
  if (level === "restricted") {
    const missing = containers.filter((container) => !(securityOf(container).capabilities?.drop ?? []).includes("ALL"));
    const added = containers
      .flatMap((container) => securityOf(container).capabilities?.add ?? [])
      .filter((name) => name !== "NET_BIND_SERVICE");
    const parts: string[] = [];
    if (missing.length > 0) parts.push(`${naming(missing)} must set securityContext.capabilities.drop=["ALL"]`);
    if (added.length > 0)
      parts.push(`must not include ${added.map((name) => `"${name}"`).join(", ")} in securityContext.capabilities.add`);
    return parts.length === 0 ? "" : `unrestricted capabilities (${parts.join("; ")})`;
  }
  const bad = containers.filter((container) =>
    (securityOf(container).capabilities?.add ?? []).some((name) => !BASELINE_CAPABILITIES.includes(name)),
  );
  if (bad.length === 0) return "";
  const names = new Set(
    bad.flatMap((container) =>
      securityOf(container).capabilities!.add!.filter((name) => !BASELINE_CAPABILITIES.includes(name)),
    ),
  );
  const list = [...names]
    .sort()
    .map((name) => `"${name}"`)
    .join(", ");
  return `non-default capabilities (${naming(bad)} must not include ${list} in securityContext.capabilities.add)`;
}

function hostPathVolumes(spec: PodSpec, _: readonly PodContainer[], level: SecurityLevel): string {
  if (level === "restricted") return "";
  const bad = (spec.volumes ?? []).filter((volume) => volume.hostPath !== undefined);
  if (bad.length === 0) return "";
  return `hostPath volumes (volume${bad.length === 1 ? "" : "s"} ${bad.map(({ name }) => `"${name}"`).join(", ")})`;
}

function hostPorts(_: PodSpec, containers: readonly PodContainer[]): string {
  const bad = containers.filter((container) => (container.ports ?? []).some(({ hostPort }) => (hostPort ?? 0) > 0));
  if (bad.length === 0) return "";
  const ports = [
    ...new Set(
      bad.flatMap((container) => container.ports!.map(({ hostPort }) => hostPort ?? 0).filter((port) => port > 0)),
    ),
  ].sort((a, b) => a - b);
  return `hostPort (${naming(bad)} use${bad.length === 1 ? "s" : ""} hostPort${ports.length === 1 ? "" : "s"} ${ports.join(", ")})`;
}

function allowPrivilegeEscalation(_: PodSpec, containers: readonly PodContainer[]): string {
  const bad = containers.filter((container) => securityOf(container).allowPrivilegeEscalation !== false);
  return bad.length === 0
    ? ""
    : `allowPrivilegeEscalation != false (${naming(bad)} must set securityContext.allowPrivilegeEscalation=false)`;
}

function restrictedVolumes(spec: PodSpec): string {
  const bad = (spec.volumes ?? []).filter((volume) =>
    Object.keys(volume).some((source) => source !== "name" && !RESTRICTED_VOLUMES.includes(source)),
  );
  if (bad.length === 0) return "";
  const types = [...new Set(bad.map((volume) => Object.keys(volume).find((source) => source !== "name")!))].sort();
  const names = bad.map(({ name }) => `"${name}"`).join(", ");
  return `restricted volume types (volume${bad.length === 1 ? "" : "s"} ${names} use${bad.length === 1 ? "s" : ""} restricted volume type${types.length === 1 ? "" : "s"} ${types.map((type) => `"${type}"`).join(", ")})`;
}

function runAsNonRoot(spec: PodSpec, containers: readonly PodContainer[]): string {
  const ofPod = (spec.securityContext as ContainerSecurity | undefined)?.runAsNonRoot;
  const explicit = containers.filter((container) => securityOf(container).runAsNonRoot === false);
  if (explicit.length > 0)
    return `runAsNonRoot != true (${naming(explicit)} must not set securityContext.runAsNonRoot=false)`;
  const implicit = containers.filter((container) => securityOf(container).runAsNonRoot === undefined);
  if (ofPod === true || implicit.length === 0) return "";
  return `runAsNonRoot != true (pod or ${naming(implicit)} must set securityContext.runAsNonRoot=true)`;
}

function runAsUser(spec: PodSpec, containers: readonly PodContainer[]): string {
  const ofPod = (spec.securityContext as ContainerSecurity | undefined)?.runAsUser;
  const bad = containers.filter((container) => securityOf(container).runAsUser === 0);
  const parts: string[] = [];
  if (ofPod === 0) parts.push("pod");
  if (bad.length > 0) parts.push(naming(bad));
  return parts.length === 0 ? "" : `runAsUser=0 (${parts.join(" and ")} must not set runAsUser=0)`;
}

function seccomp(spec: PodSpec, containers: readonly PodContainer[]): string {
  const good = (profile: { readonly type?: string } | undefined) =>
    profile?.type === "RuntimeDefault" || profile?.type === "Localhost";
  const ofPod = (spec.securityContext as ContainerSecurity | undefined)?.seccompProfile;
  const bad = containers.filter((container) => {
    const own = securityOf(container).seccompProfile;
    return own === undefined ? !good(ofPod) : !good(own);
  });
  return bad.length === 0
    ? ""
    : `seccompProfile (pod or ${naming(bad)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;
}
