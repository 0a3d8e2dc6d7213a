/**
 * The Pod Security Standards (pod-security-admission/policy) as of 1.33: one check for each thing that they speak of, in
 * upstream's order and words.
 */
import type { ApiObject } from "../../../api/object.ts";
import type { PodContainer, PodSpec } from "./plugin.ts";

export type SecurityLevel = "privileged" | "baseline" | "restricted";

/** `host namespaces (hostNetwork=true)`: a reason and its detail. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
  readonly appArmorProfile?: { readonly type?: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly sysctls?: readonly { readonly name: string }[];
}

/** A pod as the checks see it. */
interface Subject {
  readonly spec: PodSpec;
  readonly pod: SecurityContext;
  readonly containers: readonly PodContainer[];
  readonly annotations: Readonly<Record<string, string>>;
}

type Check = (subject: Subject) => Violation | null;

const BASELINE_CAPABILITIES: readonly string[] =
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  );
const RESTRICTED_VOLUMES: readonly string[] = [
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
const SELINUX_TYPES: readonly string[] = [
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
];
const SAFE_SYSCTLS: readonly string[] = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
];
const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

/** What the pod (or a template of pods) breaks of the standard; nothing where it keeps it. */
export function podSecurityViolations(pod: ApiObject, level: SecurityLevel): readonly Violation[] {
  if (level === "privileged") return [];
  const spec = (pod.spec ?? {}) as PodSpec;
  const subject: Subject = {
    spec,
    pod: (spec.securityContext ?? {}) as SecurityContext,
    containers: [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])],
    annotations: pod.metadata?.annotations ?? {},
  };
  const found: Violation[] = [];
  for (const check of level === "baseline" ? BASELINE : RESTRICTED) {
    const violation = check(subject);
    if (violation !== null) found.push(violation);
  }
  return found;
}

function securityOf(container: PodContainer): SecurityContext {
  return (container.securityContext ?? {}) as SecurityContext;
}

function quoted(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(", ");
}

function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

function naming(containers: readonly PodContainer[]): string {
  return `${plural("container", containers.length)} ${quoted(containers.map(({ name }) => name))}`;
}

/** `pod and container "a"`: who has set something; "" if nobody. */
function setters(pod: boolean, containers: readonly PodContainer[]): string {
  return [...(pod ? ["pod"] : []), ...(containers.length > 0 ? [naming(containers)] : [])].join(" and ");
}

function violation(bad: boolean, reason: string, detail: () => string): Violation | null {
  return bad ? { reason, detail: detail() } : null;
}

/** Reason and detail where a container does something that it must not. */
function ofContainers(
  { containers }: Subject,
  isBad: (security: SecurityContext, container: PodContainer) => boolean,
  reason: string,
  detail: (who: string) => string,
): Violation | null {
  const bad = containers.filter((container) => isBad(securityOf(container), container));
  return violation(bad.length > 0, reason, () => detail(naming(bad)));
}

/** Forbidden values that the pod or its containers have set. */
function ofValues(
  { pod, containers }: Subject,
  valueIn: (security: SecurityContext) => string | undefined,
  isGood: (value: string) => boolean,
): { readonly who: string; readonly values: readonly string[] } {
  const isBad = (security: SecurityContext): boolean => {
    const value = valueIn(security);
    return value !== undefined && !isGood(value);
  };
  const bad = containers.filter((container) => isBad(securityOf(container)));
  const values = [pod, ...bad.map(securityOf)].filter(isBad).map((security) => valueIn(security)!);
  return { who: setters(isBad(pod), bad), values: [...new Set(values)].sort() };
}

const appArmorProfile: Check = (subject) => {
  const annotated = Object.entries(subject.annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR) && !/^$|^runtime\/default$|^localhost\//.test(value))
    .map(([key, value]) => `${key}="${value}"`);
  const { who, values } = ofValues(
    subject,
    ({ appArmorProfile: profile }) => profile?.type,
    (type) => type === "RuntimeDefault" || type === "Localhost",
  );
  const details = [
    ...(values.length === 0 ? [] : [`${who} must not set AppArmor profile type to ${quoted(values)}`]),
    ...annotated.sort(),
  ];
  const reason = plural("forbidden AppArmor profile", Math.max(1, values.length + annotated.length));
  return violation(details.length > 0, reason, () => details.join(", "));
};

