/** Who a container runs as (securitycontext.DetermineEffectiveSecurityContext, kuberuntime's verifyRunAsNonRoot). */
import { defined } from "../../kernel/records.ts";
import type { ContainerConfig } from "../container-runtime/messages.ts";
import type { PodWorker } from "./state.ts";
import { podText } from "./status.ts";
import type { Container, Pod } from "./types.ts";

/** What the pod's and the container's security contexts ask of the runtime; nothing that the image says already. */
export function userOf(
  pod: Pod,
  { securityContext: own = {} }: Container,
): Pick<ContainerConfig, "user" | "readOnlyRootfs" | "privileged" | "noNewPrivileges" | "sysctls"> {
  const { fsGroup, supplementalGroups = [], sysctls = [], ...ofPod } = pod.spec.securityContext ?? {};
  const uid = own.runAsUser ?? ofPod.runAsUser;
  const gid = own.runAsGroup ?? ofPod.runAsGroup;
  const groups = [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups];
  const isAsked = uid !== undefined || gid !== undefined || groups.length > 0;
  return defined({
    user: isAsked ? defined({ uid, gid: gid ?? 0, groups }) : undefined,
    readOnlyRootfs: own.readOnlyRootFilesystem === true ? true : undefined,
    privileged: own.privileged === true ? true : undefined,
    noNewPrivileges: own.allowPrivilegeEscalation === false ? true : undefined,
    sysctls: sysctls.length === 0 ? undefined : Object.fromEntries(sysctls.map(({ name, value }) => [name, value])),
  });
}

/** Those that a pod may have without a word of the node's administrator (pkg/kubelet/sysctl). */
const SAFE_SYSCTLS = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

/** Why the node does not take the pod; null: it does. */
export function forbiddenSysctl({ spec }: Pod): string | null {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const plain = name.replaceAll("/", ".");
    if (!SAFE_SYSCTLS.has(plain)) return `forbidden sysctl: "${plain}" not allowlisted`;
    if (spec.hostNetwork === true && plain.startsWith("net."))
      return `forbidden sysctl: "${plain}" not allowed with host net enabled`;
  }
  return null;
}

/** Why the container may not start although its context demands another user than root; null: it may. */
export function whyRoot(worker: PodWorker, container: Container, imageUser: string): string | null {
  const [own, ofPod] = [container.securityContext ?? {}, worker.pod.spec.securityContext ?? {}];
  if ((own.runAsNonRoot ?? ofPod.runAsNonRoot) !== true) return null;
  const where = `(pod: "${podText(worker)}", container: ${container.name})`;
  const uid = own.runAsUser ?? ofPod.runAsUser;
  if (uid !== undefined) return uid === 0 ? `container's runAsUser breaks non-root policy ${where}` : null;
  if (imageUser === "" || imageUser === "0") return `container has runAsNonRoot and image will run as root ${where}`;
  return /^\d+$/.test(imageUser)
    ? null
    : `container has runAsNonRoot and image has non-numeric user (${imageUser}), cannot verify user is non-root ${where}`;
}
