import { isCriticalPod } from "../../api/pod/status.ts";
import type { Pod } from "./types.ts";

export const CONFIG_HASH = "kubernetes.io/config.hash";
export const CONFIG_SEEN = "kubernetes.io/config.seen";

/** Whether `preemptor` may displace `preemptee` on the node. */
export function preemptable(preemptor: Pod, preemptee: Pod): boolean {
  if (isCriticalPod(preemptor) && !isCriticalPod(preemptee)) return true;
  const own = preemptor.spec?.priority;
  const other = preemptee.spec?.priority;
  return own !== undefined && other !== undefined && own > other;
}

/** A hostname has at most 63 characters; what is cut may not leave a dot or dash at the end. Null: nothing is left. */
export function truncateHostname(hostname: string): string | null {
  if (hostname.length <= 63) return hostname;
  const cut = hostname.slice(0, 63).replace(/[-.]+$/, "");
  return cut === "" ? null : cut;
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** `<manifest name>-<node>`; null if that is no pod name. */
export function staticPodName(name: string, nodeName: string): string | null {
  const full = `${name}-${nodeName.toLowerCase()}`;
  return isPodName(full) ? full : null;
}

export function isPodName(name: string): boolean {
  return name.length <= 253 && SUBDOMAIN.test(name);
}
