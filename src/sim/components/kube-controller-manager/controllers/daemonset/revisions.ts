import type { ControllerRevision, Pod } from "../../lib/types.ts";

/** On pods and on revisions: the hash of the template. */
export const REVISION_LABEL = "controller-revision-hash";

export function hashOf(revision: ControllerRevision | null): string {
  return revision?.metadata?.labels?.[REVISION_LABEL] ?? "";
}

export function isUpdated(pod: Pod, hash: string): boolean {
  return pod.metadata?.labels?.[REVISION_LABEL] === hash;
}
