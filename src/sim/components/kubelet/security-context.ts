/** Who a container runs as (securitycontext.DetermineEffectiveSecurityContext, kuberuntime's verifyRunAsNonRoot). */
import type { ContainerConfig } from "../container-runtime/messages.ts";
import type { PodWorker } from "./state.ts";
import { podText } from "./status.ts";
import type { Container, Pod } from "./types.ts";

/** What the pod's and the container's security contexts ask of the runtime; nothing that the image says already. */
export function userOf(
  pod: Pod,
  { securityContext: own = {} }: Container,
): Pick<ContainerConfig, "user" | "readOnlyRootfs"> {
  const { fsGroup, supplementalGroups = [], ...ofPod } = pod.spec.securityContext ?? {};
  const uid = own.runAsUser ?? ofPod.runAsUser;
  const gid = own.runAsGroup ?? ofPod.runAsGroup;
  const groups = [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups];
  const isAsked = uid !== undefined || gid !== undefined || groups.length > 0;
  return {
    ...(isAsked ? { user: { ...(uid === undefined ? {} : { uid }), gid: gid ?? 0, groups } } : {}),
    ...(own.readOnlyRootFilesystem === true ? { readOnlyRootfs: true } : {}),
  };
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
