import { semanticEqual } from "../../../../api/equal.ts";
import { podTemplateHash } from "../../../../api/hash.ts";
import { deepFreeze } from "../../../../api/object.ts";
import { DAEMON_SETS } from "../../../../machinery/resources.ts";
import { controllerReference } from "../../lib/pods.ts";
import type { ControllerRevision, DaemonSet, Pod } from "../../lib/types.ts";

export const REVISION_LABEL = "controller-revision-hash";

/** What a ControllerRevision keeps of a DaemonSet: the patch that brings its template back. */
export function revisionData(set: DaemonSet): unknown {
  return { spec: { template: { ...set.spec?.template, $patch: "replace" } } };
}

/** The revision of the present template, newest first among equals. */
export function currentRevision(set: DaemonSet, revisions: readonly ControllerRevision[]): ControllerRevision | null {
  const data = revisionData(set);
  const same = revisions.filter((revision) => semanticEqual(revision.data, data));
  return same.sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0))[0] ?? null;
}

export function buildRevision(set: DaemonSet, revisions: readonly ControllerRevision[]): ControllerRevision {
  const hash = podTemplateHash(set.spec?.template, set.status?.collisionCount);
  return deepFreeze({
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${set.metadata?.name}-${hash}`,
      namespace: set.metadata?.namespace ?? "",
      labels: { ...set.spec?.template?.metadata?.labels, [REVISION_LABEL]: hash },
      ...(set.metadata?.annotations === undefined ? {} : { annotations: set.metadata.annotations }),
      ownerReferences: [controllerReference(DAEMON_SETS, set)],
    },
    data: revisionData(set),
    revision: revisions.reduce((max, each) => Math.max(max, each.revision ?? 0), 0) + 1,
  });
}

export function isUpdated(pod: Pod, hash: string): boolean {
  return pod.metadata?.labels?.[REVISION_LABEL] === hash;
}

/** Old revisions that no pod uses, beyond the limit, oldest first. */
export function revisionsToForget(
  revisions: readonly ControllerRevision[],
  current: ControllerRevision,
  pods: readonly Pod[],
  limit: number,
): ControllerRevision[] {
  const live = new Set(pods.map((pod) => pod.metadata?.labels?.[REVISION_LABEL]));
  const old = revisions
    .filter(
      (each) => each.metadata?.uid !== current.metadata?.uid && !live.has(each.metadata?.labels?.[REVISION_LABEL]),
    )
    .sort((a, b) => (a.revision ?? 0) - (b.revision ?? 0));
  return old.slice(0, Math.max(0, old.length - limit));
}
