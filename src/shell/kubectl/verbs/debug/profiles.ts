/** Profiles of `kubectl debug`: what a debugging container may do, and where it sees the host. */
import { type JsonObject, listOf, objectOf } from "../../json.ts";

export const profiles: readonly string[] = ["legacy", "general", "baseline", "restricted", "netadmin", "sysadmin"];

export type Style = "ephemeral" | "copy" | "node";

function withCapabilities(container: JsonObject, added: readonly string[]): JsonObject {
  const context = objectOf(container.securityContext);
  const capabilities = objectOf(context.capabilities);
  const add = [...new Set([...listOf(capabilities.add), ...added])];
  return { ...container, securityContext: { ...context, capabilities: { ...capabilities, add } } };
}

export function profiledContainer(container: JsonObject, profile: string, style: Style): JsonObject {
  switch (profile) {
    case "general":
      return style === "node" ? container : withCapabilities(container, ["SYS_PTRACE"]);
    case "restricted":
      return {
        ...container,
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          runAsNonRoot: true,
          seccompProfile: { type: "RuntimeDefault" },
        },
      };
    case "netadmin":
      return withCapabilities(container, ["NET_ADMIN", "NET_RAW"]);
    case "sysadmin":
      return { ...container, securityContext: { ...objectOf(container.securityContext), privileged: true } };
    default:
      return container;
  }
}

/** Which of the host's namespaces a node's debugging pod shares. */
export function hostNamespaces(profile: string): JsonObject {
  if (profile === "baseline" || profile === "restricted") return {};
  if (profile === "netadmin") return { hostNetwork: true, hostPID: true };
  return { hostIPC: true, hostNetwork: true, hostPID: true };
}

export function mountsHost(profile: string): boolean {
  return ["legacy", "general", "sysadmin"].includes(profile);
}