const capabilitiesOfBaseline: Check = (subject) => {
  const added = (security: SecurityContext) =>
    (security.capabilities?.add ?? []).filter((name) => !BASELINE_CAPABILITIES.includes(name));
  const all = new Set(subject.containers.flatMap((container) => added(securityOf(container))));
  return ofContainers(
    subject,
    (security) => added(security).length > 0,
    "non-default capabilities",
    (who) => `${who} must not include ${quoted([...all].sort())} in securityContext.capabilities.add`,
  );
};

const hostNamespaces: Check = ({ spec }) => {
  const used = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec[field] === true);
  return violation(used.length > 0, "host namespaces", () => used.map((field) => `${field}=true`).join(", "));
};

const hostPathVolumes: Check = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  return violation(bad.length > 0, "hostPath volumes", () => `${plural("volume", bad.length)} ${quoted(bad)}`);
};

const hostPorts: Check = ({ containers }) => {
  const portsOf = ({ ports }: PodContainer): number[] =>
    (ports ?? []).map(({ hostPort }) => hostPort ?? 0).filter((port) => port > 0);
  const bad = containers.filter((container) => portsOf(container).length > 0);
  const ports = [...new Set(bad.flatMap(portsOf))].map(String).sort();
  const uses = bad.length === 1 ? "uses" : "use";
  return violation(
    bad.length > 0,
    "hostPort",
    () => `${naming(bad)} ${uses} ${plural("hostPort", ports.length)} ${ports.join(", ")}`,
  );
};

const privileged: Check = (subject) =>
  ofContainers(
    subject,
    (security) => security.privileged === true,
    "privileged",
    (who) => `${who} must not set securityContext.privileged=true`,
  );

const procMount: Check = (subject) => {
  const { who, values } = ofValues(
    { ...subject, pod: {} },
    ({ procMount: mount }) => mount,
    (mount) => mount === "Default",
  );
  return violation(
    values.length > 0,
    "procMount",
    () => `${who} must not set securityContext.procMount to ${quoted(values)}`,
  );
};

const seLinuxOptions: Check = ({ pod, containers }) => {
  const wrong = ({ seLinuxOptions: options }: SecurityContext): boolean =>
    options !== undefined && (!SELINUX_TYPES.includes(options.type ?? "") || !!options.user || !!options.role);
  const bad = containers.filter((container) => wrong(securityOf(container)));
  const who = setters(wrong(pod), bad);
  const options = [pod, ...bad.map(securityOf)].filter(wrong).map((security) => security.seLinuxOptions!);
  const types = new Set(options.map(({ type }) => type ?? "").filter((type) => !SELINUX_TYPES.includes(type)));
  const data = [
    ...(types.size > 0 ? [`${plural("type", types.size)} ${quoted([...types].sort())}`] : []),
    ...(options.some(({ user }) => user) ? ["user may not be set"] : []),
    ...(options.some(({ role }) => role) ? ["role may not be set"] : []),
  ];
  return violation(
    who !== "",
    "seLinuxOptions",
    () => `${who} set forbidden securityContext.seLinuxOptions: ${data.join("; ")}`,
  );
};

function isGoodSeccomp(type: string): boolean {
  return type === "RuntimeDefault" || type === "Localhost";
}

const seccompOfBaseline: Check = (subject) => {
  const { who, values } = ofValues(subject, ({ seccompProfile }) => seccompProfile?.type, isGoodSeccomp);
  return violation(
    values.length > 0,
    "seccompProfile",
    () => `${who} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
  );
};

const sysctls: Check = ({ pod }) => {
  const bad = (pod.sysctls ?? []).map(({ name }) => name).filter((name) => !SAFE_SYSCTLS.includes(name));
  return violation(bad.length > 0, "forbidden sysctls", () => bad.join(", "));
};

const windowsHostProcess: Check = ({ pod, containers }) => {
  const bad = containers.filter((container) => securityOf(container).windowsOptions?.hostProcess === true);
  const who = setters(pod.windowsOptions?.hostProcess === true, bad);
  return violation(
    who !== "",
    "hostProcess",
    () => `${who} must not set securityContext.windowsOptions.hostProcess=true`,
  );
};

/** What Windows does not know need not be set there. */
function exceptOnWindows(check: Check): Check {
  return (subject) => ((subject.spec.os as { name?: string } | undefined)?.name === "windows" ? null : check(subject));
}

const allowPrivilegeEscalation = exceptOnWindows((subject) =>
  ofContainers(
    subject,
    (security) => security.allowPrivilegeEscalation !== false,
    "allowPrivilegeEscalation != false",
    (who) => `${who} must set securityContext.allowPrivilegeEscalation=false`,
  ),
);

const capabilitiesOfRestricted = exceptOnWindows(({ containers }) => {
  const added = (container: PodContainer): string[] =>
    (securityOf(container).capabilities?.add ?? []).filter((name) => name !== "NET_BIND_SERVICE");
  const missing = containers.filter((container) => !securityOf(container).capabilities?.drop?.includes("ALL"));
  const adding = containers.filter((container) => added(container).length > 0);
  const names = [...new Set(adding.flatMap(added))].sort();
  const details = [
    ...(missing.length > 0 ? [`${naming(missing)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [`${naming(adding)} must not include ${quoted(names)} in securityContext.capabilities.add`]
      : []),
  ];
  return violation(details.length > 0, "unrestricted capabilities", () => details.join("; "));
});

const restrictedVolumes: Check = ({ spec }) => {
  const typeOf = (volume: Readonly<Record<string, unknown>>): string =>
    Object.keys(volume).find((source) => source !== "name" && !RESTRICTED_VOLUMES.includes(source)) ?? "";
  const bad = (spec.volumes ?? []).filter((volume) => typeOf(volume) !== "");
  const types = [...new Set(bad.map(typeOf))].sort();
  const uses = bad.length === 1 ? "uses" : "use";
  return violation(bad.length > 0, "restricted volume types", () => {
    const names = `${plural("volume", bad.length)} ${quoted(bad.map(({ name }) => name))}`;
    return `${names} ${uses} ${plural("restricted volume type", types.length)} ${quoted(types)}`;
  });
};

const runAsNonRoot: Check = ({ pod, containers }) => {
  const reason = "runAsNonRoot != true";
  const explicit = containers.filter((container) => securityOf(container).runAsNonRoot === false);
  const who = setters(pod.runAsNonRoot === false, explicit);
  if (who !== "") return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` };
  const implicit = containers.filter((container) => securityOf(container).runAsNonRoot === undefined);
  const bad = pod.runAsNonRoot !== true && implicit.length > 0;
  return violation(bad, reason, () => `pod or ${naming(implicit)} must set securityContext.runAsNonRoot=true`);
};

const runAsUser: Check = ({ pod, containers }) => {
  const bad = containers.filter((container) => securityOf(container).runAsUser === 0);
  const who = setters(pod.runAsUser === 0, bad);
  return violation(who !== "", "runAsUser=0", () => `${who} must not set runAsUser=0`);
};

const seccompOfRestricted = exceptOnWindows((subject) => {
  const wrong = seccompOfBaseline(subject);
  if (wrong !== null) return wrong;
  const { pod, containers } = subject;
  if (pod.seccompProfile !== undefined) return null;
  const without = containers.filter((container) => securityOf(container).seccompProfile === undefined);
  return violation(
    without.length > 0,
    "seccompProfile",
    () => `pod or ${naming(without)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  );
});

const BASELINE: readonly Check[] = [
  appArmorProfile,
  capabilitiesOfBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  seccompOfBaseline,
  sysctls,
  windowsHostProcess,
];

/** What `restricted` asks takes the place of what `baseline` asks of the same. */
const RESTRICTED: readonly Check[] = [
  ...BASELINE.filter((check) => ![capabilitiesOfBaseline, hostPathVolumes, seccompOfBaseline].includes(check)),
  allowPrivilegeEscalation,
  capabilitiesOfRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompOfRestricted,
];
